"""Obligations under treaties of alliance, as spells; the register ends in 2018 and so does every spell.

A partner without a pact is a stated 0: the register lists all pacts. The list of partners is that of the
states of the system, each with a row for everybody (no actor), so that the length of a portfolio is explicit.
"""

from __future__ import annotations

from pathlib import Path

from observations.common import Raw, eu_members, runs
from series._common import STATES, UNION

__all__ = ["tables"]

FIRST, LAST, SYSTEM_LAST, TOP = 1991, 2018, 2016, 3
PACTS, SYSTEM = "atop-2018", "cow-states"


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `portfolios`, kind `commitment`."""
    raw = Raw(shared / "data")
    return {"portfolios": _system(raw) + _own(raw) + _pacts(raw)}


def _row(
    actor: str, item: str, level: int, first: int, last: int, source: str, **more: str
) -> dict[str, str]:
    return {
        "actor": actor, "item": item, "kind": "commitment", "level": str(level),
        "period": f"{first}/{last}" if last > first else str(first), "source_id": source, **more,
    }


def _spells(raw: Raw) -> dict[str, list[tuple[int, int]]]:
    """Years in which each state was in the system; the list closes in 2016, states then in it go on."""
    spells: dict[str, list[tuple[int, int]]] = {}
    for row in raw.table("reference/states.csv").itertuples():
        last = LAST if row.system_to_year >= SYSTEM_LAST else int(row.system_to_year)
        first = max(int(row.system_from_year), FIRST)
        if last >= first:
            spells.setdefault(str(row.iso3), []).append((first, last))
    return spells


def _system(raw: Raw) -> list[dict[str, str]]:
    note = "no pact unless a row of the actor says so"
    return [
        _row("", item, 0, first, last, SYSTEM, note=note)
        for item, spells in sorted(_spells(raw).items())
        for first, last in spells
    ]


def _own(raw: Raw) -> list[dict[str, str]]:
    """Ties with oneself, coded at the top level; of the union, with its members of the day."""
    spells = _spells(raw)
    found = [
        _row(actor, actor, TOP, first, last, SYSTEM, own="yes") for actor in STATES
        for first, last in spells[actor]
    ]
    by_member = {(s, y) for y in range(FIRST, LAST + 1) for s in eu_members(y)}
    for state in sorted({s for s, _ in by_member}):
        years = [(y, 1.0) for s, y in sorted(by_member) if s == state]
        found += [_row(UNION, state, TOP, first, last, SYSTEM, own="yes") for first, last, _ in runs(years)]
    return found


def _pacts(raw: Raw) -> list[dict[str, str]]:
    """Strongest obligation owed to each partner; of the union, of any member of the day."""
    table = raw.table("peace/atop_alliances_directed_1990_2018.csv.gz")
    table = table[table.year >= FIRST]
    levels: dict[tuple[str, str], dict[int, int]] = {}
    for row in table.itertuples():
        level = _level(row)
        union = UNION if row.giver_iso3 in eu_members(row.year) else ""
        for actor in (row.giver_iso3 if row.giver_iso3 in STATES else "", union):
            inside = actor == UNION and row.receiver_iso3 in eu_members(row.year)
            if actor and level and not inside:
                years = levels.setdefault((actor, str(row.receiver_iso3)), {})
                years[int(row.year)] = max(years.get(int(row.year), 0), level)
    return [
        _row(actor, item, int(level), first, last, PACTS, note=_note(actor, item, last))
        for (actor, item), years in sorted(levels.items())
        for first, last, level in runs((y, float(level)) for y, level in years.items())
    ]


def _level(row: object) -> int:
    if row.atop_defense or row.atop_offense:  # type: ignore[attr-defined]  # row of itertuples
        return 3
    if row.atop_neutral or row.atop_consul:  # type: ignore[attr-defined]  # row of itertuples
        return 2
    return 1 if row.atop_nonagg else 0  # type: ignore[attr-defined]  # row of itertuples


def _note(actor: str, item: str, last: int) -> str:
    if actor == UNION:
        return "strongest obligation of any member of the day"
    if {actor, item} == {"RUS", "UZB"} and last > 2012:
        return "defence pact kept after the exit of 2012 by the source; check against the ledger"
    return ""
