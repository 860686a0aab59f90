"""What mechanisms read about organisations: who may ask and vote, which rule holds, what members gain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import filled, joint_namespace, namespace
from heartland.dynamics.decide import CODES as KIND
from heartland.dynamics.organisations import MEMBER
from heartland.dynamics.steps import known
from heartland.scenarios.plan import Floats
from heartland.scenarios.rulebook import (
    ABROAD,
    ADMISSION,
    CODES,
    COORDINATION,
    ELIGIBILITY,
    EXIT,
    HOME,
    OBSERVERS,
    TAKEN,
    TRIGGERS,
    homes_of,
)  # fmt: skip
from heartland.scenarios.subjects.base import Reader

__all__ = ["INPUTS", "rule_code"]

NEVER = float(KIND["never"])
Bools: TypeAlias = NDArray[np.bool_]


def rule_code(reader: Reader, decision: str, code: str) -> Floats:
    """One code of the rule in force on a decision, adopted amendments included; (organisation, member)."""
    number, column = TAKEN.index(decision), CODES.index(code)
    return _amended(reader, number, column)


def _amended(reader: Reader, number: int, column: int | slice) -> Floats:
    """Codes of the rules in force on a decision; (organisation, code, member), or without codes for one."""
    codes = reader.statics["rule_codes"][:, number]
    found = codes[:, column]
    places = reader.statics.get("amendment_place")
    if places is None:
        return found
    for proposal, (row, decision) in enumerate(places[..., 0].astype(int)):
        if decision != number or row < 0:
            continue
        applies = (reader.state["adopted"][proposal] > 0) & (codes[row, CODES.index("held")] == 0)
        rows = (np.arange(found.shape[0]) == row).reshape(-1, *[1] * (found.ndim - 1))
        new = reader.statics["amendment_codes"][proposal, column]
        found = namespace(applies).where(rows & applies, new, found)
    return found


def _number(truth: Any) -> Floats:
    """1 where true, else 0."""
    number: Floats = truth.astype("float64")
    return number


def _member(reader: Reader) -> Bools:
    """Members in good standing, (organisation, actor, member)."""
    member: Bools = reader.state["membership"] == MEMBER
    return member


def _member_count(reader: Reader) -> Floats:
    count: Floats = _member(reader).sum(axis=1) + reader.statics["outside_members"]
    return count


def _may_ask(reader: Reader) -> Floats:
    takes = rule_code(reader, HOME, "kind")[:, None] >= 0
    return _number(_member(reader)[:, reader.receivers] & takes)


def _soil(reader: Reader) -> Bools:
    """Soil of members, frozen ones included, (organisation, receiver, member)."""
    soil: Bools = reader.state["membership"][:, reader.receivers] >= MEMBER
    return soil


def _neighbour(reader: Reader) -> Floats:
    """Receivers that border a member and are none themselves, where requests are taken at all."""
    takes = rule_code(reader, ABROAD, "kind")[:, None] >= 0
    near = (_member(reader)[:, None] & (reader.statics["borders"] > 0)[None]).any(axis=2)
    return _number(near & ~_soil(reader) & takes)


def _by_soil(code: str) -> Callable[[Reader], Floats]:
    """A code of the rule that holds on each receiver's soil; no rule is read as `never`."""

    def read(reader: Reader) -> Floats:
        home, abroad = (rule_code(reader, name, code)[:, None] for name in (HOME, ABROAD))
        soil = _soil(reader)
        found = namespace(soil).where(soil, home, abroad)
        value: Floats = namespace(soil).where(found < 0, NEVER, found)
        return value

    return read


def _triggered(reader: Reader) -> Floats:
    """Where the condition of the rule on that soil holds: who asks, and whether the lead has a seat."""
    soil, member = _soil(reader), _member(reader)
    xp = namespace(soil)
    trigger = xp.where(
        soil, rule_code(reader, HOME, "trigger")[:, None], rule_code(reader, ABROAD, "trigger")[:, None]
    )
    danger = reader.state["crisis"] + reader.state["onset"] * reader.state["threat_mark"]
    near = reader.get("neighbour") > 0.0
    holds = xp.where(trigger == TRIGGERS.index("member-request"), member[:, reader.receivers], True)
    holds = xp.where(trigger == TRIGGERS.index("crisis-outside-members"), ~soil, holds)
    endangers = near & (danger[None, ...] > 0.0)
    holds = xp.where(
        trigger == TRIGGERS.index("crisis-in-a-neighbour-that-endangers-members"), endangers, holds
    )
    seated = xp.any(member[:, reader.powers] & (reader.statics["lead"] > 0), axis=1)
    return _number(holds & seated[:, None])


