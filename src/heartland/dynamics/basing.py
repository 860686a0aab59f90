"""Bases of outsiders: asked for, granted against objection, given notice, bargained over, closed (M9).

`BASE_LEVEL` is the definition of a base on the coded scale of presence, `STANDING` the middle between it and
no presence, where the two are told apart; the top rate of four notices a year is a numerical guard.
"""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace, narrow, only_where
from heartland.dynamics.events import step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.statecraft import use
from heartland.dynamics.steps import known

__all__ = ["base_answer", "base_bargain", "base_request", "base_review", "basing"]

BASE_LEVEL = 3.0  # a base on the scale of presence
STANDING = 1.5  # presence of an outsider from which notice can be given


def _objects(exclusion: Array, rivalry: Array, rivalry_start: Array, lean: Array, slope: Array) -> Array:
    """How much each power objects to an outsider's base: its rule times logistic of its rivalry; (P, M)."""
    felt = known(rivalry_start) + rivalry
    return known(exclusion) * logistic(lean + slope * felt)


def _pressed(objects: Array, reliance: Array) -> Array:
    """Objection a host feels: sum over powers of objection times the host's reliance on them; (R, M)."""
    return namespace(reliance).sum(objects[:, None, :] * known(reliance), axis=0)


@mechanism(
    model="M9", phase="decisions", writes="base_requested", axes=("power", "receiver"), unit="per year",
    source="assumption: requests are rare and come from whoever has an interest in bases",
)
def base_request(
    base_interest: Array, presence: Array, *, rate: Array, uniform: Array, dt: float
) -> Returned:
    """Draw whether an outsider asks a host for a base.

    p = 1 - exp(-rate * interest * dt) where no base of that power stands, else 0

    base_interest : (power, member), 1 a normal interest, 0 none;  presence : (power, receiver, member), level
    rate : per year;  uniform : as presence;  dt : years
    Range: [0, 1].
    Fails for wars, which bring requests to all neighbours at once: force the event.
    """
    xp = namespace(presence)
    free = xp.astype(known(presence) < STANDING, xp.float64)
    yearly = rate * known(base_interest)[:, None, :] * free
    chance = only_where(yearly > 0.0, lambda yearly: step_probability(yearly, dt), yearly)
    return {"base_requested": Event(uniform < chance, chance, {"interest": yearly})}


