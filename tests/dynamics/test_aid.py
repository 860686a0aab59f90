"""Medical gifts: standard tests, scalar references, counts at every step size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard

from heartland.dynamics.aid import aid_request, gift_trace, medical_gift, relief_gift

P, R, M = 2, 3, 4
RNG = np.random.default_rng(29)
GIFT = {"log_rate": 2.2, "hidden_need": 0.5, "means_effect": 0.7, "tie_effect": 3.0, "reciprocity": 0.5,
        "request_effect": 1.0, "footprint_effect": 0.5, "route_effect": 0.3, "kit_effect": 0.2,
        "military_share": 0.2}


def cell(value, shape=(1, 1, 1)):
    return np.full(shape, float(value))


def request_case(**changes):
    reads = {"reported_receiver": RNG.random((R, M)), "trade_share": RNG.random((P, R, 1))}
    return Case(aid_request, reads, {"asking": 40.0}, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_aid_request():
    hand = request_case(reported_receiver=cell(0.5, (1, 1)), trade_share=cell(0.2), asking=30.0,
                        uniform=cell(0.2))
    standard(request_case(), shapes={"aid_asked": (P, R)}, bounds={"aid_asked": (0, 1)},
             zero={"reported_receiver": 0.0}, directions={"asking": ("aid_asked", "", 1)},
             by_hand=(hand, {"aid_asked": cell(1 - math.exp(-0.25)), "aid_asked/occurs": cell(1)}))
    reference(request_case(), lambda reads, p, noise, dt: {"aid_asked": [
        [1 - math.exp(-p["asking"] * reads["reported_receiver"][i] * row[i] * dt) for i in range(R)]
        for row in reads["trade_share"]]})


def gift_case(**changes):
    outbreak = RNG.random((R, M))
    reads = {"outbreak_receiver": outbreak, "reported_receiver": 0.6 * outbreak,
             "donor_means": -RNG.random((P, M)), "trade_share": RNG.random((P, R, 1)) / 2,
             "goodwill": 2 * RNG.random((P, R, M)), "aid_asked": np.ones((P, R, M)),
             "footprint": RNG.random((P, R, 1)), "border_shut": RNG.random((P, R, M)),
             "kit_reserved": np.ones((R, 1))}
    noise = {"uniform": RNG.random((P, R, M)), "uniform_military": RNG.random((P, R, M))}
    return Case(medical_gift, reads, GIFT, noise).with_(**changes)


def gift_rate(reads, p, g, i):
    need = reads["reported_receiver"][i] + p["hidden_need"] * (
        reads["outbreak_receiver"][i] - reads["reported_receiver"][i])
    need *= 1 - p["kit_effect"] * reads["kit_reserved"][i]
    memory = reads["goodwill"][g][i]
    return need * math.exp(
        p["log_rate"] + p["means_effect"] * reads["donor_means"][g]
        + p["tie_effect"] * reads["trade_share"][g][i] + p["reciprocity"] * memory / (1 + memory)
        + p["request_effect"] * reads["aid_asked"][g][i] + p["footprint_effect"] * reads["footprint"][g][i]
        - p["route_effect"] * reads["border_shut"][g][i])


def test_medical_gift():
    # need .5 at a rate of 24 ends in 1 - 1/e a month; one twelfth of 12 gifts a year given at least one
    zero = cell(0)
    flat = cell(0, (1, 1))
    hand = gift_case(outbreak_receiver=flat + 0.6, reported_receiver=flat + 0.4, donor_means=flat,
                     trade_share=zero, goodwill=zero, aid_asked=zero, footprint=zero, border_shut=zero,
                     kit_reserved=flat, uniform=zero + 0.5, uniform_military=zero + 0.5,
                     log_rate=math.log(24))
    chance = 1 - 1 / math.e
    standard(gift_case(), shapes=dict.fromkeys(("medical_gift", "military_gift", "gift_number"), (P, R)),
             bounds={"medical_gift": (0, 1), "military_gift": (0, 1), "gift_number": (0, 100)},
             of={"military_gift": ("medical_gift",)},
             zero={"outbreak_receiver": 0.0, "reported_receiver": 0.0},
             directions={"log_rate": ("medical_gift", "", 1), "hidden_need": ("medical_gift", "", 1),
                         "means_effect": ("medical_gift", "", -1), "tie_effect": ("medical_gift", "", 1),
                         "reciprocity": ("medical_gift", "", 1), "request_effect": ("medical_gift", "", 1),
                         "footprint_effect": ("medical_gift", "", 1),
                         "route_effect": ("medical_gift", "", -1), "kit_effect": ("medical_gift", "", -1),
                         "military_share": ("military_gift", "", 1)},
             by_hand=(hand, {"medical_gift": cell(chance), "military_gift": cell(0.2 * chance),
                             "gift_number": cell(1 / chance), "medical_gift/occurs": cell(1),
                             "military_gift/occurs": cell(0)}))

    def scalar(reads, p, noise, dt):
        gift, army, number = (np.zeros((P, R)) for _ in range(3))
        for g in range(P):
            for i in range(R):
                rate = gift_rate(reads, p, g, i)
                gift[g, i] = 1 - math.exp(-rate * dt)
                army[g, i] = p["military_share"] * gift[g, i]
                number[g, i] = rate * dt / gift[g, i]
        return {"medical_gift": gift, "military_gift": army, "gift_number": number}

    reference(gift_case(), scalar)


def test_an_army_gift_is_a_gift():
    got = gift_case().call()
    assert not (np.asarray(got["military_gift"].occurs) & ~np.asarray(got["medical_gift"].occurs)).any()


def relief_case(**changes):
    reads = {"reported_power": RNG.random((P, M)), "outbreak_receiver": RNG.random((R, M)),
             "trade_share": RNG.random((P, R, 1)) / 2}
    parameters = {"log_rate": 1.3, "tie_effect": 6.0, "own_need": 3.0}
    return Case(relief_gift, reads, parameters, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_relief_gift():
    hand = relief_case(reported_power=cell(0.5, (1, 1)), outbreak_receiver=cell(1, (1, 1)),
                       trade_share=cell(0.5), uniform=cell(0.5), log_rate=math.log(24))
    chance = 1 - 1 / math.e
    standard(relief_case(), shapes={"relief_gift": (P, R), "relief_number": (P, R)},
             bounds={"relief_gift": (0, 1), "relief_number": (0, 100)}, zero={"reported_power": 0.0},
             directions={"log_rate": ("relief_gift", "", 1), "tie_effect": ("relief_gift", "", 1),
                         "own_need": ("relief_gift", "", -1)},
             by_hand=(hand, {"relief_gift": cell(chance), "relief_number": cell(1 / chance),
                             "relief_gift/occurs": cell(1)}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                rate = reads["reported_power"][g] * math.exp(
                    p["log_rate"] + p["tie_effect"] * reads["trade_share"][g][i]
                    - p["own_need"] * reads["outbreak_receiver"][i])
                out[g, i] = 1 - math.exp(-rate * dt)
        return {"relief_gift": out}

    reference(relief_case(), scalar)


TRACE = {"regard_gain": 0.01, "contact": 0.03, "memory": 1.0}


def trace_case(**changes):
    def coin():
        return (RNG.random((P, R, M)) < 0.5).astype(float)

    reads = {"medical_aid": 10 * RNG.random((P, R, M)), "goodwill": RNG.random((P, R, M)),
             "medical_gift": coin(), "military_gift": coin(), "gift_number": 1 + RNG.random((P, R, M)),
             "relief_gift": coin(), "relief_number": 1 + RNG.random((P, R, M))}
    return Case(gift_trace, reads, TRACE).with_(**changes)


def test_gift_trace():
    # a forced gift, of which the model expected none, counts as one
    hand = trace_case(medical_aid=cell(2), goodwill=cell(1), medical_gift=cell(1), military_gift=cell(1),
                      gift_number=cell(0), relief_gift=cell(1), relief_number=cell(3), dt=1.0)
    standard(trace_case(), shapes=dict.fromkeys(("medical_aid", "goodwill", "attitude", "effort"), (P, R)),
             bounds={"medical_aid": (0, 20), "goodwill": (0, 5), "attitude": (0, 0.1), "effort": (0, 0.1)},
             zero=dict.fromkeys(
                 ("medical_aid", "goodwill", "medical_gift", "military_gift", "relief_gift"), 0.0),
             directions={"regard_gain": ("attitude", "", 1), "contact": ("effort", "", 1),
                         "memory": ("goodwill", "", 1)},
             by_hand=(hand, {"medical_aid": cell(2 / math.e + 1 - 2), "goodwill": cell(-0.5 + 3),
                             "attitude": cell(0.01 * math.log(4 / 3)), "effort": cell(0.03)}))

    def scalar(reads, p, noise, dt):
        out = {name: np.zeros((P, R)) for name in ("medical_aid", "goodwill", "attitude", "effort")}
        for g in range(P):
            for i in range(R):
                n = max(reads["gift_number"][g][i], 1) * reads["medical_gift"][g][i]
                back = max(reads["relief_number"][g][i], 1) * reads["relief_gift"][g][i]
                out["medical_aid"][g, i] = (math.exp(-dt) - 1) * reads["medical_aid"][g][i] + n
                out["goodwill"][g, i] = (2 ** (-dt / p["memory"]) - 1) * reads["goodwill"][g][i] + back
                flow = reads["medical_aid"][g][i]
                out["attitude"][g, i] = p["regard_gain"] * (math.log(1 + flow + n) - math.log(1 + flow))
                out["effort"][g, i] = p["contact"] * reads["military_gift"][g][i]
        return out

    reference(trace_case(), scalar)


def test_the_number_of_gifts_in_a_year_is_the_same_at_every_step_size():
    found = {}
    flat, blank = np.full((1, 1), 0.5), np.zeros((1, 1, 1))
    p = {k: np.full(1, v) for k, v in GIFT.items()}
    for per_year in (1, 4, 12):
        rng = np.random.default_rng(per_year)
        count = np.zeros((1, 1, 40_000))
        for _ in range(per_year):
            uniforms = rng.random((2, 1, 1, 40_000))
            got = medical_gift(flat, flat, 0 * flat, blank, blank, blank, blank, blank, 0 * flat, **p,
                               uniform=uniforms[0], uniform_military=uniforms[1], dt=1 / per_year)
            trace = gift_trace(0 * count, 0 * count, got["medical_gift"].occurs, got["military_gift"].occurs,
                               got["gift_number"], 0 * count, 0 * count,
                               **{k: np.full(1, v) for k, v in TRACE.items()}, dt=1 / per_year)
            count = count + trace["medical_aid"]["gifts"]
        found[per_year] = count.mean()
    assert found[12] == pytest.approx(0.5 * math.exp(2.2), rel=0.03)
    assert found[1] == pytest.approx(found[12], rel=0.03)
    assert found[4] == pytest.approx(found[12], rel=0.03)
