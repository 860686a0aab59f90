"""Runs beside each other share what they work out, and every bit is that of runs on their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.measures.influence import InfluenceEngine
from heartland.runs.job import Job
from heartland.scenarios import calling
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import Openings, compile_plan
from heartland.scenarios.loop import Running, run_blocks, side_by_side
from heartland.scenarios.plan import Spread
from heartland.scenarios.scenario import Scenario

SEED = 5
BLOCKS = (0, 1)

STORIES = {
    "a patch that changes nothing": ("scale(gdp[actor=RUS], 1, at=start, for=P6M)",),
    "a shock to one state": ("shock(tension, +1, at=2022-03)",),
    "a clamp on a bounded state": ("clamp(attitude[giver=RUS, receiver=KAZ], 1, at=2022-02)",),
    "a mechanism left out": ("off(growth)", "off(trade)"),
    "an event forced": ("force(protest-wave, actor=KAZ, size=threat, at=2022-04)",),
    "another rule": ("rule(csto.collective-response, never)",),
    "a patch that ends": ("scale(gdp[actor=CHN], 0.9, at=2022-02, for=P3M)",),
}


def changed(calm, *patches):
    for text in patches:
        calm = calm.patch(text, why="test", id="changed")
    return calm


def alone(plan):
    return run_blocks(plan, bind(plan, Draws(SEED, plan.steps, BLOCKS), BLOCKS), BLOCKS)


def together(plans):
    found = Job(tuple(plans)).many(BLOCKS)
    return [
        {name: np.concatenate([block[place][name] for block in found]) for name in found[0][place]}
        for place in range(len(plans))
    ]


@pytest.fixture(scope="module")
def plan_of(calm):
    openings = Openings()

    def made(*patches, **more):
        return compile_plan(changed(calm, *patches), members=128, seed=SEED, openings=openings, **more)

    return made


@pytest.fixture(scope="module")
def base(plan_of):
    plan = plan_of(full=True)
    return plan, alone(plan)


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        assert array.tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("patches", STORIES.values(), ids=STORIES.keys())
@pytest.mark.parametrize("leads", ["what-if", "baseline"])
def test_beside_another_run_every_bit_is_that_of_a_run_alone(patches, leads, plan_of, base):
    plan, kept = base
    other = plan_of(*patches, full=True)
    if leads == "what-if":
        story, plain = together([other, plan])
    else:
        plain, story = together([plan, other])
    assert_same(plain, kept)
    assert_same(story, alone(other))


def test_two_runs_that_differ_in_the_same_state_stay_apart(plan_of):
    plans = [plan_of(f"shock(tension, {size}, at=2022-03)", full=True) for size in ("+1", "+2")]
    for plan, found in zip(plans, together(plans), strict=True):
        assert_same(found, alone(plan))


def test_a_shorter_run_beside_a_longer_one_and_the_other_way_round(calm, plan_of, base):
    short = compile_plan(replace(calm, months=5), members=128, seed=SEED, full=True)
    for plans in ([base[0], short], [short, base[0]]):
        for plan, found in zip(plans, together(plans), strict=True):
            assert_same(found, alone(plan))


def test_runs_on_other_axes_do_not_share(calm, base):
    wider = compile_plan(replace(calm, receivers=("GEO",)), members=128, seed=SEED, full=True)
    mine, found = together([base[0], wider])
    assert_same(mine, base[1])
    assert_same(found, alone(wider))


COMPANIES = [(0,), (3,), (1, 4), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5)]


@pytest.mark.parametrize("ids", ["kazakhstan-2022", "batken-2022"])
def test_a_block_has_the_same_bits_in_any_company(ids, region):
    scenario = replace(Scenario.load(region, ids), months=2, outcomes=())
    plans = [compile_plan(item, members=384, seed=SEED) for item in (scenario, scenario.baseline())]
    seen: dict[tuple[int, int], dict[str, bytes]] = {}
    for blocks in COMPANIES:
        for order in ((0, 1), (1, 0), (0,), (1,)):
            found = Job(tuple(plans[place] for place in order)).many(blocks)
            for block, arrays in zip(blocks, found, strict=True):
                for place, made in zip(order, arrays, strict=True):
                    bits = {name: array.tobytes() for name, array in made.items()}
                    known = seen.setdefault((block, place), bits)
                    assert [name for name in bits if bits[name] != known[name]] == []


def _calls(plans, monkeypatch):
    made = []
    plain = calling._called
    monkeypatch.setattr(calling, "_called", lambda *asked: made.append(1) or plain(*asked))
    draws, spread = Draws(SEED, plans[0].steps, BLOCKS), Spread(BLOCKS)
    running: list[Running] = []
    for plan in plans:
        beside = running[0] if running else None
        running.append(Running(plan, bind(plan, draws, BLOCKS, spread), BLOCKS, spread=spread, beside=beside))
    side_by_side(running)
    return len(made), running


def test_two_runs_of_one_plan_cost_the_calls_of_one(base, plan_of, monkeypatch):
    plan = base[0]
    once, _ = _calls([plan], monkeypatch)
    twice, (first, second) = _calls([plan, plan], monkeypatch)
    assert twice <= once + 5, "the levels at the start are settled in rounds"
    assert all(second.members.state[name] is array for name, array in first.members.state.items())
    mine, theirs = first.arrays(), second.arrays()
    assert all(mine[name] is theirs[name] for name in mine if name.startswith("why_"))


def test_a_small_change_costs_few_calls(base, plan_of, monkeypatch):
    once, _ = _calls([base[0]], monkeypatch)
    other = plan_of("force(protest-wave, actor=KAZ, size=threat, at=2022-04)", full=True)
    both, _ = _calls([base[0], other], monkeypatch)
    assert both < 1.8 * once


def test_ties_are_measured_once_where_nothing_has_parted(plan_of, monkeypatch):
    calm, later = plan_of(), plan_of("shock(gdp[actor=KAZ], +1, at=2022-04)")
    measured = []
    step = InfluenceEngine.step

    def counted(engine, *inputs, **more):
        measured.append(1)
        return step(engine, *inputs, **more)

    monkeypatch.setattr(InfluenceEngine, "step", counted)
    rows = len(calm.grid.dyads)
    parted = sum(calm.dates[step][:7] >= "2022-04" for step in calm.grid.dyads)
    assert 0 < parted < rows
    together([calm, calm])
    assert len(measured) == rows
    measured.clear()
    together([later, calm])
    assert len(measured) == rows + parted