@mechanism(
    model="M9", phase="organisations", writes="base_granted", axes=("power", "receiver"), unit="probability",
    source="C-A1-031 (joint leadership shuts outsiders out); Cooley 2008, Base Politics; R-COND-02",
    idle="base_requested",
)
def base_answer(
    base_requested: Array, exclusion: Array, rivalry: Array, rivalry_start: Array, reliance: Array,
    rent: Array, engagement: Array, external_threat: Array, base_veto: Array, lead: Array, *,
    intercept: Array, objection_effect: Array, rivalry_lean: Array, rivalry_slope: Array, rent_effect: Array,
    engagement_effect: Array, half_use: Array, threat_effect: Array, floor: Array, uniform: Array,
) -> Returned:
    """Draw, once per request, whether the host grants the base: quantal choice under objection and veto.

    P = V ((1-eps) logistic(g0 - g1 O + g2 rent + g3 f(S) + g4 threat) + eps/2), 0 without a request
    O = sum_h o_h D_hi;  o_h = rule_h logistic(u0 + u1 rivalry_h);  V = prod_orgs (1 - veto o_lead)

    base_requested (event), reliance D, rent (percent of GDP a year above the start's), engagement S (visits
    per year) : (power, receiver, member);  exclusion, rivalry, rivalry_start (sd) : (power, member)
    external_threat : (receiver, member);  base_veto : (organisation, receiver, member), 1 where members need
    each other's consent;  lead : (organisation, power, member);  half_use : visits per year;  uniform
    Range: [0, 1 - eps/2].
    Fails for access without a name: overflight and transit are not bases.
    """
    xp = namespace(reliance)
    objects = _objects(exclusion, rivalry, rivalry_start, rivalry_lean, rivalry_slope)
    chief = xp.sum(known(lead) * objects[None, ...], axis=1)
    allowed = xp.prod(1.0 - known(base_veto) * chief[:, None, :], axis=0)
    terms = {
        "reference case": intercept,
        "objection": -objection_effect * _pressed(objects, reliance)[None, ...],
        "rent": rent_effect * known(rent), "engagement": engagement_effect * use(engagement, half_use),
        "threat": threat_effect * known(external_threat)[None, ...],
    }
    yes = allowed[None, ...] * ((1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor)
    chance = xp.where(truth(base_requested), yes, 0.0 * yes)
    return {"base_granted": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M9", phase="decisions", writes="base_notice", axes=("power", "receiver"), unit="per year",
    source="Cooley 2008, Base Politics; C-B2-025 (money offered so that access would stop)",
)
def base_review(
    presence: Array, notice: Array, exclusion: Array, rivalry: Array, rivalry_start: Array, reliance: Array,
    compliance: Array, rent: Array, *, log_rate: Array, objection_effect: Array, rivalry_lean: Array,
    rivalry_slope: Array, compliance_effect: Array, rent_effect: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw whether a host gives notice to an outsider's base.

    rate = exp(min(ln 4, r0 + r1 O + r2 sum_h o_h C_hi - r3 rent));  O, o as in `base_answer`;
    p = 1 - exp(-rate dt), 0 without a base, for those who hold the rule, and while a notice runs

    presence (level), notice (1 while one runs), reliance D, compliance C, rent (percent of GDP a year above
    the start's) : (power, receiver, member);  exclusion, rivalry, rivalry_start : (power, member)
    log_rate, effects : ln per year (per unit);  uniform : as presence;  dt : years
    Range: [0, 1].
    Fails for quarrels between host and guest that have nothing to do with third parties.
    """
    xp = namespace(presence)
    objects = _objects(exclusion, rivalry, rivalry_start, rivalry_lean, rivalry_slope)
    guest = known(exclusion)[:, None, :] < 0.5
    terms = {
        "reference case": log_rate,
        "objection": objection_effect * _pressed(objects, reliance)[None, ...],
        "concession": compliance_effect * xp.sum(objects[:, None, :] * compliance, axis=0)[None, ...],
        "rent": -rent_effect * narrow(known(rent)),
    }
    standing = (known(presence) >= STANDING) & ~truth(notice) & guest

    def given(*logs: Array) -> Array:
        return step_probability(xp.exp(xp.minimum(sum(logs), 1.386)), dt)

    chance = only_where(standing, given, *terms.values())
    return {"base_notice": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M14", phase="decisions", writes=("base_kept", "base_closed"), axes=("power", "receiver"),
    unit="per year",
    source="Cooley 2008, Base Politics: notices of 2005, 2009 and 2013, one of them bargained away",
    idle="notice",
)
def base_bargain(
    notice: Array, exclusion: Array, rivalry: Array, rivalry_start: Array, reliance: Array, rent: Array, *,
    rate: Array, intercept: Array, objection_effect: Array, rivalry_lean: Array, rivalry_slope: Array,
    rent_effect: Array, floor: Array, uniform_exit: Array, uniform_kept: Array, dt: float,
) -> Returned:
    """End a notice: the base is kept for a higher rent, or closed; one exit draw, then which.

    p = 1 - exp(-rate dt);  P(kept | end) = (1-eps) logistic(k0 + k1 rent - k2 O) + eps/2

    notice (1 while one runs), rent (percent of GDP a year above the start's), reliance : (power, receiver,
    member);  exclusion, rivalry, rivalry_start : (power, member);  O as in `base_answer`: (receiver, member)
    rate : per year;  intercept, effects : log odds (per unit);  uniforms : as notice;  dt : years
    Range: [0, 1].
    Fails where the guest leaves without bargaining.
    """
    xp = namespace(reliance)
    objects = _objects(exclusion, rivalry, rivalry_start, rivalry_lean, rivalry_slope)
    terms = {
        "reference case": intercept, "rent": rent_effect * known(rent),
        "objection": -objection_effect * _pressed(objects, reliance)[None, ...],
    }
    keep = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    ends = xp.where(truth(notice), step_probability(rate, dt) + 0.0 * keep, 0.0 * keep)
    over, kept = uniform_exit < ends, uniform_kept < keep
    return {"base_kept": Event(over & kept, ends * keep, terms),
            "base_closed": Event(over & ~kept, ends * (1.0 - keep), terms)}


@mechanism(
    model="M9", phase="corridors", writes=("effort", "access", "notice"), axes=("power", "receiver"),
    unit="level", source="assumption: a base counts 3 on the scale of presence, no base 0",
)
def basing(
    effort: Array, access: Array, notice: Array, base_granted: Array, base_notice: Array, base_kept: Array,
    base_closed: Array,
) -> Returned:
    """Book what was decided on bases: effort and its target jump together, so that the level lasts.

    granted: effort' = max(effort, 3);  closed: effort' = min(effort, 0);  access' = access + the same jump
    notice' = 1 at a notice, 0 once the base is kept or closed

    effort (level, unbounded), access (level, shift of the effort's target), notice (0 or 1), events of this
    step : (power, receiver, member)
    Range: jumps of -4 to 3 levels.
    Fails for bases that shrink for years before they close.
    """
    xp = namespace(effort)
    none = 0.0 * effort
    granted, closed = narrow(truth(base_granted)), narrow(truth(base_closed))
    up = xp.where(granted, xp.maximum(BASE_LEVEL - effort, none), none)
    down = xp.where(closed, xp.minimum(-effort, none), none)
    level = xp.where(truth(base_notice), 1.0, notice)
    level = xp.where(truth(base_kept) | closed, 0.0, level)
    return {"effort": {"granted": up, "closed": down}, "access": up + down, "notice": level - notice}
