"""Attitude of publics: standard tests, exact step, unknown data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.publics import (
    attitude,
    embassy_protest,
    official_protest,
    project_cancel,
    project_cancel_by_size,
    project_protest,
    project_protest_blind,
)

P, R, M = 2, 3, 4
RNG = np.random.default_rng(31)
SHARE = RNG.random((P, R, 1))


def case(**changes):
    reads = {"attitude": -0.4 * RNG.random((P, R, M)), "presence": 2 + RNG.random((P, R, M)),
             "presence_start": RNG.random((P, R, 1)), "remit_ratio": SHARE + RNG.random((P, R, M)) / 10,
             "remit_share": SHARE, "projects": 3 + RNG.random((P, R, M)), "projects_start": RNG.random((P,
                                                                                                        R,
                                                                                                        M)),
             "aid_gap": RNG.random((P, R, 1))}
    parameters = {"reversion": np.array([0.2, 0.3, 0.4, 0.5]), "presence_effect": 0.03, "ties_effect": 0.5,
                  "jobs_effect": 0.02, "aid_effect": 0.01, "sd": 0.06}
    return Case(attitude, reads, parameters,
                {"noise": np.abs(RNG.standard_normal((P, R, M)))}).with_(**changes)


def cell(value):
    return np.full((1, 1, 1), float(value))


def test_attitude():
    # k1 = ln 4, dt = 1/2: half of every gap closes; target -.1 * 2 + .5 * .2 = -.1; shock .06 sqrt(.8);
    # three projects where there was one: ln(4/2); aid up by .4
    hand = case(attitude=cell(0.2), presence=cell(3), presence_start=cell(1), remit_ratio=cell(0.3),
                remit_share=cell(0.1), projects=cell(3), projects_start=cell(1), aid_gap=cell(0.4),
                reversion=math.log(4), presence_effect=0.1, noise=cell(1), dt=0.5)
    standard(
        case(), shapes={"attitude": (P, R)}, bounds={"attitude": (-1, 1)},
        zero={"attitude": 0.0, "presence": 1.0, "presence_start": 1.0, "remit_ratio": SHARE, "projects": 2.0,
              "projects_start": 2.0, "aid_gap": 0.0, "noise": 0.0},
        directions={"reversion": ("attitude", "reversion", 1),
                    "presence_effect": ("attitude", "presence", -1),
                    "ties_effect": ("attitude", "ties", 1), "jobs_effect": ("attitude", "jobs", 1),
                    "aid_effect": ("attitude", "aid", 1), "sd": ("attitude", "noise", 1)},
        by_hand=(hand, {"attitude/reversion": cell(-0.1), "attitude/presence": cell(-0.1),
                        "attitude/ties": cell(0.05), "attitude/jobs": cell(0.01 * math.log(2)),
                        "attitude/aid": cell(0.002), "attitude/noise": cell(0.06 * math.sqrt(0.8))}))


def test_scalar_reference():
    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        left = math.exp(-p["reversion"])
        spread = p["sd"] * math.sqrt((1 - left ** (2 * dt)) / (1 - left**2))
        for g in range(P):
            for i in range(R):
                target = (-p["presence_effect"] * (reads["presence"][g][i] - reads["presence_start"][g][i])
                          + p["ties_effect"] * (reads["remit_ratio"][g][i] - reads["remit_share"][g][i])
                          + p["jobs_effect"] * math.log((1 + reads["projects"][g][i])
                                                        / (1 + reads["projects_start"][g][i]))
                          + p["aid_effect"] * reads["aid_gap"][g][i])
                old = reads["attitude"][g][i]
                out[g, i] = target + left**dt * (old - target) + spread * noise["noise"][g][i] - old
        return {"attitude": out}

    reference(case(), scalar)


def test_unknown_remittances_and_presence_change_nothing():
    found = case(remit_share=np.full((P, R, 1), np.nan), presence_start=np.full((P, R, 1), np.nan)).call()
    np.testing.assert_array_equal(total(found, "attitude", "ties"), 0.0)
    np.testing.assert_array_equal(total(found, "attitude", "presence"), 0.0)


def share(x):
    return 1 / (1 + math.exp(-x))


def protest_case(function, **changes):
    reads = {"attitude": -0.5 * RNG.random((P, R, M)), "regard_start": np.full((P, R, 1), np.nan),
             "projects_planned": RNG.random((P, R, M)), "projects": 3 * RNG.random((P, R, M)),
             "openness": 0.1 + 0.4 * RNG.random((R, M))}
    parameters = {"intercept": -3.6, "attitude_effect": 1.5, "projects_effect": 3.0, "large_share": 0.3}
    if function is project_protest_blind:
        reads = {k: v for k, v in reads.items() if k not in ("attitude", "regard_start")}
        parameters.pop("attitude_effect")
    noise = {name: RNG.random((P, R, M)) for name in ("uniform", "uniform_size")}
    return Case(function, reads, parameters, noise).with_(**changes)


@pytest.mark.parametrize("function", [project_protest, project_protest_blind])
def test_project_protest(function):
    # log odds of even chances; half of them large; over a whole year
    even = {"projects_planned": cell(1), "projects": cell(2), "openness": np.full((1, 1), 0.5),
            "intercept": -1.5 * math.log(4), "projects_effect": 3.0, "large_share": 0.5, "dt": 1.0,
            "uniform": cell(0.49), "uniform_size": cell(0.5)}
    up = {"intercept": ("project_protest", "", 1), "projects_effect": ("project_protest", "", 1),
          "large_share": ("protest_large", "", 1)}
    if function is project_protest:
        even |= {"attitude": cell(0.2), "regard_start": cell(-0.2)}
        up["attitude_effect"] = ("project_protest", "", 1)
    standard(
        protest_case(function), shapes={"project_protest": (P, R), "protest_large": (P, R)},
        bounds={"project_protest": (0, 1), "protest_large": (0, 1)},
        of={"protest_large": ("project_protest",)},
        zero={"projects_planned": 0.0, "projects": math.nan}, directions=up,
        by_hand=(protest_case(function, **even),
                 {"project_protest": cell(0.5), "protest_large": cell(0.25),
                  "project_protest/occurs": cell(1), "protest_large/occurs": cell(0)}))

    def scalar(reads, p, noise, dt):
        chance, marked = np.zeros((P, R)), np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                pending = reads["projects_planned"][g][i] + reads["projects"][g][i]
                odds = p["intercept"] + p["projects_effect"] * math.log(1 + pending) * reads["openness"][i]
                if function is project_protest:
                    odds -= p["attitude_effect"] * reads["attitude"][g][i]
                chance[g, i] = 1 - (1 - share(odds)) ** dt
                marked[g, i] = chance[g, i] * p["large_share"]
        return {"project_protest": chance, "protest_large": marked,
                "project_protest/occurs": np.asarray(noise["uniform"]) < chance}

    reference(protest_case(function), scalar)


def test_a_large_protest_is_a_protest():
    found = protest_case(project_protest, intercept=2.0, dt=1.0).call()
    large, any_size = found["protest_large"].occurs, found["project_protest"].occurs
    assert np.all(~large | any_size)
    assert any_size.any()


def cancel_case(function, **changes):
    reads = {"project_protest": np.ones((P, R, M)), "protest_large": np.ones((P, R, M)),
             "openness": 0.3 + 0.3 * RNG.random((R, M)), "debt_ratio": 0.1 + 0.2 * RNG.random((P, R, M)),
             "common_cause": RNG.random((P, M))}
    parameters = {"intercept": -2.6, "size_effect": 1.2, "openness_effect": 11.0, "debt_effect": 2.0,
                  "glue_effect": 0.3, "floor": 0.03}
    if function is project_cancel_by_size:
        for name in ("debt_ratio", "common_cause"):
            reads.pop(name)
        parameters = {k: v for k, v in parameters.items() if k not in ("debt_effect", "glue_effect")}
    return Case(function, reads, parameters, {"uniform": RNG.random((P, R, M))}).with_(**changes)


@pytest.mark.parametrize("function", [project_cancel, project_cancel_by_size])
def test_project_cancel(function):
    one = {"project_protest": cell(1), "protest_large": cell(1), "openness": np.full((1, 1), 0.4),
           "intercept": -2.1, "size_effect": 1.0, "openness_effect": 11.0, "floor": 0.04,
           "uniform": cell(0.4)}
    odds = 0.0  # -2.1 + 1 + 11 * .1
    up = {"intercept": ("project_cancelled", "", 1), "size_effect": ("project_cancelled", "", 1),
          "openness_effect": ("project_cancelled", "", 1), "floor": ("project_cancelled", "", 1)}
    if function is project_cancel:
        one |= {"debt_ratio": cell(0.5), "debt_effect": 2.0, "common_cause": np.full((1, 1), -2.0),
                "glue_effect": 0.5}
        up |= {"debt_effect": ("project_cancelled", "", -1), "glue_effect": ("project_cancelled", "", -1)}
    reluctant = cancel_case(function, intercept=-9.0)
    standard(
        cancel_case(function), shapes={"project_cancelled": (P, R)}, bounds={"project_cancelled": (0.015,
                                                                                                   0.985)},
        zero={"project_protest": 0.0}, directions=up, directed=reluctant,
        by_hand=(cancel_case(function, **one), {"project_cancelled": cell(0.96 * share(odds) + 0.02),
                                               "project_cancelled/occurs": cell(1)}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                x = p["intercept"] + p["size_effect"] * reads["protest_large"][g][i]
                x += p["openness_effect"] * (reads["openness"][i] - 0.3)
                if function is project_cancel:
                    x -= p["debt_effect"] * reads["debt_ratio"][g][i]
                    x -= p["glue_effect"] * reads["common_cause"][g]
                given = (1 - p["floor"]) * share(x) + p["floor"] / 2
                out[g, i] = given if reads["project_protest"][g][i] else 0.0
        return {"project_cancelled": out, "project_cancelled/occurs": np.asarray(noise["uniform"]) < out}

    some = (RNG.random((P, R, M)) < 0.5).astype(float)
    reference(cancel_case(function, project_protest=some, protest_large=0.0 * some), scalar)


def note_case(**changes):
    reads = {"incident": np.ones((P, R, M)), "anger_before": 0.3 * RNG.random((P, R, M))}
    return Case(official_protest, reads, {"story": 0.6, "threshold": 0.5, "width": 0.1, "floor": 0.03},
                {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_official_protest():
    hand = note_case(incident=cell(1), anger_before=cell(0.1), story=0.4, uniform=cell(0.49))
    standard(
        note_case(), shapes={"official_protest": (P, R)}, bounds={"official_protest": (0.015, 0.985)},
        zero={"incident": 0.0},
        directions={"story": ("official_protest", "", 1), "threshold": ("official_protest", "", -1),
                    "width": ("official_protest", "", -1),
                    "floor": ("official_protest", "", -1)},
        by_hand=(hand, {"official_protest": cell(0.5), "official_protest/occurs": cell(1)}))

    def scalar(reads, p, noise, dt):
        def given(angry):
            heat = (angry + p["story"] - p["threshold"]) / p["width"]
            return (1 - p["floor"]) * share(heat) + p["floor"] / 2

        return {"official_protest": [[given(a) if n else 0.0 for n, a in zip(*rows, strict=True)]
                                     for rows in zip(reads["incident"], reads["anger_before"], strict=True)]}

    reference(note_case(incident=(RNG.random((P, R, M)) < 0.5).astype(float)), scalar)


def embassy_case(**changes):
    reads = {"project_protest": np.ones((P, R, M)), "protest_large": (RNG.random((P, R,
                                                                                  M)) < 0.5).astype(float),
             "embassy_notes": np.array([[1.0], [0.5]])}
    return Case(embassy_protest, reads, {"hurt": 0.05, "hurt_large": 0.2},
                {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_embassy_protest():
    hand = embassy_case(project_protest=cell(1), protest_large=cell(1), embassy_notes=np.full((1, 1), 0.5),
                        uniform=cell(0.1))
    standard(
        embassy_case(), shapes={"embassy_protest": (P, R)}, bounds={"embassy_protest": (0, 1)},
        zero={"embassy_notes": 0.0},
        directions={"hurt": ("embassy_protest", "", 1), "hurt_large": ("embassy_protest", "", 1)},
        by_hand=(hand, {"embassy_protest": cell(0.1), "embassy_protest/occurs": cell(0)}))

    def scalar(reads, p, noise, dt):
        return {"embassy_protest": [[(p["hurt_large"] if large else p["hurt"]) * reads["embassy_notes"][g]
                                     if any_size else 0.0
                                     for any_size, large in zip(*rows, strict=True)]
                                    for g, rows in enumerate(zip(reads["project_protest"],
                                                                 reads["protest_large"], strict=True))]}

    reference(embassy_case(project_protest=(RNG.random((P, R, M)) < 0.7).astype(float)), scalar)
