"""Draws of every measure (18), and what the width of its interval may rest on (19)."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures.properties.every import (
    KEYS,
    LEADS,
    LEVELS,
    OF_DRAWS,
    SINGLE,
    assert_same,
    chosen,
    everything,
    of,
    usual,
)
from tests.measures.properties.others import exact, with_actor
from tests.measures.properties.world import EARLY, LATE, world_of

from heartland.measures import block, changes, index_draws, labour, tidy
from heartland.measures.registry import get, names

FACTORS = {"observations": "O", "weights": "W", "structure": "S"}
# Intervals that bound what no source says, and so have a width without any draw.
BOUNDS = "unmeasured-share"
# Their value is made of draws and has no interval.
NO_SPREAD = ("influence.lead", "influence.rank_shift")
# The bootstrap over items, and that over channels, are no error of a figure: they stay.
RESAMPLED = ("alignment", "division_of_labour")


def recorded(monkeypatch: pytest.MonkeyPatch, draws: int, by: str) -> list[tuple[str, Any]]:
    """Everything an interval is taken of while all measures are computed, with the module that asked."""
    real, seen = block.interval, []

    def noted(drawn: Any, level: float) -> Any:
        seen.append((sys._getframe(1).f_globals["__name__"], np.array(drawn)))
        return real(drawn, level)

    with monkeypatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("heartland.measures") and getattr(module, "interval", None) is real:
                patch.setattr(module, "interval", noted)
        tidy.table(world_of(1), "*", times=[EARLY, LATE], by=by, draws=draws)
    return seen


@pytest.mark.parametrize("by", LEVELS)
def test_18_the_first_draws_of_many_are_the_few(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    few, many = recorded(monkeypatch, 30, by), recorded(monkeypatch, 70, by)
    assert [name for name, _ in few] == [name for name, _ in many]
    families = {name.rpartition(".")[2] for name, _ in few}
    assert {"hedging_family", "labour_family", "structure_family", "encroachment_family"} <= families
    for (name, a), (_, b) in zip(few, many, strict=True):
        # Draws with two ends of what is unknown stand one after the other.
        for k in range(a.shape[-1] // 30):
            np.testing.assert_array_equal(
                a[..., 30 * k : 30 * k + 30], b[..., 70 * k : 70 * k + 30], err_msg=name)


@lru_cache
def of_another_seed() -> pd.DataFrame:
    return everything(world_of(1), seed=7)


# Coded ties change in a draw only where a level does, and here levels are exact.
@pytest.mark.parametrize("name", [name for name in chosen(uncertain=lambda letters: "O" in letters)
                                  if name != "exclusion.closure"])
def test_18_another_seed_moves_the_interval_and_not_the_centre(name: str) -> None:
    a, b = of(usual(), name), of(of_another_seed(), name)
    if a["low"].notna().any():
        assert not a["low"].equals(b["low"])
    if name not in (*OF_DRAWS, *LEADS, "influence.lead", "influence.rank", "influence.rank_shift"):
        np.testing.assert_array_equal(a["value"], b["value"])


def test_18_the_same_seed_gives_the_same_bits_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labour, "_BLOCK", 7)
    monkeypatch.setattr(index_draws, "DRAWS_AT_ONCE", 13)
    monkeypatch.setattr(index_draws, "CELLS_AT_ONCE", 1)
    pd.testing.assert_frame_equal(usual(), everything(world_of(1)), check_exact=True)


@pytest.mark.parametrize("name", names())
def test_18_one_measure_asked_alone_says_what_it_says_among_all(name: str) -> None:
    by = get(name).by[-1]
    alone = tidy.table(world_of(1), name, times=[EARLY, LATE], by=by, draws=40).sort_values(KEYS)
    among = of(usual(), name)
    among = among[[row in set(map(tuple, alone[KEYS].to_numpy())) for row in
                   map(tuple, among[KEYS].to_numpy())]]
    assert_same(among, alone, rtol=0, atol=0)


@lru_cache
def one_actor_more() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with errors of observations alone: a structure's constant is a mean over all dyads."""
    only = {"vary": frozenset({"observations"})}
    wider = everything(with_actor(world_of(1), "N", 0.7), **only)
    wider = wider[~wider[["giver", "receiver", "other"]].eq("N").any(axis=1)]
    return everything(world_of(1), **only), wider.reset_index(drop=True)


# Measures of one actor or of two, whose rows know nothing of third actors.
LOCAL = [name for name in chosen(kind=("d", "u", "a"), counts_actors=False)
         if get(name).family not in ("centrality", "encroachment")]


@pytest.mark.parametrize("name", LOCAL)
def test_18_an_actor_more_moves_no_draw_of_the_others(name: str) -> None:
    few, many = (of(frame, name) for frame in one_actor_more())
    # With one more giver whose draws move the total, a share of that total moves too.
    shares = "x" in get(name).needs and name not in ("bandwidth", "leverage.remittances") and (
        "debt" not in name and get(name).family != "quality")
    numbers = ("value", "coverage", "age", "disagreement") if shares else (
        "value", "low", "high", "coverage", "age", "disagreement")
    assert_same(few, many, numbers=numbers, rtol=1e-12 if shares else 0, atol=0, flags=not shares)


@lru_cache
def without_causes() -> pd.DataFrame:
    return everything(exact(world_of(1)), vary=frozenset())


@pytest.mark.parametrize("name", [name for name in names() if get(name).family not in RESAMPLED])
def test_18_without_causes_there_is_no_width(name: str) -> None:
    frame = of(without_causes(), name)
    frame = frame[~frame["flags"].str.contains(BOUNDS)]
    width = (frame["high"] - frame["low"]).dropna()
    if "E" in get(name).uncertain:  # the logarithm of an exact elasticity is rounded
        width = width.round(12)
    assert (width == 0).all()
    known = frame["low"].notna()
    np.testing.assert_allclose(frame["low"][known], frame["value"][known], *SINGLE)


@lru_cache
def spread_of(kind: str) -> pd.DataFrame:
    world = exact(world_of(1)) if kind == "exact" else world_of(1)
    return changes.sources_of_spread(world, "*", draws=40, times=[EARLY, LATE])


@pytest.mark.parametrize("name", names())
def test_19_a_factor_that_is_not_drawn_has_no_part_in_the_spread(name: str) -> None:
    frame = of(spread_of("usual"), name)
    for factor, letter in FACTORS.items():
        known = frame[factor].dropna()
        assert (known >= 0).all()
        if letter not in get(name).uncertain:
            assert (known == 0).all()
        elif len(known):
            assert (known > 0).any()


@pytest.mark.parametrize(
    "name", chosen(needs=lambda needs: "x" in needs and "weights" in needs,
                   uncertain=lambda letters: "O" in letters and "C" not in letters))
def test_19_exact_observations_have_no_part_in_the_spread(name: str) -> None:
    known = of(spread_of("exact"), name)["observations"].dropna()
    assert len(known) or name in NO_SPREAD
    assert (known == 0).all()
