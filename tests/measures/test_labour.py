"""Golden check T2, the edges, and what noise alone shows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.measures import labour_family, tidy
from heartland.measures.influence import influence
from heartland.measures.labour import (
    compare_pairs,
    division_of_labour,
    general_division,
    general_result,
    null_divisions,
    null_profiles,
    role_share,
)

assert labour_family  # registers its measures

EXACT = {"abs": 1e-9, "rel": 0}


def result_t(world):
    found = tidy.inputs(world, constants=False)
    return influence(found.volume(), found.totals(), found.base, found.spec)


def test_t2_on_influence_with_two_domains(world_t) -> None:
    f = result_t(world_t).influence[:, :, 0, 0]
    result = division_of_labour(f[:, 0], f[:, 1], least_domains=2)
    assert float(result.division) == pytest.approx(0.5507889175, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.1927549195, abs=1e-9)
    assert float(result.level) == pytest.approx(1.09, **EXACT)
    assert role_share(f[:, 0], f[:, 1])[:2] == pytest.approx([0.3154929577, 0.9795918367], **EXACT)
    assert math.isnan(division_of_labour(f[:, 0], f[:, 1]).division)  # three domains are the default


def test_t2_on_bandwidth_with_three_domains(world_t) -> None:
    b = result_t(world_t).bandwidth[:, :, 0, 0]
    result = division_of_labour(b[:, 0], b[:, 1])
    assert float(result.division) == pytest.approx(0.1344148993, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.6285356248, abs=1e-9)


def test_t2_plain_profiles() -> None:
    result = division_of_labour(np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3]))
    assert float(result.division) == pytest.approx(0.2124325038, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.6, **EXACT)


def test_same_profile_is_zero_and_no_common_domain_is_one() -> None:
    same = division_of_labour(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    apart = division_of_labour(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 3.0, 1.0]))
    assert (float(same.division), float(same.overlap)) == (pytest.approx(0.0, abs=1e-15), pytest.approx(1.0))
    assert (float(apart.division), float(apart.overlap)) == (pytest.approx(1.0), 0.0)


def test_a_power_without_strength_has_no_profile() -> None:
    result = division_of_labour(np.zeros(3), np.array([1.0, 2.0, 3.0]))
    assert math.isnan(result.division)
    assert bool(result.zero)
    assert float(result.level) == 6.0


def test_profiles_are_compared_on_common_domains() -> None:
    a, b = np.array([1.0, 2.0, 3.0, np.nan]), np.array([3.0, 2.0, 1.0, 9.0])
    result = division_of_labour(a, b)
    assert int(result.n_domains) == 3
    assert float(result.division) == pytest.approx(float(division_of_labour(a[:3], b[:3]).division))


def test_three_powers_are_scaled_to_one() -> None:
    apart = general_division([np.array([5.0, 0, 0]), np.array([0, 5.0, 0]), np.array([0, 0, 5.0])])
    same = general_division([np.array([1.0, 2, 3]), np.array([2.0, 4, 6]), np.array([3.0, 6, 9])])
    assert float(apart) == pytest.approx(1.0)
    assert float(same) == pytest.approx(0.0, abs=1e-12)


def test_two_equal_levels_give_the_plain_divergence() -> None:
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3])
    assert float(general_division([p, q])) == pytest.approx(float(division_of_labour(p, q).division))


def test_the_null_has_the_pooled_profile_and_the_own_noise() -> None:
    a, b = np.array([0.2, 0.2, 0.4]), np.array([0.6, 0.1, 0.1])
    noise = np.array([[1.0, 2.0], [1.0, 1.0], [1.0, 0.5]])
    left, right = null_profiles(a[:, None] * noise, b[:, None] * np.ones((3, 2)), a, b)
    pooled = (a / 0.8 + b / 0.8) / 2
    assert left[:, 0] == pytest.approx(pooled)
    assert left[:, 1] == pytest.approx(pooled * noise[:, 1])
    assert division_of_labour(left, right).division[0] == pytest.approx(0.0, abs=1e-12)
    assert division_of_labour(left, right).division[1] > 0


def bits(p: list[float]) -> float:
    return -sum(x * math.log2(x) for x in p if x > 0)


def test_three_unequal_powers_by_hand() -> None:
    # Levels 2, 1, 1: weights .5, .25, .25; the mix is (.5, .375, .125).
    found = general_division([np.array([2.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0, 0.5, 0.5])])
    expected = (bits([0.5, 0.375, 0.125]) - 0.25 * 1.0) / math.log2(3)
    assert expected == pytest.approx(0.7291271, abs=1e-6)
    assert float(found) == pytest.approx(expected, abs=1e-12)
    # Wrong: equal weights, or bits that are not divided by log2(min(powers, domains)).
    equal = (bits([1 / 3, 0.5, 1 / 6]) - 1 / 3) / math.log2(3)
    assert float(found) != pytest.approx(equal, abs=1e-3)
    assert float(found) != pytest.approx(expected * math.log2(3), abs=1e-3)


def test_two_unequal_levels_lean_towards_the_stronger() -> None:
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3])
    mix = (3 * p + q) / 4
    expected = bits(mix.tolist()) - 0.75 * bits(p.tolist()) - 0.25 * bits(q.tolist())
    assert float(general_division([3 * p, q])) == pytest.approx(expected, abs=1e-12)
    assert float(general_division([3 * p, q])) != pytest.approx(0.2124325038, abs=1e-3)


def test_powers_without_strength_or_knowledge_are_left_out() -> None:
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3])
    thin = np.array([0.4, np.nan, np.nan, 0.1])
    two = general_result(np.stack([p, q], axis=1))
    wider = general_result(np.stack([p, q, np.zeros(4), thin], axis=1))
    assert float(wider.division) == float(two.division)
    assert (int(wider.n_powers), int(wider.left_out)) == (2, 1)
    alone = general_result(np.stack([p, np.zeros(4)], axis=1))
    assert (math.isnan(alone.division), bool(alone.zero)) == (True, True)


def test_many_pairs_at_once_are_the_pairs_one_by_one() -> None:
    rng = np.random.default_rng(3)
    strength = rng.random((5, 4, 6, 9))
    strength[rng.random(strength.shape) < 0.2] = np.nan
    strength[:, 3, 0] = 0.0
    pairs = [(i, k) for i in range(4) for k in range(4) if i != k]
    for (i, k), found in zip(pairs, compare_pairs(strength, pairs), strict=True):
        one = division_of_labour(strength[:, i], strength[:, k])
        for name in ("division", "overlap", "level", "n_domains", "zero"):
            np.testing.assert_allclose(getattr(found, name), getattr(one, name), atol=1e-12)


def test_rows_among_three_powers_and_chosen_ones(world_l) -> None:
    frame = tidy.table(world_l, "division_of_labour.general", draws=40)
    assert frame[["giver", "receiver", "other"]].to_numpy().tolist() == [["", "J", ""], ["", "K", ""]]
    assert (frame["low"] <= frame["high"]).all()
    f = tidy.table(world_l, "influence", by="domain", draws=0, receiver="J")
    own = f.pivot(index="domain", columns="giver", values="value")
    assert frame["value"][0] == pytest.approx(float(general_division([own[g].to_numpy() for g in "ABC"])))
    two = tidy.table(world_l, "division_of_labour.general", draws=0, options={"powers": "A,B"}, receiver="J")
    assert two["value"][0] == pytest.approx(float(general_division([own[g].to_numpy() for g in "AB"])))
    with pytest.raises(HeartlandInputError, match='"X" is not a giver of this region'):
        tidy.table(world_l, "division_of_labour.general", draws=0, options={"powers": "A,X"})


def test_strength_may_be_another_index_or_channels(world_l) -> None:
    plain = tidy.table(world_l, "division_of_labour.bandwidth", draws=0)
    asked = tidy.table(world_l, "division_of_labour", draws=0, options={"strength": "bandwidth"})
    assert plain["value"].tolist() == asked["value"].tolist()
    by = tidy.table(world_l, "division_of_labour", draws=30, giver="A", other="B", receiver="J",
                    options={"strength": "arms, visits, media"})
    # Shares of the totals 131.25, 17.5 and 1.
    a = np.array([80 / 131.25, 6 / 17.5, 0.5])
    b = np.array([20 / 131.25, 5 / 17.5, 0.1])
    assert by["value"][0] == pytest.approx(float(division_of_labour(a, b).division))
    assert "no-rest" not in by["flags"][0]
    roles = tidy.table(world_l, "division_of_labour.role_share", draws=0, giver="A", other="B", receiver="J",
                       options={"strength": "arms,debt"})
    assert roles[["domain", "channel"]].to_numpy().tolist() == [["security", "arms"], ["economic", "debt"]]
    assert roles["value"].tolist() == pytest.approx([0.8, 0.2])


@pytest.mark.parametrize("name", ["division_of_labour", "division_of_labour.overlap",
                                  "division_of_labour.level", "division_of_labour.general"])
def test_parts_sum_to_the_value(world_l, name: str) -> None:
    pair = {} if name.endswith("general") else {"giver": "A", "other": "C"}
    value = tidy.table(world_l, name, draws=0, receiver="K", **pair)["value"].iloc[0]
    frame = tidy.explain(world_l, {"measure": name, "receiver": "K", **pair})
    assert frame["contribution"].sum() == pytest.approx(value, abs=1e-12)
    assert "O-A-arms-one" in frame["observation_id"].tolist()
    role = tidy.explain(world_l, {"measure": "division_of_labour.role_share", "giver": "A", "other": "C",
                                  "receiver": "K", "domain": "security"})
    assert role["weight"].iloc[:2].sum() == pytest.approx(1.0)


def test_null_divisions_are_those_of_the_null_profiles() -> None:
    rng = np.random.default_rng(4)
    centre = rng.random((5, 3, 2, 4)) * rng.choice([0.0, 1.0], p=[0.1, 0.9], size=(5, 3, 2, 4))
    centre[rng.random(centre.shape) < 0.15] = np.nan
    drawn = centre[..., None] * np.exp(0.3 * rng.standard_normal((*centre.shape, 50)))
    drawn[rng.random(drawn.shape) < 0.01] = np.nan  # a draw may lack what the centre has
    pairs = [(0, 1), (2, 0)]
    for (i, k), found in zip(pairs, null_divisions(drawn, centre, pairs), strict=True):
        profiles = null_profiles(drawn[:, i], drawn[:, k], centre[:, i], centre[:, k])
        np.testing.assert_allclose(found, division_of_labour(*profiles).division, atol=1e-12)
