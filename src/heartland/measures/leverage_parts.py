"""What stands behind a cell of leverage by trade: flows, incomes and elasticities, source by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heartland.measures.flows import Reading, Side
from heartland.measures.indices import Settings
from heartland.measures.inputs import Inputs
from heartland.measures.leverage_trade import Good, Losses, incomes, trade
from heartland.measures.registry import Request

__all__ = ["flow_rows", "trade_parts"]


def trade_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of exit cost, sale exposure and asymmetry at the first date of the inputs.

    The loss rows carry the contributions: with both directions they sum to the asymmetry; a single loss is
    its own contribution. The rows behind them (flows, income, elasticity) are not additive.
    """
    measure = str(cell["measure"]).rpartition(".")[2]
    options = {"horizon": cell["horizon"]} if cell.get("horizon") else {}
    found = trade(inputs, Request(Settings(draws=0), options=options))
    g, r = inputs.givers.index(str(cell["giver"])), inputs.receivers.index(str(cell["receiver"]))
    income = incomes(inputs)
    both = measure in ("asymmetric_vulnerability", "log_vulnerability")
    rows: list[dict[str, Any]] = []
    for losses, sign, loser in (
        (found.receiver, 1.0, str(cell["receiver"])), (found.giver, -1.0, str(cell["giver"])),
    ):
        if sign < 0 and not both:
            continue
        for part, wanted in (("use", "exit_cost"), ("sale", "sale_exposure")):
            if both or measure == wanted or (part == "use" and "supplier" in measure):
                rows += _loss(inputs, losses, found.goods, part, (g, r), sign, loser, income)
    if measure not in ("asymmetric_vulnerability", "exit_cost", "sale_exposure"):
        for row in rows:
            row |= {"contribution": np.nan, "flag": "not additive"}
    return rows


def _loss(
    inputs: Inputs, losses: Losses, goods: Sequence[Good], part: str, place: tuple[int, int], sign: float,
    loser: str, income: Mapping[tuple[str, int], tuple[float, str, str]],
) -> list[dict[str, Any]]:
    """One loss, then what it was computed from."""
    value = float((losses.cost.value if part == "use" else losses.sales)[(*place, 0)])
    rows: list[dict[str, Any]] = [{
        "part": f"{'exit cost' if part == 'use' else 'sale exposure'} of {loser}", "channel": "trade",
        "transform": "loss", "unit": "income share", "score": value, "weight": sign,
        "contribution": sign * value,
    }]
    row = place[0] * len(inputs.receivers) + place[1]
    for good in goods:
        side: Side = (losses.use if part == "use" else losses.sale)[good.name]
        reading = side.readings[row][0]
        ends = inputs.givers[place[0]], inputs.receivers[place[1]]
        outward = (part == "use") == (loser == ends[1])
        rows += flow_rows(reading, ends if outward else ends[::-1], good.name, part)
        for year in sorted({quote.year for quote in reading.quotes}):
            number, observation, source = income.get((loser, year), (np.nan, "", ""))
            rows.append({
                "part": part, "channel": "income", "observation_id": observation, "source_id": source,
                "period": str(year), "raw value": number, "unit": "usd", "contribution": np.nan,
                "flag": "not additive",
            })
        rows.append({
            "part": part, "channel": good.name, "status": "assumption",
            "transform": "elasticity" if part == "use" else "part sold elsewhere",
            "raw value": good.sigma if part == "use" else good.elsewhere, "contribution": np.nan,
            "flag": "not additive",
        })
    return rows


def flow_rows(reading: Reading, tie: tuple[str, str], good: str, part: str) -> list[dict[str, Any]]:
    """One row per source of a reading; an unknown flow is a row too."""
    rows: list[dict[str, Any]] = []
    for quote in reading.quotes:
        figures = {f"{tie[0]}>{tie[1]}": quote.flow}
        if part == "use":
            figures[f">{tie[1]}"] = quote.flow + quote.rest
        rows += [
            {
                "part": part, "channel": good, "source_id": quote.source, "period": str(quote.year),
                "observation_id": f"{ends}:{good}:{quote.year}@{quote.source}", "raw value": value,
                "unit": "usd", "status": "reported zero" if value == 0 else "observed",
                "transform": "over income" if part == "sale" else "share of total",
                "score": value / (quote.flow + quote.rest), "contribution": np.nan, "flag": "not additive",
            }
            for ends, value in figures.items()
        ]
    return rows or [{
        "part": part, "channel": good, "status": "unknown", "flag": "stale" if reading.stale else "unknown",
        "contribution": np.nan,
    }]
