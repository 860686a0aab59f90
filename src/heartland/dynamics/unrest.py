"""Protest waves, regime-threatening revolts and how they end (M6)."""

from __future__ import annotations

from collections.abc import Mapping

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "crisis_state", "revolt_exit", "unrest_level", "unrest_onset", "unrest_onset_no_contagion",
    "unrest_onset_self_exciting",
]


def _onset(
    terms: Mapping[str, Array], crisis: Array, wave_ratio: Array, uniform: Array, uniform_mark: Array,
    dt: float,
) -> Returned:
    """Draw waves and their mark from the log rate of threatening waves; (R, M).

    The mark is exact for any step: P(mark | onset) = P(>= 1 threatening wave in the step) / P(>= 1 wave),
    which tends to 1/(1+wave_ratio) as dt -> 0.
    """
    xp = namespace(uniform)
    linear = sum(terms.values()) + xp.zeros_like(uniform)
    rate = xp.where(truth(crisis), 0.0, xp.exp(xp.minimum(linear, LN2)))
    threat, any_wave = step_probability(rate, dt), step_probability(rate * (1.0 + wave_ratio), dt)
    onset = uniform < any_wave
    mark = onset & (uniform_mark * any_wave < threat)
    waves = {**terms, "smaller waves": xp.log1p(wave_ratio)}
    return {"onset": Event(onset, any_wave, waves), "threat_mark": Event(mark, threat, terms)}


@mechanism(
    model="M6", phase="publics", writes=("onset", "threat_mark"), axes="receiver", unit="per year",
    source="Brancati (2014), Comparative Political Studies 47(11), 1503-1530; Beissinger (2007), "
    "Perspectives on Politics 5(2), 259-276",
)
def unrest_onset(
    stress: Array, capacity: Array, unrest: Array, crisis: Array, contagion_weight: Array, election: Array,
    price_shock: Array, wave_abroad: Array, *, log_rate: Array, stress_effect: Array, election_effect: Array,
    price_effect: Array, contagion: Array, example_effect: Array, weakness: Array, wave_ratio: Array,
    uniform: Array, uniform_mark: Array, dt: float,
) -> Returned:
    """Draw the beginning of a nationwide protest wave and whether it threatens the regime.

    threat rate = exp(min(ln 2, h0 + h_s stress + h_e election + h_f price + h_c sum_j k_ij u_j
    + h_w wave abroad + h_d (1/2 - capacity)))
    rate of all waves = threat rate * (1 + wave_ratio); p = 1 - exp(-rate dt); 0 while a crisis lasts

    stress (sd), capacity, unrest, crisis : (R, M);  election (0/1), price_shock (sd) : (R, M)
    wave_abroad : (R, M), 1 while like regimes outside the region are falling
    contagion_weight : (R, R, M), row = exposed, column = origin; NaN carries no weight
    log_rate : ln of threatening waves per year at stress 0, capacity 1/2;  effects : ln rate per unit
    wave_ratio : smaller waves per threatening wave, >= 0;  dt : years
    Range: at most 2 threatening waves per year.
    Fails for palace coups, which have no crowd; yearly hardship explains little (Cantoni et al. 2024).
    """
    xp = namespace(stress)
    abroad = xp.sum(known(contagion_weight) * known(unrest)[None, ...], axis=1)
    terms = {
        "base rate": log_rate,
        "stress": stress_effect * known(stress),
        "election": election_effect * election,
        "prices": price_effect * price_shock,
        "contagion": contagion * abroad,
        "example abroad": example_effect * known(wave_abroad),
        "weak state": weakness * known(0.5 - capacity),
    }
    return _onset(terms, crisis, wave_ratio, uniform, uniform_mark, dt)


