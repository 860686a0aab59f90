"""Events as a time series: how many per pair of states, month, class and type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

from heartland.evidence.readers.base import Tally
from heartland.evidence.readers.events.cells import Memo

__all__ = ["COUNTED", "Counts", "month_of"]

COUNTED = ("giver", "receiver", "date", "quad", "type", "fatalities")

MOST_DAYS = 31  # a longer span is in no one month


def month_of(day: str) -> str:
    """Month of the first day of a span of at most 31 days; empty if it is longer."""
    first, _, last = day.partition("/")
    if last and (date.fromisoformat(last) - date.fromisoformat(first)).days >= MOST_DAYS:
        return ""
    return first[:7]


class Counts:
    """Counts so far; memory grows with the pairs, months and types, not with the events."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.month: Memo[str, str] = Memo(month_of)
        self.events: Counter[tuple[str, ...]] = Counter()
        self.deaths: Counter[tuple[str, ...]] = Counter()

    def add(self, rows: Mapping[str, Sequence[str]]) -> None:
        """Count some events."""
        months = self.month.all(rows["date"])
        keys = list(zip(rows["giver"], rows["receiver"], months, rows["quad"], rows["type"], strict=True))
        self.events.update(keys)
        deaths = rows.get("fatalities", ())
        if any(deaths):
            for key, text in zip(keys, deaths, strict=True):
                if text:
                    self.deaths[key] += int(text)

    def columns(self) -> list[list[str]]:
        """Columns of `schema/incident_counts.csv`, sorted by all that names a row.

        Events of no state on either side, or of a span wider than a month, are counted as left out.
        """
        events: Counter[tuple[str, ...]] = Counter()
        deaths: Counter[tuple[str, ...]] = Counter()
        for key, many in self.events.items():
            if not key[0] and not key[1]:
                self.tally.skip("no state on either side", many)
            elif not key[2]:
                self.tally.skip("span wider than a month", many)
            else:
                for one in _pairs(key):
                    events[one] += many
                    if key in self.deaths:
                        deaths[one] += self.deaths[key]
        names = sorted(events)
        parts = [[key[at] for key in names] for at in range(5)]
        died = [str(deaths[key]) if key in deaths else "" for key in names]
        return [*parts, [str(events[key]) for key in names], died]


def _pairs(key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The key for each pair of one giver and one receiver."""
    if ";" not in key[0] and ";" not in key[1]:
        return [key]
    return [(*pair, *key[2:]) for pair in product(key[0].split(";"), key[1].split(";"))]
