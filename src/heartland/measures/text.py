"""Tables of measures as JSON, CSV and plain text."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.core.figures import SMALL, power_of_ten
from heartland.measures.influence import DISCLAIMER
from heartland.measures.meanings import REASON_WORDS
from heartland.measures.registry import Measure

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "aligned", "definition", "few", "leader_lines", "number", "probability", "to_csv", "to_json", "to_text",
]

WIDE = 110
SHORT = 12  # rows that need no grouping
FEW = 2  # rows without a value, for one reason, that stand as rows
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


def definition(record: Measure) -> str:
    """Where the definition comes from, in a sentence."""
    if record.citation == "ours":
        return "Definition: this project's own."
    own = " The definition is this project's own." if record.own_definition else ""
    return f"Source: {record.citation}.{'' if 'ours' in record.citation else own}"


def to_text(frame: pd.DataFrame, measures: Measure | Sequence[Measure], *, draws: int = 1000) -> str:
    """The table for reading: two significant digits, reasons instead of missing values.

    Notes that all rows share stand once above the rows; rows without a value for the same reason stand in one
    line; long tables are grouped, and the same pair of actors is shown once. Everything is in CSV and JSON.

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
    says = [] if record is None else textwrap.wrap(f"{record.reading}. {definition(record)}", WIDE)
    rows = [{str(key): value for key, value in row.items()} for row in part.to_dict("records")]
    if record is not None and record.kind == "u":
        rows, said = _once(rows)
        says += said
    shown = [column for column in _SHOWN if any(row[column] != "" for row in rows)]
    fixed = [column for column in shown if len(rows) > 1 and len({row[column] for row in rows}) == 1]
    fixed += [column for column in ("date", "domain") if column in shown and len(rows) == 1]
    head = ", ".join([f"{name} ({part['unit'].iloc[0]})", *(str(rows[0][column]) for column in fixed)])
    valued = [_notes(row) for row in rows if not _reason(row)]
    common = set.intersection(*valued) if len(valued) > 1 else set()
    if common:
        says += textwrap.wrap(f"All values: {', '.join(sorted(common))}.", WIDE)
    columns = [column for column in shown if column not in fixed]
    group = _group(rows, columns, record)
    return "\n".join([head, *says, *_grouped(rows, columns, group, common, draws), *_why(rows)])


def _once(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Each two actors in one order, and without an actor's row with itself, where both orders are there."""
    pairs = {(row["giver"], row["receiver"]) for row in rows}
    if not all((receiver, giver) in pairs for giver, receiver in pairs):
        return rows, []
    place = {actor: k for k, actor in enumerate(dict.fromkeys(row["giver"] for row in rows))}
    kept = [row for row in rows if place[row["giver"]] < place[row["receiver"]]]
    return (kept, ["Each two actors once."]) if kept and len(kept) < len(rows) else (rows, [])


def _group(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], record: Measure | None) -> list[str]:
    """Columns that head a group of rows; none where the table is short."""
    varying = [column for column in columns if len({row[column] for row in rows}) > 1]
    if len(rows) <= SHORT or len(varying) < 2:
        return []
    if "date" in varying:
        return [column for column in varying if column != "date"]
    first = "giver" if record is not None and record.kind == "u" else "receiver"
    return next(([column] for column in ("domain", "channel", first, "other") if column in varying), [])


def _grouped(
    rows: list[dict[str, Any]], columns: Sequence[str], group: Sequence[str], common: set[str], draws: int,
) -> list[str]:
    """Lines of the table, grouped rows under the words they share."""
    inner = [column for column in columns if column not in group]
    parts: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(tuple(str(row[column]) for column in group), []).append(row)
    heads = [*inner, "value", f"{rows[0]['level']:.0%} interval", "grade", "notes"]
    table: list[list[str]] = [heads]
    after: dict[int, list[str]] = {}
    for key, mine in parts.items():
        if group:
            after.setdefault(len(table) - 1, []).append(" ".join(word for word in key if word))
        if "date" not in inner and group:
            mine = sorted(mine, key=lambda row: -row["value"] if row["value"] == row["value"] else math.inf)
        gone: dict[str, list[dict[str, Any]]] = {}
        for row in mine:
            if reason := _reason(row):
                gone.setdefault(reason, []).append(row)
        folded = [reason for reason, lost in gone.items() if len(lost) > FEW]
        table += [_line(row, inner, common, draws) for row in mine if _reason(row) not in folded]
        for reason in folded:
            words = _listing([" ".join(str(row[column]) for column in inner) for row in gone[reason]])
            after.setdefault(len(table) - 1, []).extend(
                textwrap.wrap(f"no value ({reason}): {words}", WIDE, initial_indent="  " if group else "",
                              subsequent_indent="    " if group else "  "))
    kept = [k for k in range(len(heads)) if k < len(inner) or any(line[k] for line in table[1:])]
    lines = aligned([[line[k] for k in kept] for line in table]) if len(table) > 1 else [""]
    found: list[str] = []
    for place, line in enumerate(lines):
        found += [f"{'  ' if group else ''}{line}"] if line else []
        found += after.get(place, [])
    return found


