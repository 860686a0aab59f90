"""Two powers with equal data may be exchanged: exactly with their random numbers, in distribution without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import state_catalogue
from heartland.scenarios.validate import load_region

PAIR = ("TUR", "IRN")
SEED, MONTHS, BLOCKS = 5, 18, (0, 1, 2, 3)


class Swapped:
    """Random numbers of two powers exchanged wherever a slot names them."""

    def __init__(self, source):
        self.source = source

    @staticmethod
    def _slots(slots):
        other = {PAIR[0]: PAIR[1], PAIR[1]: PAIR[0]}
        return [">".join(other.get(part, part) for part in slot.split(">")) for slot in slots]

    def stream(self, kind, mechanism, name, slots):
        return self.source.stream(kind, mechanism, name, self._slots(slots))


def exchanged(values, axes, plan):
    """The array with the two powers exchanged along every axis of powers or actors."""
    for place, axis in enumerate(axes):
        if axis in ("power", "actor"):
            order = np.arange(values.shape[place])
            a, b = (plan.axes.index(axis, name) for name in PAIR)
            order[[a, b]] = b, a
            values = np.take(values, order, axis=place)
    return values


def axes_by_length(values, plan):
    """Axes of a constant told by their lengths; no other axis of this region is as long as these two."""
    lengths = {len(plan.axes.power): "power", len(plan.axes.actor): "actor"}
    return tuple(lengths.get(size, "") for size in values.shape[:-1])


@pytest.fixture(scope="module")
def plan():
    """A region in which the two powers have equal data: each array is averaged with its exchanged self."""
    region = load_region("central-asia")
    tables = {
        **region.tables,
        "borders": region.tables["borders"].iloc[1:],
    }  # six borders, not as many as powers
    scenario = Scenario.load(replace(region, tables=tables), "january-2022-held-off")
    calm = replace(scenario, patches=(), outcomes=(), months=MONTHS)
    plan = replace(compile_plan(calm, members=64 * len(BLOCKS), seed=SEED, full=True), influence=None)
    further = {len(ids) for ids in plan.axes.further.values()} | {len(plan.axes.organisation)}
    assert not further & {len(plan.axes.power), len(plan.axes.actor)}
    known = state_catalogue()

    def even(values, axes):
        return 0.5 * (values + exchanged(values, axes, plan))

    start = {name: even(x, known[name].axes) for name, x in plan.start.items()}
    statics = {name: even(x, axes_by_length(x, plan)) for name, x in plan.statics.items()}
    return replace(plan, start=start, statics=statics)


@pytest.fixture(scope="module")
def runs(plan):
    # one number chooses among suppliers in their order: exchanging two powers exchanges no draw there
    drawn = tuple(name for name in plan.mechanisms if name != "supplier-switch")
    plan = replace(plan, mechanisms=drawn)
    source = Draws(SEED, plan.steps, BLOCKS)
    return [run_blocks(plan, bind(plan, chosen, BLOCKS), BLOCKS) for chosen in (source, Swapped(source))]


def recorded_states(plan, found):
    known = state_catalogue()
    return {name: ("", "", *known[name].axes) for name in found if name in known}


def test_exchanging_the_random_numbers_of_equal_powers_exchanges_their_fates(plan, runs):
    first, second = runs
    moved = 0
    for name, axes in recorded_states(plan, first).items():
        there = exchanged(first[name], axes, plan)
        np.testing.assert_allclose(second[name], there, rtol=2e-5, atol=1e-6, err_msg=name)
        moved += not np.array_equal(np.nan_to_num(there), np.nan_to_num(first[name]))
    assert moved > 5, "an exchange that moves nothing tests nothing"


def test_equal_powers_have_equal_distributions(plan, runs):
    """Means of the two powers differ by at most 5.5 standard errors of the paired difference (16 groups)."""
    first = runs[0]
    for name, axes in recorded_states(plan, first).items():
        if axes[2:] not in (("power",), ("power", "receiver")):
            continue
        a, b = (np.take(first[name], plan.axes.index("power", who), axis=2)[:, -1] for who in PAIR)
        gap = (a - b).reshape(len(a), -1)
        gap = gap[:, np.isfinite(gap).all(axis=0)].astype(float)
        draws = gap.reshape(len(gap) // 16, 16, -1).mean(axis=1)  # sixteen members share a draw
        error = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
        assert np.all(np.abs(draws.mean(axis=0)) <= 5.5 * error + 1e-9), name
