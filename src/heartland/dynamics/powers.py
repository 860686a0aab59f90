"""How much of each other's presence the powers accept, what friction and common cause follow (M9, M10)."""

from __future__ import annotations

from heartland.core.arrays import (
    Array,
    Namespace,
    logistic,
    namespace,
    narrow,
    nowhere,
    only_where,
    yearly_to_step,
)
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["friction", "glue", "glue_by_threat", "push_back", "tension", "tolerance", "tolerance_by_distance"]


def _others(xp: Namespace, n: int) -> Array:
    """(n, n, 1) array: 1 for two different powers, 0 for a power and itself."""
    return (1.0 - xp.eye(n, dtype=xp.float64))[:, :, None]


def _excess(presence: Array, tolerance: Array, home_weight: Array, insider: Array) -> Array:
    """F_hp = sum_i w_hi max(0, presence_pi - tolerance_hpi) for insiders h and others p; (P, P, M)."""
    xp, level, weight = namespace(presence), known(presence), known(home_weight)
    felt = []
    for h in range(presence.shape[0]):
        if nowhere(insider[h, ...]):
            felt.append(xp.zeros_like(level[:, 0, :]))
            continue
        over = xp.maximum(level - tolerance[h, ...], 0.0)
        felt.append(xp.sum(weight[h, ...][None, ...] * over, axis=1) * insider[h, ...])
    return xp.stack(felt) * _others(xp, presence.shape[0])


@mechanism(
    model="M9", phase="powers", writes="tolerance", axes=("power", "power", "receiver"), unit="level",
    source="C-A1-020 and C-A1-021 (common adversary and safe core interests permit tolerance); "
    "assumption: a power is accustomed to what it has lived with",
)
def tolerance(
    glue: Array, glue_start: Array, accustomed: Array, reassurance: Array, exclusive_claim: Array, *,
    margin: Array, glue_effect: Array, reassurance_effect: Array, claim_effect: Array,
) -> Returned:
    """Level of presence of power p in receiver i that power h accepts.

    tol_hpi = max(0, accustomed_pi + t0 + t1 (glue_hp - glue at start) + t2 reassurance_hp - t3 claim_hp)

    glue, glue_start, reassurance, exclusive_claim (changes since the start) : (P, P, M)
    accustomed : (P, R, M), presence at the start of accustomed powers; 0 for outsiders
    margin t0 : level;  effects t1, t2, t3 : level per unit
    Range: >= 0, so that no presence never causes friction.
    Fails for presence that is secret, which nobody can be accustomed to.
    """
    xp = namespace(glue)
    shift = glue_effect * known(glue - glue_start) + reassurance_effect * narrow(reassurance)
    pair = margin + shift - claim_effect * narrow(exclusive_claim)
    return {"tolerance": xp.maximum(known(accustomed)[None, ...] + pair[:, :, None, :], 0.0)}


@mechanism(
    model="M9", phase="powers", writes="tolerance", axes=("power", "power", "receiver"), unit="level",
    source="assumption: only distance from home counts, neither habit nor common cause", rival_of="tolerance",
)
def tolerance_by_distance(home_weight: Array, *, reach: Array) -> Returned:
    """Rival of `tolerance`: nothing is accepted in the nearest receiver, `reach` in the farthest.

    tol_hpi = reach (1 - w_hi / max_j w_hj), the same for every p; 0 for a power without home weights

    home_weight : (P, R, M), unknown counts as 0;  reach : level, >= 0
    Range: [0, reach].
    Fails where long habit makes a nearby presence acceptable.
    """
    xp = namespace(home_weight)
    weight = known(home_weight)
    nearest = xp.max(weight, axis=1, keepdims=True)
    distance = xp.where(nearest > 0.0, 1.0 - weight / xp.where(nearest > 0.0, nearest, 1.0), 0.0)
    by_receiver = (reach * distance)[:, None, :, :]
    return {"tolerance": by_receiver + xp.zeros((1, weight.shape[0], 1, 1), dtype=xp.float64)}


@mechanism(
    model="M9", phase="powers", writes="friction", axes=("power", "power"), unit="level",
    source="C-A1-011 (new security presence erodes a tacit split); assumption: linear above tolerance",
)
def friction(presence: Array, tolerance: Array, home_weight: Array, insider: Array) -> Returned:
    """Home-weighted excess of power p's presence over power h's tolerance.

    F_hp = sum_i w_hi max(0, presence_pi - tol_hpi), weights of h sum to 1; 0 for h = p and for outsiders h

    presence, home_weight : (P, R, M);  tolerance : (P, P, R, M);  insider : (P, M), 1 or 0
    Range: [0, 4].
    Fails where one base matters more than the sum of small presences.
    """
    return {"friction": _excess(presence, tolerance, home_weight, insider)}


