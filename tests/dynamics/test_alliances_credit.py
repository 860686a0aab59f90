"""The credit of a patron (M26): help, refusal, substitutes, half-life."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.alliances import patron_credit, patron_credit_two_sided

O_, P, R, M = 2, 3, 2, 4
RNG = np.random.default_rng(62)
LEAD = np.array([[[1.0], [0.0], [0.0]], [[0.0], [0.0], [1.0]]])


def zeros(*shape):
    return np.zeros(shape)


CREDIT = {"help_gain": 0.25, "refusal_loss": 0.35, "substitute_gain": 0.15, "half_life": 3.0}
SHIFT = {"help_shift": 0.25, "refusal_shift": 0.35, "substitute_shift": 0.15, "half_life": 3.0}
SUBSTITUTE = np.array([[[0.0], [0.0]], [[0.6], [0.6]], [[0.4], [np.nan]]])


def credit_case(function=patron_credit, parameters=None, **changes):
    asked, sent = zeros(O_, R, M), zeros(O_, R, M)
    asked[0] = 1.0
    sent[0, 0] = 1.0
    reads = {"credit": RNG.random((P, R, M)), "request": asked, "troops_sent": sent, "refused": asked - sent,
             "lead": LEAD, "substitute_weight": SUBSTITUTE}
    return Case(function, reads, parameters or CREDIT).with_(**changes)


@pytest.mark.parametrize(("function", "names", "sign"), [
    (patron_credit, CREDIT, -1), (patron_credit_two_sided, SHIFT, 1)])
def test_patron_credit(function, names, sign):
    # dt = half-life: half is left; a jump inside the step keeps (1 - .5)/ln 2 of itself on average
    hand = credit_case(function, names, credit=np.full((P, R, M), 0.2), half_life=0.5, dt=0.5)
    kept = 0.5 / math.log(2)
    help_, refusal, substitute = zeros(P, R, M), zeros(P, R, M), zeros(P, R, M)
    help_[0, 0] = 0.25 * kept
    refusal[0, 1] = sign * 0.35 * kept
    substitute[1, 1] = 0.15 * 0.6 * kept
    first, second, third, last = names
    standard(
        credit_case(function, names), shapes={"credit": (P, R)}, bounds={"credit": (-1, 2)},
        zero={"credit": 0.0, "request": 0.0, "troops_sent": 0.0, "refused": 0.0},
        directions={first: ("credit", "help", 1), second: ("credit", "refusal", sign),
                    third: ("credit", "substitute", 1), last: ("credit", "decay", 1)},
        by_hand=(hand, {"credit/decay": np.full((P, R, M), -0.1), "credit/help": help_,
                        "credit/refusal": refusal, "credit/substitute": substitute}))

    def scalar(reads, p, noise, dt):
        gains = [p[first], sign * p[second], p[third]]
        left = 0.5 ** (dt / p[last])
        kept = (1 - left) / (math.log(2) * dt / p[last])
        out = zeros(P, R)
        for k, i in itertools.product(range(P), range(R)):
            sent = [o for o in range(O_) if reads["troops_sent"][o][i]]
            denied = [o for o in range(O_) if reads["request"][o][i] and o not in sent]
            jump = 0.0
            if any(reads["lead"][o][k] for o in sent):
                jump += gains[0]
            if any(reads["lead"][o][k] for o in denied):
                jump += gains[1]
            elif denied and not math.isnan(reads["substitute_weight"][k][i]):
                jump += gains[2] * reads["substitute_weight"][k][i]
            out[k, i] = (left - 1) * reads["credit"][k][i] + kept * jump
        return {"credit": out}

    reference(credit_case(function, names), scalar)
    assert credit_case(function, names).record.rival_of == ("" if sign < 0 else "patron-credit")


@pytest.mark.parametrize("dt", [1.0, 1 / 4, 1 / 12])
def test_half_life_is_exact_for_any_step(dt):
    level = np.full((P, R, 1), 0.4)
    silent = zeros(O_, R, 1)
    for _ in range(round(3 / dt)):
        case = credit_case(credit=level, request=silent, troops_sent=silent, refused=silent, dt=dt)
        level = level + total(case.call(), "credit")
    np.testing.assert_allclose(level, 0.2, rtol=1e-12)


def test_a_blocked_deployment_counts_as_refusal_and_a_forced_one_as_help():
    asked = zeros(O_, R, M)
    asked[0] = 1.0
    blocked = credit_case(request=asked, troops_sent=zeros(O_, R, M), refused=zeros(O_, R, M)).call()
    assert np.all(total(blocked, "credit", "refusal")[0] < 0)
    forced = credit_case(request=asked, troops_sent=asked, refused=asked).call()
    assert np.all(total(forced, "credit", "help")[0] > 0)
    assert not np.any(total(forced, "credit", "refusal"))
