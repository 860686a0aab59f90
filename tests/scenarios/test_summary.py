"""Numbers of an answer against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.scenarios.outcomes import Answer
from heartland.scenarios.state import DRAW
from heartland.scenarios.summary import OutcomeSummary, Spread, difference, draw_effects, grade, spread_of


def ask(values, valid=None, binary=False) -> Answer:
    values = np.asarray(values, dtype=float)
    known = np.ones(values.size, dtype=bool) if valid is None else np.asarray(valid, dtype=bool)
    return Answer(values, known, binary)


def by_hand(values, valid):
    """The formulas of the paired ensemble in plain loops."""
    groups = [
        [values[m] for m in range(start, min(start + DRAW, len(values))) if valid[m]]
        for start in range(0, len(values), DRAW)
    ]
    groups = [group for group in groups if group]
    means = [sum(group) / len(group) for group in groups]
    n = sum(len(group) for group in groups)
    whole = sum(sum(group) for group in groups) / n
    within = sum((x - mean) ** 2 for group, mean in zip(groups, means, strict=True) for x in group) / (
        n - len(groups)
    )
    size = len(groups) / sum(1 / len(group) for group in groups)
    centre = sum(means) / len(means)
    between = max(0.0, sum((mean - centre) ** 2 for mean in means) / (len(means) - 1) - within / size)
    share = between / (between + within / size)
    return whole, [whole + share * (mean - whole) for mean in means], share


@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0])
def test_effects_of_draws_are_shrunk_by_their_noise(spread):
    source = np.random.default_rng(2)
    values = np.repeat(source.normal(size=8), DRAW) * spread + source.normal(size=8 * DRAW)
    valid = source.uniform(size=values.size) < 0.8
    mean, effects = draw_effects(values, valid)
    wanted, each, share = by_hand(values.tolist(), valid.tolist())
    assert mean == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(effects, each, rtol=1e-10)
    assert 0 <= share < 1
    raw = [values[i : i + DRAW][valid[i : i + DRAW]].mean() for i in range(0, values.size, DRAW)]
    assert np.ptp(effects) <= np.ptp(raw)


def test_two_draws_of_two_worked_out():
    # draw 0: 16 members, half 0 half 2 (mean 1); draw 1: half 4 half 6 (mean 5); mean 3
    values = np.array([0.0, 2.0] * 8 + [4.0, 6.0] * 8)
    mean, effects = draw_effects(values, np.ones(32, dtype=bool))
    # within: 32 squared deviations of 1 over 30; between: (2**2 + 2**2) / 1 - within / 16
    within = 32 / 30
    between = 8 - within / 16
    share = between / (between + within / 16)
    assert mean == 3.0
    np.testing.assert_allclose(effects, [3 - 2 * share, 3 + 2 * share], rtol=1e-14)


def test_without_noise_inside_draws_nothing_is_shrunk_and_without_any_spread_nothing_moves():
    values = np.repeat([1.0, 2.0, 4.0], DRAW)
    _, effects = draw_effects(values, np.ones(48, dtype=bool))
    np.testing.assert_allclose(effects, [1.0, 2.0, 4.0], rtol=1e-14)
    mean, effects = draw_effects(np.full(48, 2.5), np.ones(48, dtype=bool))
    assert (mean, effects.tolist()) == (2.5, [2.5, 2.5, 2.5])


def test_noise_alone_is_shrunk_to_the_mean():
    values = np.tile(np.array([-1.0, 1.0]), 24)
    mean, effects = draw_effects(values, np.ones(48, dtype=bool))
    assert mean == 0.0
    assert effects.tolist() == [0.0, 0.0, 0.0]


def test_nothing_valid_and_a_single_draw():
    mean, effects = draw_effects(np.ones(20), np.zeros(20, dtype=bool))
    assert np.isnan(mean)
    assert effects.size == 0
    mean, effects = draw_effects(np.arange(8.0), np.ones(8, dtype=bool))
    assert (mean, effects.tolist()) == (3.5, [3.5])


def test_draws_without_a_valid_member_are_left_out():
    values = np.repeat([1.0, 9.0, 3.0], DRAW)
    valid = np.repeat([True, False, True], DRAW)
    mean, effects = draw_effects(values, valid)
    assert mean == 2.0
    np.testing.assert_allclose(effects, [1.0, 3.0])


def test_probability_has_the_interval_of_its_draws_and_a_number_that_of_its_members():
    yes = np.repeat([0.0, 0.5, 1.0], DRAW)
    yes[DRAW : 2 * DRAW] = [0.0, 1.0] * 8
    found = spread_of(ask(yes, binary=True))
    assert found.value == 0.5
    assert 0 <= found.low < 0.2 < 0.8 < found.high <= 1
    numbers = np.arange(101.0)
    assert spread_of(ask(numbers)) == Spread(50.0, 5.0, 95.0, 101)
    valid = numbers >= 90
    assert spread_of(ask(numbers, valid)) == Spread(95.0, 90.5, 99.5, 11)
    nothing = spread_of(ask(numbers, numbers > 200))
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()
    assert nothing.n == 0


def test_waiting_times_without_end_have_quantiles():
    found = spread_of(ask([0.5, 1.0, 2.0, np.inf, np.inf, np.inf, np.inf, np.inf, np.inf, np.inf]))
    assert (found.value, found.low, found.high) == (np.inf, 0.5, np.inf)
    found = spread_of(ask([0.5, 1.0, 2.0, np.inf]))
    assert (found.value, found.low) == (1.0, 0.5)


def test_no_difference_anywhere_has_no_sign():
    source = np.random.default_rng(1)
    values = source.normal(size=64)
    found = difference(ask(values), ask(values), "drawn")
    assert (found.value, found.low, found.high, found.sign) == (0.0, 0.0, 0.0, "none")
    assert np.isnan(found.p_sign)


def test_differences_that_cancel_are_still_a_difference():
    delta = np.array([1.0, -1.0] * 64)
    found = difference(ask(delta), ask(np.zeros(128)), "drawn")
    assert found.value == 0.0
    assert found.sign == "drawn"
    assert found.p_sign == 0.0


def test_p_sign_is_the_share_of_draws_with_the_sign_of_the_mean():
    each = [1.0, 2.0, -0.5, 3.0, 1.0, 2.0, -0.5, 3.0]
    delta = np.repeat(each, DRAW)
    base = np.random.default_rng(4).normal(size=128)
    found = difference(ask(base + delta), ask(base), "drawn")
    assert found.value == pytest.approx(1.375)
    assert found.p_sign == 0.75
    assert found.low == pytest.approx(np.quantile(each, 0.05))
    for why in ("assumed", "by-construction"):
        other = difference(ask(base + delta), ask(base), why)
        assert (other.value, other.low, other.sign) == (found.value, found.low, why)
        assert np.isnan(other.p_sign)


def test_a_share_of_fewer_than_eight_draws_is_not_called_a_probability():
    delta = np.repeat(np.arange(1.0, 9.0), DRAW)
    assert difference(ask(delta), ask(np.zeros(128)), "drawn").p_sign == 1.0
    few = difference(ask(delta[: 7 * DRAW]), ask(np.zeros(7 * DRAW)), "drawn")
    assert few.sign == "drawn"
    assert np.isnan(few.p_sign)


def test_intervals_are_never_narrower_than_the_error_of_the_mean():
    # pure noise: the effects of the draws shrink to one value, the mean keeps its Monte Carlo error
    yes = np.random.default_rng(8).integers(0, 2, size=160).astype(float)
    yes = np.sort(yes.reshape(DRAW, 10), axis=0).reshape(-1)
    means = yes.reshape(10, DRAW).mean(axis=1)
    error = 1.645 * means.std(ddof=1) / np.sqrt(10)
    found = spread_of(ask(yes, binary=True))
    assert found.low <= found.value - error + 1e-12
    assert found.high >= found.value + error - 1e-12
    one = spread_of(ask([0.0, 1.0, 1.0, 1.0], binary=True))
    assert one.low == pytest.approx(0.75 - 1.645 * 0.5 / 2)
    assert one.high == 1.0


def test_only_members_with_a_value_in_both_runs_are_paired():
    a = ask(np.full(64, 3.0), [True] * 32 + [False] * 32)
    b = ask(np.full(64, 1.0), [False] * 16 + [True] * 48)
    b.values[48:] = np.nan
    assert difference(a, b, "drawn").value == 2.0
    nothing = difference(ask(np.ones(4), [False] * 4), ask(np.ones(4)), "drawn")
    assert nothing.sign == "none"
    assert np.isnan([nothing.value, nothing.low, nothing.high, nothing.p_sign]).all()


def test_waiting_times_without_end_in_both_runs_do_not_differ():
    a, b = np.full(64, np.inf), np.full(64, np.inf)
    assert difference(ask(a), ask(b), "drawn").sign == "none"
    a[:32], b[:32] = 2.0, 3.0
    assert difference(ask(a), ask(b), "drawn").value == -0.5
    a[40] = 1.0  # an event that never comes in the baseline: no finite difference
    found = difference(ask(a), ask(b), "drawn")
    assert found.sign == "none"
    assert np.isnan([found.value, found.p_sign]).all()


@pytest.mark.parametrize(
    ("carried", "letter"),
    [
        ({"a": 3.0, "b": 1.0}, "A"), ({"a": 1.0, "b": 1.0}, "B"), ({"a": 1.0, "b": 2.9}, "C"),
        ({"a": 1.0, "b": 3.1}, "D"), ({"b": 1.0}, "D"), ({}, ""), ({"a": 0.0}, ""), ({"c": 2.0}, "B"),
        ({"unknown": 1.0}, "D"),
    ],
)  # fmt: skip
def test_grades_rest_on_the_share_that_data_carry(carried, letter):
    assert grade(carried, {"a": 1.0, "b": 0.0, "c": 0.5}) == letter


def test_json_has_the_keys_of_the_contract_and_null_for_no_value():
    base = np.random.default_rng(4).normal(size=64)
    change = difference(ask(base + 1), ask(base), "assumed")
    row = OutcomeSummary("id", "q?", "index", spread_of(ask(base)), spread_of(ask(base)), change, "B", "note")
    found = row.to_json()
    assert list(found) == [
        "id", "question", "unit", "value", "low", "high", "n", "baseline", "difference",
        "evidence_grade", "note",
    ]  # fmt: skip
    assert found["difference"]["value"] == pytest.approx(1.0)
    assert found["difference"]["p_sign"] is None
    assert found["difference"]["sign"] == "assumed"
    assert list(found["baseline"]) == ["value", "low", "high"]
    empty = OutcomeSummary("id", "q?", "", spread_of(ask([1.0], [False])), None, None, "").to_json()
    assert (empty["value"], empty["baseline"], empty["difference"], empty["evidence_grade"]) == (None,) * 4
