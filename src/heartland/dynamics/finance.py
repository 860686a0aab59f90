"""Debt to each lender as a stock-flow identity (row M4)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, split_growth

__all__ = ["debt_identity"]


@mechanism(
    model="M4", phase="economy", writes="debt_ratio", axes=("power", "receiver"), unit="share",
    source="identity: debt = debt before with interest + lending - amortisation - relief",
)
def debt_identity(
    debt_ratio: Array, lending: Array, relief: Array, growth_gap: Array, trend_receiver: Array,
    *, interest: Array, dt: float,
) -> dict[str, dict[str, Array]]:
    """Public debt owed to each lender over the receiver's GDP.

    d' = d ((1+r) / exp(n+g))^dt + (L - A) dt - relief, with log growth n + g of this step, so that
    d' Y' = D (1+r)^dt + flows: flows are shares of the GDP at the end of the step.

    debt_ratio : (power, receiver, member), share of GDP;  lending : (power, receiver, member), new loans
    less payments (L - A), share of GDP per year, unknown = the flow that holds the ratio on trend
    relief : (power, receiver, member), share of GDP written off in this step
    growth_gap, trend_receiver : (receiver, member), n and g, log points per year
    interest : per year, real, > -1;  dt : years
    Range: ratios of 0 to 5. Cited: accounting identity, exact to 1e-12.
    Parts: interest, growth, lending, relief.
    Fails for exchange-rate losses on foreign-currency debt, and for loans kept off the books.
    """
    xp = namespace(debt_ratio)
    own = 0.0 * debt_ratio
    trend = known(trend_receiver)[None, :, :] * dt + own
    carried = xp.log(1.0 + interest) * dt + own
    diluted = -known(growth_gap)[None, :, :] * dt - trend
    parts = split_growth(debt_ratio, {"interest": carried, "growth": diluted})
    steady = -debt_ratio * xp.expm1(carried - trend)
    flow = known(lending) * dt + own
    parts["lending"] = xp.where(xp.isfinite(lending + own), flow, steady)
    parts["relief"] = -known(relief) + own
    return {"debt_ratio": parts}
