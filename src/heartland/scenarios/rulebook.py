"""Rules of the organisations as arrays of codes: those in force at the start and those that may follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.decide import KINDS
from heartland.errors import HeartlandInputError, suggestion
from heartland.region.rules import RuleRecord, version_at
from heartland.scenarios.plan import Floats, Rules
from heartland.scenarios.state import Axes

if TYPE_CHECKING:
    from heartland.region.world import World

__all__ = [
    "ABROAD", "ADMISSION", "CODES", "COORDINATION", "ELIGIBILITY", "EXIT", "HOME", "OBSERVERS", "TAKEN",
    "TRIGGERS", "codes_of", "decisions_of", "homes_of", "rules_of",
]

# decisions of an organisation that mechanisms take, by name
HOME, ABROAD = "collective-response", "mission-abroad"
ELIGIBILITY, COORDINATION = "mission-eligibility", "coordinating-state-operation"
ADMISSION, OBSERVERS, EXIT = "admission", "observer-status", "exit"
TAKEN = (HOME, ABROAD, ELIGIBILITY, COORDINATION, ADMISSION, OBSERVERS, EXIT)

# conditions of rules that mechanisms test; any other text is for the reader
TRIGGERS = (
    "", "member-request", "crisis-outside-members", "crisis-in-a-neighbour-that-endangers-members",
    "interest-no-longer-served",
)  # fmt: skip

# columns of `rule_codes`; behind them one for each actor, its weight in a vote, 0 = no vote
CODES = ("kind", "veto", "quorum", "abstain", "mandate", "trigger", "lead", "held")
ABSENT = -1.0


def decisions_of(world: World, axes: Axes) -> tuple[str, ...]:
    """Decisions the model takes: those of mechanisms and those by which proposals are voted on."""
    records = [world.region.organisations[name] for name in axes.organisation]
    voted = [proposal.decision for record in records for proposal in record.proposals]
    return tuple(dict.fromkeys((*TAKEN, *voted)))


def rules_of(world: World, axes: Axes, operations: Sequence[Any]) -> Rules:
    """Codes of the rules at the world's date, of the rules that patches name, and of amendments.

    `rule_codes` (organisation, decision, code) holds the columns `CODES` and a weight for each actor; kind -1
    where the organisation has no such rule. `amendment_codes` (proposal, code) and `amendment_place`
    (proposal, 2), the organisation and decision that a proposal amends, -1 for none.

    Raises
    ------
    HeartlandInputError
        For a rule patch on a decision or version that the organisation does not have, or no mechanism takes,
        and for a forced request to an organisation that decides about none.
    """
    _check_requests(world, axes, operations)
    decisions = decisions_of(world, axes)
    shape = (len(axes.organisation), len(decisions), len(CODES) + len(axes.actor))
    current = np.zeros(shape)
    for row, organisation in enumerate(axes.organisation):
        for column, decision in enumerate(decisions):
            record = version_at(world.region.organisations[organisation], decision, world.at)
            current[row, column] = codes_of(record, axes.actor)
    choices: dict[tuple[int, str, str], Mapping[str, Floats]] = {}
    for op in operations:
        if op.rule is None:
            continue
        row, decision, choice = op.rule.organisation, op.rule.decision, op.rule.choice
        record = world.rule(axes.organisation[row], decision, choice)
        if decision not in decisions:
            raise HeartlandInputError.at(
                f'"{decision}" is not a decision the model takes.', why="Nothing would change.",
                fix=suggestion(decision, decisions, listing=f"Decisions: {', '.join(decisions)}."),
                check="patch",
            )  # fmt: skip
        changed = np.full(shape, np.nan)
        changed[row, decisions.index(decision)] = codes_of(record, axes.actor, held=True)
        choices[row, decision, choice] = {"rule_codes": changed}
    return Rules({"rule_codes": current, **_amendments(world, axes, decisions)}, choices)


def homes_of(home: Floats) -> NDArray[np.intp]:
    """Place of the organisation in which each proposal lies, (proposal,); a region may have neither.

    home : (proposal, organisation, 1), 1 where it lies
    """
    return home[..., 0].argmax(axis=1) if home.size else np.zeros(len(home), dtype=np.intp)


def codes_of(record: RuleRecord | None, actors: Sequence[str], held: bool = False) -> Floats:
    """A rule as the columns `CODES` and a weight for each actor; kind -1 where there is no rule.

    held : a patch has given the rule, so that no amendment takes its place
    """
    found = np.zeros(len(CODES) + len(actors))
    found[len(CODES) :] = 1.0
    if record is None:
        found[0] = ABSENT
        return found
    lead = actors.index(record.lead) if record.lead in actors else -1
    trigger = TRIGGERS.index(record.trigger) if record.trigger in TRIGGERS else 0
    found[: len(CODES)] = (
        KINDS.index(record.kind), "veto" in record.modifiers, record.quorum or 0.0,
        "abstain" in record.modifiers, "mandate_from" in record.modifiers, trigger, lead, held,
    )  # fmt: skip
    named = set(record.voters)
    weights = dict(record.weights)
    for place, actor in enumerate(actors, start=len(CODES)):
        listed = actor in named or any(name.startswith("members-of:") for name in named) or not named
        found[place] = weights.get(actor, 0.0 if weights else 1.0) if listed else 0.0
    return found


def _amendments(world: World, axes: Axes, decisions: Sequence[str]) -> dict[str, Floats]:
    proposals = axes.ids("proposal")
    codes = np.zeros((len(proposals), len(CODES) + len(axes.actor)))
    places = np.full((len(proposals), 2), -1.0)
    for row, organisation in enumerate(axes.organisation):
        for proposal in world.region.organisations[organisation].proposals:
            if proposal.effect != "amendment" or proposal.rule not in decisions:
                continue
            number = proposals.index(proposal.id)
            record = world.rule(organisation, proposal.rule, proposal.version)
            codes[number] = codes_of(record, axes.actor)
            places[number] = (row, decisions.index(proposal.rule))
    return {"amendment_codes": codes, "amendment_place": places}


def _check_requests(world: World, axes: Axes, operations: Sequence[Any]) -> None:
    """Refuse a forced request to an organisation that decides about none."""
    for op in operations:
        if op.action != "force" or op.variable != "request":
            continue
        for row in op.slots[0]:
            name = axes.organisation[row]
            if HOME not in world.region.organisations[name].decisions:
                raise HeartlandInputError.at(
                    f'"{name}" takes no requests for troops.', why=f"It has no rule for {HOME}.",
                    fix=f"Ask an organisation that has one, or write it into organisations/{name}.yaml.",
                    check="patch",
                )  # fmt: skip
