"""Dates of `heartland measure`: a range of years, the two ends of a change."""

from __future__ import annotations

import re

from heartland.errors import HeartlandInputError

__all__ = ["ends_of", "stretch_of", "times_of"]


def times_of(first: str, last: str) -> list[str] | None:
    """Year ends of a range; None where none is asked for."""
    if not first and not last:
        return None
    years = [int(word[:4]) for word in (first, last) if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", word)]
    if len(years) != 2 or years[0] > years[1]:
        given = " ".join(f"--{key} {word}" for key, word in (("from", first), ("to", last)) if word)
        raise HeartlandInputError.at(
            f'"{given}" is not a range of years.', why="A range has a first and a last year.",
            fix="Write --from 2000 --to 2020.", check="usage",
        )  # fmt: skip
    return [f"{year}-12-31" for year in range(years[0], years[1] + 1)]


def stretch_of(name: str, first: str, last: str) -> list[str] | None:
    """Both dates of a measure that compares two; None for others."""
    from heartland.measures.registry import get

    if not (first or last) or "t0" not in get(name).options:
        return None
    return list(ends_of(first, last))


def ends_of(first: str, last: str) -> tuple[str, str]:
    """Two dates of a change; a year means its last day."""
    if not first or not last:
        raise HeartlandInputError.at(
            "--change takes two dates.", why="A change needs a beginning and an end.",
            fix="Add --from 2010 --to 2020.", check="usage",
        )  # fmt: skip
    from heartland.evidence.ledger import as_day

    days = as_day(first), as_day(last)
    if days[0] >= days[1]:
        raise HeartlandInputError.at(
            f'"--from {first} --to {last}" does not go forward.', why="A change has a direction.",
            fix=f"Write --from {last} --to {first}." if days[0] > days[1] else "Write two different dates.",
            check="usage",
        )  # fmt: skip
    return days[0].isoformat(), days[1].isoformat()
