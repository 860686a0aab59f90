"""Two dates of one measure: what changed, why, by which sources, and what the width of an interval rests on.

All take what `tidy.table` takes; only here and in `tidy` a world is seen, by its protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures import tidy
from heartland.measures.block import paired_changes, to_frame
from heartland.measures.change_path import measure_path
from heartland.measures.change_rows import QUANTITIES, change_rows, sources_at, without
from heartland.measures.checks import check_cell
from heartland.measures.indices import FACTORS, Settings
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request, expand, get

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["change", "compare", "sources_of_spread", "without_source"]

_LETTERS = dict(zip(FACTORS, "OWS", strict=True))  # factor -> letter of `Measure.uncertain`
_ROW = ("measure", "giver", "receiver", "other", "channel", "domain")


def compare(
    world: tidy.World, name: str, t0: str | date, t1: str | date, **options: Any,
) -> pd.DataFrame:
    """Change of every row of a measure between two dates, with paired draws.

    Parameters
    ----------
    options : those of `tidy.table` except `at` and `times`

    Returns
    -------
    DataFrame: the columns of a table with `value` the change, `low, high` its interval over draws that are
    the same at both dates, `date` the later one, and `before, after`, the two values

    Raises
    ------
    HeartlandInputError
        A measure that is a change itself, and what `tidy.table` raises.
    """
    spans = [measure.name for measure in expand(name) if "t0" in measure.options]
    if spans:
        raise HeartlandInputError.at(
            f"{spans[0]} is a change already.", why="It has one value for two dates.",
            fix=f"Ask for it with --option t0={t0} --option t1={t1}.", check="change-measure",
        )
    times = [t0, t1]
    values = tidy.table(world, name, times=times, **options)  # some values are points of draws
    with paired_changes():
        paired = tidy.table(world, name, times=times, **options)
    early, late = (values[values["date"] == day].set_index(list(_ROW)) for day in sorted(set(values["date"])))
    found = paired[paired["date"] == paired["date"].max()].set_index(list(_ROW))
    found["before"], found["after"] = early["value"], late["value"]
    found["value"] = found["after"] - found["before"]
    gone = found["value"].isna()
    found.loc[gone, ["low", "high"]] = np.nan
    reasons = early["flags"].where(early["value"].isna(), late["flags"])
    found["flags"] = [
        _flags(mine, reason, lost, out)
        for mine, reason, lost, out in zip(
            found["flags"], reasons.reindex(found.index), gone,
            (found["value"] < found["low"]) | (found["value"] > found["high"]), strict=True,
        )
    ]
    whole: pd.DataFrame = found.reset_index()
    return whole[[*paired.columns, "before", "after"]]


def _flags(own: str, reason: str, gone: bool, outside: bool) -> str:
    kept = {word for word in own.split(";") if word and word != "centre-outside" and word[:4] != "nan:"}
    if outside:
        kept.add("centre-outside")
    if gone:
        # A row that does not exist at one date, as of a power that leads at the other alone, has no change.
        kept |= {word for word in str(reason).split(";") if word.startswith("nan:")} or {"nan:not-applicable"}
    return ";".join(sorted(kept))


def change(
    world: tidy.World, cell: Mapping[str, Any], t0: str | date, t1: str | date, *, draws: int = 1000,
    seed: int = 1, level: float = 0.9, weights: object = None, known_by: str | date | None = None,
    options: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Why one cell changed: rows that sum to the change.

    Parameters
    ----------
    cell : `measure` and the actors of a row, with `domain` or `channel` where it has one

    Returns
    -------
    DataFrame, columns of `change_rows.CHANGE_COLUMNS`. For influence, bandwidth and dependence an exact split
    with intervals; for every other measure of ties the path integral, see `change_path`.

    Raises
    ------
    HeartlandInputError
        A cell that names no row, or a measure that is not made of ties.
    """
    measure = get(str(cell.get("measure") or ""))
    check_cell(world, measure, cell)
    found = tidy.inputs(world, times=[t0, t1], weights=weights, known_by=known_by, constants=False)
    if measure.name in QUANTITIES and not cell.get("channel"):
        return change_rows(found, cell, Settings(draws=draws, seed=seed), level)
    _needs_ties(measure, cell, "taken apart")
    return measure_path(found, measure, cell, options or {})


