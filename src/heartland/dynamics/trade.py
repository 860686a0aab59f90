"""Trade shares: mean reversion to a gravity target in changes since the start (row M1)."""

from __future__ import annotations

from heartland.core.arrays import Array
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, reversion, shock, student6

__all__ = ["trade"]


@mechanism(
    model="M1", phase="economy", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="Head and Mayer 2014, Handbook of International Economics 4, chapter 3",
)
def trade(
    trade_gap: Array, growth_power: Array, growth_receiver: Array, cost: Array, union: Array,
    sanction: Array, cost_gap: Array, union_gap: Array,
    border_shut: Array, border_shut_before: Array,
    *, persistence: Array, gravity: Array, cost_elasticity: Array, union_effect: Array,
    sanction_effect: Array, border_effect: Array, volatility: Array, noise: Array, dt: float,
) -> dict[str, dict[str, Array]]:
    """Log trade share of each giver against its start, drawn to a gravity target.

    y' = y* + phi^dt (y - y*) + sd sqrt((1-phi^(2dt))/(1-phi^2)) t6,
    y* = b_g (lnY_p - lnY_r) - b_c ln cost + b_m union - b_s sanction, each as change since the start
    A shut border acts at once and not through the slow target: it is y + b_x shut that reverts to y*.

    trade_gap, noise : (power, receiver, member), log points, N(0, 1) (made fat-tailed by `student6`)
    growth_power (power, member), growth_receiver (receiver, member) : log change of GDP since the start
    cost, union, sanction : (power, receiver, member); log change, change of membership -1..1, share 0..1
    cost_gap, union_gap : the same from routes and memberships that moved in the run; they add up
    border_shut, border_shut_before : (power, receiver, member), share shut now and one step ago, 0..1
    persistence : per year, in (0, 1);  gravity .. sanction_effect : elasticities;  volatility : log points
    Range: -3 to 3 log points; unknown forcing counts as 0, an unknown own level stays unknown.
    Cited: Head and Mayer 2014 (size and distance). Parts: reversion, growth-giver, growth-receiver, cost,
    union, sanction, border, noise.
    Fails to see trade diverted from one giver to another: only the total moves with the ties. No zero flows.
    """
    pull, own = reversion(persistence, dt), 0.0 * trade_gap
    return {"trade_gap": {
        "reversion": -pull * trade_gap,
        "growth-giver": pull * gravity * known(growth_power)[:, None, :] + own,
        "growth-receiver": -pull * gravity * known(growth_receiver)[None, :, :] + own,
        "cost": -pull * cost_elasticity * known(cost + known(cost_gap)) + own,
        "union": pull * union_effect * known(union + known(union_gap)) + own,
        "sanction": -pull * sanction_effect * known(sanction) + own,
        "border": -border_effect * (known(border_shut) - (1.0 - pull) * known(border_shut_before)) + own,
        "noise": shock(persistence, volatility, dt) * student6(noise),
    }}