@mechanism(
    model="M9", phase="powers", writes="tension", axes=("power", "power"), unit="index",
    source="assumption: grievances add up and are forgotten exponentially",
)
def tension(
    tension: Array, friction: Array, presence: Array, tolerance: Array, home_weight: Array, insider: Array, *,
    forgetting: Array, weight: Array, dt: float,
) -> Returned:
    """Accumulate friction into tension that power h feels towards power p, with forgetting.

    T' = e^(-k dt) T + (1 - e^(-k dt)) / k * w * (F_before + F_now) / 2

    tension, friction (of the step before) : (P, P, M);  F_now as in `friction` from the other reads
    forgetting k : per year, > 0;  weight w : index per level and year;  dt : years
    Range: >= 0.
    Fails for a quarrel settled by a treaty, which ends at once.
    """
    left = namespace(tension).exp(-forgetting * dt)
    mean = 0.5 * (friction + _excess(presence, tolerance, home_weight, insider))
    return {"tension": {
        "forgetting": (left - 1.0) * tension,
        "friction": (1.0 - left) / forgetting * weight * mean,
    }}


@mechanism(
    model="M10", phase="powers", writes="glue", axes=("power", "power"), unit="index",
    source="Walt (1987), The Origins of Alliances; C-A1-025 (a common adversary binds the two)",
)
def glue(
    rivalry: Array, rivalry_start: Array, vote_similarity: Array, power_trade: Array, tension: Array, *,
    rivalry_effect: Array, vote_effect: Array, trade_effect: Array, tension_effect: Array,
) -> Returned:
    """Common cause of two powers relative to the start.

    K_pq = k1 (min(s_p + r_p, s_q + r_q) - min(s_p, s_q)) + k2 vote similarity + k3 trade
           - k4 (T_pq + T_qp) / 2;  K_pp = 0

    rivalry r, rivalry_start s : (P, M), with the common rival, sd: change since the start, level at the
    start; both must feel it, so the one who feels it less sets the common cause; unknown start = 0
    vote_similarity, power_trade (changes since the start), tension : (P, P, M);  effects : index per unit
    Range: unbounded; symmetric where the reads are.
    Fails where one partner needs the other and the other does not notice.
    """
    xp = namespace(rivalry)
    begun = known(rivalry_start) + 0.0 * rivalry
    felt = begun + rivalry
    both = xp.minimum(felt[:, None, :], felt[None, :, :]) - xp.minimum(begun[:, None, :], begun[None, :, :])
    mutual = 0.5 * (tension + xp.permute_dims(tension, (1, 0, 2)))
    traded = trade_effect * narrow(known(power_trade))
    level = rivalry_effect * both + vote_effect * known(vote_similarity) + traded - tension_effect * mutual
    return {"glue": level * _others(xp, rivalry.shape[0])}


@mechanism(
    model="M10", phase="powers", writes="glue", axes=("power", "power"), unit="index",
    source="Walt (1987), The Origins of Alliances (threat and distance); assumption: danger in a shared "
    "home region binds", rival_of="glue",
)
def glue_by_threat(threat: Array, home_weight: Array, insider: Array, *, threat_effect: Array) -> Returned:
    """Rival of `glue`: only danger in a home region that two powers share binds them.

    K_pq = b (threat_p + threat_q) / 2 * sum_i sqrt(w_pi w_qi) for two insiders p, q;  K_pp = 0

    threat (change since the start), insider (1 or 0) : (P, M);  home_weight : (P, R, M), unknown counts as 0
    threat_effect : index per unit of threat
    Range: unbounded; symmetric.
    Fails where a rival far away binds two powers, as in a common quarrel with a third.
    """
    xp = namespace(threat)
    root = xp.sqrt(xp.maximum(known(home_weight), 0.0))
    shared = xp.sum(root[:, None, :, :] * root[None, :, :, :], axis=2)
    both = known(insider)[:, None, :] * known(insider)[None, :, :]
    felt = 0.5 * (threat[:, None, :] + threat[None, :, :])
    return {"glue": threat_effect * felt * shared * both * _others(xp, threat.shape[0])}


@mechanism(
    model="M9", phase="powers", writes="pushback", axes=("power", "power"), unit="probability per year",
    source="assumption: logistic in friction and common cause, slopes declared in the design of the model",
)
def push_back(
    friction: Array, glue: Array, insider: Array, *, intercept: Array, friction_effect: Array,
    glue_effect: Array, glue_level: Array, floor: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw whether power h objects openly to power p's presence in the region.

    P per year = (1 - eps) logistic(z0 + z1 F_hp - z2 (k0 + glue_hp)) + eps/2;  p = 1 - (1-P)^dt
    only insiders h object, to others p;  k0 = common cause at the start, relative to an average pair

    friction, glue : (P, P, M);  insider : (P, M);  intercept, friction_effect, glue_effect : log odds
    glue_level k0 : index;  floor eps : share mixed with a coin, in [0, 1);  uniform : (P, P, M);  dt : years
    Range: per year in [eps/2, 1 - eps/2] for insiders, 0 for outsiders.
    Fails to see objections made in private.
    """
    xp = namespace(friction)
    terms = {"base rate": intercept, "friction": friction_effect * friction,
             "common cause": -glue_effect * (glue_level + glue)}
    may = insider[:, None, :] * _others(xp, friction.shape[0])

    def objects(may: Array, *odds: Array) -> Array:
        return yearly_to_step((1.0 - floor) * logistic(sum(odds)) + 0.5 * floor, dt) * may

    chance = only_where(may != 0.0, objects, may, *terms.values())
    return {"pushback": Event(uniform < chance, chance, terms)}
