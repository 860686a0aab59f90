"""What the last run of all scenarios answered: a table beside the region's content, made and not edited.

`answers.csv` decides nothing: it is no part of the region's hash and of its evidence.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from math import nan
from pathlib import Path
from typing import Any

from heartland.core.schema import load_schema, validate
from heartland.core.tables import read_csv, write_csv
from heartland.errors import HeartlandInputError
from heartland.scenarios.summary import Difference, OutcomeSummary, Spread

__all__ = ["FILE", "AnswerRow", "outcome_row", "read_answers", "write_answers"]

FILE = "answers.csv"


@dataclass(frozen=True)
class AnswerRow:
    """One row of `answers.csv`; numbers are NaN where there is none."""

    kind: str
    scenario: str
    outcome: str
    question: str
    outcome_unit: str
    value: float = nan
    low: float = nan
    high: float = nan
    n: float = nan
    baseline: float = nan
    baseline_low: float = nan
    baseline_high: float = nan
    difference: float = nan
    difference_low: float = nan
    difference_high: float = nan
    p_sign: float = nan
    sign: str = ""
    evidence_grade: str = ""
    why: str = ""
    holds: bool | None = None
    note: str = ""
    run_id: str = ""
    members: float = nan
    seed: float = nan
    version: str = ""
    date: str = ""

    def summary(self) -> OutcomeSummary:
        """The row of the answer it was made from."""
        base = Spread(self.baseline, self.baseline_low, self.baseline_high, int(self.n))
        change = Difference(
            self.difference, self.difference_low, self.difference_high, self.p_sign, self.sign
        )  # fmt: skip
        compared = bool(self.sign)
        own = Spread(self.value, self.low, self.high, int(self.n))
        return OutcomeSummary(
            self.outcome, self.question, self.outcome_unit, own,
            base if compared else None, change if compared else None, self.evidence_grade, self.note,
        )  # fmt: skip


def outcome_row(scenario: str, found: OutcomeSummary, **run: Any) -> AnswerRow:
    """A row from one outcome of a run; `run` holds run_id, members, seed, version, date and why."""
    base = found.baseline or Spread(nan, nan, nan, 0)
    change = found.difference or Difference(nan, nan, nan, nan, "")
    return AnswerRow(
        "outcome", scenario, found.id, found.question, found.unit,
        found.spread.value, found.spread.low, found.spread.high, found.spread.n,
        base.value, base.low, base.high,
        change.value, change.low, change.high, change.p_sign, change.sign,
        found.evidence_grade, note=found.note, **run,
    )  # fmt: skip


def read_answers(folder: Path) -> list[AnswerRow]:
    """Rows of a region folder's `answers.csv`; none if it was never written.

    Raises
    ------
    HeartlandInputError
        If it does not fit its schema: it is written by `heartland run --all` and by nothing else.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    frame, findings = validate(read_csv(path, FILE), load_schema("answers"))
    if findings:
        raise HeartlandInputError(findings)
    names = [field.name for field in fields(AnswerRow)]
    rows = frame.to_dict("records")
    return [AnswerRow(**{str(k): v for k, v in row.items() if k in names}) for row in rows]


def write_answers(folder: Path, rows: Iterable[AnswerRow]) -> Path | None:
    """Write the table into a folder; None, and nothing written, where it may not be written to."""
    path = folder / FILE
    if not os.access(path if path.exists() else folder, os.W_OK):
        return None
    names = [field.name for field in fields(AnswerRow)]
    write_csv(path, names, [[_cell(value) for value in astuple(row)] for row in rows])
    return path


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value
