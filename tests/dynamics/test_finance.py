"""Loans, tied contracts, payments and the debt identity: standard tests, independent accounts, unknowns."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.finance import debt_identity, debt_service, lending, tied_share

P, R, M = 2, 3, 5
RNG = np.random.default_rng(23)


def debt_case(**changes):
    reads = {"debt_ratio": 0.4 * RNG.random((P, R, M)), "loans": 0.05 * RNG.random((P, R, 1)),
             "payments": 0.02 * RNG.random((P, R, M)), "relief": 0.001 * RNG.random((P, R, M)),
             "written_off": 0.002 * RNG.random((P, R, M)), "growth_gap": RNG.normal(0, 0.05, (R, M)),
             "trend_receiver": np.array([[0.07], [0.05], [0.04]])}
    return Case(debt_identity, reads, {"interest": 0.02}).with_(**changes)


def account(reads, p, noise, dt):
    """Money and output kept apart: debt in usd, output in usd, the ratio only at the end."""
    out = []
    for i, row in enumerate(reads["debt_ratio"]):
        out.append([])
        for j, ratio in enumerate(row):
            before = 1234.5
            owed = ratio * before
            after = before * math.exp((reads["trend_receiver"][j] + reads["growth_gap"][j]) * dt)
            owed *= (1 + p["interest"]) ** dt
            owed += (reads["loans"][i][j] - reads["payments"][i][j]) * after * dt
            owed -= (reads["relief"][i][j] + reads["written_off"][i][j]) * after
            out[-1].append(owed / after - ratio)
    return {"debt_ratio": out}


def test_debt_identity():
    one = np.ones((1, 1, 1))
    # interest e^0.06 - 1, growth 0.02 + 0.02: over a year the ratio grows by e^0.02
    hand = Case(debt_identity, {"debt_ratio": 0.5 * one, "loans": 0.05 * one, "payments": 0.02 * one,
                                "relief": 0.01 * one, "written_off": 0.1 * one,
                                "growth_gap": np.array([[0.02]]), "trend_receiver": np.array([[0.02]])},
                {"interest": math.expm1(0.06)}, dt=1.0)
    mean = 0.5 * math.expm1(0.02) / 0.02
    standard(
        debt_case(), shapes={"debt_ratio": (P, R)}, bounds={"debt_ratio": (0, 1)},
        year=None,
        zero={"loans": 0.0, "payments": 0.0, "relief": 0.0, "written_off": 0.0, "growth_gap": 0.0,
              "trend_receiver": math.nan,
              "debt_ratio": 0.0},
        directions={"interest": ("debt_ratio", "", 1)},
        by_hand=(hand, {"debt_ratio": (0.5 * math.expm1(0.02) - 0.08) * one,
                        "debt_ratio/interest": 0.06 * mean * one, "debt_ratio/growth": -0.04 * mean * one,
                        "debt_ratio/lending": 0.05 * one, "debt_ratio/repayment": -0.02 * one,
                        "debt_ratio/relief": -0.11 * one}))
    reference(debt_case(), account, rtol=1e-10)


def test_identity_holds_to_1e_12_over_thirty_years():
    case = debt_case(relief=np.zeros((P, R, M)), written_off=np.zeros((P, R, M)))
    ratio, output = case.reads["debt_ratio"], np.full((R, M), 7e9)
    owed = ratio * output
    for _ in range(30 * 12):
        gap = RNG.normal(0, 0.05, (R, M))
        ratio = ratio + total(case.with_(debt_ratio=ratio, growth_gap=gap).call(), "debt_ratio")
        output = output * np.exp((case.reads["trend_receiver"] + gap) / 12)
        owed = owed * 1.02 ** (1 / 12) + (case.reads["loans"] - case.reads["payments"]) * output / 12
        # against the largest debt: one that has nearly been paid off keeps the rounding of what it was
        np.testing.assert_allclose(ratio * output, owed, rtol=1e-12, atol=1e-12 * owed.max())


def test_no_growth_no_interest_no_flow_is_no_change():
    case = debt_case(loans=np.zeros((P, R, 1)), payments=np.zeros((P, R, M)), relief=np.zeros((P, R, M)),
                     written_off=np.zeros((P, R, M)), growth_gap=np.zeros((R, M)),
                     trend_receiver=np.zeros((R, 1)), interest=0.0)
    assert not np.any(total(case.call(), "debt_ratio"))


def test_an_unknown_lender_holds_the_ratio_on_trend_and_lets_a_recession_raise_it():
    nothing = np.zeros((P, R, M))
    calm = debt_case(loans=np.full((P, R, 1), np.nan), relief=nothing, written_off=nothing,
                     growth_gap=np.zeros((R, M)))
    np.testing.assert_allclose(total(calm.call(), "debt_ratio"), 0, atol=1e-16)
    slump = calm.with_(growth_gap=np.full((R, M), -0.06), dt=1.0)
    change = total(slump.call(), "debt_ratio") / slump.reads["debt_ratio"]
    # interest and trend: e^(ln 1.02 - n) (e^0.06 - 1)
    expected = 1.02 * np.exp(-slump.reads["trend_receiver"]) * math.expm1(0.06)
    np.testing.assert_allclose(change, np.broadcast_to(expected, (P, R, M)), rtol=1e-10)


def test_unknown_debt_stays_unknown():
    ratio = np.array(debt_case().reads["debt_ratio"])
    ratio[1, 0] = np.nan
    change = total(debt_case(debt_ratio=ratio).call(), "debt_ratio")
    assert np.all(np.isnan(change[1, 0]))
    assert np.isnan(change).sum() == M


def test_relief_is_taken_off_once():
    case = debt_case()
    relief = np.zeros((P, R, M))
    relief[0, 1] = 0.05
    less = total(case.with_(relief=relief).call(), "debt_ratio")
    base = total(case.with_(relief=np.zeros((P, R, M))).call(), "debt_ratio")
    assert (less - base)[0, 1] == pytest.approx(-0.05, abs=1e-15)
    assert np.abs(less - base).sum() == pytest.approx(0.05 * M, abs=1e-14)


def lending_case(**changes):
    reads = {"loans_start": 0.01 + 0.03 * RNG.random((P, R, M)), "projects": 3 + RNG.random((P, R, M)),
             "projects_start": 2 + RNG.random((P, R, M)), "common_cause": 0.2 + RNG.random((P, M)),
             "debt_ratio": 0.3 + 0.1 * RNG.random((P, R, M)), "debt_start": 0.2 * RNG.random((P, R, M)),
             "bank_lending": 0.01 * RNG.random((P, R, M))}
    parameters = {"level": 0.1, "project_effect": 0.03, "glue_effect": 0.1, "debt_effect": 0.3}
    return Case(lending, reads, parameters).with_(**changes)


def cell(value):
    return np.full((1, 1, 1), float(value))


def test_lending():
    # one project more, glue .5, debt up by .1: log points .03 + .1 * .5 - .3 * .1 = .05, and .004 by the bank
    hand = Case(lending, {"loans_start": cell(0.02), "projects": cell(3), "projects_start": cell(2),
                          "common_cause": np.full((1, 1), 0.5), "debt_ratio": cell(0.3),
                          "debt_start": cell(0.2),
                          "bank_lending": cell(0.004)},
                {"level": 0.0, "project_effect": 0.03, "glue_effect": 0.1, "debt_effect": 0.3})
    standard(
        lending_case(), shapes={"loans": (P, R)}, bounds={"loans": (0, 0.5)},
        zero={"loans_start": 0.0, "bank_lending": 0.0},
        directions={"level": ("loans", "", 1), "project_effect": ("loans", "", 1),
                    "glue_effect": ("loans", "", 1), "debt_effect": ("loans", "", -1)},
        by_hand=(hand, {"loans": cell(0.02 * math.exp(0.05) + 0.004)}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for g in range(P):
            for i in range(R):
                more = reads["projects"][g][i] - reads["projects_start"][g][i]
                owed = reads["debt_ratio"][g][i] - reads["debt_start"][g][i]
                power = (p["level"] + p["project_effect"] * more + p["glue_effect"] * reads["common_cause"][g]
                         - p["debt_effect"] * owed)
                loans = reads["loans_start"][g][i] * math.exp(power) + reads["bank_lending"][g][i]
                out[g, i] = min(loans, 0.5)
        return {"loans": out}

    reference(lending_case(), scalar)


def test_an_unknown_lender_lends_an_unknown_sum_and_a_runaway_stops_at_half_the_output():
    unknown = np.array(lending_case().reads["loans_start"])
    unknown[0, 1] = np.nan
    found = lending_case(loans_start=unknown).call()["loans"]
    assert np.isnan(found).sum() == np.isnan(found[0, 1]).sum() == M
    assert np.all(lending_case(level=50.0).call()["loans"] == 0.5)


def test_tied_share():
    loans = np.where(np.arange(P * R * M).reshape(P, R, M) % 4 == 1, np.nan, 0.02 + 0.01 * RNG.random((P, R,
                                                                                                       M)))
    case = Case(tied_share, {"loans": loans, "tied": np.array([[[1.0]] * R, [[0.0]] * R])}, {"share": 0.8})
    hand = Case(tied_share, {"loans": cell(0.02), "tied": cell(1)}, {"share": 0.75})
    standard(case, shapes={"contracts": (P, R)}, bounds={"contracts": (0, 0.04)}, zero={"tied": 0.0},
             directions={"share": ("contracts", "", 1)}, by_hand=(hand, {"contracts": cell(0.015)}))

    def scalar(reads, p, noise, dt):
        return {"contracts": [[0.0 if math.isnan(x) else p["share"] * x * t
                               for x, t in zip(row, ties, strict=True)]
                              for row, ties in zip(reads["loans"], reads["tied"], strict=True)]}

    reference(case, scalar)


def service_case(**changes):
    reads = {"debt_ratio": 0.1 + 0.3 * RNG.random((P, R, M)), "grace": np.zeros((P, R, M)),
             "suspension": np.zeros((P, R, 1)), "other_debt": 0.3 * RNG.random((R, 1)),
             "exports_ratio": 0.2 + 0.3 * RNG.random((R, M))}
    return Case(debt_service, reads, {"maturity": 15.0, "rate": 0.03}).with_(**changes)


def test_debt_service():
    # burden 1/20 + .05 = .1: pays .03 on .3; .1 * (.3 + .2) of exports of .25
    hand = Case(debt_service, {"debt_ratio": cell(0.3), "grace": cell(0), "suspension": cell(0),
                               "other_debt": np.full((1, 1), 0.2), "exports_ratio": np.full((1, 1), 0.25)},
                {"maturity": 20.0, "rate": 0.05})
    standard(
        service_case(), shapes={"payments": (P, R), "service": (R,)},
        bounds={"payments": (0, 0.05), "service": (0, 5)}, zero={"debt_ratio": 0.0, "other_debt": 0.0},
        directions={"maturity": ("payments", "", -1), "rate": ("service", "", 1)},
        by_hand=(hand, {"payments": cell(0.03), "service": np.full((1, 1), 0.2)}))

    def scalar(reads, p, noise, dt):
        burden = 1 / p["maturity"] + p["rate"]
        paid = [[burden * d * (0.0 if g > 0 else 1 - s) for d, g, s in zip(*rows, strict=True)]
                for rows in zip(reads["debt_ratio"], reads["grace"], reads["suspension"], strict=True)]
        ratio = [(sum(row[i] for row in paid) + burden * reads["other_debt"][i]) / reads["exports_ratio"][i]
                 for i in range(R)]
        return {"payments": paid, "service": ratio}

    half = np.full((P, R, 1), 0.5)
    grace = np.where(np.arange(M) % 2 == 0, 1.5, 0.0) + np.zeros((P, R, M))
    reference(service_case(), scalar)
    reference(service_case(grace=grace, suspension=half), scalar)


def test_what_is_deferred_is_not_paid_and_unknown_exports_leave_the_service_unknown():
    deferred = service_case(grace=np.full((P, R, M), 0.1), other_debt=np.zeros((R, 1))).call()
    assert not np.any(deferred["payments"])
    assert not np.any(deferred["service"])
    suspended = service_case(suspension=np.ones((P, R, 1)), other_debt=np.zeros((R, 1))).call()
    assert not np.any(suspended["payments"])
    exports = np.array(service_case().reads["exports_ratio"])
    exports[1] = np.nan
    assert np.isnan(service_case(exports_ratio=exports).call()["service"]).all(axis=1).tolist() == [False,
                                                                                                    True,
                                                                                                    False]
