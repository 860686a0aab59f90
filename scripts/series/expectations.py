"""Expected partner shares in the receivers' goods trade, from gravity fitted without them.

Panel: directed flows of 1992-2014 (`cow-trade-4`), rows with one of the receivers left out, absent pairs
left out (not reported), zeros kept. Regressors: log distance of the capitals on 31 December, common land
border (type 1). Agreements are left out on purpose: an order's own agreement must not explain away its
closure. Language and colonial past are not at hand. The share of a partner in a receiver's trade is the
mean of its shares as seller and as buyer, weighted by the receiver's imports and exports outside the region.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from heartland.measures.gravity import Gravity, expected_shares, fit_gravity, principal
from observations.common import POWER_STATES, RECEIVERS, Raw, eu_members
from series._common import UNION, digits

__all__ = ["panel", "tables"]

FIRST, LAST = 1992, 2014
SOURCE = "cow-trade-4"
DRAWS = 2000
EARTH_KM = 6371.0
Floats = npt.NDArray[np.float64]
NOTE = "share of turnover outside the region; gravity of 1992-2014 without the receivers"


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `expectations`."""
    raw = Raw(shared / "data")
    flows = panel(raw)
    outside = flows[~flows.exporter_iso3.isin(RECEIVERS) & ~flows.importer_iso3.isin(RECEIVERS)]
    fit = fit_gravity(
        outside.exporter_iso3.tolist(), outside.importer_iso3.tolist(), outside.year.astype(str).tolist(),
        outside.trade_usd_million.to_numpy(), outside[["distance", "border"]].to_numpy(),
    )
    rows: list[dict[str, str]] = []
    for receiver in RECEIVERS:
        for year in range(FIRST, LAST + 1):
            rows += _expected(flows, fit, receiver, year)
    return {"expectations": rows}


def panel(raw: Raw) -> pd.DataFrame:
    """Flows with `distance` (log km) and `border` (0, 1); pairs without a capital on record left out."""
    table = raw.table("cow_trade/cow_trade_directed_1992_2014.csv.gz")
    table = table.dropna(subset=["trade_usd_million", "exporter_iso3", "importer_iso3"])
    table = table[table.exporter_iso3 != table.importer_iso3]
    parts = []
    for year, rows in table.groupby("year"):
        lat, lon = _capitals(raw, int(year))
        known = rows.exporter_iso3.isin(lat) & rows.importer_iso3.isin(lat)
        rows = rows[known]
        start, end = rows.exporter_iso3, rows.importer_iso3
        ends = [side.map(x).to_numpy() for side in (start, end) for x in (lat, lon)]
        km = _distance(*ends)
        touching = _borders(raw, int(year))
        border = [float(pair in touching) for pair in zip(start, end, strict=True)]
        parts.append(rows.assign(distance=np.log(np.maximum(km, 1.0)), border=border))
    return pd.concat(parts, ignore_index=True)


def _capitals(raw: Raw, year: int) -> tuple[dict[str, float], dict[str, float]]:
    day = f"{year}-12-31"
    table = raw.table("peace/capitals.csv")
    until = table.to_date.fillna("9999-12-31")
    table = table[(table.from_date.fillna("") <= day) & (until >= day)].dropna(subset=["lat_deg"])
    table = table.drop_duplicates("iso3", keep="last").set_index("iso3")
    return table.lat_deg.to_dict(), table.lon_deg.to_dict()


def _borders(raw: Raw, year: int) -> set[tuple[str, str]]:
    table = raw.table("peace/contiguity.csv")
    table = table[table.contiguity_type == 1]
    begins, ends = (table[column].str[:4].astype(int) for column in ("from_date", "to_date"))
    table = table[(begins <= year) & (ends >= year)]
    pairs = set(zip(table.a_iso3, table.b_iso3, strict=True))
    return pairs | {(b, a) for a, b in pairs}


def _distance(lat: Floats, lon: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle distance, km."""
    a, b = np.radians(lat), np.radians(lat_b)
    step = np.radians(lon_b - lon)
    arc = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(step / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(arc)))


def _expected(flows: pd.DataFrame, gravity: Gravity, receiver: str, year: int) -> list[dict[str, str]]:
    """Rows of one receiver and year."""
    rows = flows[flows.year == year]
    union = eu_members(max(year, 1995))
    b = _coefficients(gravity)
    shares: dict[str, Floats] = {}
    amounts = {}
    for mine, theirs, pull in (
        ("importer_iso3", "exporter_iso3", gravity.push), ("exporter_iso3", "importer_iso3", gravity.pull),
    ):
        own = rows[(rows[mine] == receiver) & ~rows[theirs].isin(RECEIVERS)]
        amounts[mine] = float(own.trade_usd_million.sum())
        own = own[[(state, str(year)) in pull for state in own[theirs]]]
        attraction = np.array([pull[state, str(year)] for state in own[theirs]])
        if amounts[mine] <= 0 or not len(own):
            return []
        found = expected_shares(b, own[["distance", "border"]].to_numpy(), attraction)
        for state, share in zip(own[theirs], found, strict=True):
            name = UNION if state in union else state
            if name in (*POWER_STATES, UNION):
                shares[name] = shares.get(name, 0.0) + amounts[mine] * share
    whole = sum(amounts.values())
    return [
        _row(name, receiver, year, shares[name] / whole, len(b)) for name in (*POWER_STATES, UNION)
        if name in shares
    ]


def _coefficients(gravity: Gravity) -> Floats:
    """Coefficients (variable, case): centre, one step up each principal direction, one down, then draws."""
    axes = principal(gravity.fit.covariance)
    size = axes.shape[1]
    normals = np.random.default_rng(1).standard_normal((size, DRAWS))
    steps = np.column_stack([np.zeros(size), np.eye(size), -np.eye(size), normals])
    return np.asarray(gravity.fit.coefficients[:, None] + axes @ steps)


def _row(giver: str, receiver: str, year: int, share: Floats, directions: int) -> dict[str, str]:
    """Row from shares at the centre, one step up and down each direction, then draws."""
    logs = np.log(share[1 : 1 + 2 * directions])
    loads = (logs[:directions] - logs[directions:]) / 2
    low, high = np.quantile(share[1 + 2 * directions :], [0.05, 0.95])
    return {
        "giver": giver, "receiver": receiver, "channel": "trade", "period": str(year),
        "value": digits(float(share[0]), 5), "low": digits(float(low), 5), "high": digits(float(high), 5),
        "unit": "share", **{f"load_{k + 1}": digits(float(load), 4) for k, load in enumerate(loads)},
        "source_id": SOURCE, "status": "estimated", "note": NOTE,
    }
