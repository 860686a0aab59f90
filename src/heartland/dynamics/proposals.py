"""What is put to the vote in an organisation, how voters vote, and what an adopted proposal does (M12)."""

from __future__ import annotations

from heartland.core.arrays import Array, logistic, namespace
from heartland.dynamics.decide import CODES, decide_by_code
from heartland.dynamics.events import step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["joint_bank", "proposal_adoption", "proposal_vote", "tabling"]


@mechanism(
    model="M12", phase="decisions", writes="tabled", axes="proposal", unit="per year",
    source="assumption: a sponsor tries again at a constant rate; the rate stands with the proposal",
)
def tabling(adopted: Array, tabling_rate: Array, *, uniform: Array, dt: float) -> Returned:
    """Draw when a proposal is put to the vote.

    p = 1 - exp(-rate dt) where it is not adopted yet, else 0

    adopted (1 or 0), tabling_rate (per year), uniform : (proposal, M);  dt : years
    Range: [0, 1].
    Fails for sponsors who wait until they can count on the votes.
    """
    xp = namespace(uniform)
    rate = known(tabling_rate)
    chance = step_probability(xp.where(truth(adopted), 0.0, rate), dt)
    return {"tabled": Event(uniform < chance, chance, {"rate": rate})}


def _chance(rule: Array, yes: Array, no: Array, voter: Array, lead: Array) -> Array:
    """Approximate chance of adoption, for the log: exact for a bar on every no, else a normal tally."""
    xp = namespace(yes)
    kind, veto, mandate = rule[:, 0, :], truth(rule[:, 1, :]), truth(rule[:, 4, :])
    share = xp.astype(voter, xp.float64)
    unopposed = xp.prod(1.0 - share * no, axis=1)
    anyone = 1.0 - xp.prod(1.0 - share * yes, axis=1)
    mean = xp.sum(share * (yes - no), axis=1)
    spread = xp.sum(share * (yes + no - (yes - no) ** 2), axis=1)
    chance = logistic(1.702 * mean / xp.sqrt(spread + 1e-9))
    chance = xp.where(kind == CODES["lead"], xp.sum(xp.where(lead, yes * share, 0.0), axis=1), chance)
    chance = xp.where(kind == CODES["unilateral"], anyone, chance)
    barred = (kind == CODES["consensus"]) | (veto & (kind != CODES["unilateral"]))
    chance = xp.where(barred, unopposed * anyone, chance)
    return xp.where(mandate & (kind != CODES["never"]), chance, 0.0)


def _carried(rule: Array, votes: Array, voter: Array, weight: Array, lead: Array) -> Array:
    """Outcome under the rule in force; votes, voter, weight, lead : (proposal, A, M)."""
    xp = namespace(votes)
    turned = [xp.permute_dims(x, (1, 0, 2)) for x in (votes, voter, weight, lead)]
    return decide_by_code(
        rule[:, 0, :], turned[0], turned[1], weights=turned[2], lead=turned[3], veto=truth(rule[:, 1, :]),
        quorum=rule[:, 2, :], abstain_blocks=truth(rule[:, 3, :]), mandate=truth(rule[:, 4, :]),
    )  # fmt: skip


