"""Medical gifts: who asks, who gives, and what a gift leaves behind (M18)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["aid_request", "gift_trace", "medical_gift", "relief_gift"]


@mechanism(
    model="M18", phase="publics", writes="aid_asked", axes=("power", "receiver"), unit="per year",
    source="C-B1-014 (own infections make capitals ask); assumption: they ask those they deal with most",
    idle="reported_receiver",
)
def aid_request(
    reported_receiver: Array, trade_share: Array, *, asking: Array, uniform: Array, dt: float
) -> Returned:
    """Draw a receiver's request to a power for medical help.

    rate = asking * reported infections * trade share;  p = 1 - exp(-rate dt)

    reported_receiver : (receiver, member), in [0, 1];  trade_share : (power, receiver, member), unknown = 0
    asking : per year at full outbreak and full share;  dt : years
    Range: probability in [0, 1], exactly 0 without reported infections.
    Fails for requests made before any infection is admitted.
    """
    rate = asking * known(reported_receiver)[None, ...] * known(trade_share)
    chance = step_probability(rate, dt) + 0.0 * uniform
    return {"aid_asked": Event(uniform < chance, chance, {"infections times trade": rate + 0.0 * uniform})}


def _gifts(
    need: Array, terms: dict[str, Array], uniform: Array, dt: float
) -> tuple[Event, Array]:
    """Draw gifts at a rate need * exp(sum of terms); second, the expected number given at least one."""
    xp = namespace(uniform)
    rate = need * xp.exp(sum(terms.values())) + xp.zeros_like(uniform)
    chance = step_probability(rate, dt)
    due = chance > 0.0
    number = xp.where(due, rate * dt / xp.where(due, chance, xp.ones_like(chance)), 0.0)
    wanted = xp.log(xp.where(need > 0.0, need, 1.0 + 0.0 * need)) + xp.zeros_like(uniform)
    return Event(uniform < chance, chance, {"need": wanted} | terms), number


@mechanism(
    model="M18", phase="decisions", writes=("medical_gift", "military_gift", "gift_number"),
    axes=("power", "receiver"), unit="per year",
    source="C-B1-014; C-B1-015; C-B1-016; C-B1-017; rates from the gifts of spring 2020 in the ledger",
    idle=("outbreak_receiver", "reported_receiver"),
)
def medical_gift(
    outbreak_receiver: Array, reported_receiver: Array, donor_means: Array, trade_share: Array,
    goodwill: Array, aid_asked: Array, footprint: Array, border_shut: Array, kit_reserved: Array, *,
    log_rate: Array, hidden_need: Array, means_effect: Array, tie_effect: Array, reciprocity: Array,
    request_effect: Array, footprint_effect: Array, route_effect: Array, kit_effect: Array,
    military_share: Array, uniform: Array, uniform_military: Array, dt: float,
) -> Returned:
    """Draw medical gifts of powers to receivers, some of them from army to army.

    rate = need (1 - k kit) exp(g0 + g1 means + g2 share + g3 w/(1+w) + g4 request + g5 firms - g6 shut)
    need = reported + h (outbreak - reported);  number given one = rate dt / p

    outbreak_receiver, reported_receiver, kit_reserved : (receiver, member);  donor_means : (power, member)
    trade_share, goodwill w, aid_asked, footprint, border_shut : (power, receiver, member)
    log_rate g0 : ln per year at full need;  effects : ln rate per unit;  hidden_need h, kit_effect k : share
    military_share : probability given a gift;  dt : years
    Range: probability in [0, 1], exactly 0 without an outbreak in the receiver.
    Fails to tell a gift from a sale on easy terms.
    """
    admitted = known(reported_receiver)
    need = (admitted + hidden_need * known(outbreak_receiver - reported_receiver)) * (
        1.0 - kit_effect * kit_reserved)
    zero = 0.0 * uniform
    event, number = _gifts(namespace(uniform).maximum(need, 0.0 * need)[None, ...], {
        "base rate": log_rate + zero,
        "means": means_effect * donor_means[:, None, :] + zero,
        "trade tie": tie_effect * known(trade_share) + zero,
        "earlier gifts": reciprocity * known(goodwill) / (1.0 + known(goodwill)) + zero,
        "request": request_effect * known(aid_asked) + zero,
        "firms": footprint_effect * known(footprint) + zero,
        "shut route": -route_effect * known(border_shut) + zero,
    }, uniform, dt)
    both = event.probability * military_share
    army = Event(event.occurs & (uniform_military < military_share), both, {"army given a gift": both})
    return {"medical_gift": event, "military_gift": army, "gift_number": number}


@mechanism(
    model="M18", phase="decisions", writes=("relief_gift", "relief_number"), axes=("power", "receiver"),
    unit="per year", source="C-B1-013 (a neighbour's crisis prompted gifts from three governments)",
    idle="reported_power",
)
def relief_gift(
    reported_power: Array, outbreak_receiver: Array, trade_share: Array, *, log_rate: Array,
    tie_effect: Array, own_need: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw medical gifts of receivers to powers in need, which powers remember.

    rate = reported at the power * exp(u0 + u1 trade share - u2 own outbreak);  number given one = rate dt / p

    reported_power : (power, member);  outbreak_receiver : (receiver, member), in [0, 1]
    trade_share : (power, receiver, member), unknown = 0;  log_rate u0 : ln per year;  effects : ln rate
    dt : years
    Range: probability in [0, 1], exactly 0 without reported infections at the power.
    Fails for gifts of private people.
    """
    zero = 0.0 * uniform
    event, number = _gifts(known(reported_power)[:, None, :], {
        "base rate": log_rate + zero,
        "trade tie": tie_effect * known(trade_share) + zero,
        "own outbreak": -own_need * known(outbreak_receiver)[None, ...] + zero,
    }, uniform, dt)
    return {"relief_gift": event, "relief_number": number}


