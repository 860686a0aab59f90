"""Who arms whom: deliveries, the hold of shared standards, change of the main supplier (row M15)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.events import decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["WINDOW", "arms_deliveries", "arms_orders", "arms_standards", "arms_standing", "supplier_switch"]

WINDOW = 5.0  # years over which deliveries are added up


@mechanism(
    model="M15", phase="economy", writes=("arms", "arms_rest"), axes=("power", "receiver"), unit="tiv",
    source="sipri-at-2026 (deliveries of a supplier at war); assumption: joint plants replace imports",
)
def arms_deliveries(
    arms: Array, arms_rest: Array, arms_order: Array, arms_demand: Array, arms_strain: Array,
    joint_production: Array, standards: Array, *, strain_loss: Array, joint_relief: Array, dt: float,
) -> Returned:
    """Deliveries of the last five years: orders times what the supplier can spare, old years fall out.

    A' = e^(-dt/5) A + 5 (1 - e^(-dt/5)) d o s;  s = 1 - c strain (1 - r joint standards)
    rest' the same with the orders left over, o_rest = 1 - sum_p o, and s = 1

    arms, arms_order o : (power, receiver, member), tiv in five years, share of new orders
    arms_rest : (receiver, member), tiv in five years;  arms_demand d : (receiver, member), tiv a year
    arms_strain : (power, member), 0 to 1, 1 is a great war;  joint_production, standards : (receiver, member)
    strain_loss c : part of exports lost at strain 1;  joint_relief r : part of it that joint plants make good
    Range: >= 0. Cited: the register of deliveries. Parts: delivered, fallen-out. Unknown stays unknown.
    Fails for lumpy deliveries: a squadron of aircraft arrives in one year, here orders come evenly.
    """
    xp = namespace(arms)
    left = xp.exp(xp.zeros_like(arms_rest) - dt / WINDOW)
    relief = joint_relief * known(joint_production) * known(standards)
    supply = 1.0 - (strain_loss * narrow(known(arms_strain)))[:, None, :] * narrow(1.0 - relief)[None, ...]
    fresh = WINDOW * (1.0 - left) * known(arms_demand)
    others = 1.0 - xp.sum(known(arms_order), axis=0)
    return {
        "arms": {"delivered": fresh[None, ...] * known(arms_order) * supply + 0.0 * arms,
                 "fallen-out": (left - 1.0)[None, ...] * arms},
        "arms_rest": {"delivered": fresh * others, "fallen-out": (left - 1.0) * arms_rest},
    }


@mechanism(
    model="M15", phase="decisions", writes=("supplier_lost", "supplier_switch"), axes="receiver",
    unit="probability per year", source="sipri-at-2026 (main suppliers of five-year windows)",
)
def supplier_switch(
    arms_order: Array, arms_offer: Array, arms_strain: Array, standards: Array, *,
    log_rate: Array, lock_in: Array, strain_effect: Array, offer_effect: Array, floor: Array,
    uniform_whether: Array, uniform_which: Array, dt: float,
) -> Returned:
    """Draw whether a receiver turns from its main supplier, and to whom.

    rate = exp(h0 - h_l standards + h_s strain of the main supplier) sum_k w_k exp(h_o offer_k) over the rest
    of the world and the others k with orders or an offer; w = (1 - eps) order share + eps / number, sum 1

    arms_order, arms_offer : (power, receiver, member), share of orders, 0 none to 1 free of charge
    arms_strain : (power, member), 0 to 1;  standards : (receiver, member), in [0, 1]
    log_rate h0 : ln per year;  lock_in h_l, strain_effect h_s, offer_effect h_o : ln rate per unit
    floor eps : share in [0, 1);  uniform_* : (receiver, member);  dt : years
    Range: chances in [0, 1]; where all orders go elsewhere there is no main supplier and nothing is drawn.
    Fails for a second supplier kept on purpose, who gains without the first losing.
    """
    xp = namespace(arms_order)
    orders = known(arms_order)
    top = xp.max(orders, axis=0)
    main = xp.logical_and(orders == top[None, ...], top[None, ...] > 0.0)
    offer = narrow(known(arms_offer))
    chosen = (orders > 0.0) | (offer > 0.0)
    least = floor / (xp.sum(xp.astype(chosen, xp.float64), axis=0) + 1.0)
    base = xp.astype(chosen & ~main, xp.float64) * ((1.0 - floor) * orders + least)
    rest = (1.0 - floor) * (1.0 - xp.sum(orders, axis=0)) + least
    scale = xp.sum(base, axis=0) + rest
    pull = base * xp.exp(offer_effect * offer) / scale[None, ...]
    strained = xp.sum(xp.astype(main, xp.float64) * arms_strain[:, None, :], axis=0)
    calls = xp.sum(pull, axis=0) + rest / scale
    terms = {"base rate": log_rate + 0.0 * top, "standards": -lock_in * standards,
             "supplier's war": strain_effect * strained, "offers": xp.log(calls)}
    rate = xp.where(top > 0.0, xp.exp(sum(terms.values())), 0.0 * top)
    chance = step_probability(rate, dt)
    lost, upto = uniform_whether < chance, xp.cumulative_sum(pull, axis=0) / calls[None, ...]
    place, width = uniform_which[None, ...], pull / calls[None, ...]
    gained = lost[None, ...] & (place < upto) & (place >= upto - width)
    return {"supplier_lost": Event(lost, chance, terms),
            "supplier_switch": Event(gained, chance[None, ...] * pull / calls[None, ...],
                                     {name: (term + 0.0)[None, ...] for name, term in terms.items()})}


@mechanism(
    model="M15", phase="organisations", writes="arms_order", axes=("power", "receiver"), unit="share",
    source="sipri-at-2026 (shares before and after a change of the main supplier)", idle="supplier_lost",
)
def arms_orders(arms_order: Array, supplier_lost: Array, supplier_switch: Array, *, moved: Array) -> Returned:
    """New orders move from the main supplier to the one turned to, or to the rest of the world.

    o_main' = (1 - j) o_main;  o_new' = o_new + j o_main

    arms_order : (power, receiver, member), share of new orders;  supplier_lost : (receiver, member), 0 or 1
    supplier_switch : (power, receiver, member), 0 or 1, all 0 where the rest of the world is turned to
    moved j : share of the main supplier's orders, in [0, 1]
    Range: [0, 1], sum over powers <= 1. Cited: the register of deliveries. Parts: lost, won.
    Fails where the old supplier keeps the spare parts: all new orders are alike.
    """
    xp = namespace(arms_order)
    top = xp.max(known(arms_order), axis=0)
    main = xp.logical_and(arms_order == top[None, ...], truth(supplier_lost)[None, ...])
    share = moved * top
    return {"arms_order": {
        "lost": xp.where(main, -share[None, ...], 0.0 * arms_order),
        "won": xp.where(truth(supplier_switch), share[None, ...] + 0.0 * arms_order, 0.0 * arms_order),
    }}


@mechanism(
    model="M15", phase="organisations", writes="standards", axes="receiver", unit="share",
    source="sipri-at-2026 (share that a main supplier keeps); assumption: norms follow the equipment bought",
)
def arms_standards(
    standards: Array, arms_order: Array, common_standards: Array, *, half_life: Array, push: Array, dt: float
) -> Returned:
    """How far forces are tied to the standards of one supplier: follows orders, and norms agreed in common.

    s* = o_max + b common (1 - o_max);  s' = s* + 2^(-dt/h) (s - s*)

    standards : (receiver, member), in [0, 1];  arms_order : (power, receiver, member), share of new orders
    common_standards : (receiver, member), 0 none to 1 in force;  push b : share of the way to 1
    half_life h : years;  dt : years
    Range: [0, 1]. Cited: the register of deliveries. Parts: orders, norms.
    Fails where two families of equipment live side by side without hindrance.
    """
    xp = namespace(standards)
    pull, top = 1.0 - decay(half_life, dt), xp.max(known(arms_order), axis=0)
    return {"standards": {"orders": pull * (top - standards),
                          "norms": pull * push * known(common_standards) * (1.0 - top)}}


@mechanism(
    model="M15", phase="powers", writes="arms_share", axes=("power", "receiver"), unit="share",
    source="identity: share of what all suppliers delivered",
)
def arms_standing(arms: Array, arms_rest: Array) -> Returned:
    """Share of each power in the deliveries of five years, other suppliers included in the whole.

    share = A_pi / (sum_p A_pi + rest_i); unknown where nothing was delivered

    arms : (power, receiver, member), tiv in five years;  arms_rest : (receiver, member), the same
    Range: [0, 1]; the shares of the powers and of the rest sum to 1.
    Fails to count training, repair and gifts below the register's threshold.
    """
    xp = namespace(arms)
    total = xp.sum(known(arms), axis=0) + arms_rest
    nothing = xp.full_like(total, xp.nan)
    return {"arms_share": known(arms) / xp.where(total > 0.0, total, nothing)[None, ...]}
