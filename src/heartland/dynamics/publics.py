"""What the public of a receiver thinks of a giver, protest against projects, official notes (M7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heartland.core.arrays import Array, logistic, namespace, narrow, only_where, yearly_to_step
from heartland.dynamics.events import truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known, shock

__all__ = [
    "attitude", "embassy_protest", "official_protest", "project_cancel", "project_cancel_by_size",
    "project_protest", "project_protest_blind",
]


@mechanism(
    model="M7", phase="publics", writes="attitude", axes=("power", "receiver"), unit="index",
    source="Allen, Flynn, Machain & Stravers (2020), American Political Science Review 114(2), 326-341 "
    "(economic benefit goes with regard); assumption: visible presence irritates",
)
def attitude(
    attitude: Array, presence: Array, presence_start: Array, remit_ratio: Array, remit_share: Array,
    projects: Array, projects_start: Array, aid_gap: Array, *,
    reversion: Array, presence_effect: Array, ties_effect: Array, jobs_effect: Array, aid_effect: Array,
    sd: Array, noise: Array, dt: float,
) -> Returned:
    """Move the attitude toward a target lowered by visible presence and raised by jobs and aid.

    a* = -k2 (presence - start) + k4 (remittances/GDP - start) + k5 ln((1+n)/(1+n_0)) + k6 aid
    a' = a* + f^dt (a - a*) + sd sqrt((1 - f^(2 dt)) / (1 - f^2)) e;  f = exp(-k1)

    attitude (index, 0 = level at start), presence, presence_start (level 0-4), remit_ratio, remit_share
    (share of the receiver's GDP), projects, projects_start n (being built), aid_gap (log change of aid
    received since the start) : (P, R, M); unknown counts as no change
    reversion k1 : per year;  presence_effect k2 : per level;  ties_effect k4 : per unit share of GDP
    jobs_effect k5, aid_effect k6 : per log point;  sd : of one year;  noise : (P, R, M), N(0, 1);  dt : years
    Range: [-1, 1] after the loop's bounds; incidents lower it in mechanisms of their own.
    Fails where the public is split: it moves one mean.
    """
    xp = namespace(attitude)
    left, own = xp.exp(-reversion * dt), 0.0 * attitude

    def more_jobs(now: Array, before: Array) -> Array:
        return xp.log1p(known(now)) - xp.log1p(known(before))

    jobs = only_where((projects > 0.0) | (projects_start > 0.0), more_jobs, projects, projects_start)
    return {"attitude": {
        "reversion": (left - 1.0) * attitude,
        "presence": (1.0 - left) * -presence_effect * known(presence - presence_start),
        "ties": (1.0 - left) * ties_effect * known(remit_ratio - remit_share),
        "jobs": (1.0 - left) * jobs_effect * jobs + own,
        "aid": (1.0 - left) * aid_effect * narrow(known(aid_gap)) + own,
        "noise": shock(xp.exp(-reversion), sd, dt) * noise,
    }}


def _crowd(planned: Array, building: Array) -> Array:
    """Logarithm of one and the projects known, planned or being built; 0 where none is known."""
    xp = namespace(planned)
    some = (planned > 0.0) | (building > 0.0)
    return only_where(some, lambda n, m: xp.log1p(known(n) + known(m)), planned, building)


def _protests(
    terms: Mapping[str, Array], crowd: Array, large_share: Array, uniform: Array, uniform_size: Array,
    dt: float,
) -> Returned:
    """Draw protests and their size from the log odds of a year; none where no project is known."""
    def within(*odds: Array) -> Array:
        return yearly_to_step(logistic(sum(odds)), dt)

    chance = only_where(crowd > 0.0, within, *terms.values())
    happens = uniform < chance
    return {"project_protest": Event(happens, chance, terms),
            "protest_large": Event(happens & (uniform_size < large_share), chance * large_share, terms)}


@mechanism(
    model="M7", phase="publics", writes=("project_protest", "protest_large"), axes=("power", "receiver"),
    unit="probability per year",
    source="Clark and Regan 2016, Mass Mobilization data (protest over land in the region); C-B1-009 "
    "(fear of losing land draws crowds)",
)
def project_protest(
    attitude: Array, regard_start: Array, projects_planned: Array, projects: Array, openness: Array, *,
    intercept: Array, attitude_effect: Array, projects_effect: Array, large_share: Array, uniform: Array,
    uniform_size: Array, dt: float,
) -> Returned:
    """Draw protest of the receiver's public against projects of a power, and whether it is large.

    P per year = logistic(z0 - z1 a + z2 ln(1 + planned + building) openness);  p = 1 - (1-P)^dt

    attitude (since the start) + regard_start (survey at the start, unknown = 0) = a (index),
    projects_planned, projects (counts) : (power, receiver, member)
    openness : (receiver, member), 0..1;  intercept z0, effects z1 (per unit), z2 : log odds
    large_share : part of the protests with 1,000 people or more;  uniforms : (power, receiver, member)
    dt : years
    Range: [0, 1] per year; 0 where no project is known. The logarithm, because a receiver with three times
    the projects has not three times the protests.
    Fails to tell the projects apart: land, pollution, debt and jobs weigh alike.
    """
    crowd = _crowd(projects_planned, projects)
    terms = {"base rate": intercept, "attitude": -attitude_effect * known(attitude + known(regard_start)),
             "projects in an open polity": projects_effect * crowd * known(openness)}
    return _protests(terms, crowd, large_share, uniform, uniform_size, dt)


@mechanism(
    model="M7", phase="publics", writes=("project_protest", "protest_large"), axes=("power", "receiver"),
    unit="probability per year", rival_of="project-protest",
    source="assumption: local grievances, not the regard for the power, bring people out",
)
def project_protest_blind(
    projects_planned: Array, projects: Array, openness: Array, *, intercept: Array, projects_effect: Array,
    large_share: Array, uniform: Array, uniform_size: Array, dt: float,
) -> Returned:
    """Rival of `project_protest` in which what people think of the power plays no part.

    P per year = logistic(z0 + z2 ln(1 + planned + building) openness);  p = 1 - (1-P)^dt

    projects_planned, projects : (power, receiver, member);  openness : (receiver, member), 0..1
    the rest as in `project_protest`
    Range: [0, 1] per year; 0 where no project is known.
    Fails where a rumour or an incident abroad brings people out against a project at home.
    """
    crowd = _crowd(projects_planned, projects)
    terms = {"base rate": intercept,
             "projects in an open polity": projects_effect * crowd * known(openness)}
    return _protests(terms, crowd, large_share, uniform, uniform_size, dt)


def _given(odds: Sequence[Array], floor: Array) -> Array:
    """Chance from terms of log odds, mixed with a coin: (1 - eps) logistic(sum of the terms) + eps/2."""
    return (1.0 - floor) * logistic(sum(odds)) + 0.5 * floor


def _cancelled(protest: Array, terms: Mapping[str, Array], floor: Array, uniform: Array) -> Returned:
    """One draw per protest: (1 - eps) logistic(sum of the terms) + eps/2, 0 without a protest."""
    chance = only_where(truth(protest), lambda *odds: _given(odds, floor), *terms.values())
    return {"project_cancelled": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M7", phase="decisions", writes="project_cancelled", axes=("power", "receiver"),
    unit="probability", idle="project_protest",
    source="C-B1-008 (the size of the crowd ended a project); assumption: open polities give way more often, "
    "which a panel of 15,000 protests does not show",
)
def project_cancel(
    project_protest: Array, protest_large: Array, openness: Array, debt_ratio: Array, common_cause: Array, *,
    intercept: Array, size_effect: Array, openness_effect: Array, debt_effect: Array, glue_effect: Array,
    floor: Array, uniform: Array,
) -> Returned:
    """Decide, once per protest, whether the government gives way and the project is cancelled.

    P = (1 - eps) logistic(c0 + c1 large + c2 (openness - .3) - c3 d - c4 common cause) + eps/2

    project_protest, protest_large : (power, receiver, member), events;  openness : (receiver, member), 0..1
    debt_ratio d : (power, receiver, member), what the receiver owes the power over GDP, unknown = 0
    common_cause : (power, member), mean glue of the power with the insiders, change since the start: where
    the great powers agree, a receiver has nobody to turn to
    intercept c0, effects : log odds;  floor eps : in [0, 1);  uniform : (power, receiver, member)
    Range: [eps/2, 1 - eps/2] given a protest, 0 without.
    Fails where the firm, not the government, walks away, and for governments on their way out.
    """
    xp = namespace(uniform)
    terms = {
        "base rate": intercept,
        "crowd": size_effect * xp.astype(truth(protest_large), xp.float64),
        "open polity": openness_effect * known(openness - 0.3),
        "debt": -debt_effect * known(debt_ratio),
        "common cause": -glue_effect * known(common_cause)[:, None, :],
    }
    return _cancelled(project_protest, terms, floor, uniform)


@mechanism(
    model="M7", phase="decisions", writes="project_cancelled", axes=("power", "receiver"),
    unit="probability", rival_of="project-cancel", idle="project_protest",
    source="Clark and Regan 2016, Mass Mobilization data: logit of accommodation on size and openness",
)
def project_cancel_by_size(
    project_protest: Array, protest_large: Array, openness: Array, *, intercept: Array, size_effect: Array,
    openness_effect: Array, floor: Array, uniform: Array,
) -> Returned:
    """Rival of `project_cancel` with the coefficients of a world panel: only the crowd matters.

    P = (1 - eps) logistic(c0 + c1 large + c2 (openness - .3)) + eps/2

    project_protest, protest_large : (power, receiver, member), events;  openness : (receiver, member), 0..1
    intercept c0, effects : log odds;  floor eps : in [0, 1);  uniform : (power, receiver, member)
    Range: [eps/2, 1 - eps/2] given a protest, 0 without.
    Fails where accommodation of any demand says little about giving up a project with a great power.
    """
    xp = namespace(uniform)
    terms = {"base rate": intercept,
             "crowd": size_effect * xp.astype(truth(protest_large), xp.float64),
             "open polity": openness_effect * known(openness - 0.3)}
    return _cancelled(project_protest, terms, floor, uniform)


@mechanism(
    model="M7", phase="decisions", writes="official_protest", axes=("power", "receiver"), unit="probability",
    source="C-B1-022 (public anger forced an official rebuke); assumption: a soft threshold", idle="incident",
)
def official_protest(
    incident: Array, anger_before: Array, *, story: Array, threshold: Array, width: Array, floor: Array,
    uniform: Array,
) -> Returned:
    """Decide, once per incident, whether the receiver's ministry summons the ambassador or sends a note.

    P = (1 - eps) logistic((story + anger before - threshold) / width) + eps/2, given an incident

    incident : (power, receiver, member), event
    anger_before : (power, receiver, member), index, what earlier incidents left, unknown = 0
    story, threshold, width : index, anger of one incident, where a ministry acts,
        softness > 0;  floor eps : in [0, 1);  uniform : (power, receiver, member)
    Range: [eps/2, 1 - eps/2] given an incident, 0 without.
    Fails where the government itself raised the matter before anybody was angry.
    """
    terms = {"threshold": -threshold / width, "this story": story / width,
             "earlier anger": known(anger_before) / width}
    chance = only_where(truth(incident), lambda *odds: _given(odds, floor), *terms.values())
    return {"official_protest": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M7", phase="decisions", writes="embassy_protest", axes=("power", "receiver"), unit="probability",
    source="C-B2-017 (mistreatment of nationals brought angry diplomacy); rule of the power as data",
    idle="project_protest",
)
def embassy_protest(
    project_protest: Array, protest_large: Array, embassy_notes: Array, *, hurt: Array, hurt_large: Array,
    uniform: Array,
) -> Returned:
    """Draw, once per protest, whether the power's embassy protests because its own people were hurt.

    P = notes (hurt_large if the protest is large, else hurt), given a protest

    project_protest, protest_large : (power, receiver, member), events
    embassy_notes : (power, member), 1 where the power's practice is to protest, 0 where it keeps silent
    hurt, hurt_large : chance that nationals come to harm and a note follows;  uniform : (power, receiver, M)
    Range: [0, 1] given a protest, 0 without, and 0 where the practice is silence.
    Fails for harm done by officials, which no protest announces.
    """
    xp = namespace(uniform)
    harm = xp.where(truth(protest_large), hurt_large, hurt) * known(embassy_notes)[:, None, :]
    chance = xp.where(truth(project_protest), harm, 0.0)
    return {"embassy_protest": Event(uniform < chance, chance, {"nationals hurt": harm})}
