"""One channel of the inputs by itself: its central values, its draws, where it rests on what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from heartland.measures.cell_parts import observed_ids
from heartland.measures.draws import ObservationDraws
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Request
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["central", "channel_draws", "evidence", "records"]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as mappings from column to value."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def central(inputs: Inputs, channel: str) -> Floats:
    """Central values of a channel, (giver, receiver, time); NaN all where there is no such channel."""
    if channel not in inputs.channels:
        return np.full(inputs.value[:, :, 0].shape, np.nan)
    return np.asarray(inputs.value[:, :, inputs.channels.index(channel)])


def channel_draws(inputs: Inputs, request: Request, channel: str) -> tuple[Floats, Floats] | None:
    """Drawn values (giver, receiver, time, draw) and totals (receiver, time, draw) of a channel.

    The same draws as those of influence: streams are named by tie and source. None without draws.
    """
    n = request.settings.draws
    if n <= 0 or channel not in inputs.channels:
        return None
    key = f"single:{channel}"
    if key not in request.cache:
        fixed = "observations" not in request.settings.vary
        source = ObservationDraws(_only(inputs, channel), n, request.settings.seed, fixed=fixed)
        volume, total = source.block(0, n)
        request.cache[key] = volume[channel], total[channel]
    found: tuple[Floats, Floats] = request.cache[key]
    return found


def _only(inputs: Inputs, channel: str) -> Inputs:
    k = inputs.channels.index(channel)
    cut = {
        name: getattr(inputs, name)[:, :, k : k + 1]
        for name in ("value", "sd", "age", "disagreement", "status", "n_groups")
    }
    series = inputs.series
    if series is not None and len(series):
        series = series[series["channel"].isin([channel, k])]
        series = series.assign(channel=channel)
    # What is unknown in the centre stays unknown in every draw.
    return replace(
        inputs, **cut, total=inputs.total[:, k : k + 1], channels=(channel,), series=series, imputed=None,
        flags={},
    )


def evidence(inputs: Inputs, giver: str, receiver: str, channel: str) -> list[dict[str, Any]]:
    """One row of `explain` per observation behind a tie at the first date, or one that says it is unknown."""
    series: pd.DataFrame | None = inputs.series
    known_ids = {} if series is None or series.empty else observed_ids(series)
    ids = known_ids.get((giver, receiver, channel, 0), [])
    unit = inputs.units.get(channel, "")
    frame = inputs.table("observations")
    known = frame[frame["observation_id"].isin(ids)] if len(frame) else frame
    rows = [
        {
            "part": "tie", "channel": channel, "observation_id": str(row["observation_id"]),
            "source_id": str(row["source_id"]), "period": str(row["period"]),
            "raw value": float(row["value"]), "unit": str(row["unit"]), "status": str(row.get("status", "")),
        }
        for row in known.to_dict("records")
    ]
    bare = {"part": "tie", "channel": channel, "unit": unit}
    if not rows and ids:  # a world without its observations at hand
        return [{**bare, "observation_id": name, "status": "observed"} for name in dict.fromkeys(ids)]
    return rows or [{**bare, "status": "unknown"}]
