"""What mechanisms read about organisations: soil, neighbours, voters; requests decided as worded."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from heartland.dynamics.alliances import alliance_response
from heartland.dynamics.decide import CODES as KIND
from heartland.region.rules import RuleRecord
from heartland.scenarios.derived import derived
from heartland.scenarios.institutions import INPUTS, rule_code
from heartland.scenarios.rulebook import (
    ABROAD,
    ADMISSION,
    COORDINATION,
    ELIGIBILITY,
    EXIT,
    HOME,
    OBSERVERS,
    TAKEN,
    codes_of,
)
from heartland.scenarios.state import Axes

# A leads the club, B and C are members, N borders on B, F is far away, P is another power
AXES = Axes(("A", "P", "B", "C", "N", "F"), ("A", "P"), ("B", "C", "N", "F"), ("club",))
OUT, OBSERVER, MEMBER, FROZEN = 0.0, 1.0, 3.0, 4.0
SEATS = [MEMBER, OUT, MEMBER, MEMBER, OUT, OUT]
BORDERS = {"B": "CN", "C": "B", "N": "BF", "F": "N"}


def rule(decision, kind="lead", **keys):
    return RuleRecord("R", "club", decision, kind, keys.pop("modifiers", ("veto",)), lead="A",
                      voters=("members-of:club",), **keys)


HELP = rule(HOME, trigger="member-request")
MISSION = rule(ABROAD, modifiers=("veto", "mandate_from"), trigger="crisis-outside-members")


class Reader:
    """A run stopped at one step: states and constants of one organisation, (*axes, member)."""

    def __init__(self, *rules, seats=SEATS, members=1, **state):
        found = {item.decision: item for item in rules}
        codes = [codes_of(found.get(name), AXES.actor) for name in TAKEN]
        names = AXES.actor
        near = [[float(other in BORDERS[name]) for other in names] for name in AXES.receiver]
        self.axes, self.dt = AXES, 1 / 12
        self.powers, self.receivers = [0, 1], [2, 3, 4, 5]
        self.statics = {
            "rule_codes": np.array([codes])[..., None], "lead": np.array([[[1.0], [0.0]]]),
            "borders": np.array(near)[..., None], "outside_members": np.zeros((1, 1)),
            "is_lead": np.array([[float(name == "A") for name in names]])[..., None],
            "customs_union": np.ones((1, 1)), "membership_benefit": np.zeros((1, 6, 1)),
            "side_payment": np.zeros((1, 6, 1)),
        }
        quiet = {name: np.zeros((4, members)) for name in ("crisis", "onset", "threat_mark", "mandate")}
        self.state = {**quiet, "membership": np.array([seats])[..., None] + np.zeros((1, 6, members)),
                      "departures": np.zeros((1, members)), "unmet": np.zeros((1, 4, members)), **state}
        self.first, self.before = dict(self.state), dict(self.state)

    def get(self, name):
        return self.state[name] if name in self.state else derived()[name](self)


def seen(name, *rules, **keys):
    """An input by receiver or actor of the club, first member."""
    return INPUTS[name](Reader(*rules, **keys))[0, ..., 0].tolist()


def test_members_may_ask_and_neighbours_of_members_are_outside():
    assert seen("may_ask", HELP) == [1, 1, 0, 0]
    assert seen("neighbour", MISSION) == [0, 0, 1, 0]
    assert seen("may_ask", MISSION) == [0, 0, 0, 0], "no rule for help at home, so nobody may ask"
    assert seen("neighbour", HELP) == [0, 0, 0, 0]
    frozen = [MEMBER, OUT, FROZEN, MEMBER, OUT, OUT]
    assert seen("may_ask", HELP, seats=frozen) == [0, 1, 0, 0]
    assert seen("neighbour", MISSION, seats=frozen) == [0, 0, 0, 0], "a frozen member has no say next door"


def test_the_rule_depends_on_the_soil_and_no_rule_forbids():
    assert seen("rule_kind", HELP, MISSION) == [KIND["lead"]] * 4
    assert seen("rule_mandate", HELP, MISSION) == [0, 0, 1, 1]
    assert seen("rule_kind", HELP) == [KIND["lead"]] * 2 + [KIND["never"]] * 2
    soil = [MEMBER, OUT, FROZEN, MEMBER, OUT, OUT]
    assert seen("rule_mandate", HELP, MISSION, seats=soil) == [0, 0, 1, 1], "frozen or not, it is theirs"


def test_voters_are_the_members_beside_lead_and_asker():
    assert seen("voters_count", HELP) == [1, 1, 2, 2]
    reader = Reader(HELP)
    reader.statics["outside_members"] = np.full((1, 1), 2.0)
    assert INPUTS["voters_count"](reader)[0, :, 0].tolist() == [3, 3, 4, 4]
    assert INPUTS["member_count"](reader)[0, 0] == 5


NARROW = rule(ABROAD, trigger="crisis-in-a-neighbour-that-endangers-members", modifiers=())


def test_triggers_hold_where_their_condition_does():
    crisis = np.array([[0.0], [0.0], [1.0], [1.0]])
    assert seen("triggered", HELP, MISSION) == [1, 1, 1, 1]
    assert seen("triggered", HELP, NARROW) == [1, 1, 0, 0]
    assert seen("triggered", HELP, NARROW, crisis=crisis) == [1, 1, 1, 0], "far away endangers nobody"
    wave = {"onset": crisis, "threat_mark": np.ones((4, 1))}
    assert seen("triggered", HELP, NARROW, **wave) == [1, 1, 1, 0]
    assert seen("triggered", HELP, NARROW, onset=crisis) == [1, 1, 0, 0], "a harmless wave endangers nobody"
    gone = [OUT, OUT, MEMBER, MEMBER, OUT, OUT]
    assert seen("triggered", HELP, MISSION, seats=gone) == [0, 0, 0, 0], "nothing without the lead's seat"


def by_the_words(text, member, near, danger, asked, mandate, lead, objects):
    """Whether troops may go, read from the rules: soil of members, else the rule for missions abroad."""
    lawful = asked and lead and not objects
    if member:
        return lawful
    if text.trigger == NARROW.trigger and not (near and danger):
        return False
    return lawful and (mandate or "mandate_from" not in text.modifiers)


@pytest.mark.parametrize("text", [
    MISSION, rule(ABROAD, trigger="crisis-outside-members"),
    rule(ABROAD, modifiers=("veto", "mandate_from"), trigger=NARROW.trigger)],
    ids=["in force", "without a mandate", "narrow"])
def test_requests_are_decided_as_the_rules_are_worded(text):
    cases = list(product((False, True), repeat=5))
    danger, asked, mandate, lead, objects = (np.array(column, float) for column in zip(*cases, strict=True))
    everywhere = np.ones((4, 1))
    reader = Reader(HELP, text, members=len(cases), crisis=danger * everywhere, mandate=mandate * everywhere)
    nothing, wide = np.zeros((4, 1)), np.ones((1, 4, 1))
    consent = alliance_response(
        asked * wide, reader.statics["lead"], *(reader.get(name) for name in (
            "rule_kind", "rule_veto", "rule_mandate", "mandate", "triggered", "shared_lead", "voters_count")),
        nothing, nothing, 0 * wide, np.zeros((2, 1)), np.zeros((2, 4, 1)),
        reference=np.where(lead > 0, 60.0, -60.0), origin_effect=0.0, external_effect=0.0,
        opposed_effect=0.0, overstretch_effect=0.0, cost_effect=0.0, shared_effect=0.0,
        objection=np.full(len(cases), 0.2), floor=0.0,
        uniform_lead=0.5 * wide, uniform_objection=np.where(objects > 0, 0.999, 0.0) * wide,
    )["consent"].occurs
    for place, name in enumerate(AXES.receiver):
        for number, case in enumerate(cases):
            expected = by_the_words(text, name in "BC", name == "N", *case)
            assert consent[0, place, number] == expected, (name, case)


def test_speaking_for_another_and_leading_for_another_need_a_rule_in_force():
    one = rule(ELIGIBILITY, "unilateral", modifiers=())
    assert seen("spoken_for", HELP) == [0, 0, 0, 0]
    assert seen("spoken_for", HELP, one) == [1, 1, 1, 1]
    assert seen("spoken_for", HELP, rule(ELIGIBILITY, "never")) == [0, 0, 0, 0]
    papers = rule(COORDINATION, "consensus", modifiers=("mandate_from",))
    given = np.array([[0.0], [1.0], [0.0], [1.0]])
    assert seen("shared_lead", papers, mandate=given) == [0, 1, 0, 1]
    assert seen("shared_lead", rule(COORDINATION, "consensus", modifiers=()), mandate=given) == [1, 1, 1, 1]
    assert seen("shared_lead", HELP, mandate=given) == [0, 0, 0, 0]


def test_exit_admission_and_observers():
    declared = rule(EXIT, "unilateral", trigger="interest-no-longer-served")
    for text, barred, condition in ((declared, 0, 1), (rule(EXIT, "never"), 1, 0), (HELP, 0, 0)):
        reader = Reader(text)
        assert INPUTS["exit_barred"](reader)[0, 0] == barred
        assert INPUTS["exit_condition"](reader)[0, 0] == condition
    assert INPUTS["admission_kind"](Reader(HELP))[0, 0] == KIND["consensus"], "members admit by consensus"
    assert INPUTS["admission_kind"](Reader(rule(ADMISSION, "majority")))[0, 0] == KIND["majority"]
    assert INPUTS["observers_admitted"](Reader(HELP))[0, 0] == 1
    assert INPUTS["observers_admitted"](Reader(rule(OBSERVERS, "never")))[0, 0] == 0


def test_an_adopted_amendment_takes_the_place_of_the_rule_unless_a_patch_holds_it():
    reader = Reader(MISSION)
    reader.statics["amendment_place"] = np.array([[[0.0], [float(TAKEN.index(ABROAD))]]])
    reader.statics["amendment_codes"] = codes_of(rule(ABROAD, modifiers=()), AXES.actor)[None, :, None]
    reader.state["adopted"] = np.array([[0.0, 1.0]])
    assert rule_code(reader, ABROAD, "mandate").tolist() == [[1, 0]]
    assert rule_code(reader, HOME, "kind").tolist() == [[-1]]
    held = codes_of(MISSION, AXES.actor, held=True)
    reader.statics["rule_codes"][0, TAKEN.index(ABROAD), :, 0] = held
    assert rule_code(reader, ABROAD, "mandate").tolist() == [[1, 1]]


def test_dependence_on_the_lead_is_trade_and_transfers_up_to_all():
    reader = Reader(HELP, trade_weight=np.array([[[0.3], [0.8], [np.nan], [0.1]], np.ones((4, 1))]),
                    remit_ratio=np.array([[[0.2], [0.5], [0.4], [np.nan]], np.ones((4, 1))]))
    assert INPUTS["lead_dependence"](reader)[0, :, 0].tolist() == pytest.approx([0, 0, 0.5, 1.0, 0.4, 0.1])


def test_gains_of_membership_add_up():
    reader = Reader(HELP, trade_gap=np.array([[[0.1], [np.nan], [0.0], [-0.2]], np.ones((4, 1))]))
    reader.statics["side_payment"] = np.full((1, 6, 1), 0.5)
    assert INPUTS["benefit"](reader)[0, :, 0].tolist() == pytest.approx([0.5, 0.5, 0.6, 0.5, 0.5, 0.3])
    reader.statics["customs_union"] = np.zeros((1, 1))
    assert INPUTS["benefit"](reader)[0, :, 0].tolist() == [0.5] * 6
