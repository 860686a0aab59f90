"""The one cell that `heartland measure` takes apart, and the rows that its options keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from heartland.region.world import World

__all__ = ["chosen_rows", "detail", "headline", "one_cell"]

_ACTORS = ("giver", "receiver", "other")
_LAYERS = ("domain", "channel")


def detail(by: str, domain: str, channel: str) -> str:
    """Level of detail: as asked, else what a named channel or domain needs."""
    if by != "overall":
        return by
    return "channel" if channel else "domain" if domain not in ("", "all") else by


def chosen_rows(frame: pd.DataFrame, domain: str, channel: str) -> pd.DataFrame:
    """Rows of a domain or a channel.

    Raises
    ------
    HeartlandInputError
        If the table has no such rows.
    """
    for name, word in zip(_LAYERS, (domain, channel), strict=True):
        if not word:
            continue
        known = sorted(set(frame[name]) - {""})
        if word not in known:
            listing = f"Here: {', '.join(known)}." if known else f"Leave --{name} out."
            raise HeartlandInputError.at(
                f'There are no rows of {name} "{word}".',
                why="An unknown name would look like an empty answer.",
                fix=suggestion(word, known, listing=listing), check="measure-rows",
            )  # fmt: skip
        frame = frame[frame[name] == word]
    return frame


def one_cell(
    world: World, cell: Mapping[str, Any], wide: Mapping[str, Any], times: Sequence[str] | None,
) -> dict[str, Any]:
    """The row of a measure that a cell names, as a mapping with its value.

    Parameters
    ----------
    cell : measure, actors, domain, channel, date as given;  wide : options of `tidy.table`
    times : dates of a measure that compares two

    Raises
    ------
    HeartlandInputError
        If it names no row, or several.
    """
    from heartland.measures.checks import check_cell
    from heartland.measures.registry import get
    from heartland.measures.tidy import table

    record = get(str(cell["measure"]))
    check_cell(world, record, cell)
    when: dict[str, Any] = {"times": times} if times else {"at": cell.get("date") or None}
    frame = table(world, record.name, **{**wide, "draws": 0, "missing": "drop"}, **when)
    frame = chosen_rows(frame, str(cell.get("domain") or ""), str(cell.get("channel") or ""))
    if times:
        frame = frame[frame["date"] == frame["date"].max()]
    if len(frame) != 1:
        raise HeartlandInputError.at(
            f"The cell names {len(frame) or 'no'} row{'s' if len(frame) else ''} of {record.name}.",
            why="Only one cell can be taken apart at a time.", check="explain-cell",
            fix=_narrower(frame) if len(frame) else "Leave an option out.",
        )  # fmt: skip
    row: dict[str, Any] = {str(key): value for key, value in frame.iloc[0].items()}
    if times and "t0" in record.options:
        row |= {"t0": times[0], "t1": times[-1]}
    return row


def _narrower(frame: pd.DataFrame) -> str:
    said = []
    for name in (*_ACTORS, *_LAYERS):
        words = list(dict.fromkeys(word for word in frame[name] if word))
        if len(words) > 1:
            shown = ", ".join(words[:6])
            said.append(f"--{name} ({shown}{' ...' if len(words) > 6 else ''})")
    return f"Add {', '.join(said)}."


def headline(row: Mapping[str, Any]) -> str:
    """Measure, row and date of a cell."""
    words = [str(row[key]) for key in (*_ACTORS, *_LAYERS) if row.get(key) not in (None, "", "all")]
    dates = f"{row['t0']} to {row['t1']}" if row.get("t1") else str(row["date"])
    return f"{row['measure']} ({row['unit']}): {', '.join([*words, dates])}"
