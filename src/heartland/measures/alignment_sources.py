"""Which portfolios hold at a date: the last session, the register while it lasts, memberships of the day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.alignment import Portfolios
from heartland.measures.alignment_tables import (
    MAX_AGE,
    membership_portfolios,
    register_of,
    sessions,
    years_since,
)
from heartland.measures.inputs import Inputs
from heartland.measures.scores import Floats

__all__ = ["PORTFOLIOS", "State", "Timeline", "asked", "last_before", "timeline"]

PORTFOLIOS = ("commitment", "votes", "memberships")


@dataclass(frozen=True)
class State:
    """Portfolios that hold at one or several dates.

    key : equal for dates with equal portfolios
    items : one row per item of the source;  rows, gather : equal items in one row, see `Portfolios.merged`
    known : for each actor "" or why it has no portfolio;  stated : (actor, row of items) or None if all are
    source : id;  period : what the portfolios cover
    """

    key: Hashable
    items: Portfolios
    rows: Portfolios
    gather: Floats
    known: tuple[str, ...]
    stated: Floats | None
    source: str
    period: str


@dataclass(frozen=True)
class Timeline:
    """State at each date of the inputs (None: unknown) and its age in years (NaN: not known)."""

    states: tuple[State | None, ...]
    age: tuple[float, ...]


def asked(options: Mapping[str, Any]) -> tuple[str, str, float | None]:
    """Portfolio, rule for own ties and exponent of the distances that a request asks for.

    Raises
    ------
    HeartlandInputError
        For a word that is no choice.
    """
    portfolio = str(options.get("portfolio", PORTFOLIOS[0]))
    rule = str(options.get("own", "keep"))
    for word, known, option in ((portfolio, PORTFOLIOS, "portfolio"), (rule, ("keep", "drop"), "own")):
        if word not in known:
            raise HeartlandInputError.at(
                f'"{word}" is not a choice of {option}.', check=f"alignment-{option}",
                why="The measure would be taken of nothing.",
                fix=suggestion(word, known, listing=f"Choices: {', '.join(known)}."),
            )
    power = options.get("power")
    if power is not None and str(power) not in ("1", "2", "1.0", "2.0"):
        raise HeartlandInputError.at(
            f"power {power} is not a choice.", check="alignment-power",
            why="Distances between levels are absolute or squared.", fix="Use 1 or 2.",
        )
    return portfolio, rule, None if power is None else float(power)


def last_before(ends: tuple[date, ...], day: date) -> tuple[int | None, float]:
    """Place of the last period that ended by a day, and its age in years; None if none or too old."""
    past = [k for k, end in enumerate(ends) if end <= day]
    if not past:
        return None, float("nan")
    age = years_since(ends[past[-1]], day)
    return (past[-1], age) if age <= MAX_AGE else (None, float("nan"))


def timeline(inputs: Inputs, portfolio: str, cache: dict[str, Any]) -> Timeline:
    """Portfolios at the dates of the inputs, built once per table."""
    key = f"alignment:timeline:{portfolio}"
    if key not in cache:
        build = {"votes": _votes, "commitment": _commitment, "memberships": _memberships}[portfolio]
        cache[key] = build(inputs)
    found = cache[key]
    assert isinstance(found, Timeline)
    return found


def _state(
    key: Hashable, items: Portfolios, known: tuple[str, ...], stated: Floats | None, source: str, period: str,
) -> State:
    rows, gather = items.merged()
    return State(key, items, rows, gather, known, stated, source, period)


def _votes(inputs: Inputs) -> Timeline:
    """The last session whose year ended by the date; who never voted is unknown, not absent."""
    listed = sessions(inputs.table("votes"), inputs.actors)
    ever = np.zeros(len(inputs.actors), dtype=bool)
    for session in listed:
        ever |= session.votes.present.any(axis=1)
    known = tuple("" if voted else "unknown" for voted in ever)
    ends = tuple(session.end for session in listed)
    found = [last_before(ends, day) for day in inputs.times]
    states = {
        k: _state(("votes", listed[k].number), listed[k].votes, known, None, listed[k].source,
                  f"session {listed[k].number}")
        for k in {k for k, _ in found if k is not None}
    }
    return Timeline(tuple(None if k is None else states[k] for k, _ in found), tuple(age for _, age in found))


def _commitment(inputs: Inputs) -> Timeline:
    """Levels of the register on the day, or on the last day it covers for as long as that may stand."""
    register = register_of(inputs.table("portfolios"), "commitment", inputs.actors)
    made: dict[Hashable, State] = {}
    states: list[State | None] = []
    ages = []
    for day in inputs.times:
        age = float("nan") if register.ends is None else years_since(register.ends, day)
        if not age <= MAX_AGE:
            states.append(None)
            ages.append(float("nan"))
            continue
        mask, known = register.active(day), register.known(day)
        key = ("commitment", mask.tobytes(), known)
        if key not in made:
            year = min(day, register.ends or day).year
            made[key] = _state(key, register.portfolios(mask), known, None, register.source, str(year))
        states.append(made[key])
        ages.append(age)
    return Timeline(tuple(states), tuple(ages))


def _memberships(inputs: Inputs) -> Timeline:
    table = inputs.table("memberships")
    states: list[State | None] = []
    for day in inputs.times:
        items, stated = membership_portfolios(table, inputs.actors, day, inputs.members)
        key = ("memberships", items.items, items.positions.tobytes())
        known = tuple("" if row.any() else "unknown" for row in stated)
        states.append(
            _state(key, items, known, stated, "", day.isoformat()) if items.items else None
        )
    return Timeline(tuple(states), tuple(float("nan") for _ in states))
