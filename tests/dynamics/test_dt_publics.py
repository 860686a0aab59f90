"""Distress, settlement, protest and cancellation mean the same at steps of a year, a quarter and a month."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.dynamics.distress import debt_distress, growth_memory
from heartland.dynamics.projects import power_memory
from heartland.dynamics.publics import project_cancel, project_protest

STEPS = (1.0, 1 / 4, 1 / 12)
N = 60_000


def cell(value, *axes):
    return np.full((*axes, 1), float(value))


def test_a_year_brings_the_same_chance_of_distress():
    seen = {}
    for dt in STEPS:
        rng, any_time = np.random.default_rng(5), np.zeros(N, bool)
        for _ in range(round(1 / dt)):
            event = debt_distress(
                cell(0.3, 1), np.full((1, N), -0.05), cell(0.02, 1), cell(0.2, 1, 1), intercept=np.full(N,
                                                                                                        -3.2),
                service_effect=np.full(N, 4.0), usual_service=np.full(N, 0.15), recession_effect=np.full(N,
                                                                                                         1.5),
                recession=np.full(N, -0.02), uniform=rng.random((1, N)), dt=dt)["distress"]
            any_time |= event.occurs[0]
        seen[dt] = any_time.mean()
    exact = 1 / (1 + math.exp(3.2 - 0.6 - 1.5))
    assert list(seen.values()) == pytest.approx([exact] * 3, rel=0.03)


def test_a_year_brings_the_same_chance_of_protest_and_of_cancellation():
    protests, losses = [], []
    for dt in STEPS:
        rng = np.random.default_rng(7)
        protest, lost = np.zeros(N), np.zeros(N)
        for _ in range(round(1 / dt)):
            drawn = project_protest(
                cell(-0.1, 1, 1), cell(0, 1, 1), cell(2, 1, 1), cell(5, 1, 1), cell(0.45, 1),
                intercept=np.full(N, -3.6), attitude_effect=np.full(N, 1.5), projects_effect=np.full(N, 3.0),
                large_share=np.full(N, 0.3), uniform=rng.random((1, 1, N)), uniform_size=rng.random((1, 1,
                                                                                                     N)),
                dt=dt)
            out = project_cancel(
                drawn["project_protest"].occurs, drawn["protest_large"].occurs, cell(0.45, 1), cell(0.2, 1,
                                                                                                    1),
                cell(0, 1), intercept=np.full(N, -2.6), size_effect=np.full(N, 1.2),
                openness_effect=np.full(N, 11.0), debt_effect=np.full(N, 2.0), glue_effect=np.full(N, 0.3),
                floor=np.full(N, 0.03), uniform=rng.random((1, 1, N)))
            protest += drawn["project_protest"].occurs[0, 0]
            lost += out["project_cancelled"].occurs[0, 0]
        protests.append((protest > 0).mean())
        losses.append(lost.sum() / protest.sum())
    assert max(protests) <= 1.03 * min(protests), protests
    assert max(losses) <= 1.03 * min(losses), "the decision is taken once per protest, not per step"


@pytest.mark.parametrize("function", [growth_memory, power_memory])
def test_a_year_of_growth_is_remembered_alike(function):
    found = []
    for dt in STEPS:
        level = np.zeros((1, 1))
        gap = np.full((1, 1), -0.04)
        reads = (gap, gap) if function is growth_memory else (gap,)
        for _ in range(round(2 / dt)):
            (parts,) = function(level, *reads, memory=np.full(1, 0.1353), dt=dt).values()
            level = level + sum(parts.values())
        found.append(float(level[0, 0]))
    assert found == pytest.approx([-0.04 * (1 - 0.1353**2)] * 3, rel=1e-9)
