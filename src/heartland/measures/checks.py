"""Refusals: what a user may ask of a measure, said before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.registry import Measure

__all__ = ["check_actors", "check_options", "other_detail"]

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
