"""Components of capability with their world totals, and output and residents for the surplus."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from observations.common import Raw, eu_members
from series._common import STATES, UNION, digits

__all__ = ["tables"]

FIRST = 1991
# Column of the source, component, unit and factor to it.
COMPONENTS = (
    ("milex_thousand", "milex", "usd", 1e3),
    ("milper_thousand", "milper", "persons", 1e3),
    ("irst_thousand_tonnes", "irst", "tonnes", 1e3),
    ("pec_thousand_coal_tonnes", "pec", "tonnes", 1e3),
    ("tpop_thousand", "tpop", "persons", 1e3),
    ("upop_thousand", "upop", "persons", 1e3),
)
MATERIAL, SURPLUS = "cow-nmc-7", "sdp-2020"


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `capabilities`."""
    raw = Raw(shared / "data")
    return {"capabilities": _material(raw) + _surplus(raw)}


def _material(raw: Raw) -> list[dict[str, str]]:
    table = raw.table("peace/nmc_cinc_1816_2022.csv.gz")
    rows = []
    for year, now in table[table.year >= FIRST].groupby("year"):
        columns = [column for column, *_ in COMPONENTS]
        shares = now[columns] / now[columns].sum()
        period = {"period": str(year), "source_id": MATERIAL}
        rows.append({
            **period, "actor": "", "component": "cinc-sum", "value": digits(shares.mean(axis=1).sum()),
            "unit": "share", "note": "sum of the index over all states of the year; exceeds 1",
        })
        by_state = now.set_index("iso3")
        members = by_state.loc[by_state.index.isin(eu_members(int(year)))]
        for column, component, unit, factor in COMPONENTS:
            world = digits(float(now[column].sum()) * factor)
            common = {**period, "component": component, "unit": unit, "world": world}
            rows += [
                {**common, "actor": s, "value": digits(float(by_state.at[s, column]) * factor)}
                for s in STATES if s in by_state.index and not pd.isna(by_state.at[s, column])
            ]
            if len(members) and members[column].notna().all():
                value = float(members[column].sum()) * factor
                note = f"sum over {len(members)} members of the day"
                rows.append({**common, "actor": UNION, "value": digits(value), "note": note})
    return rows


def _surplus(raw: Raw) -> list[dict[str, str]]:
    """Means of the logarithms, printed back in their units, with the published standard deviation."""
    table = raw.table("checks/sdp_region_1991_2015.csv")
    rows = []
    for row in table[table.iso3.isin(STATES)].sort_values(["year", "iso3"]).itertuples():
        for component, unit, centre, sd in (
            ("gdp-2011ppp", "usd2011ppp", row.ln_gdp_2011_ppp, row.ln_gdp_2011_ppp_sd),
            ("population", "persons", row.ln_population, row.ln_population_sd),
        ):
            rows.append({
                "actor": row.iso3, "period": str(row.year), "component": component,
                "value": digits(math.exp(centre)), "sd": digits(sd, 6), "unit": unit, "source_id": SURPLUS,
            })
    return rows
