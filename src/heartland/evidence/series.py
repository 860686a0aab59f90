"""Bulk tables of a region (`series/*.csv`): read when a measure asks for them, not at every run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from heartland.core.dates import add_months, parse
from heartland.core.schema import check_references, load_schema, validate
from heartland.core.tables import RawTable, read_csv
from heartland.errors import Finding, HeartlandInputError, Place, suggestion

__all__ = ["FOLDER", "SERIES", "known_from", "read_all_series", "read_series", "series_findings"]

FOLDER = "series"
SERIES = frozenset({
    "capabilities", "elasticities", "expectations", "flows", "ideal_points", "incident_counts", "incidents",
    "orders", "portfolios", "routes", "signed", "votes",
})  # fmt: skip
_DATED = ("period", "date")


def read_series(
    folder: Path, name: str, tables: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, list[Finding]]:
    """One bulk table, typed, and everything wrong with it; an absent file is an empty table.

    Parameters
    ----------
    folder : region folder;  name : one of `SERIES`;  tables : what its references point to
    """
    schema = load_schema(name)
    path = folder / FOLDER / f"{name}.csv"
    raw = RawTable(name, f"{FOLDER}/{name}.csv", [column.name for column in schema.columns], [], [])
    findings: list[Finding] = []
    if path.is_file():
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                raise HeartlandInputError.at(
                    "leads outside the region folder.", file=raw.file, check="outside",
                    why="A region may not read other files.", fix="Replace the link by the file itself.",
                )  # fmt: skip
            raw = read_csv(path, raw.file)
        except HeartlandInputError as error:
            findings.extend(error.findings)
    frame, found = validate(raw, schema)
    findings += found
    if not findings:
        every = {**tables, name: frame}
        schemas = {key: load_schema(key) for key in every if key == name}
        findings += check_references(every, schemas)
    return frame, findings


def read_all_series(
    folder: Path, tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """All bulk tables that have a file, and the findings of all of them."""
    frames: dict[str, pd.DataFrame] = {}
    findings: list[Finding] = []
    for path in sorted((folder / FOLDER).glob("*.csv")):
        if path.stem in SERIES:
            frames[path.stem], found = read_series(folder, path.stem, tables)
            findings += found
    return frames, findings


def series_findings(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Everything wrong with the bulk tables of a folder: unknown files, cells, references, missing lags."""
    findings = [
        Finding(
            "E", "table", Place(f"{FOLDER}/{path.name}"), f'"{path.stem}" is not a bulk table of a region.',
            "A misspelled table would pass as an absent one.", suggestion(path.stem, SERIES),
        )
        for path in sorted((folder / FOLDER).glob("*.csv"))
        if path.stem not in SERIES
    ]  # fmt: skip
    frames, found = read_all_series(folder, tables)
    lagged = set(tables["series"]["table"].tolist()) if "series" in tables else set()
    findings += found
    findings += [
        Finding(
            "E", "series-lag", Place("series.csv"), f'no row for "{name}".',
            "Without its lag nobody could say what was known at a date.",
            f"Add {name} with the months from the end of a period to publication.",
        )
        for name, frame in frames.items()
        if name not in lagged and any(column in frame.columns for column in _DATED)
    ]  # fmt: skip
    return findings


def known_from(frame: pd.DataFrame, lag_months: float) -> list[date | None]:
    """First public day of each row: end of its period (start of a spell) plus the lag; None = never known.

    A row without a date is a standing assumption of the model and known at any time.
    """
    column = next((name for name in _DATED if name in frame.columns), None)
    if column is None:
        return [date.min] * len(frame)
    lag = round(lag_months)
    found: dict[str, date | None] = {}
    for text in set(frame[column].tolist()):
        first, interval, _ = text.partition("/")
        if not text:
            found[text] = date.min
        elif interval and first in ("", ".."):
            found[text] = None
        else:
            end = parse(first).latest
            found[text] = None if end is None else add_months(end, lag)
    return [found[text] for text in frame[column].tolist()]