@mechanism(
    model="M18", phase="organisations", writes=("medical_aid", "goodwill", "attitude", "effort"),
    axes=("power", "receiver"), unit="consignments per year",
    source="Goldsmith, Horiuchi & Wood (2014), Quarterly Journal of Political Science 9(1), 87-114 (health "
    "aid raises regard for the giver); C-B1-018 (army relief opens a channel); assumption: the sizes",
    idle=("medical_aid", "goodwill", "medical_gift", "military_gift", "relief_gift"),
)
def gift_trace(
    medical_aid: Array, goodwill: Array, medical_gift: Array, military_gift: Array, gift_number: Array,
    relief_gift: Array, relief_number: Array, *, regard_gain: Array, contact: Array, memory: Array, dt: float,
) -> Returned:
    """Book gifts: the yearly flow, the memory of what was received, regard and contact of armies.

    n = number of the step, at least 1, where a gift falls;  A' = exp(-dt) A + n
    goodwill' = 2^(-dt/memory) goodwill + n of relief
    attitude' = attitude + gain ln(1 + n/(1+A)), so that each gift counts less;  effort' = effort + c [army]

    all but parameters : (power, receiver, member);  medical_aid A : consignments a year, in step with
    the last twelve months;  goodwill : gifts of the receiver to the power
    regard_gain : index per e-fold of the flow
    contact c : level per army gift;  memory : years;  dt : years
    Range: >= 0 for the flow and goodwill.
    Fails where a gift is seen as a bill: faulty kit and loud thanks cost regard.
    """
    xp = namespace(medical_aid)
    one = xp.ones_like(medical_aid)
    count = xp.where(truth(medical_gift), xp.maximum(gift_number, one), 0.0)
    back = xp.where(truth(relief_gift), xp.maximum(relief_number, one), 0.0)
    fade = -namespace(memory).expm1(-dt + 0.0 * memory)
    return {
        "medical_aid": {"past": -fade * medical_aid, "gifts": count},
        "goodwill": {"forgotten": (decay(memory, dt) - 1.0) * goodwill, "relief": back},
        "attitude": {"medical gifts": regard_gain * xp.log1p(count / (1.0 + medical_aid))},
        "effort": {"army gifts": contact * xp.astype(truth(military_gift), xp.float64)},
    }
