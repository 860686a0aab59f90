"""How a state spreads its ties: what it seeks from partners and what it fears of them (row M13)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.events import decay, truth
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "bandwagon", "hedging", "hedging_by_benefit", "use", "wariness", "wariness_without_learning",
]


def use(engagement: Array, half_use: Array) -> Array:
    """What visits are worth, S / (S + h): each further visit in a year adds less; [0, 1), same shape.

    engagement S : visits per year, >= 0, unknown counts as 0;  half_use h : visits per year, > 0
    """
    visits = known(engagement)
    return visits / (visits + half_use)


def _steered(
    wishes: dict[str, Array], share: Array, route_open: Array, shut_weight: Array, speed: Array, dt: float
) -> Returned:
    """Increments toward target shares s exp(wish) / sum, each part by name; the rest of the world shares."""
    xp = namespace(share)
    gate = xp.maximum(narrow(known(route_open)), shut_weight)
    weight = known(share) * gate * xp.exp(sum(wishes.values()))
    whole = 1.0 - xp.sum(known(share), axis=0) + xp.sum(weight, axis=0)
    pull = 1.0 - xp.exp(-speed * dt)
    parts = {name: pull * wish for name, wish in wishes.items()}
    own = 0.0 * parts[next(iter(parts))]
    rest = -pull * xp.log(whole)[None, ...] + own
    return {"trade_gap": {**parts, "routes": pull * xp.log(gate) + own, "other partners": rest}}


@mechanism(
    model="M13", phase="decisions", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="Kuik 2008 (the essence of hedging); C-B1-052; C-A3-026",
)
def hedging(
    trade_share: Array, trade_weight: Array, wariness: Array, engagement: Array, engagement_start: Array,
    credit: Array, offer: Array, route_open: Array, *, fear: Array, engagement_benefit: Array,
    half_use: Array, credit_benefit: Array, shut_weight: Array, speed: Array, dt: float,
) -> Returned:
    """Steer trade toward the shares that maximise benefit less the fear of dependence.

    max E[benefit_p] - (chi/2) sum omega_p s_p^2 gives target shares s0_p exp(w_p) / sum with
    w_p = offer_p + b_e (f(S_p) - f(S0_p)) + b_c credit_p - chi (omega_p s_p - s0_p);  f(S) = S / (S + h)
    increment = (1 - e^(-k dt)) (ln target_p - ln s0_p); the start, omega = 1, is a rest point

    trade_share s0, trade_weight s (now) : (power, receiver, member), share;  wariness omega : weight, >= 0
    engagement S, engagement_start S0, half_use h : visits per year;  credit : level;  offer : log odds
    route_open : (power, receiver, member), 1 open to 0 shut;  fear chi : per unit share;  speed k : per year
    shut_weight : share, weight left to a partner whose routes are shut, as closures are taken for passing
    Range: wishes of -2 to 2. Unknown shares carry nothing. Parts: fear, offer, engagement, credit, routes,
    other partners. Gravity works against it: in the long run about k / (1 - phi) of the wish is reached.
    Fails where one firm or one pipeline decides, and for ties other than trade.
    """
    wishes = {
        "fear": -fear * (wariness * known(trade_weight) - known(trade_share)),
        "offer": narrow(known(offer)) + 0.0 * wariness,
        "engagement": engagement_benefit * (use(engagement, half_use) - use(engagement_start, half_use)),
        "credit": credit_benefit * known(credit) + 0.0 * wariness,
    }
    return _steered(wishes, trade_share, route_open, shut_weight, speed, dt)


@mechanism(
    model="M13", phase="decisions", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="assumption: a state looks at benefit alone and fears no dependence", rival_of="hedging",
)
def hedging_by_benefit(
    trade_share: Array, engagement: Array, engagement_start: Array, credit: Array, offer: Array,
    route_open: Array, *, engagement_benefit: Array, half_use: Array, credit_benefit: Array,
    shut_weight: Array, speed: Array, dt: float,
) -> Returned:
    """Rival of `hedging` without fear of dependence.

    w_p = offer_p + b_e (f(S_p) - f(S0_p)) + b_c credit_p; target and increment as in `hedging`

    arrays as in `hedging`, shut_weight too: (power, receiver, member)
    Range: wishes of -2 to 2. Parts: offer, engagement, credit, routes, other partners.
    Fails where a state turns away from the partner who offers most.
    """
    own = 0.0 * (engagement + trade_share)
    wishes = {
        "offer": known(offer) + known(own),
        "engagement": engagement_benefit * (use(engagement, half_use) - use(engagement_start, half_use)),
        "credit": credit_benefit * known(credit) + known(own),
    }
    return _steered(wishes, trade_share, route_open, shut_weight, speed, dt)


@mechanism(
    model="M13", phase="decisions", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="Schweller 1994, International Security 19(1), 72-107 (siding with the stronger)",
    rival_of="hedging",
)
def bandwagon(
    trade_share: Array, trade_weight: Array, wariness: Array, offer: Array, route_open: Array, *,
    lean: Array, shut_weight: Array, speed: Array, dt: float,
) -> Returned:
    """Rival of `hedging`: a state leans toward the partner it depends on, more so under pressure.

    w_p = offer_p + kappa (omega_p s_p - s0_p); target and increment as in `hedging`

    arrays as in `hedging`, shut_weight and speed too: (power, receiver, member);  lean kappa : per unit share
    Range: wishes of -2 to 2; no runaway while kappa times the share times the speed stays below the
    tie's own return. Parts: lean, offer, routes, other partners.
    Fails where pressure drives a state to others.
    """
    wishes = {
        "lean": lean * (wariness * known(trade_weight) - known(trade_share)),
        "offer": known(offer) + 0.0 * wariness,
    }
    return _steered(wishes, trade_share, route_open, shut_weight, speed, dt)


@mechanism(
    model="M14", phase="corridors", writes="wariness", axes=("power", "receiver"), unit="weight",
    source="C-B2-036 and C-B2-006 (perceived political use and threats breed wariness); Hirschman 1945, "
    "National Power and the Structure of Foreign Trade",
)
def wariness(
    wariness: Array, pressure_on: Array, *, own_lesson: Array, neighbours_lesson: Array, half_life: Array,
    dt: float,
) -> Returned:
    """Learn the risk of dependence: each use of pressure raises the weight, which returns to 1.

    omega' = 1 + d (omega - 1) + a [pressure on i] + b share of the others under pressure;
    d = 2^(-dt / half_life)

    wariness omega, pressure_on (event) : (power, receiver, member);  own_lesson a, neighbours_lesson b :
    weight per use, >= 0;  half_life : years, > 0;  dt : years
    Range: >= 0; 1 is the wariness of the start. Parts: fading, own lesson, lesson of neighbours.
    Fails where a state takes another's punishment for its own safety.
    """
    xp = namespace(wariness)
    used = xp.astype(truth(pressure_on), xp.float64)
    others = max(used.shape[1] - 1, 1)
    return {"wariness": {
        "fading": (decay(half_life, dt) - 1.0) * (wariness - 1.0),
        "own lesson": own_lesson * used,
        "lesson of neighbours": neighbours_lesson * (xp.sum(used, axis=1, keepdims=True) - used) / others,
    }}


@mechanism(
    model="M14", phase="corridors", writes="wariness", axes=("power", "receiver"), unit="weight",
    source="assumption: nobody learns from pressure", rival_of="wariness",
)
def wariness_without_learning(wariness: Array, *, half_life: Array, dt: float) -> Returned:
    """Rival of `wariness`: only patches move it.

    omega' = 1 + 2^(-dt/half_life) (omega - 1)

    wariness : (power, receiver, member), weight;  half_life : years, > 0;  dt : years
    Range: >= 0. Part: fading.
    Fails where leverage is used twice and works only once.
    """
    return {"wariness": {"fading": (decay(half_life, dt) - 1.0) * (wariness - 1.0)}}
