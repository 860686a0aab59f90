"""Pressure and reward: when a power uses its leverage, when a state concedes, what it costs (row M14)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace, narrow, yearly_to_step
from heartland.dynamics.events import LN2, decay, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "compliance", "concession", "leverage", "power_means", "pressure_bite", "pressure_level", "reward_level",
]


@mechanism(
    model="M14", phase="decisions", writes=("pressure_on", "reward_on"), axes=("power", "receiver"),
    unit="probability per year",
    source="Drezner 1999, The Sanctions Paradox (asymmetry, and friends of the target); C-B2-003",
)
def leverage(
    reliance: Array, own_exposure: Array, stake: Array, conditional: Array, glue: Array, pressure: Array, *,
    intercept: Array, stake_effect: Array, exposure_effect: Array, asymmetry_effect: Array,
    glue_effect: Array, carrot: Array, floor: Array, uniform_use: Array, uniform_kind: Array, dt: float,
) -> Returned:
    """Draw whether power p uses its leverage over state i, and whether as punishment or as reward.

    P per year = r_p ((1-eps) logistic(l0 + l1 stake + l3 (D_pi - X_pi) - l2 X_pi - l4 G_pi) + eps/2),
    G_pi = sum_q max(0, glue_pq) D_qi;  per step 1-(1-P)^dt;  reward with probability `carrot`, else pressure

    reliance D (of i on p), own_exposure X (of p to i), stake : (power, receiver, member)
    conditional r : (power, member), 0 to 1: how far p's statecraft is reward and punishment
    glue : (power, power, member);  pressure : (power, receiver, member): no second use while one lasts
    intercept, effects : log odds (per unit);  carrot, floor eps : share;  uniforms : as reliance;  dt : years
    Range: per year in [0, 1]; 0 where r = 0.
    Fails for leverage that works unspoken because both sides know it is there.
    """
    xp = namespace(reliance)
    held, own = known(reliance), known(own_exposure)
    warm = xp.maximum(glue, 0.0)
    friends = sum(warm[:, q, None, :] * held[q, ...] for q in range(held.shape[0]))
    terms = {
        "base rate": intercept, "stake": stake_effect * narrow(known(stake)),
        "own exposure": -exposure_effect * own,
        "asymmetry": asymmetry_effect * (held - own), "friends of the target": -glue_effect * friends,
    }
    yearly = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    free = xp.where(pressure > 0.5, 0.0, known(conditional)[:, None, :])
    chance = yearly_to_step(yearly * free, dt)
    used, sweet = uniform_use < chance, uniform_kind < carrot
    return {"pressure_on": Event(used & ~sweet, chance * (1.0 - carrot), terms),
            "reward_on": Event(used & sweet, chance * carrot, terms)}


@mechanism(
    model="M14", phase="organisations", writes=("conceded", "resisted"), axes=("power", "receiver"),
    unit="probability",
    source="Hufbauer, Schott, Elliott & Oegg 2007, Economic Sanctions Reconsidered (about one third "
    "succeed); C-B2-030; C-B2-025", idle=("pressure_on", "reward_on"),
)
def concession(
    pressure_on: Array, reward_on: Array, reliance: Array, salience: Array, reward_size: Array,
    means: Array, vectors: Array, *, intercept: Array, loss_effect: Array, salience_effect: Array,
    reward_effect: Array, means_effect: Array, outside_effect: Array, floor: Array, uniform: Array,
) -> Returned:
    """Draw, once per use of leverage, whether the state concedes.

    P = (1-eps) logistic(q0 + q1 (D - .25) [pressure] - q2 salience + q3 B [reward] + q5 M_p - q4 (N - 3))
        + eps/2;  0 without a use

    pressure_on, reward_on (events of this step), reliance D, salience, reward_size B (percent of GDP a
    year) : (power, receiver, member);  means M : (power, member), log output off trend
    vectors N : (receiver, member), effective number of trade partners among the powers, unknown counts as 3
    intercept, effects : log odds (per unit);  floor eps : share;  uniform : as reliance
    Range: [eps/2, 1 - eps/2] at a use, else 0.
    Fails for concessions given before anything is said, which no record shows.
    """
    xp = namespace(reliance)
    hard, soft = truth(pressure_on), truth(reward_on)
    own = 0.0 * known(reliance)
    choice = xp.where(xp.isfinite(vectors), vectors - 3.0, xp.zeros_like(vectors))
    terms = {
        "reference case": intercept,
        "loss": xp.where(hard, loss_effect * (known(reliance) - 0.25), own),
        "salience": -salience_effect * known(salience),
        "reward": xp.where(soft, reward_effect * known(reward_size) + own, own),
        "means of the power": means_effect * known(means)[:, None, :],
        "other partners": -outside_effect * choice[None, ...],
    }
    asked = hard | soft
    yes = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    given = asked & (uniform < yes)
    return {"conceded": Event(given, xp.where(asked, yes, own), terms),
            "resisted": Event(asked & ~given, xp.where(asked, 1.0 - yes, own), terms)}


@mechanism(
    model="M14", phase="corridors", writes="pressure", axes=("power", "receiver"), unit="share",
    source="assumption: punishment begins when a state resists, and wears off",
    idle=("pressure", "pressure_on"),
)
def pressure_level(
    pressure: Array, pressure_on: Array, conceded: Array, *, half_life: Array, dt: float
) -> Returned:
    """Punishment in force: full once a state resists, gone once it concedes, fading in between.

    P' = 0 where i concedes to p, 1 where p punishes and i resists, else 2^(-dt/half_life) P

    pressure P : (power, receiver, member), 0 to 1;  pressure_on, conceded : events of this step
    half_life : years, > 0;  dt : years
    Range: [0, 1].
    Fails for sanctions kept for good by law.
    """
    xp = namespace(pressure)
    left = decay(half_life, dt) * pressure
    level = xp.where(truth(pressure_on), xp.ones_like(pressure), left)
    level = xp.where(truth(conceded), xp.zeros_like(pressure), level)
    return {"pressure": level - pressure}


@mechanism(
    model="M14", phase="corridors", writes="reward", axes=("power", "receiver"), unit="percent of GDP",
    source="F-B2-043 (money offered for ending a lease); assumption: paid out over some years",
    idle=("reward", "reward_on"),
)
def reward_level(
    reward: Array, reward_on: Array, conceded: Array, reward_size: Array, *, half_life: Array, dt: float
) -> Returned:
    """Reward being paid: begins when an offer is taken, runs out.

    B' = d B + k size [offer taken];  d = 2^(-dt/half_life), k = sqrt(d), the share left of a mid-step start

    reward B, reward_size : (power, receiver, member), percent of the receiver's GDP a year
    reward_on, conceded : events of this step;  half_life : years, > 0;  dt : years
    Range: >= 0. Parts: payout, new.
    Fails where the money is promised and never comes.
    """
    xp = namespace(reward)
    left = decay(half_life, dt)
    taken = truth(reward_on) & truth(conceded)
    return {"reward": {
        "payout": (left - 1.0) * reward,
        "new": xp.where(taken, xp.sqrt(left) * known(reward_size) + 0.0 * reward, 0.0 * reward),
    }}


@mechanism(
    model="M14", phase="corridors", writes="compliance", axes=("power", "receiver"), unit="index",
    source="C-B2-030 (smaller lifeline, smaller reason to obey); assumption: a concession counts 1 and fades",
)
def compliance(compliance: Array, conceded: Array, *, half_life: Array, dt: float) -> Returned:
    """Concessions of a state to a power, remembered for a while.

    C' = d C + sqrt(d) [i concedes to p];  d = 2^(-dt/half_life)

    compliance C : (power, receiver, member), concessions;  conceded : event of this step
    half_life : years, > 0;  dt : years
    Range: >= 0. Parts: fading, concession.
    Fails for lasting changes of law that a concession may bring.
    """
    xp = namespace(compliance)
    left = decay(half_life, dt)
    return {"compliance": {
        "fading": (left - 1.0) * compliance,
        "concession": xp.where(truth(conceded), xp.sqrt(left) + 0.0 * compliance, 0.0 * compliance),
    }}


@mechanism(
    model="M14", phase="decisions", writes=("trade_gap", "remittances", "growth_gap"),
    axes=("power", "receiver"), unit="log points; usd; per year",
    source="Hufbauer et al. 2007 (sanctions cut trade); C-B2-027 (migration rules restrict legal work)",
)
def pressure_bite(
    pressure: Array, reward: Array, trade_gap: Array, remittances: Array, *, trade_bite: Array,
    remittance_bite: Array, reward_growth: Array, dt: float,
) -> Returned:
    """What pressure costs and what a reward pays while they last.

    d trade_gap = -b_t P dt;  R' = R exp(-b_r P dt);  d growth_gap = b_g dt sum_p B_p / 100

    pressure P (0 to 1), reward B (percent of GDP a year) : (power, receiver, member)
    trade_gap, remittances : (power, receiver, member), log points, usd a year; unknown stays unknown
    trade_bite, remittance_bite : log points per year of full pressure;  reward_growth : growth per unit share
    Range: log changes of -1 to 0 a year.
    Fails for threats that hurt by fear alone.
    """
    xp = namespace(pressure)
    return {
        "trade_gap": -trade_bite * dt * pressure + 0.0 * trade_gap,
        "remittances": remittances * xp.expm1(-remittance_bite * dt * narrow(pressure)),
        "growth_gap": reward_growth * dt * xp.sum(known(reward), axis=0) / 100.0,
    }


@mechanism(
    model="M14", phase="economy", writes="means", axes="power", unit="log points",
    source="C-B1-043 (a power in trouble is no rescuer); assumption: bad years are forgotten slowly",
)
def power_means(means: Array, power_surge: Array, *, half_life: Array, dt: float) -> Returned:
    """Means of a power: its growth off trend, added up and slowly forgotten.

    m' = d m + (1-d) / -ln(d) surge dt;  d = 2^(-dt/half_life)

    means m : (power, member), log points of output off trend;  power_surge : (power, member), growth off
    trend over the last step, per year, patches included, unknown counts as 0
    half_life : years, > 0;  dt : years
    Range: -0.5 to 0.5. Parts: fading, growth.
    Fails for a power that pays abroad because things go badly at home.
    """
    left = decay(half_life, dt)
    kept = (1.0 - left) * half_life / (LN2 * dt)
    return {"means": {
        "fading": (left - 1.0) * means, "growth": kept * known(power_surge) * dt + 0.0 * means,
    }}