@mechanism(
    model="M6", phase="publics", writes=("onset", "threat_mark"), axes="receiver", unit="per year",
    source="Houle, Kayser & Xiang (2016), International Organization 70(4), 687-726 (seeming diffusion of "
    "revolts is often a common shock)", rival_of="unrest-onset",
)
def unrest_onset_no_contagion(
    stress: Array, capacity: Array, crisis: Array, election: Array, price_shock: Array, *, log_rate: Array,
    stress_effect: Array, election_effect: Array, price_effect: Array, weakness: Array, wave_ratio: Array,
    uniform: Array, uniform_mark: Array, dt: float,
) -> Returned:
    """Rival of `unrest_onset` in which protest has causes at home only.

    threat rate = exp(min(ln 2, h0 + h_s stress + h_e election + h_f price + h_d (1/2 - capacity)))

    stress (sd), capacity, crisis, election (0/1), price_shock (sd) : (R, M);  effects : ln rate per unit
    Range: at most 2 threatening waves per year; waves and mark as in `unrest_onset`.
    Fails where protest travels over borders, as in 2003-2005 and 2010-2011.
    """
    terms = {
        "base rate": log_rate,
        "stress": stress_effect * known(stress),
        "election": election_effect * election,
        "prices": price_effect * price_shock,
        "weak state": weakness * known(0.5 - capacity),
    }
    return _onset(terms, crisis, wave_ratio, uniform, uniform_mark, dt)


@mechanism(
    model="M6", phase="publics", writes=("onset", "threat_mark"), axes="receiver", unit="per year",
    source="assumption: protest feeds on its own past and not on news from abroad", rival_of="unrest-onset",
)
def unrest_onset_self_exciting(
    stress: Array, capacity: Array, unrest: Array, crisis: Array, *, log_rate: Array, stress_effect: Array,
    own_past: Array, weakness: Array, wave_ratio: Array, uniform: Array, uniform_mark: Array, dt: float,
) -> Returned:
    """Rival of `unrest_onset` without contagion: unrest at home raises the chance of the next wave.

    threat rate = exp(min(ln 2, h0 + h_s stress + h_u u + h_d (1/2-c))); waves and mark as in `unrest_onset`

    stress (sd), capacity, unrest, crisis : (R, M);  own_past : ln rate per unit of unrest
    Range: at most 2 threatening waves per year.
    Fails where protest travels over borders, as in 2003-2005 and 2010-2011.
    """
    terms = {
        "base rate": log_rate,
        "stress": stress_effect * known(stress),
        "own past": own_past * known(unrest),
        "weak state": weakness * known(0.5 - capacity),
    }
    return _onset(terms, crisis, wave_ratio, uniform, uniform_mark, dt)


@mechanism(
    model="M6", phase="decisions", writes="unrest", axes="receiver", unit="share",
    source="assumption: contention jumps with a wave and fades with a half-life of months",
)
def unrest_level(
    unrest: Array, capacity: Array, crisis: Array, onset: Array, threat_mark: Array, *,
    half_life: Array, wave_jump: Array, threat_jump: Array, uniform: Array, dt: float,
) -> Returned:
    """Carry the level of contention: it fades faster under a capable state, not at all in a crisis.

    d = 2^(-dt (1/2 + c) / half_life), 1 in a crisis;  u' = d u + J d^e (1 - d u) at an onset, e ~ U(0, 1)
    (d^e: the wave begins at a uniform moment of the step; J = threat_jump if marked, else wave_jump)

    unrest, capacity, crisis, onset, threat_mark : (R, M);  half_life : years at capacity 1/2
    wave_jump, threat_jump : share of the remaining distance to 1
    Range: [0, 1] for unrest in [0, 1].
    Fails for slow campaigns without a nationwide wave.
    """
    xp = namespace(unrest)
    left = decay(half_life, dt) ** (1.0 + known(capacity - 0.5))
    left = xp.where(truth(crisis), 1.0, left)
    jump = xp.where(truth(onset), xp.where(truth(threat_mark), threat_jump, wave_jump), 0.0)
    return {"unrest": {"decay": (left - 1.0) * unrest, "wave": jump * left**uniform * (1.0 - left * unrest)}}


