"""Visits, offers and summits of powers, and what regular attention does (row M22)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.statecraft import use
from heartland.dynamics.steps import known

__all__ = ["engagement", "engagement_draw", "engagement_regard", "summit"]


@mechanism(
    model="M22", phase="decisions", writes="summit", axes=("power", "receiver"), unit="per year",
    source="assumption: one visit in so many is a summit",
)
def summit(visit_rate: Array, distance_cost: Array, *, share: Array, uniform: Array, dt: float) -> Returned:
    """Draw a summit: a visit of the top that counts for several.

    p = 1 - exp(-share * max(rate, 0) * (1 - distance cost) * dt)

    visit_rate : (power, receiver, member), visits per year beyond the usual;  distance_cost : same, 0 to 1
    share : summits per visit;  uniform : as visit_rate;  dt : years
    Range: [0, 1].
    Fails for calendars of organisations, where summits come once a year on a fixed day.
    """
    more = namespace(visit_rate).maximum(known(visit_rate), 0.0)
    rate = share * more * (1.0 - known(distance_cost))
    chance = step_probability(rate, dt)
    return {"summit": Event(uniform < chance, chance, {"visits": rate})}


@mechanism(
    model="M22", phase="organisations", writes="engagement", axes=("power", "receiver"),
    unit="visits per year",
    source="register of leaders' engagements 2003-2018: variance 1.7 times the mean, no memory "
    "from month to month",
)
def engagement(
    engagement: Array, engagement_start: Array, visit_rate: Array, steady_offer: Array, distance_cost: Array,
    summit: Array, *, half_life: Array, burstiness: Array, trip: Array, summit_visits: Array,
    uniform_when: Array, uniform_size: Array, dt: float,
) -> Returned:
    """Recent visits a year: they come in trips, and each counts less as time goes by.

    S' = d S + (1-d) (J + offer dt (1-c) + w [summit]) / dt, d = 2^(-dt/half_life), J = jump with chance
    q = 1 - exp(-r dt / trip), mean m = r dt, variance D r dt y, y = beta dt coth(beta dt / 2) / 2:
    J = m/q - b + b Exp(1), b^2 = (D r dt y + m^2)/q - (m/q)^2;  r = S0 + rate (1 - c)

    engagement S, engagement_start S0, visit_rate, steady_offer (changes of the rate), distance_cost c (0 to
    1) : (power, receiver, member), visits per year;  summit : event of this step;  unknown S stays unknown
    half_life : years;  burstiness D : variance over mean;  trip : visits in one trip;  summit_visits w
    uniforms : as engagement;  dt : years
    Range: >= 0. Parts: forgetting, visits, steady offer, summit.
    Fails for visits that are announced and called off.
    """
    xp = namespace(engagement)
    left, beta = decay(half_life, dt), LN2 / half_life
    near = 1.0 - known(distance_cost)
    rate = xp.maximum(known(engagement_start) + narrow(known(visit_rate)) * near, 1e-9)
    mean, chance = rate * dt, step_probability(rate / trip, dt)
    size = mean / chance
    spread = burstiness * mean * beta * dt * (1.0 + left) / (2.0 * (1.0 - left))
    b = xp.sqrt(xp.maximum((spread + mean**2) / chance - size**2, 0.0))
    jump = xp.where(uniform_when < chance, size - b - b * xp.log(1.0 - uniform_size), 0.0)
    own = 0.0 * engagement
    return {"engagement": {
        "forgetting": (left - 1.0) * engagement,
        "visits": (1.0 - left) / dt * jump + own,
        "steady offer": (1.0 - left) * narrow(known(steady_offer)) * near + own,
        "summit": (1.0 - left) / dt * summit_visits * xp.astype(narrow(truth(summit)), xp.float64) + own,
    }}


@mechanism(
    model="M22", phase="publics", writes="attitude", axes=("power", "receiver"), unit="index",
    source="Goldsmith, Horiuchi & Matush 2021 (visits of leaders raise regard abroad)",
)
def engagement_regard(
    engagement: Array, engagement_start: Array, attitude: Array, *, effect: Array, half_use: Array, dt: float
) -> Returned:
    """Visits lift the host public's regard for the visitor.

    d attitude = b dt (f(S) - f(S0)), f(S) = S / (S + h); the regard fades by the public's own reversion

    engagement S, engagement_start S0 : (power, receiver, member), visits per year;  attitude : index
    effect b : index per year from none to endless visits;  half_use h : visits per year;  dt : years
    Range: a few hundredths a year.
    Fails for visits that go wrong.
    """
    lift = use(engagement, half_use) - use(engagement_start, half_use)
    return {"attitude": effect * dt * lift + 0.0 * attitude}


@mechanism(
    model="M22", phase="alignment", writes="ideal_point", axes="actor", unit="UN scale",
    source="C-B1-054 and C-B1-055 (near and steady powers draw more); assumption: weak by design",
)
def engagement_draw(
    engagement: Array, engagement_start: Array, compliance: Array, distance_cost: Array,
    position_power: Array, position_receiver: Array, receiver_place: Array, *,
    pull: Array, compliance_pull: Array, half_use: Array, dt: float,
) -> Returned:
    """A state moves toward a power that visits more than it used to, and toward one it yields to.

    dv_i = sum_p (1 - e^(-k_p dt)) (v_p - v_i);  k_p = b (1 - c_p) (f(S_p) - f(S0_p)) and b_c C_p
    f(S) = S / (S + h)

    engagement S, engagement_start S0 (visits per year), compliance C, distance_cost c (0 to 1) :
    (power, receiver, member);  position_power : (power, member), position_receiver : (receiver, member),
    UN scale, unknown draws nothing;  receiver_place : (receiver, actor, 1), 1 where the actor is the receiver
    pull b, compliance_pull b_c : per year;  half_use h : visits per year;  dt : years
    Range: a few hundredths a year. Parts: engagement, compliance.
    Fails for votes that are bought one by one.
    """
    xp = namespace(engagement)
    lift = use(engagement, half_use) - use(engagement_start, half_use)
    gap = known(position_power[:, None, :] - position_receiver[None, :, :])

    def drawn(rate: Array) -> Array:
        moved = xp.sum(known(-xp.expm1(-rate * dt)) * gap, axis=0)
        return xp.sum(receiver_place * moved[:, None, :], axis=0)

    return {"ideal_point": {
        "engagement": drawn(pull * (1.0 - known(distance_cost)) * lift),
        "compliance": drawn(compliance_pull * compliance),
    }}
