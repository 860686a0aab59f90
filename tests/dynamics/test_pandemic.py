"""Outbreaks and borders: standard tests, scalar references, no outbreak means nothing, steps of any size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, check_shape, reference, standard, total

from heartland.dynamics.pandemic import (
    absent_workers,
    border_decision,
    border_state,
    fear_of_origin,
    lockdown,
    outbreak_arrival,
    outbreak_course,
    trend_speed,
    trend_speed_two_sided,
)

A, P, R, M = 4, 2, 3, 5
RNG = np.random.default_rng(17)


def cell(value, shape=(1, 1, 1)):
    return np.full(shape, float(value))


def arrival(**changes):
    spread = np.zeros((A, M))
    spread[0] = 0.3
    return Case(outbreak_arrival, {"spread": spread, "exposure": 0.2 * RNG.random((A, M)),
                                   "isolation": np.array([[0.0], [0.5], [1.0], [0.0]])},
                {"import_rate": np.linspace(10, 40, M), "isolation_effect": 0.5},
                {"uniform": RNG.random((A, M))}).with_(**changes)


def test_arrival():
    # rate 12 * .5 * (1 - .5 * 1) = 3 a year: 1 - exp(-.25) in a month
    one = cell(0, (1, 1))
    hand = arrival(spread=one, exposure=one + 0.5, isolation=one + 1, import_rate=12.0, uniform=one + 0.2)
    standard(arrival(), shapes={"outbreak_begins": (A,)}, bounds={"outbreak_begins": (0, 1)},
             zero={"exposure": 0.0},
             directions={"import_rate": ("outbreak_begins", "", 1),
                         "isolation_effect": ("outbreak_begins", "", -1)},
             by_hand=(hand, {"outbreak_begins": one + 1 - math.exp(-0.25),
                             "outbreak_begins/occurs": one + 1}))


def test_arrival_reference():
    def scalar(reads, p, noise, dt):
        chance = []
        for begun, exposed, held in zip(reads["spread"], reads["exposure"], reads["isolation"], strict=True):
            rate = 0.0 if begun > 0 else p["import_rate"] * exposed * (1 - p["isolation_effect"] * held)
            chance.append(1 - math.exp(-rate * dt))
        drawn = [float(u < c) for u, c in zip(noise["uniform"], chance, strict=True)]
        return {"outbreak_begins": chance, "outbreak_begins/occurs": drawn}

    reference(arrival(), scalar)


COURSE = {"growth": np.linspace(5, 12, M), "containment_factor": 4.0, "seed": 0.05, "delay": 0.08}


def course(**changes):
    spread = RNG.random((A, M)) / 2
    spread[3] = 0.0
    begins = np.zeros((A, M))
    begins[3, ::2] = 1.0
    reads = {"spread": spread, "outbreak": 4 * spread * (1 - spread), "reported": RNG.random((A, M)) / 9,
             "blamed": np.zeros((A, M)), "outbreak_begins": begins, "containment": 0.5 * np.ones((A, 1)),
             "concealment": np.array([[0.0], [0.5], [1.0], [0.0]])}
    return Case(outbreak_course, reads, COURSE).with_(**changes)


def test_course():
    # odds of the course grow e-fold in dt = 1/r: from 1/2 to e/(1+e)
    one = cell(0, (1, 1))
    hand = course(spread=one + 0.5, outbreak=one + 1, reported=one, blamed=one, outbreak_begins=one,
                  containment=one, concealment=one + 0.5, growth=4.0, delay=0.25, dt=0.25)
    part = math.e / (1 + math.e)
    level = 4 * part * (1 - part)
    begun = course(spread=np.full((A, M), 0.1), outbreak=np.full((A, M), 0.36),
                   outbreak_begins=np.zeros((A, M)), reported=np.zeros((A, M)))
    fresh = course()
    standard(course(), shapes=dict.fromkeys(("spread", "outbreak", "reported", "blamed"), (A,)),
             bounds=dict.fromkeys(("spread", "outbreak", "reported", "blamed"), (0, 1)),
             year=None,
             zero=dict.fromkeys(("spread", "outbreak", "reported", "blamed", "outbreak_begins"), 0.0),
             directions={"growth": ("spread", "", 1), "containment_factor": ("spread", "", 1),
                         "seed": ("spread", "", 1), "delay": ("reported", "", -1)},
             directed=side_by_side(fresh, begun), bump=0.02,
             by_hand=(hand, {"spread": one + part - 0.5, "outbreak": one + level - 1, "blamed": one,
                             "reported": one + (1 - 1 / math.e) * 0.5 * (1 + level) / 2}))


def side_by_side(fresh, begun):
    """The seed counts where an outbreak begins, the delay where one is under way."""
    reads = {name: np.concatenate([x.reads[name] * np.ones((A, M)) for x in (fresh, begun)])
             for name in begun.reads}
    reads["reported"] = np.zeros((2 * A, M))
    return Case(outbreak_course, reads, COURSE)


def test_course_reference():
    def scalar(reads, p, noise, dt):
        out = {name: [] for name in ("spread", "outbreak", "reported", "blamed")}
        nothing_before = all(s <= 0 for s in reads["spread"])
        for i in range(A):
            fresh = bool(reads["outbreak_begins"][i]) and reads["spread"][i] <= 0
            old = p["seed"] if fresh else reads["spread"][i]
            held, hidden = reads["containment"][i], reads["concealment"][i]
            rate = p["growth"] * (1 + p["containment_factor"] * held)
            new = old / (old + (1 - old) * math.exp(-rate * (dt / 2 if fresh else dt)))
            level = 4 * new * (1 - new)
            seen = (1 - hidden) * (reads["outbreak"][i] + level) / 2
            out["spread"].append(new - reads["spread"][i])
            out["outbreak"].append(level - reads["outbreak"][i])
            out["reported"].append((1 - math.exp(-dt / p["delay"])) * (seen - reads["reported"][i]))
            out["blamed"].append(1.0 - reads["blamed"][i] if fresh and nothing_before else 0.0)
        return out

    reference(course(), scalar)


def test_the_first_outbreak_is_blamed_and_no_later_one():
    nothing = np.zeros((A, 1))
    first = np.array([[1.0], [0.0], [0.0], [0.0]])
    case = course(spread=nothing, outbreak=nothing, reported=nothing, blamed=nothing, outbreak_begins=first,
                  growth=8.0, containment=nothing)
    np.testing.assert_array_equal(total(case.call(), "blamed")[:, 0], first[:, 0])
    later = case.with_(spread=np.array([[0.1], [0.0], [0.0], [0.0]]), outbreak_begins=first[::-1])
    assert not total(later.call(), "blamed").any()


def test_a_course_is_the_same_at_every_step_size():
    ends = {}
    for per_year in (1, 4, 12):
        spread = np.full((1, 1), 0.05)
        level = reported = np.zeros((1, 1))
        peak, seen = 0.0, 0.0
        for _ in range(per_year):
            got = outbreak_course(spread, level, reported, 0 * spread, 0 * spread, 0 * spread, 0 * spread,
                                  growth=np.full(1, 4.0), containment_factor=np.full(1, 4.0),
                                  seed=np.full(1, 0.05), delay=np.full(1, 0.08), dt=1 / per_year)
            spread, level, reported = (x + got[n] for x, n in
                                       ((spread, "spread"), (level, "outbreak"), (reported, "reported")))
            peak, seen = max(peak, float(level[0, 0])), max(seen, float(reported[0, 0]))
        ends[per_year] = (float(spread[0, 0]), peak, seen)
    assert ends[1][0] == pytest.approx(ends[12][0], rel=1e-12)
    assert ends[4][0] == pytest.approx(ends[12][0], rel=1e-12)
    assert ends[4][1] == pytest.approx(ends[12][1], rel=0.03)
    assert ends[4][2] == pytest.approx(ends[12][2], rel=0.1)


DECISION = {"closing_rate": 60.0, "ban_rate": 24.0, "reopening_log_rate": 0.4, "worry_effect": 2.0,
            "stress_effect": 0.2}


def decision(**changes):
    shut = np.zeros((P, R, M))
    shut[0] = 0.7
    reads = {"worry": RNG.random((P, R, M)), "border_shut": shut, "entry_ban": 0.5 * np.ones((P, R, 1)),
             "stress": RNG.random((R, M))}
    return Case(border_decision, reads, DECISION, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_decision():
    # 12 * .5 + 0 = 6 a year where open; exp(0) = 1 a year where shut, at ln rate 1 - 2 * .5 + 0
    shut = np.array([0.0, 0.7]).reshape(1, 2, 1)
    two = np.zeros((1, 2, 1))
    hand = decision(worry=two + 0.5, border_shut=shut, entry_ban=two, stress=np.zeros((2, 1)),
                    uniform=two + 0.2, closing_rate=12.0, reopening_log_rate=1.0)
    closing, reopening = 1 - math.exp(-0.5), 1 - math.exp(-1 / 12)
    standard(decision(), shapes={"border_closed": (P, R), "border_reopened": (P, R)},
             bounds={"border_closed": (0, 1), "border_reopened": (0, 1)},
             zero={"worry": 0.0, "entry_ban": 0.0, "border_shut": 0.0},
             directions={"closing_rate": ("border_closed", "", 1), "ban_rate": ("border_closed", "", 1),
                         "reopening_log_rate": ("border_reopened", "", 1),
                         "worry_effect": ("border_reopened", "", -1),
                         "stress_effect": ("border_reopened", "", 1)},
             by_hand=(hand, {"border_closed": np.array([closing, 0]).reshape(1, 2, 1),
                             "border_reopened": np.array([0, reopening]).reshape(1, 2, 1),
                             "border_closed/occurs": np.array([1, 0]).reshape(1, 2, 1),
                             "border_reopened/occurs": np.zeros((1, 2, 1))}))


def test_decision_reference():
    def scalar(reads, p, noise, dt):
        closed, opened = np.zeros((P, R)), np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                ban, worry = reads["entry_ban"][g][i], reads["worry"][g][i]
                if reads["border_shut"][g][i] > 0:
                    rate = (1 - ban) * math.exp(p["reopening_log_rate"] - p["worry_effect"] * worry
                                                + p["stress_effect"] * reads["stress"][i])
                    opened[g, i] = 1 - math.exp(-rate * dt)
                else:
                    rate = p["closing_rate"] * worry + p["ban_rate"] * ban
                    closed[g, i] = 1 - math.exp(-rate * dt)
        return {"border_closed": closed, "border_reopened": opened}

    reference(decision(), scalar)


def test_closing_within_a_year_is_the_same_at_every_step_size():
    chances = {}
    for per_year in (1, 4, 12):
        case = decision(worry=cell(0.02), border_shut=cell(0), entry_ban=cell(0), stress=cell(0, (1, 1)),
                        uniform=cell(0.5), dt=1 / per_year)
        chances[per_year] = 1 - (1 - total(case.call(), "border_closed")[0, 0, 0]) ** per_year
    assert chances[1] == pytest.approx(chances[12], rel=1e-12)
    assert chances[4] == pytest.approx(chances[12], rel=1e-12)


def test_border_state():
    def four(*values):
        return np.repeat(np.array(values).reshape(2, 2, 1), M, axis=-1)

    reads = {"border_shut": four(0.0, 0.7, 0.7, 0.0), "border_closed": four(1.0, 0.0, 0.0, 0.0),
             "border_reopened": four(0.0, 1.0, 0.0, 0.0)}
    case = Case(border_state, reads, {"depth": 0.5}, {"uniform": four(0.6, 0.3, 0.3, 0.3)})
    after = reads["border_shut"] + total(case.call(), "border_shut")
    np.testing.assert_allclose(after, four(0.6, 0.0, 0.7, 0.0), atol=1e-15)
    standard(case, shapes={"border_shut": (2, 2)}, bounds={"border_shut": (0, 1)},
             zero={"border_closed": 0.0, "border_reopened": 0.0},
             directions={"depth": ("border_shut", "closed", 1)}, bump=0.01,
             by_hand=(case, {"border_shut/closed": four(0.6, 0, 0, 0),
                             "border_shut/reopened": four(0, -0.7, 0, 0)}))

    def scalar(reads, p, noise, dt):
        def booked(shut, closed, opened, u):
            return u ** (1 / p["depth"] - 1) - shut if closed else -shut if opened else 0.0

        sheets = [*(reads[name] for name in case.reads), noise["uniform"]]
        return {"border_shut": [[booked(*cells) for cells in zip(*rows, strict=True)]
                                for rows in zip(*sheets, strict=True)]}

    reference(case.with_(depth=0.3), scalar)


def test_a_closure_stops_its_depth_on_average_and_any_part():
    closed = np.ones((1, 1, 40_000))
    for depth in (0.3, 0.7):
        drawn = border_state(0 * closed, closed, 0 * closed, depth=np.full(1, depth),
                             uniform=np.random.default_rng(1).random(closed.shape))["border_shut"]["closed"]
        assert drawn.mean() == pytest.approx(depth, rel=0.01)
        assert drawn.min() < 0.01
        assert drawn.max() > 0.99


def workers(**changes):
    before = RNG.random((P, R, M)) / 2
    reads = {"remittances": 100 * RNG.random((P, R, M)), "border_shut": before + 0.1,
             "border_shut_before": before}
    return Case(absent_workers, reads, {"absence_effect": 0.05}).with_(**changes)


def test_absent_workers():
    hand = workers(remittances=cell(200), border_shut=cell(1), border_shut_before=cell(0),
                   absence_effect=math.log(2))
    standard(workers(), shapes={"remittances": (P, R)}, bounds={"remittances": (0, np.inf)},
             zero={"border_shut": 0.3, "border_shut_before": 0.3},
             directions={"absence_effect": ("remittances", "", -1)},
             by_hand=(hand, {"remittances": cell(-100)}))
    reference(workers(), lambda reads, p, noise, dt: {"remittances": [
        [r * math.expm1(-p["absence_effect"] * (s - b)) for r, s, b in zip(*row, strict=True)]
        for row in zip(*(reads[name] for name in workers().reads), strict=True)]})


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(-0.5, 0.5))
def test_workers_return_what_they_took_away(path, effect):
    level, before = np.full((1, 1, 1), 50.0), 0.0
    for shut in (*path, 0.0):
        got = absent_workers(level, cell(shut), cell(before), absence_effect=np.full(1, effect))
        level, before = level + sum(got["remittances"].values()), shut
    assert level[0, 0, 0] == pytest.approx(50.0, rel=1e-9)


def test_unknown_remittances_stay_unknown_and_add_nothing():
    found = total(workers(remittances=np.full((P, R, M), np.nan)).call(), "remittances")
    np.testing.assert_array_equal(found, 0.0)


def test_lockdown():
    reads = {"reported_receiver": RNG.random((R, M)), "reported_power": RNG.random((P, M))}
    case = Case(lockdown, reads, {"demand_loss": 0.15})
    hand = Case(lockdown, {"reported_receiver": cell(0.5, (1, 1)), "reported_power": cell(1, (1, 1))},
                {"demand_loss": 0.12})
    standard(case, shapes={"growth_gap": (R,), "power_gap": (P,)},
             bounds={"growth_gap": (-0.1, 0), "power_gap": (-0.1, 0)},
             zero={"reported_receiver": 0.0, "reported_power": 0.0},
             directions={"demand_loss": ("growth_gap", "", -1)},
             by_hand=(hand, {"growth_gap": cell(-0.005, (1, 1)), "power_gap": cell(-0.01, (1, 1))}))
    reference(case, lambda reads, p, noise, dt: {
        "growth_gap": [-p["demand_loss"] * x * dt for x in reads["reported_receiver"]],
        "power_gap": [-p["demand_loss"] * x * dt for x in reads["reported_power"]]})


def test_fear_of_origin():
    reads = {"worry": RNG.random((P, R, M)), "blame": np.ones((P, 1))}
    case = Case(fear_of_origin, reads, {"regard_loss": 0.1, "heat": 0.5})
    hand = case.with_(worry=cell(0.5), blame=cell(1, (1, 1)), regard_loss=0.12, heat=0.6)
    standard(case, shapes={"attitude": (P, R), "anger": (P, R)},
             bounds={"attitude": (-0.1, 0), "anger": (0, 0.1)}, zero={"worry": 0.0},
             directions={"regard_loss": ("attitude", "", -1), "heat": ("anger", "", 1)},
             by_hand=(hand, {"attitude": cell(-0.005), "anger": cell(0.025)}))
    reference(case, lambda reads, p, noise, dt: {
        "attitude": [[-p["regard_loss"] * dt * w * b for w in row]
                     for row, b in zip(reads["worry"], reads["blame"], strict=True)]})


def test_only_the_origin_is_blamed():
    got = fear_of_origin(np.ones((2, 1, 1)), np.array([[1.0], [0.0]]), regard_loss=np.ones(1),
                         heat=np.ones(1), dt=1.0)
    np.testing.assert_array_equal(got["attitude"]["fear"].ravel(), [-1.0, 0.0])


@pytest.mark.parametrize("function", [trend_speed, trend_speed_two_sided])
def test_trend_speed(function):
    reads = {"worry": RNG.random((P, R, M)), "trade_trend": RNG.random((P, R, 1)) / 10}
    case = Case(function, reads, {"speed": 0.3})
    hand = case.with_(worry=cell(0.5), trade_trend=cell(0.06), speed=0.2)
    standard(case, shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (0, 0.1)}, zero={"worry": 0.0},
             directions={"speed": ("trade_gap", "", 1)}, by_hand=(hand, {"trade_gap": cell(0.0005)}))
    reference(case, lambda reads, p, noise, dt: {"trade_gap": [
        [p["speed"] * dt * w * t for w, t in zip(*row, strict=True)]
        for row in zip(reads["worry"], reads["trade_trend"], strict=True)]})


def test_a_trend_that_runs_down_is_sped_downwards_and_an_unknown_one_not_at_all():
    trend = np.array([-0.1, np.nan]).reshape(1, 2, 1)
    got = trend_speed(np.ones((1, 2, 1)), trend, speed=np.full(1, 0.5), dt=1.0)["trade_gap"]["trend"]
    np.testing.assert_allclose(got.ravel(), [-0.05, 0.0])


def test_shapes_hold_for_an_empty_axis():
    empty = np.zeros((P, 0, M))
    check_shape(Case(trend_speed, {"worry": empty, "trade_trend": np.zeros((P, 0, 1))}, {"speed": 0.3}),
                {"trade_gap": (P, 0)})
