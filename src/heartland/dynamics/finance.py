"""Debt to each lender as a stock-flow identity, new loans, payments and tied contracts (row M4)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known, split_growth

__all__ = ["debt_identity", "debt_service", "lending", "tied_share"]


@mechanism(
    model="M4", phase="economy", writes="loans", axes=("power", "receiver"), unit="share per year",
    source="Horn, Reinhart and Trebesch 2019, NBER Working Paper 26050 (stocks and flows); form of the "
    "equation: assumption",
)
def lending(
    loans_start: Array, projects: Array, projects_start: Array, common_cause: Array, debt_ratio: Array,
    debt_start: Array, bank_lending: Array,
    *, level: Array, project_effect: Array, glue_effect: Array, debt_effect: Array,
) -> Returned:
    """New public loans of each lender, gross, as a share of the receiver's GDP per year.

    L = L_0 exp(l0 + l1 (projects - at start) + l2 common cause - l3 (d - d at start)) + bank

    loans_start L_0 : (power, receiver, member), mean of the last years known, unknown = no known lender
    projects, projects_start : (power, receiver, member), big projects being built; unknown: no change
    common_cause : (power, member), mean glue of the lender with the insiders, change since the start
    debt_ratio, debt_start d : (power, receiver, member), share of GDP
    bank_lending : (power, receiver, member), share of GDP per year, loans through a joint bank
    level l0, effects l1 (per project), l2 (per unit of glue), l3 (per unit share of GDP) : log points
    Range: 0 to .5, the upper bound against runaway loops; unknown where the lender is unknown.
    Fails for loans that are promised and never paid out, and for lenders who chase bad money with good.
    """
    xp = namespace(debt_ratio)
    change = (level + project_effect * known(projects - projects_start)
              + glue_effect * known(common_cause)[:, None, :] - debt_effect * (debt_ratio - debt_start))
    return {"loans": xp.minimum(loans_start * xp.exp(change) + narrow(known(bank_lending)), 0.5)}


@mechanism(
    model="M4", phase="publics", writes="contracts", axes=("power", "receiver"), unit="share per year",
    source="C-B2-050 (credit on condition of a contractor from the lender returns to the lender)",
)
def tied_share(loans: Array, tied: Array, *, share: Array) -> Returned:
    """Part of new loans that returns to the lender's own contractors.

    contracts = share tied L

    loans L : (power, receiver, member), share of GDP per year, unknown = 0
    tied : (power, receiver, member), 1 where the lender ties its credit, 0 where it does not
    share : part of a tied loan paid to the lender's firms, in [0, 1]
    Range: [0, L].
    Fails where the contractor hires and buys locally: that part stays in the receiver.
    """
    return {"contracts": share * known(tied) * known(loans)}


@mechanism(
    model="M4", phase="economy", writes=("payments", "service"), axes=("power", "receiver"), unit="share",
    source="assumption: level repayment over the mean maturity, no payment while deferred or suspended",
)
def debt_service(
    debt_ratio: Array, grace: Array, suspension: Array, other_debt: Array, exports_ratio: Array,
    *, maturity: Array, rate: Array,
) -> Returned:
    """Repayments to each lender, and the service of all foreign debt over exports.

    A = (1/T + i) d while nothing defers it, else 0;  service = (sum_p A_p + (1/T + i) o) / x

    debt_ratio d : (power, receiver, member), share of GDP, unknown carries no service
    grace : (power, receiver, member), years of deferral left;  suspension : (power, receiver, member), 0..1,
    part of the payments that the lender suspends
    other_debt o, exports_ratio x : (receiver, member), share of GDP;  unknown exports = unknown service
    maturity T : years, > 0;  rate i : per year, interest paid, >= 0
    Range: payments 0 to (1/T + i) d, service 0 to 5. What is deferred bears interest in the identity.
    Fails for balloon payments, and counts private foreign debt as if the state stood behind it.
    """
    xp = namespace(debt_ratio)
    burden = 1.0 / maturity + rate
    payments = burden * debt_ratio * xp.where(narrow(grace > 0.0), 0.0, 1.0 - known(suspension))
    owed = xp.sum(known(payments), axis=0) + burden * known(other_debt)
    return {"payments": payments, "service": owed / exports_ratio}


@mechanism(
    model="M4", phase="economy", writes="debt_ratio", axes=("power", "receiver"), unit="share",
    source="identity: debt = debt before with interest + lending - amortisation - relief",
)
def debt_identity(
    debt_ratio: Array, loans: Array, payments: Array, relief: Array, written_off: Array, growth_gap: Array,
    trend_receiver: Array, *, interest: Array, dt: float,
) -> dict[str, dict[str, Array]]:
    """Public debt owed to each lender over the receiver's GDP.

    d' = d ((1+r) / exp(n+g))^dt + (L - A) dt - relief, with log growth n + g of this step, so that
    d' Y' = D (1+r)^dt + flows: flows are shares of the GDP at the end of the step.

    debt_ratio : (power, receiver, member), share of GDP;  loans L, payments A : (power, receiver, member),
    share of GDP per year; where either is unknown, L - A is the flow that holds the ratio on trend
    relief, written_off : (power, receiver, member), share of GDP taken off in this step, by patch and as
    booked by the settlement of a distress
    growth_gap, trend_receiver : (receiver, member), n and g, log points per year
    interest : per year, real, > -1;  dt : years
    Range: ratios of 0 to 5. Cited: accounting identity, exact to 1e-12.
    Parts: interest, growth, lending, repayment, relief.
    Fails for exchange-rate losses on foreign-currency debt, and for loans kept off the books.
    """
    xp = namespace(debt_ratio)
    own = 0.0 * debt_ratio
    trend = known(trend_receiver)[None, :, :] * dt + own
    carried = xp.log(1.0 + interest) * dt + own
    diluted = -known(growth_gap)[None, :, :] * dt - trend
    parts = split_growth(debt_ratio, {"interest": carried, "growth": diluted})
    lender = xp.isfinite(loans + payments + own)
    steady = -debt_ratio * xp.expm1(carried - trend)
    parts["lending"] = xp.where(lender, loans * dt + own, steady)
    parts["repayment"] = xp.where(lender, -payments * dt + own, own)
    parts["relief"] = -narrow(known(relief)) - narrow(known(written_off)) + own
    return {"debt_ratio": parts}
