"""When a record became public: the clock that keeps later knowledge out of a back-test."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from heartland.core.dates import add_months, parse

__all__ = ["facts_known_from", "latest", "observations_known_from", "publication_dates", "rows"]


def rows(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries; an absent table has none."""
    if frame is None or frame.empty:
        return []
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def latest(text: str) -> date | None:
    """Latest day a date text allows; None when empty or open-ended."""
    return parse(text).latest if text else None


def publication_dates(tables: Mapping[str, pd.DataFrame]) -> dict[str, date]:
    """Latest possible publication day per source and article; items without any date are absent."""
    known: dict[str, date] = {}
    for row in rows(tables.get("sources")):
        day = latest(row.get("published", "")) or latest(row.get("retrieved", ""))
        if day is not None:
            known[row["source_id"]] = day
    for row in rows(tables.get("documents")):
        day = latest(row.get("written", ""))
        if day is not None:
            known[row["article_id"]] = day
    return known


def facts_known_from(facts: pd.DataFrame | None, published: Mapping[str, date]) -> list[date | None]:
    """First day each fact was public, in row order; None = never known in a back-test.

    Assessments, forecasts and facts without citation are public with their article; others with the earliest
    of article and cited items. No fact is known before the earliest day it can have happened.
    """
    found: list[date | None] = []
    for row in rows(facts):
        article = published.get(row["article_id"])
        cited = row.get("cited_source_ids", ())
        public = article
        if cited and row.get("modality") not in ("assessed", "forecast"):
            public = _earliest([article, *(published.get(source) for source in cited)])
        happened = parse(row["date"]).earliest if row.get("date") else None
        found.append(max(public, happened) if public and happened else public)
    return found


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def observations_known_from(
    observations: pd.DataFrame | None, lag_months: Mapping[str, float]
) -> tuple[list[date | None], list[bool]]:
    """First public day of each observation and whether it rests on an assumed lag, in row order.

    `published` (its latest bound) if stated, else the end of the period plus the lag of its channel or
    indicator (0 when none is declared). A spell (an interval) is a level that could be seen from its first
    day on, so there the lag counts from the start; one whose start is open or unknown is never known.
    """
    days: list[date | None] = []
    assumed: list[bool] = []
    for row in rows(observations):
        day = latest(row.get("published", ""))
        assumed.append(day is None)
        end = _countable_from(row.get("period", "")) if day is None else None
        if end is not None:
            lag = lag_months.get(row.get("channel") or row.get("indicator") or "", 0.0)
            day = add_months(end, 0 if math.isnan(lag) else round(lag))
        days.append(day)
    return days, assumed


def _countable_from(period: str) -> date | None:
    first, interval, _ = period.partition("/")
    if interval and first in ("", ".."):
        return None
    return latest(first)
