"""Which way numbers move: thicker ties (3), reported zeros (7), bounds of what is unknown (23)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures.properties.every import KEYS, chosen
from tests.measures.properties.others import with_ties
from tests.measures.properties.world import LATE, LEVELS, WEIGHTS, Key, PropertyWorld, world_of

from heartland.measures import tidy
from heartland.measures.registry import get

BOUNDED = chosen(bounded=True)
SIDES = {"influence": ("bandwidth", "dependence"), "bandwidth": ("bandwidth",), "dependence": ("dependence",)}
MORE = 1.7


@lru_cache
def worlds() -> dict[str, PropertyWorld]:
    return {"usual": world_of(1), "gaps": world_of(2, 0.45, 0.3)}


def rows(world: PropertyWorld, name: str, by: str, **more: Any) -> pd.DataFrame:
    frame = tidy.table(world, name, at=LATE, **{"by": by, "draws": 0, **more})
    return frame.sort_values(KEYS).reset_index(drop=True)


@lru_cache
def before(kind: str, name: str, by: str) -> pd.DataFrame:
    return rows(worlds()[kind], name, by)


def ties_of(world: PropertyWorld, *, known: bool) -> list[Key]:
    """Ties known (and above 0) or unknown at the later date, a few of each channel."""
    own = [key for key, pair in world.ties.items() if (pair[1] > 0 if known else np.isnan(pair[1]))]
    return [key for place, key in enumerate(own) if place % 3 == 0]


def test_all_bounded_measures_are_known_here() -> None:
    assert set(BOUNDED) == set(SIDES)


@pytest.mark.parametrize("kind", ["usual", "gaps"])
@pytest.mark.parametrize("total", ["kept", "raised"])
def test_3_a_thicker_tie_never_lowers_its_giver_nor_raises_another(kind: str, total: str) -> None:
    world = worlds()[kind]
    for key in ties_of(world, known=True):
        giver, receiver, channel = key
        early, x = world.ties[key]
        top = LEVELS.get(channel, 1.0 if channel == "media" else np.inf)
        raised = with_ties(world, {key: (early, min(x * MORE, top))})
        if total == "raised" and (receiver, channel) in world.totals:
            a, b = world.totals[receiver, channel]
            raised = with_totals(raised, {(receiver, channel): (a, b + min(x * MORE, top) - x)})
        for name in BOUNDED:
            old, new = before(kind, name, "overall"), rows(raised, name, "overall")
            own = (old["giver"] == giver) & (old["receiver"] == receiver)
            assert not (new["value"][own] < old["value"][own] - 1e-12).any(), (name, key)
            if name == "dependence" or total == "kept":
                assert not (new["value"][~own] > old["value"][~own] + 1e-12).any(), (name, key)


def with_totals(world: PropertyWorld, totals: dict[tuple[str, str], tuple[float, float]]) -> PropertyWorld:
    from dataclasses import replace

    return replace(world, totals={**world.totals, **totals})


@pytest.mark.parametrize("by", ["overall", "domain"])
@pytest.mark.parametrize("kind", ["usual", "gaps"])
def test_7_a_reported_zero_in_place_of_an_unknown(kind: str, by: str) -> None:
    world = worlds()[kind]
    unknown = ties_of(world, known=False)
    assert unknown
    for key in unknown:
        silent = with_ties(world, {key: (world.ties[key][0], 0.0)})
        for name in BOUNDED:
            items = [row for row in WEIGHTS if row["channel"] == key[2] and row["part"] in SIDES[name]]
            old, new = before(kind, name, by), rows(silent, name, by)
            own = (old["giver"] == key[0]) & (old["receiver"] == key[1])
            mine = own & old["domain"].isin(["all", *(row["domain"] for row in items)])
            assert not (new["value"] > old["value"] + 1e-12).any(), (name, key)
            assert (old["n_missing"][mine] - new["n_missing"][mine] == len(items)).all()
            assert (new["coverage"][mine] >= old["coverage"][mine] - 1e-12).all()
            if items and name != "influence":
                assert (new["coverage"][mine] > old["coverage"][mine]).all()
            np.testing.assert_array_equal(new["value"][~mine], old["value"][~mine])


# One channel alone is known or not: it has no bounds of its own, only an interval.
@pytest.mark.parametrize(
    ("by", "draws"), [("overall", 0), ("overall", 40), ("domain", 0), ("domain", 40), ("channel", 40)])
@pytest.mark.parametrize("kind", ["usual", "gaps"])
@pytest.mark.parametrize("name", BOUNDED)
def test_23_bounds_enclose_what_is_dropped_and_what_is_imputed(
    name: str, kind: str, by: str, draws: int,
) -> None:
    world = worlds()[kind]
    wide = rows(world, name, by, draws=draws, missing="bounds")
    for policy in ("drop", "impute"):
        found = rows(world, name, by, draws=draws, missing=policy)
        assert wide[KEYS].equals(found[KEYS])
        known = wide["low"].notna() & found["value"].notna()
        assert known.sum() >= wide["value"].notna().sum() > 0
        for column in ("value", "low", "high"):
            assert not (found[column][known] < wide["low"][known] - 1e-6).any(), (policy, column)
            assert not (found[column][known] > wide["high"][known] + 1e-6).any(), (policy, column)


@pytest.mark.parametrize("name", chosen(bounded=False))
def test_23_what_cannot_be_bounded_refuses(name: str) -> None:
    from heartland.errors import HeartlandInputError

    with pytest.raises(HeartlandInputError) as refused:
        tidy.table(worlds()["usual"], name, by=get(name).by[0], draws=0, missing="bounds")
    assert str(refused.value) == (
        f"{name} cannot be bounded. Unknown scores of 0 and 1 do not enclose it. "
        "Use --missing drop, or one of bandwidth, dependence, influence."
    )
