"""Roll calls of the general assembly, grouped by the positions of the region's actors.

Whether a roll call divided the assembly is decided over all members, before the region's actors are picked
out: a vote on which the region agrees and others do not still says something.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from observations.common import Raw, eu_members
from series._common import STATES, UNION

__all__ = ["tables"]

CODES = {"yes": 0, "abstain": 1, "no": 2}
SESSIONS_SINCE_YEAR = 1945
SOURCE = "un-votes-2019"


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `votes`: one row per session and pattern of positions."""
    raw = Raw(shared / "data")
    calls = raw.table("un_votes/roll_calls_1991_2019.csv").set_index("rcid").session
    votes = raw.table("un_votes/votes_1991_2019.csv.gz")
    wide = votes.assign(code=votes.vote.map(CODES)).pivot(index="rcid", columns="iso3", values="code")
    divided = wide.nunique(axis=1) > 1
    groups: dict[tuple[int, bool, str, tuple[str, ...]], int] = Counter()
    for rcid, row in zip(wide.index, wide.to_dict("records"), strict=True):
        session = int(calls[rcid])
        sides = tuple(";".join(s for s in STATES if row.get(s) == code) for code in CODES.values())
        groups[session, bool(divided[rcid]), _split(row, session), sides] += 1
    rows: list[dict[str, str]] = []
    serial: Counter[int] = Counter()
    for (session, contested, split, sides), count in sorted(
        groups.items(), key=lambda entry: (entry[0][0], not entry[0][1], entry[0][3], entry[0][2])
    ):
        serial[session] += 1
        rows.append({
            "item": f"V{session}-{serial[session]:03d}", "session": str(session),
            "date": str(session + SESSIONS_SINCE_YEAR), "roll_calls": str(count),
            **dict(zip(CODES, sides, strict=True)), "split": split,
            "divided": "yes" if contested else "no", "source_id": SOURCE,
        })
    return {"votes": rows}


def _split(row: dict[str, float], session: int) -> str:
    """Counts of the union's members of the day by position; empty if none voted."""
    cast = Counter(row[s] for s in eu_members(session + SESSIONS_SINCE_YEAR) if not pd.isna(row.get(s)))
    if not cast:
        return ""
    return f"{UNION}:" + "/".join(str(cast[code]) for code in CODES.values())
