"""What stands behind a measure as text: inputs of a cell, changes, sources, the width of intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.measures.text import WIDE, aligned, few, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["change_text", "explain_text", "frame_text"]

# Columns of an explanation that need not stand in the text; all are in CSV and JSON.
_PLAIN = ("part", "domain", "channel", "raw value", "unit", "status", "transform", "score", "weight",
          "contribution", "period", "observation_id", "flag")  # fmt: skip


MOST = 60
_BIG = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))


def change_text(frame: pd.DataFrame) -> str:
    """Why a cell changed: what moved it, what did not in one line, and the total.

    frame : columns of `change_rows.CHANGE_COLUMNS`, the total last
    """
    moved = [bool(value != 0) for value in frame["value"]]
    moved[-1] = True
    still = frame[[not one for one in moved]]
    words = [" ".join(word for word in row if word) for row in
             zip(still["part"], still["channel"], still["cause"], strict=True)]  # fmt: skip
    found = [frame_text(frame[moved], keep=("part",))]
    return "\n".join([*found, *(_wrapped(f"without effect: {', '.join(words)}") if words else [])])


def frame_text(frame: pd.DataFrame, *, keep: Sequence[str] = ()) -> str:
    """Any table for reading: two significant digits, gaps left empty, columns without content left out.

    What all rows share stands once above them.

    Parameters
    ----------
    keep : columns that stay columns even where all rows share a word
    """
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    if not rows:
        return "no rows"
    words = [{key: _word(value) for key, value in row.items()} for row in rows]
    common: set[str] = set()
    if "flags" in frame.columns:
        sets = [{flag for flag in str(row["flags"]).split(";") if flag} for row in rows]
        common = set.intersection(*sets) if len(rows) > 1 else set()
        for line, mine in zip(words, sets, strict=True):
            line["flags"] = few(sorted(mine - common, key=lambda flag: (flag[:4] != "nan:", flag)))
    names = [name for name in words[0] if any(line[name] for line in words)]
    fixed = [
        name for name in names
        if len(rows) > 1 and name not in (*keep, "flags") and not isinstance(rows[0][name], float)
        and len({line[name] for line in words}) == 1
    ]
    head = [f"{name}: {words[0][name]}" for name in fixed]
    head += [f"all rows: {', '.join(sorted(common))}"] if common else []
    kept = [name for name in names if name not in fixed]
    lines = [kept, *([line[name] for name in kept] for line in words)] if kept else []
    return "\n".join([*(["; ".join(head)] if head else []), *(aligned(lines) if lines else [])])


def explain_text(
    frame: pd.DataFrame, value: float, sources: Mapping[str, str], assumed: Mapping[str, str],
) -> str:
    """The inputs of one cell: those used, those unknown in one line, their sum, and the sources by name.

    Parameters
    ----------
    frame : from `tidy.explain`;  value : of the cell, NaN where it has none
    sources : id -> what it is;  assumed : observation without source -> what it rests on
    """
    rows = [{str(key): row_value for key, row_value in row.items()} for row in frame.to_dict("records")]
    unknown = [row for row in rows if row["status"] == "unknown"]
    if len(unknown) <= 2:
        unknown = []
    used = [row for row in rows if row["status"] != "unknown"] if unknown else rows
    hidden = used[MOST:]
    used = used[:MOST]
    names = [name for name in _PLAIN if any(_word(row[name]) for row in used)]
    heads = {"observation_id": "observations", "raw value": "value"}
    lines = [[heads.get(name, name) for name in names]]
    for row in used:
        lines.append([_short(name, row[name]) for name in names])
    found = aligned(lines) if used else []
    if hidden:
        found.append(f"{len(hidden)} more inputs: --format csv")
    if unknown:
        words = dict.fromkeys(
            " ".join(word for word in (_word(row["part"]), _word(row["channel"])) if word) for row in unknown
        )
        found += _wrapped(f"unknown: {', '.join(words)}")
    parts = [row["contribution"] for row in rows if isinstance(row["contribution"], float)]
    known = [part for part in parts if math.isfinite(part)]
    if math.isnan(value):
        found.append("The cell has no value.")
    elif known and math.isclose(math.fsum(known), value, abs_tol=1e-9):
        found.append(f"The contributions sum to the value, {number(value)}.")
    else:
        found.append(f"The value is {number(value)}; it is no sum of its inputs.")
    cited = dict.fromkeys(
        name for row in rows for name in str(row["source_id"] or "").split(";") if name in sources)
    found += [f"{name}: {sources[name]}" for name in cited]
    bare = dict.fromkeys(
        name for row in used for name in str(row["observation_id"] or "").split(";") if name in assumed)
    found += [f"{name}: {assumed[name]}" for name in bare]
    return "\n".join(found)


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDE, subsequent_indent="  ")


def _short(name: str, value: Any) -> str:
    """A cell; of long lists the first entry and how many more."""
    word = _word(value)
    if name not in ("observation_id", "period") or word.count(";") < 1:
        return word
    first, *more = word.split(";")
    return f"{first} and {len(more)} more" if name == "observation_id" else f"{first} to {more[-1]}"


def _word(value: Any) -> str:
    if isinstance(value, float):
        size, word = next((pair for pair in _BIG if abs(value) >= pair[0]), (1.0, ""))
        return f"{number(value / size)}{word}"
    return "" if value is None else str(value)
