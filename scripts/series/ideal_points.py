"""Ideal points from roll calls, all votes, one release; the union is the mean of its members of the day."""

from __future__ import annotations

from pathlib import Path

from observations.common import Raw, eu_members
from series._common import STATES, UNION, digits

__all__ = ["tables"]

FIRST, RELEASE, SOURCE = 1991, "release-2020-04", "bsv-2020"


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `ideal_points`: posterior mean with its 5 and 95 % points by actor and session.

    The mean of the members' quantiles stands for the union's: wider than the truth were their errors
    independent, exact were they common; posterior covariances are not published.
    """
    table = Raw(shared / "data").table("un_ideal_points/ideal_points_all_1946_2019.csv.gz")
    rows = []
    for (session, year), now in table[table.year >= FIRST].groupby(["session", "year"]):
        by_state = now.set_index("iso3")
        members = by_state.loc[by_state.index.isin(eu_members(int(year)))]
        entries = [(s, by_state.loc[s], "") for s in STATES if s in by_state.index]
        if len(members):
            note = f"mean of {len(members)} members of the day"
            entries.append((UNION, members[["ideal_point", "q5", "q95"]].mean(), note))
        rows += [
            {
                "actor": actor, "session": str(session), "release": RELEASE, "date": str(year),
                "mean": digits(found.ideal_point), "low": digits(found.q5), "high": digits(found.q95),
                "source_id": SOURCE, "note": note,
            }
            for actor, found, note in entries
        ]
    return {"ideal_points": rows}
