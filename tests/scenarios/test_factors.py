"""What a sweep may vary, and what is said of what it may not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.core.tree import Where
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import priors_of
from heartland.scenarios.factors import (
    AS_IT_IS,
    Factor,
    Range,
    factor_of,
    patch_of,
    range_of,
    split_assignment,
)
from heartland.scenarios.priors import draw, quantile, share_below
from heartland.scenarios.validate import load_region

REGION = load_region("central-asia")
PRIORS = priors_of(REGION)
PRICE = "trade.cost_elasticity"


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (f"{PRICE}=0.5,1", (PRICE, "0.5,1")),
        ("scale(gdp[actor=KAZ], at=start) = 0.9", ("scale(gdp[actor=KAZ], at=start)", "0.9")),
        ("a==b", ("a", "=b")),
    ],
)
def test_a_factor_is_cut_at_the_first_sign_outside_brackets(text, pair):
    assert split_assignment(text) == pair


@pytest.mark.parametrize("text", ["rule(org.decision)", "=1", "a=", "f(x=1)"])
def test_a_factor_without_name_or_value_is_refused(text):
    with pytest.raises(HeartlandInputError) as error:
        split_assignment(text)
    assert str(error.value) == (
        f'column 1 of "{text}": no value is given. A factor has a name and values. '
        "Write PARAMETER=0.5,1,2 or rule(org.decision)=never,consensus."
    )


@pytest.mark.parametrize(
    ("name", "level", "patch"),
    [
        ("rule(csto.collective-response)", "never", "rule(csto.collective-response, never)"),
        ("rule(a.b, at=2022-01)", "lead", "rule(a.b, lead, at=2022-01)"),
        ("scale(gdp[actor=KAZ], at=start)", 0.9, "scale(gdp[actor=KAZ], 0.9, at=start)"),
        ("off(M6)", "yes", "off(M6)"),
        ("force(protest-wave, actor=KAZ)", "no", ""),
        ("rule(csto.collective-response)", AS_IT_IS, ""),
    ],
)  # fmt: skip
def test_the_patch_of_a_value(name, level, patch):
    assert patch_of(name, level) == patch


def test_values_of_every_kind():
    assert factor_of(REGION, PRICE, [1, "2", AS_IT_IS]) == Factor(PRICE, (1.0, 2.0, AS_IT_IS), True)
    assert factor_of(REGION, "off(M6)", ["yes", "no"]).levels == ("yes", AS_IT_IS)


@pytest.mark.parametrize(
    ("name", "levels", "message"),
    [
        ("trade.cost_elasticty", [1],
         "no parameter of central-asia. Only what the model reads can be varied. "
         "Did you mean trade.cost_elasticity? Of trade: "),
        ("nonsense", [1], 'column 1 of "nonsense": "nonsense" is no parameter of central-asia. '
         "Only what the model reads can be varied. Known: heartland describe parameters."),
        (PRICE, ["dear"], f'"{PRICE}=dear": "dear" is not a number. '
         "Write a number, or as-it-is for draws from the prior."),
        (PRICE, [float("nan")], '"nan" is not a number.'),
        ("host-currency.oil_effect", [-1],
         "-1 lies outside the bounds of host-currency.oil_effect, 0 to inf. "
         "Beyond them the mechanism has no meaning. Choose a value within, ends included."),
        (PRICE, [1, 1.0], f'"{PRICE}": the value 1.0 stands twice. Keep one.'),
        (PRICE, [], f'"{PRICE}": no value is given. Give at least one.'),
        ("off(M6)", ["never"], '"off" takes no value. It is made or not. Write yes,no.'),
        ("rule(csto.collective-response)", ["no"], '"no" is no value of this patch. '
         "Write as-it-is for no patch."),
        ("rulle(csto.collective-response)", ["never"], '"rulle" is not a kind of patch. The list is closed. '
         "Did you mean rule? Kinds: "),
    ],
)  # fmt: skip
def test_what_cannot_be_varied_is_refused_with_its_place(name, levels, message):
    with pytest.raises(HeartlandInputError) as error:
        factor_of(REGION, name, levels, Where("design.yaml", 4))
    assert message in str(error.value)
    assert str(error.value).startswith("design.yaml:4  column 1 of ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2:1", "2 is not below 1. Swap the two."),
        ("1", "not a range. Write LOW:HIGH, LOW:HIGH:log, or prior for its prior."),
        ("1:2:lg", "not a range. Write LOW:HIGH, LOW:HIGH:log, or prior for its prior."),
        ("0:2:log", "0 has no logarithm. Begin above 0, or leave out :log."),
        ("a:2", '"a" is not a number. Write a number, or as-it-is for draws from the prior.'),
    ],
)
def test_what_is_no_range_is_refused(text, message):
    with pytest.raises(HeartlandInputError) as error:
        range_of(REGION, PRICE, text)
    assert str(error.value).endswith(message)


def test_a_fixed_parameter_has_no_prior_to_follow():
    with pytest.raises(HeartlandInputError) as error:
        range_of(REGION, "start.capacity-sd", "prior")
    assert str(error.value) == (
        'column 1 of "start.capacity-sd=prior": start.capacity-sd is fixed at 0.15. Its prior has no spread. '
        "Give its ends: LOW:HIGH."
    )


@given(st.floats(0, 1, exclude_max=True))
def test_ranges_lie_between_their_ends(share):
    prior = PRIORS[PRICE]
    at = np.array([share])
    even, log = Range(PRICE, 0.5, 2, "even").at(at, prior)[0], Range(PRICE, 0.5, 2, "log").at(at, prior)[0]
    assert 0.5 <= log <= even <= 2
    assert np.log(log) == pytest.approx(np.log(0.5) + share * np.log(4))


def test_a_range_of_the_prior_is_spread_as_its_draws_are():
    for name in (PRICE, "start.capacity", "remittance.host_elasticity"):
        prior = PRIORS[name]
        made = range_of(REGION, name, "prior").at((np.arange(200) + 0.5) / 200, prior)
        drawn = draw(PRIORS, [name], 1, 4000)[name]
        assert np.allclose(np.quantile(made, [0.1, 0.5, 0.9]), np.quantile(drawn, [0.1, 0.5, 0.9]), atol=0.05)


@given(st.floats(0.001, 0.999))
def test_the_share_below_a_quantile_is_its_probability(share):
    for name in (PRICE, "start.capacity", "host-currency.oil_effect"):
        prior = PRIORS[name]
        value = float(quantile(prior, np.array([share]))[0])
        assert share_below(prior, value) == pytest.approx(share, abs=1e-6)
    assert np.isnan(share_below(PRIORS["start.capacity-sd"], 0.1))
