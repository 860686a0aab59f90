"""The whole model at monthly and quarterly steps: the same world, up to sampling error.

Both runs share parameters and start, member by member; their shocks are other numbers. Compared are, two
years on and slot by slot, the spread (5th to 95th percentile, which heavy tails move little) and the median
against that spread; of the slots of a state the median counts. They may differ by 10 %, and by the noise that
1,024 members leave in a ratio of two spreads (4 %, one standard deviation). Left out: flags and ages of
crises, which last weeks and cannot be shorter than a step, and what no mechanism moves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.runs.job import Job
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.state import event_kinds

MEMBERS, MONTHS, SEED = 1_024, 24, 1
NOISE = 0.04
STATES = (
    "gdp", "power_gap", "oil", "currency", "rivalry", "threat", "growth_gap", "stress", "trade_gap",
    "remittances", "debt_ratio", "attitude", "tension", "glue", "effort", "presence", "ideal_point",
    "friction", "tolerance", "influence", "bandwidth", "dependence",
)  # fmt: skip


def end_of(calm, per_year: int) -> dict[str, np.ndarray]:
    plan = compile_plan(
        replace(calm, months=MONTHS), members=MEMBERS, seed=SEED, full=True, per_year=per_year
    )
    assert plan.steps == MONTHS * per_year // 12
    job = Job((plan,))
    blocks = []
    for first in range(0, MEMBERS // 64, 4):
        for (arrays,) in job.many(range(first, first + 4)):
            last = {name: arrays[name][:, -1].astype(float) for name in STATES}
            events = {name: arrays[name] for name in ("event_kind", "event_mark", "n_events")}
            blocks.append({**last, "unrest": arrays["unrest"].astype(float).mean(axis=1), **events})
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


@pytest.fixture(scope="module")
def both(calm):
    return end_of(calm, 12), end_of(calm, 4)


def spread(values: np.ndarray) -> np.ndarray:
    low, high = np.quantile(values.reshape(MEMBERS, -1), [0.05, 0.95], axis=0)
    return high - low


@pytest.mark.parametrize("name", STATES)
def test_spread_and_middle_do_not_depend_on_the_step(both, name):
    months, quarters = (run[name].reshape(MEMBERS, -1) for run in both)
    wide = spread(months)
    moving = np.isfinite(wide) & (wide > 1e-9)
    assert moving.any()
    ratio = spread(quarters)[moving] / wide[moving]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1 + NOISE)
    shift = np.abs(np.median(quarters, axis=0) - np.median(months, axis=0))[moving] / wide[moving]
    assert np.median(shift) <= 0.03
    assert shift.max() <= 0.1


def test_unrest_does_not_depend_on_the_step(both):
    months, quarters = (run["unrest"].mean() for run in both)
    assert quarters == pytest.approx(months, rel=0.1)


@pytest.mark.parametrize("event", event_kinds())
def test_events_are_as_frequent_at_any_step(both, event):
    months, quarters = ((run["event_kind"] == list(event_kinds()).index(event)).sum() for run in both)
    # 10 % and two and a half standard deviations of the difference of two Poisson counts
    assert abs(months - quarters) <= 0.1 * months + 2.5 * np.sqrt(months + quarters)
    if event in ("protest-wave", "push-back"):
        assert months > 1_000


def test_the_share_of_waves_that_threaten_does_not_depend_on_the_step(both):
    shares = []
    for run in both:
        waves = run["event_kind"] == list(event_kinds()).index("protest-wave")
        shares.append(run["event_mark"][waves].mean())
    assert shares[1] == pytest.approx(shares[0], rel=0.15)