def _voters_count(reader: Reader) -> Floats:
    """Voters of a request beside the lead and whoever asks."""
    member = _member(reader)
    lead = (member[:, reader.powers] & (reader.statics["lead"] > 0)).sum(axis=1)
    asks = _number(member[:, reader.receivers])
    same = np.zeros(asks.shape[:2])
    for place, name in enumerate(reader.axes.receiver):
        if name in reader.axes.power:
            same[:, place] = reader.statics["lead"][:, reader.axes.power.index(name), 0]
    count: Floats = (_member_count(reader) - lead)[:, None] - asks * (same[..., None] == 0)
    value: Floats = namespace(count).maximum(count, 0.0)
    return value


def _spoken_for(reader: Reader) -> Floats:
    on = rule_code(reader, ELIGIBILITY, "kind") >= 0
    on = on & (rule_code(reader, ELIGIBILITY, "kind") != NEVER)
    return _number(on)[:, None] + 0.0 * reader.state["unmet"]


def _shared_lead(reader: Reader) -> Floats:
    """Where another member may command: a rule for it in force, and a mandate if the rule asks for one."""
    kind = rule_code(reader, COORDINATION, "kind")[:, None]
    mandate = rule_code(reader, COORDINATION, "mandate")[:, None]
    given = (mandate == 0) | (reader.state["mandate"][None] > 0)
    return _number((kind >= 0) & (kind != NEVER) & given)


def _lead_dependence(reader: Reader) -> Floats:
    """Share of trade with an organisation's lead plus transfers from it over output, at most 1; 0 unknown."""
    return _with_lead(reader, reader.get("reliance"))


def _with_lead(reader: Reader, pairs: Floats) -> Floats:
    """What each receiver has with the power that leads an organisation; (organisation, actor, member).

    pairs : (power, receiver, member);  0 for other actors, and where no power leads
    """
    found: Floats = namespace(pairs).zeros(reader.state["membership"].shape)
    for row, power in np.argwhere(reader.statics["is_lead"][:, reader.powers, 0] > 0):
        found = filled(found, (row, reader.receivers), pairs[power])
    return found


def _divergence(reader: Reader) -> Floats:
    """How much farther each actor stands from an organisation's lead than at the start; 0 unknown."""
    found: Floats = known(_apart(reader, reader.state["ideal_point"]) - reader.get("lead_apart_start"))
    return found


def _apart(reader: Reader, points: Floats) -> Floats:
    """Distance of each actor from an organisation's lead, which stands at 0 if unknown; (O, A, member)."""
    lead = reader.statics["is_lead"][..., 0]
    chief: Floats = namespace(points).zeros((lead.shape[0], points.shape[-1]))
    for row, actor in np.argwhere(lead > 0):
        chief = filled(chief, row, known(points[actor]))
    return abs(points[None] - chief[:, None])


def _unmet_request(reader: Reader) -> Floats:
    unmet = reader.state["unmet"]
    found = namespace(unmet).zeros(reader.state["membership"].shape)
    value: Floats = filled(found, np.s_[:, reader.receivers], unmet)
    return value


def _benefit(reader: Reader) -> Floats:
    """Patched gain, payments, and in a customs union the change of the lead's share of trade."""
    found = reader.statics["membership_benefit"] + reader.statics["side_payment"]
    gain = _with_lead(reader, known(reader.state["trade_gap"]))
    return found + reader.statics["customs_union"][:, None] * gain


def _admission(code: str) -> Callable[[Reader], Floats]:
    """A code of the rule of admission; without one members admit by consensus."""

    def read(reader: Reader) -> Floats:
        found = rule_code(reader, ADMISSION, code)
        known = namespace(found).where(found < 0, float(KIND["consensus"]), found)
        value: Floats = known + 0.0 * reader.state["departures"]
        return value

    return read


def _exit(reader: Reader) -> tuple[Floats, Floats]:
    kind, trigger = rule_code(reader, EXIT, "kind"), rule_code(reader, EXIT, "trigger")
    named = (kind >= 0) & (kind != NEVER) & (trigger == TRIGGERS.index("interest-no-longer-served"))
    barred = kind == NEVER
    return _number(barred), _number(named)


def _observers_admitted(reader: Reader) -> Floats:
    kind = rule_code(reader, OBSERVERS, "kind")
    return _number(kind != NEVER) + 0.0 * reader.state["departures"]


def _voter(reader: Reader) -> Floats:
    """Members in good standing with a weight in the vote, (proposal, actor, member)."""
    home = homes_of(reader.statics["proposal_home"])
    return _number(_member(reader)[home] & (reader.get("vote_weight") > 0))


def _vote_codes(reader: Reader) -> Floats:
    """Rule by which each proposal is voted on, adopted amendments included; (proposal, code, member)."""
    homes = homes_of(reader.statics["proposal_home"])
    decisions = reader.statics["proposal_decision"][:, 0].astype(int)
    rows = [_amended(reader, taken, slice(None))[home] for home, taken in zip(homes, decisions, strict=True)]
    if not rows:
        return np.zeros((0, reader.statics["rule_codes"].shape[2], 1))
    xp = joint_namespace(*rows)
    codes: Floats = xp.stack(xp.broadcast_arrays(*rows))
    return codes


