"""Estimate how transfers follow the host's output and currency, from five receivers of one host.

    uv run python scripts/estimate_remittances.py DATA HOST RECEIVER [RECEIVER ...]

DATA is the folder of raw tables. Yearly log changes of transfers in current usd on log growth of the host's
output and on the log change of its currency in usd (output in usd over real output, less consumer prices),
pooled with one constant; standard errors are clustered by year, since all receivers share the host.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SPANS = ((2003, 2019), (2003, 2022), (2005, 2021))


def series(table: pd.DataFrame, iso: str, column: str) -> pd.Series:
    """One state's yearly values; a year told twice keeps the first."""
    own = table[table["iso3"] == iso].set_index("year")[column].dropna()
    return own[~own.index.duplicated()]


def panel(data: Path, host: str, receivers: list[str]) -> pd.DataFrame:
    """Rows of year, receiver, change of transfers, growth and currency of the host."""
    share = pd.read_csv(data / "remittances/remittances_pct_gdp.csv")
    money = pd.read_csv(data / "macro/gdp_current_usd.csv")
    growth = pd.read_csv(data / "macro/wdi_growth_inflation_1990_2023.csv")
    real = np.log1p(series(growth, host, "gdp_growth_pct") / 100)
    prices = np.log1p(series(growth, host, "cpi_inflation_pct") / 100)
    currency = np.log(series(money, host, "gdp_current_usd")).diff() - real - prices
    rows = []
    for name in receivers:
        flow = series(share, name, "remittances_received_pct_gdp") * series(money, name, "gdp_current_usd")
        own = pd.DataFrame({"flow": np.log(flow).diff(), "growth": real, "currency": currency})
        rows.append(own.dropna().assign(receiver=name))
    return pd.concat(rows).rename_axis("year").reset_index()


def fit(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """Least squares with a constant: estimates, standard errors clustered by year, residual sd."""
    x = np.column_stack([np.ones(len(rows)), rows["growth"], rows["currency"]])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ rows["flow"].to_numpy()
    rest = rows["flow"].to_numpy() - x @ beta
    scores = [x[group].T @ rest[group] for group in rows.groupby("year").indices.values()]
    meat = sum((np.outer(score, score) for score in scores), np.zeros((3, 3)))
    variance = inverse @ meat @ inverse * len(scores) / (len(scores) - 1)
    return beta, np.sqrt(np.diag(variance)), float(rest.std())


def main() -> None:
    """Print the estimates for each span of years."""
    data, host, *receivers = sys.argv[1:]
    rows = panel(Path(data), host, receivers)
    for first, last in SPANS:
        beta, error, rest = fit(rows[rows["year"].between(first, last)])
        said = ", ".join(
            f"{name} {value:.2f} ({se:.2f})"
            for name, value, se in zip(("constant", "growth", "currency"), beta, error, strict=True)
        )
        print(f"{first}-{last}: {said}; residual sd {rest:.3f}")


if __name__ == "__main__":
    main()
