"""What the measures are computed from: arrays with names, no world and no table format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.core.schema import load_schema
from heartland.measures.scores import ChannelReference, Floats, InfluenceSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ABSENT", "ASSUMED", "NOT_APPLICABLE", "UNKNOWN", "ZERO", "Inputs", "Ints", "reference_from"]

Ints: TypeAlias = npt.NDArray[np.int8]

# Status of a cell; 4 observed, 5 pooled from several sources, 6 carried forward.
ABSENT, UNKNOWN, NOT_APPLICABLE, ZERO, ASSUMED = 0, 1, 2, 3, 7


@dataclass(frozen=True)
class Inputs:
    """Central values of ties with what is known about them.

    value, sd, age, disagreement : (giver, receiver, channel, time); value in the channel's unit, NaN unknown;
        sd on the transformed scale; age in years; disagreement in [0, 1]
    status : same axes, codes 0-7; n_groups : same axes, independent sources behind the value
    total : (receiver, channel, time), from all givers;  base : by name, (receiver, time), usd2015
    transform : by channel, the scale on which errors are symmetric (log, logit, identity)
    levels : by channel, highest level of ordinal channels
    series : one row per series, time and independence group, columns `series_id, giver, receiver, channel,
        time, group, y, s, weight, observation_ids` and, where a cell fell back to another scale, `transform`
    flags : by name, bool arrays (giver, receiver, channel, time) for `stale`, `short-window`, `nominal` ...
    imputed : (imputation, giver, receiver, channel, time) or None
    constants : of the structures, by structure id and quantity; empty when not known
    actors : all modelled actors;  units : of the channels
    lookup : named tables of the world, such as `votes` or `memberships`; use `table`
    members : (organisation, day) -> its members then
    """

    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    channels: tuple[str, ...]
    times: tuple[date, ...]
    value: Floats
    sd: Floats
    age: Floats
    disagreement: Floats
    status: Ints
    n_groups: npt.NDArray[np.int64]
    total: Floats
    base: Mapping[str, Floats]
    transform: Mapping[str, str]
    spec: InfluenceSpec
    levels: Mapping[str, float] = field(default_factory=dict)
    series: pd.DataFrame | None = None
    flags: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    imputed: Floats | None = None
    constants: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    actors: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    lookup: Callable[[str], pd.DataFrame] | None = None
    members: Callable[[str, date], tuple[str, ...]] | None = None

    def table(self, name: str) -> pd.DataFrame:
        """A table of the world; empty, with the columns of its schema, where there is none."""
        if self.lookup is not None:
            return self.lookup(name)
        import pandas as pd

        return pd.DataFrame(columns=[column.name for column in load_schema(name).columns])

    def volume(self) -> dict[str, Floats]:
        """Central volumes by channel, (giver, receiver, time)."""
        return {name: self.value[:, :, k] for k, name in enumerate(self.channels)}

    def totals(self) -> dict[str, Floats]:
        """Central totals by channel, (receiver, time)."""
        return {name: self.total[:, k] for k, name in enumerate(self.channels)}

    def imputations(self) -> Inputs:
        """The same with unknown cells filled by the median imputation and marked as assumed."""
        if self.imputed is None:
            return self
        middle = np.median(self.imputed, axis=0)
        fill = np.isnan(self.value) & ~np.isnan(middle)
        status = np.where(fill, ASSUMED, self.status).astype(np.int8)
        return replace(self, value=np.where(fill, middle, self.value), status=status)


def reference_from(
    content: Mapping[str, object],
) -> tuple[dict[str, ChannelReference], dict[str, dict[str, float]]]:
    """Channel references and structure constants from the content of a reference file.

    Parameters
    ----------
    content : keys `channels` (by id: `x_ref`, `x_med`, `values` sorted positive) and, if stored, `structures`
        (by structure id: constants by quantity)
    """
    channels: dict[str, ChannelReference] = {}
    listed = content.get("channels")
    for name, entry in (listed if isinstance(listed, Mapping) else {}).items():
        values = entry.get("values", entry.get("positive", ()))
        channels[str(name)] = ChannelReference(
            float(entry.get("x_ref", "nan")), float(entry.get("x_med", "nan")),
            tuple(float(v) for v in values), float(entry.get("top", "nan")),
        )
    stored = content.get("structures")
    constants = {
        str(name): {str(key): float(number) for key, number in entry.items()}
        for name, entry in (stored if isinstance(stored, Mapping) else {}).items()
    }
    return channels, constants
