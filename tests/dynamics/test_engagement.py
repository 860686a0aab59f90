"""Visits: standard tests, references, moments free of the step, steady against spasmodic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.engagement import engagement, engagement_draw, engagement_regard, summit

P, R, M = 2, 3, 4
RNG = np.random.default_rng(151)
VISIT = {"half_life": 1.0, "burstiness": 1.7, "trip": 1.35, "summit_visits": 3.0}


def cell(value, *shape):
    return np.full((*(shape or (1, 1)), 1), float(value))


def pair(low=0.0, high=1.0):
    return low + (high - low) * RNG.random((P, R, M))


def test_summit():
    case = Case(summit, {"visit_rate": pair(1, 3), "distance_cost": pair(0, 0.5)}, {"share": 0.05},
                {"uniform": pair()})
    hand = Case(summit, {"visit_rate": cell(4), "distance_cost": cell(0.5)}, {"share": 0.5 * math.log(2)},
                {"uniform": cell(0.4)}, dt=1.0)
    standard(
        case, shapes={"summit": (P, R)}, bounds={"summit": (0, 1)}, zero={"visit_rate": 0.0},
        directions={"share": ("summit", "", 1)},
        by_hand=(hand, {"summit": cell(0.5), "summit/occurs": cell(1)}))
    reference(case, lambda reads, p, noise, dt: {"summit": [
        [1 - math.exp(-p["share"] * v * (1 - c) * dt) for v, c in zip(row, costs, strict=True)]
        for row, costs in zip(reads["visit_rate"], reads["distance_cost"], strict=True)]})


def test_fewer_visits_than_usual_bring_no_summit():
    case = Case(summit, {"visit_rate": cell(-2), "distance_cost": cell(0.5)}, {"share": 0.05},
                {"uniform": cell(0.0)})
    found = case.call()["summit"]
    assert found.probability == 0.0
    assert not found.occurs.any()


def visit_case(**changes):
    reads = {"engagement": pair(1, 4), "engagement_start": pair(1, 4), "visit_rate": pair(),
             "steady_offer": pair(0, 2), "distance_cost": pair(0, 0.5),
             "summit": (RNG.random((P, R, M)) < 0.5).astype(float)}
    noise = {"uniform_when": 0.2 * RNG.random((P, R, M)), "uniform_size": pair()}
    return Case(engagement, reads, VISIT, noise).with_(**changes)


def visit_scalar(reads, p, noise, dt):
    left, beta = 2 ** (-dt / p["half_life"]), math.log(2) / p["half_life"]
    out = np.zeros((P, R))
    for k in range(P):
        for i in range(R):
            near = 1 - reads["distance_cost"][k][i]
            rate = reads["engagement_start"][k][i] + reads["visit_rate"][k][i] * near
            q, m = 1 - math.exp(-rate * dt / p["trip"]), rate * dt
            spread = p["burstiness"] * m * (beta * dt / 2) / math.tanh(beta * dt / 2)
            b = math.sqrt((spread + m * m) / q - (m / q) ** 2)
            jump = m / q - b - b * math.log(1 - noise["uniform_size"][k][i])
            jump = jump if noise["uniform_when"][k][i] < q else 0
            new = (jump / dt + reads["steady_offer"][k][i] * near
                   + p["summit_visits"] * reads["summit"][k][i] / dt)
            out[k, i] = (1 - left) * (new - reads["engagement"][k][i])
    return {"engagement": out}


def test_engagement():
    # no visit in a year and a half-life of one: half is forgotten, half of the steady offer arrives
    hand = Case(engagement, {"engagement": cell(4), "engagement_start": cell(1), "visit_rate": cell(0),
                             "steady_offer": cell(6), "distance_cost": cell(0.5), "summit": cell(1)},
                VISIT, {"uniform_when": cell(0.99), "uniform_size": cell(0)}, dt=1.0)
    sizes = np.full((P, R, M), 0.8)
    standard(
        visit_case(), shapes={"engagement": (P, R)}, bounds={"engagement": (0, 60)},
        year=None,
        zero={"engagement": 0.0, "steady_offer": 0.0, "summit": 0.0, "uniform_when": 0.999},
        directions={"half_life": ("engagement", "forgetting", 1), "burstiness": ("engagement", "visits", 1),
                    "trip": ("engagement", "visits", 1), "summit_visits": ("engagement", "summit", 1)},
        directed=visit_case(uniform_when=np.zeros((P, R, M)), uniform_size=sizes),
        by_hand=(hand, {"engagement/forgetting": cell(-2), "engagement/visits": cell(0),
                        "engagement/steady offer": cell(1.5), "engagement/summit": cell(1.5)}))
    reference(visit_case(), visit_scalar, rtol=1e-9)


def test_unknown_visits_stay_unknown():
    level = np.full((P, R, M), np.nan)
    assert np.isnan(total(visit_case(engagement=level).call(), "engagement")).all()


def moments(per_year, n=60_000):
    rng = np.random.default_rng([5, per_year])
    level = np.full((1, 1, n), 2.75)
    for _ in range(12 * per_year):
        case = Case(engagement, {"engagement": level, "engagement_start": cell(2.75), "visit_rate": cell(0),
                                 "steady_offer": cell(0), "distance_cost": cell(0), "summit": cell(0)},
                    VISIT, {"uniform_when": rng.random((1, 1, n)), "uniform_size": rng.random((1, 1, n))},
                    dt=1 / per_year)
        level = level + total(case.call(), "engagement")
    return level.mean(), level.var()


def test_visits_have_the_same_mean_and_variance_at_every_step_size():
    theory = 1.7 * 2.75 * math.log(2) / 2
    for per_year in (1, 4, 12):
        mean, variance = moments(per_year)
        assert mean == pytest.approx(2.75, rel=0.03)
        assert variance == pytest.approx(theory, rel=0.03)


def test_engagement_regard():
    case = Case(engagement_regard, {"engagement": pair(3, 6), "engagement_start": np.ones((P, R, 1)),
                                    "attitude": pair(-0.5, 0.5)}, {"effect": 0.05, "half_use": 2.0})
    hand = Case(engagement_regard, {"engagement": cell(6), "engagement_start": cell(2), "attitude": cell(0)},
                {"effect": 0.2, "half_use": 2.0}, dt=0.5)
    standard(
        case, shapes={"attitude": (P, R)}, bounds={"attitude": (-1, 1)}, zero={"engagement": 1.0},
        directions={"effect": ("attitude", "", 1), "half_use": ("attitude", "", -1)},
        directed=case.with_(engagement_start=np.zeros((P, R, 1))),
        by_hand=(hand, {"attitude": cell(0.2 * 0.5 * (0.75 - 0.5))}))
    reference(case, lambda reads, p, noise, dt: {"attitude": [
        [p["effect"] * dt * (s / (s + p["half_use"]) - 1 / (1 + p["half_use"])) for s in row]
        for row in reads["engagement"]]})


def draw_case(**changes):
    place = np.zeros((R, R + 1, 1))
    place[range(R), range(R)] = 1.0
    reads = {"engagement": pair(3, 6), "engagement_start": np.ones((P, R, 1)), "compliance": pair(),
             "distance_cost": pair(0, 0.5), "position_power": 1 + RNG.random((P, M)),
             "position_receiver": RNG.random((R, M)), "receiver_place": place}
    parameters = {"pull": 0.05, "compliance_pull": 0.03, "half_use": 2.0}
    return Case(engagement_draw, reads, parameters).with_(**changes)


def test_engagement_draw():
    one = {"engagement": cell(6), "engagement_start": cell(2), "compliance": cell(1),
           "distance_cost": cell(0), "position_power": cell(2, 1), "position_receiver": cell(1, 1),
           "receiver_place": cell(1)}
    rates = {"pull": 4 * math.log(2), "compliance_pull": math.log(2), "half_use": 2.0}
    hand = Case(engagement_draw, one, rates, dt=1.0)
    standard(
        draw_case(), shapes={"ideal_point": (R + 1,)}, bounds={"ideal_point": (0, 1)},
        zero={"engagement": 1.0, "compliance": 0.0},
        directions={"pull": ("ideal_point", "engagement", 1),
                    "compliance_pull": ("ideal_point", "compliance", 1),
                    "half_use": ("ideal_point", "engagement", -1)},
        directed=draw_case(engagement_start=np.zeros((P, R, 1))),
        by_hand=(hand, {"ideal_point/engagement": [[0.5]], "ideal_point/compliance": [[0.5]]}))

    def scalar(reads, p, noise, dt):
        out = [0.0] * (R + 1)
        for i in range(R):
            for k in range(P):
                s, near = reads["engagement"][k][i], 1 - reads["distance_cost"][k][i]
                lift = s / (s + p["half_use"]) - 1 / (1 + p["half_use"])
                gap = reads["position_power"][k] - reads["position_receiver"][i]
                out[i] += (1 - math.exp(-p["pull"] * near * lift * dt)) * gap
                out[i] += (1 - math.exp(-p["compliance_pull"] * reads["compliance"][k][i] * dt)) * gap
        return {"ideal_point": out}

    reference(draw_case(), scalar)


def test_a_power_of_unknown_position_draws_nobody():
    unknown = np.full((P, M), np.nan)
    assert not total(draw_case(position_power=unknown).call(), "ideal_point").any()
