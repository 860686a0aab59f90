"""What measures take from a region besides numbers: weights, the fixed reference, the channel catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.jsonio import read_json
from heartland.errors import HeartlandInputError
from heartland.evidence.claims import catalogue, default_transform, scale_range
from heartland.evidence.known import rows

__all__ = ["ChannelInfo", "MeasureSettings", "WeightEntry", "read_reference", "settings_of"]


@dataclass(frozen=True)
class ChannelInfo:
    """One row of channels.csv; `scale` is (lowest, highest) of an ordinal or index, else None."""

    channel: str
    name: str
    domain: str
    unit: str
    kind: str
    window_years: int
    max_age_years: float
    lag_months: int
    scale: tuple[float, float] | None
    transform: str
    symmetric: bool
    total: str


@dataclass(frozen=True)
class WeightEntry:
    """One row of weights.csv; channel empty for the weight of a domain.

    base : `total` or `base:INDICATOR`, where an amount in current money already names the nominal indicator
    """

    part: str
    domain: str
    channel: str
    weight: float
    transform: str
    base: str


@dataclass(frozen=True)
class MeasureSettings:
    """Settings of the measures.

    weights : the region's own;  rivals : other shipped sets by name (`equal` from weights-equal.csv)
    reference : content of reference.json;  domains : those with a weight, in file order
    """

    weights: tuple[WeightEntry, ...]
    rivals: Mapping[str, tuple[WeightEntry, ...]]
    reference: Mapping[str, Any]
    channels: Mapping[str, ChannelInfo]
    domains: tuple[str, ...]
    powers: tuple[str, ...]
    receivers: tuple[str, ...]
    indicators: Mapping[str, Mapping[str, Any]]


def settings_of(
    tables: Mapping[str, pd.DataFrame],
    reference: Mapping[str, Any],
    powers: tuple[str, ...],
    receivers: tuple[str, ...],
) -> MeasureSettings:
    """Settings from the validated tables and the reference."""
    known = catalogue(tables)
    channels = {row["channel_id"]: _channel(row) for row in rows(tables.get("channels"))}
    indicators = {row["indicator_id"]: row for row in rows(tables.get("indicators"))}
    sets = {
        name: tuple(_weight(row, known) for row in rows(frame))
        for name, frame in tables.items()
        if name == "weights" or name.startswith("weights-")
    }
    weights = sets.pop("weights", ())
    domains = tuple(dict.fromkeys(entry.domain for entry in weights if not entry.channel))
    rivals = {name.removeprefix("weights-"): found for name, found in sets.items()}
    return MeasureSettings(weights, rivals, reference, channels, domains, powers, receivers, indicators)


def _channel(row: Mapping[str, Any]) -> ChannelInfo:
    return ChannelInfo(
        row["channel_id"],
        row["name"],
        row["domain"],
        row["unit"],
        row["kind"],
        int(row["window_years"]),
        float(row["max_age_years"]),
        int(row["lag_months"]),
        scale_range(row["scale"]),
        default_transform(row),
        bool(row["symmetric"]),
        row["total"],
    )


def _weight(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> WeightEntry:
    """Weight with its base in the money of the channel: current dollars are set against a nominal base."""
    base = row["base"]
    name = base.removeprefix("base:")
    unit, other = known.get(row["channel"], {}).get("unit"), known.get(name, {})
    nominal = other.get("nominal", "")
    if nominal and unit != other.get("unit") and known.get(nominal, {}).get("unit") == unit:
        base = f"base:{nominal}"
    return WeightEntry(
        row["part"], row["domain"], row["channel"], float(row["weight"]), row["transform"], base
    )


def read_reference(path: Path) -> dict[str, Any]:
    """Content of reference.json; an absent file is an empty reference.

    Raises
    ------
    HeartlandInputError
        As `read_json`, or if it is no object.
    """
    if not path.exists():
        return {}

    content = read_json(path)
    if not isinstance(content, dict):
        raise HeartlandInputError.at(
            "is not an object.",
            file=path.name,
            row=1,
            check="reference",
            why="Scores are measured against this file.",
            fix="Rebuild it, or restore the shipped one.",
        )
    return content
