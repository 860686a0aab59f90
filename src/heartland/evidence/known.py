"""When a record became public: the clock that keeps later knowledge out of a back-test."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from heartland.core.dates import add_months, parse

__all__ = [
    "facts_known_from",
    "first_public",
    "has_clock",
    "latest",
    "observations_known_from",
    "publication_dates",
    "records_known_from",
    "rows",
]

# tables whose rows are public with the texts they name, with the column that names them
_TEXTS: Mapping[str, str] = {
    "sources": "source_id",
    "documents": "article_id",
    "arguments": "article_id",
    "memberships": "article_id",
    "corridors": "article_id",
    "document_questions": "article_id",
    "issues": "article_ids",
    "systems": "article_ids",
}
# tables whose rows set texts side by side: nobody could see such a row before the last of them was out
_SIDE_BY_SIDE = ("issues",)


def rows(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries; an absent table has none."""
    if frame is None or frame.empty:
        return []
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in names]
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
    if facts is None or facts.empty:
        return []
    count = len(facts)
    cited_lists = _column(facts, "cited_source_ids", count, ())
    modalities = _column(facts, "modality", count, "")
    found: list[date | None] = []
    for article_id, cited, modality, text in zip(
        facts["article_id"].tolist(), cited_lists, modalities, _column(facts, "date", count, ""), strict=True
    ):
        public = published.get(article_id)
        if cited and modality not in ("assessed", "forecast"):
            public = _earliest([public, *(published.get(source) for source in cited)])
        happened = parse(text).earliest if text else None
        found.append(max(public, happened) if public and happened else public)
    return found


def has_clock(table: str) -> bool:
    """Whether the records of a table rest on dated texts or sources."""
    return table in ("facts", "observations") or table in _TEXTS


def records_known_from(table: str, frame: pd.DataFrame, published: Mapping[str, date]) -> list[date | None]:
    """First public day of rows that are neither facts nor observations, by the texts they stand in.

    A source or document counts from its own publication, a row that names no text at all (an assumption)
    from the day it begins. None = never known in a back-test.
    """
    column = _TEXTS.get(table, "")
    if column not in frame.columns:
        return [None] * len(frame)
    cells = [(cell,) if isinstance(cell, str) else cell for cell in frame[column].tolist()]
    begins = _column(frame, "from", len(frame), "")
    return [
        first_public(table, cell, published) if any(cell) else latest(start)
        for cell, start in zip(cells, begins, strict=True)
    ]


def first_public(table: str, texts: Iterable[str], published: Mapping[str, date]) -> date | None:
    """Day the first of some texts was out; of rows that compare texts, the day the last of them was."""
    days = [published.get(name) for name in texts]
    if table in _SIDE_BY_SIDE:
        return None if None in days else max((day for day in days if day is not None), default=None)
    return _earliest(days)


def _column(frame: pd.DataFrame, name: str, count: int, default: Any) -> list[Any]:
    return frame[name].tolist() if name in frame.columns else [default] * count


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
    if observations is None or observations.empty:
        return [], []
    count = len(observations)
    texts = _column(observations, "published", count, "")
    periods = _column(observations, "period", count, "")
    channels = _column(observations, "channel", count, "")
    indicators = _column(observations, "indicator", count, "")
    days: list[date | None] = []
    assumed: list[bool] = []
    seen: dict[tuple[str, str], date | None] = {}
    for text, period, channel, indicator in zip(texts, periods, channels, indicators, strict=True):
        day = latest(text)
        assumed.append(day is None)
        if day is None:
            place = (period, channel or indicator or "")
            if place not in seen:
                end, lag = _countable_from(period), lag_months.get(place[1], 0.0)
                seen[place] = end and add_months(end, 0 if math.isnan(lag) else round(lag))
            day = seen[place]
        days.append(day)
    return days, assumed


def _countable_from(period: str) -> date | None:
    first, interval, _ = period.partition("/")
    if interval and first in ("", ".."):
        return None
    return latest(first)
