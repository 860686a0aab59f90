"""Golden check T4, what a lead is, the split, and rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures import encroachment_family, tidy
from heartland.measures.encroachment import changes, gain, lead_domains

assert encroachment_family  # registers its measures
# Domains security, political, economic; powers A, B and the rest.
BEFORE = np.array([[80.0, 10, 10], [50, 30, 20], [30, 20, 50]])
AFTER = np.array([[70.0, 25, 30], [45, 35, 20], [25, 35, 40]])
TABLE = st.lists(st.lists(st.floats(0.1, 90.0), min_size=3, max_size=3), min_size=3, max_size=3)


def test_t4() -> None:
    lead = lead_domains(BEFORE)
    assert lead[:, 0].tolist() == [True, True, False]
    change = changes(BEFORE, AFTER)
    value, cover = gain(change.share[:, 1], BEFORE[:, 0], lead[:, 0])
    assert (float(value), float(cover)) == (pytest.approx(0.0807692308, abs=1e-9), 1.0)
    loss, _ = gain(change.share[:, 0], BEFORE[:, 0], lead[:, 0])
    assert float(loss) == pytest.approx(-0.1669230769, abs=1e-9)
    assert change.own[0, 1] == pytest.approx(0.1132411067, abs=1e-9)
    assert change.others[0, 1] == pytest.approx(-0.0132411067, abs=1e-9)
    # Wrong: over all domains, or with equal weights, or weights of the second date.
    for weight, where in ((BEFORE[:, 0], np.ones(3, dtype=bool)), (np.ones(3), lead[:, 0]),
                          (AFTER[:, 0], lead[:, 0])):
        assert float(gain(change.share[:, 1], weight, where)[0]) != pytest.approx(0.0807692308, abs=1e-4)


def test_the_rest_of_the_world_counts_in_the_shares() -> None:
    whole = changes(BEFORE, AFTER)
    split = changes(BEFORE[:, :2], AFTER[:, :2], BEFORE[:, 2], AFTER[:, 2])
    np.testing.assert_allclose(whole.share[:, :2], split.share)
    without = changes(BEFORE[:, :2], AFTER[:, :2])
    assert abs(float(without.share[0, 1] - whole.share[0, 1])) > 0.02


def test_a_lead_must_be_sure() -> None:
    centre = np.array([[0.5, 0.4, 0.1]])
    half = np.where(np.arange(100) < 79, 0.5, 0.3)
    drawn = np.stack([half, np.full(100, 0.4), np.full(100, 0.1)])[None]
    assert lead_domains(centre)[0, 0]
    assert not lead_domains(centre, drawn)[0].any()  # first in 79 % of the draws
    half[79] = 0.5
    assert lead_domains(centre, np.stack([half, *drawn[0, 1:]])[None])[0].tolist() == [True, False, False]
    assert not lead_domains(np.array([[0.5, 0.5, 0.0]])).any()  # shared first place
    assert not lead_domains(np.array([[0.5, np.nan, np.nan]])).any()  # most are unknown
    assert not lead_domains(np.zeros((1, 3))).any()


def test_only_powers_known_at_both_dates_are_compared() -> None:
    after = AFTER.copy()
    after[0, 2] = np.nan
    change = changes(BEFORE, after)
    assert np.isnan(change.share[0, 2])
    assert change.share[0, 1] == pytest.approx(25 / 95 - 10 / 90)
    lead = np.array([True, True, False])
    lost = np.where(np.arange(3) == 0, np.nan, change.share[:, 1])
    assert np.isnan(gain(lost, BEFORE[:, 0], lead)[0])  # 50 of 130 can be compared
    assert float(gain(lost, BEFORE[:, 0], lead)[1]) == pytest.approx(50 / 130)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(before=TABLE, after=TABLE)
def test_the_split_is_exact_and_shares_move_against_each_other(before, after) -> None:
    change = changes(np.array(before), np.array(after))
    np.testing.assert_allclose(change.own + change.others, change.share, atol=1e-12)
    np.testing.assert_allclose(change.share.sum(axis=1), 0.0, atol=1e-12)
    back = changes(np.array(after), np.array(before))
    np.testing.assert_allclose(back.own, -change.own, atol=1e-12)


def moving(world, factor: float):
    """The same world whose later date has another tie of C."""
    class Moving(type(world)):
        def arrays(self, times=None):
            cells = super().arrays(times)
            c = self.powers.index("C")
            late = [t for t, day in enumerate(cells.times) if day.year >= 2020]
            for t in late:
                cells.value[t, c] *= factor
            mine = cells.series["giver"].eq("C") & cells.series["time"].isin(late)
            cells.series.loc[mine, "y"] += np.log(factor)
            return cells

    return Moving(**world.__dict__)


TIMES = ["2010-12-31", "2020-12-31"]


def test_rows_of_a_growing_newcomer(world_l) -> None:
    world = moving(world_l, 3.0)
    frame = tidy.table(world, "encroachment", times=TIMES, draws=80, other="C", receiver="J")
    row = frame[frame["giver"] == "A"].iloc[0]
    assert (row["other"], row["date"], row["unit"]) == ("C", "2020-12-31", "share points")
    assert row["value"] > 0
    assert row["low"] <= row["value"] <= row["high"]
    assert "no-rest" in row["flags"]
    loss = tidy.table(world, "encroachment.loss", times=TIMES, draws=0, giver="A", receiver="J").iloc[0]
    assert (loss["other"], loss["value"] < 0) == ("", True)
    parts = tidy.table(world, "encroachment.*", times=TIMES, draws=0, giver="A", other="C", receiver="J")
    by = parts.set_index("measure")["value"]
    assert by["encroachment.own_growth"] + by["encroachment.others"] == pytest.approx(by["encroachment"])
    assert "encroachment.loss" not in by  # it has no newcomer


def test_rows_by_domain_name_where_the_giver_led(world_l) -> None:
    frame = tidy.table(moving(world_l, 3.0), "encroachment", times=TIMES, draws=0, giver="A", other="C",
                       receiver="J", by="domain").set_index("domain")
    assert frame["flags"].str.contains("nan:").tolist() == [True, False, False, False]
    assert frame.loc["economic", "flags"] == "nan:not-applicable;single-source"  # B led there


def test_channels_know_the_rest_of_the_world(world_l) -> None:
    frame = tidy.table(moving(world_l, 3.0), "encroachment", times=TIMES, draws=40, giver="A", other="C",
                       receiver="J", options={"strength": "arms,media"})
    assert "no-rest" not in frame["flags"].iloc[0]
    # Arms 80 of 131.25, media .5 of 1: A leads both; C goes from 5 to 15 and from .2 to .6.
    a, m = 80 / 131.25, 0.5
    before, after = np.array([5 / 131.25, 0.2]), np.array([15 / 131.25, 0.6 / 1.2])
    expected = (np.array([a, m]) * (after - before)).sum() / (a + m)
    assert frame["value"].iloc[0] == pytest.approx(expected, abs=1e-9)
    with pytest.raises(HeartlandInputError) as raised:
        tidy.table(world_l, "encroachment", draws=0, options={"strength": "arm"})
    assert str(raised.value).startswith(
        '"arm" is no strength of a power. Profiles are made of an index, or of channels. Did you mean arms?')


def test_nobody_who_led_nothing_can_be_encroached_upon(world_l) -> None:
    frame = tidy.table(world_l, "encroachment.loss", times=TIMES, draws=0, giver="C", receiver="J")
    assert "nan:zero-level" in frame["flags"].iloc[0]
    one = tidy.table(world_l, "encroachment", draws=0, giver="A", other="B", receiver="J")
    assert "nan:not-applicable" in one["flags"].iloc[0]


def test_parts_sum_to_the_value(world_l) -> None:
    world = moving(world_l, 3.0)
    for name in ("encroachment", "encroachment.own_growth", "encroachment.others", "encroachment.loss"):
        other = {} if name.endswith("loss") else {"other": "C"}
        row = tidy.table(world, name, times=TIMES, draws=0, giver="A", receiver="J", **other).iloc[0]
        value = row["value"]
        cell = {"measure": name, "giver": "A", "receiver": "J", "t0": TIMES[0], "t1": TIMES[1], **other}
        if name.endswith("loss"):
            cell["other"] = ""
        frame = tidy.explain(replace(world), cell)
        assert frame["contribution"].sum() == pytest.approx(value, abs=1e-12)
        assert "O-A-arms-one" in frame["observation_id"].tolist()
