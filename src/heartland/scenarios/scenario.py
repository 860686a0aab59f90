"""A scenario: a world at a date plus dated patches with reasons, and the outcomes asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from heartland.core.expressions import parse as parse_expression
from heartland.core.interventions import compose, parse_intervention
from heartland.core.yamlio import read_yaml
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.filing import Outcome, Patch, fields_of

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["Outcome", "Patch", "Scenario"]

_TEXTS = ("levers", "receivers", "also", "also_headline")
_LISTS = ("patches", "outcomes", *_TEXTS)


@dataclass(frozen=True)
class Scenario:
    """Frozen; equality by content. `patch` returns a new scenario, nothing changes in place."""

    region: Region = field(compare=False, repr=False)
    id: str
    title: str
    question: str
    start: str
    months: int
    baseline_id: str = ""
    system: str = ""
    known_by: str = ""
    patches: tuple[Patch, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    levers: tuple[str, ...] = ()
    expected: str = ""
    disproof: str = ""
    headline: bool = False
    receivers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    also_headline: tuple[str, ...] = ()
    draft: bool = field(default=False, compare=False, repr=False)

    @classmethod
    def load(cls, region: Region | str | Path, scenario: str) -> Self:
        """Read `scenarios/<id>.yaml` of a region.

        Parameters
        ----------
        region : loaded region, or the name or path of one
        scenario : id of a shipped scenario

        Raises
        ------
        HeartlandInputError
            With file, row and column of every mistake; an unknown id names near matches.
        """
        from heartland.region.region import Region as RegionClass

        loaded = region if isinstance(region, RegionClass) else RegionClass.load(region)
        known = loaded.scenario_ids()
        if scenario not in known:
            raise HeartlandInputError.at(
                f'There is no scenario "{scenario}" in {loaded.id}.',
                fix=suggestion(scenario, known, listing=f"Known: {', '.join(known)}."),
                check="scenario",
            )
        path = loaded.scenario_file(scenario)
        return cls.read(loaded, path, f"scenarios/{path.name}")

    @classmethod
    def read(cls, region: Region, path: Path | str, shown: str = "") -> Self:
        """Read a scenario from a file of one's own, outside the region's folder; raises as `load`.

        shown : name of the file in messages; default its own
        """
        file = Path(path)
        if not file.is_file():
            raise HeartlandInputError.at(
                f"There is no file {file}.", fix="Give the path of a scenario file, or a scenario's id.",
                check="scenario",
            )  # fmt: skip
        from heartland.scenarios.checking import check_scenario

        name = shown or file.name
        node = read_yaml(file, name)
        found = cls(region=region, **fields_of(node, name))
        check_scenario(found, node, name, whole=not shown)
        return found

    @classmethod
    def new(
        cls,
        id: str,
        *,
        region: Region | str | Path,
        start: str,
        question: str = "",
        horizon: str = "P5Y",
        **keys: Any,
    ) -> Self:
        """Begin a scenario of one's own, to be filled by `patch`, `outcome` and `lever`, and saved by `save`.

        Parameters
        ----------
        keys : any other key of a scenario's file: title (default the id), system, also, baseline, known_by,
            receivers, expected, disproof

        Raises
        ------
        HeartlandInputError
            As for a file, with near matches.
        """
        from heartland.region.region import Region as RegionClass
        from heartland.scenarios.building import fields_of_new

        loaded = region if isinstance(region, RegionClass) else RegionClass.load(region)
        content = {"title": id, **keys, "id": id, "question": question, "start": start, "horizon": horizon}
        return cls(region=loaded, draft=True, **fields_of_new(loaded, content))

    def baseline(self) -> Scenario:
        """The scenario it is compared with: the one it names, else itself without its patches."""
        if self.baseline_id:
            named = Scenario.load(self.region, self.baseline_id)
            if named.start != self.start:
                raise HeartlandInputError.at(
                    f'The baseline "{named.id}" starts on {named.start}, {self.id} on {self.start}.',
                    why="Only runs from one start can be compared member by member.",
                    fix="Give both the same start.", check="baseline",
                )  # fmt: skip
            receivers = tuple(dict.fromkeys((*named.receivers, *self.receivers)))
            return replace(named, outcomes=self.outcomes, months=self.months, receivers=receivers)
        return replace(self, id=f"{self.id}-baseline"[:64], title=f"{self.title}: baseline", patches=())

    def patch(
        self,
        do: str = "",
        *,
        why: str,
        at: str = "",
        source: str = "",
        assumption: str = "",
        id: str = "",
        for_: str = "",
        **change: Any,
    ) -> Scenario:
        """Add one patch and return the new scenario, compared with this one's baseline.

        A scenario begun with `new` keeps its id and title; any other gets `-patched` after its id.

        Either `do` is a patch of the grammar (`scale(gdp[actor=A], .95, at=start)`), or one keyword names
        the kind with its target and `to` (or `by`) gives the value:
        `patch(at="2022-01", rule="org.decision", to="never", why="...")`.

        Raises
        ------
        HeartlandInputError
            If the patch cannot be read.
        """
        if do and (change or at or for_):
            raise HeartlandInputError.at(
                "A patch is given twice: as text and by keywords.",
                fix="Write time and duration into the text: scale(gdp[actor=A], .95, at=2022-01, for=P1Y).",
                check="patch",
            )
        text = do or compose(change, at, for_)
        intervention = parse_intervention(text)
        stated = assumption or ("" if source else "user's what-if")
        patches = (*self.patches, Patch(intervention, why, source, stated))
        if self.draft:
            return replace(self, id=id or self.id, patches=patches)
        name = id or f"{self.id}-patched"[:64]
        return replace(self, id=name, title=f"{self.title}, patched", patches=patches)

    def outcome(self, id: str, question: str, expression: str, unit: str = "probability") -> Scenario:
        """Ask one more question and return the new scenario.

        expression : of the closed grammar; unit : `probability` where it is a yes or no

        Raises
        ------
        HeartlandInputError
            If the expression cannot be read, does not fit its unit, or the id is taken.
        """
        from heartland.scenarios.building import with_outcome

        return with_outcome(self, id, question, expression, unit)

    def lever(self, do: str) -> Scenario:
        """Note a patch that is worth trying and return the new scenario."""
        from heartland.scenarios.building import with_lever

        return with_lever(self, do)

    def save(self, path: Path | str, *, overwrite: bool = False) -> Path:
        """Write the scenario as a YAML file that reads back equal.

        path : file named after the scenario's id, or a folder to put it into

        Raises
        ------
        HeartlandInputError
            If a file is there already and `overwrite` is not set, or the name is not the id.
        """
        from heartland.scenarios.saving import save

        return save(self, path, overwrite=overwrite)

    def with_(self, *others: Scenario, id: str = "") -> Scenario:
        """This scenario and others in one world, compared with this one's baseline; see `compose`."""
        from heartland.scenarios.composing import compose

        return compose(self, *others, id=id)

    def content(self) -> Mapping[str, Any]:
        """Everything that decides the numbers, as plain data with stable order; names decide nothing."""
        return {
            **{name: getattr(self, name) for name in ("start", "months", "known_by")},
            "patches": [patch.do.text for patch in self.patches],
            **({"receivers": list(self.receivers)} if self.receivers else {}),
        }

    def to_json(self) -> dict[str, Any]:
        """The whole scenario as plain data, for manifests."""
        plain = ("id", "title", "question", "start", "months", "baseline_id", "system", "known_by")
        return {
            **{name: getattr(self, name) for name in (*plain, "expected", "disproof", "headline")},
            **{name: list(getattr(self, name)) for name in _TEXTS},
            "patches": [
                {"do": item.do.text, "why": item.why, "source": item.source, "assumption": item.assumption}
                for item in self.patches
            ],
            "outcomes": [
                {name: getattr(item, name) for name in ("id", "question", "expression", "unit")}
                for item in self.outcomes
            ],
        }

    @classmethod
    def from_json(cls, region: Region, data: Mapping[str, Any]) -> Self:
        """Back from `to_json`."""
        plain = {name: value for name, value in data.items() if name not in _LISTS}
        patches = tuple(
            Patch(parse_intervention(item["do"]), item["why"], item["source"], item["assumption"])
            for item in data["patches"]
        )
        outcomes = tuple(
            Outcome(**item, tree=parse_expression(item["expression"])) for item in data["outcomes"]
        )
        texts: dict[str, Any] = {name: tuple(data.get(name, ())) for name in _TEXTS}
        return cls(region=region, patches=patches, outcomes=outcomes, **texts, **plain)
