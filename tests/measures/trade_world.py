"""A small world of flows, expectations, orders and routes: givers A, B, C and receivers J, K."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from tests.measures.bare_inputs import frame_of, inputs_of

from heartland.measures.inputs import Inputs

GIVERS, RECEIVERS = ("A", "B", "C"), ("J", "K")
DAY = "2020-12-31"


def flow(
    start: str, end: str, value: float, *, year: int = 2020, source: str = "one", spread: float = 0.0
) -> dict[str, str]:
    bounds = {"low": str(value / (1 + spread)), "high": str(value * (1 + spread))} if spread else {}
    return {
        "from": start,
        "to": end,
        "flow": "goods",
        "period": str(year),
        "value": str(value),
        "unit": "usd",
        "definition": "goods-flow",
        "source_id": source,
        **bounds,
    }


def income(actor: str, value: float, year: int = 2020) -> dict[str, str]:
    return {
        "observation_id": f"G-{actor}-{year}",
        "giver": actor,
        "indicator": "gdp-current",
        "period": str(year),
        "value": str(value),
        "unit": "usd",
        "definition": "current",
        "source_id": "one",
        "rank": "normal",
    }


def elasticity(horizon: int = 1, sigma: float = 3.0, elsewhere: float = 0.0) -> dict[str, str]:
    return {
        "good": "goods",
        "horizon": str(horizon),
        "sigma0": str(sigma),
        "sd": "0.4",
        "elsewhere": str(elsewhere),
    }


FLOWS = [
    flow("A", "J", 50),
    flow("", "J", 100),
    flow("J", "A", 20),
    flow("J", "", 80),
    flow("", "A", 200),
    flow("A", "", 300),
    flow("B", "J", 0),
    flow("J", "B", 10),
]
INCOMES = [income("J", 1000), income("A", 5000), income("B", 800)]


def world(
    rows: Mapping[str, list[dict[str, str]]] | None = None,
    *,
    days: tuple[str, ...] = (DAY,),
    ties: Mapping[tuple[str, str, str], float] | None = None,
    totals: Mapping[tuple[str, str], float] | None = None,
    bases: Mapping[str, Mapping[str, float]] | None = None,
    members: Any = None,
    sd: float = 0.0,
) -> Inputs:
    """Inputs with the tables and ties given; a tie that is not listed is unknown."""
    found = {"flows": FLOWS, "observations": INCOMES, "elasticities": [elasticity()], **(rows or {})}
    tables: dict[str, pd.DataFrame] = {
        name: frame_of(name, table) if table else frame_of(name, []) for name, table in found.items()
    }
    bare = inputs_of(tables, days, (*GIVERS, *RECEIVERS), members)
    channels = tuple(sorted({key[2] for key in ties or {}} | {key[1] for key in totals or {}})) or ("trade",)
    shape = (len(GIVERS), len(RECEIVERS), len(channels), len(days))
    value, status = np.full(shape, np.nan), np.ones(shape, dtype=np.int8)
    for (giver, receiver, channel), x in (ties or {}).items():
        place = GIVERS.index(giver), RECEIVERS.index(receiver), channels.index(channel)
        value[place], status[place] = x, 3 if x == 0 else 4
    total = np.full(shape[1:], np.nan)
    for (receiver, channel), x in (totals or {}).items():
        total[RECEIVERS.index(receiver), channels.index(channel)] = x
    base = {
        name: np.array([[entry.get(r, np.nan)] * len(days) for r in RECEIVERS])
        for name, entry in (bases or {}).items()
    }
    return replace(
        bare,
        givers=GIVERS,
        receivers=RECEIVERS,
        channels=channels,
        value=value,
        sd=np.where(np.isnan(value), np.nan, sd),
        age=np.zeros(shape),
        disagreement=np.full(shape, np.nan),
        status=status,
        n_groups=(~np.isnan(value)).astype(np.int64),
        total=total,
        base=base,
        transform=dict.fromkeys(channels, "log"),
        units=dict.fromkeys(channels, "usd"),
        times=tuple(date.fromisoformat(day) for day in days),
    )


def one(frame: pd.DataFrame, **labels: str) -> Any:
    """The one row with these labels."""
    for name, label in labels.items():
        frame = frame[frame[name] == label]
    assert len(frame) == 1, frame
    return frame.iloc[0]
