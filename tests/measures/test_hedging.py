"""Golden check T3, the edges of hedging, and its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures import hedging, hedging_family, tidy
from heartland.measures.cell_parts import EXPLAIN_COLUMNS

assert hedging_family  # registers its measures
F = np.array([0.342, 0.1068, 0.0042])
F_D = np.array([[0.112, 0.243, 0.003], [0.72, 0.015, 0.0]])
STRENGTH = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)


def test_t3_number_balance_and_level() -> None:
    assert hedging.shares(F) == pytest.approx([0.7549668874, 0.2357615894, 0.0092715232], abs=1e-9)
    assert float(hedging.effective_number(F)) == pytest.approx(1.5983518070, abs=1e-9)
    assert float(hedging.balance(F[0], F[1])) == pytest.approx(0.4759358289, abs=1e-9)
    assert F[0] + F[1] == pytest.approx(0.4488)
    # Wrong: counting powers, or the entropy's count under the same name.
    assert float(hedging.entropy_number(F)) == pytest.approx(1.8153, abs=1e-3)
    assert float(hedging.entropy_number(F)) != pytest.approx(1.5983518070, abs=1e-2)


def test_t3_spread_has_equal_domain_weights() -> None:
    assert float(hedging.spread(F_D)) == pytest.approx(0.4174956547, abs=1e-9)
    # Wrong: domains weighted by their level, under which one strong domain hides the other.
    share = F_D / F_D.sum(axis=1, keepdims=True)
    weight = F_D.sum(axis=1) / F_D.sum()
    mean = (weight[:, None] * share).sum(axis=0)
    kl = np.where(share > 0, share * np.log2(np.where(share > 0, share / mean, 1.0)), 0.0).sum(axis=1)
    assert float((weight * kl).sum()) != pytest.approx(0.4174956547, abs=1e-2)


def test_the_ends_of_the_scales() -> None:
    even, alone = np.ones(4), np.array([2.0, 0, 0, 0])
    assert float(hedging.effective_number(even)) == float(hedging.entropy_number(even)) == 4.0
    assert float(hedging.effective_number(alone)) == float(hedging.entropy_number(alone)) == 1.0
    assert (float(hedging.balance(np.array(1.0), np.array(1.0))),
            float(hedging.balance(np.array(1.0), np.array(0.0)))) == (1.0, 0.0)
    assert float(hedging.spread(np.eye(3))) == pytest.approx(1.0)
    assert float(hedging.spread(np.array([[1.0, 2, 3], [2, 4, 6]]))) == pytest.approx(0.0, abs=1e-12)


def test_where_there_is_nothing_there_is_no_number() -> None:
    nothing = np.zeros(3)
    for function in (hedging.effective_number, hedging.entropy_number):
        assert np.isnan(function(nothing))
    assert np.isnan(hedging.balance(np.array(0.0), np.array(0.0)))
    assert np.isnan(hedging.spread(F_D[:1]))  # one domain alone is no mix of mixes


def test_an_unknown_power_is_left_out_and_not_read_as_zero() -> None:
    gap = np.array([0.4, np.nan, 0.4])
    assert float(hedging.effective_number(gap)) == 2.0
    thin = np.array([[0.2, 0.4, np.nan], [0.3, 0.1, 0.5]])
    domains, powers = hedging.usable_domains(thin)
    assert (domains.tolist(), powers.tolist()) == ([True, True], [True, True, False])
    assert float(hedging.spread(thin)) == pytest.approx(float(hedging.spread(thin[:, :2])))
    assert float(hedging.spread(thin)) != pytest.approx(float(hedging.spread(np.nan_to_num(thin))))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(a=STRENGTH, b=STRENGTH)
def test_reaction_is_antisymmetric_and_telescopes(a: list[float], b: list[float]) -> None:
    x, y, z = np.array(a), np.array(b), np.ones(4)
    assert float(hedging.reaction(x, y)) == pytest.approx(-float(hedging.reaction(y, x)))
    whole = float(hedging.reaction(x, y)) + float(hedging.reaction(y, z))
    assert whole == pytest.approx(float(hedging.reaction(x, z)))
    assert 0.0 <= float(hedging.spread(np.stack([x, y]))) <= 1.0


def test_rows_of_world_t(world_t) -> None:
    frame = tidy.table(world_t, "hedging.effective_number", draws=0)
    row = frame.iloc[0]
    assert (row["giver"], row["receiver"], row["other"], row["domain"]) == ("", "J", "", "all")
    assert row["value"] == pytest.approx(1.5983518070, abs=1e-9)
    assert "no-interval" in row["flags"]
    pair = tidy.table(world_t, "hedging.balance", draws=0, giver="A", other="B").iloc[0]
    assert pair["value"] == pytest.approx(0.4759358289, abs=1e-9)
    # The political domain has no dependence: two domains are left.
    spread = tidy.table(world_t, "hedging.spread", draws=0).iloc[0]
    assert spread["value"] == pytest.approx(0.4174956547, abs=1e-9)


def test_a_receiver_among_the_powers_is_no_vector(world_l) -> None:
    ties = {**world_l.ties, **{("K", "J", c): 1.0 for c in world_l.channels}}
    wider = replace(world_l, powers=(*world_l.powers, "K"), ties=ties)
    own, other = (tidy.table(w, "hedging.effective_number", draws=0) for w in (world_l, wider))
    assert own["value"].tolist() == other["value"].tolist()


def test_intervals_hold_the_centre_and_no_variation_no_width(world_l) -> None:
    frame = tidy.table(world_l, "hedging.*", draws=60, options={"strength": "bandwidth"})
    known = frame[frame["measure"] != "hedging.reaction"]
    assert len(known) == 2 * (3 * 1 + 2 * 3)
    assert (known["low"] <= known["high"]).all()
    assert known["value"].notna().all()


def test_one_date_has_no_reaction_and_two_have(world_l) -> None:
    one = tidy.table(world_l, "hedging.reaction", draws=0)
    assert one["flags"].str.contains("nan:not-applicable").all()
    two = tidy.table(world_l, "hedging.reaction", draws=30, times=["2018-12-31", "2020-12-31"])
    assert two["date"].unique().tolist() == ["2020-12-31"]
    # The same ties at both dates: paired draws leave no width at all.
    assert two[["value", "low", "high"]].to_numpy().tolist() == [[0.0, 0.0, 0.0]] * 2


def test_dates_that_are_not_there_are_refused(world_l) -> None:
    with pytest.raises(HeartlandInputError) as raised:
        tidy.table(world_l, "hedging.reaction", draws=0, times=["2018-12-31", "2020-12-31"],
                   options={"t0": "2019-12-31"})
    assert str(raised.value) == (
        't0 "2019-12-31" is not among the dates computed. A change needs both of its dates. Did you mean '
        "2018-12-31 or 2020-12-31? Dates: 2018-12-31 to 2020-12-31.")
    with pytest.raises(HeartlandInputError) as raised:
        tidy.table(world_l, "hedging.effective_number", draws=0, options={"strength": "trade"})
    assert str(raised.value) == (
        '"trade" is not a strength of this measure. It is computed from one index of all givers. '
        "Choices: influence, bandwidth, dependence.")


def test_few_known_powers_are_no_list_of_vectors(world_t) -> None:
    ties = {key: x for key, x in world_t.ties.items() if key[0] == "A"}
    row = tidy.table(replace(world_t, ties=ties), "hedging.effective_number", draws=0).iloc[0]
    assert "nan:coverage" in row["flags"]
    zero = replace(world_t, ties=dict.fromkeys(world_t.ties, 0.0))
    assert "nan:zero-level" in tidy.table(zero, "hedging.effective_number", draws=0).iloc[0]["flags"]
    none = replace(world_t, ties={})
    assert "nan:unknown" in tidy.table(none, "hedging.effective_number", draws=0).iloc[0]["flags"]


def test_parts_name_every_power_down_to_observations(world_t) -> None:
    cell = {"measure": "hedging.effective_number", "receiver": "J", "date": date(2020, 12, 31)}
    frame = tidy.explain(world_t, cell)
    assert tuple(frame.columns) == EXPLAIN_COLUMNS
    powers = frame[frame["flag"] == "not additive"]
    assert powers["part"].tolist() == ["A", "B", "C"]
    assert (1 / (powers["weight"] ** 2).sum()) == pytest.approx(1.5983518070, abs=1e-9)
    assert "O-A-trade-one" in frame["observation_id"].tolist()
    level = tidy.explain(world_t, {"measure": "hedging.level", "giver": "A", "other": "B", "receiver": "J"})
    assert level["contribution"].sum() == pytest.approx(0.4488)
    change = tidy.explain(world_t, {"measure": "hedging.reaction", "receiver": "J", "t0": "2018-12-31",
                                    "t1": "2020-12-31"})
    assert change["contribution"].sum() == pytest.approx(0.0)
