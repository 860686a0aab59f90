"""Pooling against the five worked tests of its specification, and its edge cases."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.evidence.pooling import Claim, Grading, Pooled, Quantity, pool

SHARE = Quantity("share", "logit")
KM = Quantity("km", "log")


def with_error(
    name: str, value: float, s: float, *, logit: bool = False, group: str = "", unit: str = "km"
) -> Claim:
    """A claim whose own 90 % interval gives the standard error s on its scale."""
    half = 1.645 * s
    if logit:
        y = math.log(value / (1 - value))
        low, high = (1 / (1 + math.exp(-(y + d))) for d in (-half, half))
    else:
        low, high = value * math.exp(-half), value * math.exp(half)
    return Claim(name, value, unit, group or name, low, high)


def test_two_shares_of_trade_that_disagree() -> None:
    found = pool(
        [
            with_error("mirror", 0.49, 0.2, logit=True, unit="share"),
            with_error("customs", 0.15, 0.2, logit=True, unit="share"),
        ],
        SHARE,
    )
    assert found.tau2 == pytest.approx(1.396, abs=5e-4)
    assert found.i2 == pytest.approx(0.972, abs=5e-4)
    assert (found.value, found.low, found.high) == pytest.approx((0.292, 0.093, 0.624), abs=5e-4)
    assert found.spread == pytest.approx(0.34)
    assert found.disagreement == pytest.approx(0.6938775510)
    assert found.conflict
    assert (found.n_values, found.n_groups, found.used_ids) == (2, 2, ("mirror", "customs"))
    assert [g.weight for g in found.groups] == pytest.approx([0.5, 0.5])


def test_three_lengths_that_agree() -> None:
    found = pool([with_error(str(km), km, 0.05) for km in (962, 988, 1000)], KM)
    assert found.tau2 == 0
    assert (found.value, found.low, found.high) == pytest.approx((983.2, 937.6, 1031.0), abs=0.05)
    assert found.ratio == pytest.approx(1.04, abs=5e-4)
    assert not found.conflict


def test_one_unjudged_value_stated_with_about() -> None:
    found = pool([Claim("F-1", 2500, "person", "press", qualifier="about")], Quantity("person"))
    assert found.sd == pytest.approx(0.269, abs=5e-4)
    assert (found.value, found.low, found.high) == pytest.approx((2500, 1605, 3893), abs=1)
    assert math.isnan(found.disagreement)


def test_precise_claim_between_two_loose_ones_is_widened_to_contain_all() -> None:
    found = pool([with_error("a", 100, 0.25), with_error("b", 200, 0.25), with_error("c", 110, 0.1)], KM)
    assert found.tau2 == pytest.approx(0.0644, abs=5e-5)
    assert found.i2 == pytest.approx(0.628, abs=5e-4)
    assert found.value == pytest.approx(126.0, abs=0.05)
    plain = [math.exp(found.y + side * 1.645 * found.sd) for side in (-1, 1)]
    assert plain == pytest.approx([92.9, 170.8], abs=0.05)
    assert (found.low, found.high) == pytest.approx((92.9, 200), abs=0.05)
    assert found.conflict


def test_two_values_of_one_group_are_one_vote() -> None:
    found = pool(
        [
            with_error("a", 0.49, 0.2, logit=True, group="g", unit="share"),
            with_error("b", 0.15, 0.2, logit=True, group="g", unit="share"),
        ],
        SHARE,
    )
    assert (found.n_values, found.n_groups, found.conflict) == (2, 1, False)
    assert found.y == pytest.approx((math.log(0.49 / 0.51) + math.log(0.15 / 0.85)) / 2)
    assert math.isnan(found.ratio)
    assert math.isnan(found.i2)


def test_five_groups_are_not_widened() -> None:
    found = pool([with_error(str(i), v, 0.1) for i, v in enumerate((100, 100, 100, 100, 130))], KM)
    assert found.high < 130


def test_nothing_usable_gives_no_row_and_says_why() -> None:
    claims = [
        Claim("old", 1, "km", "g", rank="deprecated"),
        Claim("plan", 2, "km", "g", modality="planned"),
        Claim("late", 3, "km", "g", known_from=date(2021, 1, 1)),
        Claim("never", 4, "km", "g"),
        Claim("empty", math.nan, "km", "g", known_from=date(2019, 1, 1)),
    ]
    found = pool(claims, KM, known_by=date(2020, 12, 31))
    assert not found.known
    assert math.isnan(found.value)
    assert found.left_out == (
        ("old", "deprecated"),
        ("plan", "modality planned"),
        ("late", "not known by 2020-12-31"),
        ("never", "not known by 2020-12-31"),
        ("empty", "no value"),
    )


def test_preferred_hides_normal() -> None:
    found = pool([Claim("a", 10, "km", "g1"), Claim("b", 20, "km", "g2", rank="preferred")], KM)
    assert found.value == pytest.approx(20)
    assert found.left_out == (("a", "a preferred value stands"),)


def test_later_vintage_of_one_source_replaces_the_earlier() -> None:
    found = pool(
        [
            Claim("v1", 10, "km", "imf", source_id="weo", published=date(2020, 4, 1)),
            Claim("v2", 12, "km", "imf", source_id="weo", published=date(2020, 10, 1)),
        ],
        KM,
    )
    assert found.used_ids == ("v2",)
    assert found.left_out == (("v1", "earlier vintage of the same source"),)


@pytest.mark.parametrize(
    ("letter", "digit", "s"),
    [
        ("A", "6", 0.02),
        ("F", "1", 0.02),
        ("B", "6", 0.05),
        ("B", "5", 0.05),
        ("F", "3", 0.10),
        ("F", "6", 0.25),
        ("D", "6", 0.50),
        ("F", "5", 0.50),
        ("E", "4", 0.50),
        ("C", "2", 0.05),
    ],
)
def test_grade_sets_the_error_and_an_unjudged_side_says_nothing(letter: str, digit: str, s: float) -> None:
    claim = Claim("x", 100, "km", "g", reliability=letter, credibility=digit)
    assert pool([claim], KM).sd == pytest.approx(s)
    share = Claim("x", 0.3, "share", "g", reliability=letter, credibility=digit)
    assert pool([share], SHARE).sd == pytest.approx(2 * s)


def test_index_error_is_relative_to_the_declared_scale_and_stays_inside_it() -> None:
    found = pool([Claim("x", 3, "level", "g")], Quantity("level", "identity", (0.0, 4.0)))
    assert found.sd == pytest.approx(1.0)
    assert (found.value, found.high) == (3, 4)
    assert found.low == pytest.approx(3 - 1.645)


def test_reported_zero_stays_zero_and_is_flagged() -> None:
    found = pool([Claim("x", 0, "km", "g")], KM)
    assert (found.value, found.low, found.high, found.sd) == (0, 0, 0, 0)
    assert found.flags == ("identity-scale",)
    assert found.transform == "identity"


def test_zero_against_a_positive_amount_is_pooled_on_the_plain_scale() -> None:
    found = pool([Claim("x", 0, "km", "g"), Claim("y", 100, "km", "h")], KM)
    assert found.value == pytest.approx(50)
    assert (found.spread, found.disagreement, found.ratio) == (100, 1, math.inf)


def test_bound_clips_the_interval_and_never_moves_the_value() -> None:
    central = with_error("a", 100, 0.2)
    found = pool(
        [
            central,
            Claim("b", 90, "km", "h", qualifier="at-least"),
            Claim("c", 120, "km", "i", qualifier="at-most"),
        ],
        KM,
    )
    assert (found.value, found.low, found.high) == pytest.approx((100, 90, 120))
    crossed = pool([central, Claim("b", 150, "km", "h", qualifier="at-least")], KM)
    assert (crossed.value, crossed.low) == pytest.approx((100, 100))
    assert crossed.flags == ("bound-crossed",)


def test_bound_alone_is_the_value_and_opens_one_side() -> None:
    least = pool([Claim("a", 100, "km", "g", qualifier="at-least")], KM)
    assert (least.value, least.low) == pytest.approx((100, 100))
    assert least.high == pytest.approx(100 * math.exp(1.645 * 0.25))
    most = pool([Claim("a", 100, "km", "g", qualifier="at-most")], KM)
    assert most.high == pytest.approx(100)
    assert most.low == pytest.approx(100 * math.exp(-1.645 * 0.25))
    assert least.flags == most.flags == ("one-sided",)
    both = pool(
        [Claim("a", 100, "km", "g", qualifier="at-least"), Claim("b", 400, "km", "h", qualifier="at-most")],
        KM,
    )
    assert (both.value, both.low, both.high) == pytest.approx((200, 100, 400))
    assert both.flags == ("between-bounds",)


def test_total_over_a_longer_span_is_divided_only_for_flows() -> None:
    claim = Claim("x", 50, "km", "g", 40, 60, span_days=3650)
    assert pool([claim], Quantity("km", flow=True, period_days=365)).value == pytest.approx(5)
    refused = pool([claim], Quantity("km", period_days=365))
    assert refused.left_out == (("x", "covers more than the period and is no flow"),)


def test_other_dimension_is_left_out_and_same_dimension_converted() -> None:
    found = pool([Claim("a", 5, "km", "g"), Claim("b", 5, "usd", "h")], KM)
    assert found.used_ids == ("a",)
    assert found.left_out == (("b", "unit usd is not km"),)


def test_one_stated_end_gives_the_error() -> None:
    claim = Claim("x", 100, "km", "g", high=100 * math.exp(1.645 * 0.3))
    assert pool([claim], KM).sd == pytest.approx(0.3)
    to_zero = Claim("x", 100, "km", "g", low=0, high=100 * math.exp(1.645 * 0.3))
    assert pool([to_zero], KM).sd == pytest.approx(0.3)


def test_exact_value_decides_the_mean() -> None:
    found = pool([Claim("x", 0, "km", "g"), Claim("y", 0, "km", "h")], KM)
    assert (found.value, found.ratio, found.conflict) == (0, 1, False)


def test_grading_file_changes_errors_and_refuses_typos() -> None:
    wide = Grading.from_mapping({"status": "assumption", "errors": {"F": 0.4, "A": 0.01}, "about": 0.2})
    assert (wide.unjudged, wide.errors["A"], wide.errors["B"], wide.about) == (0.4, 0.01, 0.05, 0.2)
    with pytest.raises(HeartlandInputError) as typo:
        Grading.from_mapping({"abot": 0.2})
    assert str(typo.value) == (
        'grading.yaml:abot  "abot" is not a setting of grading. A misspelled setting would leave the '
        "default in force. Did you mean about?"
    )
    with pytest.raises(HeartlandInputError) as negative:
        Grading.from_mapping({"errors": {"A": -1}})
    assert str(negative.value) == (
        "grading.yaml:errors.A  errors.A is -1, not a positive number. Error sizes and thresholds must be "
        "positive. Write a number above 0."
    )


positive = st.floats(1e-3, 1e6)


@given(st.lists(st.tuples(positive, st.floats(0.01, 0.6)), min_size=1, max_size=6), st.randoms())
def test_order_and_repetition_inside_a_group_change_nothing(
    rows: list[tuple[float, float]], random: object
) -> None:
    claims = [with_error(f"c{i}", value, s) for i, (value, s) in enumerate(rows)]
    found = pool(claims, KM)
    assert found.low <= found.value * (1 + 1e-9)
    assert found.value <= found.high * (1 + 1e-9)
    assert min(v for v, _ in rows) * (1 - 1e-9) <= found.value <= max(v for v, _ in rows) * (1 + 1e-9)
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert same(pool(shuffled, KM), found)
    again = Claim("again", claims[0].value, "km", claims[0].group, claims[0].low, claims[0].high)
    assert same(pool([*claims, again], KM), found)


def same(a: Pooled, b: Pooled) -> bool:
    names = ("value", "low", "high", "spread", "disagreement", "i2", "sd")
    return all(
        math.isclose(x, y, rel_tol=1e-12) or (math.isnan(x) and math.isnan(y))
        for x, y in ((getattr(a, n), getattr(b, n)) for n in names)
    )


@given(st.lists(st.tuples(positive, st.floats(0.01, 0.6)), min_size=1, max_size=6))
def test_change_of_unit_scales_the_result(rows: list[tuple[float, float]]) -> None:
    big = pool([with_error(f"c{i}", v, s) for i, (v, s) in enumerate(rows)], KM)
    small = pool([with_error(f"c{i}", v * 1000, s) for i, (v, s) in enumerate(rows)], KM)
    assert small.value == pytest.approx(big.value * 1000, rel=1e-9)
    assert small.high == pytest.approx(big.high * 1000, rel=1e-9)