def _line(row: Mapping[str, Any], columns: Sequence[str], common: set[str], draws: int) -> list[str]:
    unit = str(row["unit"])
    between = "" if math.isnan(row["low"]) else (
        f"{_shown(row['low'], unit, draws)} to {_shown(row['high'], unit, draws)}"
    )
    reason = _reason(row)
    value = f"no value: {reason}" if reason else _shown(row["value"], unit, draws)
    notes = few(sorted(_notes(row) - common))
    return [*(str(row[column]) for column in columns), value, between, str(row["data_grade"]), notes]


def _notes(row: Mapping[str, Any]) -> set[str]:
    return {flag for flag in str(row["flags"]).split(";") if flag and not flag.startswith("nan:")}


def _reason(row: Mapping[str, Any]) -> str:
    flags = str(row["flags"]).split(";")
    return next((flag.removeprefix("nan:") for flag in flags if flag.startswith("nan:")), "")


def few(words: Sequence[str], room: int = 44) -> str:
    """Words joined by commas, as many as fit, and how many more there are."""
    kept: list[str] = []
    for word in words:
        if kept and len(", ".join([*kept, word])) > room:
            return f"{', '.join(kept)} and {len(words) - len(kept)} more"
        kept.append(word)
    return ", ".join(kept)


def _listing(words: Sequence[str]) -> str:
    """Words joined by commas; year ends in a row as one stretch."""
    years = [int(word[:4]) for word in words if word.endswith("-12-31") and len(word) == 10]
    if len(years) != len(words):
        return ", ".join(words)
    found: list[list[int]] = []
    for year in years:
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in found)


def _why(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each reason that occurs means."""
    reasons = dict.fromkeys(reason for row in rows if (reason := _reason(row)))
    return [f"{reason}: {REASON_WORDS[reason]}" for reason in reasons if reason in REASON_WORDS]


def aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    """Rows of texts as columns of one width each."""
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
    return f"{rounded:.{digits}f}" if abs(rounded) >= SMALL else power_of_ten(rounded)


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


def leader_lines(
    frame: pd.DataFrame, rival: pd.DataFrame, rival_name: str, names: Mapping[str, str] | None = None,
) -> list[str]:
    """One sentence per receiver: who leads, and whether the leader survives another set of weights.

    Parameters
    ----------
    frame, rival : overall influence at one date with the own weights and with the rival's
    names : of actors, default their ids
    """
    lines = []
    called = {} if names is None else names
    for receiver in dict.fromkeys(frame["receiver"]):
        own, other = (_ranking(table, receiver) for table in (frame, rival))
        if len(own) < 2:
            known = f"{len(own)} of {_count(frame, receiver)} powers have enough data"
            lines.append(f"{called.get(receiver, receiver)}: no leader can be named, {known}.")
            continue
        giver, value = own[0]
        if len(other) < 2:
            says = f"under {rival_name} weights too little is known"
        elif other[0][0] == giver:
            says = f"also under {rival_name} weights"
        else:
            says = f"but {called.get(other[0][0], other[0][0])} under {rival_name} weights"
        among = "" if len(own) == _count(frame, receiver) else (
            f" among {len(own)} of {_count(frame, receiver)} powers with enough data"
        )
        where, who = called.get(receiver, receiver), called.get(giver, giver)
        lines.append(f"{where}: {who} leads{among} ({number(value)}), {says}.")
    return lines


def _count(table: pd.DataFrame, receiver: str) -> int:
    return int((table["receiver"] == receiver).sum())


def _ranking(table: pd.DataFrame, receiver: str) -> list[tuple[str, float]]:
    """Givers with a value, largest first."""
    known = table[(table["receiver"] == receiver) & table["value"].notna()]
    pairs = zip(known["giver"].astype(str), known["value"].astype(float), strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])
