"""Oil and gas sold to each power: demand, price, cuts and new outlets; exposure to one buyer (row M2)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known, log_mean, reversion

__all__ = ["contract_price", "energy_sales", "energy_standing", "new_outlet"]


@mechanism(
    model="M2", phase="economy", writes="energy_price", axes="world", unit="log points",
    source="assumption: contracts follow the oil price in part and with a lag",
)
def contract_price(
    energy_price: Array, oil: Array, *, pass_through: Array, lag_persistence: Array, dt: float
) -> Returned:
    """Log price of contracts against the start, drawn to a part of the log oil price.

    x' = b o + f^dt (x - b o);  f = part of a gap left after one year

    energy_price, oil : (1, member), log points;  pass_through b : elasticity, 0 to 1
    lag_persistence f : per year, in (0, 1);  dt : years
    Range: -2 to 2 log points. Cited: assumption. Parts: oil, reversion.
    Fails for prices fixed by politics, which move once in years and then by a jump.
    """
    pull = reversion(lag_persistence, dt)
    return {"energy_price": {"oil": pull * pass_through * known(oil), "reversion": -pull * energy_price}}


@mechanism(
    model="M2", phase="economy", writes=("energy_volume", "energy_flow", "energy_sales"),
    axes=("power", "receiver"), unit="log points; usd",
    source="Burke and Csereklyei 2016, Energy Economics 58 (income elasticity)",
)
def energy_sales(
    energy_volume: Array, energy_flow: Array, energy_sales: Array, energy_load: Array, energy_room: Array,
    power_surge: Array, trend_receiver: Array, supply_step: Array, cost_step: Array, price_step: Array,
    *, income: Array, cost_effect: Array, volatility: Array, noise: Array, dt: float,
) -> Returned:
    """Yearly sales of oil and gas of each receiver to each power, exact in logs.

    q' = q exp(n dt + dv + dlnP);  dv = b_y s dt + dln(1-k) - b_c dln cost + sd sqrt(dt) e, but not past room:
    dv <= room - load - n dt.  k = part of the volume that a cut or a closed line stops

    energy_volume : (power, receiver, member), log volume off the receiver's trend
    energy_flow, energy_sales q : the same shape, usd a year at prices of the start and of the day
    energy_load, energy_room : (power, receiver, member), log of volume now and of the line
    power_surge s : (power, member), growth off trend;  trend_receiver n : (receiver, member), per year
    supply_step, cost_step : (power, receiver, member), change of ln(1-k), ln cost;  price_step : (1, member)
    income b_y, cost_effect b_c : elasticities;  volatility : log points, sd of a year;  noise : N(0, 1)
    Range: -4 to 4 log points. Cited: Burke and Csereklyei 2016. Parts: trend, demand, supply, cost, noise,
    capacity, price (sales alone), by the logarithmic mean. Unknown sales stay unknown, zero stays zero.
    Fails for stocks that a buyer fills while oil is cheap, and for gas turned to the home market.
    """
    xp, own = namespace(energy_volume), 0.0 * energy_volume
    trend = known(trend_receiver)[None, :, :] * dt + own
    moved = {
        "demand": income * known(power_surge)[:, None, :] * dt + own,
        "supply": narrow(known(supply_step)) + own,
        "cost": -cost_effect * narrow(known(cost_step)) + own,
        "noise": volatility * dt**0.5 * noise + own,
    }
    wanted = sum(moved.values())
    room = known(energy_room - energy_load) - trend
    moved["capacity"] = xp.where(wanted > room, room - wanted, own)
    logs, price = {"trend": trend, **moved}, known(price_step) + own
    change = sum(logs.values())
    flow, paid = log_mean(energy_flow, change), log_mean(energy_sales, change + price)
    return {
        "energy_volume": moved, "energy_flow": {name: flow * part for name, part in logs.items()},
        "energy_sales": {name: paid * part for name, part in (logs | {"price": price}).items()},
    }


@mechanism(
    model="M2", phase="economy", writes=("energy_outlet", "energy_flow", "energy_sales"),
    axes=("power", "receiver"), unit="usd", source="assumption: a new line fills over some years",
    idle=("pipeline_open", "energy_outlet"),
)
def new_outlet(
    energy_outlet: Array, energy_flow: Array, energy_sales: Array, pipeline_open: Array,
    energy_price: Array, *, filling: Array, dt: float,
) -> Returned:
    """Sales through a line that did not exist at the start, filling toward what it is built for.

    o' = k + f^dt (o - k);  flow' = flow + o' - o;  sales' = sales + (o' - o) exp(x)

    energy_outlet o, pipeline_open k : (power, receiver, member), usd a year at the prices of the start
    energy_flow, energy_sales : (power, receiver, member), usd a year;  energy_price x : (1, member)
    filling f : part of the gap left after one year, in (0, 1);  dt : years
    Range: 0 to the line's capacity. Cited: assumption. Parts: filling; outlet.
    Fails where the gas of the new line is taken from an old buyer: here it is new gas.
    """
    step = reversion(filling, dt) * (known(pipeline_open) - energy_outlet)
    grown = step * namespace(step).exp(energy_price) + 0.0 * energy_sales
    return {"energy_outlet": {"filling": step}, "energy_flow": {"outlet": step + 0.0 * known(energy_flow)},
            "energy_sales": {"outlet": known(grown)}}


@mechanism(
    model="M2", phase="powers", writes=("energy_share", "energy_exposure", "export_loss"),
    axes=("power", "receiver"), unit="share",
    source="Hirschman 1945, National Power and the Structure of Foreign Trade (concentration on one buyer)",
)
def energy_standing(
    energy_sales: Array, energy_total: Array, substitutable: Array, energy_volume: Array, energy_ratio: Array,
) -> Returned:
    """How much of a receiver's energy sales hangs on each buyer, and what the volumes lost cost it.

    share = q_pi / Q_i;  exposure = share (1 - sub_i);  loss_i = sum_p r_pi (exp(-v_pi) - 1)

    energy_sales q, energy_volume v : (power, receiver, member), usd a year, log volume off trend
    energy_total Q : (receiver, member), usd a year;  substitutable sub : (receiver, member), share in [0, 1]
    energy_ratio r : (power, receiver, member), sales over output now
    Range: shares in [0, 1]; loss as a share of output, negative for a gain. Unknown share stays unknown.
    Fails where one buyer pays for a line and so is bound to the seller as much as the seller to it.
    """
    xp = namespace(energy_sales)
    some = energy_total > 0.0
    total = xp.where(some, energy_total, xp.ones_like(energy_total))
    share = xp.where(some[None, ...], energy_sales / total[None, ...], 0.0 * energy_sales)
    lost = known(energy_ratio) * xp.expm1(-energy_volume)
    return {"energy_share": share, "energy_exposure": share * (1.0 - substitutable)[None, ...],
            "export_loss": xp.sum(lost, axis=0)}
