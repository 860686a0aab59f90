"""Readers of the general assembly and of memberships: roll calls, ideal points, organisations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from heartland.core.schema import load_schema
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.readers.cells import Cells, Floats, objects
from heartland.evidence.readers.files import Layout, Table
from heartland.evidence.readers.job import Job, option_pairs
from heartland.evidence.readers.rows import Quantity, choose
from heartland.evidence.readers.spells import spells_of

__all__ = ["cow_igo", "ideal_points", "unga_votes"]

SESSIONS_SINCE_YEAR = 1945
SIDES = {1.0: "yes", 2.0: "abstain", 3.0: "no"}
ABSENT = frozenset({8.0, 9.0})
VOTES = Layout(("rcid", "session", "ccode", "vote"), ("year", "date"))
POINTS = Layout(
    ("ccode", "session", "IdealPointAll|IdealPoint|ideal_point"),
    ("NVotesAll|NVotes", "Q5%All|Q5%", "Q95%All|Q95%", "iso3c"),
)
STATE_YEAR = Layout(("ccode", "year", "state"))
DYAD_YEAR = Layout(("ccode1", "ccode2", "year"))
# columns of the organisation files that are no organisation
NOT_ORGANISATIONS = frozenset({
    "ccode", "ccode1", "ccode2", "year", "state", "state1", "state2", "country1", "country2", "dyadid",
    "dyad", "version", "styear", "endyear",
})  # fmt: skip
ROLES = {1.0: "member", 2.0: "partner", 3.0: "observer"}
_RELEASE = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[_ -]?((?:19|20)[0-9]{2})")


@dataclass
class _RollCall:
    session: int
    cast: set[float] = field(default_factory=set)
    sides: dict[float, list[str]] = field(default_factory=dict)


def unga_votes(job: Job) -> None:
    """Roll calls: 1 yes, 2 abstain, 3 no; 8 absent and 9 no member are no position.

    Roll calls of a session on which the actors kept took the same positions become one row. Whether a roll
    call divided the assembly is decided over all members in the file, before actors are picked.
    Source: Voeten, Strezhnev and Bailey 2009, codebook.
    """
    table = job.open(VOTES)
    calls: dict[str, _RollCall] = {}
    wanted = job.settings.actors | job.settings.within if job.settings.actors else job.settings.within
    for cells in job.cells(table):
        state = cells.state("ccode", "cow")
        session, vote = cells.number("session"), cells.number("vote")
        calls_of = cells.text("rcid")
        for at in np.flatnonzero(~np.isin(vote, [*SIDES, *ABSENT]) & ~np.isnan(vote)):
            cells.reject(
                "not a vote", int(at), "vote", f"{vote[at]:g} is not a vote.",
                why="Codes are 1 yes, 2 abstain, 3 no, 8 absent, 9 no member.", fix="The row was left out.",
            )  # fmt: skip
        cells.leave_out(np.isnan(vote) | np.isin(vote, list(ABSENT)), "absent or no member")
        cells.leave_out(np.isnan(session), "session unknown")
        for at in np.flatnonzero(cells.ok):
            year = int(session[at]) + SESSIONS_SINCE_YEAR
            if not job.booking.first <= year <= job.booking.last:
                job.tally.skip("outside the years asked for")
                continue
            call = calls.setdefault(calls_of[at], _RollCall(int(session[at])))
            call.cast.add(vote[at])
            if not wanted or state[at] in wanted:
                call.sides.setdefault(vote[at], []).append(state[at])
            else:
                job.tally.skip("other actors")
    job.frame = _votes_frame(job, calls)


def _votes_frame(job: Job, calls: dict[str, _RollCall]) -> pd.DataFrame:
    groups: Counter[tuple[int, bool, tuple[str, ...]]] = Counter()
    for call in calls.values():
        sides = tuple(";".join(sorted(set(call.sides.get(code, [])))) for code in SIDES)
        groups[call.session, len(call.cast) > 1, sides] += 1
    serial: Counter[int] = Counter()
    rows: list[dict[str, object]] = []
    for (session, divided, sides), count in sorted(
        groups.items(), key=lambda entry: (entry[0][0], not entry[0][1], entry[0][2])
    ):
        serial[session] += 1
        rows.append({
            "item": f"UNGA-{session}-{serial[session]:03d}", "session": session,
            "date": str(session + SESSIONS_SINCE_YEAR), "roll_calls": count,
            **dict(zip(SIDES.values(), sides, strict=True)), "divided": "yes" if divided else "no",
        })  # fmt: skip
    return series_frame(job, "votes", rows)


def series_frame(job: Job, table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows in the columns of a bulk table, with the source of the file."""
    columns = [column.name for column in load_schema(table).columns]
    source = job.settings.options.get("source") or "-".join(
        filter(None, (job.booking.source_id, job.version))
    )
    frame = pd.DataFrame([{**row, "source_id": source} for row in rows], columns=columns)
    frame.attrs["table"] = table
    return frame


def _release(job: Job) -> str:
    asked = job.settings.options.get("release", "")
    if asked:
        return asked
    found = _RELEASE.search(job.path.name.casefold())
    return found[1] if found else ""


