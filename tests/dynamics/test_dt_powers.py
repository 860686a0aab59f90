"""Steps of a year, a quarter and a month describe the same process (3 %, at least 40,000 draws)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.dynamics.alliances import (
    alliance_response,
    deployment,
    patron_credit,
    request,
    troops,
    withdrawal,
)
from heartland.dynamics.decide import CODES
from heartland.dynamics.powers import push_back, tension
from heartland.dynamics.publics import attitude
from heartland.dynamics.security import effort
from heartland.dynamics.unrest import crisis_state, revolt_exit, unrest_level, unrest_onset

STEPS = (1.0, 1 / 4, 1 / 12)
N = 60_000


def many(value):
    return np.full(N, float(value))


def agree(values, expected=None, tolerance=0.03):
    """All values within the tolerance of each other and, if known, of the exact value."""
    assert max(values) <= min(values) * (1 + tolerance), values
    if expected is not None:
        assert values == pytest.approx([expected] * len(values), rel=tolerance)


def within_a_year(dt, draw):
    """Share of members with the event at least once in the steps of one year."""
    rng = np.random.default_rng(71)
    seen = np.zeros(N, bool)
    for _ in range(round(1 / dt)):
        seen |= draw(rng)
    return seen.mean()


def cell(value, *axes):
    return np.full((*axes, 1), float(value))


ONSET = {"log_rate": many(math.log(0.3)), "stress_effect": many(0.4), "election_effect": many(0.5),
         "price_effect": many(0.5), "contagion": many(0.2), "example_effect": many(0.3),
         "weakness": many(1.0),
         "wave_ratio": many(3.0)}


def waves(dt, rng):
    nil = cell(0, 1)
    return unrest_onset(nil, cell(0.5, 1), nil, nil, cell(0, 1, 1), nil, nil, nil, **ONSET,
                        uniform=rng.random((1, N)), uniform_mark=rng.random((1, N)), dt=dt)


def test_onset_and_mark():
    for name, rate in (("onset", 1.2), ("threat_mark", 0.3)):
        values = [within_a_year(dt, lambda rng, dt=dt, name=name: waves(dt, rng)[name].occurs[0])
                  for dt in STEPS]
        agree(values, 1 - math.exp(-rate))


def test_exit_and_its_direction():
    parameters = {"log_fall_rate": many(math.log(0.6)), "capacity_effect": many(2.0),
                  "troops_effect": many(1.5), "backing_effect": many(0.2),
                  "end_rate": many(0.9), "troops_end_factor": many(3.0)}
    fallen, ended = [], []
    for dt in STEPS:
        rng = np.random.default_rng(72)
        crisis, ousted = np.ones((1, N)), np.zeros(N, bool)
        for _ in range(round(1 / dt)):
            found = revolt_exit(crisis, cell(0.5, 1), np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), **parameters,
                                uniform=rng.random((1, N)), uniform_which=rng.random((1, N)), dt=dt)
            ousted |= found["ousted"].occurs[0]
            zero = np.zeros((1, N))
            crisis = crisis + crisis_state(crisis, zero, zero, zero, zero, found["ousted"].occurs,
                                           found["calmed"].occurs, dt=dt)["crisis"]
        fallen.append(ousted.mean())
        ended.append(1 - crisis.mean())
    agree(fallen, 0.4 * (1 - math.exp(-1.5)))
    agree(ended, 1 - math.exp(-1.5))


def test_push_back_and_withdrawal():
    p = {"intercept": many(-3), "friction_effect": many(2), "glue_effect": many(1.5), "glue_level": many(0.1),
         "floor": many(0.03)}
    pair = np.array([[[0.0], [1.4]], [[1.4], [0.0]]])

    def objects(dt, rng):
        return push_back(pair, 0.2 * pair, cell(1, 2), **p, uniform=rng.random((2, 2, N)), dt=dt)["pushback"]

    values = [within_a_year(dt, lambda rng, dt=dt: objects(dt, rng).occurs[0, 1]) for dt in STEPS]
    agree(values, 0.97 / (1 + math.exp(3 - 2.8 + 1.5 * 0.38)) + 0.015)

    def leaves(dt, rng):
        return withdrawal(cell(4, 1, 1), cell(0, 1), cell(1, 1, 1), rate=many(0.8),
                          uniform=rng.random((1, 1, N)),
                          dt=dt)["withdrawn"]

    values = [within_a_year(dt, lambda rng, dt=dt: leaves(dt, rng).occurs[0, 0]) for dt in STEPS]
    agree(values, 1 - math.exp(-0.8))


def settle(step, years, dt, start=0.0):
    """Mean and variance after some years of `step(x, rng) -> increment`."""
    rng = np.random.default_rng(73)
    x = np.full((1, 1, N), start)
    for _ in range(round(years / dt)):
        x = x + step(x, rng)
    return x.mean(), x.var()


def test_attitude_is_stationary():
    p = {"reversion": many(0.35), "presence_effect": many(0.03), "ties_effect": many(1.0),
         "jobs_effect": many(0.02),
         "aid_effect": many(0.01), "sd": many(0.06)}

    def step(dt):
        return lambda x, rng: sum(attitude(
            x, cell(1, 1, 1), cell(3, 1, 1), cell(0.5, 1, 1), cell(0.4, 1, 1), cell(1, 1, 1),
            cell(1, 1, 1), cell(0, 1, 1), **p, noise=rng.standard_normal((1, 1, N)),
            dt=dt)["attitude"].values())

    moments = [settle(step(dt), 14, dt) for dt in STEPS]
    agree([m for m, _ in moments], 0.16)
    agree([v for _, v in moments], 0.06**2 / (1 - math.exp(-0.7)))


def test_effort_is_stationary():
    p = {"persistence": many(0.75), "threat_effect": many(0.5), "invitation_effect": many(0.4),
         "demand_effect": many(1.0), "sd": many(0.1)}

    def step(dt):
        return lambda x, rng: sum(effort(
            x, cell(0.2, 1, 1), cell(0.6, 1), cell(0.4, 1), cell(1, 1, 1), cell(0.3, 1, 1), cell(0, 1, 1),
            cell(0, 1, 1), cell(0.5, 1), cell(0.2, 1, 1), **p,
            noise=rng.standard_normal((1, 1, N)), dt=dt)["effort"].values())

    moments = [settle(step(dt), 18, dt, start=1.0) for dt in STEPS]
    agree([m for m, _ in moments], 1 + 0.2 + 0.5 * 0.3 + 0.1)
    agree([v for _, v in moments], 0.1**2 / (1 - 0.75**2))


def tension_moments(dt, years=12):
    """Friction of one insider about another power whose presence mean-reverts with persistence .9."""
    rng = np.random.default_rng(74)
    presence, held, level = np.full((2, 1, N), 2.0), np.zeros((2, 2, N)), np.zeros((2, 2, N))
    p = {"persistence": many(0.9), "threat_effect": many(0), "invitation_effect": many(0),
         "demand_effect": many(0), "sd": many(0.15)}
    presence = presence + 0.15 / math.sqrt(1 - 0.81) * rng.standard_normal((2, 1, N))
    held[0, 1] = np.maximum(presence[1, 0], 0.0)
    none = cell(0, 2, 1)
    static = (none, cell(0, 2), cell(0, 2), cell(2, 2, 1), none, none, none, cell(0, 1), none)
    insider = np.array([[1.0], [0.0]])
    for _ in range(round(years / dt)):
        presence = presence + sum(effort(presence, *static, **p, noise=rng.standard_normal((2, 1, N)),
                                         dt=dt)["effort"].values())
        level = level + sum(tension(level, held, presence, np.zeros((2, 2, 1, 1)), cell(1, 2, 1), insider,
                                    forgetting=many(0.5), weight=many(0.5), dt=dt)["tension"].values())
        held[0, 1] = np.maximum(presence[1, 0], 0.0)
    return level[0, 1].mean(), level[0, 1].var()


def test_tension_is_stationary():
    moments = [tension_moments(dt) for dt in STEPS]
    agree([m for m, _ in moments], 2.0, tolerance=0.01)
    agree([v for _, v in moments])


def shot_noise(step, dt, years, rate=0.04):
    """Stationary mean and variance of a level that rare independent events raise (Campbell's theorem).

    `step(level, happens)` gives the level one step on; the response to one event is averaged over draws.
    """
    level, mean, variance = step(np.zeros(N), np.ones(N)), 0.0, 0.0
    for _ in range(round(years / dt)):
        mean, variance = mean + rate * dt * level.mean(), variance + rate * dt * (level**2).mean()
        level = step(level, np.zeros(N))
    return mean, variance


def test_unrest_is_stationary():
    p = {"half_life": many(0.4), "wave_jump": many(0.3), "threat_jump": many(0.7)}
    k = math.log(2) / 0.4
    moments = []
    for dt in STEPS:
        rng = np.random.default_rng(75)

        def step(u, wave, dt=dt, rng=rng):
            mark = (rng.random(N) < 0.25).astype(float)[None]
            return u + sum(unrest_level(u[None], cell(0.5, 1), cell(0, 1), wave[None], mark, **p,
                                        uniform=rng.random((1, N)), dt=dt)["unrest"].values())[0]

        moments.append(shot_noise(step, dt, 8))
    agree([m for m, _ in moments], 0.04 * (0.75 * 0.3 + 0.25 * 0.7) / k)
    agree([v for _, v in moments], 0.04 * (0.75 * 0.3**2 + 0.25 * 0.7**2) / (2 * k))


def test_credit_is_stationary():
    p = {"help_gain": many(0.25), "refusal_loss": many(0.35), "substitute_gain": many(0.15),
         "half_life": many(3.0)}
    k, none = math.log(2) / 3, cell(0, 1, 1)
    moments = []
    for dt in STEPS:
        def step(x, asked, dt=dt):
            sent = asked[None, None]
            return x + sum(patron_credit(x[None, None], sent, sent, none, cell(1, 1, 1), none, **p,
                                         dt=dt)["credit"].values())[0, 0]

        moments.append(shot_noise(step, dt, 30))
    agree([m for m, _ in moments], 0.04 * 0.25 / k)
    agree([v for _, v in moments], 0.04 * 0.25**2 / (2 * k))


def test_one_request_is_decided_once_whatever_the_step():
    """A crisis of a year: request, decision, troops. A draw per step would push the monthly chance to 1."""
    values = []
    for dt in STEPS:
        rng = np.random.default_rng(77)
        crisis, deployed = np.zeros((1, N)), np.zeros((1, 1, N))
        one, nil = cell(1, 1, 1), cell(0, 1, 1)
        for k in range(round(1 / dt)):
            begins = np.full((1, N), float(k == 0))
            asked = request(begins, begins, one, nil, nil, willingness=many(0.5), outsider_factor=many(0.2),
                            uniform=rng.random((1, 1, N)))["request"].occurs
            crisis = crisis + crisis_state(crisis, nil[0], nil[0], begins, begins, nil[0], nil[0],
                                           dt=dt)["crisis"]
            agreed = alliance_response(
                asked, one, cell(CODES["consensus"], 1, 1), nil, nil, nil[0], one, nil, cell(5, 1, 1), nil[0],
                nil[0], nil, nil[0], nil, reference=many(0.4), origin_effect=many(1.5),
                external_effect=many(0.8),
                opposed_effect=many(3.6), overstretch_effect=many(1), cost_effect=many(0.7),
                shared_effect=many(0.7), objection=many(0.02),
                floor=many(0.03), uniform_lead=rng.random((1, 1, N)), uniform_objection=rng.random((1, 1, N)),
            )["consent"].occurs
            sent = deployment(asked, agreed, troops_given_yes=many(0.9), uniform=rng.random((1, 1, N)))
            deployed = deployed + troops(deployed, sent["troops_sent"].occurs, nil, one)["deployed"]
        assert np.all(crisis == 1)
        values.append((deployed == 4.0).mean())
    lead_yes = 0.97 / (1 + math.exp(-0.4)) + 0.015
    agree(values, 0.5 * lead_yes * 0.98**5 * 0.9)
