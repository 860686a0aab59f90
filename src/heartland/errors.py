"""Errors that say where, what, why it matters, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "CheckFailedError",
    "Finding",
    "HeartlandError",
    "HeartlandInputError",
    "IncompleteRunError",
    "Place",
    "did_you_mean",
    "edit_distance",
    "suggestion",
]


@dataclass(frozen=True, order=True)
class Place:
    """Where in the user's material something stands.

    file : path as the user would type it, relative to the region folder where possible
    row : 1-based line (YAML) or table row with the header as row 1; 0 when the whole file is meant
    column : column name of a table, or the 1-based column of a line as text; empty when unknown
    """

    file: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part not in ("", 0))


@dataclass(frozen=True)
class Finding:
    """One thing wrong or doubtful in the user's material.

    check is a short stable id (`A02`, `schema-unknown-column`); severity is E, W or I.
    """

    severity: str
    check: str
    place: Place
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        text = " ".join(part for part in (self.what, self.why, self.fix) if part)
        where = str(self.place)
        return f"{where}  {text}" if where else text


class HeartlandError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1


class HeartlandInputError(HeartlandError):
    """Something the user gave cannot be used; carries one finding per problem."""

    exit_code = 2

    def __init__(self, findings: Finding | Sequence[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[HeartlandInputError], tuple[tuple[Finding, ...]]]:
        return (type(self), (self.findings,))

    @classmethod
    def at(
        cls,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        file: str = "",
        row: int = 0,
        column: str = "",
        check: str = "input",
    ) -> HeartlandInputError:
        """Build an error from one finding of severity E."""
        return cls(Finding("E", check, Place(file, row, column), what, why, fix))


class IncompleteRunError(HeartlandError):
    """A run, or a block of it, is not there or not finished."""

    exit_code = 2


class CheckFailedError(HeartlandError):
    """A command whose job was to check found something (exit code 3)."""

    exit_code = 3


def edit_distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance (optimal string alignment) between two short texts."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3, distance: int = 2) -> list[str]:
    """Known words within `distance` edits of `word`, nearest first, at most `most`."""
    folded = word.casefold()
    near = sorted(
        (edit_distance(folded, candidate.casefold()), candidate)
        for candidate in set(known)
        if abs(len(candidate) - len(word)) <= distance
    )
    return [candidate for steps, candidate in near if steps <= distance][:most]


def suggestion(word: str, known: Iterable[str], *, listing: str = "") -> str:
    """Sentence naming near matches, followed by where to find all known words."""
    near = did_you_mean(word, known)
    first = f"Did you mean {' or '.join(near)}?" if near else ""
    return " ".join(part for part in (first, listing) if part)
