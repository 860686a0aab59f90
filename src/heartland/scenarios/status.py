"""Status of membership in outcomes: `status(ORGANISATION, ACTOR, at=) = member`."""

from __future__ import annotations

from heartland.errors import HeartlandInputError, suggestion

__all__ = ["STATUS", "status_code"]

STATUS = {"out": 0.0, "observer": 1.0, "partner": 2.0, "member": 3.0, "frozen": 4.0}


def status_code(name: str) -> float:
    """Code of a status by name.

    Raises
    ------
    HeartlandInputError
        With near matches for an unknown name.
    """
    if name not in STATUS:
        raise HeartlandInputError.at(
            f'"{name}" is not a status.', why="A membership is one of five.",
            fix=suggestion(name, STATUS, listing=f"Write one of {', '.join(STATUS)}."), check="expression",
        )  # fmt: skip
    return STATUS[name]
