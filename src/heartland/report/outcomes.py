"""Section of the outcomes: the table, a hundred dots for each probability, the spread of each number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from heartland.charts.dots import dots100
from heartland.charts.events import distribution
from heartland.charts.words import interval, number, of_100
from heartland.report.answer import (
    GRADE_WORDS,
    PROBABILITY,
    difference_words,
    scaled,
    sign_words,
    spread_words,
    unit_words,
    with_unit,
)
from heartland.report.content import Cell, Context, Figure, Link, Section, Table, anchor
from heartland.scenarios.outcomes import answer
from heartland.scenarios.summary import OutcomeSummary, Spread

__all__ = ["outcome_section"]


def outcome_section(context: Context, rows: Sequence[OutcomeSummary]) -> Section:
    """Table of all outcomes, then one picture for each."""
    dots = [_dots(context, row) for row in rows if row.unit == PROBABILITY]
    spreads = [_spread(context, row) for row in rows if row.unit != PROBABILITY]
    letters = sorted({row.evidence_grade for row in rows if row.evidence_grade})
    notes = [f"Evidence {letter}: {GRADE_WORDS[letter]}." for letter in letters]
    notes.append(
        "In brackets: 90 % interval over parameter draws for a probability, 5-95 % of runs for a number. "
        "Difference: mean over pairs of runs with the same random numbers, with its 90 % interval over "
        "parameter "
        "draws. Sign assumed: the priors allow only one direction. By construction: the event hardly occurs "
        "without the change."
    )
    groups = [group for group in (dots, spreads) if group]
    return Section("outcomes", "Outcomes", tables=[_table(rows)], groups=groups, notes=notes)


def _table(rows: Sequence[OutcomeSummary]) -> Table:
    cells: list[list[Cell]] = []
    for row in rows:
        question = f"{row.question} ({row.note})" if row.note else row.question
        cells.append([
            Link(question, f"#{anchor('figure', row.id)}"), _short(row.spread, row.unit),
            "" if row.baseline is None else _short(row.baseline, row.unit),
            difference_words(row.difference, row.unit, 3),
            sign_words(row.difference), row.evidence_grade or "not graded",
        ])  # fmt: skip
    return Table(
        "Every outcome of the scenario",
        ["question", "what-if", "baseline", "difference", "direction", "evidence"],
        cells, frozenset({1, 2, 3}), [anchor("outcome", row.id) for row in rows], folded=False,
    )  # fmt: skip


def _short(spread: Spread, unit: str) -> str:
    """`62 of 100 runs (22-90)`, `0.27 bits (0.22-0.34)`."""
    if unit != PROBABILITY or not math.isfinite(spread.value):
        ends = interval(scaled(spread.low, unit), scaled(spread.high, unit), 3)
        said = number(scaled(spread.value, unit), 3)
        return f"{with_unit(said, unit_words(unit))} ({ends})" if ends else said
    low, high = round(100 * spread.low), round(100 * spread.high)
    return f"{of_100(spread.value)} of 100 runs" + (f" ({low}-{high})" if low < high else "")


def _dots(context: Context, row: OutcomeSummary) -> Figure:
    found = [("what-if", row.spread)] + ([("baseline", row.baseline)] if row.baseline else [])
    frame = pd.DataFrame({"label": [n for n, _ in found], "probability": [s.value for _, s in found]})
    ends = spread_words(row.spread, row.unit).partition("(")[2].rstrip(")")
    notes = [text for text in (ends, row.note) if text]
    spec = dots100(frame, title=row.question, source=context.source, notes=notes)
    cells: list[list[Cell]] = [
        [name, of_100(s.value), number(100 * s.low, 3), number(100 * s.high, 3), str(s.n)]
        for name, s in found
    ]
    columns = ["run", "of 100 runs", "5 % of draws", "95 % of draws", "members asked"]
    return context.figure(row.id, spec, Table(row.question, columns, cells, frozenset({1, 2, 3, 4})))


def _spread(context: Context, row: OutcomeSummary) -> Figure:
    outcome = next(item for item in context.run.scenario.outcomes if item.id == row.id)
    series = {}
    for name, run in (("what-if", context.run), ("baseline", context.base)):
        found = answer(outcome.tree, run.view)
        series[name] = np.where(found.valid, found.values, np.nan) * scaled(1.0, row.unit)
    frame = pd.concat([pd.DataFrame({"run": name, "value": values}) for name, values in series.items()])
    spec = distribution(frame, title=row.question, unit=unit_words(row.unit), source=context.source)
    cells: list[list[Cell]] = []
    for name, values in series.items():
        known = values[~np.isnan(values)]
        marks = np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95]) if known.size else np.full(5, np.nan)
        cells.append([name, *(number(float(x), 3) for x in marks), str(known.size)])
    columns = ["run", "5 %", "25 %", "median", "75 %", "95 %", "members with a value"]
    title = f"{row.question} ({unit_words(row.unit)})".removesuffix(" ()")
    return context.figure(row.id, spec, Table(title, columns, cells, frozenset(range(1, 7))))
