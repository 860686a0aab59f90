"""Outbreaks, closed borders, absent workers, fear of the origin and trends that speed up (M17).

Without an outbreak every state of this file stays 0.
"""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known, split_growth

__all__ = [
    "absent_workers", "border_decision", "border_state", "fear_of_origin", "lockdown", "outbreak_arrival",
    "outbreak_course", "trend_speed", "trend_speed_two_sided",
]


@mechanism(
    model="M17", phase="exogenous", writes="outbreak_begins", axes="actor", unit="per year",
    source="Chinazzi et al. (2020), Science 368(6489), 395-400 (travel carries an epidemic abroad); "
    "assumption: travel goes with the output of the origin",
    idle="exposure",
)
def outbreak_arrival(
    spread: Array, exposure: Array, isolation: Array, *, import_rate: Array, isolation_effect: Array,
    uniform: Array, dt: float,
) -> Returned:
    """Draw the arrival of an epidemic in an actor that travellers from outbreaks can still reach.

    p = 1-exp(-rate dt);  rate = import_rate exposure (1 - isolation_effect isolation), 0 once spread > 0

    spread, exposure, isolation : (actor, member); course passed; share of the world's output in outbreaks,
    less closed borders; 1 where arrivals are isolated.  import_rate : per year at exposure 1
    isolation_effect : share of arrivals stopped, in [0, 1];  dt : years
    Range: probability in [0, 1], exactly 0 without an outbreak elsewhere.
    Fails to begin an epidemic by itself: the first outbreak is a patch.
    """
    xp = namespace(spread)
    travel = xp.where(spread > 0.0, 0.0, import_rate * known(exposure))
    stopped = -travel * isolation_effect * isolation
    chance = step_probability(travel + stopped, dt)
    return {"outbreak_begins": Event(uniform < chance, chance,
                                     {"travel from outbreaks": travel, "isolation of arrivals": stopped})}


@mechanism(
    model="M17", phase="economy", writes=("spread", "outbreak", "reported", "blamed"), axes="actor",
    unit="share",
    source="Kermack and McKendrick (1927), Proceedings of the Royal Society A 115, 700-721 (one wave rises "
    "and burns out); assumption: its logistic approximation, reported late and in part",
    idle=("spread", "outbreak_begins", "reported"),
)
def outbreak_course(
    spread: Array, outbreak: Array, reported: Array, blamed: Array, outbreak_begins: Array,
    containment: Array, concealment: Array, *, growth: Array, containment_factor: Array, seed: Array,
    delay: Array, dt: float,
) -> Returned:
    """Carry each outbreak along its logistic course and report it late, less what the state conceals.

    S' = S / (S + (1-S) exp(-r dt)), S = seed where one begins;  r = growth (1 + factor containment)
    x' = 4 S' (1-S');  q' = q + (1 - exp(-dt/delay)) ((1 - concealment) (x + x')/2 - q)
    blamed' = 1 where one begins while no course had started anywhere

    all states : (actor, member); S course passed, x intensity (1 at the peak), q what is reported, in [0, 1]
    containment, concealment : share in [0, 1];  growth : per year;  seed : share;  delay : years;  dt : years
    Range: [0, 1]. An outbreak begins in the middle of its step.
    Fails to tell waves apart: one course per actor stands for all of them.
    """
    xp = namespace(spread)
    fresh = truth(outbreak_begins) & (spread <= 0.0)
    first = fresh & ~xp.any(spread > 0.0, axis=0, keepdims=True)
    begun = xp.where(fresh, seed + 0.0 * spread, spread)
    span = dt * (1.0 - 0.5 * xp.astype(fresh, xp.float64))
    left = xp.exp(-growth * (1.0 + containment_factor * containment) * span)
    course = begun / (begun + (1.0 - begun) * left)
    level = 4.0 * course * (1.0 - course)
    seen = (1.0 - concealment) * 0.5 * (outbreak + level)
    return {
        "spread": course - spread,
        "outbreak": level - outbreak,
        "reported": (1.0 - xp.exp(-dt / delay)) * (seen - reported),
        "blamed": xp.where(first, 1.0 - blamed, 0.0),
    }