def _vote_rule(reader: Reader) -> Floats:
    """Kind, veto, quorum, abstention and 1 = no mandate is missing; (proposal, 5, member)."""
    codes = reader.get("vote_codes")
    kind, mandate = codes[:, :1], codes[:, 4:5]
    xp = namespace(codes)
    rule: Floats = xp.concatenate([xp.where(kind < 0, NEVER, kind), codes[:, 1:4], 1.0 - mandate], axis=1)
    return rule


def _vote_weight(reader: Reader) -> Floats:
    found: Floats = reader.get("vote_codes")[:, len(CODES) :]
    return found


def _vote_lead(reader: Reader) -> Floats:
    lead = reader.get("vote_codes")[:, CODES.index("lead")]
    places = np.arange(len(reader.axes.actor))[None, :, None]
    return _number(lead[:, None] == places)


def _sponsor_dependence(reader: Reader) -> Floats:
    """Trade share and transfers of each voter with the sponsor; 0 where unknown or not a receiver."""
    sponsor, reliance = reader.statics["sponsor"], reader.get("reliance")
    found: Floats = namespace(reliance).zeros((*sponsor.shape[:2], reliance.shape[-1]))
    for row, power in np.argwhere(sponsor[:, reader.powers, 0] > 0):
        found = filled(found, (row, reader.receivers), reliance[power])
    return found


def _sponsor_alignment(reader: Reader) -> Floats:
    """How much closer a voter stands to the sponsor than the voters on average, UN scale points."""
    sponsor, points = reader.statics["sponsor"][..., 0], known(reader.state["ideal_point"])
    xp, voter = namespace(points), reader.get("voter")
    chief = xp.zeros((sponsor.shape[0], points.shape[-1]))
    for row, actor in np.argwhere(sponsor > 0):
        chief = filled(chief, row, points[actor])
    apart = abs(points[None] - chief[:, None])
    mean = (voter * apart).sum(axis=1) / xp.maximum(voter.sum(axis=1), 1.0)
    found: Floats = mean[:, None] - apart
    return found


def _union_gap(reader: Reader) -> Floats:
    """Change since the start of joint membership in a customs union, and trade zones adopted; (P, R, M)."""

    gap = _joint(reader, reader.state["membership"]) - reader.get("union_start")
    member = _member(reader)
    for number, home in enumerate(reader.statics["proposal_home"][..., 0]):
        size = reader.statics["zone_size"][number, 0]
        if size > 0:
            inside = member[int(home.argmax())]
            pair = inside[reader.powers][:, None] & inside[reader.receivers][None]
            gap = gap + size * reader.state["adopted"][number] * pair
    return gap


def _joint(reader: Reader, status: Floats) -> Floats:
    """1 where power and receiver are members of one customs union; (power, receiver, member)."""
    both = status[reader.statics["customs_union"][:, 0] > 0] >= MEMBER
    pair = both[:, reader.powers][:, :, None] & both[:, reader.receivers][:, None]
    return _number(pair.any(axis=0))


def _common_bank(reader: Reader) -> Floats:
    """1 where a bank that p sponsors lends to receiver r, a member; (power, receiver, member)."""
    member = _member(reader)[:, reader.receivers]
    xp = namespace(reader.state["bank_lending"])
    found: Floats = xp.zeros_like(reader.state["bank_lending"])
    for number, home in enumerate(reader.statics["proposal_home"][..., 0]):
        if reader.statics["is_bank"][number, 0]:
            sponsor = reader.statics["sponsor"][number, reader.powers]
            lent = reader.state["adopted"][number] * member[int(home.argmax())]
            found = xp.maximum(found, sponsor[:, None] * lent[None])
    return found


INPUTS: Mapping[str, Callable[[Reader], Floats]] = {
    "may_ask": _may_ask,
    "neighbour": _neighbour,
    "spoken_for": _spoken_for,
    "rule_kind": _by_soil("kind"),
    "rule_veto": _by_soil("veto"),
    "rule_mandate": _by_soil("mandate"),
    "triggered": _triggered,
    "shared_lead": _shared_lead,
    "voters_count": _voters_count,
    "lead_dependence": _lead_dependence,
    "lead_apart_start": lambda reader: _apart(reader, reader.first["ideal_point"]),
    "divergence": _divergence,
    "unmet_request": _unmet_request,
    "benefit": _benefit,
    "member_count": _member_count,
    "admission_kind": _admission("kind"),
    "admission_veto": _admission("veto"),
    "observers_admitted": _observers_admitted,
    "exit_barred": lambda reader: _exit(reader)[0],
    "exit_condition": lambda reader: _exit(reader)[1],
    "voter": _voter,
    "vote_codes": _vote_codes,
    "vote_rule": _vote_rule,
    "vote_weight": _vote_weight,
    "vote_lead": _vote_lead,
    "sponsor_dependence": _sponsor_dependence,
    "sponsor_alignment": _sponsor_alignment,
    "union_start": lambda reader: _joint(reader, reader.first["membership"]),
    "union_gap": _union_gap,
    "common_bank": _common_bank,
}
