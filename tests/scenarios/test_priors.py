"""Quantiles of each family against scipy.stats (used in tests only), truncation, prefixes, findings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from heartland.core.noise import parameter_uniforms
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import priors_of
from heartland.scenarios.priors import FAMILIES, Prior, check_priors, draw, priors_from_rows, quantile

REST = {
    "id": "m.p", "mechanism": "m", "unit": "1", "status": "guess", "sign_fixed": False, "source_id": "s",
    "note": "", "row": 2,
}  # fmt: skip


def prior(family, location, scale, low=-np.inf, high=np.inf, **more) -> Prior:
    return Prior(family=family, location=location, scale=scale, low=low, high=high, **(REST | more))


FROZEN = {
    "normal": lambda a, b: stats.norm(a, b),
    "half-normal": lambda a, b: stats.halfnorm(a, b),
    "lognormal": lambda a, b: stats.lognorm(b, scale=np.exp(a)),
    "beta": lambda a, b: stats.beta(a, b),
    "gamma": lambda a, b: stats.gamma(a, scale=b),
    "student-t": lambda a, b: stats.t(5, a, b),
}
CASES = {
    "normal": [(0.0, 1.0), (-3.0, 0.2)], "half-normal": [(0.0, 2.0), (1.5, 0.1)],
    "lognormal": [(0.0, 0.5), (-2.0, 1.0)], "beta": [(2.0, 5.0), (8.0, 8.0), (0.5, 0.5)],
    "gamma": [(0.7, 2.0), (9.0, 0.1)], "student-t": [(0.0, 1.0), (4.0, 0.3)],
}  # fmt: skip
U = np.array([1e-6, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1 - 1e-6])


@pytest.mark.parametrize(("family", "shape"), [(f, s) for f, shapes in CASES.items() for s in shapes])
def test_quantiles_are_those_of_scipy(family, shape):
    found, wanted = quantile(prior(family, *shape), U), FROZEN[family](*shape).ppf(U)
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("family", "shape"), [(f, s) for f, shapes in CASES.items() for s in shapes])
@pytest.mark.parametrize("sides", ["both", "low", "high"])
def test_truncation_keeps_the_shape_inside_the_bounds(family, shape, sides):
    law = FROZEN[family](*shape)
    low = law.ppf(0.2) if sides != "high" else -np.inf
    high = law.ppf(0.7) if sides != "low" else np.inf
    found = quantile(prior(family, *shape, low, high), U)
    a, b = law.cdf(low), law.cdf(high)
    np.testing.assert_allclose(found, law.ppf(a + U * (b - a)), rtol=1e-6, atol=1e-10)
    assert ((found >= low) & (found <= high)).all()


def test_bounds_outside_the_support_cut_nothing():
    for family, shapes in CASES.items():
        for shape in shapes:
            low, high = FROZEN[family](*shape).support()
            wide = prior(family, *shape, max(low, -1e300) - 1, min(high, 1e300) + 1)
            np.testing.assert_allclose(quantile(wide, U), quantile(prior(family, *shape), U), rtol=1e-12)


def test_fixed_is_its_location_whatever_the_uniform():
    assert quantile(prior("fixed", 3.25, 0.0), U).tolist() == [3.25] * U.size


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([name for name in FAMILIES if name != "fixed"]), st.floats(0.1, 20), st.floats(0.05, 10),
    st.lists(st.floats(2.0**-54, 1 - 2.0**-53), min_size=2, max_size=8),
)  # fmt: skip
def test_quantiles_rise_with_the_probability_and_are_finite(family, location, scale, uniforms):
    found = quantile(prior(family, location, scale), np.sort(np.array(uniforms)))
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()


def test_far_truncation_stays_inside():
    # nearly all of the law lies outside: 8 sd from the mean
    found = quantile(prior("normal", 0.0, 1.0, 8.0, 9.0), U)
    assert ((found >= 8) & (found <= 9)).all()


def test_draws_of_a_law_follow_it():
    found = draw({"m.p": prior("gamma", 3.0, 0.5)}, ["m.p"], 1, 4000)["m.p"]
    assert stats.kstest(found, FROZEN["gamma"](3.0, 0.5).cdf).pvalue > 1e-3


def test_the_first_draws_of_a_longer_request_are_the_same_and_others_do_not_matter():
    priors = {name: prior("normal", 0, 1) for name in ("m.a", "m.b", "m.c")}
    few, many = draw(priors, ["m.a"], 4, 8), draw(priors, ["m.c", "m.a", "m.b"], 4, 512)
    np.testing.assert_array_equal(many["m.a"][:8], few["m.a"])
    np.testing.assert_array_equal(few["m.a"], quantile(priors["m.a"], parameter_uniforms(4, "m.a", 8)))
    assert (many["m.a"] != many["m.b"]).all()
    assert (draw(priors, ["m.a"], 5, 8)["m.a"] != few["m.a"]).all()


def test_a_parameter_without_a_row_is_named():
    with pytest.raises(HeartlandInputError) as caught:
        draw({}, ["trade.elasticity", "trade.pace"], 1, 4)
    assert str(caught.value) == (
        "parameters.csv  parameters.csv has no row for trade.elasticity, trade.pace. A mechanism without its "
        "parameter cannot run. Add the rows, or take the mechanism out of model.yaml."
    )


def test_rows_become_priors():
    row = {
        "id": "m.p", "mechanism": "m", "unit": "1", "family": "normal", "location": 1.0, "scale": np.nan,
        "low": np.nan, "high": 2.0, "status": "pooled", "sign_fixed": True, "source_id": "s", "note": "n",
        "_row": 7,
    }  # fmt: skip
    found = priors_from_rows([row])["m.p"]
    assert (found.scale, found.low, found.high, found.row) == (0.0, -np.inf, 2.0, 7)
    assert found.estimated
    assert not prior("normal", 0, 1, status="elicited").estimated


FAMILY_FIX = f"Families: {', '.join(FAMILIES)}."
BAD = [
    (prior("cauchy", 0, 1), 'family "cauchy" is not in the closed list.'),
    (prior("normal", 0, 0), "scale of m.p is not positive."),
    (prior("normal", 0, -1), "scale of m.p is not positive."),
    (prior("normal", 0, np.nan), "scale of m.p is not positive."),
    (prior("beta", 0, 2), "location of m.p is the first shape and must be positive."),
    (prior("gamma", -1, 2), "location of m.p is the first shape and must be positive."),
    (prior("normal", 0, 1, 2, 2), "low 2 of m.p is not below high 2."),
    (prior("normal", 0, 1, 3, 2), "low 3 of m.p is not below high 2."),
]


@pytest.mark.parametrize(("bad", "what"), BAD, ids=[what for _, what in BAD])
def test_numbers_that_do_not_fit_are_found_with_their_row(bad, what):
    (finding,) = check_priors({"m.p": bad}, {"s"})
    assert str(finding) == f"parameters.csv:2:family  {what} No draw could be made. {FAMILY_FIX}"


def test_a_source_must_exist_or_be_an_assumption():
    (finding,) = check_priors({"m.p": prior("normal", 0, 1, source_id="wdi")}, {"wdj"})
    assert str(finding) == (
        'parameters.csv:2:source_id  "wdi" is not a source. A parameter without origin cannot be judged. '
        "Did you mean wdj? Write a source id, or assumption: and the reason."
    )
    assert check_priors({"m.p": prior("normal", 0, 1, source_id="assumption: none measured it")}, ()) == []


def test_every_shipped_prior_can_be_drawn_inside_its_bounds_and_keeps_a_fixed_sign(region):
    priors = priors_of(region)
    found = draw(priors, list(priors), 1, 256)
    for name, item in priors.items():
        values = found[name]
        assert np.isfinite(values).all(), name
        assert ((values >= item.low) & (values <= item.high)).all(), name
        if item.sign_fixed:
            assert (values >= 0).all() or (values <= 0).all(), name
        if item.family != "fixed":
            assert np.unique(values).size > 200, name