@mechanism(
    model="M17", phase="decisions", writes=("border_closed", "border_reopened"), axes=("power", "receiver"),
    unit="per year", source="C-B1-012 (news of an outbreak severs links); C-B1-028 (need reopens them); "
    "assumption: either side closes, on what is reported",
    idle=("worry", "border_shut", "entry_ban"),
)
def border_decision(
    worry: Array, border_shut: Array, entry_ban: Array, stress: Array, *, closing_rate: Array,
    ban_rate: Array, reopening_log_rate: Array, worry_effect: Array, stress_effect: Array, uniform: Array,
    dt: float,
) -> Returned:
    """Draw the closing of an open border and the reopening of a shut one.

    closing rate = c worry + b ban;  reopening rate = (1 - ban) exp(o0 - o1 worry + o2 stress)

    worry, border_shut, entry_ban : (power, receiver, member); larger of what the two sides report, share
    shut, 1 where an emergency rule bars entry;  stress : (receiver, member), sd
    closing_rate c, ban_rate b : per year;  reopening_log_rate o0 : ln per year;  effects : ln rate
    Range: probabilities in [0, 1]; closing exactly 0 without worry and ban.
    Fails for borders that open for goods and stay shut for people.
    """
    xp = namespace(border_shut)
    shut = border_shut > 0.0
    ban = known(entry_ban)
    reported, barred = closing_rate * known(worry), ban_rate * ban
    closing = xp.where(shut, 0.0, step_probability(reported + barred, dt))
    terms = {"base rate": reopening_log_rate, "reported outbreak": -worry_effect * known(worry),
             "hardship": stress_effect * known(stress)[None, ...]}
    reopening = xp.where(shut, step_probability((1.0 - ban) * xp.exp(sum(terms.values())), dt), 0.0)
    return {
        "border_closed": Event(uniform < closing, closing,
                               {"reported outbreak": reported, "entry ban": barred + 0.0 * border_shut}),
        "border_reopened": Event(uniform < reopening, reopening, terms),
    }


@mechanism(
    model="M17", phase="exogenous", writes="border_shut", axes=("power", "receiver"), unit="share",
    source="assumption: a closure stops people and a part of the goods that differs from border to border",
    idle=("border_closed", "border_reopened"),
)
def border_state(
    border_shut: Array, border_closed: Array, border_reopened: Array, *, depth: Array, uniform: Array
) -> Returned:
    """Book the closings and reopenings of the step before; how much a closure stops is drawn with it.

    shut' = u^(1/depth - 1) where closed (its mean is depth), else 0 where reopened, else shut

    all : (power, receiver, member);  depth : mean share of the traffic that a closure stops, in (0, 1)
    Range: [0, 1]. Lorry roads stop, pipelines and trains go on: uniform on [0, 1] at depth one half.
    Fails for closures that tighten or loosen step by step.
    """
    xp = namespace(border_shut)
    closed, opened = truth(border_closed), truth(border_reopened) & ~truth(border_closed)
    return {"border_shut": {
        "closed": xp.where(closed, uniform ** (1.0 / depth - 1.0) - border_shut, 0.0),
        "reopened": xp.where(opened, -border_shut, 0.0),
    }}


@mechanism(
    model="M17", phase="economy", writes="remittances", axes=("power", "receiver"), unit="usd",
    source="World Bank, remittances 2019-2020 (wdi-remittances-2025): transfers fell little behind closed "
    "borders",
    idle=("border_shut", "border_shut_before"),
)
def absent_workers(
    remittances: Array, border_shut: Array, border_shut_before: Array, *, absence_effect: Array
) -> Returned:
    """Keep at home the workers whom a shut border stops: what they send falls, and returns with them.

    R' = R exp(-e (shut - shut one step ago))

    remittances : (power, receiver, member), usd, unknown stays unknown;  border_shut, border_shut_before :
    (power, receiver, member), share of traffic stopped;  absence_effect e : log points per unit shut
    Range: reversible, at most exp(e) either way.
    Fails for workers stranded in the host, who go on sending.
    """
    change = -absence_effect * (known(border_shut) - known(border_shut_before))
    return {"remittances": split_growth(known(remittances), {"absent workers": change})}


