"""A run on JAX is the run on NumPy: step by step from the same state, and as a whole on the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.errors import HeartlandError
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.loop import Running, run_blocks
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.traced.running import Compiled, TracedRunning

pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")

SEED, RTOL = 3, 1e-6
# a handful of mechanisms, quickly compiled: paths, levels that read them, an event with a mark, what it moves
FEW = (
    *("power-growth", "oil-path", "host-currency", "growth", "output", "stress", "unrest-onset"),
    "unrest-level",
)
PATCHES = (
    "set(oil, 0.2, at=2022-02)",
    "scale(gdp[actor=CHN], 0.9, at=2022-03, for=P2M)",
    "shock(currency, 0.1, at=2022-03)",
    "set(election[receiver=KAZ], 1, at=2022-04/2022-05)",
    "rule(csto.collective-response, never, at=2022-03, for=P2M)",
    "clamp(unrest[receiver=KAZ], 0.5, at=2022-04/2022-06)",
    "force(protest-wave[receiver=UZB], at=2022-05)",
)


def of_blocks(plan, blocks):
    return bind(plan, Draws(SEED, plan.steps, blocks), blocks)


def on_jax(plan, compiled, blocks):
    running = TracedRunning(compiled, plan, of_blocks(plan, blocks), blocks)
    for step in range(1, plan.steps + 1):
        running.advance(step)
    return running.arrays()


def close(found, wanted, name):
    np.testing.assert_allclose(
        found.astype(float), wanted.astype(float), rtol=RTOL, atol=1e-9, err_msg=name, equal_nan=True
    )


def assert_same(found, wanted):
    """Recorded numbers close, events the same; terms of an event may change ranks where they tie."""
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        if name.startswith("event_") and array.dtype.kind == "i" and name != "event_term":
            np.testing.assert_array_equal(found[name], array, err_msg=name)
        elif name not in ("event_term", "event_value"):
            close(found[name], array, name)


@pytest.mark.parametrize("name", ["kazakhstan-2022", "covid-2020", "sco-bank"])
def test_the_whole_model_step_by_step_and_in_one_go(region, name):
    """From the state that NumPy has reached each step agrees; whole runs do in 99.9 % of the events."""
    scenario = Scenario.load(region, name)
    plan = compile_plan(scenario, members=64, seed=SEED)
    compiled, blocks = Compiled(plan), (0,)
    plain = Running(plan, of_blocks(plan, blocks), blocks)
    traced = TracedRunning(compiled, plan, of_blocks(plan, blocks), blocks)
    events = {state for state, spec in plan.states.items() if spec.kind == "event"}
    differing = drawn = 0
    for step in range(1, plan.steps + 1):
        for place in ("state", "before"):
            held = getattr(plain.members, place)
            setattr(traced, place, {key: np.moveaxis(x[..., None, :], -2, 0) for key, x in held.items()})
        plain.advance(step)
        traced.advance(step)
        for state, level in plain.members.state.items():
            found = np.asarray(traced.state[state])[0]
            if state in events:
                differing += int((found != level).sum())
                drawn += int((level != 0).sum())
            else:
                same = np.isclose(found, level, rtol=RTOL, atol=1e-9, equal_nan=True)
                assert same.all(axis=tuple(range(same.ndim - 1))).mean() > 0.98, f"{state} in step {step}"
    assert drawn > 100
    assert differing <= 1 + drawn // 1000
    wanted = run_blocks(plan, of_blocks(plan, blocks), blocks)
    found = on_jax(plan, compiled, blocks)
    assert found.keys() == wanted.keys()
    happened = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")
    alike = np.logical_and.reduce([found[name] == wanted[name] for name in happened])
    logged = wanted["event_kind"] >= 0
    assert alike[logged].mean() >= 0.999
    members = alike.all(axis=1)
    for series in ("gdp", "stress", "unrest", "trade_gap", "influence"):
        close(found[series][members], wanted[series][members], series)


def small(scenario, *patches):
    """The plan of a scenario with a handful of mechanisms, which compile quickly."""
    for text in patches:
        scenario = scenario.patch(text, why="test", id="patched")
    plan = compile_plan(replace(scenario, outcomes=()), members=128, seed=SEED, full=True)
    return replace(plan, mechanisms=FEW)


def test_patches_of_every_kind_act_as_they_do_on_numpy(calm):
    plan, blocks = small(calm, *PATCHES), (0, 1)
    found, wanted = on_jax(plan, Compiled(plan), blocks), run_blocks(plan, of_blocks(plan, blocks), blocks)
    assert_same(found, wanted)
    row = plan.axes.receiver.index("UZB")
    forced = (found["event_step"] == 5) & (found["event_receiver"] == row)
    assert forced.any(axis=1).all(), "the forced wave is in the log of every member"
    assert np.isnan(found["event_probability"][forced]).all()
    assert found["why_unrest"][:, :, plan.parts["unrest"].index("patch")].any()


def test_a_mechanism_that_is_off_stays_out_for_its_span(calm):
    plan, blocks = small(calm, "off(M6, at=2022-03/2022-05)"), (0,)
    assert {op.action for op in plan.operations} == {"off"}
    assert_same(on_jax(plan, Compiled(plan), blocks), run_blocks(plan, of_blocks(plan, blocks), blocks))


def test_blocks_have_the_same_bits_wherever_they_stand(calm):
    plan = small(calm)
    compiled = Compiled(plan)
    one, other = on_jax(plan, compiled, (0, 1)), on_jax(plan, compiled, (1, 0))
    for name, array in one.items():
        np.testing.assert_array_equal(array[:64], other[name][64:], err_msg=name)
        np.testing.assert_array_equal(array[64:], other[name][:64], err_msg=name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_infinite_value_stops_the_run_and_names_mechanism_step_and_member(calm):
    plan = small(calm, "scale(gdp[actor=RUS], 0, at=2022-04)")
    with pytest.raises(HeartlandError) as caught:
        on_jax(plan, Compiled(plan), (0,))
    assert str(caught.value) == "mechanism growth made growth_gap infinite in step 4, member 0"


def test_a_mechanism_that_cannot_be_compiled_is_named(calm):
    plan = small(calm)
    compiled = Compiled(plan)

    def asks(*_, **__):
        raise TypeError("by hand")

    phases = [[replace(one, function=asks) if one.id == "growth" else one for one in phase]
              for phase in compiled.fixed.phases]  # fmt: skip
    compiled.fixed = replace(compiled.fixed, phases=phases)
    with pytest.raises(HeartlandError) as caught:
        on_jax(plan, compiled, (0,))
    assert str(caught.value) == "mechanism growth cannot be compiled by jax: by hand"
