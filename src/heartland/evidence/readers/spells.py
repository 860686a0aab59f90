"""Yearly states as spells: equal values in years that follow each other become one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from heartland.evidence.readers.cells import objects
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity, choose

__all__ = ["book_spells", "spells_of"]


def spells_of(values: Iterable[tuple[int, float]]) -> list[tuple[int, int, float]]:
    """(year, value) pairs as longest spells of one value, (first, last, value); an unknown year ends one.

    Examples
    --------
    >>> spells_of([(2000, 1.0), (2001, 1.0), (2003, 1.0), (2004, 2.0)])
    [(2000, 2001, 1.0), (2003, 2003, 1.0), (2004, 2004, 2.0)]
    """
    spells: list[tuple[int, int, float]] = []
    for year, value in sorted(values):
        if np.isnan(value):
            continue
        if spells and spells[-1][2] == value and spells[-1][1] == year - 1:
            spells[-1] = (spells[-1][0], year, value)
        else:
            spells.append((year, year, value))
    return spells


def book_spells(job: Job, quantity: Quantity, found: Mapping[tuple[str, str, int], float], key: str) -> None:
    """Book (giver, receiver, year) -> value as spells, or year by year with the option `spells=no`.

    A span asked for by the user cuts the spells, so that a row never reaches outside it.
    """
    joined = choose(job.settings, "spells", ("yes", "no")) == "yes"
    quantity = replace(quantity, key=f"{quantity.key}-{key}")
    series: dict[tuple[str, str], list[tuple[int, float]]] = {}
    outside = unknown = 0
    for (giver, receiver, year), value in found.items():
        if not job.booking.first <= year <= job.booking.last:
            outside += 1
        elif np.isnan(value):
            unknown += 1
        else:
            series.setdefault((giver, receiver), []).append((year, value))
    job.tally.skip("outside the years asked for", outside)
    job.tally.skip("unknown value", unknown)
    rows = [
        (giver, receiver, str(first) if first == last else f"{first}/{last}", value)
        for (giver, receiver), values in sorted(series.items())
        for first, last, value in (spells_of(values) if joined else [(y, y, v) for y, v in sorted(values)])
    ]
    if rows:
        givers, receivers = objects([row[0] for row in rows]), objects([row[1] for row in rows])
        periods = objects([row[2] for row in rows])
        job.booking.add(quantity, givers, receivers, periods, np.array([row[3] for row in rows]))
