"""Refusals: what a user may ask of a measure, said before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.registry import Measure

__all__ = ["check_actors", "check_cell", "check_options", "check_table", "has_rows", "other_detail"]

_MISSING = ("drop", "impute", "bounds")
_BY = ("overall", "domain", "channel")


def check_options(by: str, missing: str, draws: int, level: float, measures: Sequence[Measure]) -> None:
    """Refuse an unknown level of detail or policy, impossible draws, bounds of what cannot be bounded.

    Raises
    ------
    HeartlandInputError
    """
    for word, known, option, why in (
        (by, _BY, "by", "Rows exist at these levels of detail only."),
        (missing, _MISSING, "missing", "What to do with unknown ties must be said exactly."),
    ):
        if word not in known:
            raise HeartlandInputError.at(
                f'"{word}" is not a choice of {option}.', why=why, check=f"measure-{option}",
                fix=suggestion(word, known, listing=f"Choices: {', '.join(known)}."),
            )
    if draws < 0 or not 0 < level < 1:
        raise HeartlandInputError.at(
            f"draws {draws}, level {level:g} cannot be used.", check="measure-draws",
            why="An interval needs draws and a level between 0 and 1.", fix="Use --draws 1000 --level 0.9.",
        )
    unbounded = [measure.name for measure in measures if not measure.bounded]
    if missing == "bounds" and unbounded:
        raise HeartlandInputError.at(
            f"{unbounded[0]} cannot be bounded.", check="missing-policy",
            why="Unknown scores of 0 and 1 do not enclose it.",
            fix="Use --missing drop, or one of bandwidth, dependence, influence.",
        )


def check_actors(
    powers: Sequence[str], receivers: Sequence[str], giver: str | None, receiver: str | None,
    other: str | None,
) -> None:
    """Refuse actors that are not givers or receivers here, with near matches.

    Raises
    ------
    HeartlandInputError
    """
    for word, known, role in (
        (giver, powers, "giver"), (other, powers, "giver"), (receiver, receivers, "receiver"),
    ):
        if word is not None and word not in known:
            raise HeartlandInputError.at(
                f'"{word}" is not a {role} of this region.', check="measure-actor",
                why="It has no ties here.",
                fix=suggestion(word, known, listing=f"Known {role}s: {', '.join(known)}."),
            )
    if giver is not None and giver == other:
        raise HeartlandInputError.at(
            f'giver and other are both "{giver}".', check="measure-actor",
            why="A power is not compared with itself.", fix="Name another power, or leave other out.",
        )


def check_table(
    world: Any, measures: Sequence[Measure], actors: tuple[str | None, str | None, str | None],
    options: Mapping[str, Any],
) -> None:
    """Refuse actors that none of the measures has rows for, and options that none of them reads.

    actors : giver, receiver, other

    Raises
    ------
    HeartlandInputError
    """
    known = {option for measure in measures for option in measure.options}
    for option in options:
        if option not in known:
            listing = f"Options here: {', '.join(sorted(known))}." if known else "Leave it out."
            raise HeartlandInputError.at(
                f'"{option}" is no option of {measures[0].family}.', check="measure-option",
                why="It would change nothing.", fix=suggestion(option, known, listing=listing),
            )
    if any(measure.free_other for measure in measures) and _is_actor(world, actors[2]):
        actors = (actors[0], actors[1], None)
    if any(measure.anyone for measure in measures):
        everyone = tuple(dict.fromkeys((*world.powers, *world.receivers, *getattr(world, "actors", ()))))
        check_actors(everyone, everyone, *actors)
    else:
        check_actors(world.powers, world.receivers, *actors)


def _is_actor(world: Any, word: str | None) -> bool:
    """Whether a word is the id of any actor of the region, modelled or not."""
    return word is not None and word in getattr(world.region, "births", ())


def has_rows(
    world: Any, measure: Measure, giver: str | None, receiver: str | None, other: str | None,
) -> bool:
    """Whether a measure can have rows for these actors: most know powers and receivers only."""
    other = None if measure.free_other and _is_actor(world, other) else other
    wanted = ((giver, world.powers), (other, world.powers), (receiver, world.receivers))
    return measure.anyone or all(word is None or word in known for word, known in wanted)


def check_cell(world: Any, measure: Measure, cell: Mapping[str, Any]) -> None:
    """Refuse a cell that does not name its row.

    Raises
    ------
    HeartlandInputError
    """
    needed = {"d": ("giver", "receiver"), "u": ("giver", "receiver"), "p": ("giver", "other", "receiver"),
              "r": ("receiver",), "a": ("giver",)}.get(measure.kind, ())
    absent = [key for key in needed if not cell.get(key)]
    if absent:
        raise HeartlandInputError.at(
            f"The cell names no {absent[0]}.", why="Only one cell can be explained at a time.",
            fix=f"Give {', '.join(needed)}.", check="explain-cell",
        )
    giver, receiver, other = (str(cell[key]) if cell.get(key) else None for key in
                              ("giver", "receiver", "other"))
    check_table(world, [measure], (giver, receiver, other), {})


def other_detail(measure: Measure, by: str, together: int) -> str | None:
    """Level of detail for a measure that lacks the one asked for: its only one, or none within a family."""
    if len(measure.by) == 1:
        return measure.by[0]
    if together > 1:
        return measure.by[0]
    raise HeartlandInputError.at(
        f'{measure.name} has no rows by "{by}".', check="measure-by",
        why="Its formula needs more than one input.", fix=f"Use --by {' or '.join(measure.by)}.",
    )
