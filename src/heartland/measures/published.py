"""Influence beside a published index that a user brings: rank correlation by year and by receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "compare", "read_index", "spearman"]

COLUMNS = ("giver", "receiver", "year", "value")
LEAST_PAIRS = 3
_SHOWN = 5


def spearman(x: Floats, y: Floats) -> float:
    """Rank correlation of two lists over the places known in both; ties share the mean rank.

    NaN with fewer than three such places, or where one list is constant (Spearman 1904).
    """
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < LEAST_PAIRS:
        return float("nan")
    a, b = (_ranks(part[both]) for part in (np.asarray(x), np.asarray(y)))
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / size) if size > 0 else float("nan")


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float64)


def read_index(
    file: str | Path, givers: Sequence[str], receivers: Sequence[str],
) -> dict[tuple[str, str, int], float]:
    """A published index from a CSV file.

    Parameters
    ----------
    file : CSV with at least the columns `giver, receiver, year, value`
    givers, receivers : ids known here; rows of other actors are left out

    Returns
    -------
    Values by (giver, receiver, year)

    Raises
    ------
    HeartlandInputError
        A missing column, a year or value that is no number, a pair given twice for one year, or no row of
        an actor known here.
    """
    from heartland.core.tables import read_csv

    raw = read_csv(Path(file), str(file))
    absent = [name for name in COLUMNS if name not in raw.columns]
    if absent:
        raise HeartlandInputError.at(
            f'no column "{absent[0]}".', file=str(file), row=1, check="index-columns",
            why="The index cannot be matched with influence.",
            fix=suggestion(absent[0], raw.columns, listing=f"Columns needed: {', '.join(COLUMNS)}."),
        )
    places = [list(raw.columns).index(name) for name in COLUMNS]
    found: dict[tuple[str, str, int], float] = {}
    unknown: dict[str, None] = {}
    for cells, number in zip(raw.rows, raw.numbers, strict=True):
        giver, receiver, year_text, value_text = (cells[place].strip() for place in places)
        year = _number(year_text, "year", str(file), number)
        value = _number(value_text, "value", str(file), number)
        if giver not in givers or receiver not in receivers:
            unknown[giver if giver not in givers else receiver] = None
            continue
        key = (giver, receiver, int(year))
        if key in found:
            raise HeartlandInputError.at(
                f"{giver} to {receiver} in {int(year)} is given twice.", file=str(file), row=number,
                check="index-twice", why="Which of the two to compare is not known.", fix="Keep one row.",
            )
        found[key] = value
    if not found:
        listed = ", ".join(list(unknown)[:_SHOWN]) or "none"
        raise HeartlandInputError.at(
            f"no row of an actor known here (found: {listed}).", file=str(file), check="index-actors",
            why="Nothing can be compared.",
            fix=f"Use the ids of this region: givers {', '.join(givers)}; receivers {', '.join(receivers)}.",
        )
    return found


def _number(text: str, column: str, file: str, row: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value) or (column == "year" and value != int(value)):
        raise HeartlandInputError.at(
            f'"{text}" is no {"whole " if column == "year" else ""}number.', file=file, row=row,
            column=column, check="index-number", why="It cannot be ranked.",
            fix="Give a number, or leave the row out.",
        )
    return value


def compare(table: pd.DataFrame, file: str | Path) -> pd.DataFrame:
    """Spearman's correlation of influence with a published index, per year and per receiver.

    Parameters
    ----------
    table : tidy table of `influence`, domain `all`, of any dates
    file : see `read_index`

    Returns
    -------
    DataFrame `by, label, n, spearman`: first over all pairs, then one row per year (over pairs), then one
    per receiver (over givers and years). NaN with fewer than three pairs. No value is expected: indices with
    other weights and other years need not agree.

    Raises
    ------
    HeartlandInputError
        From `read_index`; or no year in common.
    """
    import pandas as pd

    own = table[table["domain"] == "all"] if "domain" in table else table
    years = own["date"].astype(str).str.slice(0, 4).astype(int)
    givers, receivers = (list(dict.fromkeys(own[name])) for name in ("giver", "receiver"))
    theirs = read_index(file, givers, receivers)
    keys = list(zip(own["giver"], own["receiver"], years, strict=True))
    mine = own["value"].to_numpy(dtype=np.float64)
    other = np.array([theirs.get(key, np.nan) for key in keys])
    _check_years({key[2] for key in theirs}, set(years), str(file))
    groups: Mapping[tuple[str, str], npt.NDArray[np.bool_]] = {
        ("all", "all"): np.ones(len(keys), dtype=bool),
        **{("year", str(year)): (years == year).to_numpy() for year in sorted(set(years))},
        **{("receiver", name): (own["receiver"] == name).to_numpy() for name in receivers},
    }
    rows = [
        (by, label, int((np.isfinite(mine[at]) & np.isfinite(other[at])).sum()),
         spearman(mine[at], other[at]))
        for (by, label), at in groups.items()
    ]
    return pd.DataFrame(rows, columns=["by", "label", "n", "spearman"])


def _check_years(theirs: set[int], ours: set[int], file: str) -> None:
    if not theirs & ours:
        raise HeartlandInputError.at(
            f"no year in common: it has {min(theirs)} to {max(theirs)}, asked for are {min(ours)} to "
            f"{max(ours)}.", file=file, check="index-years", why="Nothing can be compared.",
            fix="Ask for dates that the index covers.",
        )
