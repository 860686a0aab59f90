"""Section of a joint run: each scenario alone, all together, and what the sum leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from heartland.report.answer import PROBABILITY, baseline_words, difference_words, sign_words, unit_words
from heartland.report.content import Cell, Link, Section, Table, anchor
from heartland.scenarios.interaction import Interaction

__all__ = ["heads", "interaction_section", "told"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def heads(parts: int) -> list[str]:
    """Column heads of the table for a number of scenarios."""
    letters = list(LETTERS[:parts])
    return [
        "outcome", "unit", "baseline", *(f"{letter} alone" for letter in letters), "together",
        f"interaction (together - {' - '.join(letters)})", "direction",
    ]  # fmt: skip


def told(item: Interaction) -> list[str]:
    """One outcome in the words of that table."""
    row, unit = item.answer, item.answer.unit
    shown = "of 100 runs" if unit == PROBABILITY else unit_words(unit)
    differences = [*(part.difference for part in item.alone), item.together, item.rest]
    return [
        row.id, shown, baseline_words(row.baseline, unit),
        *(difference_words(found, unit) for found in differences), sign_words(item.rest),
    ]  # fmt: skip


def interaction_section(found: Sequence[Interaction]) -> Section | None:
    """Table of all outcomes; None where a run is no composition."""
    if not found:
        return None
    parts = found[0].alone
    letters = [
        f"{letter}: {part.title} ({part.scenario})." for letter, part in zip(LETTERS, parts, strict=False)
    ]
    cells: list[list[Cell]] = []
    for item in found:
        _, *rest = told(item)
        cells.append([Link(item.answer.question, f"#{anchor('figure', item.answer.id)}"), *rest, str(item.n)])
    columns = [*heads(len(parts)), "members"]
    table = Table(
        "Each scenario alone, all together, and the interaction", columns, cells,
        frozenset(range(2, len(columns) - 2)) | {len(columns) - 1},
        [anchor("interaction", item.answer.id) for item in found], folded=False,
    )  # fmt: skip
    texts = [
        "Differences from one baseline on the same random numbers: each scenario alone, all of them, and the "
        "part of the joint difference that the sum does not explain. A positive interaction means that "
        "together they do more, in this direction, than each alone would lead one to expect; none means "
        "that they do not meet.",
        " ".join(letters),
    ]
    notes = [
        "All scenarios stand on the baseline of the first. In brackets: 90 % interval over parameter "
        "draws. A row rests on the members that have a value in every run, so that its columns add up."
    ]
    return Section("interaction", "Together and alone", texts=texts, tables=[table], notes=notes)
