"""What must not matter: names, order, units, actors without ties, channels nobody reads (1, 2, 4, 18)."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest
from tests.measures.properties.every import (
    assert_same,
    chosen,
    everything,
    of,
    one_order,
    usual,
)
from tests.measures.properties.others import renamed, reordered, rescaled, with_actor, with_channel
from tests.measures.properties.world import world_of

from heartland.measures.registry import names

SEED = 1
NEW = {"A": "S", "B": "D", "C": "V", "K": "E", "J": "Q", "L": "B"}


@lru_cache
def turned() -> pd.DataFrame:
    return everything(reordered(world_of(SEED)))


@lru_cache
def called_otherwise() -> pd.DataFrame:
    return everything(renamed(world_of(SEED), NEW), 0)


@lru_cache
def in_millions() -> pd.DataFrame:
    return everything(rescaled(world_of(SEED), 1e-6))


@lru_cache
def wider() -> pd.DataFrame:
    found = everything(with_actor(world_of(SEED), "N"))
    return found[~found[["giver", "receiver", "other"]].eq("N").any(axis=1)].reset_index(drop=True)


@lru_cache
def longer() -> pd.DataFrame:
    found = everything(with_channel(world_of(SEED)))
    return found[found["channel"] != "gifts"].reset_index(drop=True)


@pytest.mark.parametrize("name", names())
def test_every_measure_has_numbers_here(name: str) -> None:
    rows = of(usual(), name)
    assert rows["value"].notna().sum() >= 2
    assert rows["value"].nunique() >= 1


@pytest.mark.parametrize("name", names())
def test_1_order_changes_nothing(name: str) -> None:
    assert_same(one_order(of(usual(), name)), one_order(of(turned(), name)))


@pytest.mark.parametrize("name", names())
def test_1_other_names_permute_rows(name: str) -> None:
    rows = of(usual(0), name)
    for column in ("giver", "receiver", "other"):
        rows[column] = [NEW.get(label, label) for label in rows[column]]
    assert_same(one_order(rows), one_order(of(called_otherwise(), name)))


@pytest.mark.parametrize("name", names())
def test_2_units_of_money_change_no_index_and_no_share(name: str) -> None:
    assert_same(of(usual(), name), of(in_millions(), name), rtol=1e-12)


@pytest.mark.parametrize("name", chosen(counts_actors=False))
def test_4_a_power_without_ties_changes_no_other_number(name: str) -> None:
    assert_same(of(usual(), name), of(wider(), name), counts=())


@pytest.mark.parametrize("name", names())
def test_18_a_channel_more_moves_no_draw(name: str) -> None:
    assert_same(of(usual(), name), of(longer(), name), rtol=0, atol=0)