def ideal_points(job: Job) -> None:
    """Ideal points by session: posterior mean, with the 5 and 95 % points as the 90 % interval.

    The scale is estimated anew in every release, so the release (option, or the year in the file's name) is
    part of the definition. Source: Bailey, Strezhnev and Voeten 2017.
    """
    table = job.open(POINTS)
    form = choose(job.settings, "as", ("ideal_points", "observations"))
    release = _release(job)
    if not release:
        raise HeartlandInputError.at(
            "the release of the estimates is not known.",
            why="Every release has a scale of its own; two must never be mixed.",
            fix="Add --option release=YEAR.", file=job.tally.file, check="import-option",
        )  # fmt: skip
    job.version = release
    quantity = Quantity(
        "IDEAL", f"posterior-mean-{release}", "index", indicator="ideal-point", transform="identity",
        name="ideal point of UN votes",
    )  # fmt: skip
    rows: list[dict[str, object]] = []
    for cells in job.cells(table, (-9,)):
        state, session = cells.state("ccode", "cow"), cells.number("session")
        mean, low, high = (cells.number(name) for name in ("IdealPointAll", "Q5%All", "Q95%All"))
        cells.leave_out(np.isnan(session), "session unknown")
        year = np.nan_to_num(session).astype(np.int64) + SESSIONS_SINCE_YEAR
        if form == "observations":
            job.booking.add(quantity, state, None, year, mean, low=low, high=high, ok=cells.ok)
            continue
        keep = job.booking.keep(state, None, year, mean, cells.ok)
        rows += [
            {
                "actor": state[at], "session": int(session[at]), "release": f"release-{release}",
                "date": str(year[at]), "mean": mean[at], "low": low[at], "high": high[at],
            }
            for at in np.flatnonzero(keep)
        ]  # fmt: skip
    if form == "ideal_points":
        job.frame = series_frame(job, "ideal_points", rows)


def _organisations(table: Table) -> dict[str, int]:
    """Organisation -> column, in file order."""
    return {
        name: at for at, name in enumerate(table.columns)
        if name and name.casefold() not in NOT_ORGANISATIONS
    }  # fmt: skip


def _codes(cells: Cells, name: str, at: int) -> Floats:
    """Codes of one organisation; -9 and -1 (not there, or no system member) are NaN."""
    return cells.number(name, [row[at] for row in cells.chunk.rows], whole=False)


def cow_igo(job: Job) -> None:
    """Memberships in organisations: by state and year, or by pair and year; -9 unknown, -1 not in being.

    Counts the organisations with code 1 (full membership). With the option `members=COLUMN:actor;...` the
    state file gives spells for `memberships.csv` instead. Source: Pevehouse, Nordstrom, McManus and Jamison
    2020, Journal of Peace Research 57(3).
    """
    table = job.open(STATE_YEAR, DYAD_YEAR)
    organisations = _organisations(table)
    job.version = "3"
    pairs = option_pairs(job.settings.options.get("members", ""))
    if pairs and table.layout == 0:
        _memberships(job, table, organisations, pairs)
        return
    alone = Quantity("IGO-TOTAL", "full-memberships", "count", indicator="igo-memberships")
    joint = Quantity("IGO-JOINT", "joint-full-memberships", "count", "institutions")
    for cells in job.cells(table, (-9, -1)):
        year = cells.year("year")
        full, known, unknown = (np.zeros(len(cells.chunk)) for _ in range(3))
        for name, at in organisations.items():
            code = _codes(cells, name, at)
            full += code == 1
            known += ~np.isnan(code)
            unknown += np.array([row[at].strip() in ("-9", "-9.0") for row in cells.chunk.rows])
        value = np.where(known > 0, full, np.nan)
        note = objects([f"organisations unknown: {count:.0f}" if count else "" for count in unknown])
        if table.layout == 0:
            job.booking.add(alone, cells.state("ccode", "cow"), None, year, value, note=note, ok=cells.ok)
            continue
        one, two = cells.state("ccode1", "cow"), cells.state("ccode2", "cow")
        job.booking.add(joint, one, two, year, value, note=note, ok=cells.ok)


def _memberships(job: Job, table: Table, known: dict[str, int], asked: Mapping[str, str]) -> None:
    for name in asked:
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is no organisation of the file.', why="Its members could not be read.",
                fix=suggestion(name, known), file=job.tally.file, check="import-option",
            )  # fmt: skip
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for cells in job.cells(table, (-9, -1)):
        state, year = cells.state("ccode", "cow"), cells.year("year")
        for name, actor in asked.items():
            code = _codes(cells, name, known[name])
            keep = job.booking.keep(state, None, year, code, cells.ok) & np.isin(code, list(ROLES))
            for at in np.flatnonzero(keep):
                found.setdefault((actor, state[at]), []).append((int(year[at]), float(code[at])))
    last = max((year for series in found.values() for year, _ in series), default=0)
    rows: list[dict[str, object]] = []
    for (organisation, member), series in sorted(found.items()):
        for number, (first, end, role) in enumerate(spells_of(series), 1):
            rows.append({
                "membership_id": f"M-IGO-{organisation.upper()}-{member}-{number}",
                "organisation": organisation, "member": member, "role": ROLES[role], "from": str(first),
                "to": "" if end == last else str(end), "attested": str(end) if end == last else "",
                "status": "documented", "rank": "normal", "note": f"COW IGO {job.version}, by year",
            })  # fmt: skip
    columns = [column.name for column in load_schema("memberships").columns]
    job.frame = pd.DataFrame(rows, columns=columns)
    job.frame.attrs["table"] = "memberships"
