"""Lenders and their projects: loans, terms and announcements at the start of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heartland.core.arrays import namespace
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject, stated

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SUBJECT"]

# years whose deals and whose loans tell the usual flow, and the fewest that do
WINDOW, YEARS, FEWEST = 6, 4, 3
# presence from which a creditor counts as one that takes security assets: nearer to a base than an outpost
BASE = 2.5
# the series of deals whose yearly change counts announcements
ANNOUNCED = "announced-deals-since-2005"
NEEDED = (
    "start.project-size", "start.lending-memory", "start.lending-usual", "start.lending-spread",
    "start.public-share", "debt-service.maturity", "project-stages.start_rate", "project-stages.finish_rate",
)  # fmt: skip


def _open(book: Opening) -> None:
    table = book.world.region.ledger.as_of(known_by=book.world.known_by).observations
    over = (book.world.at.month, book.world.at.day) == (12, 31)
    last = book.world.at.year if over else book.world.at.year - 1
    table = table[(table["rank"] != "deprecated") & table["channel"].isin(["debt", "investment"])]
    table = table.assign(year=table["period"].str[:4].astype(int))
    table = table[table["year"] <= last]
    _loans(book, table[table["channel"] == "debt"])
    _foreign(book)
    _announcements(book, table[(table["channel"] == "investment") & (table["definition"] == ANNOUNCED)])
    levels = np.array([
        [book.world.tie(giver, receiver, "presence").value for receiver in book.axes.receiver]
        for giver in book.axes.power
    ])  # fmt: skip
    book.statics["securing"] = (np.nan_to_num(levels) >= BASE).any(axis=1).astype(np.float64)[:, None]
    book.notes.append("a creditor with a base in the region at the start is taken to accept assets for debt")


def _series(own: pd.DataFrame) -> pd.Series:
    """Yearly values of a tie in unbroken years up to the last, at most `YEARS` + 1 of them."""
    if own.empty:
        return own["value"]
    yearly = own.groupby("year")["value"].median().sort_index()
    breaks = np.flatnonzero(np.diff(yearly.index) != 1)
    return yearly.iloc[breaks[-1] + 1 if breaks.size else 0 :].iloc[-(YEARS + 1) :]


def _loans(book: Opening, rows: pd.DataFrame) -> None:
    """New loans a year over GDP: what would have made the debt what it was, drawn halfway to the usual.

    own = mean change of the debt + repayment;  L = usual (own / usual)^memory exp(spread e)
    """
    memory, usual = book.parameters["start.lending-memory"], book.parameters["start.lending-usual"]
    spread = book.parameters["start.lending-spread"]
    maturity = book.parameters["debt-service.maturity"]
    output = book.bases.get("gdp-current", book.bases["gdp"])
    found = np.full((*book.axes.shape(("power", "receiver")), book.draws), np.nan)
    unknown = []
    ties = dict(iter(rows.groupby(["giver", "receiver"], sort=False)))
    for p, giver in enumerate(book.axes.power):
        for i, receiver in enumerate(book.axes.receiver):
            stock = _series(ties.get((giver, receiver), rows.iloc[:0]))
            if len(stock) <= FEWEST or not np.isfinite(book.state["debt_ratio"][p, i]).all():
                unknown.append(f"{giver} to {receiver}")
                continue
            change = (float(stock.iloc[-1]) - float(stock.iloc[0])) / (len(stock) - 1)
            repaid = book.state["debt_ratio"][p, i] / maturity
            own = np.maximum(change / output[i, 0] + repaid, 0.001)
            error = spread * book.normals("loans", f"{giver}>{receiver}")
            found[p, i] = usual * (own / usual) ** memory * np.exp(error)
    book.statics["loans_start"] = found
    if unknown:
        book.notes.append(
            f"lending of {len(unknown)} ties unknown: their debt keeps its ratio to output on trend"
        )


def _foreign(book: Opening) -> None:
    """Public foreign debt to others and exports, over GDP."""
    public = book.parameters["start.public-share"]
    output = book.bases.get("gdp-current", book.bases["gdp"])
    owed = np.nan_to_num(book.state["debt_ratio"]).sum(axis=0)
    debt, exports = [], []
    for i, name in enumerate(book.axes.receiver):
        whole = stated(book.world, name, "external-debt").value / output[i, 0]
        sold = stated(book.world, name, "exports").value / output[i, 0]
        if np.isnan(whole):
            book.notes.append(f"foreign debt of {name} unknown: only what it owes the powers is served")
        if np.isnan(sold):
            book.notes.append(f"exports of {name} unknown: debt service taken as usual")
        debt.append(public * np.maximum(np.nan_to_num(whole) - owed[i], 0.0))
        exports.append([float(sold)])
    book.statics["other_debt"] = np.array(debt)
    book.statics["exports_start"] = np.array(exports)


def _announcements(book: Opening, rows: pd.DataFrame) -> None:
    """Announcements a year by Gamma draws of the count, and the stages that such a rate feeds."""
    size = book.parameters["start.project-size"]
    shape = (*book.axes.shape(("power", "receiver")), book.draws)
    rate, ever = np.full(shape, np.nan), np.full(shape, np.nan)
    latest: int | None = None
    for p, giver in enumerate(book.axes.power):
        if not (rows["giver"] == giver).any():
            continue
        for i, receiver in enumerate(book.axes.receiver):
            own = rows[(rows["giver"] == giver) & (rows["receiver"] == receiver)]
            stock = own.groupby("year")["value"].median().sort_index()
            latest = int(rows["year"].max())
            recent = stock.index > latest - WINDOW
            total = float(stock.iloc[-1]) if len(stock) else 0.0
            before = float(stock[~recent].iloc[-1]) if (~recent).any() else 0.0
            normal = book.normals("announcements", f"{giver}>{receiver}")
            rate[p, i] = gamma((total - before) / size + 0.5, normal) / WINDOW
            ever[p, i] = total / size
    book.statics["announcements"] = rate
    planned = rate / book.parameters["project-stages.start_rate"]
    building = rate / book.parameters["project-stages.finish_rate"]
    book.state["projects_planned"], book.state["projects"] = planned, building
    book.state["projects_done"] = np.maximum(ever - planned - building, 0.0)
    if latest is None:
        book.notes.append("no announced projects known up to the start: no protest against projects is drawn")
        return
    book.notes.append(
        f"projects at the start are expected numbers, from deals of 100 million usd and more announced in "
        f"the {WINDOW} years to {latest}; those of other powers and smaller ones are unknown"
    )


def gamma(shape: Floats, normal: Floats) -> Floats:
    """Gamma draws with unit scale from standard normals (Wilson and Hilferty 1931, PNAS 17), >= 0."""
    cube = 1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * np.sqrt(shape))
    return np.asarray(shape * np.maximum(cube, 0.0) ** 3)


def _common_cause(reader: Reader) -> Floats:
    """Mean glue of each power with the other insiders, change since the start; (power, member)."""
    glue = reader.state["glue"] - reader.statics["glue_start"]
    inside = reader.statics["insider"][None, :, :] * (1.0 - np.eye(glue.shape[0]))[:, :, None]
    count = inside.sum(axis=1)
    total = (inside * glue).sum(axis=1)
    mean: Floats = total / namespace(count).where(count > 0.0, count, 1.0)
    return mean


def _exports_ratio(reader: Reader) -> Floats:
    """Exports over GDP: they move with the receiver's trade, beside its output; (receiver, member)."""
    return reader.statics["exports_start"] * reader.get("trade_swell")


SUBJECT = Subject(
    constants={
        "suspension": ("power", "receiver"),
        "tied": ("power", "receiver"),
        "securing": ("power",),
        "announcements": ("power", "receiver"),
        "other_debt": ("receiver",),
        "exports_start": ("receiver",),
        "loans_start": ("power", "receiver"),
    },
    standing=frozenset({"suspension", "tied"}),
    open=_open,
    parameters=NEEDED,
    derived={
        "common_cause": _common_cause,
        "exports_ratio": _exports_ratio,
        "debt_start": lambda reader: reader.first["debt_ratio"],
        "projects_start": lambda reader: reader.first["projects"],
    },
)
