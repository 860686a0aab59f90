"""Digital services: standard tests, scalar references, shares stay shares, steps of any size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.digital import adoption, data_access

P, R, M = 2, 3, 4
RNG = np.random.default_rng(19)
PARAMETERS = {"growth": 0.15, "push_effect": 0.3, "link_effect": 0.4, "medicine_effect": 0.05,
              "barrier_effect": 0.5, "shock_effect": 0.5, "volatility": 0.15}


def cell(value, shape=(1, 1, 1)):
    return np.full(shape, float(value))


def case(**changes):
    reads = {"digital": 0.05 + 0.4 * RNG.random((P, R, M)), "platform_push": RNG.random((P, R, 1)),
             "payment_link": RNG.random((P, R, 1)), "telemedicine": np.ones((P, R, 1)),
             "data_barrier": 0.5 * np.ones((R, 1)), "outbreak_receiver": RNG.random((R, M))}
    noise = {"noise": np.abs(RNG.standard_normal((P, R, M)))}
    return Case(adoption, reads, PARAMETERS, noise).with_(**changes)


def quiet(shares, **changes):
    """Powers in one receiver with nothing that pulls but their own growth, over a year."""
    powers = len(shares)
    blank = {name: np.zeros((powers, 1, 1))
             for name in ("platform_push", "payment_link", "telemedicine", "noise")}
    return case(**{"digital": np.array(shares).reshape(powers, 1, 1), **blank, "dt": 1.0,
                   "data_barrier": cell(0, (1, 1)), "outbreak_receiver": cell(0, (1, 1)), **changes})


def test_adoption():
    # one power alone: odds grow by exp(z), z = 1 * (ln 3) here, from 1/4 to 1/2
    hand = quiet([0.25], platform_push=cell(1), growth=0.0, push_effect=math.log(3))
    alone = {name: case().reads[name][:1] if np.ndim(case().reads[name]) == 3 else case().reads[name]
             for name in case().reads}
    directed = Case(adoption, alone, PARAMETERS, {"noise": np.abs(RNG.standard_normal((1, R, M)))})
    standard(case(), shapes={"digital": (P, R)}, bounds={"digital": (0, 1)}, zero={"digital": 0.0}, year=None,
             directed=directed,
             directions={"growth": ("digital", "", 1), "push_effect": ("digital", "", 1),
                         "link_effect": ("digital", "", 1), "medicine_effect": ("digital", "", 1),
                         "barrier_effect": ("digital", "", -1), "shock_effect": ("digital", "", 1),
                         "volatility": ("digital", "", 1)},
             by_hand=(hand, {"digital": cell(0.25)}))


def scalar(reads, p, noise, dt):
    out = np.zeros((P, R))
    for i in range(R):
        weights = []
        for g in range(P):
            z = p["growth"] * (1 - p["barrier_effect"] * reads["data_barrier"][i]) * dt
            z *= 1 + p["shock_effect"] * reads["outbreak_receiver"][i]
            z += dt * (p["push_effect"] * reads["platform_push"][g][i]
                       + p["link_effect"] * reads["payment_link"][g][i]
                       + p["medicine_effect"] * reads["telemedicine"][g][i])
            z += p["volatility"] * math.sqrt(dt) * noise["noise"][g][i]
            weights.append(reads["digital"][g][i] * math.exp(z))
        home = 1 - sum(reads["digital"][g][i] for g in range(P))
        for g in range(P):
            out[g, i] = weights[g] / (home + sum(weights)) - reads["digital"][g][i]
    return {"digital": out}


def test_adoption_reference_and_closure():
    reference(case(), scalar)
    one = case()
    check_closure(one, {"digital": new_level(one, scalar, "digital")})


PAIR = st.lists(st.floats(0.01, 0.45), min_size=2, max_size=2)


@given(PAIR, st.lists(st.floats(-3, 3), min_size=2, max_size=2))
def test_shares_stay_shares(shares, shocks):
    one = quiet(shares, noise=np.array(shocks).reshape(2, 1, 1), volatility=1.0)
    after = np.array(shares) + total(one.call(), "digital").ravel()
    assert (after > 0).all()
    assert after.sum() < 1


def test_two_powers_with_equal_pull_keep_their_ratio_and_crowd_out_home():
    after = np.array([0.1, 0.3]) + total(quiet([0.1, 0.3]).call(), "digital").ravel()
    assert after[1] / after[0] == pytest.approx(3.0, rel=1e-12)
    assert after.sum() > 0.4


def test_an_unknown_share_stays_unknown_and_takes_from_nobody():
    got = total(quiet([0.2, np.nan]).call(), "digital").ravel()
    z = math.exp(0.15)
    assert got[0] == pytest.approx(0.2 * z / (0.8 + 0.2 * z) - 0.2, rel=1e-12)
    assert np.isnan(got[1])


def test_adoption_is_the_same_at_every_step_size():
    ends = {}
    for per_year in (1, 4, 12):
        rng = np.random.default_rng(per_year)
        level = np.full((1, 1, 60_000), 0.2)
        blank = np.zeros((1, 1, 1))
        for _ in range(4 * per_year):
            got = adoption(level, blank + 1, blank, blank, blank[0], blank[0],
                           **{k: np.full(1, v) for k, v in PARAMETERS.items()},
                           noise=rng.standard_normal(level.shape), dt=1 / per_year)
            level = level + sum(got["digital"].values())
        ends[per_year] = level
    for per_year in (1, 4):
        assert ends[per_year].mean() == pytest.approx(ends[12].mean(), rel=0.03)
        assert ends[per_year].var() == pytest.approx(ends[12].var(), rel=0.03)


def access(**changes):
    reads = {"digital": RNG.random((P, R, M)), "data_law": np.array([[1.0], [0.0]]),
             "operator_reach": RNG.random((P, R, 1))}
    return Case(data_access, reads, {}).with_(**changes)


def test_data_access():
    hand = access(digital=cell(0.2), data_law=cell(1, (1, 1)), operator_reach=cell(0.5))
    standard(access(), shapes={"data_access": (P, R)}, bounds={"data_access": (0, 1)},
             zero={"digital": 0.0, "data_law": 0.0}, directions={},
             by_hand=(hand, {"data_access": cell(0.6)}))
    reference(access(), lambda reads, p, noise, dt: {"data_access": [
        [1 - (1 - d) * (1 - law * o) for d, o in zip(*rows, strict=True)]
        for *rows, law in zip(reads["digital"], reads["operator_reach"], reads["data_law"], strict=True)]})


def test_without_a_law_access_is_the_platform_share():
    one = access(data_law=np.zeros((P, 1)))
    np.testing.assert_allclose(total(one.call(), "data_access"), one.reads["digital"], rtol=1e-12)
