"""Derived inputs are made again when, and only when, something they were made of is another array."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from heartland.scenarios.watching import Kept


def world(**state):
    arrays = {name: np.array([float(value)]) for name, value in state.items()}
    return SimpleNamespace(
        axes=None, dt=0.5, powers=[0], receivers=[0], state=arrays, statics={"weight": np.array([2.0])},
        before={"a": np.array([9.0])}, first={},
    )  # fmt: skip


def kept(**recipes):
    """Recipes, and how often each was used."""
    made = dict.fromkeys(recipes, 0)

    def counted(name):
        def make(reader):
            made[name] += 1
            return recipes[name](reader)

        return make

    return Kept({name: counted(name) for name in recipes}), made


def test_an_input_is_made_once_while_nothing_it_looked_at_moves() -> None:
    reader = world(a=1, b=5)
    inputs, made = kept(double=lambda r: r.state["a"] * r.statics["weight"])
    assert inputs.get(reader, "double") == 2.0
    reader.state["b"] = np.array([6.0])
    inputs.fresh()
    assert inputs.get(reader, "double") == 2.0
    assert made == {"double": 1}
    for place, value in (("state", 4.0), ("statics", 8.0)):
        getattr(reader, place)["a" if place == "state" else "weight"] = np.array([4.0])
        inputs.fresh()
        assert inputs.get(reader, "double") == 2 * value
    assert made == {"double": 3}


def test_within_a_phase_an_input_stays_as_it_was() -> None:
    reader = world(a=1)
    inputs, made = kept(same=lambda r: r.state["a"] + 0.0)
    assert inputs.get(reader, "same") == 1.0
    reader.state["a"] = np.array([2.0])
    assert inputs.get(reader, "same") == 1.0
    inputs.fresh()
    assert inputs.get(reader, "same") == 2.0
    assert made == {"same": 2}


def test_an_input_made_of_another_moves_with_it() -> None:
    reader = world(a=1)
    inputs, made = kept(inner=lambda r: r.before["a"] + r.state["a"], outer=lambda r: 10.0 * r.get("inner"))
    assert inputs.get(reader, "outer") == 100.0
    inputs.fresh()
    assert inputs.get(reader, "outer") == 100.0
    assert made == {"inner": 1, "outer": 1}
    reader.before["a"] = np.array([0.0])
    inputs.fresh()
    assert inputs.get(reader, "outer") == 10.0
    assert made == {"inner": 2, "outer": 2}


def test_states_and_constants_come_first_and_nothing_may_be_written() -> None:
    reader = world(a=1)
    inputs, _ = kept(both=lambda r: r.get("a") + r.get("weight"), writes=lambda r: r.state.update(a=0.0))
    assert inputs.get(reader, "both") == 3.0
    with pytest.raises(AttributeError):
        inputs.get(reader, "writes")
    with pytest.raises(KeyError):
        inputs.get(reader, "nobody")


def test_what_the_run_beside_made_of_the_same_arrays_is_taken() -> None:
    mine, theirs = world(a=1, b=5), world(a=1, b=5)
    mine.state["a"], mine.statics = theirs.state["a"], theirs.statics
    first, made = kept(
        double=lambda r: r.state["a"] * r.statics["weight"], other=lambda r: r.state["b"] + 1.0
    )  # fmt: skip
    second = Kept(first._recipes, first)
    assert first.get(theirs, "double") == second.get(mine, "double") == 2.0
    assert first.get(theirs, "other") == second.get(mine, "other") == 6.0
    assert made == {"double": 1, "other": 2}, "the array of b is another one"
    mine.state["a"] = np.array([7.0])
    second.fresh()
    assert second.get(mine, "double") == 14.0


def test_no_input_of_the_shipped_region_looks_at_what_the_catalogue_calls_an_output_only() -> None:
    """Inputs are read by mechanisms too: through them a state would move others."""
    from dataclasses import replace

    from heartland.core.draws import Draws
    from heartland.dynamics.mechanism import catalogue
    from heartland.dynamics.page import outputs_only
    from heartland.scenarios.binding import bind
    from heartland.scenarios.compile import compile_plan
    from heartland.scenarios.loop import Running
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.validate import load_region

    scenario = Scenario.load(load_region("central-asia"), "kazakhstan-2022")
    plan = compile_plan(replace(scenario, months=3, outcomes=()), members=64, seed=1, whole=False)
    running = Running(plan, bind(plan, Draws(1, 3, (0,)), (0,)), (0,))
    for step in (1, 2, 3):
        running.advance(step)
    inputs = running.members.inputs
    made = [name for name in inputs._recipes if name in inputs._made]
    assert len(made) > 60
    looked = {name for one in made for place, name in inputs.looked(one) if place != "statics"}
    assert "trade_gap" in looked
    assert not looked & {name for record in catalogue().values() for name in outputs_only(record)}


def test_inputs_of_two_runs_with_the_same_bits_are_one_array() -> None:
    recipes = {"size": lambda r: abs(r.state["a"])}
    first, second = world(a=-3), world(a=3)
    ahead = Kept(recipes)
    behind = Kept(recipes, ahead)
    assert behind.get(second, "size") is not ahead.get(first, "size")
    for inputs in (ahead, behind):
        inputs.fresh()
    second.state["a"] = np.array([3.0])
    assert behind.get(second, "size") is ahead.get(first, "size")
    second.state["a"] = np.array([4.0])
    behind.fresh()
    assert behind.get(second, "size") == 4.0


def test_an_input_that_cannot_be_made_leaves_the_others_as_they_were() -> None:
    reader = world(a=1)
    inputs, made = kept(
        outer=lambda r: r.state["a"] + (r.get("broken") if r.state["a"] > 1.0 else 0.0),
        broken=lambda r: r.state["absent"],
    )
    assert inputs.get(reader, "outer") == 1.0
    reader.state["a"] = np.array([2.0])
    inputs.fresh()
    with pytest.raises(KeyError, match="absent"):
        inputs.get(reader, "outer")
    reader.state["a"] = np.array([0.5])
    inputs.fresh()
    assert inputs.get(reader, "outer") == 0.5
    assert made == {"outer": 3, "broken": 1}


def test_members_whose_arrays_are_exchanged_are_read_anew() -> None:
    reader = world(a=1)
    inputs, _ = kept(same=lambda r: r.state["a"] * r.statics["weight"])
    assert inputs.get(reader, "same") == 2.0
    reader.statics = {"weight": np.array([3.0])}
    inputs.fresh()
    assert inputs.get(reader, "same") == 3.0


def test_inputs_do_not_hold_the_members_that_they_were_made_for() -> None:
    class Members(SimpleNamespace):
        """One that can be watched going."""

    reader = Members(**vars(world(a=1)))
    inputs, _ = kept(inner=lambda r: r.state["a"] + 0.0, outer=lambda r: r.get("inner") + 1.0)
    inputs.get(reader, "outer")
    gone = weakref.ref(reader)
    gc.disable()
    try:
        del reader
        assert gone() is None
    finally:
        gc.enable()
