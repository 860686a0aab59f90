"""Security effort: standard tests, scalar reference, the start as a rest point."""

from __future__ import annotations

import math

import numpy as np
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.security import effort

P, R, M = 2, 3, 4
RNG = np.random.default_rng(41)
START = RNG.random((P, R, 1))
PARAMETERS = {"persistence": np.array([0.5, 0.6, 0.7, 0.8]), "threat_effect": 0.5, "invitation_effect": 0.4,
              "demand_effect": 0.3, "sd": 0.1}


def case(**changes):
    reads = {"effort": START + 0.5 + RNG.random((P, R, M)), "credit": RNG.random((P, R, M)),
             "threat": RNG.random((P, M)), "spill_worry": RNG.random((P, M)), "presence_start": START,
             "home_weight": RNG.random((P, R, 1)), "invitation": RNG.random((P, R, 1)),
             "access": RNG.random((P, R, M)), "security_demand": RNG.random((R, M)),
             "provider_weight": RNG.random((P, R, 1))}
    noise = {"noise": np.abs(RNG.standard_normal((P, R, M)))}
    return Case(effort, reads, PARAMETERS, noise).with_(**changes)


def cell(value):
    return np.full((1, 1, 1), float(value))


def test_effort():
    # persistence .25, dt = 1/2: half of every gap closes; shock .1 sqrt(.8)
    hand = case(effort=cell(2), credit=cell(0.25), threat=np.full((1, 1), 1.5),
                spill_worry=np.full((1, 1), 0.5), presence_start=cell(1), home_weight=cell(0.3),
                invitation=cell(1), access=cell(-3), security_demand=np.full((1, 1), 2.0),
                provider_weight=cell(0.5), persistence=0.25, noise=cell(1), dt=0.5)
    standard(
        case(), shapes={"effort": (P, R)}, bounds={"effort": (-1, 5)},
        zero={"effort": np.broadcast_to(START, (P, R, M)), "credit": 0.0, "threat": 0.0, "spill_worry": 0.0,
              "invitation": 0.0, "access": 0.0, "security_demand": 0.0, "noise": 0.0},
        directions={"persistence": ("effort", "reversion", 1), "threat_effect": ("effort", "threat", 1),
                    "invitation_effect": ("effort", "invitation", 1),
                    "demand_effect": ("effort", "demand", 1),
                    "sd": ("effort", "noise", 1)},
        by_hand=(hand, {"effort/reversion": cell(-0.5), "effort/threat": cell(0.5 * 0.5 * 2 * 0.3),
                        "effort/invitation": cell(0.2), "effort/credit": cell(0.125),
                        "effort/access": cell(-1.5), "effort/demand": cell(0.5 * 0.3 * 2 * 0.5),
                        "effort/noise": cell(0.1 * math.sqrt(0.8))}))


def test_scalar_reference():
    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        spread = p["sd"] * math.sqrt((1 - p["persistence"] ** (2 * dt)) / (1 - p["persistence"] ** 2))
        for g in range(P):
            for i in range(R):
                target = (reads["presence_start"][g][i] + reads["credit"][g][i]
                          + p["threat_effect"] * (reads["threat"][g] + reads["spill_worry"][g])
                          * reads["home_weight"][g][i]
                          + p["demand_effect"] * reads["security_demand"][i] * reads["provider_weight"][g][i]
                          + p["invitation_effect"] * reads["invitation"][g][i] + reads["access"][g][i])
                gap = reads["effort"][g][i] - target
                out[g, i] = gap * (p["persistence"] ** dt - 1) + spread * noise["noise"][g][i]
        return {"effort": out}

    reference(case(), scalar)


def test_a_power_without_home_weights_is_not_moved_by_threat():
    weights = np.array([np.full((R, 1), 1 / R), np.full((R, 1), np.nan)])
    moved = total(case(home_weight=weights).call(), "effort", "threat")
    assert np.all(moved[0] > 0)
    np.testing.assert_array_equal(moved[1], 0.0)
