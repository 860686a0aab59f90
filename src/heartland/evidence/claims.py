"""Rows of the observations table as claims, and what the catalogues say about the quantity they feed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from heartland.core.dates import parse
from heartland.core.units import dimension
from heartland.evidence.known import rows
from heartland.evidence.values import Claim, Quantity

__all__ = ["catalogue", "claims", "default_transform", "lags", "quantity", "scale_range", "source_grades"]

_SCALE = re.compile(r"[\[(]?\s*(-?[\d.]+?)\s*(?:,|;|\||\.\.|/|-|:| to )\s*(-?[\d.]+)\s*[\])]?")


def catalogue(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """Rows of channels.csv and indicators.csv by id; channels win where an id is in both."""
    found = {row["indicator_id"]: row for row in rows(tables.get("indicators"))}
    found.update({row["channel_id"]: row for row in rows(tables.get("channels"))})
    return found


def lags(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Months from the end of a period to publication, per channel and indicator."""
    return {name: float(row["lag_months"]) for name, row in catalogue(tables).items() if "lag_months" in row}


def scale_range(text: str) -> tuple[float, float] | None:
    """Range of an ordinal or index, written `0-4`, `[0,1]` or `-1..1`; None when nothing is declared."""
    found = _SCALE.fullmatch(text.strip())
    return (float(found[1]), float(found[2])) if found else None


def default_transform(row: Mapping[str, Any]) -> str:
    """Transform of a channel or indicator: as declared, else identity with a scale, logit for shares, log."""
    declared = str(row.get("transform", "") or "")
    if declared in ("log", "logit", "identity"):
        return declared
    if scale_range(str(row.get("scale", "") or "")):
        return "identity"
    return "logit" if row.get("unit") in ("share", "percent") else "log"


def quantity(tables: Mapping[str, pd.DataFrame], name: str, claims: Sequence[Claim]) -> Quantity:
    """Quantity of a channel or indicator; an id outside the catalogues takes the unit of its first claim."""
    row = catalogue(tables).get(name, {})
    unit = row.get("unit") or (claims[0].unit if claims else "")
    return quantity_of(row, unit)


def quantity_of(row: Mapping[str, Any], unit: str) -> Quantity:
    """Quantity described by one row of a catalogue, in `unit`."""
    return Quantity(
        unit,
        default_transform(row),
        scale_range(str(row.get("scale", "") or "")),
        flow=row.get("kind") == "flow",
    )


def source_grades(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, str]]:
    """(reliability, independence group) per source id."""
    return {
        row["source_id"]: (row.get("reliability") or "F", row.get("independence_group") or row["source_id"])
        for row in rows(tables.get("sources"))
    }


def claims(
    observations: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[dict[str, Any], Claim]]:
    """Each observation row with its claim; `known_from` is taken from the row where it has one."""
    grades = source_grades(tables)
    for row in rows(observations):
        source = row.get("source_id", "")
        letter, group = grades.get(source, ("F", source or row["observation_id"]))
        published = row.get("published", "")
        yield (
            row,
            Claim(
                row["observation_id"],
                row["value"],
                row["unit"],
                group,
                row.get("low", float("nan")),
                row.get("high", float("nan")),
                row.get("value_qualifier") or "exact",
                letter,
                row.get("credibility") or "6",
                row.get("modality") or "reported",
                row.get("rank") or "normal",
                source,
                parse(published).latest if published else None,
                row.get("known_from"),
            ),
        )


def same_dimension(unit: str, other: str) -> bool:
    """Whether two units measure the same kind of thing."""
    return unit == other or dimension(unit) == dimension(other)
