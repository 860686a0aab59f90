"""Who joins an organisation, who leaves or freezes, and what members remember of refusals (M12)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow, only_where
from heartland.dynamics.decide import chance_of_at_most, objections_survived
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "FROZEN", "MEMBER", "OBSERVER", "OUT", "PARTNER", "accession", "departures", "exit_or_freeze",
    "observer_status", "standing", "unmet",
]

OUT, OBSERVER, PARTNER, MEMBER, FROZEN = 0.0, 1.0, 2.0, 3.0, 4.0


@mechanism(
    model="M12", phase="organisations", writes="joins", axes=("organisation", "actor"), unit="per year",
    source="memberships (observers that became members); assumption: slopes declared in the design",
)
def accession(
    membership: Array, candidate: Array, lead_dependence: Array, side_payment: Array, join_pressure: Array,
    autonomy: Array, admission_kind: Array, admission_veto: Array, member_count: Array,
    observers_admitted: Array, *, log_rate: Array, dependence_effect: Array, payment_effect: Array,
    pressure_effect: Array, autonomy_effect: Array, observer_effect: Array, objection: Array,
    uniform: Array, dt: float,
) -> Returned:
    """Draw who becomes a member: a candidate applies, and the members admit it by their rule.

    rate = exp(log_rate + a dependence + b payment + c pressure - d autonomy + e [observer or partner])
           * P(K <= objections the rule survives), K ~ Binomial(members, objection);  p = 1 - exp(-rate dt)

    membership (code 0 out .. 4 frozen), candidate (1 or 0), lead_dependence (share 0..1), side_payment
    (tenths of GDP), join_pressure, autonomy (index, 0 unless patched) : (O, A, M)
    admission_kind (position in KINDS), admission_veto, member_count, observers_admitted (0 where no rank
    below membership counts) : (O, M);  objection : [0, 1)
    log_rate : ln per year;  effects : log rate per unit;  uniform : (O, A, M);  dt : years
    Range: [0, 1]; exactly 0 for members, for others than candidates, and where admission is `never`.
    Fails for candidates who haggle for years with a date already agreed.
    """
    xp = namespace(uniform)
    ranked = ((membership == OBSERVER) | (membership == PARTNER)) & truth(observers_admitted)[:, None, :]
    terms = {
        "base rate": log_rate,
        "dependence on lead": dependence_effect * known(lead_dependence),
        "side payment": payment_effect * narrow(known(side_payment)),
        "pressure": pressure_effect * narrow(known(join_pressure)),
        "autonomy": -autonomy_effect * narrow(known(autonomy)),
        "observer": xp.where(ranked, observer_effect, 0.0),
    }
    survived = objections_survived(admission_kind, member_count, truth(admission_veto))
    admitted = chance_of_at_most(survived, member_count, objection)[:, None, :]

    def admission(some: Array, *logs: Array) -> Array:
        return step_probability(xp.exp(sum(logs)) * some, dt)

    chance = only_where(truth(candidate) & (membership < MEMBER), admission, admitted, *terms.values())
    return {"joins": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M12", phase="organisations", writes="observes", axes=("organisation", "actor"), unit="per year",
    source="memberships (observers since 2004); assumption: same slope on dependence as for members",
)
def observer_status(
    membership: Array, candidate: Array, lead_dependence: Array, observers_admitted: Array, *,
    log_rate: Array, dependence_effect: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw which candidate outside becomes an observer.

    rate = exp(log_rate + a dependence);  p = 1 - exp(-rate dt) for candidates that are out, else 0

    membership (code), candidate (1 or 0), lead_dependence (share 0..1), uniform : (O, A, M)
    observers_admitted : (O, M), 0 where the rule is `never`;  log_rate : ln per year;  dt : years
    Range: [0, 1].
    Fails to tell observers from dialogue partners.
    """
    xp = namespace(uniform)
    terms = {"base rate": log_rate, "dependence on lead": dependence_effect * known(lead_dependence)}
    due = truth(candidate) & (membership == OUT) & truth(observers_admitted)[:, None, :]
    chance = only_where(due, lambda *logs: step_probability(xp.exp(sum(logs)), dt), *terms.values())
    return {"observes": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M12", phase="organisations", writes=("leaves", "freezes"), axes=("organisation", "actor"),
    unit="per year",
    source="memberships (five exits or freezes in about 200 member-years of the oldest alliance of the "
    "region); Hirschman (1970), Exit, Voice, and Loyalty; assumption: slopes declared in the design",
)
def exit_or_freeze(
    membership: Array, is_lead: Array, unmet_request: Array, divergence: Array, departures: Array,
    benefit: Array, voice: Array, exit_barred: Array, exit_condition: Array, *, log_rate: Array,
    unmet_effect: Array, divergence_effect: Array, contagion: Array, benefit_effect: Array,
    voice_effect: Array, condition_effect: Array, exit_share: Array, uniform_whether: Array,
    uniform_which: Array, dt: float,
) -> Returned:
    """Draw who breaks with an organisation, then whether by leaving or by freezing the membership.

    rate = exp(log_rate + a unmet + b divergence + c departures - d benefit - e voice + f cond (-benefit)+)
    p = 1 - exp(-rate dt);  it leaves with P = exit_share (0 where barred), else freezes; a frozen one leaves

    membership (code), is_lead (1 or 0), unmet_request (recent refusals), divergence (UN scale points apart
    from the lead, change since the start), benefit (index, change since the start) : (O, A, M)
    departures (share of members lately lost), voice (index), exit_barred, exit_condition (1 or 0) : (O, M)
    effects : log rate per unit;  exit_share : probability;  uniforms : (O, A, M);  dt : years
    Range: [0, 1]; 0 for the lead and for whoever is no member.
    Fails for exits that end a treaty for everybody.
    """
    xp = namespace(uniform_whether)
    gain = known(benefit)
    terms = {
        "base rate": log_rate,
        "unmet request": unmet_effect * known(unmet_request),
        "divergence": divergence_effect * known(divergence),
        "contagion": contagion * departures[:, None, :],
        "benefit": -benefit_effect * gain,
        "voice": 0.0 - voice_effect * voice[:, None, :],
        "declared condition": condition_effect * exit_condition[:, None, :] * xp.maximum(-gain, 0.0),
    }
    free = ~truth(exit_barred)[:, None, :]
    frozen = membership == FROZEN
    due = ~truth(is_lead) & ((membership == MEMBER) | (frozen & free))
    whole = only_where(due, lambda *logs: step_probability(xp.exp(sum(logs)), dt), *terms.values())
    share = xp.where(free, exit_share, 0.0)
    leaving = whole * xp.where(frozen, 1.0, share)
    breaks, goes = uniform_whether < whole, frozen | (uniform_which < share)
    return {"leaves": Event(breaks & goes, leaving, terms),
            "freezes": Event(breaks & ~goes, whole - leaving, terms)}


