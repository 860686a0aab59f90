"""From the tables of votes, ideal points and portfolios to the arrays of `alignment`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError
from heartland.measures.alignment import Q5_TO_Q95, Portfolios
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MAX_AGE",
    "SCALES",
    "STALE_AGE",
    "IdealPaths",
    "Register",
    "Session",
    "ideal_paths",
    "membership_portfolios",
    "register_of",
    "sessions",
    "years_since",
]

# Greatest age in years at which a value still stands, and age from which it is flagged (assumptions).
MAX_AGE, STALE_AGE = 5.0, 1.0
_DAYS = 365.25
VOTES = ("yes", "abstain", "no")
# Declared scales: votes yes, abstain, no; obligations none to defence; membership no, yes.
SCALES: Mapping[str, tuple[float, ...]] = {
    "votes": (1.0, 2.0, 3.0), "commitment": (0.0, 1.0, 2.0, 3.0), "membership": (0.0, 1.0),
}


def years_since(end: date, day: date) -> float:
    """Age of a figure whose period ended on a day, in years; 0 for one that still holds, 1 after a year."""
    if day <= end:
        return 0.0
    turn = end.replace(day=min(end.day, 28)) if (end.month, end.day) == (2, 29) else end
    whole = day.year - turn.year - ((day.month, day.day) < (turn.month, turn.day))
    return whole + (day - turn.replace(year=turn.year + whole)).days / _DAYS


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[date, date]:
    """First and last day of a period; an open end is the last day there is."""
    when = parse(text)
    return when.earliest or date.min, when.latest or date.max


@dataclass(frozen=True)
class Session:
    """Roll calls of one session that divided the assembly.

    end : last day of its year;  source : id;  votes : positions yes 1, abstain 2, no 3
    """

    number: int
    end: date
    source: str
    votes: Portfolios


def sessions(frame: pd.DataFrame, actors: Sequence[str]) -> list[Session]:
    """Sessions of a table of votes, in order of their end; undivided roll calls are left out.

    Raises
    ------
    HeartlandInputError
        If the split of a union cannot be read.
    """
    divided = frame[frame["divided"].astype(bool)] if len(frame) else frame
    place = {actor: k for k, actor in enumerate(actors)}
    found = []
    for _, rows in divided.groupby("session", sort=True):
        positions = np.zeros((len(actors), len(VOTES), len(rows)))
        for level, word in enumerate(VOTES):
            for item, names in enumerate(rows[word]):
                for name in names:
                    if name in place:
                        positions[place[name], level, item] = 1.0
        for item, unions in enumerate(rows["split"]):
            for text in unions:
                name, shares = _split(text)
                if name in place:
                    positions[place[name], :, item] = shares
        votes = Portfolios(
            SCALES["votes"], positions, rows["roll_calls"].to_numpy(dtype=np.float64),
            tuple(rows["item"]), np.zeros((len(actors), len(rows)), dtype=bool),
        )
        first = rows.iloc[0]
        end = _span(first["date"])[1]
        found.append(Session(int(first["session"]), end, str(first["source_id"]), votes))
    return sorted(found, key=lambda session: session.end)


def _split(text: str) -> tuple[str, Floats]:
    """`actor:yes/abstain/no` as the actor and the shares of its members."""
    name, _, counts = text.partition(":")
    parts = counts.split("/")
    if len(parts) != len(VOTES) or not all(part.isdigit() for part in parts):
        raise HeartlandInputError.at(
            f'"{text}" does not say how the members of a union voted.', check="votes-split",
            why="Its position is the spread of theirs.", fix="Write actor:yes/abstain/no, three counts.",
            file="series/votes.csv", column="split",
        )
    numbers = np.array([float(part) for part in parts])
    return name, numbers / max(numbers.sum(), 1.0)


@dataclass(frozen=True)
class IdealPaths:
    """Ideal points of one release.

    ends : last day of each session's year, ascending;  numbers : of the sessions
    mean, sd : (actor, session) on the release's scale, NaN unknown
    """

    release: str
    source: str
    numbers: tuple[int, ...]
    ends: tuple[date, ...]
    mean: Floats
    sd: Floats


def ideal_paths(frame: pd.DataFrame, actors: Sequence[str]) -> IdealPaths:
    """Ideal points of a table by actor and session.

    Raises
    ------
    HeartlandInputError
        If the table mixes releases: each is scaled anew, so that their distances mean nothing.
    """
    releases = sorted({str(name) for name in frame["release"]})
    if len(releases) > 1:
        raise HeartlandInputError.at(
            f"ideal points of {len(releases)} releases: {', '.join(releases)}.", check="ideal-release",
            why="Every release is scaled anew; a distance between two of them means nothing.",
            fix="Keep the rows of one release.", file="series/ideal_points.csv", column="release",
        )
    numbers = sorted({int(number) for number in frame["session"]})
    rows = frame.to_dict("records")
    ends = {int(row["session"]): _span(row["date"])[1] for row in rows}
    mean = np.full((len(actors), len(numbers)), np.nan)
    sd = np.full(mean.shape, np.nan)
    place = {actor: k for k, actor in enumerate(actors)}
    for row in rows:
        if row["actor"] in place:
            where = place[row["actor"]], numbers.index(int(row["session"]))
            mean[where] = row["mean"]
            sd[where] = (row["high"] - row["low"]) / Q5_TO_Q95
    return IdealPaths(
        releases[0] if releases else "", str(frame["source_id"].iloc[0]) if len(frame) else "",
        tuple(numbers), tuple(ends[number] for number in numbers), mean, sd,
    )


@dataclass(frozen=True)
class Register:
    """Levels of actors towards items, as spells of a table that ends on a day; arrays have one entry a row.

    actor : place in `actors`, -1 for everybody, -2 for an actor not asked for;  item : place in `items`
    first, last : day numbers of the spell;  ends : last day the source covers, None without rows
    """

    kind: str
    actors: tuple[str, ...]
    items: tuple[str, ...]
    actor: npt.NDArray[np.int64]
    item: npt.NDArray[np.int64]
    level: Floats
    own: npt.NDArray[np.bool_]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    ends: date | None
    source: str

    def active(self, day: date) -> npt.NDArray[np.bool_]:
        """Rows that hold on a day, or on the last day covered if that is earlier."""
        number = (day if self.ends is None else min(day, self.ends)).toordinal()
        return np.asarray((self.first <= number) & (number <= self.last))

    def known(self, day: date) -> tuple[str, ...]:
        """For each actor "" where its own tie says that it exists then, `not-born` or `unknown`."""
        now = set(self.actor[self.own & self.active(day)].tolist())
        later = set(self.actor[self.own & (self.first > day.toordinal())].tolist())
        return tuple(
            "" if k in now else "not-born" if k in later else "unknown" for k in range(len(self.actors))
        )

    def portfolios(self, mask: npt.NDArray[np.bool_]) -> Portfolios:
        """Positions under the rows that hold; of two levels for one item the higher."""
        scale = SCALES[self.kind]
        used = np.unique(self.item[mask])
        shape = len(self.actors), len(self.items)
        level, own = np.full(shape, -np.inf), np.zeros(shape, dtype=bool)
        base = np.full(len(self.items), np.nan)
        common, mine = mask & (self.actor == -1), mask & (self.actor >= 0)
        base[self.item[common]] = self.level[common]
        where = self.actor[mine], self.item[mine]
        np.logical_or.at(own, where, self.own[mine])
        np.maximum.at(level, where, np.where(self.own[mine], scale[-1], self.level[mine]))
        values = np.where(np.isneginf(level), base[None], level)
        values[~own.any(axis=1)] = np.nan
        values = values[:, used]
        shares = np.stack([values == step for step in scale], axis=1).astype(np.float64)
        names = tuple(self.items[k] for k in used)
        return Portfolios(scale, shares, np.ones(len(used)), names, own[:, used])


def register_of(frame: pd.DataFrame, kind: str, actors: Sequence[str]) -> Register:
    """Rows of one kind of a table of portfolios."""
    rows = frame[frame["kind"] == kind]
    names = rows["actor"].tolist()
    spans = [_span(text) for text in rows["period"].tolist()]
    items = tuple(dict.fromkeys(rows["item"].tolist()))
    at = {item: k for k, item in enumerate(items)}
    place = {**{actor: k for k, actor in enumerate(actors)}, "": -1}
    return Register(
        kind, tuple(actors), items, np.array([place.get(name, -2) for name in names], dtype=np.int64),
        np.array([at[item] for item in rows["item"].tolist()], dtype=np.int64),
        rows["level"].to_numpy(dtype=np.float64), rows["own"].to_numpy(dtype=bool),
        np.array([a.toordinal() for a, _ in spans], dtype=np.int64),
        np.array([b.toordinal() for _, b in spans], dtype=np.int64), max((b for _, b in spans), default=None),
        ";".join(dict.fromkeys(rows["source_id"].astype(str))),
    )


def membership_portfolios(
    frame: pd.DataFrame, actors: Sequence[str], day: date,
    members: Callable[[str, date], tuple[str, ...]] | None,
) -> tuple[Portfolios, Floats]:
    """Memberships in organisations on a day, and which of them are stated, (actor, organisation).

    Organisations without a member among the actors stay out. Who is not listed counts as no member, which is
    an assumption: the table does not claim to be complete.
    """
    said: dict[str, set[str]] = {}
    for row in frame.to_dict("records"):
        if row.get("rank") != "deprecated":
            said.setdefault(row["organisation"], set()).add(row["member"])
    inside: dict[str, tuple[Any, ...]] = {}
    for name in sorted(said):
        now = tuple(actor for actor in (members(name, day) if members else ()) if actor in actors)
        if now:
            inside[name] = now
    value = np.array([[float(actor in now) for now in inside.values()] for actor in actors])
    stated = np.array([[float(actor in said[name]) for name in inside] for actor in actors])
    value = value.reshape(len(actors), len(inside))
    shares = np.stack([1 - value, value], axis=1)
    blank = np.zeros(value.shape, dtype=bool)
    found = Portfolios(SCALES["membership"], shares, np.ones(len(inside)), tuple(inside), blank)
    return found, stated.reshape(value.shape)
