"""Positions on the scale of UN votes (row M24)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace
from heartland.dynamics.events import step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["VOTES", "ballot", "dependence_mean", "ideal_point", "vote"]

VOTES = ("none", "no", "abstain", "yes", "absent")  # codes of the state `vote`


def dependence_mean(positions: Array, dependence: Array) -> Array:
    """Mean position of the powers a receiver depends on, weighted by dependence.

    positions : (power, member), UN scale;  dependence : (power, receiver, member), >= 0, NaN = unknown
    Returns (receiver, member); NaN where a receiver depends on nobody. Powers of unknown position drop out.
    """
    xp = namespace(positions)
    weight = known(dependence) * xp.astype(xp.isfinite(positions), positions.dtype)[:, None, :]
    mass = xp.sum(weight, axis=0)
    some = mass > 0
    mean = xp.sum(weight * known(positions)[:, None, :], axis=0) / xp.where(some, mass, xp.ones_like(mass))
    return xp.where(some, mean, xp.full_like(mass, xp.nan))


@mechanism(
    model="M24", phase="alignment", writes="ideal_point", axes="actor", unit="UN scale",
    source="Bailey, Strezhnev and Voeten 2017, Journal of Conflict Resolution 61(2)",
)
def ideal_point(
    ideal_point: Array, alignment_target: Array, *, pull: Array, volatility: Array, noise: Array, dt: float
) -> dict[str, dict[str, Array]]:
    """Position of each actor: a random walk, weakly drawn to the powers it depends on.

    v' = v + (1-exp(-b dt)) (target - v) + sd sqrt((1-exp(-2 b dt))/(2 b)) e; sd sqrt(dt) e without target

    ideal_point, noise : (actor, member), UN scale, N(0, 1)
    alignment_target : (actor, member), dependence-weighted mean of powers (`dependence_mean`), NaN = none
    pull : per year, >= 0, weak by design;  volatility : UN scale, sd of a year's change
    Range: -3 to 3. Cited: Bailey et al. 2017 (the scale); the pull is an assumption. Parts: pull, noise.
    Fails for sudden realignments after a change of government; votes are bought issue by issue.
    """
    xp = namespace(ideal_point)
    drawn = xp.isfinite(alignment_target + 0.0 * ideal_point)
    gap = known(alignment_target) - ideal_point
    x = 2.0 * dt * pull
    small = x < 1e-9
    shrink = xp.where(small, 1.0 - x / 2, -xp.expm1(-x) / xp.where(small, xp.ones_like(x), x))
    scale = xp.where(drawn, xp.sqrt(shrink) + 0.0 * ideal_point, xp.ones_like(ideal_point))
    return {"ideal_point": {
        "pull": xp.where(drawn, -xp.expm1(-dt * pull) * gap, 0.0 * ideal_point),
        "noise": volatility * dt**0.5 * scale * noise,
    }}


@mechanism(
    model="M24", phase="organisations", writes="ballot", axes="receiver", unit="per year",
    source="assumption: ballots are called from outside; a scenario forces them",
)
def ballot(ballot_rate: Array, *, uniform: Array, dt: float) -> Returned:
    """Draw whether a resolution is put to the vote.

    p = 1 - exp(-rate dt)

    ballot_rate : (receiver, member), per year, 0 unless a scenario says otherwise;  uniform : same
    Range: [0, 1].
    Fails for sessions, which bring many resolutions at once.
    """
    chance = step_probability(ballot_rate, dt) + 0.0 * uniform
    return {"ballot": Event(uniform < chance, chance, {"rate": ballot_rate})}


def _cast(
    vote: Array, called: Array, present: list[Array], away: Array, terms: dict[str, Array], uniform: Array
) -> Returned:
    """One of four options by one uniform: no, abstain, yes (`present`), else absent; and its code."""
    xp = namespace(vote)
    drawn: dict[str, Event] = {}
    reached, now = 0.0 * away, 0.0 * away
    for code, name in enumerate(VOTES[1:], start=1):
        chance = away if name == "absent" else present[code - 1]
        hit = (uniform >= reached) & ((uniform < reached + chance) | (name == "absent"))
        drawn[f"vote_{name}"] = Event(called & hit, xp.where(called, chance, 0.0 * chance), terms)
        now = now + code * xp.astype(called & hit, xp.float64)
        reached = reached + chance
    return {"vote": xp.where(called, now - vote, 0.0 * vote), **drawn}


@mechanism(
    model="M24", phase="alignment", writes=("vote", "vote_yes", "vote_abstain", "vote_no", "vote_absent"),
    axes="receiver", unit="code",
    source="Bailey, Strezhnev & Voeten 2017 (ordinal choice on the ideal point); Rosas, Shomer & Haptonstahl "
    "2015, American Journal of Political Science 59(2) (absence is a choice)", idle="ballot",
)
def vote(
    vote: Array, ballot: Array, position_receiver: Array, ballot_position: Array, ballot_target: Array,
    reliance: Array, absence_habit: Array, *, slope: Array, half_width: Array, reliance_effect: Array,
    absence_base: Array, absence_middle: Array, absence_width: Array, habit_effect: Array, floor: Array,
    uniform: Array,
) -> Returned:
    """Draw one vote for each ballot: yes, abstain, no by position against the resolution's, or absent.

    e = v - b_d sum_p target_p D_p - c;  P(yes) = (1-A) logistic(b (e - h)), P(no) = (1-A) (1 - logistic(
    b (e + h))), abstain between;  A = logistic(a0 + a1 exp(-(e/w)^2) + a2 habit);  all four (1-eps) P + eps/4

    vote (code in `VOTES`), ballot (event), position_receiver v (UN scale), ballot_position c : where yes and
    no are equally near, absence_habit : log odds : (receiver, member);  ballot_target : (power, member), 1
    for whom it is aimed at;  reliance D : (power, receiver, member);  uniform : as vote
    Range: four options, each at least eps/4 at a ballot. Unknown position: always absent but for the floor.
    Fails where votes are traded, and for resolutions on which the scale has no bearing.
    """
    xp = namespace(vote)
    tie = xp.sum(known(ballot_target)[:, None, :] * known(reliance), axis=0)
    raw = position_receiver - reliance_effect * tie - ballot_position
    e = known(raw)
    middle = absence_middle * xp.exp(-((e / absence_width) ** 2))
    away = logistic(absence_base + middle + habit_effect * known(absence_habit))
    away = xp.where(xp.isfinite(raw), away, xp.ones_like(e))
    yes = (1.0 - away) * logistic(slope * (e - half_width))
    no = (1.0 - away) * logistic(-slope * (e + half_width))
    between = 1.0 - away - yes - no
    away = (1.0 - floor) * away + 0.25 * floor
    terms = {"position": position_receiver, "reliance": -reliance_effect * tie,
             "resolution": -ballot_position, "habit of absence": habit_effect * absence_habit}
    return _cast(vote, truth(ballot), [(1.0 - floor) * p + 0.25 * floor for p in (no, between, yes)], away,
                 terms, uniform)
