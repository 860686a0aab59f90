"""Requests for troops, decisions under the rule in force, deployments and their trace (M11, M26)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace
from heartland.dynamics.decide import chance_of_at_most, objections_survived
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = [
    "alliance_response", "deployment", "patron_credit", "patron_credit_two_sided", "request", "troops",
    "withdrawal",
]

TROOPS_LEVEL = 4.0  # combat force on the scale of presence


def _by_lead(lead: Array, event: Array) -> Array:
    """Events of organisations (O, R, M) as events of the powers that lead them; (P, R, M) bool."""
    return namespace(event).any(truth(lead)[:, :, None, :] & truth(event)[:, None, :, :], axis=0)


@mechanism(
    model="M11", phase="decisions", writes="request", axes=("organisation", "receiver"), unit="probability",
    source="C-A1-003 (danger to a friendly cabinet triggers the pact); assumption: asked once, at the onset",
    idle="threat_mark",
)
def request(
    onset: Array, threat_mark: Array, may_ask: Array, neighbour: Array, spoken_for: Array, *,
    willingness: Array, outsider_factor: Array, uniform: Array,
) -> Returned:
    """Draw, once per regime-threatening onset, whether the incumbent asks the organisation for troops.

    P = willingness for a member in good standing or a neighbour for whom one may speak,
        willingness * outsider_factor for a mere neighbour, 0 for the rest, frozen members included

    onset, threat_mark : (R, M);  may_ask, neighbour, spoken_for : (O, R, M), 1 or 0;  uniform : (O, R, M)
    willingness, outsider_factor : probability, share
    Range: [0, 1]; 0 in steps without a regime-threatening onset.
    Fails for requests made in advance or repeated late in a crisis.
    """
    xp = namespace(onset)
    due = (truth(onset) & truth(threat_mark))[None, ...]
    near = truth(neighbour)
    member = truth(may_ask) | (near & truth(spoken_for))
    chance = xp.where(member, willingness, xp.where(near, willingness * outsider_factor, 0.0))
    chance = xp.where(due, chance, 0.0)
    return {"request": Event(uniform < chance, chance, {"willingness": chance})}


@mechanism(
    model="M11", phase="organisations", writes="consent", axes=("organisation", "receiver"),
    unit="probability",
    source="Leeds, Long & Mitchell (2000), Journal of Conflict Resolution 44(5), 686-699; Berkemeier & "
    "Fuhrmann (2018), Research & Politics 5(2); rules of the organisation as data", idle="request",
)
def alliance_response(
    request: Array, lead: Array, rule_kind: Array, rule_veto: Array, rule_mandate: Array, mandate: Array,
    triggered: Array, shared_lead: Array, voters_count: Array, revolt_origin: Array, external_threat: Array,
    partner_opposed: Array, overstretch: Array, action_cost: Array, *, reference: Array, origin_effect: Array,
    external_effect: Array, opposed_effect: Array, overstretch_effect: Array, cost_effect: Array,
    shared_effect: Array, objection: Array, floor: Array, uniform_lead: Array, uniform_objection: Array,
) -> Returned:
    """Decide a request under the rule in force: the lead decides, the others may only object.

    P(lead says yes) = (1-eps) logistic(reference - shifts) + eps/2;  K ~ Binomial(voters_count, objection)
    consent = request and trigger and mandate where required and lead's yes and K <= objections survived

    request, rule_kind (position in KINDS), rule_veto, rule_mandate, partner_opposed : (O, R, M)
    triggered, shared_lead : (O, R, M), 1 where the rule's condition holds, where another member commands
    voters_count : (O, R, M), voters beside the lead;  lead : (O, P, M) one-hot
    mandate, revolt_origin, external_threat (0/1) : (R, M);  overstretch, action_cost (change since the
    start, index) : (P, M), (P, R, M);  reference, effects : log odds;  objection, floor eps : [0, 1)
    Range: [0, 1]; exactly 0 without request, trigger or required mandate, or under `never`.
    Fails for side bargains among the members: one uniform stands for all of them (`chance_of_at_most`).
    """
    xp = namespace(request)
    led = known(lead)[:, :, None, :]
    burden = overstretch_effect * known(overstretch)[:, None, :]
    terms = {
        "reference case": reference,
        "came by revolt": -origin_effect * revolt_origin,
        "external threat": -external_effect * external_threat,
        "partner opposed": -opposed_effect * partner_opposed,
        "overstretch": -xp.sum(led * burden[None, ...], axis=1),
        "cost": -cost_effect * xp.sum(led * known(action_cost)[None, ...], axis=1),
        "shared lead": shared_effect * shared_lead,
    }
    lead_yes = (1.0 - floor) * logistic(sum(terms.values())) + 0.5 * floor
    survived = objections_survived(rule_kind, voters_count, truth(rule_veto))
    passes = chance_of_at_most(survived, voters_count, objection)
    lawful = truth(request) & truth(triggered) & (~truth(rule_mandate) | truth(mandate)[None, ...])
    chance = xp.where(lawful, lead_yes * passes, 0.0)
    agreed = lawful & (uniform_lead < lead_yes) & (uniform_objection < passes)
    return {"consent": Event(agreed, chance, terms)}


@mechanism(
    model="M11", phase="corridors", writes=("troops_sent", "refused"), axes=("organisation", "receiver"),
    unit="probability", source="assumption: a yes ends in a statement, a mission, materiel or troops",
    idle="request",
)
def deployment(request: Array, consent: Array, *, troops_given_yes: Array, uniform: Array) -> Returned:
    """Turn an agreed request into troops, or into less; a request without troops counts as refused.

    troops_sent = consent and u < P(troops | yes);  refused = request and not troops_sent

    request, consent : (O, R, M);  troops_given_yes : probability
    Range: [0, 1].
    Fails to tell a polite refusal from materiel help: both end without troops.
    """
    xp = namespace(uniform)
    agreed, asked = truth(consent), truth(request)
    chance = xp.where(agreed, troops_given_yes, 0.0)
    sent = uniform < chance
    without = xp.where(asked, 1.0 - chance, 0.0)
    return {"troops_sent": Event(sent, chance, {"troops given yes": chance}),
            "refused": Event(asked & ~sent, without, {"no troops given request": without})}


@mechanism(
    model="M11", phase="decisions", writes="withdrawn", axes=("organisation", "receiver"), unit="per year",
    source="assumption: constant rate of withdrawal once the crisis is over", idle="deployed",
)
def withdrawal(
    deployed: Array, crisis: Array, lead: Array, *, rate: Array, uniform: Array, dt: float
) -> Returned:
    """Draw the end of a mission once no crisis lasts.

    p = 1 - exp(-rate dt) where troops of the lead stand and there is no crisis, else 0

    deployed : (P, R, M), level;  crisis : (R, M);  lead : (O, P, M) one-hot;  rate : per year;  dt : years
    Range: [0, 1].
    Fails for missions that turn into bases.
    """
    xp = namespace(crisis)
    standing = xp.any(truth(lead)[:, :, None, :] & (deployed > 0.0)[None, ...], axis=1)
    due = standing & ~truth(crisis)[None, ...]
    chance = xp.where(due, step_probability(rate, dt), 0.0)
    return {"withdrawn": Event(uniform < chance, chance, {"rate": rate})}


@mechanism(
    model="M11", phase="alignment", writes="deployed", axes=("power", "receiver"), unit="level",
    source="assumption: a mission sent by an alliance counts as combat force while it lasts",
    idle=("deployed", "troops_sent"),
)
def troops(deployed: Array, troops_sent: Array, withdrawn: Array, lead: Array) -> Returned:
    """Book troops of the lead: in with the decision, out with the withdrawal.

    deployed' = 4 where an organisation led by p sends troops, else 0 where one withdraws, else deployed

    deployed : (P, R, M), level;  troops_sent, withdrawn : (O, R, M);  lead : (O, P, M) one-hot
    Range: {0, 4} from 0.
    Fails to count small contingents of the other members.
    """
    xp = namespace(deployed)
    level = xp.where(_by_lead(lead, withdrawn), 0.0, deployed)
    level = xp.where(_by_lead(lead, troops_sent), TROOPS_LEVEL, level)
    return {"deployed": level - deployed}


def _credit(
    credit: Array, request: Array, troops_sent: Array, refused: Array, lead: Array, substitute_weight: Array,
    gains: tuple[Array, Array, Array], half_life: Array, dt: float,
) -> Returned:
    """Jumps at help and refusal with a decay; the event falls uniformly in the step (mean share left)."""
    xp = namespace(credit)
    left = decay(half_life, dt)
    kept = (1.0 - left) * half_life / (LN2 * dt)
    sent = truth(troops_sent)
    denied = (truth(request) | truth(refused)) & ~sent
    help_, refusal = _by_lead(lead, sent), _by_lead(lead, denied)
    anywhere = xp.any(denied, axis=0)[None, ...] & ~refusal
    return {"credit": {
        "decay": (left - 1.0) * credit,
        "help": xp.where(help_, kept * gains[0], 0.0),
        "refusal": xp.where(refusal, kept * gains[1], 0.0),
        "substitute": xp.where(anywhere, kept * gains[2] * known(substitute_weight), 0.0),
    }}


@mechanism(
    model="M26", phase="alignment", writes="credit", axes=("power", "receiver"), unit="level",
    source="Henry (2020), International Security 44(4), 45-83; Gibler (2008), Journal of Conflict Resolution "
    "52(3), 426-454; C-A1-013", idle=("credit", "troops_sent", "refused"),
)
def patron_credit(
    credit: Array, request: Array, troops_sent: Array, refused: Array, lead: Array, substitute_weight: Array,
    *, help_gain: Array, refusal_loss: Array, substitute_gain: Array, half_life: Array, dt: float,
) -> Returned:
    """Remember help and refusal: a lasting shift of the effort target of the lead and of substitutes.

    credit' = d credit + k (help_gain [help] - refusal_loss [refusal] + substitute_gain w [another refused])
    d = 2^(-dt/half_life);  k = (1-d) half_life / (ln 2 dt), the mean share left of a jump inside the step

    credit, substitute_weight : (P, R, M);  request, troops_sent, refused : (O, R, M);  lead : (O, P, M)
    gains, loss : level, >= 0;  half_life : years, > 0;  refusal = asked or refused, and no troops
    Range: unbounded, a few tenths of a level in practice.
    Fails where help breeds resentment (see the two-sided rival).
    """
    gains = (help_gain, -refusal_loss, substitute_gain)
    return _credit(credit, request, troops_sent, refused, lead, substitute_weight, gains, half_life, dt)


@mechanism(
    model="M26", phase="alignment", writes="credit", axes=("power", "receiver"), unit="level",
    source="assumption: the direction of the lasting effect is unknown", rival_of="patron-credit",
    idle=("credit", "troops_sent", "refused"),
)
def patron_credit_two_sided(
    credit: Array, request: Array, troops_sent: Array, refused: Array, lead: Array, substitute_weight: Array,
    *, help_shift: Array, refusal_shift: Array, substitute_shift: Array, half_life: Array, dt: float,
) -> Returned:
    """Rival of `patron_credit` whose shifts may have either sign; the same equation with + signs.

    credit' = d credit + k (help_shift [help] + refusal_shift [refusal] + substitute_shift w [other refused])

    arrays as in `patron_credit`;  shifts : level, any sign;  half_life : years, > 0
    Range: unbounded, a few tenths of a level in practice.
    Fails where the sign is known: it spreads over both.
    """
    gains = (help_shift, refusal_shift, substitute_shift)
    return _credit(credit, request, troops_sent, refused, lead, substitute_weight, gains, half_life, dt)