def _needs_ties(measure: Measure, cell: Mapping[str, Any], wanted: str) -> None:
    if "x" not in measure.needs or not cell.get("receiver"):
        known = [name for name in QUANTITIES if name != measure.name]
        raise HeartlandInputError.at(
            f"{measure.name} cannot be {wanted}.", check="change-measure",
            why="Only measures of one receiver's ties move with inputs that can be followed.",
            fix=suggestion(measure.name, known, listing="Its values at both dates: --from, --to."),
        )


def without_source(
    world: tidy.World, cell: Mapping[str, Any], *, weights: object = None,
    known_by: str | date | None = None, options: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """The value of a cell with one independence group removed at a time: which source carries this number.

    Returns
    -------
    DataFrame `group, channels, value, without, effect, flags`, largest effect first; `without` is NaN where
    the value cannot be computed without the group
    """
    measure = get(str(cell.get("measure") or ""))
    check_cell(world, measure, cell)
    _needs_ties(measure, cell, "split by source")
    found = tidy.inputs(
        world, at=cell.get("date") or None, weights=weights, known_by=known_by, constants=False,
    )
    receiver = str(cell["receiver"])
    groups: dict[str, set[str]] = {}
    givers = [str(cell[key]) for key in ("giver", "other") if cell.get(key)] or list(found.givers)
    for giver in givers:
        for channel in found.channels:
            for group in sources_at(found, giver, receiver, channel, 0):
                groups.setdefault(group, set()).add(channel)
    full, _ = _value(found, measure, cell, options or {})
    rows = []
    for group, channels in groups.items():
        less = found
        for giver in givers:
            less = without(less, giver, receiver, group)
        left, flags = _value(less, measure, cell, options or {})
        rows.append((group, ";".join(sorted(channels)), full, left, left - full, flags))
    rows.sort(key=lambda row: (-abs(row[4]) if np.isfinite(row[4]) else -np.inf, row[0]))
    import pandas as pd

    return pd.DataFrame(rows, columns=["group", "channels", "value", "without", "effect", "flags"])


def _value(
    inputs: Inputs, measure: Measure, cell: Mapping[str, Any], options: Mapping[str, Any],
) -> tuple[float, str]:
    by = next((name for name in ("channel", "domain") if cell.get(name) not in (None, "", "all")), "overall")
    request = Request(
        Settings(draws=0), by if by in measure.by else measure.by[0], cell.get("giver") or None,
        cell.get("receiver") or None, cell.get("other") or None, options=options,
    )
    frame = to_frame(measure.function(inputs, request), request.level)
    for name in ("domain", "channel", "other"):
        if cell.get(name):
            frame = frame[frame[name] == cell[name]]
    row = frame.iloc[0]
    return float(row["value"]), str(row["flags"])


def sources_of_spread(world: tidy.World, name: str, *, draws: int = 1000, **options: Any) -> pd.DataFrame:
    """What the width of each interval rests on: variance with one factor alone over variance with all.

    Returns
    -------
    DataFrame: the names of the rows and `observations, weights, structure`, each the squared width of the
    interval with that factor alone over that with all (a factor that cannot matter has exactly 0); NaN
    without an interval. The shares need not sum to 1: factors interact.
    """
    drawn_by = {measure.name: measure.uncertain for measure in expand(name)}
    tables = {
        factor: tidy.table(world, name, draws=draws, vary=frozenset([factor]), **options)
        for factor in FACTORS if any(_LETTERS[factor] in letters for letters in drawn_by.values())
    }
    every = tidy.table(world, name, draws=draws, **options)
    found = every[[*_ROW, "date"]].copy()
    whole = (every["high"] - every["low"]).to_numpy() ** 2
    for factor in FACTORS:
        frame = tables.get(factor, every)
        alone = (frame["high"] - frame["low"]).to_numpy() ** 2
        idle = [_LETTERS[factor] not in drawn_by[name] for name in frame["measure"]]
        alone = np.where(np.isnan(alone) | ~np.array(idle, dtype=bool), alone, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found[factor] = np.where(whole > 0, alone / whole, np.nan)
    return found

