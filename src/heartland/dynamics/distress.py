"""Debt distress and what each creditor makes of it (row M4)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace, yearly_to_step
from heartland.dynamics.events import truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "debt_distress", "debt_resolution", "debt_resolution_by_count", "debt_settlement", "growth_memory",
]


@mechanism(
    model="M4", phase="publics", writes="growth_year", axes="receiver", unit="per year",
    source="assumption: a year of growth remembered with exponential weights, mean age half a year",
)
def growth_memory(
    growth_year: Array, growth_gap: Array, growth_gap_before: Array, *, memory: Array, dt: float
) -> Returned:
    """Growth off trend over about the last twelve months.

    y' = m^dt y + (1 - m^dt) (g + g_before) / 2

    growth_year y, growth_gap g, growth_gap_before : (receiver, member), per year off trend; the mean of both
    ends keeps the variance free of the step;  memory m : share left after a year, in (0, 1);  dt : years
    Range: that of growth_gap.
    Fails to drop a bad month after exactly a year: it fades instead.
    """
    left = memory**dt
    mean = 0.5 * (known(growth_gap) + known(growth_gap_before))
    return {"growth_year": {"fading": (left - 1.0) * growth_year,
                            "growth": (1.0 - left) * mean + 0.0 * growth_year}}


@mechanism(
    model="M4", phase="powers", writes="distress", axes="receiver", unit="probability per year",
    source="Kraay and Nehru 2006, World Bank Economic Review 20(3), 341-365 (service and growth shocks bring "
    "distress); slopes declared in the design of the model",
)
def debt_distress(
    service: Array, growth_year: Array, trend_receiver: Array, debt_ratio: Array,
    *, intercept: Array, service_effect: Array, usual_service: Array, recession_effect: Array,
    recession: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw whether a receiver cannot carry its foreign debt and must ask for other terms.

    P per year = logistic(-3.2 + 4 (service/exports - .15) + 1.5 [growth of the last year < -2 %]);
    p = 1 - (1-P)^dt; 0 for a receiver with no known debt to the modelled lenders

    service : (receiver, member), share of exports, unknown = as usual;  growth_year : (receiver, member), off
    trend;  trend_receiver : (receiver, member), per year;  debt_ratio : (power, receiver, member)
    intercept, service_effect, recession_effect : log odds;  usual_service : share of exports
    recession : per year, growth below which the last term counts;  uniform : (receiver, member);  dt : years
    Range: [0, 1] per year; about .04 in normal times.
    Fails for liquidity crises that start in banks, and where reserves would bridge a bad year.
    """
    xp = namespace(service)
    growth = growth_year + known(trend_receiver)
    fallen = xp.astype(growth < recession, xp.float64)
    terms = {"base rate": intercept, "service": service_effect * known(service - usual_service),
             "recession": recession_effect * fallen}
    owes = xp.any(known(debt_ratio) > 0.0, axis=0)
    yearly = logistic(sum(terms.values()) + 0.0 * growth_year)
    chance = xp.where(owes, yearly_to_step(yearly, dt), 0.0)
    return {"distress": Event(uniform < chance, chance, terms)}


def _settled(
    distress: Array, debt_ratio: Array, securing: Array, suspension: Array,
    odds: tuple[Array, Array, Array], secured: tuple[Array, Array, Array], suspension_effect: Array,
    least: Array, floor: Array, uniform: Array,
) -> Returned:
    """One draw per distress and creditor among none, reschedule, haircut and swap (multinomial logit)."""
    xp = namespace(debt_ratio)
    taker = known(securing)[:, None, :]
    due = truth(distress)[None, ...] & (known(debt_ratio) >= least)
    scores = [(1.0 - taker) * plain + taker * other for plain, other in zip(odds, secured, strict=True)]
    lenient = suspension_effect * known(suspension)
    pulls = (lenient, 0.0 * lenient, 0.0 * lenient)
    weights = [xp.exp(score + pull) for score, pull in zip(scores, pulls, strict=True)]
    total = 1.0 + sum(weights)
    found, before = {}, xp.zeros_like(uniform)
    for k, name in enumerate(("rescheduled", "haircut", "swapped")):
        share = (1.0 - floor) * weights[k] / total + floor / 4.0
        happens = due & (uniform >= before) & (uniform < before + share)
        terms = {"habit of the creditor": scores[k], "suspension": pulls[k]}
        found[name], before = Event(happens, xp.where(due, share, 0.0), terms), before + share
    return found


