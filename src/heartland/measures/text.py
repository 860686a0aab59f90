"""Tables of measures as JSON, CSV and plain text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from heartland.measures.influence import DISCLAIMER
from heartland.measures.registry import Measure

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["leader_lines", "number", "probability", "to_csv", "to_json", "to_text"]

_NUMBERS = ("value", "low", "high", "level", "coverage", "age", "disagreement")
_ROW = (
    "giver", "receiver", "channel", "domain", "value", "low", "high", "n_used", "n_missing", "flags",
    "measure", "unit", "other", "date", "level", "coverage", "age", "disagreement", "data_grade",
)
_SHOWN = ("giver", "receiver", "other", "channel", "domain", "date")


def to_json(frame: pd.DataFrame, measures: Measure | Sequence[Measure], name: str = "") -> dict[str, Any]:
    """The table as one JSON-ready object, schema `heartland.measure/1`.

    Parameters
    ----------
    frame : a table;  measures : the records behind it
    name : what was asked for, default the name of the first record

    Returns
    -------
    Mapping whose `rows` hold plain numbers (NaN is None) and flags as a list; `at` is None for several dates.
    """
    records = _listed(measures)
    dates = sorted(set(frame["date"]))
    rows = []
    for record in frame[list(_ROW)].to_dict("records"):
        row: dict[str, Any] = {str(key): value for key, value in record.items()}
        row |= {key: _plain(row[key]) for key in _NUMBERS}
        row |= {key: int(row[key]) for key in ("n_used", "n_missing")}
        row["flags"] = [flag for flag in row["flags"].split(";") if flag]
        rows.append(row)
    settings: dict[str, Any] = {key: frame.attrs.get(key) for key in ("missing", "draws", "seed")}
    return {
        "schema": "heartland.measure/1", "measure": name or records[0].name, "unit": _unit(records),
        "at": dates[0] if len(dates) == 1 else None, "reading": records[0].reading,
        "citation": records[0].citation, "own_definition": records[0].own_definition,
        "note": _note(records), **settings,
        "rows": rows,
    }


def _note(records: Sequence[Measure]) -> str:
    """The sentence that goes with every index of influence; nothing for other measures."""
    return DISCLAIMER if any("weights" in record.needs for record in records) else ""


def _listed(measures: Measure | Sequence[Measure]) -> Sequence[Measure]:
    return [measures] if isinstance(measures, Measure) else measures


def _unit(records: Sequence[Measure]) -> str | None:
    units = {record.unit for record in records}
    return units.pop() if len(units) == 1 else None


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def to_csv(frame: pd.DataFrame) -> str:
    """The table as CSV; empty field for NaN, numbers in full so that they read back exactly."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def to_text(frame: pd.DataFrame, measures: Measure | Sequence[Measure], *, draws: int = 1000) -> str:
    """The table for reading: two significant digits, reasons instead of missing values.

    Parameters
    ----------
    draws : their number; no probability is printed as closer to 0 or 1 than one draw can tell
    """
    records = {record.name: record for record in _listed(measures)}
    blocks = []
    for name, part in frame.groupby("measure", sort=False):
        record = records.get(str(name))
        blocks.append(_block(part, str(name), record, draws))
    note = _note(list(records.values()))
    return "\n\n".join([*blocks, note] if note else blocks)


def _block(part: pd.DataFrame, name: str, record: Measure | None, draws: int) -> str:
    unit = str(part["unit"].iloc[0])
    shown = [column for column in _SHOWN if (part[column] != "").any()]
    fixed = [column for column in ("date", "domain") if column in shown and part[column].nunique() == 1]
    columns = [column for column in shown if column not in fixed]
    lines = [[*columns, "value", f"{part['level'].iloc[0]:.0%} interval", "grade", "notes"]]
    for row in part.to_dict("records"):
        flags = [flag for flag in row["flags"].split(";") if flag]
        reason = next((flag.removeprefix("nan:") for flag in flags if flag.startswith("nan:")), "")
        notes = ", ".join(flag for flag in flags if not flag.startswith("nan:"))
        between = "" if math.isnan(row["low"]) else (
            f"{_shown(row['low'], unit, draws)} to {_shown(row['high'], unit, draws)}"
        )
        value = f"no value: {reason}" if reason else _shown(row["value"], unit, draws)
        lines.append([*(str(row[column]) for column in columns), value, between, row["data_grade"], notes])
    head = f"{name} ({unit})" + "".join(f", {part[column].iloc[0]}" for column in fixed)
    says = [] if record is None else [f"{record.reading}. Source: {record.citation}."]
    return "\n".join([head, *says, *_aligned(lines)])


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return [
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _shown(value: float, unit: str, draws: int) -> str:
    return probability(value, draws) if unit == "probability" else number(value)


def number(value: float) -> str:
    """A number with two significant digits and no exponent for everyday sizes; empty for NaN."""
    if math.isnan(value):
        return ""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = round(value, 1 - math.floor(math.log10(abs(value))))
    digits = 1 - math.floor(math.log10(abs(rounded)))
    if digits <= 0:
        return f"{rounded:.0f}"
    return f"{rounded:.{digits}f}" if digits <= 6 else f"{value:.1e}"


def probability(value: float, draws: int) -> str:
    """A probability with two significant digits, never printed as 0 or 1.

    draws : smallest probability they can tell from 0 is 1/draws; without draws the bound is .01
    """
    if math.isnan(value):
        return ""
    least = 1 / draws if draws > 0 else 0.01
    if value < least:
        return f"<{number(least)}"
    if value > 1 - least:
        return f">{f'{1 - least:.6f}'.rstrip('0')}"
    text = number(value)
    return f"{value:.4f}".rstrip("0") if float(text) >= 1 else text


def leader_lines(frame: pd.DataFrame, rival: pd.DataFrame, rival_name: str) -> list[str]:
    """One sentence per receiver: who leads, and whether the leader survives another set of weights.

    Parameters
    ----------
    frame, rival : overall influence at one date with the own weights and with the rival's
    """
    lines = []
    for receiver in dict.fromkeys(frame["receiver"]):
        own, other = (_ranking(table, receiver) for table in (frame, rival))
        if len(own) < 2:
            known = f"{len(own)} of {_count(frame, receiver)} powers have enough data"
            lines.append(f"{receiver}: no leader can be named, {known}.")
            continue
        giver, value = own[0]
        if len(other) < 2:
            says = f"under {rival_name} weights too little is known"
        elif other[0][0] == giver:
            says = f"also under {rival_name} weights"
        else:
            says = f"but {other[0][0]} under {rival_name} weights"
        among = "" if len(own) == _count(frame, receiver) else (
            f" among {len(own)} of {_count(frame, receiver)} powers with enough data"
        )
        lines.append(f"{receiver}: {giver} leads{among} ({number(value)}), {says}.")
    return lines


def _count(table: pd.DataFrame, receiver: str) -> int:
    return int((table["receiver"] == receiver).sum())


def _ranking(table: pd.DataFrame, receiver: str) -> list[tuple[str, float]]:
    """Givers with a value, largest first."""
    known = table[(table["receiver"] == receiver) & table["value"].notna()]
    pairs = zip(known["giver"].astype(str), known["value"].astype(float), strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])
