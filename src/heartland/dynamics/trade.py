"""Trade shares: a gravity target in changes since the start (M1), crowding between givers (M25)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, reversion, shock, student6

__all__ = ["crowding", "home_trade", "trade"]


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
    pull, own, shut = reversion(persistence, dt), 0.0 * trade_gap, narrow(known(border_shut))
    return {"trade_gap": {
        "reversion": -pull * trade_gap,
        "growth-giver": pull * gravity * known(growth_power)[:, None, :] + own,
        "growth-receiver": -pull * gravity * known(growth_receiver)[None, :, :] + own,
        "cost": -pull * cost_elasticity * known(cost + known(cost_gap)) + own,
        "union": pull * union_effect * known(union + narrow(known(union_gap))) + own,
        "sanction": -pull * sanction_effect * narrow(known(sanction)) + own,
        "border": -border_effect * (shut - (1.0 - pull) * narrow(known(border_shut_before))) + own,
        "noise": shock(persistence, volatility, dt) * student6(noise),
    }}


@mechanism(
    model="M25", phase="economy", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="cow-trade-4 (growth of one giver's trade with the receivers against the growth of the others')",
)
def crowding(
    trade_gap: Array, trade_share: Array, *, displacement: Array, persistence: Array, dt: float
) -> dict[str, dict[str, Array]]:
    """What one giver gains in a receiver's trade the others lose in part; what it loses they win.

    y_k' = y_k - (1 - phi^dt) d sum over p other than k of s_p/(1 - s_p) (exp(y_p) - 1)

    trade_gap y, trade_share s (at the start) : (power, receiver, member), log points, share
    displacement d : 0 none, 1 the whole gain at the expense of the others, below 0 they gain with it
    persistence phi : per year, as in `trade`, so that the drift back to gravity and this one keep pace
    Range: -3 to 3 log points; unknown shares displace nobody. Cited: the trade table. Parts: displaced.
    The rival form is no crowding: the mechanism off.
    Fails for firms of one trade within the total, where a newcomer may drive out all others.
    """
    xp = namespace(trade_gap)
    share = known(trade_share)
    gained = share / (1.0 - xp.minimum(share, xp.full_like(share, 0.95))) * known(xp.expm1(trade_gap))
    others = xp.sum(gained, axis=0)[None, ...] - gained
    return {"trade_gap": {"displaced": -reversion(persistence, dt) * displacement * others + 0.0 * trade_gap}}


@mechanism(
    model="M1", phase="economy", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="C-B2-047 (slow growth of the border region is felt next door); Head and Mayer 2014 for the size",
    idle="home_gap",
)
def home_trade(
    trade_gap: Array, home_gap: Array, border_trade: Array, *,
    elasticity: Array, persistence: Array, dt: float
) -> dict[str, dict[str, Array]]:
    """Trade through a power's border region follows that region's output.

    y' = y + (1 - phi^dt) b c h;  c = part of the pair's trade that starts or ends in the region

    trade_gap y : (power, receiver, member), log points
    home_gap h : (power, member), log of the border region's output against its trend, relative to the start
    border_trade c : (power, receiver, member), share in [0, 1];  elasticity b : of trade to output
    persistence phi : per year, as in `trade`
    Range: -3 to 3 log points. Cited: Head and Mayer 2014. Parts: border-region. Unknown share: 0.
    Fails where the region is only passed through, and goods come from farther away.
    """
    pull = reversion(persistence, dt)
    felt = elasticity * known(border_trade) * known(home_gap)[:, None, :]
    return {"trade_gap": {"border-region": pull * felt + 0.0 * trade_gap}}