@mechanism(
    model="M4", phase="decisions", writes=("rescheduled", "haircut", "swapped"), axes=("power", "receiver"),
    unit="probability", idle="distress",
    source="Horn, Reinhart and Trebesch 2022, World Bank Policy Research Working Paper 9925 (deferral is the "
    "rule, face value is seldom cut)",
)
def debt_resolution(
    distress: Array, debt_ratio: Array, securing: Array, suspension: Array, *, reschedule: Array,
    haircut: Array, swap: Array, secured_reschedule: Array, secured_haircut: Array, secured_swap: Array,
    suspension_effect: Array, least: Array, floor: Array, uniform: Array,
) -> Returned:
    """Settle a distress with each creditor: nothing, later payment, less payment, or an asset instead.

    P(k) = (1 - eps) exp(u_k) / (1 + sum_j exp(u_j)) + eps/4, u = (1-s) plain + s secured, against none = 0

    distress : (receiver, member);  debt_ratio : (power, receiver, member), below `least` no party
    securing s : (power, member), 1 = takes security assets for debt;  suspension : (power, receiver, member)
    plain and secured_* odds, suspension_effect (on rescheduling) : log odds;  uniform : (power, receiver, M)
    least : share of GDP;  floor eps : part of the draw spread evenly over the four outcomes
    Range: each outcome in [eps/4, 1 - 3 eps/4] for a party, 0 for the rest. One draw per distress.
    Fails for collective settlements, where one creditor waits for another.
    """
    return _settled(distress, debt_ratio, securing, suspension, (reschedule, haircut, swap),
                    (secured_reschedule, secured_haircut, secured_swap), suspension_effect, least, floor,
                    uniform)


@mechanism(
    model="M4", phase="decisions", writes=("rescheduled", "haircut", "swapped"), axes=("power", "receiver"),
    unit="probability", rival_of="debt-resolution", idle="distress",
    source="Kratz, Feng and Wright 2019, Rhodium Group (of 40 renegotiations write-offs are the commonest "
    "by number, most of them small)",
)
def debt_resolution_by_count(
    distress: Array, debt_ratio: Array, securing: Array, suspension: Array, *, reschedule: Array,
    haircut: Array, swap: Array, secured_reschedule: Array, secured_haircut: Array, secured_swap: Array,
    suspension_effect: Array, least: Array, floor: Array, uniform: Array,
) -> Returned:
    """Rival of `debt_resolution`: history coded by number of cases, where write-offs lead.

    P(k) = (1 - eps) exp(u_k) / (1 + sum_j exp(u_j)) + eps/4, the same with other odds

    arrays as in `debt_resolution`, least and floor too;  odds : log odds against no settlement
    Range: each outcome in [eps/4, 1 - 3 eps/4] for a party, 0 for the rest.
    Fails by value: small interest-free loans make most of the write-offs.
    """
    return _settled(distress, debt_ratio, securing, suspension, (reschedule, haircut, swap),
                    (secured_reschedule, secured_haircut, secured_swap), suspension_effect, least, floor,
                    uniform)


@mechanism(
    model="M4", phase="corridors", writes=("written_off", "grace", "credit"), axes=("power", "receiver"),
    unit="share, years, level", source="assumption: book-keeping of the settlements of this step",
    idle=("written_off", "grace", "rescheduled", "haircut", "swapped"),
)
def debt_settlement(
    written_off: Array, grace: Array, debt_ratio: Array, rescheduled: Array, haircut: Array, swapped: Array,
    securing: Array,
    *, deferral: Array, haircut_share: Array, swap_share: Array, asset_gain: Array, dt: float,
) -> Returned:
    """Book a settlement: what is written off leaves the debt in the next step, deferral runs down.

    w' = h d [haircut] + s d [swap];  grace' = max(grace - dt, 0) + deferral [rescheduled];
    credit' = credit + gain [swap] of a creditor that takes security assets

    written_off w, debt_ratio d : (power, receiver, member), share of GDP;  grace : (power, receiver, member)
    rescheduled, haircut, swapped : (power, receiver, member), events;  securing : (power, member)
    deferral : years;  haircut_share h, swap_share s : share of the debt;  asset_gain : level;  dt : years
    Range: w in [0, d], grace 0 to a few years.
    Fails to change the interest on what is rescheduled.
    """
    xp = namespace(written_off)
    owed = known(debt_ratio)
    longer = xp.where(truth(rescheduled), deferral, 0.0)
    taken = xp.where(truth(swapped), asset_gain * known(securing)[:, None, :], 0.0)
    return {
        "written_off": {"booked": -written_off,
                        "haircut": xp.where(truth(haircut), haircut_share * owed, 0.0),
                        "swap": xp.where(truth(swapped), swap_share * owed, 0.0)},
        "grace": {"elapsed": -xp.minimum(grace, xp.full_like(grace, dt)), "rescheduled": longer},
        "credit": {"asset": taken},
    }
