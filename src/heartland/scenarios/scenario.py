"""A scenario: a world at a date plus dated patches with reasons, and the outcomes asked of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from heartland.core.dates import parse as parse_date
from heartland.core.expressions import parse as parse_expression
from heartland.core.interventions import Intervention, compose, parse_intervention
from heartland.core.tree import Node, Where
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.scenarios.files import OutcomeFile, PatchFile, ScenarioFile
from heartland.scenarios.outcomes import yes_or_no

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["Outcome", "Patch", "Scenario"]

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LISTS = ("patches", "outcomes", "levers", "receivers")
_HORIZON = re.compile(r"P(\d{1,3})([MY])")
MAX_PATCHES, MAX_MONTHS = 200, 1_200


@dataclass(frozen=True)
class Patch:
    """One dated change with its reason and either a source id or a stated assumption."""

    do: Intervention
    why: str
    source: str = ""
    assumption: str = ""


@dataclass(frozen=True)
class Outcome:
    """A question to a run: expression of the closed grammar, unit `probability` for yes-no outcomes."""

    id: str
    question: str
    expression: str
    unit: str
    tree: Node = field(compare=False, repr=False)


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
        shown = f"scenarios/{path.name}"
        return cls.from_node(loaded, read_yaml(path, shown), shown)

    @classmethod
    def read(cls, region: Region, path: Path | str) -> Self:
        """Read a scenario from a file of one's own, outside the region's folder; raises as `load`."""
        file = Path(path)
        if not file.is_file():
            raise HeartlandInputError.at(
                f"There is no file {file}.", fix="Give the path of a scenario file, or a scenario's id.",
                check="scenario",
            )  # fmt: skip
        return cls.from_node(region, read_yaml(file, file.name), file.name)

    @classmethod
    def from_node(cls, region: Region, node: YamlNode, file: str) -> Self:
        """Build from a parsed YAML document; `file` is the name shown in messages."""
        content = check_model(node, ScenarioFile, file)
        stem = Path(file).stem
        _check(
            content.id == stem and _ID.fullmatch(content.id) is not None,
            node,
            file,
            ("id",),
            f'id "{content.id}" is not the file name "{stem}"',
            "Runs are named by it.",
            f"Write id: {stem}.",
        )
        _check_time(content.start, content.known_by, node, file)
        _check(
            len(content.patches) <= MAX_PATCHES,
            node,
            file,
            ("patches",),
            f"more than {MAX_PATCHES} patches",
            "",
            "Split the scenario.",
        )
        ids = [item.id for item in content.outcomes]
        for number, name in enumerate(ids):
            _check(
                name not in ids[:number],
                node,
                file,
                ("outcomes", number, "id"),
                f'outcome id "{name}" is used twice',
                "Answers are found by it.",
                "Rename one.",
            )
        return cls(
            region=region,
            id=content.id,
            title=content.title,
            question=content.question,
            start=content.start,
            months=_months(content.horizon, node, file),
            baseline_id=content.baseline,
            system=content.system,
            known_by=content.known_by,
            patches=tuple(_patch(item, node, file, i) for i, item in enumerate(content.patches)),
            outcomes=tuple(_outcome(item, node, file, i) for i, item in enumerate(content.outcomes)),
            levers=tuple(content.levers),
            expected=content.expected,
            disproof=content.disproof,
            headline=content.headline,
            receivers=tuple(content.receivers),
        )

    def baseline(self) -> Scenario:
        """The scenario it is compared with: the one it names, else itself without its patches."""
        if self.baseline_id:
            named = Scenario.load(self.region, self.baseline_id)
            if named.start != self.start:
                raise HeartlandInputError.at(
                    f"The baseline {named.id} starts on {named.start}, {self.id} on {self.start}.",
                    why="Only runs from one start can be compared member by member.",
                    fix="Give both the same start.", file=f"scenarios/{self.id}.yaml", check="baseline",
                )  # fmt: skip
            return replace(named, outcomes=self.outcomes, months=self.months)
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
        name = id or f"{self.id}-patched"[:64]
        return replace(self, id=name, title=f"{self.title}, patched", patches=patches)

    def content(self) -> Mapping[str, Any]:
        """Everything that decides the numbers, as plain data with stable order."""
        return {
            **{name: getattr(self, name) for name in ("id", "start", "months", "known_by")},
            "patches": [patch.do.text for patch in self.patches],
            **({"receivers": list(self.receivers)} if self.receivers else {}),
        }

    def to_json(self) -> dict[str, Any]:
        """The whole scenario as plain data, for manifests."""
        plain = ("id", "title", "question", "start", "months", "baseline_id", "system", "known_by")
        return {
            **{name: getattr(self, name) for name in (*plain, "expected", "disproof", "headline")},
            "levers": list(self.levers),
            "receivers": list(self.receivers),
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
        return cls(
            region=region, patches=patches, outcomes=outcomes, levers=tuple(data["levers"]),
            receivers=tuple(data.get("receivers", ())), **plain,
        )  # fmt: skip


def _check(
    fine: bool, node: YamlNode, file: str, path: tuple[str | int, ...], what: str, why: str, fix: str
) -> None:
    if fine:
        return
    row, column = node.at(path)
    raise HeartlandInputError(Finding("E", "scenario", Place(file, row, str(column)), what + ".", why, fix))


def _check_time(start: str, known_by: str, node: YamlNode, file: str) -> None:
    for key, text in (("start", start), ("known_by", known_by)):
        if not text:
            continue
        row, column = node.at((key,))
        try:
            date = parse_date(text)
        except HeartlandInputError as error:
            finding = error.findings[0]
            raise HeartlandInputError(replace(finding, place=Place(file, row, str(column)))) from None
        _check(
            date.precision == "day",
            node,
            file,
            (key,),
            f'"{text}" is not a day',
            "A world has one date.",
            "Write it as 2021-12-31.",
        )


def _months(text: str, node: YamlNode, file: str) -> int:
    match = _HORIZON.fullmatch(text)
    months = int(match[1]) * (12 if match[2] == "Y" else 1) if match else 0
    _check(
        0 < months <= MAX_MONTHS,
        node,
        file,
        ("horizon",),
        f'"{text}" is not a horizon',
        f"Runs last 1 to {MAX_MONTHS} months.",
        "Write P6M or P5Y.",
    )
    return months


def _patch(item: PatchFile, node: YamlNode, file: str, number: int) -> Patch:
    row, _ = node.at(("patches", number, "do"))
    intervention = parse_intervention(item.do, Where(file, row))
    _check(
        bool(item.source) != bool(item.assumption),
        node,
        file,
        ("patches", number),
        "a patch needs a source or an assumption, and not both",
        "A change without origin cannot be judged.",
        "Add source: <id> or assumption: <why>.",
    )
    _check(
        bool(item.why.strip()),
        node,
        file,
        ("patches", number, "why"),
        "the reason is empty",
        "A reader must see why the patch is there.",
        "Say it in one sentence.",
    )
    return Patch(intervention, item.why, item.source, item.assumption)


def _outcome(item: OutcomeFile, node: YamlNode, file: str, number: int) -> Outcome:
    row, _ = node.at(("outcomes", number, "expression"))
    tree = parse_expression(item.expression, Where(file, row))
    kind, other = ("a yes or no", "a number") if yes_or_no(tree) else ("a number", "a yes or no")
    _check(
        yes_or_no(tree) == (item.unit == "probability"),
        node,
        file,
        ("outcomes", number, "expression"),
        f'outcome "{item.id}" is {kind}, but its unit "{item.unit}" is that of {other}',
        "A probability is the share of runs in which something holds; everything else has a unit of its own.",
        "Write unit: probability for occurs() and comparisons, and the state's unit otherwise.",
    )
    return Outcome(item.id, item.question, item.expression, item.unit, tree)
