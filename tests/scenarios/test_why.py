"""Splits by mechanism: they close against the states in full precision and against what is recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.core.noise import Noise
from heartland.errors import HeartlandInputError
from heartland.measures.labour import division_of_labour
from heartland.scenarios import explain, loop, why
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.explain import (
    all_members,
    event_table,
    measure_parts,
    state_now,
    state_parts,
    table,
)
from heartland.scenarios.recorder import TRACKED_KINDS, Recorder
from heartland.scenarios.state import event_kinds, state_catalogue
from heartland.scenarios.ties import MOVING
from heartland.scenarios.why import by_mechanism, presence_split, subtract

TRACKED = [spec.name for spec in state_catalogue().values() if spec.kind in TRACKED_KINDS]
PATCHES = (
    "shock(currency[giver=RUS], -.46, at=2022-02)", "scale(gdp[actor=RUS], .96, at=2022-03, for=P8M)",
    "set(attitude, .9, at=2022-05)", "clamp(rivalry[giver=RUS], -2, at=2022-06/2022-08)",
    "shock(capacity, +2, at=2022-02, for=P2M)", "scale(unrest, 3, at=2022-10)",
)  # fmt: skip


@pytest.fixture(scope="module")
def books(crisis):
    """A block of the headline scenario with patches of every kind, its states kept in full precision."""
    kept: dict[str, list[np.ndarray]] = {name: [] for name in TRACKED}

    class Spy(Recorder):
        def keep(self, step, state):
            for name in TRACKED:
                kept[name].append(state[name].copy())
            super().keep(step, state)

    scenario = crisis
    for text in PATCHES:
        scenario = scenario.patch(text, why="test", id="patched")
    plan = compile_plan(scenario, members=64, seed=3, full=True)
    every = tuple(range(plan.steps + 1))
    plan = replace(plan, grid=replace(plan.grid, dyads=every, why=every))
    original, loop.Recorder = loop.Recorder, Spy
    try:
        found = loop.run_blocks(plan, bind(plan, Draws(3, plan.steps, (0,)), (0,)), (0,))
    finally:
        loop.Recorder = original
    return plan, found, {name: np.stack(levels) for name, levels in kept.items()}


@pytest.mark.parametrize("name", TRACKED)
def test_the_split_of_every_state_closes_at_every_step(books, name):
    plan, found, kept = books
    start = all_members(plan.start[name], 64)
    if name not in plan.parts:
        np.testing.assert_array_equal(kept[name], np.broadcast_to(start, kept[name].shape))
        return
    split = np.moveaxis(found[f"why_{name}"].sum(axis=2), 0, -1)
    unknown = np.broadcast_to(np.isnan(start), kept[name].shape)
    np.testing.assert_array_equal(np.isnan(kept[name]), unknown, "unknown at the start, and only that")
    size = np.maximum(np.abs(kept[name]), 1.0)
    residual = (kept[name] - start[None] - split) / size
    np.testing.assert_allclose(residual[~unknown], 0.0, atol=1e-9)
    recorded = np.moveaxis(found[name].astype(float), 0, -1)
    np.testing.assert_allclose(recorded, start[None] + split, rtol=2e-7, atol=1e-9)


def test_patches_and_bounds_have_rows_of_their_own(books):
    plan, found, _ = books
    for name in ("currency", "gdp", "attitude", "rivalry", "capacity", "unrest"):
        assert plan.parts[name][-2:] == ("bounds", "patch"), name
        patch = found[f"why_{name}"][:, :, plan.parts[name].index("patch")]
        assert np.abs(patch).max() > 0, name
    currency = found["why_currency"][:, :, plan.parts["currency"].index("patch")]
    np.testing.assert_allclose(currency[:, 2:, 0], -0.46, rtol=1e-12)
    assert not currency[:, :2].any()
    assert not currency[:, :, 1:].any()
    capacity = found["why_capacity"][:, :, plan.parts["capacity"].index("patch")]
    np.testing.assert_allclose(capacity[:, 2] + all_members(plan.start["capacity"], 64).T, 1.0, rtol=1e-12)
    np.testing.assert_allclose(capacity[:, 4:], 0.0, atol=1e-12)


def test_a_split_only_grows_by_what_its_mechanism_adds(books):
    plan, found, _ = books
    oil = found["why_oil"][:, :, plan.parts["oil"].index("oil-path.noise"), 0]
    plain = np.diff(oil, axis=1)
    drawn = Noise(3, plan.steps, 0).normal("oil-path", "noise", ("world",))[:, 0].T
    ratio = plain / drawn
    np.testing.assert_allclose(ratio, np.repeat(ratio[:, :1], plan.steps, axis=1), rtol=1e-9)


@pytest.mark.parametrize("at", ["2022-12", "end"])
def test_stored_splits_close_against_the_stored_series(pair, at):
    for run in pair:
        plan = run.plan()
        step = 12 if at == "2022-12" else 14
        for name in TRACKED:
            if name not in run.layout.parts:
                continue
            now = np.moveaxis(state_now(run, plan, name, at), -1, 0)
            recorded = run.array(name)[:, run.layout.steps(name).index(step)]
            np.testing.assert_allclose(recorded, now, rtol=2e-7, atol=1e-9, err_msg=name)


def test_presence_closes_exactly_with_troops_and_bounds(pair):
    deployed = False
    for run in pair:
        parts = state_parts(run, "presence", "end")
        total = np.moveaxis(sum(parts.values()), -1, 0)
        series = run.array("presence").astype(float)
        np.testing.assert_allclose(total, series[:, -1] - series[:, 0], atol=1e-6)
        deployed |= bool(parts["deployment"].any())
        assert {"bounds-of-presence", "deployment"} < set(parts)


def test_presence_split_by_hand():
    start, now = np.array([-0.5, 1.0, 3.0, 2.0]), np.array([0.2, 1.5, 5.0, 1.0])
    deployed = np.array([0.0, 0.0, 0.0, 4.0])
    found = presence_split(start, {"a": (now - start) * 0.25, "b": (now - start) * 0.75}, now, deployed)
    np.testing.assert_allclose(found["bounds-of-presence"], [-0.5, 0.0, -1.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(found["deployment"], [0.0, 0.0, 0.0, 3.0])
    np.testing.assert_allclose(sum(found.values()), [0.2, 0.5, 1.0, 2.0])


def test_rows_of_one_mechanism_are_added_and_patches_stay():
    one = np.ones(2)
    found = by_mechanism({"trade.noise": one, "trade.cost": 2 * one, "bounds": 3 * one, "patch": 4 * one})
    assert {name: value.tolist() for name, value in found.items()} == {
        "trade": [3, 3], "bounds": [3, 3], "patch": [4, 4],
    }  # fmt: skip


def test_differences_of_splits_take_a_missing_part_as_nothing():
    found = subtract({"a": np.array([1.0, 2.0])}, {"b": np.array([0.5, 0.5]), "a": np.array([1.0, 1.0])})
    assert {name: value.tolist() for name, value in found.items()} == {"a": [0, 1], "b": [-0.5, -0.5]}


def test_the_table_is_ordered_by_size_and_closes(pair):
    run = pair[0]
    found = run.why("growth-gap", receiver="KAZ")
    assert list(found.columns) == ["mechanism", "part", "value", "low", "high"]
    body, whole = found.iloc[:-1], found.iloc[-1]
    assert whole["mechanism"] == "change"
    assert body["value"].abs().is_monotonic_decreasing
    assert whole["value"] == pytest.approx(body["value"].sum(), abs=1e-12)
    _, series = run.series("growth_gap", receiver="KAZ")
    assert whole["value"] == pytest.approx((series[:, -1] - series[:, 0]).mean(), abs=1e-8)


def test_a_table_of_nothing_has_only_the_change():
    found = table({"a": np.zeros(4), "b": np.full(4, np.nan)})
    assert found["mechanism"].tolist() == ["change"]


def influence(run, giver, receiver, row):
    places = run.layout.axes.power.index(giver), run.layout.axes.receiver.index(receiver)
    return run.array("influence")[:, row, :, *places].astype(float)


@pytest.mark.parametrize("domain", ["all", "economic", "security"])
def test_the_split_of_influence_closes_against_the_series(pair, domain):
    run = pair[0]
    found = run.why("influence", giver="RUS", receiver="KAZ", domain=domain)
    place = run.layout.domains.index(domain)
    change = (influence(run, "RUS", "KAZ", -1) - influence(run, "RUS", "KAZ", 0))[:, place].mean()
    rows = found.set_index("mechanism")["value"]
    assert rows["change"] == pytest.approx(change, abs=1e-6)
    assert rows.drop("change").sum() == pytest.approx(rows["change"], abs=1e-12)
    assert abs(rows.get("remainder", 0.0)) <= 0.02 * rows.drop("change").abs().sum()
    if domain == "security":
        assert "trade" not in rows


def test_the_split_of_the_division_of_labour_closes_against_the_series(pair):
    run = pair[0]
    found = run.why("division-of-labour", giver="RUS", other="CHN", receiver="KAZ")
    now, before = (
        division_of_labour(
            *(influence(run, giver, "KAZ", row)[:, :-1].T for giver in ("RUS", "CHN"))
        ).division
        for row in (-1, 0)
    )
    rows = found.set_index("mechanism")["value"]
    assert rows["change"] == pytest.approx((now - before).mean(), abs=1e-6)
    assert rows.drop("change").sum() == pytest.approx(rows["change"], abs=1e-12)


def test_the_split_of_a_contrast_closes_against_the_difference_of_the_series(pair):
    contrast = pair[0].contrast(pair[1])
    for variable, slots in {
        "unrest": {"receiver": "KAZ"}, "effort": {"giver": "RUS", "receiver": "KAZ"}, "oil": {},
        "presence": {"giver": "RUS", "receiver": "KAZ"}, "tension": {"giver": "CHN", "other": "RUS"},
        "influence": {"giver": "RUS", "receiver": "KAZ"}, "gdp": {"actor": "KAZ"},
    }.items():  # fmt: skip
        found = contrast.why(variable, **slots)
        _, delta = contrast.series(variable, **slots)
        rows = found["value"]
        level = 0.0 if variable not in state_catalogue() else np.nanmax(np.abs(pair[0].array(variable)))
        rounding = max(1e-6, 1e-7 * float(level))  # series are stored in single precision
        assert rows.iloc[-1] == pytest.approx(delta[:, -1].mean(), rel=1e-5, abs=rounding), variable
        assert rows.iloc[:-1].sum() == pytest.approx(rows.iloc[-1], rel=1e-9, abs=1e-12), variable
    assert contrast.why("oil")["mechanism"].tolist() == ["change"], "nothing moved it"


@pytest.mark.parametrize(("name", "slots"), [
    ("influence", {"giver": "RUS", "receiver": "KAZ", "domain": "economic"}),
    ("influence", {"giver": "CHN", "receiver": "UZB"}),
    ("division_of_labour", {"giver": "CHN", "other": "RUS", "receiver": "KAZ"}),
])  # fmt: skip
def test_a_split_is_the_same_however_many_sets_of_states_are_measured_at_once(pair, monkeypatch, name, slots):
    together = measure_parts(*pair, name, slots)
    for most in (1, 3 * pair[0].members):
        monkeypatch.setattr(why, "TOGETHER", most)
        alone = measure_parts(*pair, name, slots)
        assert list(alone) == list(together)
        for part, values in together.items():
            np.testing.assert_allclose(alone[part], values, rtol=1e-9, atol=1e-14)


def test_a_measure_of_some_powers_is_split_without_the_others(pair, monkeypatch):
    slots = {"giver": "CHN", "other": "RUS", "receiver": "KAZ"}
    few = measure_parts(*pair, "division_of_labour", slots)
    split, places = explain.measure_split, [pair[0].layout.axes.index("power", x) for x in ("CHN", "RUS")]

    def of_all(engines, start, before, after, parts, measure, givers):
        assert givers == places
        return split(engines, start, before, after, parts, lambda layers: measure(layers[:, places]))

    monkeypatch.setattr(explain, "measure_split", of_all)
    every = measure_parts(*pair, "division_of_labour", slots)
    for part, values in every.items():
        np.testing.assert_allclose(few[part], values, rtol=1e-9, atol=1e-14)


def test_a_split_is_given_only_for_a_time_at_which_it_was_made(pair):
    run = pair[0]
    assert run.layout.grid.why == (0, 12, 14)
    assert run.why("oil", at="start")["value"].tolist() == [0.0]
    assert run.why("oil", at="end").equals(run.why("oil", at="2023-02"))
    assert not run.why("oil", at="2022-12").equals(run.why("oil", at="end"))
    with pytest.raises(HeartlandInputError) as caught:
        run.why("oil", at="2022-06")
    assert str(caught.value) == (
        'Changes were not split at "2022-06". The split of another time would be another answer. '
        "Ask at one of: 2021-12-31, 2022-12-31, 2023-02-28."
    )


REFUSES = {
    ("gpd", ()): 'There is no split of "gpd". Only states that mechanisms add to, presence and measures of '
    "influence have one. Did you mean gdp? Known: ",
    ("tolerance", ()): 'There is no split of "tolerance". Only states that mechanisms add to, ',
    ("onset", ()): 'There is no split of "onset". Only states that mechanisms add to, ',
    ("capacity", ()): 'The changes of "capacity" were not split in this run. Only states that the answers '
    "and the report need are. Ask for it in an outcome of the scenario, or run again with --record full.",
    ("gdp", ()): "gdp differs by actor. Name one with --receiver ID.",
    ("effort", (("receiver", "KAZ"),)): "effort differs by power. Name one with --giver ID.",
    ("effort", (("giver", "RUS"), ("receiver", "KZA"))): '"KZA" is not a modelled receiver. ',
    ("influence", (("giver", "RUS"), ("receiver", "KAZ"), ("domain", "securty"))): '"securty" is not a '
    "domain. Did you mean security? ",
    ("gdp", (("actor", "KAZ"), ("at", "2030"))): '"2030" lies outside the run ',
}  # fmt: skip


@pytest.mark.parametrize(("variable", "slots"), REFUSES, ids=str)
def test_refuses_in_words(pair, variable, slots):
    for ask in (pair[0].why, pair[0].contrast(pair[1]).why):
        with pytest.raises(HeartlandInputError) as caught:
            ask(variable, **dict(slots))
        assert str(caught.value).startswith(REFUSES[variable, slots])


def test_moving_states_all_have_a_split(pair):
    assert set(MOVING) <= set(pair[0].layout.parts)


def test_events_are_traced_to_their_terms(calm_run):
    found = event_table(calm_run, "protest-wave")
    assert list(found.columns) == ["term", "value", "times"]
    waves = calm_run.array("event_kind") == list(event_kinds()).index("protest-wave")
    first = found.iloc[0]
    assert (first["term"], first["times"]) == ("probability at the draw", int(waves.sum()))
    assert first["value"] == pytest.approx(calm_run.array("event_probability")[waves].mean())
    assert "base rate" in found["term"].tolist()
    assert found["times"].iloc[1:].sum() == 3 * waves.sum(), "three terms each"
    with pytest.raises(HeartlandInputError) as caught:
        event_table(calm_run, "protest-weve")
    assert str(caught.value) == '"protest-weve" is not an event the model logs. Did you mean protest-wave?'