@mechanism(
    model="M12", phase="alignment", writes="membership", axes=("organisation", "actor"), unit="code",
    source="identity: status follows the events of the step",
    idle=("joins", "observes", "leaves", "freezes"),
)
def standing(membership: Array, joins: Array, observes: Array, leaves: Array, freezes: Array) -> Returned:
    """Book joining, observing, leaving and freezing in the status of membership.

    membership' = 3 where it joins, 1 where one outside observes, 0 where it leaves, 4 where a member freezes

    membership (0 out, 1 observer, 2 partner, 3 member, 4 frozen), joins .. freezes (1 or 0) : (O, A, M)
    Range: {0, 1, 2, 3, 4}.
    Fails for a frozen member that thaws: no such case is on record.
    """
    xp = namespace(membership)
    level = xp.where(truth(observes) & (membership == OUT), OBSERVER, membership)
    level = xp.where(truth(joins) & (membership < MEMBER), MEMBER, level)
    level = xp.where(truth(freezes) & (membership == MEMBER), FROZEN, level)
    level = xp.where(truth(leaves) & (membership >= MEMBER), OUT, level)
    return {"membership": level - membership}


def _remembered(level: Array, new: Array, half_life: Array, dt: float) -> dict[str, Array]:
    """Decay of a level and what events uniform in the step add: the mean share left of a jump inside it."""
    left = decay(half_life, dt)
    kept = (1.0 - left) * half_life / (LN2 * dt)
    return {"decay": (left - 1.0) * level, "event": kept * new}


@mechanism(
    model="M12", phase="alignment", writes="unmet", axes=("organisation", "receiver"), unit="refusals",
    source="Gibler (2008), Journal of Conflict Resolution 52(3), 426-454 (reneging costs later alliances); "
    "assumption: remembered for some years", idle=("unmet", "refused"),
)
def unmet(unmet: Array, refused: Array, *, half_life: Array, dt: float) -> Returned:
    """Remember requests that the organisation refused.

    U' = d U + k [refused];  d = 2^(-dt/half_life);  k = (1-d) half_life / (ln 2 dt)

    unmet, refused (1 or 0) : (O, R, M);  half_life : years, > 0;  dt : years
    Range: >= 0; about 1 just after a refusal.
    Fails where a refusal was agreed in advance and is no grievance.
    """
    xp = namespace(unmet)
    return {"unmet": _remembered(unmet, xp.astype(truth(refused), xp.float64), half_life, dt)}


@mechanism(
    model="M12", phase="alignment", writes="departures", axes="organisation", unit="share",
    source="memberships (three left one alliance in the same year); assumption: remembered for some years",
    idle=("departures", "leaves", "freezes"),
)
def departures(
    departures: Array, leaves: Array, freezes: Array, member_count: Array, *, half_life: Array, dt: float,
) -> Returned:
    """Share of an organisation's members that broke with it lately.

    X' = d X + k n / max(members, 1), n leaving or freezing in the step;  d, k as in `unmet`

    departures, member_count (before the step's changes) : (O, M);  leaves, freezes : (O, A, M)
    half_life : years, > 0;  dt : years
    Range: >= 0.
    Fails where one member's weight is that of ten others.
    """
    xp = namespace(departures)
    gone = xp.sum(xp.astype(truth(leaves) | truth(freezes), xp.float64), axis=1)
    members = xp.maximum(member_count, xp.ones_like(member_count))
    return {"departures": _remembered(departures, gone / members, half_life, dt)}
