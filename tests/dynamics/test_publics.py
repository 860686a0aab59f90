"""Attitude of publics: standard tests, exact step, unknown data."""

from __future__ import annotations

import math

import numpy as np
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.publics import attitude

P, R, M = 2, 3, 4
RNG = np.random.default_rng(31)
SHARE = RNG.random((P, R, 1))
NAMES = ("reversion", "presence_effect", "ties_effect", "sd")


def case(**changes):
    reads = {"attitude": -0.4 * RNG.random((P, R, M)), "presence": 2 + RNG.random((P, R, M)),
             "presence_start": RNG.random((P, R, 1)), "remit_ratio": SHARE + RNG.random((P, R, M)) / 10,
             "remit_share": SHARE}
    parameters = {"reversion": np.array([0.2, 0.3, 0.4, 0.5]), "presence_effect": 0.03, "ties_effect": 0.5,
                  "sd": 0.06}
    return Case(attitude, reads, parameters,
                {"noise": np.abs(RNG.standard_normal((P, R, M)))}).with_(**changes)


def cell(value):
    return np.full((1, 1, 1), float(value))


def test_attitude():
    # k1 = ln 4, dt = 1/2: half of every gap closes; target -.1 * 2 + .5 * .2 = -.1; shock .06 sqrt(.8)
    hand = case(attitude=cell(0.2), presence=cell(3), presence_start=cell(1), remit_ratio=cell(0.3),
                remit_share=cell(0.1), reversion=math.log(4), presence_effect=0.1, noise=cell(1), dt=0.5)
    standard(
        case(), shapes={"attitude": (P, R)}, bounds={"attitude": (-1, 1)},
        zero={"attitude": 0.0, "presence": 1.0, "presence_start": 1.0, "remit_ratio": SHARE, "noise": 0.0},
        directions={"reversion": ("attitude", "reversion", 1),
                    "presence_effect": ("attitude", "presence", -1),
                    "ties_effect": ("attitude", "ties", 1), "sd": ("attitude", "noise", 1)},
        by_hand=(hand, {"attitude/reversion": cell(-0.1), "attitude/presence": cell(-0.1),
                        "attitude/ties": cell(0.05), "attitude/noise": cell(0.06 * math.sqrt(0.8))}))


def test_scalar_reference():
    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        left = math.exp(-p["reversion"])
        spread = p["sd"] * math.sqrt((1 - left ** (2 * dt)) / (1 - left**2))
        for g in range(P):
            for i in range(R):
                target = (-p["presence_effect"] * (reads["presence"][g][i] - reads["presence_start"][g][i])
                          + p["ties_effect"] * (reads["remit_ratio"][g][i] - reads["remit_share"][g][i]))
                old = reads["attitude"][g][i]
                out[g, i] = target + left**dt * (old - target) + spread * noise["noise"][g][i] - old
        return {"attitude": out}

    reference(case(), scalar)

def test_unknown_remittances_and_presence_change_nothing():
    found = case(remit_share=np.full((P, R, 1), np.nan), presence_start=np.full((P, R, 1), np.nan)).call()
    np.testing.assert_array_equal(total(found, "attitude", "ties"), 0.0)
    np.testing.assert_array_equal(total(found, "attitude", "presence"), 0.0)
