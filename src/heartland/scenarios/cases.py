"""Cases: plain-language tests that a region carries beside its scenarios.

`cases/<id>.yaml` says what is given (a scenario, or patches to the region's own world), when it is looked at,
what then holds in at least a share `tolerance` of the members, and who says so. A pattern is a case that is
judged over parameter draws: a draw counts where most of its members agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from heartland.core.dates import parse as parse_date
from heartland.core.expressions import parse as parse_expression
from heartland.core.interventions import parse_intervention
from heartland.core.tree import Where
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.scenarios.placing import placed
from heartland.scenarios.scenario import Outcome, Patch, Scenario
from heartland.scenarios.state import DRAW

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.compile import Openings

__all__ = ["Case", "case_ids", "check_cases"]


class _CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    says: str
    given: str | list[str]
    start: str = ""
    about: str = ""
    when: str
    then: str
    over: Literal["members", "draws"] = "members"
    tolerance: Annotated[float, Field(ge=0, le=1)] = 1.0
    source: str = ""
    assumption: str = ""


@dataclass(frozen=True)
class Case:
    """One case, with the scenario that decides it.

    scenario : cut at `when`, with the single outcome `then`; an event without a window counts up to `when`
    tolerance : least share of the members with a value in which `then` holds, or of the draws
    over : `members`, or `draws` for a pattern
    """

    id: str
    says: str
    scenario: Scenario
    tolerance: float
    source: str
    assumption: str
    over: str = "members"

    def share(self, values: NDArray[np.float64], valid: NDArray[np.bool_]) -> float:
        """Share of the members, or of the draws, in which the case holds; NaN if nobody was asked.

        values, valid : (member,), as an outcome of the run answers
        """
        if self.over == "members":
            return float(values[valid].mean()) if valid.any() else float("nan")
        whole = len(values) // DRAW * DRAW
        yes = np.where(valid, values, 0.0)[:whole].reshape(-1, DRAW).sum(axis=1)
        asked = valid[:whole].reshape(-1, DRAW).sum(axis=1)
        held = yes[asked > 0] * 2 > asked[asked > 0]
        return float(held.mean()) if held.size else float("nan")

    @classmethod
    def load(cls, region: Region, case: str) -> Self:
        """Read `cases/<id>.yaml` of a region.

        Raises
        ------
        HeartlandInputError
            With file, row and column of the mistake; an unknown id names near matches.
        """
        known = case_ids(region.path)
        if case not in known:
            raise HeartlandInputError.at(
                f'There is no case "{case}" in {region.id}.',
                fix=suggestion(case, known, listing=f"Known: {', '.join(known)}."),
                check="case",
            )
        shown = f"cases/{case}.yaml"
        return cls.from_node(region, read_yaml(region.path / shown, shown), shown)

    @classmethod
    def from_node(cls, region: Region, node: YamlNode, file: str) -> Self:
        """Build from a parsed YAML document; `file` is the name shown in messages."""
        content = check_model(node, _CaseFile, file)
        place = _Places(node, file)
        stem = Path(file).stem
        if content.id != stem:
            raise place.error("id", f'id "{content.id}" is not the file name "{stem}"', f"Write id: {stem}.")
        if bool(content.source) == bool(content.assumption):
            raise place.error(
                "source", "a case needs a source or an assumption, and not both",
                "Add source: <id> or assumption: <why>.",
            )  # fmt: skip
        if content.source and not _recorded(region, content.source):
            raise place.error(
                "source", f'"{content.source}" is no id of this region',
                "Known ids: heartland evidence list facts|sources.",
            )  # fmt: skip
        if content.about and content.about not in region.scenario_ids():
            raise place.error(
                "about", f'there is no scenario "{content.about}"',
                suggestion(content.about, region.scenario_ids(), listing="Leave about out."),
            )  # fmt: skip
        row, _ = node.at(("then",))
        outcome = Outcome(
            content.id, content.says, content.then, "probability",
            parse_expression(content.then, Where(file, row)),
        )  # fmt: skip
        start = _start(region, content, place)
        months = _months(start.start, content.when, place)
        cut = replace(start, months=months, outcomes=(outcome,), baseline_id="")
        return cls(
            content.id, content.says, cut, content.tolerance, content.source, content.assumption, content.over
        )


@dataclass(frozen=True)
class _Places:
    """Makes errors at a key of the document."""

    node: YamlNode
    file: str

    def error(self, key: str, what: str, fix: str) -> HeartlandInputError:
        row, column = self.node.at((key,))
        why = "A case is a test: nothing in it may be guessed."
        return HeartlandInputError(
            Finding("E", "case", Place(self.file, row, str(column)), f"{what}.", why, fix)
        )


def _recorded(region: Region, name: str) -> bool:
    try:
        region.ledger.show(name)
    except HeartlandInputError:
        return False
    return True


def _start(region: Region, content: _CaseFile, place: _Places) -> Scenario:
    if isinstance(content.given, str):
        known = region.scenario_ids()
        if content.given not in known:
            raise place.error(
                "given", f'there is no scenario "{content.given}"',
                suggestion(content.given, known, listing=f"Known: {', '.join(known)}."),
            )  # fmt: skip
        if content.start:
            raise place.error("start", "the scenario has a start of its own", "Leave start out.")
        return Scenario.load(region, content.given)
    patches = []
    for number, text in enumerate(content.given):
        row, _ = place.node.at(("given", number))
        do = parse_intervention(text, Where(place.file, row))
        patches.append(Patch(do, content.says, content.source, content.assumption))
    start = content.start or region.model.start
    try:
        day = parse_date(start).precision == "day"
    except HeartlandInputError:
        day = False
    if not day:
        raise place.error("start", f'"{start}" is not a day', "Write it as 2014-12-31.")
    return Scenario(region, content.id, content.id, content.says, start, 1, patches=tuple(patches))


def _months(start: str, when: str, place: _Places) -> int:
    first = parse_date(start).earliest
    try:
        last = parse_date(when).latest
    except HeartlandInputError as error:
        raise place.error(
            "when", error.findings[0].what.rstrip("."), "Write 2022-06 or 2022-12-31."
        ) from None
    months = _between(first, last)
    if months < 1:
        raise place.error("when", f'"{when}" is not after the start {start}', "Write a later date.")
    return months


def _between(first: date | None, last: date | None) -> int:
    if first is None or last is None:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month


def case_ids(folder: Path) -> tuple[str, ...]:
    """Ids of a region folder's cases, sorted."""
    return tuple(sorted(path.stem for path in (folder / "cases").glob("*.yaml")))


def check_cases(region: Region, openings: Openings | None = None) -> list[Finding]:
    """Every mistake in a region's cases: unreadable, unknown names, patches that do not fit.

    openings : starts to share with other checks of the region
    """
    from heartland.scenarios.compile import Openings, compile_plan
    from heartland.scenarios.state import BLOCK

    findings: list[Finding] = []
    opened = openings or Openings()
    for name in case_ids(region.path):
        try:
            compile_plan(Case.load(region, name).scenario, members=BLOCK, seed=1, openings=opened)
        except HeartlandInputError as error:
            shown = f"cases/{name}.yaml"
            findings += [placed(finding, region.path / shown, shown) for finding in error.findings]
    return findings
