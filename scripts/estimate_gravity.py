"""Estimate how a giver's share of a receiver's trade follows the giver's growth, over five and ten years.

    uv run python scripts/estimate_gravity.py DATA RECEIVER [RECEIVER ...]

DATA is the folder of raw tables. Long differences of log shares of trade (both directions) on those of the
giver's real output, within receiver and year, since the shares of one year add up to one; givers with at
least half a per cent of the trade; standard errors clustered by giver.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

LEAST, FIRST, LAST = 0.005, 1996, 2014


def shares(data: Path, receiver: str) -> pd.DataFrame:
    """Share of each partner in one receiver's trade, year by partner."""
    flows = pd.read_csv(data / "cow_trade/cow_trade_directed_1992_2014.csv.gz")
    value = "trade_usd_million"
    bought = flows[flows["importer_iso3"] == receiver].rename(columns={"exporter_iso3": "partner"})
    sold = flows[flows["exporter_iso3"] == receiver].rename(columns={"importer_iso3": "partner"})
    both = pd.concat([bought, sold])[["year", "partner", value]]
    wide = both.pivot_table(index="year", columns="partner", values=value, aggfunc="sum")
    return wide.div(wide.sum(axis=1), axis=0)


def rows(data: Path, receivers: list[str], years: int) -> pd.DataFrame:
    """Rows of receiver, partner, year, change of the log share and of the partner's log output."""
    table = pd.read_csv(data / "macro/macro_1990_2024.csv.gz")
    output = np.log(table.pivot_table(index="year", columns="iso3", values="gdp_constant_usd"))
    found = []
    for receiver in receivers:
        share = shares(data, receiver)
        share = share.where(share >= LEAST).loc[FIRST:LAST]
        known = [name for name in share if name in output and name not in receivers]
        moved = np.log(share[known]).diff(years)
        grown = output[known].reindex(share.index).diff(years)
        long = pd.DataFrame({"share": moved.stack(), "growth": grown.stack()}).dropna()
        found.append(long.reset_index().assign(receiver=receiver))
    return pd.concat(found).rename(columns={"level_1": "partner", "iso3": "partner"})


def fit(table: pd.DataFrame) -> tuple[float, float]:
    """Slope within receiver and year, and its standard error clustered by partner."""
    group = [table["receiver"], table["year"]]
    share = table["share"] - table["share"].groupby(group).transform("mean")
    growth = table["growth"] - table["growth"].groupby(group).transform("mean")
    slope = float((share * growth).sum() / (growth**2).sum())
    scores = (growth * (share - slope * growth)).groupby(table["partner"]).sum()
    return slope, float(np.sqrt((scores**2).sum()) / (growth**2).sum())


def main() -> None:
    """Print slope, standard error and number of rows for each length."""
    data, *receivers = sys.argv[1:]
    for years in (5, 10):
        table = rows(Path(data), receivers, years)
        slope, error = fit(table)
        print(f"{years} years: {slope:.2f} (se {error:.2f}, {len(table)} rows, "
              f"{table['partner'].nunique()} givers)")


if __name__ == "__main__":
    main()
