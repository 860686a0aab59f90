"""What every row keeps to: bounds, reasons, nested intervals, mirrored pairs, one content in all formats."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures.properties.every import COMPLEMENTS, KEYS, LEADS, chosen, everything, of, usual
from tests.measures.properties.world import ACTORS, EARLY, LATE, PropertyWorld, world_of

from heartland.measures import tidy
from heartland.measures.block import COLUMNS, FLAGS, REASONS
from heartland.measures.registry import get, names
from heartland.measures.text import to_csv, to_json

UNBORN = "B"
NAN = (float("nan"), float("nan"))


def without_anything(world: PropertyWorld) -> PropertyWorld:
    """Nothing is known: no tie, no total, no table."""
    return replace(world, ties=dict.fromkeys(world.ties, NAN), totals={}, bases={}, tables={}, second={})


def with_birth(world: PropertyWorld) -> PropertyWorld:
    """One power exists only at the later date, also in every table; its windows are short then."""
    ties = {key: (NAN[0], pair[1]) if key[0] == UNBORN else pair for key, pair in world.ties.items()}
    born = [key for key in world.ties if key[0] == UNBORN]
    status = {key: (0, 1 if np.isnan(ties[key][1]) else 3 if ties[key][1] == 0 else 4) for key in born}
    tables = {
        name: [row for row in rows if not (UNBORN in row.values() and "2010" in row.values())]
        for name, rows in world.tables.items()
    }
    tables["portfolios"] = [
        {**row, "period": "2015/2022"} if row["actor"] == UNBORN else row for row in tables["portfolios"]]
    tables["votes"] = [
        {key: ";".join(word for word in text.split(";") if word != UNBORN) if row["date"] == "2010" else text
         for key, text in row.items()} for row in tables["votes"]]
    return replace(world, ties=ties, status=status, tables=tables,
                   flags=dict.fromkeys(born, ("short-window",)))


WORLDS = {
    "usual": lambda: world_of(1), "gaps": lambda: world_of(2, 0.45, 0.3),
    "zeros": lambda: world_of(3, 0.0, 0.7), "nothing": lambda: without_anything(world_of(1)),
    "birth": lambda: with_birth(world_of(4)),
}


@lru_cache
def rows(kind: str, level: float = 0.9) -> pd.DataFrame:
    return usual() if (kind, level) == ("usual", 0.9) else everything(WORLDS[kind](), level=level)


@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("name", names())
def test_5_bounds_hold_and_nothing_is_infinite(name: str, kind: str) -> None:
    record, frame = get(name), of(rows(kind), name)
    inside = frame[~frame["flags"].str.split(";").map(lambda words: "above-reference" in words)]
    for column in ("value", "low", "high"):
        assert np.isfinite(frame[column].dropna()).all()
        known = inside[column].dropna()
        assert known.between(record.low - 1e-12, record.high + 1e-12).all(), (column, known.describe())
    assert not (frame["low"] > frame["high"]).any()


@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("name", names())
def test_8_every_missing_value_has_one_reason_and_no_other_row_has_any(name: str, kind: str) -> None:
    frame = of(rows(kind), name)
    words = frame["flags"].str.split(";")
    reasons = words.map(lambda found: [word[4:] for word in found if word.startswith("nan:")])
    assert (reasons.map(len) == frame["value"].isna().astype(int)).all()
    assert {word for found in reasons for word in found} <= set(REASONS)
    assert {word for found in words for word in found if word and word[:4] != "nan:"} <= set(FLAGS)
    assert words.map(lambda found: found == sorted(found)).all()
    gone = frame["value"].isna()
    assert frame.loc[gone, ["low", "high"]].isna().all().all()
    assert tuple(frame.columns) == COLUMNS
    assert (frame["n_used"] >= 0).all()
    assert (frame["n_missing"] >= 0).all()
    assert frame["coverage"].dropna().between(0, 1).all()


@pytest.mark.parametrize("name", chosen(needs=lambda needs: "x" in needs and "flows" not in needs))
def test_5_nothing_known_gives_no_number(name: str) -> None:
    frame = of(rows("nothing"), name)
    if name not in ("quality.coverage", "exclusion.closure"):
        assert frame["value"].isna().all()
    assert (frame["n_used"] == 0).all() or name == "exclusion.closure"


@pytest.mark.parametrize("name", chosen(kind=("d", "u", "a")))
def test_21_before_its_birth_an_actor_has_no_value_and_then_a_short_window(name: str) -> None:
    frame, record = of(rows("birth"), name), get(name)
    own = frame[(frame["giver"] == UNBORN) | ((frame["receiver"] == UNBORN) & (record.kind == "u"))]
    early, late = own[own["date"] == EARLY], own[own["date"] == LATE]
    assert early["value"].isna().all()
    assert late["value"].notna().any() or record.family == "encroachment"  # who is new led nowhere before
    if record.kind == "d" or record.family == "centrality":
        fits = early["flags"].str.contains("nan:not-born")
        # A channel without a row on this side has no value whoever gives.
        fits |= early["flags"].str.contains("nan:no-dependence|nan:not-applicable") & (early["channel"] != "")
        assert fits.all()
    if record.kind == "d" and "weights" in record.needs and record.family not in ("encroachment", "quality"):
        assert late["flags"].str.contains("short-window").all()


@pytest.mark.parametrize("name", names())
def test_18_the_half_lies_inside_the_nine_tenths(name: str) -> None:
    wide, narrow = of(rows("usual"), name), of(rows("usual", 0.5), name)
    assert wide[KEYS].equals(narrow[KEYS])
    np.testing.assert_array_equal(wide["value"], narrow["value"])
    assert (wide["low"].isna() == narrow["low"].isna()).all()
    assert not (narrow["low"] < wide["low"] - 1e-12).any()
    assert not (narrow["high"] > wide["high"] + 1e-12).any()
    assert (wide["level"] == 0.9).all()


@pytest.mark.parametrize("name", chosen(kind="u"))
def test_9_undirected_measures_say_the_same_both_ways(name: str) -> None:
    frame = of(rows("usual"), name)
    turned = frame.rename(columns={"giver": "receiver", "receiver": "giver"})[list(frame.columns)]
    turned = turned.sort_values(KEYS).reset_index(drop=True)
    assert frame[KEYS].equals(turned[KEYS])
    np.testing.assert_array_equal(frame[["value", "low", "high"]], turned[["value", "low", "high"]])


@pytest.mark.parametrize(
    "name", [name for name in chosen(kind="p") if get(name).family != "encroachment" and name not in LEADS])
def test_9_a_pair_of_powers_reads_the_same_from_both_sides(name: str) -> None:
    def asked(first: str, second: str) -> Any:
        frame = tidy.table(world_of(1), name, times=[EARLY, LATE], draws=40, giver=first, other=second,
                           by=get(name).by[0])
        return frame[["value", "low", "high"]].to_numpy()

    there, back = asked("A", "B"), asked("B", "A")
    if name in COMPLEMENTS:
        back = 1 - back[:, [0, 2, 1]]
    np.testing.assert_allclose(there, back, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(there[:, 0], back[:, 0], rtol=1e-6)


@pytest.mark.parametrize("name", ["leverage.asymmetric_vulnerability", "leverage.log_vulnerability"])
def test_9_vulnerability_changes_sign_with_the_roles(name: str) -> None:
    world = replace(world_of(1), powers=ACTORS, receivers=ACTORS)
    frame = tidy.table(world, name, draws=40).set_index(["giver", "receiver"])
    assert frame["value"].notna().sum() == len(ACTORS) * (len(ACTORS) - 1)
    turned = frame.swaplevel().loc[frame.index]
    np.testing.assert_allclose(frame["value"], -turned["value"], rtol=1e-12)
    np.testing.assert_allclose(frame["low"], -turned["high"], rtol=1e-9)


@pytest.mark.parametrize(
    ("number", "share"),
    [("concentration.effective_number", "concentration.hhi"), ("route.effective_number", "route.hhi")],
)
@pytest.mark.parametrize("kind", ["usual", "gaps", "zeros"])
def test_12_the_effective_number_is_the_inverse_of_the_index(number: str, share: str, kind: str) -> None:
    a, b = of(rows(kind), number), of(rows(kind), share)
    assert a[KEYS[1:]].equals(b[KEYS[1:]])
    np.testing.assert_array_equal(a["value"].isna(), b["value"].isna())
    np.testing.assert_allclose((a["value"] * b["value"]).dropna(), 1.0, rtol=1e-12)


@pytest.mark.parametrize("kind", ["gaps", "birth"])
@pytest.mark.parametrize("name", names())
def test_25_csv_and_json_hold_the_same_numbers_and_read_back_exactly(name: str, kind: str) -> None:
    frame = of(rows(kind), name)
    back = pd.read_csv(io.StringIO(to_csv(frame)), keep_default_na=False, na_values={
        column: [""] for column in frame.columns if frame[column].dtype.kind == "f"})
    told = json.loads(json.dumps(to_json(frame, get(name)), allow_nan=False))["rows"]
    assert len(told) == len(frame) == len(back)
    for column in COLUMNS:
        mine = frame[column].tolist()
        other = [row[column] for row in told]
        if frame[column].dtype.kind == "f":
            np.testing.assert_array_equal(np.array(mine), back[column].to_numpy(dtype=float))
            np.testing.assert_array_equal(np.array(mine), np.array(other, dtype=float))
        elif column == "flags":
            assert [";".join(words) for words in other] == mine == back[column].tolist()
        else:
            assert mine == back[column].tolist() == other
