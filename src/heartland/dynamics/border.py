"""Clashes over a contested border, what follows them, and the agreement that ends them (M20)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "border_memory", "ceasefire", "clash", "clash_hardship", "demarcation", "mediation", "pair_ties",
]

LN4 = 2.0 * LN2


@mechanism(
    model="M20", phase="publics", writes="clash", axes="border", unit="per year",
    source="Fortna (2003), International Organization 57(2), 337-372; Gibler (2007), International Studies "
    "Quarterly 51(3), 509-532; C-A2-004 and C-A2-007",
)
def clash(
    recent_clash: Array, agreed: Array, monitors: Array, demilitarised: Array, *, log_rate: Array,
    recent_effect: Array, agreed_effect: Array, monitor_effect: Array, strip_effect: Array, uniform: Array,
    dt: float,
) -> Returned:
    """Draw fighting on a border that costs some twenty lives or more.

    rate = exp(min(ln 4, a0 + a1 recent - a2 agreed - a3 monitors - a4 strips));  p = 1 - exp(-rate dt)

    recent_clash (1 = just now), agreed (share of the line), monitors, demilitarised (share covered) : (B, M)
    log_rate a0 : ln per year on a line without any agreement;  effects : ln rate per unit;  dt : years
    Range: at most four clashes a year.
    Fails for skirmishes without many deaths, and for wars fought for aims beyond the border.
    """
    xp = namespace(recent_clash)
    terms = {
        "base rate": log_rate,
        "recent clash": recent_effect * known(recent_clash),
        "agreed line": -agreed_effect * known(agreed),
        "monitors": -monitor_effect * known(monitors),
        "demilitarised strips": -strip_effect * known(demilitarised),
    }
    chance = step_probability(xp.exp(xp.minimum(sum(terms.values()) + 0.0 * uniform, LN4)), dt)
    return {"clash": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M20", phase="powers", writes="ceasefire", axes="border", unit="probability",
    source="assumption: most clashes end in a signed order to pull back within days", idle="clash",
)
def ceasefire(clash: Array, *, signed: Array, uniform: Array) -> Returned:
    """Draw, once per clash, whether the two sides sign a ceasefire with a pull-back.

    P = signed given a clash, else 0

    clash : (B, M);  signed : probability;  uniform : (B, M)
    Range: [0, 1]; 0 without a clash.
    Fails for ceasefires broken within the month, which count as one clash.
    """
    chance = namespace(clash).where(truth(clash), signed, 0.0)
    return {"ceasefire": Event(uniform < chance, chance, {"signed": chance})}


@mechanism(
    model="M20", phase="organisations", writes="mediation", axes=("organisation", "border"),
    unit="probability",
    source="Greig & Regan (2008), International Studies Quarterly 52(4), 759-781 (offers and consent are "
    "two decisions); assumption: an organisation mediates between its members only", idle="clash",
)
def mediation(
    clash: Array, border_member: Array, good_offices: Array, *, offer: Array, consent: Array,
    member_effect: Array, floor: Array, uniform_offer: Array, uniform_first: Array, uniform_second: Array,
) -> Returned:
    """Draw, once per clash, whether an organisation mediates: it offers and both sides say yes.

    P(a side says yes) = (1-eps) logistic(m0 + m1 [both sides are members]) + eps/2
    P = ready * P(yes)^2 after a clash where both have some seat, else 0;  ready = 1 - (1 - offer) (1 - g)

    clash : (B, M);  border_member : (O, B, M), 1 both members, .5 both at least observers or partners, else 0
    good_offices g : (O, M), 1 = its lead has made it a rule to offer, 0 = no such rule
    offer : probability;  consent m0, member_effect m1 : log odds;  floor eps : share mixed with a coin
    Range: [0, 1]; exactly 0 without a clash or a seat for both.
    Fails for a mediator that is a state, and for consent bought from one side.
    """
    xp = namespace(clash)
    seat = known(border_member)
    due = truth(clash)[None, ...] & (seat > 0.0)
    terms = {"consent": consent, "both members": member_effect * xp.astype(seat >= 1.0, xp.float64)}
    yes = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    ready = (1.0 - (1.0 - offer) * (1.0 - known(good_offices)))[:, None, :]
    chance = xp.where(due, ready * yes * yes, 0.0)
    agreed = (uniform_offer < ready) & (uniform_first < yes) & (uniform_second < yes)
    return {"mediation": Event(due & agreed, chance, terms)}


@mechanism(
    model="M20", phase="decisions", writes="border_agreed", axes="border", unit="per year",
    source="assumption: the last stretch of a line is agreed at a constant rate, moved by a recent clash",
)
def demarcation(
    recent_clash: Array, agreed: Array, *, log_rate: Array, recent_effect: Array, uniform: Array, dt: float
) -> Returned:
    """Draw the treaty on the whole line where a part is still open.

    rate = exp(min(ln 4, d0 + d1 recent)) while agreed < 1, else 0;  p = 1 - exp(-rate dt)

    recent_clash, agreed : (B, M);  log_rate : ln per year;  recent_effect d1 : ln rate, either sign
    Range: [0, 1]; 0 once the line is agreed.
    Fails for a change of leader, which opened two of the three lines of the record.
    """
    xp = namespace(recent_clash)
    terms = {"base rate": log_rate, "recent clash": recent_effect * known(recent_clash)}
    rate = xp.exp(xp.minimum(sum(terms.values()) + 0.0 * uniform, LN4))
    chance = xp.where(known(agreed) < 1.0, step_probability(rate, dt), 0.0)
    return {"border_agreed": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M20", phase="alignment", writes=("recent_clash", "agreed"), axes="border", unit="share",
    source="assumption: a clash is remembered with a half-life, less after a ceasefire or mediation",
)
def border_memory(
    recent_clash: Array, agreed: Array, clash: Array, ceasefire: Array, mediation: Array,
    border_agreed: Array, *, half_life: Array, ceasefire_relief: Array, mediation_relief: Array, dt: float,
) -> Returned:
    """Carry the memory of the last clash and the agreed share of the line.

    r' = d r without a clash;  r' = max(d r, k (1 - q_c [ceasefire]) (1 - q_m [mediation])) after one
    d = 2^(-dt/half_life);  k = (1-d) half_life / (ln 2 dt), mean share left of a jump inside the step
    agreed' = 1 at an agreement on the whole line

    recent_clash, agreed, clash, ceasefire, border_agreed : (B, M);  mediation : (O, B, M)
    half_life : years, > 0;  reliefs q : shares in [0, 1];  dt : years
    Range: both in [0, 1].
    Fails for grievances kept alive on purpose.
    """
    xp = namespace(recent_clash)
    left = decay(half_life, dt)
    kept = (1.0 - left) * half_life / (LN2 * dt)
    calm = xp.where(truth(ceasefire), 1.0 - ceasefire_relief, 1.0)
    calm = calm * xp.where(xp.any(truth(mediation), axis=0), 1.0 - mediation_relief, 1.0)
    faded = left * recent_clash
    jump = xp.where(truth(clash), xp.maximum(kept * calm - faded, 0.0), 0.0)
    treaty = xp.where(truth(border_agreed), 1.0 - agreed, 0.0)
    return {"recent_clash": {"decay": (left - 1.0) * recent_clash, "clash": jump},
            "agreed": {"treaty": treaty}}


@mechanism(
    model="M20", phase="decisions", writes="stress", axes="receiver", unit="sd",
    source="assumption: a clash displaces people and shuts local trade on both sides", idle="clash",
)
def clash_hardship(clash: Array, border_side: Array, *, hardship: Array) -> Returned:
    """Raise the hardship felt on both sides of a border by a clash; it fades with that of other causes.

    ds_i = h * number of clashes on the borders of i

    clash : (B, M);  border_side : (B, R, M), 1 for the two sides;  hardship : sd of stress per clash
    Range: increments >= 0.
    Fails where a clash rallies the public round the government.
    """
    xp = namespace(clash)
    hit = xp.sum(known(border_side) * known(clash)[:, None, :], axis=0)
    return {"stress": {"border clash": hardship * hit}}


@mechanism(
    model="M20", phase="corridors", writes=("pair_votes", "pair_exercises"), axes="border", unit="share",
    source="assumption: two states that fought vote and drill together less while they remember it",
)
def pair_ties(
    recent_clash: Array, recent_clash_start: Array, *, vote_loss: Array, exercise_loss: Array
) -> Returned:
    """Agreement in votes and joint exercises of the two sides, against the start.

    votes = -v (r - r at start), share of votes;  exercises = -x (r - r at start), log points

    recent_clash, recent_clash_start : (B, M);  vote_loss : share;  exercise_loss : log points, >= 0
    Range: unbounded, a few hundredths and about one in practice.
    Fails for drills cancelled by the host of one of them alone.
    """
    more = known(recent_clash - recent_clash_start)
    return {"pair_votes": -vote_loss * more, "pair_exercises": -exercise_loss * more}
