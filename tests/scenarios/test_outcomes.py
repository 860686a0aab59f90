"""Outcome expressions against a second evaluator that works member by member on plain numbers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.expressions import parse
from heartland.core.tree import Binary, Call, Everything, Given, Key, Listing, Name, Node, Number, Span, Unary
from heartland.errors import HeartlandInputError
from heartland.scenarios.outcomes import RunView, answer, evaluate
from heartland.scenarios.state import Axes

AXES = Axes(("A", "B", "C", "P"), ("P", "Q"), ("A", "B", "C"), ("o",))
DATES = (date(2020, 12, 31), date(2021, 1, 31), date(2021, 2, 28), date(2021, 3, 31))
MEMBERS = 6
_SOURCE = np.random.default_rng(5)
STRESS = np.round(_SOURCE.normal(size=(MEMBERS, 4, 3)), 1)
STRESS[1, :, 0] = np.nan
STRESS[2, 3, :] = np.nan
OIL = np.round(_SOURCE.normal(size=(MEMBERS, 4, 1)), 1)
ATTITUDE = np.round(_SOURCE.normal(size=(MEMBERS, 4, 2, 3)), 1)
DATA = {"stress": STRESS, "oil": OIL, "attitude": ATTITUDE}
VIEW = RunView(AXES, DATES, MEMBERS, DATA.__getitem__, lambda name: (0, 1, 2, 3), ("economic", "all"))


# --- the second evaluator: one member, plain floats, None for unknown, lists for lists of slots ---
STEPS = {"start": [0], "end": [3], "2021-02": [2], "2021-01/2021-02": [1, 2]}
PICKED = {
    "oil": (), "stress": ((AXES.receiver, "actor"),),
    "attitude": ((AXES.power, "giver"), (AXES.receiver, "receiver")),
}  # fmt: skip


def level(call: Call, member: int):
    name = call.arguments[0].text
    span = call.key("at")
    steps = STEPS[span.value.text if span else "end"]
    picks = []
    for axis, key in PICKED[name]:
        value = call.key(key).value
        if isinstance(value, Everything):
            picks.append(list(range(len(axis))))
        else:
            names = value.names if isinstance(value, Listing) else (value.text,)
            picks.append([axis.index(item) for item in names])

    def one(places):
        series = [float(DATA[name][(member, step, *places)]) for step in steps]
        return None if any(math.isnan(x) for x in series) else math.fsum(series) / len(series)

    if name == "oil":
        return one((0,))
    if name == "stress":
        found = [one((i,)) for i in picks[0]]
    else:
        found = [one((i, j)) for i in picks[0] for j in picks[1]]
    return found[0] if len(found) == 1 else found


def lifted(function, *values):
    """Apply to single values, element by element where one of them is a list."""
    size = next((len(value) for value in values if isinstance(value, list)), None)
    if size is None:
        return function(*values)
    spread = [value if isinstance(value, list) else [value] * size for value in values]
    return [function(*items) for items in zip(*spread, strict=True)]


def strict(function):
    def guarded(*values):
        return None if any(value is None for value in values) else function(*values)

    return guarded


def divide(a, b):
    return None if b == 0 else a / b


def reduced(name, values):
    if any(value is None for value in values):
        return None
    return {"sum": math.fsum, "max": max, "min": min, "mean": lambda x: math.fsum(x) / len(x)}[name](values)


COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
COMPUTE = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": divide}


def negated(value):
    return None if value is None else not value


def both(a, b):
    if (a is not None and not a) or (b is not None and not b):
        return False
    return None if a is None or b is None else True


def reference(node: Node, member: int):
    match node:
        case Number(value=value):
            return value
        case Unary(op="not", operand=inner):
            return negated(reference(inner, member))
        case Unary(operand=inner):
            return lifted(strict(lambda a: -a), reference(inner, member))
        case Binary(op=op, left=left, right=right):
            a, b = reference(left, member), reference(right, member)
            if op == "and":
                return both(a, b)
            if op == "or":
                return negated(both(negated(a), negated(b)))
            if op in COMPUTE:
                return lifted(strict(COMPUTE[op]), a, b)
            found = lifted(strict(COMPARE[op]), a, b)
            if not isinstance(found, list):
                return found
            return True if True in found else None if None in found else False
        case Call(function="value"):
            return level(node, member)
        case Call(function=name, arguments=arguments):
            values = [reference(part, member) for part in arguments]
            if name in ("sum", "mean", "max", "min") and len(values) == 1:
                return reduced(name, values[0]) if isinstance(values[0], list) else values[0]
            if name in ("max", "min"):
                return lifted(strict(max if name == "max" else min), *values)
            if name == "abs":
                return lifted(strict(abs), *values)
            if name == "log":
                return lifted(strict(lambda a: math.log(a) if a > 0 else None), *values)
            if name == "clip":
                return lifted(strict(lambda a, low, high: min(max(a, low), high)), *values)
            assert name == "where"
            condition, yes, no = values
            return None if condition is None else yes if condition else no


# --- random trees in the terms of that data ---
TIMES = st.sampled_from([(), *((Key("at", "=", Span(text)),) for text in STEPS)])
NUMBERS = st.sampled_from([0.0, 0.5, 1.0, 2.0]).map(Number)
ONE = st.sampled_from(["A", "B", "C"]).map(Name)
MANY = st.sampled_from([Listing(("A", "B")), Listing(("C", "A"))])


def value(name, *keys):
    return TIMES.map(lambda at: Call("value", (Name(name),), (*keys, *at)))


SCALARS = (
    NUMBERS
    | value("oil")
    | ONE.flatmap(lambda who: value("stress", Key("actor", "=", who)))
    | ONE.flatmap(lambda who: value("attitude", Key("giver", "=", Name("Q")), Key("receiver", "=", who)))
)
LISTS = (
    MANY.flatmap(lambda who: value("stress", Key("actor", "=", who)))
    | MANY.flatmap(lambda who: value("attitude", Key("giver", "=", Name("P")), Key("receiver", "=", who)))
    | value("attitude", Key("giver", "=", Everything()), Key("receiver", "=", Name("B")))
)


def numbers(inner):
    return (
        st.tuples(st.sampled_from(list("+-*/")), inner, inner).map(lambda x: Binary(*x))
        | inner.map(lambda x: Unary("-", x))
        | st.tuples(st.sampled_from(["abs", "log"]), inner).map(lambda x: Call(x[0], (x[1],), ()))
        | st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(lambda x: Call(x[0], x[1:], ()))
        | inner.map(lambda x: Call("clip", (x, Number(-0.5), Number(0.7)), ()))
    )


SCALAR_TREES = st.recursive(SCALARS, numbers, max_leaves=5)
OPERATORS, REDUCERS = st.sampled_from(list("+-*/")), st.sampled_from(["sum", "mean", "max", "min"])
LIST_TREES = LISTS | st.tuples(OPERATORS, LISTS, SCALAR_TREES | LISTS).map(lambda x: Binary(*x))
REDUCED = st.tuples(REDUCERS, LIST_TREES).map(lambda x: Call(x[0], x[1:], ()))
NUMERIC = SCALAR_TREES | REDUCED
SIGNS = st.sampled_from(list(COMPARE))
COMPARISONS = st.tuples(SIGNS, NUMERIC | LIST_TREES, NUMERIC).map(lambda x: Binary(*x))
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(lambda x: Binary(*x))
        | inner.map(lambda x: Unary("not", x))
    ),
    max_leaves=5,
)
WHERE = st.tuples(CONDITIONS, NUMERIC, NUMERIC).map(lambda x: Call("where", x, ()))


def same(found: float, wanted) -> bool:
    if wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
        return math.isnan(found)
    return math.isclose(found, float(wanted), rel_tol=1e-9, abs_tol=1e-9) or found == wanted


@settings(max_examples=300, deadline=None)
@given(NUMERIC | CONDITIONS | WHERE)
def test_every_member_agrees_with_the_second_evaluator(tree):
    found = answer(tree, VIEW)
    assert found.values.shape == (MEMBERS,)
    for member in range(MEMBERS):
        assert same(found.values[member], reference(tree, member))
        assert bool(found.valid[member]) == (not math.isnan(found.values[member]))


@settings(max_examples=100, deadline=None)
@given(NUMERIC | CONDITIONS, CONDITIONS)
def test_given_leaves_out_members_whose_condition_fails_or_is_unknown(tree, condition):
    found = answer(Given(tree, condition), VIEW)
    for member in range(MEMBERS):
        kept = reference(condition, member) is True and reference(tree, member) is not None
        assert bool(found.valid[member]) == kept


@pytest.mark.parametrize(
    ("text", "binary"),
    [
        ("value(oil) > 0", True), ("not value(oil) > 0", True), ("value(oil) > 0 and 1 = 1", True),
        ("occurs(protest-wave)", True), ("value(oil)", False), ("where(value(oil) > 0, 1, 0)", False),
        ("mean(value(stress, receiver=*))", False), ("count(protest-wave)", False),
    ],
)  # fmt: skip
def test_yes_no_outcomes_are_told_from_numbers(text, binary):
    events = {name: np.full((MEMBERS, 4), -1) for name in ("event_step", "event_kind", "event_receiver")}
    view = RunView(AXES, DATES, MEMBERS, {**DATA, **events}.__getitem__, lambda name: (0, 1, 2, 3), ())
    assert answer(parse(text), view).binary is binary


def test_unknown_stays_unknown_and_is_not_a_no():
    found = answer(parse("value(stress, actor=A) > -99"), VIEW)
    assert found.valid.tolist() == [True, False, False, True, True, True]
    assert found.values[found.valid].tolist() == [1.0] * 4
    assert np.isnan(found.values[1:3]).all()
    # an unknown part does not matter where the other part decides
    assert answer(parse("value(stress, actor=A) > 0 and 1 = 2"), VIEW).values.tolist() == [0.0] * MEMBERS
    assert answer(parse("value(stress, actor=A) > 0 or 1 = 1"), VIEW).values.tolist() == [1.0] * MEMBERS
    # any of a list: yes as soon as one is known to be, unknown when none is
    assert np.isnan(answer(parse("value(stress, actor=[A, B]) > 99"), VIEW).values).tolist() == [
        False, True, True, False, False, False,
    ]  # fmt: skip


def test_what_has_no_number_is_unknown_and_never_zero_or_an_exception():
    zero = "1 / (value(oil) * 0)"
    for text in ("1 / 0", "0 / 0", "log(0)", "log(-1)", "logit(0)", "logit(1)", "logit(2)", zero):
        found = answer(parse(text), VIEW)
        assert np.isnan(found.values).all(), text
        assert not found.valid.any(), text
    assert answer(parse("logit(.5)"), VIEW).values.tolist() == [0.0] * MEMBERS
    assert answer(parse("exp(0)"), VIEW).values.tolist() == [1.0] * MEMBERS


LISTED = "The outcome is a list of values, not one. An outcome has one value per member. " + (
    "Wrap it in mean(), sum(), max() or min()."
)
BROKEN = {
    "stress": '"stress" alone has no value. Write value(stress, at=end).',
    "value(stress, receiver=*)": LISTED,
    "abs(value(stress, receiver=*))": LISTED,
    "max(value(stress, receiver=*), 1)": LISTED,
    "1 given value(stress, receiver=*)": LISTED.replace("The outcome", "The condition"),
    "value(stress, receiver=[A, B]) > value(stress, receiver=*)": "Lists of 2 and 3 values cannot be put "
    "together. Name the same slots on both sides, or reduce them with mean(), sum(), max() or min().",
    "max()": "max() does not take 0 values. It takes one list of slots, or several values.",
    "sum()": "sum() does not take 0 values. It takes one list of slots.",
    "mean(1, 2)": "mean() does not take 2 values. It takes one list of slots.",
    "exp(1, 2)": "exp() does not take 2 values. It takes one value.",
    "clip(1, 2)": "clip() does not take 2 values. It takes a value, the least and the most.",
    "where(1, 2)": "where() does not take 2 values. It takes a condition, a value and another value.",
    "exp(1, at=end)": 'exp() takes no key, found "at". '
    "Put the key into value(), share(), change() or measure().",
    "value()": "value() needs a name first. Write value(NAME, ...).",
    "value(1)": "value() needs a name first. Write value(NAME, ...).",
    "value(oil, from=start)": '"from=" means nothing in value(). It would be passed over. '
    "Keys: actor, giver, receiver, organisation, other, leg, corridor, proposal, border, neighbour, option, "
    "at, each with =.",
    "value(stress, actor>=A)": '"actor>=" means nothing in value(). It would be passed over. '
    "Did you mean actor? Keys: actor, giver, receiver, organisation, other, leg, corridor, proposal, border, "
    "neighbour, option, at, each with =.",
    "value(stress)": "stress is a value for each receiver. The expression names none. "
    "Add actor=ID, a list or *.",
    "value(attitude, receiver=A)": "attitude is a value for each power. The expression names none. "
    "Add giver=ID, a list or *.",
    "value(attitude, giver=P)": "attitude is a value for each receiver. The expression names none. "
    "Add receiver=ID, a list or *.",
    "value(stress, actor=AA)": '"AA" is not a modelled receiver. Only actors on the axis have a state. '
    "Did you mean A or B or C? Known: A, B, C.",
    "value(oil, at=2020)": '"2020" lies outside the run (2020-12-31 to 2021-03-31). '
    "Nothing is simulated there. Choose a time inside, start or end, or change start or horizon.",
    "value(oil, at=2021-03/2021-01)": '"2021-03/2021-01" ends before it begins. Swap the two.',
    "share(debt, giver=P, receiver=A)": "share(debt) is not simulated. Shares of trade, energy and arms are.",
    "rank(influence)": "rank() is not simulated by this region's mechanisms. No run could answer it. "
    "Ask with occurs(), value(), share(), change(), measure() or stage().",
    "measure(rank, giver=P, receiver=A)": '"rank" is not measured in runs. '
    "Known: influence, bandwidth, dependence, division_of_labour, effective_partners, influence_share.",
}


@pytest.mark.parametrize("text", BROKEN)
def test_refuses_in_words(text):
    with pytest.raises(HeartlandInputError) as caught:
        answer(parse(text), VIEW)
    assert str(caught.value) == BROKEN[text]


def test_an_unknown_state_names_the_near_ones_and_lists_all():
    with pytest.raises(HeartlandInputError) as caught:
        answer(parse("value(stres, actor=A)"), VIEW)
    text = str(caught.value)
    assert text.startswith('"stres" is not a state of the model. Did you mean stress? States: gdp, power')
    assert "onset" not in text, "events are no states"


def test_a_key_value_has_no_value_of_its_own():
    with pytest.raises(HeartlandInputError) as caught:
        evaluate(Listing(("A",)), VIEW)
    assert str(caught.value) == "This part has no value of its own. Use it as key=value."
