"""Projects by stage: standard tests, conservation, the closed form against many small steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.projects import power_memory, project_stages

P, R, M = 2, 3, 4
RNG = np.random.default_rng(43)
STAGES = ("projects_planned", "projects", "projects_done", "projects_cancelled")


def cell(value):
    return np.full((1, 1, 1), float(value))


def memory_case(**changes):
    reads = {"power_year": RNG.normal(0, 0.05, (P, M)), "power_surge": RNG.normal(0, 0.05, (P, M))}
    return Case(power_memory, reads, {"memory": 0.2}).with_(**changes)


def test_power_memory():
    hand = Case(power_memory, {"power_year": np.full((1, 1), 0.08), "power_surge": np.full((1, 1), -0.04)},
                {"memory": 1 / 16}, dt=0.5)
    rising = memory_case(power_year=np.full((P, M), 0.1), power_surge=np.zeros((P, M)))
    standard(memory_case(), shapes={"power_year": (P,)}, bounds={"power_year": (-1, 1)},
             zero={"power_year": 0.0, "power_surge": math.nan}, directions={"memory": ("power_year", "", 1)},
             directed=rising, by_hand=(hand, {"power_year/fading": np.full((1, 1), -0.06),
                                              "power_year/growth": np.full((1, 1), -0.03)}))

    def scalar(reads, p, noise, dt):
        left = p["memory"] ** dt
        return {"power_year": [left * y + (1 - left) * g - y
                               for y, g in zip(reads["power_year"], reads["power_surge"], strict=True)]}

    reference(memory_case(), scalar)


def case(**changes):
    reads = {"projects_planned": 2 * RNG.random((P, R, M)), "projects": 4 * RNG.random((P, R, M)),
             "projects_cancelled": RNG.random((P, R, M)), "announcements": RNG.random((P, R, M)),
             "power_year": 0.02 + 0.02 * RNG.random((P, M)), "border_shut": 0.2 + 0.5 * RNG.random((P, R, M)),
             "project_cancelled": (RNG.random((P, R, M)) < 0.5).astype(float)}
    parameters = {"start_rate": 0.5, "finish_rate": 0.3, "growth_effect": 4.0, "delay": 0.6}
    return Case(project_stages, reads, parameters).with_(**changes)


def test_project_stages():
    # ln 4 and ln 2 a year over a year: of 8 planned 2 are left, 8 ln 4 (1/2 - 1/4) / (ln 4 - ln 2) = 4 of the
    # others still build beside 2 of the 4 there were; then one of these 8 goes, a quarter of it planned
    hand = Case(project_stages, {"projects_planned": cell(8), "projects": cell(4),
                                 "projects_cancelled": cell(0),
                                 "announcements": cell(0), "power_year": np.zeros((1, 1)),
                                 "border_shut": cell(0), "project_cancelled": cell(1)},
                {"start_rate": math.log(4), "finish_rate": math.log(2), "growth_effect": 0.0, "delay": 0.5},
                dt=1.0)
    standard(
        case(), shapes=dict.fromkeys(STAGES, (P, R)), bounds=dict.fromkeys(STAGES, (0, 10)),
        zero={"projects_planned": 0.0, "projects": 0.0, "announcements": 0.0},
        directions={"start_rate": ("projects_planned", "started", -1),
                    "finish_rate": ("projects_done", "", 1), "growth_effect": ("projects_planned",
                                                                               "announced", 1),
                    "delay": ("projects_done", "", -1)},
        by_hand=(hand, _by_hand()))

    def scalar(reads, p, noise, dt):
        """Two thousand small steps of Euler's rule with the same events at the end."""
        out = {name: np.zeros((P, R)) for name in STAGES}
        n = 2000
        for g in range(P):
            rise = math.exp(p["growth_effect"] * reads["power_year"][g])
            for i in range(R):
                pace = 1 - p["delay"] * reads["border_shut"][g][i]
                planned, building, done = reads["projects_planned"][g][i], reads["projects"][g][i], 0.0
                for _ in range(n):
                    begun = p["start_rate"] * pace * planned * dt / n
                    ended = p["finish_rate"] * pace * building * dt / n
                    planned += reads["announcements"][g][i] * rise * dt / n - begun
                    building += begun - ended
                    done += ended
                lost = reads["project_cancelled"][g][i] * min(1, planned + building)
                early = lost * planned / (planned + building)
                out["projects_planned"][g, i] = planned - early - reads["projects_planned"][g][i]
                out["projects"][g, i] = building - lost + early - reads["projects"][g][i]
                out["projects_done"][g, i], out["projects_cancelled"][g, i] = done, lost
        return out

    reference(case(), scalar, rtol=2e-4)


def _by_hand():
    return {"projects_planned/started": cell(-6), "projects_planned/cancelled": cell(-0.25),
            "projects/started": cell(6), "projects/finished": cell(-4), "projects/cancelled": cell(-0.75),
            "projects_done": cell(4), "projects_cancelled": cell(1)}


@given(st.floats(0.05, 3), st.floats(0.05, 3), st.floats(0, 5), st.floats(0, 5), st.floats(0, 3),
       st.booleans(), st.sampled_from([1.0, 0.25, 1 / 12]))
def test_no_project_is_lost_and_none_appears(start, finish, planned, building, announced, cancelled, dt):
    found = Case(project_stages, {
        "projects_planned": cell(planned), "projects": cell(building), "projects_cancelled": cell(0),
        "announcements": cell(announced), "power_year": np.zeros((1, 1)), "border_shut": cell(0.5),
        "project_cancelled": cell(cancelled)},
        {"start_rate": start, "finish_rate": finish, "growth_effect": 4.0, "delay": 0.9}, dt=dt).call()
    change = sum(total(found, name) for name in STAGES)
    np.testing.assert_allclose(change, announced * dt, atol=1e-12)
    assert planned + total(found, "projects_planned") >= -1e-12
    assert building + total(found, "projects") >= -1e-12


def test_the_start_of_a_run_is_a_rest_point():
    rate = 0.5 + RNG.random((P, R, M))
    steady = case(projects_planned=rate / 0.5, projects=rate / 0.3, announcements=rate,
                  power_year=np.zeros((P, M)), border_shut=np.zeros((P, R, M)),
                  project_cancelled=np.zeros((P, R, M)))
    for name in ("projects_planned", "projects"):
        np.testing.assert_allclose(total(steady.call(), name), 0, atol=1e-13)


def test_equal_rates_have_a_limit_and_unknown_counts_stay_unknown():
    same = case()
    near = [total(same.with_(start_rate=0.4, finish_rate=0.4 + gap).call(), "projects") for gap in (0.0,
                                                                                                    1e-7)]
    np.testing.assert_allclose(near[0], near[1], atol=1e-6)
    planned = np.array(case().reads["projects_planned"])
    planned[0, 1] = np.nan
    found = case(projects_planned=planned, projects=np.where(np.isnan(planned), np.nan, 1.0)).call()
    assert np.isnan(total(found, "projects"))[0, 1].all()
    assert np.isfinite(total(found, "projects_cancelled")).all()


@pytest.mark.parametrize("per_year", [1, 4])
def test_counts_after_six_years_do_not_depend_on_the_step(per_year):
    begun = case(project_cancelled=np.zeros((P, R, M)))

    def run(steps):
        c = begun
        for _ in range(6 * steps):
            found = c.with_(dt=1 / steps).call()
            c = c.with_(**{name: c.reads[name] + total(found, name) for name in ("projects_planned",
                                                                                 "projects")})
        return c.reads["projects"]

    np.testing.assert_allclose(run(per_year), run(12), rtol=1e-9)
