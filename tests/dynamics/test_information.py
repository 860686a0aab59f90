"""Stories and publics: standard tests, scalar references, who pays for a campaign, steps of any size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.information import campaign, denial, incident, media_reach, story_effect

P, R, M = 3, 2, 4
RNG = np.random.default_rng(23)
NAMED = np.zeros((P, P, 1))
NAMED[0, 2] = NAMED[1, 2] = 1.0
EFFECT = {"incident_loss": 0.04, "campaign_weight": 1.0, "backfire_weight": 0.5, "denial_effect": 0.3,
          "repetition": 0.3, "salience": 0.5, "outrage": 0.6, "half_life": 0.25}


def cell(value, shape=(1, 1, 1)):
    return np.full(shape, float(value))


def coin(share):
    return (RNG.random((P, R, M)) < share).astype(float)


def incident_case(**changes):
    reads = {"trade_share": RNG.random((P, R, 1)) / 2, "worry": RNG.random((P, R, M)),
             "blame": np.array([[1.0], [0.0], [0.0]]), "quarantine": np.array([[1.0], [0.0]])}
    parameters = {"log_rate": -1.9, "footprint_effect": 3.0, "fear_effect": 1.5, "quarantine_effect": 0.4}
    return Case(incident, reads, parameters, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_incident():
    # ln rate = ln 2 + 3 * 0 + 2 ln 3 * .5 + ln 2 = ln 12: 1 - 1/e in a month
    hand = incident_case(trade_share=cell(np.nan), worry=cell(0.5), blame=cell(1, (1, 1)),
                         quarantine=cell(1, (1, 1)), uniform=cell(0.5), log_rate=math.log(2),
                         fear_effect=2 * math.log(3), quarantine_effect=math.log(2))
    standard(incident_case(), shapes={"incident": (P, R)}, bounds={"incident": (0, 1)},
             zero={"trade_share": 0.0, "log_rate": -1e9},
             directions={"log_rate": ("incident", "", 1), "footprint_effect": ("incident", "", 1),
                         "fear_effect": ("incident", "", 1), "quarantine_effect": ("incident", "", 1)},
             by_hand=(hand, {"incident": cell(1 - 1 / math.e), "incident/occurs": cell(1)}))


def test_incident_reference():
    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                log = (p["log_rate"] + p["footprint_effect"] * reads["trade_share"][g][i]
                       + p["fear_effect"] * reads["worry"][g][i] * reads["blame"][g]
                       + p["quarantine_effect"] * reads["blame"][g] * reads["quarantine"][i])
                out[g, i] = 1 - math.exp(-math.exp(log) * dt)
        return {"incident": out}

    reference(incident_case(), scalar)


def test_an_incident_within_a_year_is_the_same_at_every_step_size():
    case = incident_case()
    chances = {n: 1 - (1 - total(case.with_(dt=1 / n).call(), "incident")) ** n for n in (1, 4, 12)}
    np.testing.assert_allclose(chances[1], chances[12], rtol=1e-10)
    np.testing.assert_allclose(chances[4], chances[12], rtol=1e-10)


def campaign_case(**changes):
    reads = {"named": NAMED, "rivalry": RNG.random((P, M)), "outbreak_receiver": RNG.random((R, M))}
    parameters = {"log_rate": -2.3, "rivalry_effect": 0.5, "crisis_effect": 1.5}
    return Case(campaign, reads, parameters, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def test_campaign():
    hand = campaign_case(named=cell(1), rivalry=cell(1, (1, 1)), outbreak_receiver=cell(0.5, (1, 1)),
                         uniform=cell(0.5), log_rate=math.log(2), rivalry_effect=math.log(2),
                         crisis_effect=2 * math.log(3))
    standard(campaign_case(), shapes={"campaign": (P, R)}, bounds={"campaign": (0, 1)}, zero={"named": 0.0},
             directions={"log_rate": ("campaign", "", 1), "rivalry_effect": ("campaign", "", 1),
                         "crisis_effect": ("campaign", "", 1)},
             by_hand=(hand, {"campaign": cell(1 - 1 / math.e), "campaign/occurs": cell(1)}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for g in range(P):
            if any(x > 0 for x in reads["named"][g]):
                for i in range(R):
                    rate = math.exp(p["log_rate"] + p["rivalry_effect"] * reads["rivalry"][g]
                                    + p["crisis_effect"] * reads["outbreak_receiver"][i])
                    out[g, i] = 1 - math.exp(-rate * dt)
        return {"campaign": out}

    reference(campaign_case(), scalar)


def test_a_power_that_names_nobody_runs_no_campaign():
    chance = total(campaign_case().call(), "campaign")
    assert (chance[:2] > 0).all()
    assert not chance[2].any()


def denial_case(**changes):
    reads = {"incident": coin(0.5), "campaign": coin(0.5), "named": NAMED}
    noise = {"uniform": RNG.random((P, R, M)), "uniform_exposed": RNG.random((P, R, M))}
    return Case(denial, reads, {"denial_chance": 0.7, "exposure_chance": 0.25}, noise).with_(**changes)


def test_denial():
    two = np.array([1.0, 0.0]).reshape(2, 1, 1)
    named = np.array([[0.0, 1.0], [0.0, 0.0]]).reshape(2, 2, 1)
    hand = denial_case(incident=0 * two, campaign=two, named=named, uniform=0 * two + 0.5,
                       uniform_exposed=0 * two + 0.5)
    standard(denial_case(), shapes={"denial": (P, R), "exposed": (P, R)},
             bounds={"denial": (0, 1), "exposed": (0, 1)}, zero={"incident": 0.0, "campaign": 0.0},
             directions={"denial_chance": ("denial", "", 1), "exposure_chance": ("exposed", "", 1)},
             by_hand=(hand, {"denial": 0.7 * two[::-1], "exposed": 0.25 * two, "denial/occurs": two[::-1],
                             "exposed/occurs": 0 * two}))

    def scalar(reads, p, noise, dt):
        denied, found = np.zeros((P, R)), np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                accused = reads["incident"][g][i] > 0
                for sender in range(P):
                    accused |= reads["campaign"][sender][i] > 0 and reads["named"][sender][g] > 0
                denied[g, i] = p["denial_chance"] * accused
                found[g, i] = p["exposure_chance"] * (reads["campaign"][g][i] > 0)
        return {"denial": denied, "exposed": found}

    reference(denial_case(), scalar)


def effect_case(**changes):
    reads = {"anger": RNG.random((P, R, M)), "incident": coin(0.5), "campaign": coin(0.5),
             "denial": coin(0.3), "exposed": coin(0.3), "named": NAMED, "media": RNG.random((P, R, M)),
             "outbreak_receiver": RNG.random((R, M))}
    return Case(story_effect, reads, EFFECT).with_(**changes)


def effect(reads, p, noise, dt):
    attitude, anger = np.zeros((P, R)), np.zeros((P, R))
    left = 2 ** (-dt / p["half_life"])
    kept = (1 - left) * p["half_life"] / (math.log(2) * dt)
    for g in range(P):
        for i in range(R):
            old = reads["anger"][g][i]
            echo = (1 - p["denial_effect"] * reads["denial"][g][i]) * (1 + p["repetition"] * min(old, 1))
            heard = sum(reads["campaign"][s][i] * reads["named"][s][g] * reads["media"][s][i]
                        * (1 + p["salience"] * reads["outbreak_receiver"][i]) for s in range(P))
            size = (echo * (reads["incident"][g][i] + p["campaign_weight"] * heard)
                    + p["backfire_weight"] * reads["exposed"][g][i])
            attitude[g, i] = -p["incident_loss"] * size
            anger[g, i] = (left - 1) * old + kept * p["outrage"] * size
    return {"attitude": attitude, "anger": anger}


def test_story_effect():
    # an incident on a calm day: -.04, and .6 of anger, of which 1/(2 ln 2) is left on average
    blank = cell(0)
    hand = effect_case(anger=blank, incident=cell(1), campaign=blank, denial=blank, exposed=blank,
                       named=blank, media=cell(0.5), outbreak_receiver=cell(0, (1, 1)), dt=0.25)
    directed = effect_case(denial=np.ones((P, R, M)), campaign=np.ones((P, R, M)),
                           exposed=np.ones((P, R, M)))
    standard(effect_case(), shapes={"attitude": (P, R), "anger": (P, R)},
             bounds={"attitude": (-1, 0), "anger": (0, 10)},
             zero={"anger": 0.0, "incident": 0.0, "campaign": 0.0, "exposed": 0.0}, directed=directed,
             directions={"incident_loss": ("attitude", "", -1), "campaign_weight": ("attitude", "", -1),
                         "backfire_weight": ("attitude", "", -1), "denial_effect": ("attitude", "", 1),
                         "repetition": ("attitude", "", -1), "salience": ("attitude", "", -1),
                         "outrage": ("anger", "", 1), "half_life": ("anger", "fading", 1)},
             by_hand=(hand, {"attitude": cell(-0.04), "anger": cell(0.3 / math.log(2))}))
    reference(effect_case(), effect)


def test_a_campaign_costs_the_named_and_an_exposed_sender_too():
    none = np.zeros((P, R, 1))
    sent, caught = none.copy(), none.copy()
    sent[0] = caught[0] = 1.0
    case = effect_case(anger=none, incident=none, campaign=sent, denial=none, exposed=none, media=none + 0.5)
    hidden = total(case.call(), "attitude")
    assert (hidden[2] < 0).all()
    assert not hidden[:2].any()
    seen = total(case.with_(exposed=caught).call(), "attitude")
    assert (seen[0] < 0).all()
    assert not seen[1].any()
    np.testing.assert_array_equal(seen[2], hidden[2])


def test_an_audience_that_is_unknown_carries_no_campaign():
    case = effect_case(media=np.full((P, R, M), np.nan))
    found = total(case.call(), "attitude", "campaign")
    np.testing.assert_array_equal(found, 0.0)


def test_anger_fades_the_same_at_every_step_size():
    ends = {}
    blank = np.zeros((1, 1, 1))
    for per_year in (1, 4, 12):
        anger = np.ones((1, 1, 1))
        for _ in range(per_year):
            got = story_effect(anger, blank, blank, blank, blank, blank, blank, blank[0],
                               **{k: np.full(1, v) for k, v in EFFECT.items()}, dt=1 / per_year)
            anger = anger + sum(got["anger"].values())
        ends[per_year] = anger[0, 0, 0]
    assert ends[1] == pytest.approx(1 / 16, rel=1e-12)
    assert ends[4] == pytest.approx(1 / 16, rel=1e-12)
    assert ends[12] == pytest.approx(1 / 16, rel=1e-12)


def media_case(**changes):
    start = 0.2 + 0.5 * RNG.random((P, R, M))
    reads = {"media": start + 0.1, "media_start": start, "exposed": coin(0.5)}
    parameters = {"persistence": 0.9, "volatility": 0.15, "exposure_loss": 0.05}
    noise = {"noise": np.abs(RNG.standard_normal((P, R, M)))}
    return Case(media_reach, reads, parameters, noise).with_(**changes)


def test_media_reach():
    # a quarter of the gap closes, a tenth is lost to exposure
    hand = media_case(media=cell(0.6), media_start=cell(0.5), exposed=cell(1), noise=cell(0),
                      persistence=0.75, exposure_loss=0.1, dt=1.0)
    standard(media_case(), shapes={"media": (P, R)}, bounds={"media": (0, 1)},
             zero={"media": 0.5, "media_start": 0.5, "exposed": 0.0, "noise": 0.0},
             directions={"persistence": ("media", "reversion", 1), "volatility": ("media", "noise", 1),
                         "exposure_loss": ("media", "exposed", -1)},
             by_hand=(hand, {"media": cell(-0.085)}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        spread = p["volatility"] * math.sqrt((1 - p["persistence"] ** (2 * dt)) / (1 - p["persistence"] ** 2))
        for g in range(P):
            for i in range(R):
                m, m0 = reads["media"][g][i], reads["media_start"][g][i]
                out[g, i] = (m0 + p["persistence"] ** dt * (m - m0) - m
                             - p["exposure_loss"] * reads["exposed"][g][i] * m
                             + spread * m0 * (1 - m0) * noise["noise"][g][i])
        return {"media": out}

    reference(media_case(), scalar)


def test_media_reach_varies_the_same_at_every_step_size():
    spread = {}
    start = np.full((1, 1, 1), 0.4)
    for per_year in (1, 4, 12):
        rng = np.random.default_rng(per_year)
        level = np.full((1, 1, 60_000), 0.4)
        for _ in range(6 * per_year):
            got = media_reach(level, start, 0 * start, persistence=np.full(1, 0.8),
                              volatility=np.full(1, 0.15), exposure_loss=np.full(1, 0.05),
                              noise=rng.standard_normal(level.shape), dt=1 / per_year)
            level = level + sum(got["media"].values())
        assert level.mean() == pytest.approx(0.4, rel=0.01)
        spread[per_year] = level.var()
    assert spread[1] == pytest.approx(spread[12], rel=0.03)
    assert spread[4] == pytest.approx(spread[12], rel=0.03)
