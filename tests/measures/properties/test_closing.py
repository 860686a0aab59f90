"""Parts that add up: explanations (15) and changes (14), of every measure that has them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from tests.measures.properties.every import DRAWS, KEYS, LEADS, everything, of, usual
from tests.measures.properties.world import EARLY, LATE, PropertyWorld, world_of

from heartland.errors import HeartlandInputError
from heartland.measures import changes, tidy
from heartland.measures.cell_parts import EXPLAIN_COLUMNS, EXPLAINED
from heartland.measures.registry import get, names

PAIRED = tuple(name for name in names() if "t0" in get(name).options)
TAKEN_APART = [name for name in names() if get(name).parts is not None or name in EXPLAINED]
DATED = {"t0": EARLY, "t1": LATE}
EXACT = ("influence", "bandwidth", "dependence")



def some(frame: pd.DataFrame, count: int) -> list[dict[str, object]]:
    """A few rows with a value, spread over the table; late ones, whose cells name a date of their own."""
    known = frame[frame["value"].notna() & (frame["date"] == LATE) & (frame["n_used"] > 0)]
    step = max(len(known) // count, 1)
    return known.iloc[::step].head(count).to_dict("records")


@lru_cache
def explained(name: str) -> list[tuple[dict[str, object], pd.DataFrame]]:
    reader = tidy.explainer(world_of(1))
    rows = some(of(usual(), name), 6 if "channel" in get(name).by else 3)
    return [(row, reader({**row, **(DATED if name in PAIRED else {})})) for row in rows]


@pytest.mark.parametrize("name", TAKEN_APART)
def test_15_contributions_sum_or_say_that_they_do_not(name: str) -> None:
    assert explained(name)
    for row, parts in explained(name):
        assert tuple(parts.columns) == EXPLAIN_COLUMNS
        given = parts["contribution"].astype(float)
        if given.notna().any():
            assert given.sum() == pytest.approx(row["value"], abs=1e-9, rel=1e-9)
        else:
            assert parts["flag"].str.contains("not additive").any()


@pytest.mark.parametrize("name", TAKEN_APART)
def test_15_parts_name_observations_or_rows_of_tables(name: str) -> None:
    for _, parts in explained(name):
        named = parts[["observation_id", "source_id"]].astype(object).fillna("").sum(axis=1)
        assert (named != "").any()
        assert (parts["part"].fillna("") != "").all()
        assert parts[["raw value", "score"]].notna().any(axis=None)


@pytest.mark.parametrize("name", LEADS)
def test_14_a_row_named_by_its_value_has_no_path(name: str) -> None:
    world = at_dates(5, 6)
    rows = tidy.table(world, name, times=[EARLY, LATE], by="domain", draws=0)
    pairs = rows[rows["receiver"] == "J"].groupby(["domain", "date"])["giver"].agg(tuple).unstack()
    assert (pairs[EARLY] != pairs[LATE]).any()
    turned = pairs.index[pairs[EARLY] != pairs[LATE]][0]
    rows = rows[(rows["receiver"] == "J") & (rows["domain"] == turned)]
    early = rows[rows["date"] == EARLY][["giver", "other"]].apply(tuple, axis=1).tolist()
    cell = next(row for row in rows[rows["date"] == LATE].to_dict("records")
                if (row["other"], row["giver"]) in early)
    with pytest.raises(HeartlandInputError) as refused:
        changes.change(world, {key: cell[key] for key in KEYS[:-1]}, EARLY, LATE, draws=0)
    assert str(refused.value) == (
        f"The change of {name} cannot be taken apart here. Whom its row names follows from the values and is "
        "not the same all the way. Its values at both dates: --from, --to."
    )


def test_15_every_measure_is_taken_apart() -> None:
    assert [name for name in names() if name not in TAKEN_APART] == []


def known_world(seed: int) -> PropertyWorld:
    """A world without gaps, so that every change has both ends."""
    return world_of(seed, 0.0, 0.05)


def at_dates(first: int, second: int) -> PropertyWorld:
    """Ties of the later date of one seed, then those of another; all else is the same."""
    a, b = known_world(first), known_world(second)

    def joined(one: dict, two: dict) -> dict:
        return {key: (one[key][1], two[key][1]) for key in one}

    return replace(
        a, ties=joined(a.ties, b.ties), totals=joined(a.totals, b.totals),
        bases={name: joined(a.bases[name], b.bases[name]) for name in a.bases}, second={},
    )


OF_TIES = [
    name for name in names() if name not in LEADS
    and "x" in get(name).needs and get(name).kind in ("d", "p", "r") and name not in PAIRED
    and not {"flows", "memberships"} & set(get(name).needs)
]


def cells(name: str) -> list[dict[str, object]]:
    frame = of(everything_late(), name)
    return some(frame, 2)


@lru_cache
def everything_late() -> pd.DataFrame:
    return everything(at_dates(5, 6), 0)


def total(name: str, cell: dict[str, object], first: int, second: int) -> tuple[float, float, float]:
    """Change, the sum of its rows, and what the path integral leaves over."""
    actors = {key: cell[key] for key in KEYS if key != "date"}
    frame = changes.change(at_dates(first, second), actors, EARLY, LATE, draws=0)
    last = (frame["part"] == "total") & (frame["channel"] == "") & (frame["cause"] == "")
    assert last.sum() == 1
    left = float(np.abs(frame[frame["part"] == "remainder"]["value"]).sum())
    return float(frame[last]["value"].iloc[0]), float(frame[~last]["value"].sum()), left


@pytest.mark.parametrize("name", OF_TIES)
def test_14_rows_of_a_change_close_turn_round_and_telescope(name: str) -> None:
    for cell in cells(name):
        there, rows, left = total(name, cell, 5, 6)
        if np.isnan(there):
            continue
        assert rows == pytest.approx(there, abs=1e-9)
        assert there == pytest.approx(-total(name, cell, 6, 5)[0], abs=1e-9)
        second, third = total(name, cell, 6, 7)[0], total(name, cell, 5, 7)[0]
        assert np.isnan(second) or np.isnan(third) or there + second == pytest.approx(third, abs=1e-9)
        if name in EXACT and not cell["channel"]:
            assert left == 0


@pytest.mark.parametrize("name", [name for name in names() if name not in PAIRED])
def test_14_a_comparison_is_the_difference_of_both_dates(name: str) -> None:
    by = get(name).by[0]
    frame = changes.compare(world_of(1), name, EARLY, LATE, draws=DRAWS, by=by).set_index(KEYS[:-1])
    np.testing.assert_allclose(frame["value"], frame["after"] - frame["before"])
    both = frame["before"].notna() & frame["after"].notna()
    assert (frame["value"].notna() == both).all()
    assert not (frame["low"] > frame["high"]).any()
    assert (frame["flags"].str.count("nan:") == frame["value"].isna()).all()
    whole = of(usual(), name)
    for column, day in (("before", EARLY), ("after", LATE)):
        there = whole[whole["date"] == day].set_index(KEYS[:-1])["value"].reindex(frame.index)
        np.testing.assert_array_equal(frame[column], there)


@pytest.mark.parametrize("name", PAIRED)
def test_14_what_is_a_change_already_is_not_compared(name: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        changes.compare(world_of(1), name, EARLY, LATE)
    assert str(refused.value).startswith(f"{name} is a change already. It has one value for two dates.")
