"""From a record, a tie or a number of a run back to the sources it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.charts.words import with_interval
from heartland.errors import HeartlandError, HeartlandInputError, suggestion
from heartland.evidence.disagreement import finite
from heartland.evidence.known import rows
from heartland.evidence.ledger import Ledger, as_day
from heartland.evidence.records import Citation, record_table, unknown_record

if TYPE_CHECKING:
    from heartland.region.cell import Cell
    from heartland.region.region import Region
    from heartland.report.focus import Focus
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Patch

__all__ = ["Cited", "cite"]

_TIE = re.compile(r"(?P<giver>[^>/:@;]+)(?:[>/](?P<receiver>[^>/:@;]+))?:(?P<name>[^:@;]+)@(?P<date>.+)")
STATUS_WORDS = (
    "the actor did not exist", "unknown", "not applicable", "zero, reported", "observed",
    "pooled from several values", "carried on from an earlier period", "assumed",
)  # fmt: skip


@dataclass(frozen=True)
class Cited:
    """What stands behind a number.

    of : as asked;  kind : record, tie or run;  says : the number in words
    value : the number as JSON values;  records : ids of observations and other records, closest first
    parameters : ids of parameters of the mechanisms that carry it
    sources : without doubles, closest first;  left_out : (record, why it was not used)
    """

    of: str
    kind: str
    says: str
    value: dict[str, Any] = field(default_factory=dict)
    records: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    sources: tuple[Citation, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def cite(
    region: Region,
    text: str,
    *,
    ledger: Ledger | None = None,
    known_by: str | None = None,
    out: str | Path = "heartland-runs",
) -> Cited:
    """Sources behind a record, a tie or a number of a run.

    Parameters
    ----------
    text : one of the following; `/` may stand for `>`, which most shells would take as a redirection
        an id of any record, or several joined by `;` as `explain` prints them
        `GIVER>RECEIVER:channel@DATE`, the value of a tie at a date
        `ACTOR:indicator@DATE`, the value of an indicator
        `RUN:outcome`, a number of a stored run: its folder or id and the id of an outcome
    ledger : of the region, where it holds more tables than the region;  known_by : nothing known later counts
    out : folder of runs

    Raises
    ------
    HeartlandInputError
        Text that is none of these, with the nearest ids, or a part of it the region does not know.
    """
    book = ledger or region.ledger
    names = [name.strip() for name in text.split(";") if name.strip()]
    if names and all(record_table(book.tables, name) for name in names):
        return _records(book, text, names)
    tie = _TIE.fullmatch(text.strip())
    if tie:
        return _tie(region, book, text, tie, known_by)
    run, colon, outcome = text.rpartition(":")
    found = _run_folder(run if colon else text, out)
    if found is not None:
        return _run(region, book, text, found, outcome if colon else "")
    raise unknown_record(book.tables, next((n for n in names if not record_table(book.tables, n)), text))


def _merged(found: Iterable[Citation]) -> tuple[Citation, ...]:
    """Citations without doubles; assumptions are told apart by their words."""
    kept: dict[tuple[str, str], Citation] = {}
    for item in found:
        kept.setdefault((item.source_id, item.title if item.role == "assumption" else ""), item)
    return tuple(kept.values())


def _records(book: Ledger, text: str, names: Sequence[str]) -> Cited:
    sources = _merged(item for name in names for item in book.cite(name))
    row = book.show(names[0])
    words = row["record"].get("paraphrase") or row["record"].get("title") or row["record"].get("name") or ""
    figures = row["figures"]
    says = str(words)
    if figures and len(names) == 1:
        number, unit = row["record"].get("value"), row["record"].get("unit")
        says = says or (f"{number:,.12g} {unit}" if isinstance(number, float) else "")
    says = says if len(names) == 1 else f"{len(names)} records"
    return Cited(text, "record", says, {}, tuple(names), (), sources)


def _tie(region: Region, book: Ledger, text: str, tie: re.Match[str], known_by: str | None) -> Cited:
    giver, receiver, name = tie["giver"], tie["receiver"] or "", tie["name"]
    day = as_day(tie["date"])
    cell = region.at(day, known_by).cell(giver, receiver, name)
    pooled = cell.pooled
    names = list(pooled.used_ids)
    found = [item for record in names for item in book.cite(record)]
    if not names and cell.pooled.known:
        found += _registers(book, name, day.isoformat(), pooled.groups[0].group if pooled.groups else "")
    who = f"{giver} to {receiver}" if receiver else giver
    value = {
        **{key: finite(getattr(pooled, key)) for key in ("value", "low", "high", "disagreement")},
        "unit": pooled.unit,
        "status": STATUS_WORDS[int(cell.status)],
        "speaks_of": cell.end.isoformat() if cell.end else None,
        "conflict": pooled.conflict,
    }
    return Cited(
        text, "tie", f"{who}, {name} at {day.isoformat()}: {_said(cell)}", value, tuple(names), (),
        _merged(found), pooled.left_out,
    )  # fmt: skip


def _said(cell: Cell) -> str:
    pooled, status = cell.pooled, STATUS_WORDS[int(cell.status)]
    if not pooled.known:
        return status
    said = f"{with_interval(pooled.value, pooled.low, pooled.high, 3)} {pooled.unit}, {status}"
    said += f", speaks of the time to {cell.end.isoformat()}" if cell.end else ""
    return said + (", sources conflict" if pooled.conflict else "")


def _registers(book: Ledger, channel: str, day: str, group: str) -> list[Citation]:
    """Complete registers whose silence stands for zero."""
    grouped = [row["source_id"] for row in rows(book.tables.get("silence")) if row["channel"] == channel]
    found = [book.cite(name)[0] for name in dict.fromkeys(grouped)]
    return [item._replace(role="silent register") for item in found if item.independence_group == group]


def _run_folder(name: str, out: str | Path) -> Path | None:
    from heartland.runs.opening import find_run

    if not name:
        return None
    try:
        return find_run(name, out)
    except HeartlandError as error:
        if "runs begin with" in str(error):
            raise
        return None


def _run(region: Region, book: Ledger, text: str, folder: Path, outcome: str) -> Cited:
    from heartland.report.focus import focus_of, subject_of
    from heartland.runs.opening import baseline_of, open_run
    from heartland.scenarios.answers import carried_by, summaries
    from heartland.scenarios.compile import priors_of

    run = open_run(folder, region)
    asked = {item.id: item for item in run.scenario.outcomes}
    if outcome not in asked:
        raise HeartlandInputError.at(
            f'"{outcome}" is no outcome of {run.scenario.id}.' if outcome else "which number of the run?",
            check="cite-outcome",
            why="A run answers several questions, each on its own grounds.",
            fix=suggestion(
                outcome, asked, listing=f"Write {folder.name}:OUTCOME, one of {', '.join(asked)}."
            ).strip(),
        )
    item, base = asked[outcome], baseline_of(run, folder)
    summary = next(row.to_json() for row in summaries(run, base) if row.id == outcome)
    carried = {name: part for name, part in carried_by(run, base, item).items() if part > 0}
    order = sorted(carried, key=lambda name: (-carried[name], name))
    known = list(priors_of(run.scenario.region).values())
    priors = [prior for name in (*order, "start") for prior in known if prior.mechanism == name]
    subject = subject_of(item, focus_of(run))
    names = _start_observations(run, subject[2] if subject else {}, focus_of(run))
    found = [entry for patch in run.scenario.patches for entry in _of_patch(book, patch)]
    for record in [*names, *(prior.id for prior in priors)]:
        found += book.cite(record)
    value = {
        **{key: summary[key] for key in ("value", "low", "high", "unit", "evidence_grade")},
        "mechanisms": {name: round(carried[name], 4) for name in order},
    }
    return Cited(
        text, "run", f"{item.question} ({run.scenario.id}, {run.members} members)", value, tuple(names),
        tuple(prior.id for prior in priors), _merged(found),
    )  # fmt: skip


def _of_patch(book: Ledger, patch: Patch) -> list[Citation]:
    source = patch.source.partition(":")[0]
    return list(book.cite(source)) if source and record_table(book.tables, source) else []


def _start_observations(run: Ensemble, slots: Mapping[str, str], focus: Focus) -> list[str]:
    """Observations behind the ties at the start between the powers and receiver the number is about."""
    scenario = run.scenario
    world = scenario.region.at(scenario.start, scenario.known_by or None)
    weighted = dict.fromkeys(w.channel for w in world.settings.weights if w.channel and w.weight > 0)
    towards = (slots.get("receiver"), slots.get("actor"))
    receiver = next((name for name in towards if name in world.receivers), focus.receiver)
    powers = [name for name in (slots.get("giver"), slots.get("other")) if name in world.powers]
    found: dict[str, None] = {}
    for power in powers or focus.powers:
        for channel in weighted:
            found.update(dict.fromkeys(world.cell(power, receiver, channel).pooled.used_ids))
    return list(found)