@mechanism(
    model="M17", phase="economy", writes=("growth_gap", "power_gap"), axes="receiver", unit="per year",
    source="World Bank growth 2020 against the mean of 2015-2019 (wdi-2025)",
    idle=("reported_receiver", "reported_power"),
)
def lockdown(
    reported_receiver: Array, reported_power: Array, *, demand_loss: Array, dt: float
) -> Returned:
    """Lower the growth of everybody whose state reports an outbreak and shuts down for it.

    dg/dt = -l reported, beside the recovery that growth itself has

    reported_receiver : (receiver, member), reported_power : (power, member), in [0, 1]
    demand_loss l : growth per year lost in a year of a fully reported outbreak;  dt : years
    Range: <= 0.
    Fails for economies that win from a shock abroad, such as exporters of gold.
    """
    loss = -demand_loss * dt
    return {"growth_gap": {"lockdown": loss * known(reported_receiver)},
            "power_gap": {"lockdown": loss * known(reported_power)}}


@mechanism(
    model="M17", phase="publics", writes=("attitude", "anger"), axes=("power", "receiver"), unit="index",
    source="C-B1-006 (fear of infection fed hostility); assumption: the size",
    idle="worry",
)
def fear_of_origin(worry: Array, blame: Array, *, regard_loss: Array, heat: Array, dt: float) -> Returned:
    """Let fear of infection sour the public on the power from which the epidemic came.

    d attitude/dt = -regard_loss blame worry;  d anger/dt = heat blame worry

    worry : (power, receiver, member), larger of what the two sides report, in [0, 1]
    blame : (power, member), 1 for the origin;  regard_loss, heat : index per year of full worry;  dt : years
    Range: increments <= 0 and >= 0; 0 without an outbreak. Attitude recovers by its own reversion.
    Fails where help from the origin outweighs the fear: see medical aid.
    """
    dread = dt * known(worry) * blame[:, None, :]
    return {"attitude": {"fear": -regard_loss * dread}, "anger": {"fear": heat * dread}}


def _hastened(worry: Array, trade_trend: Array, speed: Array, dt: float) -> Returned:
    return {"trade_gap": {"trend": speed * dt * known(worry) * known(trade_trend)}}


@mechanism(
    model="M17", phase="economy", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="C-B1-048 (the epidemic speeds trends instead of making them): an argument to be tested",
    idle="worry",
)
def trend_speed(worry: Array, trade_trend: Array, *, speed: Array, dt: float) -> Returned:
    """Speed the trend of each giver's trade share by a factor 1 + s while the shock lasts.

    dy/dt = s worry trend

    worry : (power, receiver, member), in [0, 1];  trade_trend : (power, receiver, member), log points per
    year before the start, unknown carries nothing;  speed s >= 0, share;  dt : years
    Range: at most s times the trend; 0 without an outbreak.
    Fails where the shock breaks a trend: see the two-sided rival.
    """
    return _hastened(worry, trade_trend, speed, dt)


@mechanism(
    model="M17", phase="economy", writes="trade_gap", axes=("power", "receiver"), unit="log points",
    source="assumption: a shock may as well slow a trend as speed it", rival_of="trend-speed",
    idle="worry",
)
def trend_speed_two_sided(worry: Array, trade_trend: Array, *, speed: Array, dt: float) -> Returned:
    """Rival of `trend_speed` without the thesis: s is centred on 0 and may have either sign.

    dy/dt = s worry trend

    arrays as in `trend_speed`;  speed s : share, any sign;  dt : years
    Range: within s times the trend either way; 0 without an outbreak.
    Fails where the sign is known: it spreads over both.
    """
    return _hastened(worry, trade_trend, speed, dt)