@mechanism(
    model="M12", phase="organisations", writes=("passed", "blocked"), axes=("proposal", "actor"),
    unit="probability",
    source="McKelvey & Palfrey (1995), Games and Economic Behavior 10(1), 6-38 (quantal response); rules of "
    "the organisation as data; C-B1-046 (economic institutions fail on objections)", idle="tabled",
)
def proposal_vote(
    tabled: Array, adopted: Array, voter: Array, sponsor: Array, sponsor_dependence: Array,
    sponsor_alignment: Array, objection: Array, vote_rule: Array, vote_weight: Array, vote_lead: Array, *,
    base: Array, dependence_effect: Array, alignment_effect: Array, objection_effect: Array,
    sponsor_effect: Array, indifference: Array, floor: Array, uniform: Array,
) -> Returned:
    """Let every voter vote once on a proposal put to the vote, and decide by the rule in force.

    v = base + a dependence + b alignment - c objection + s [sponsor]
    P(yes) = (1-eps) logistic(v - w) + eps/3;  P(no) = (1-eps) logistic(-v - w) + eps/3;  else abstention

    tabled, adopted : (proposal, M);  vote_rule : (proposal, 5, M), position in KINDS, veto, quorum (0 none),
    abstention counts against, 1 = no mandate is missing;  voter (members in good standing), sponsor,
    sponsor_dependence (share), sponsor_alignment (UN scale points closer than the mean voter), objection
    (0..1), vote_weight, vote_lead : (proposal, A, M);  base .. indifference w : log odds;  eps : [0, 1)
    Range: {0, 1} events; a vote keeps at least eps/3 on yes, no and abstention.
    Fails for package deals: each proposal is voted on alone. The logged chance is approximate.
    """
    xp = namespace(uniform)
    value = {
        "base": base, "dependence": dependence_effect * known(sponsor_dependence),
        "alignment": alignment_effect * known(sponsor_alignment),
        "objection": -objection_effect * known(objection), "sponsor": sponsor_effect * known(sponsor),
    }  # fmt: skip
    utility = sum(value.values()) + 0.0 * uniform
    yes = (1.0 - floor) * logistic(utility - indifference) + floor / 3.0
    no = (1.0 - floor) * logistic(-utility - indifference) + floor / 3.0
    votes = xp.astype(uniform < yes, xp.float64) - xp.astype(uniform >= 1.0 - no, xp.float64)
    can, led, due = truth(voter), truth(vote_lead), truth(tabled) & ~truth(adopted)
    carried = _carried(vote_rule, votes, can, known(vote_weight), led)
    seats = xp.sum(known(voter), axis=1, keepdims=True)
    share = known(voter) / xp.where(seats > 0.0, seats, 1.0)
    terms = {name: xp.sum(share * part, axis=1) for name, part in value.items()}
    chance = xp.where(due, _chance(vote_rule, yes, no, can, led), 0.0)
    against = xp.where(due, 1.0 - chance, 0.0)
    return {"passed": Event(due & carried, chance, terms), "blocked": Event(due & ~carried, against, terms)}


@mechanism(
    model="M12", phase="alignment", writes="adopted", axes="proposal", unit="flag",
    source="identity: what is adopted stays adopted", idle="passed",
)
def proposal_adoption(adopted: Array, passed: Array) -> Returned:
    """Book a proposal that passed.

    adopted' = 1 where it passed, else adopted

    adopted, passed (1 or 0) : (proposal, M)
    Range: {0, 1}.
    Fails for what is adopted and never carried out.
    """
    xp = namespace(adopted)
    return {"adopted": xp.astype(truth(passed) & ~truth(adopted), xp.float64)}


@mechanism(
    model="M12", phase="alignment", writes="bank_lending", axes=("power", "receiver"), unit="share per year",
    source="assumption: a common bank lends its members a small part of their output, the sponsor's money",
    idle="common_bank",
)
def joint_bank(bank_lending: Array, common_bank: Array, *, rate: Array) -> Returned:
    """Open the loans of a common bank once it is adopted; what it has begun it goes on with.

    b' = max(b, rate [a bank sponsored by p is adopted, and r is a member])

    bank_lending b : (P, R, M), share of GDP per year, read by `lending`;  common_bank : (P, R, M), 1 or 0
    rate : share of GDP per year
    Range: >= 0.
    Fails for a bank whose capital all members pay.
    """
    xp = namespace(bank_lending)
    wanted = rate * known(common_bank) - bank_lending
    return {"bank_lending": {"joint bank": xp.where(wanted > 0.0, wanted, 0.0)}}