@mechanism(
    model="M6", phase="publics", writes=("ousted", "calmed"), axes="receiver", unit="per year",
    source="Bellin (2004), Comparative Politics 36(2), 139-157; assumption: exits compete at constant rates",
    idle="crisis",
)
def revolt_exit(
    crisis: Array, capacity: Array, deployed: Array, backing: Array, *, log_fall_rate: Array,
    capacity_effect: Array, troops_effect: Array, backing_effect: Array, end_rate: Array,
    troops_end_factor: Array, uniform: Array, uniform_which: Array, dt: float,
) -> Returned:
    """End a regime-threatening revolt: one draw whether it ends, a second which way.

    fall rate = exp(f0 - f_c (capacity - 1/2) - f_t troops - f_b backed);  end rate = e_0 * factor^troops
    p(exit) = 1 - exp(-(fall + end) dt);  p(fall | exit) = fall / (fall + end)

    crisis, capacity : (R, M);  deployed : (P, R, M), level of troops sent by an alliance, any > 0 counts
    backing : (P, R, M), 1 where a power stands behind the incumbent, any counts once
    log_fall_rate : ln per year;  end_rate : per year, > 0;  troops_effect : ln rate;  dt : years
    Range: probabilities in [0, 1]; 0 without a crisis.
    Fails for negotiated exits, where the leader leaves by agreement after the streets have emptied.
    """
    xp = namespace(crisis)
    troops = xp.astype(xp.any(deployed > 0.0, axis=0), xp.float64)
    backed = xp.astype(xp.any(truth(backing), axis=0), xp.float64)
    terms = {"base rate": log_fall_rate, "capacity": -capacity_effect * known(capacity - 0.5),
             "allied troops": -troops_effect * troops, "backed abroad": -backing_effect * backed}
    ending = {"base rate": xp.log(end_rate), "allied troops": xp.log(troops_end_factor) * troops}
    fall, end = xp.exp(sum(terms.values()) + 0.0 * crisis), xp.exp(sum(ending.values()) + 0.0 * crisis)
    leave = xp.where(truth(crisis), step_probability(fall + end, dt), 0.0)
    share = fall / (fall + end)
    over, falls = uniform < leave, uniform_which < share
    return {"ousted": Event(over & falls, leave * share, terms),
            "calmed": Event(over & ~falls, leave * (1.0 - share), ending)}


@mechanism(
    model="M6", phase="decisions", writes=("crisis", "crisis_age", "revolt_origin"), axes="receiver",
    unit="flag", source="assumption: book-keeping of the events of this step",
    idle=("crisis", "onset", "ousted", "calmed"),
)
def crisis_state(
    crisis: Array, crisis_age: Array, revolt_origin: Array, onset: Array, threat_mark: Array, ousted: Array,
    calmed: Array, *, dt: float,
) -> Returned:
    """Book the events of the step, forced or drawn, into the flags that later mechanisms read.

    started = onset and threat_mark;  going on = crisis and not (ousted or calmed)
    crisis' = started or going on;  age' = age + dt if going on, else 0;  revolt_origin' = 1 once ousted

    all : (R, M);  crisis_age, dt : years
    Range: flags 0 or 1, age >= 0.
    Fails to reset revolt_origin after an ordinary succession, which is not modelled.
    """
    xp = namespace(crisis)
    going_on = truth(crisis) & ~(truth(ousted) | truth(calmed))
    started = truth(onset) & truth(threat_mark)
    flag = xp.astype(started | going_on, xp.float64)
    age = xp.where(going_on, crisis_age + dt, 0.0)
    origin = xp.astype(truth(ousted) | truth(revolt_origin), xp.float64)
    return {
        "crisis": flag - xp.astype(crisis, xp.float64),
        "crisis_age": age - crisis_age,
        "revolt_origin": origin - xp.astype(revolt_origin, xp.float64),
    }
