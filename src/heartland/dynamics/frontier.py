"""An attacked member asks its alliance for help at the frontier, and the alliance answers or not (M21)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace
from heartland.dynamics.events import truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["appeal", "frontier_aid", "frontier_drills"]


@mechanism(
    model="M21", phase="powers", writes="appeal", axes=("organisation", "receiver"), unit="probability",
    source="C-A2-008 and C-A2-019 (only trouble next door that endangers members concerns the alliance)",
    idle="attack",
)
def appeal(
    attack: Array, alliance_member: Array, recent_attack: Array, *, willingness: Array, repeat_effect: Array,
    uniform: Array,
) -> Returned:
    """Draw, once per attack from beyond the region, whether the member attacked asks its alliance for help.

    P = willingness + (1 - willingness) b recent attack for a member that was attacked, else 0

    attack (0/1), recent_attack (share, before this one) : (R, M);  alliance_member : (O, R, M), 1 or 0
    willingness : probability;  repeat_effect b : share of the rest won by a second attack
    Range: [0, 1].
    Fails for appeals made out of fear before anything has happened, as in July 2021.
    """
    xp = namespace(uniform)
    due = truth(attack)[None, ...] & truth(alliance_member)
    more = (1.0 - willingness) * repeat_effect * known(recent_attack)
    chance = xp.where(due, (willingness + more)[None, ...], 0.0)
    return {"appeal": Event(uniform < chance, chance, {"willingness": willingness, "attacked before": more})}


@mechanism(
    model="M21", phase="organisations", writes="frontier_aid", axes=("organisation", "receiver"),
    unit="probability", source="assumption: drills and equipment are given more lightly than troops",
    idle="appeal",
)
def frontier_aid(
    appeal: Array, lead: Array, overstretch: Array, *, reference: Array, overstretch_effect: Array,
    floor: Array, uniform: Array,
) -> Returned:
    """Decide an appeal once: the lead sends drills and equipment to the frontier, or leaves it at words.

    P = (1 - eps) logistic(a0 - a1 overstretch of the lead) + eps/2 after an appeal, else 0

    appeal : (O, R, M);  lead : (O, P, M) one-hot;  overstretch : (P, M), change since the start
    reference a0, overstretch_effect a1 : log odds;  floor eps : share mixed with a coin;  uniform : (O, R, M)
    Range: [eps/2, 1 - eps/2] after an appeal.
    Fails where other members pay.
    """
    xp = namespace(uniform)
    burden = xp.sum(known(lead) * known(overstretch)[None, ...], axis=1)[:, None, :]
    terms = {"reference case": reference, "overstretch": -overstretch_effect * burden}
    yes = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    chance = xp.where(truth(appeal), yes, 0.0)
    return {"frontier_aid": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M21", phase="alignment", writes="exercise_gap", axes=("power", "receiver"), unit="log points",
    source="assumption: an answered appeal brings a row of drills at once", idle="frontier_aid",
)
def frontier_drills(exercise_gap: Array, frontier_aid: Array, lead: Array, *, jump: Array) -> Returned:
    """Raise the joint exercises of the alliance's lead where it answers an appeal; `drills` lets them fade.

    dx_pi = j [answered by an alliance that p leads]

    exercise_gap : (P, R, M);  frontier_aid : (O, R, M);  lead : (O, P, M) one-hot;  jump j : log points
    Range: increments of 0 or j.
    Fails for drills already planned that are only named anew.
    """
    xp = namespace(exercise_gap)
    led = xp.any(truth(lead)[:, :, None, :] & truth(frontier_aid)[:, None, :, :], axis=0)
    return {"exercise_gap": {"alliance aid": jump * xp.astype(led, xp.float64) + 0.0 * exercise_gap}}
