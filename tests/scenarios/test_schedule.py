"""Times of the grammar as steps, and patches compiled to dated operations."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.core.dates import steps
from heartland.core.interventions import parse_intervention
from heartland.errors import HeartlandInputError
from heartland.scenarios.schedule import Operation, RuleChange, compile_patches, last_step, step_of
from heartland.scenarios.start import NEUTRAL
from heartland.scenarios.state import Axes, event_kinds, state_catalogue

AXES = Axes(("A", "B", "C", "P", "Q"), ("P", "Q"), ("A", "B", "C"), ("o", "u"))
DATES = tuple(steps(date(2021, 12, 31), 24, 12))
QUARTERS = tuple(steps(date(2021, 12, 31), 24, 4))
MID = tuple(steps(date(2021, 12, 10), 6, 12))
MECHANISMS = {"unrest-onset": "M6", "revolt-exit": "M6", "trade": "M1"}
POLICIES = {
    "offer": {
        "none": (),
        "broad": (parse_intervention("set(relief, 1)"), parse_intervention("off(trade, at=2023-01)")),
    }
}


def compiled(text: str, dates=DATES, per_year: int = 12) -> tuple[Operation, ...]:
    return compile_patches(
        [parse_intervention(text)], AXES, dates, NEUTRAL, MECHANISMS, POLICIES, per_year
    )  # fmt: skip


def test_a_step_holds_its_own_end():
    assert [step_of(day, DATES) for day in DATES] == list(range(25))
    assert step_of(date(2021, 12, 31), DATES) == 0
    assert step_of(date(1990, 1, 1), DATES) == 0
    assert step_of(date(2022, 1, 1), DATES) == 1
    assert step_of(date(2022, 2, 28), DATES) == 2
    assert step_of(date(2022, 3, 1), DATES) == 3
    assert step_of(date(2024, 1, 1), DATES) == -1


SPANS = {
    "start": (0, 0), "end": (24, 24), "start/end": (0, 24), "2022-01": (1, 1), "2022": (1, 12),
    "2022-01-31": (1, 1), "2022-02-01": (2, 2), "2022-06/2022-08": (6, 8), "2022-12/2023": (12, 24),
    "2022-03/end": (3, 24), "start/2022-02": (0, 2), "2021-12-31": (0, 0), "2021-12-31/2022-01": (0, 1),
    "start/2021-12-31": (0, 0), "end/end": (24, 24), "2023": (13, 24),
}  # fmt: skip


@pytest.mark.parametrize("text", SPANS)
def test_spans_as_first_and_last_step(text):
    assert last_step(text, DATES) == SPANS[text]


def test_spans_in_quarters_and_from_the_middle_of_a_month():
    assert last_step("2022-05", QUARTERS) == (2, 2)
    assert last_step("2022", QUARTERS) == (1, 4)
    assert [day.isoformat() for day in MID[:2]] == ["2021-12-10", "2021-12-31"]
    assert last_step("2021-12-20", MID) == (1, 1)
    assert last_step("2021-12-10", MID) == (0, 0)


OUTSIDE = "Nothing is simulated there. Choose a time inside, start or end, or change start or horizon."


@pytest.mark.parametrize(
    "text", ["2021", "2021-12", "2020/2022", "2024", "2022/2024", "2024-01", "2021-12-30", "start/2010",
             "2021-12-31/2015", "2010/2011"],
)  # fmt: skip
def test_times_outside_the_run_are_refused(text):
    with pytest.raises(HeartlandInputError) as caught:
        last_step(text, DATES)
    assert str(caught.value) == f'"{text}" lies outside the run (2021-12-31 to 2023-12-31). {OUTSIDE}'


@pytest.mark.parametrize("text", ["2022-06/2022-01", "end/start", "end/2022-01", "2023/2022"])
def test_turned_spans_are_refused(text):
    with pytest.raises(HeartlandInputError) as caught:
        last_step(text, DATES)
    assert str(caught.value) == f'"{text}" ends before it begins. Swap the two.'


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(HeartlandInputError, match="2022-02-30"):
        last_step("2022-02-30", DATES)


@given(st.dates(date(2021, 12, 31), date(2023, 12, 31)), st.dates(date(2021, 12, 31), date(2023, 12, 31)))
def test_any_two_days_inside_give_ordered_steps(a, b):
    a, b = sorted((a, b))
    first, last = last_step(f"{a}/{b}", DATES)
    assert 0 <= first <= last <= 24
    assert DATES[first] >= a
    assert first == 0 or DATES[first - 1] < a


# text -> action, variable, slots, value, first, last, undo
PLAIN = {
    "set(union[giver=P, receiver=B], 1)": ("set", "union", ((0,), (1,)), 1.0, 1, 24, False),
    "set(union[receiver=B], 1, at=2022-03)": ("set", "union", ((), (1,)), 1.0, 3, 24, False),
    "set(capacity[actor=C], .2, at=2022-03, for=P6M)": ("set", "capacity", ((2,),), 0.2, 3, 8, True),
    "set(capacity[actor=C], .2, at=2022-03/2022-05)": ("set", "capacity", ((2,),), 0.2, 3, 5, True),
    "scale(gdp[actor=P], .95, at=start, for=P2Y)": ("scale", "gdp", ((3,),), 0.95, 1, 24, True),
    "scale(gdp[actor=P], .95, at=2023-01, for=P9Y)": ("scale", "gdp", ((3,),), 0.95, 13, 120, True),
    "scale(gdp[actor=P], .95, at=end)": ("scale", "gdp", ((3,),), 0.95, 24, 24, False),
    "shock(currency[giver=Q], -.1, at=2022-06/2022-07)": ("shock", "currency", ((1,),), -0.1, 6, 7, True),
    "shock(rivalry, +2sd)": ("shock", "rivalry", ((),), 2.0, 1, 24, False),
    "shock(trade-gap[giver=Q, receiver=A], .1)": ("shock", "trade_gap", ((1,), (0,)), 0.1, 1, 24, False),
    "shock(tension[giver=P, other=Q], .1)": ("shock", "tension", ((0,), (1,)), 0.1, 1, 24, False),
    "set(partner_opposed[organisation=u, receiver=A], 1)": (
        "set", "partner_opposed", ((1,), (0,)), 1.0, 1, 24, False,
    ),
    "clamp(rivalry[giver=P], -2)": ("clamp", "rivalry", ((0,),), -2.0, 1, 24, False),
    "clamp(rivalry[giver=P], -2, at=2022-05)": ("clamp", "rivalry", ((0,),), -2.0, 5, 5, False),
    "clamp(rivalry[giver=P], -2, at=2022)": ("clamp", "rivalry", ((0,),), -2.0, 1, 12, False),
    "clamp(rivalry[giver=P], -2, at=2022-05/2022-07)": ("clamp", "rivalry", ((0,),), -2.0, 5, 7, False),
    "clamp(rivalry[giver=P], -2, at=2022-05, for=P3M)": ("clamp", "rivalry", ((0,),), -2.0, 5, 7, False),
    "clamp(protest-wave[receiver=B], 0, at=2022-02)": ("clamp", "onset", ((1,),), 0.0, 2, 2, False),
    "clamp(onset[receiver=B], 0, at=2022-02)": ("clamp", "onset", ((1,),), 0.0, 2, 2, False),
    "clamp(union[giver=P], 1, at=2022-05/2022-07)": ("set", "union", ((0,), ()), 1.0, 5, 7, True),
    "force(protest-wave, actor=B, at=2022-02)": ("force", "onset", ((1,),), 1.0, 2, 2, False),
    "force(request-made, giver=B, receiver=u, at=2022-02)": (
        "force", "request", ((1,), (1,)), 1.0, 2, 2, False,
    ),
    "force(troops-sent, giver=u, receiver=B)": ("force", "troops_sent", ((1,), (1,)), 1.0, 1, 1, False),
    "force(troops-sent, organisation=u, actor=B)": ("force", "troops_sent", ((1,), (1,)), 1.0, 1, 1, False),
    "force(push-back, giver=Q, receiver=P)": ("force", "pushback", ((1,), (0,)), 1.0, 1, 1, False),
    "off(trade)": ("off", "trade", (), 0.0, 1, 24, False),
    "off(trade, at=2022-02, for=P2M)": ("off", "trade", (), 0.0, 2, 3, False),
    "off(M1, at=2022-02/2022-04)": ("off", "trade", (), 0.0, 2, 4, False),
    "rule(u.collective-response, never, at=2022-06)": (
        "rule", "u.collective-response", (), 0.0, 6, 24, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_each_kind_of_patch(text):
    (op,) = compiled(text)
    assert (op.action, op.variable, op.slots, op.value, op.first, op.last, op.undo) == PLAIN[text]
    assert op.text == text
    assert (op.rule is None) == (op.action != "rule")


def test_a_rule_patch_names_organisation_decision_and_choice():
    (op,) = compiled("rule(u.collective-response, R-U-02)")
    assert op.rule == RuleChange(1, "collective-response", "R-U-02")


def test_a_forced_wave_that_threatens_the_regime_forces_its_mark_too():
    ops = compiled("force(protest-wave, actor=A, size=threat, at=2022-01)")
    assert [(op.variable, op.slots, op.first, op.last) for op in ops] == [
        ("onset", ((0,),), 1, 1), ("threat_mark", ((0,),), 1, 1),
    ]  # fmt: skip


def test_a_model_row_switches_off_all_its_mechanisms():
    assert [op.variable for op in compiled("off(M6)")] == ["unrest-onset", "revolt-exit"]


def test_durations_cover_whole_steps_of_any_length():
    (op,) = compiled("scale(gdp[actor=P], .9, at=2022-04, for=P6M)", QUARTERS, 4)
    assert (op.first, op.last) == (2, 3)
    (op,) = compiled("scale(gdp[actor=P], .9, at=2022-04, for=P1M)", QUARTERS, 4)
    assert (op.first, op.last) == (2, 2)


def test_a_policy_is_its_options_patches():
    first, second = compiled("policy(offer, broad)")
    assert (first.action, first.variable, first.first, first.last) == ("set", "relief", 1, 24)
    assert (second.action, second.variable, second.first) == ("off", "trade", 13)


def test_a_policy_chosen_later_or_for_a_while_dates_its_patches():
    first, second = compiled("policy(offer, broad, at=2022-06, for=P3M)")
    assert (first.first, first.last, first.undo) == (6, 8, True)
    assert second.first == 13, "a patch with a date of its own keeps it"


STATES = sorted({*state_catalogue(), *NEUTRAL})
REFUSES = {
    "set(unon, 1)": '"unon" is not a known state. A patch on nothing would silently change nothing. '
    f"Did you mean union? Known: {', '.join(STATES[:40])}.",
    "set(union[giver=R], 1)": '"R" is not a modelled power. Only actors on the axis have a state. '
    "Did you mean P or Q? Known: P, Q.",
    "set(gdp[actor=Z], 1)": '"Z" is not a modelled actor. Only actors on the axis have a state. '
    "Did you mean A or B or C? Known: A, B, C, P, Q.",
    "off(trede)": '"trede" is not a known mechanism. A patch on nothing would silently change nothing. '
    "Did you mean trade? Known: M1, M6, revolt-exit, trade, unrest-onset.",
    "off(M7)": '"M7" is not a known mechanism. A patch on nothing would silently change nothing. '
    "Did you mean M1 or M6? Known: M1, M6, revolt-exit, trade, unrest-onset.",
    "rule(oo.collective-response, never)": '"oo" is not a known organisation that decides in the model. '
    "A patch on nothing would silently change nothing. Did you mean o or u? Known: o, u.",
    "policy(ofer, none)": '"ofer" is not a known policy. A patch on nothing would silently change nothing. '
    "Did you mean offer? Known: offer.",
    "policy(offer, nun)": '"nun" is not a known option of offer. A patch on nothing would silently change '
    "nothing. Did you mean none? Known: broad, none.",
    "policy(offer, none)": '"none" of "offer" is what holds without a patch. The run would not differ '
    "from one without it. Leave it out, or choose another option (heartland describe rules).",
    "force(protest-wave, at=2022-01/2022-03)": 'force("protest-wave") happens once and has no duration. '
    "An event is drawn, or forced, in one step. "
    "Leave for= out and give one time, or write a force for each time.",
    "force(protest-wave, for=P2M)": 'force("protest-wave") happens once and has no duration. An event is '
    "drawn, or forced, in one step. Leave for= out and give one time, or write a force for each time.",
    "force(push-back, actor=P)": '"push-back" joins two actors, and actor= does not say which. '
    "Write giver= for who acts, receiver= for whom it is aimed at.",
    "shock(trade-gap, .1, for=P2M)": '"trade-gap" is moved by mechanisms, so shock cannot be taken back '
    "after a while. Part of the change has faded by then; taking it back whole would overshoot. "
    "Leave the duration out, or hold the level with clamp(TARGET, VALUE, at=..., for=...).",
    "scale(trade-gap, 2)": '"trade-gap" has no natural zero to be scaled from. It is a change since the '
    "start, which is 0 there. Write shock(TARGET, AMOUNT, ...).",
    "scale(cost, 2)": '"cost" has no natural zero to be scaled from. It is a change since the start, '
    "which is 0 there. Write shock(TARGET, AMOUNT, ...).",
    "force(protest-weve)": '"protest-weve" is not a known event. A patch on nothing would silently change '
    f"nothing. Did you mean protest-wave? Known: {', '.join(sorted(event_kinds())[:40])}.",
    "force(protest-wave, actor=P)": '"P" is not a modelled receiver. Only actors on the axis have a state. '
    "Did you mean A or B or C? Known: A, B, C.",
    "force(protest-wave, actor=A, size=2000)": 'size "2000" cannot be forced. Crowd sizes are not simulated '
    "yet. Write size=threat or leave it out.",
    "set(presence[giver=P, receiver=A], 2)": '"presence" is computed from other states and cannot be '
    "patched. The next step would overwrite it. Patch what it is made of: max(clip(effort, 0, 4), deployed).",
    "shock(gdp[actor=A], -1sd)": '"gdp" is in usd2015, not in sd. Its standard deviation is not declared. '
    "Give the amount in its own unit.",
    "shock(union[giver=P], +1sd)": '"union" is in its own unit, not in sd. '
    "Its standard deviation is not declared. Give the amount in its own unit.",
    "set(capacity, 1.5)": '1.5 is outside the range of "capacity", 0 to 1. No mechanism knows such a level. '
    "Choose a value inside.",
    "clamp(unrest, -.1)": '-0.1 is outside the range of "unrest", 0 to 1. No mechanism knows such a level. '
    "Choose a value inside.",
    "set(gdp, -5)": '-5 is outside the range of "gdp", 0 to inf. No mechanism knows such a level. '
    "Choose a value inside.",
    "clamp(onset, 2)": '2 is outside the range of "onset", 0 to 1. No mechanism knows such a level. '
    "Choose a value inside.",
    "set(onset[receiver=A], 1)": '"onset" is an event and has no level to set. It is drawn anew in every '
    "step. Write force(EVENT, ...), or clamp(EVENT, 0) to hold it off.",
    "scale(protest-wave, 2)": '"protest-wave" is an event and has no level to scale. It is drawn anew in '
    "every step. Write force(EVENT, ...), or clamp(EVENT, 0) to hold it off.",
    "scale(gdp, 0, for=P1Y)": '"gdp" scaled by 0 cannot be scaled back. The patch ends, and what it took is '
    "lost. Write set(TARGET, 0, ...) with the same span.",
    "set(capacity[actor=A, receiver=B], 1)": "receiver=B chooses a receiver a second time. "
    "Only one of the two would be patched. Keep one, and write a patch for each.",
    "force(protest-wave, actor=A, receiver=A)": "receiver=A chooses a receiver a second time. "
    "Only one of the two would be patched. Keep one, and write a patch for each.",
    "set(union, 1, at=2030)": f'"2030" lies outside the run (2021-12-31 to 2023-12-31). {OUTSIDE}',
    "off(trade, at=2022-06/2022-01)": '"2022-06/2022-01" ends before it begins. Swap the two.',
}


@pytest.mark.parametrize("text", REFUSES)
def test_refuses_what_would_change_nothing_or_the_wrong_thing(text):
    with pytest.raises(HeartlandInputError) as caught:
        compiled(text)
    assert str(caught.value) == REFUSES[text]


OVERLAPS = {
    ("set(capacity, .5, at=2022-01/2022-06)", "set(capacity[receiver=A], .2, at=2022-06/2022-08)"): True,
    ("set(capacity[receiver=A], .5, for=P6M)", "set(capacity[receiver=A], .2, at=2022-06, for=P2M)"): True,
    ("set(union[giver=P], 1, for=P6M)", "clamp(union[receiver=A], 1, at=2022-02)"): True,
    ("set(capacity[receiver=A], .5, for=P6M)", "set(capacity[receiver=B], .2, for=P6M)"): False,
    ("set(capacity, .5, for=P5M)", "set(capacity, .2, at=2022-06, for=P2M)"): False,
    ("set(union, 1, for=P6M)", "set(relief, 1, for=P6M)"): False,
    ("set(capacity, .5)", "set(capacity, .2, at=2022-06)"): False,
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), OVERLAPS)
def test_two_patches_may_not_hold_one_value_at_the_same_time(one, other):
    patches = [parse_intervention(one), parse_intervention(other)]

    def together():
        return compile_patches(patches, AXES, DATES, NEUTRAL, MECHANISMS, POLICIES, 12)

    if not OVERLAPS[one, other]:
        assert len(together()) == 2
        return
    with pytest.raises(HeartlandInputError) as caught:
        together()
    assert str(caught.value) == (
        f'"{one}" and "{other}" hold the same value at the same time. What holds after the first of them '
        "ends would depend on their order. Let one end before the other begins."
    )
