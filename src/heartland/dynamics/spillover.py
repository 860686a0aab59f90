"""Danger out of a conflict beyond the region's edge: attacks, demand for security, drills, worry (M21)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known, reversion, shock

__all__ = [
    "attack", "attack_memory", "drills", "neighbour_conflict_path", "security_demand", "spillover",
    "spillover_worry",
]


@mechanism(
    model="M21", phase="exogenous", writes="neighbour_conflict", axes="neighbour", unit="index",
    source="UCDP/PRIO Armed Conflict Dataset, yearly intensity of a neighbour's war; assumption: first-order "
    "persistence",
)
def neighbour_conflict_path(
    neighbour_conflict: Array, *, persistence: Array, volatility: Array, noise: Array, dt: float
) -> Returned:
    """Conflict in a state beyond the region's edge, relative to the start (1 = from peace to open war).

    x' = phi^dt x + sd sqrt((1-phi^(2dt))/(1-phi^2)) e

    neighbour_conflict, noise : (neighbour, member), index, N(0, 1)
    persistence : per year, in (0, 1];  volatility : index, innovation sd of a year;  dt : years
    Range: -1 to 1 in practice.
    Fails for the fall of a government, which comes as a jump; give it as a patch.
    """
    return {"neighbour_conflict": {
        "reversion": -reversion(persistence, dt) * neighbour_conflict,
        "noise": shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="M21", phase="economy", writes="spill", axes="receiver", unit="index",
    source="C-A2-018 and C-A4-015; assumption: danger falls with the part of the frontier that is shared",
)
def spillover(neighbour_conflict: Array, conflict_start: Array, conflict_exposure: Array) -> Returned:
    """Danger each receiver faces from the conflicts beyond its borders.

    spill_i = sum_n exposure_ni max(0, conflict at start_n + x_n)

    neighbour_conflict x, conflict_start (0 peace, .5 minor conflict, 1 war) : (neighbour, member)
    conflict_exposure : (neighbour, receiver, member), shared border over the longest; unknown counts as 0
    Range: >= 0.
    Fails for danger that travels through a third state.
    """
    xp = namespace(neighbour_conflict)
    level = xp.maximum(known(conflict_start) + neighbour_conflict, 0.0)
    return {"spill": xp.sum(known(conflict_exposure) * level[:, None, :], axis=0)}


@mechanism(
    model="M21", phase="publics", writes="attack", axes="receiver", unit="per year",
    source="C-A2-018; Salehyan (2008), Journal of Politics 70(1), 54-66 (rebels use "
    "neighbouring soil); record of attacks in the region's table of borders",
)
def attack(spill: Array, outer_frontier: Array, *, log_rate: Array, spill_effect: Array, uniform: Array,
           dt: float) -> Returned:
    """Draw an armed attack on a receiver from the soil of a neighbour outside the region.

    rate = outer_frontier * exp(min(ln 4, b0 + b1 spill));  p = 1 - exp(-rate dt)

    spill (index), outer_frontier (1 where such a border exists) : (R, M)
    log_rate b0 : ln per year at no danger;  spill_effect b1 : ln rate per unit;  dt : years
    Range: at most four a year; 0 for receivers without such a border.
    Fails to tell a rocket that lands in a field from a raid that kills.
    """
    xp = namespace(spill)
    terms = {"base rate": log_rate, "conflict next door": spill_effect * known(spill)}
    rate = xp.exp(xp.minimum(sum(terms.values()), 2.0 * LN2))
    chance = step_probability(rate, dt) * known(outer_frontier)
    return {"attack": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M21", phase="alignment", writes="recent_attack", axes="receiver", unit="share",
    source="assumption: an attack is remembered with a half-life", idle=("recent_attack", "attack"),
)
def attack_memory(recent_attack: Array, attack: Array, *, half_life: Array, dt: float) -> Returned:
    """Carry the memory of the last attack.

    r' = d r without an attack, max(d r, k) after one;  d = 2^(-dt/half_life)
    k = (1-d) half_life / (ln 2 dt), mean share left of a jump inside the step

    recent_attack, attack : (R, M);  half_life : years, > 0;  dt : years
    Range: [0, 1].
    Fails for attacks that accumulate into a campaign.
    """
    xp = namespace(recent_attack)
    left = decay(half_life, dt)
    kept = (1.0 - left) * half_life / (LN2 * dt)
    jump = xp.where(truth(attack), xp.maximum(kept - left * recent_attack, 0.0), 0.0)
    return {"recent_attack": {"decay": (left - 1.0) * recent_attack, "attack": jump}}


@mechanism(
    model="M21", phase="powers", writes="security_demand", axes="receiver", unit="index",
    source="C-A2-008, C-A2-018; assumption: danger beyond the start's and recent attacks add up",
)
def security_demand(
    spill: Array, spill_start: Array, recent_attack: Array, *, spill_effect: Array, attack_effect: Array
) -> Returned:
    """Demand of a receiver for help with its outer frontier, against the start.

    demand_i = s1 (spill_i - spill at start) + s2 recent attack

    spill, spill_start, recent_attack : (R, M);  effects : index per unit (1 asks for one level of effort
    at unit response)
    Range: unbounded, about -1 to 2 in practice.
    Fails where a government fears its helpers more than the danger.
    """
    danger, blow = spill_effect * known(spill - spill_start), attack_effect * known(recent_attack)
    return {"security_demand": danger + blow}


@mechanism(
    model="M21", phase="powers", writes="spill_worry", axes="power", unit="index",
    source="C-A1-023 (dangers next door draw a neighbour's presence); assumption: linear in the danger",
)
def spillover_worry(
    spill: Array, spill_start: Array, home_weight: Array, insider: Array, *, weight: Array
) -> Returned:
    """Worry of a neighbour power about its home region when danger spills into it.

    spill_worry_p = w insider_p sum_i home_weight_pi (spill_i - spill at start)

    spill, spill_start : (R, M);  home_weight : (P, R, M), unknown counts as 0;  insider : (P, M), 1 or 0
    weight w : index of threat per unit of danger
    Range: unbounded, a few tenths in practice.
    Fails for danger that crosses the power's own frontier and no receiver's.
    """
    xp = namespace(spill)
    felt = xp.sum(known(home_weight) * known(spill - spill_start)[None, ...], axis=1)
    return {"spill_worry": weight * known(insider) * felt}


@mechanism(
    model="M21", phase="decisions", writes="exercise_gap", axes=("power", "receiver"), unit="log points",
    source="assumption: demand for security and quarrels between hosts move the number of joint exercises",
)
def drills(
    exercise_gap: Array, security_demand: Array, provider_weight: Array, recent_clash: Array,
    recent_clash_start: Array, border_side: Array, *, persistence: Array, demand_effect: Array,
    clash_effect: Array, sd: Array, noise: Array, dt: float,
) -> Returned:
    """Move the number of joint exercises toward what danger asks for and quarrels allow.

    x* = e1 demand_i provider_pi - e2 sum_b side_bi (recent clash_b - at start)
    x' = x* + f^dt (x - x*) + sd sqrt((1 - f^(2 dt)) / (1 - f^2)) z

    exercise_gap : (P, R, M), log of the number against the start;  security_demand : (R, M)
    provider_weight : (P, R, M), share of the providers of security;  recent_clash : (B, M)
    border_side : (B, R, M);  persistence f : of one year;  effects : log points per unit;  sd : of a year
    Range: -2 to 2 log points in practice.
    Fails for a series held every other year.
    """
    xp = namespace(exercise_gap)
    pull = reversion(persistence, dt)
    quarrel = xp.sum(known(border_side) * known(recent_clash - recent_clash_start)[:, None, :], axis=0)
    return {"exercise_gap": {
        "reversion": -pull * exercise_gap,
        "demand": pull * demand_effect * known(security_demand)[None, ...] * known(provider_weight),
        "quarrel": -pull * clash_effect * quarrel[None, ...] + 0.0 * exercise_gap,
        "noise": shock(persistence, sd, dt) * noise,
    }}
