"""Properties of influence that hold for any ties (numbers as in the list of the specification).

Those of every registered measure are in `properties/`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from heartland.measures import tidy
from heartland.measures.labour import division_of_labour

RULES = settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = ["measure", "giver", "receiver", "other", "channel", "domain", "date"]
TABLES = ("influence", "bandwidth", "dependence")
PROFILE = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Volumes for the ties of world L: some zero, some unknown, the rest over three decades."""
    one = st.one_of(st.just(0.0), st.none(), st.floats(0.1, 90.0))
    numbers = draw(st.lists(one, min_size=36, max_size=36))
    return {"numbers": numbers}


def changed(world: Any, change: dict[str, Any]) -> Any:
    ties = {key: x for key, x in zip(world.ties, change["numbers"], strict=True) if x is not None}
    ties = {(g, r, c): min(x / 90, 1.0) if c == "media" else float(round(x / 25)) if c == "presence" else x
            for (g, r, c), x in ties.items()}
    return replace(world, ties=ties)


def table(world: Any, name: str, by: str = "overall", draws: int = 0, **more: Any) -> pd.DataFrame:
    return tidy.table(world, name, by=by, draws=draws, **more).sort_values(KEYS).reset_index(drop=True)


def same(a: pd.DataFrame, b: pd.DataFrame, rtol: float = 1e-12, ends: float | None = None) -> None:
    """`ends`: of the interval's ends, whose draws are kept in single precision."""
    assert a[KEYS].equals(b[KEYS])
    for column in ("value", "coverage"):
        np.testing.assert_allclose(a[column], b[column], rtol=rtol, atol=1e-14)
    near = (rtol, 1e-14) if ends is None else (ends, 2e-6)
    for column in ("low", "high"):
        np.testing.assert_allclose(a[column], b[column], *near)
    assert a["flags"].tolist() == b["flags"].tolist()


@settings(RULES, max_examples=4)
@given(change=changes())
def test_1_order_and_names_of_actors_channels_and_rows_do_not_matter(world_l, change) -> None:
    world = changed(world_l, change)
    shuffled = replace(
        world, powers=world.powers[::-1], receivers=world.receivers[::-1], channels=world.channels[::-1],
        settings=type(world.settings)(
            **{**vars(world.settings), "weights": tuple(reversed(world.settings.weights))}))
    for name in TABLES:
        same(table(world, name, draws=20), table(shuffled, name, draws=20), ends=2e-5)


@settings(RULES, max_examples=4)
@given(change=changes(), factor=st.sampled_from([1e-6, 1e3]))
def test_2_units_do_not_matter(world_l, change, factor: float) -> None:
    world = changed(world_l, change)
    money = ("trade", "debt")
    old = world.settings.reference["channels"]
    reference = {"channels": {
        name: {key: (np.array(number) * (factor if name in money else 1.0)).tolist()
               for key, number in entry.items()}
        for name, entry in old.items()}}
    other = replace(
        world,
        ties={(g, r, c): x * factor if c in money else x for (g, r, c), x in world.ties.items()},
        totals={(r, c): x * factor if c in money else x for (r, c), x in world.totals.items()},
        bases={"gdp": {r: x * factor for r, x in world.bases["gdp"].items()}},
        settings=type(world.settings)(**{**vars(world.settings), "reference": reference}))
    for name in TABLES:
        for by in ("channel", "overall"):
            same(table(world, name, by, draws=20), table(other, name, by, draws=20), rtol=1e-9, ends=1e-5)


@RULES
@given(change=changes(), place=st.integers(0, 35), more=st.floats(1.0, 5.0))
def test_3_a_thicker_tie_never_lowers_its_giver_nor_raises_another(world_l, change, place, more) -> None:
    world = changed(world_l, change)
    keys = list(world.ties)
    key = keys[place % len(keys)] if keys else None
    if key is None or key[2] in ("media", "presence"):
        return
    raised = replace(world, ties={**world.ties, key: world.ties[key] * more})
    for name in TABLES:
        before, after = table(world, name), table(raised, name)
        own = (before["giver"] == key[0]) & (before["receiver"] == key[1])
        assert (after["value"][own].fillna(0) >= before["value"][own].fillna(0) - 1e-12).all()
        np.testing.assert_array_equal(before["value"][~own], after["value"][~own])


@RULES
@given(change=changes(), place=st.integers(0, 35))
def test_7_a_reported_zero_in_place_of_an_unknown(world_l, change, place) -> None:
    world = changed(world_l, change)
    unknown = [key for key in world_l.ties if key not in world.ties]
    if not unknown:
        return
    key = unknown[place % len(unknown)]
    silent = replace(world, ties={**world.ties, key: 0.0})
    for name in TABLES:
        before, after = table(world, name), table(silent, name)
        own = (before["giver"] == key[0]) & (before["receiver"] == key[1])
        b, a = before[own].iloc[0], after[own].iloc[0]
        if not np.isnan(b["value"]):
            assert a["value"] <= b["value"] + 1e-12
        sides = 2 if name == "influence" else 1
        assert a["n_missing"] == b["n_missing"] - sides
        assert a["coverage"] >= b["coverage"] - 1e-12


@RULES
@given(p=PROFILE, q=PROFILE)
def test_9_and_10_division_is_symmetric_and_agrees_with_overlap(p: list[float], q: list[float]) -> None:
    a, b = np.array(p), np.array(q)
    there, back = division_of_labour(a, b), division_of_labour(b, a)
    assert float(there.division) == pytest.approx(float(back.division), abs=1e-14)
    assert float(division_of_labour(a, 3 * a).division) == pytest.approx(0.0, abs=1e-14)
    apart = division_of_labour(np.append(a, np.zeros(4)), np.append(np.zeros(4), b))
    assert (float(apart.division), float(apart.overlap)) == (pytest.approx(1.0), 0.0)
    distance = 1 - float(there.overlap)
    assert distance**2 / (2 * np.log(2)) - 1e-12 <= float(there.division) <= distance + 1e-12


@RULES
@given(change=changes())
def test_15_explanations_close(world_l, change) -> None:
    world = changed(world_l, change)
    for name in TABLES:
        for row in table(world, name).to_dict("records"):
            if not np.isnan(row["value"]):
                total = tidy.explain(world, row)["contribution"].sum()
                assert total == pytest.approx(row["value"], abs=1e-9)


@RULES
@given(change=changes(), seed=st.integers(0, 2**40))
def test_18_draws_are_common_and_widths_vanish_without_causes(world_l, change, seed: int) -> None:
    world = changed(world_l, change)
    one = table(world, "influence", draws=40, seed=seed)
    same(one, table(world, "influence", draws=40, seed=seed))
    alone = table(world, "influence", draws=40, seed=seed, receiver="J")
    same(one[one["receiver"] == "J"].reset_index(drop=True), alone)
