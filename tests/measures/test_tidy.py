"""From a world to the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.measures import registry, tidy
from heartland.measures.block import COLUMNS


def row(frame, **where):
    for column, label in where.items():
        frame = frame[frame[column] == label]
    assert len(frame) == 1
    return frame.iloc[0]


def test_t1_as_a_table(world_t) -> None:
    frame = tidy.table(world_t, "influence", draws=0)
    assert tuple(frame.columns) == COLUMNS
    assert frame["value"].tolist() == pytest.approx([0.342, 0.1068, 0.0042], abs=1e-9, rel=0)
    c = row(frame, giver="C")
    assert (c.n_used, c.n_missing, c.coverage) == (6, 1, pytest.approx(0.75))
    assert "renormalised" in c["flags"].split(";")
    assert c.date == "2020-12-31"
    by_domain = tidy.table(world_t, "influence", by="domain", giver="A", draws=0)
    assert row(by_domain, domain="political")["flags"] == "nan:no-dependence;single-source"
    assert row(by_domain, domain="economic").value == pytest.approx(0.112, abs=1e-9)


def test_intervals_hold_the_centre_and_nest(world_l) -> None:
    wide = tidy.table(world_l, "influence", draws=400)
    narrow = tidy.table(world_l, "influence", draws=400, level=0.5)
    assert (wide["low"] < narrow["low"]).all()
    assert (narrow["high"] < wide["high"]).all()
    assert ((wide["low"] <= wide["value"]) & (wide["value"] <= wide["high"])).all()
    assert (wide["level"] == 0.9).all()


def test_by_channel_the_product_of_both_sides(world_l) -> None:
    options = {"by": "channel", "giver": "A", "receiver": "J", "draws": 50}
    f, b, d = (tidy.table(world_l, name, **options) for name in ("influence", "bandwidth", "dependence"))
    np.testing.assert_allclose(f["value"], b["value"] * d["value"])
    assert f["channel"].tolist() == ["debt", "trade", "arms", "presence", "visits", "media"]
    assert row(d, channel="debt").value == pytest.approx(0.05)
    assert (f["low"] <= f["high"]).all()


def test_reasons_are_told_apart(world_t, record) -> None:
    ties = {key: x for key, x in world_t.ties.items() if key[0] != "B"}
    totals = {**world_t.totals, ("J", "arms-share"): 0.0}
    status = {("B", "J", channel): 0 for channel in world_t.channels}
    world = replace(world_t, ties=ties, totals=totals, status=status)
    frame = tidy.table(world, "dependence", by="domain", draws=0)
    assert row(frame, giver="A", domain="security")["flags"] == "nan:zero-total;single-source"
    assert row(frame, giver="B", domain="economic")["flags"] == "nan:not-born"
    assert row(frame, giver="A", domain="political")["flags"] == "nan:no-dependence"
    by_channel = tidy.table(world, "dependence", by="channel", draws=0, giver="C")
    assert row(by_channel, channel="debt")["flags"] == "nan:unknown"
    few = {key: x for key, x in world_t.ties.items() if key[2] in ("visits", "arms-share")}
    frame = tidy.table(replace(world_t, ties=few), "bandwidth", draws=0)
    assert "nan:coverage" in row(frame, giver="A")["flags"].split(";")
    nothing = tidy.table(replace(world_t, ties={}), "influence", draws=0)
    assert row(nothing, giver="A")["flags"] == "nan:unknown"


def test_an_actor_is_not_tied_to_itself(world_t) -> None:
    world = replace(world_t, receivers=("A",), ties={(g, "A", c): x for (g, _, c), x in world_t.ties.items()},
                    totals={("A", c): x for (_, c), x in world_t.totals.items()})
    frame = tidy.table(world, "influence", draws=20)
    assert "nan:self" in row(frame, giver="A")["flags"].split(";")
    assert np.isnan(row(frame, giver="A").low)


def test_flags_of_cells_reach_the_rows_that_use_them(world_l) -> None:
    world = replace(world_l, flags={("A", "J", "trade"): ("short-window", "disputed")},
                    totals={**world_l.totals, ("J", "arms"): 60.0})
    frame = tidy.table(world, "influence", by="domain", giver="A", receiver="J", draws=0)
    assert row(frame, domain="economic")["flags"] == "no-interval;short-window;single-source"
    assert row(frame, domain="security")["flags"] == "clipped;no-interval;single-source"


def test_bounds_enclose_dropping_and_imputing(world_l) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key[2] != "media" and key != ("A", "J", "debt")}
    imputed = np.full((2, 3, 2, 6), 0.3)
    world = replace(world_l, ties=ties, imputed=imputed)
    for draws in (0, 200):
        frames = {policy: tidy.table(world, "influence", missing=policy, draws=draws)
                  for policy in ("drop", "impute", "bounds")}
        bounds = frames["bounds"]
        for policy in ("drop", "impute"):
            low = frames[policy]["low"] if draws else frames[policy]["value"]
            high = frames[policy]["high"] if draws else frames[policy]["value"]
            assert (bounds["low"] <= low + 1e-12).all()
            assert (bounds["high"] >= high - 1e-12).all()
        assert frames["impute"]["flags"].str.contains("imputed").all()
        assert bounds.attrs["missing"] == "bounds"


def test_who_leads_whom(world_l) -> None:
    frame = tidy.table(world_l, "influence.lead", draws=200)
    pairs = frame[["giver", "other"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [["A", "B"], ["A", "C"], ["B", "C"]]
    there = row(tidy.table(world_l, "influence.lead", giver="A", other="B", receiver="J", draws=200))
    back = row(tidy.table(world_l, "influence.lead", giver="B", other="A", receiver="J", draws=200))
    assert there.value + back.value == pytest.approx(1.0)
    assert there.value > 0.9
    centres = tidy.table(world_l, "influence.lead", giver="A", receiver="J", draws=0)
    assert centres["value"].tolist() == [1.0, 1.0]


def test_equal_powers_share_the_lead_and_the_rank(world_l) -> None:
    ties = {(g, r, c): world_l.ties["A" if g != "C" else "C", r, c] for g, r, c in world_l.ties}
    totals = {(r, c): 1.25 * sum(ties[g, r, c] for g in "ABC") for r, c in world_l.totals}
    world = replace(world_l, ties=ties, totals=totals, sd=0.0)
    assert row(tidy.table(world, "influence.lead", giver="A", other="B", receiver="J", draws=30)).value == 0.5
    ranks = tidy.table(world, "influence.rank", receiver="J", draws=30)
    assert ranks["value"].tolist() == [1.5, 1.5, 3.0]
    shift = tidy.table(world, "influence.rank_shift", receiver="J", draws=30)
    assert shift["value"].tolist() == [0.0]


def test_division_of_labour_rows(world_l) -> None:
    frame = tidy.table(world_l, "division_of_labour.*", receiver="J", giver="A", other="B", draws=200)
    values = {r.measure: r for r in frame[frame["domain"] == "all"].itertuples()}
    jsd = values["division_of_labour"]
    assert 0 < jsd.value < 1
    assert jsd.low <= jsd.high
    assert 0 < values["division_of_labour.null95"].value < 1
    back = row(tidy.table(world_l, "division_of_labour", receiver="J", giver="B", other="A", draws=200))
    assert (back.value, back.low, back.high) == (jsd.value, jsd.low, jsd.high)
    shares = tidy.table(world_l, "influence", by="domain", receiver="J", draws=0)
    security = {g: row(shares, giver=g, domain="security").value for g in "AB"}
    role = row(frame, measure="division_of_labour.role_share", domain="security")
    assert role.value == pytest.approx(security["A"] / (security["A"] + security["B"]))
    leader = row(frame, measure="division_of_labour.leader", domain="security")
    assert (leader.giver, leader.other) == ("A", "B")
    assert leader.value > 0.9


def test_the_leader_is_the_row_giver_even_when_named_second(world_l) -> None:
    frame = tidy.table(world_l, "division_of_labour.leader", receiver="J", giver="B", other="A", draws=50)
    assert row(frame, domain="security").giver == "A"


def test_too_few_domains_and_no_strength_are_told_apart(world_t, world_l) -> None:
    few = row(tidy.table(world_t, "division_of_labour", giver="A", other="B", draws=0))
    assert "nan:coverage" in few["flags"].split(";")
    ties = {key: 0.0 if key[0] == "C" else x for key, x in world_l.ties.items()}
    pair = {"giver": "A", "other": "C", "receiver": "J", "draws": 0}
    none = row(tidy.table(replace(world_l, ties=ties), "division_of_labour", **pair))
    assert "nan:zero-level" in none["flags"].split(";")
    weak = {key: x * 1e-3 if key[0] == "C" else x for key, x in world_l.ties.items()}
    flagged = row(tidy.table(replace(world_l, ties=weak), "division_of_labour", **pair))
    assert "weak-level" in flagged["flags"].split(";")


def test_several_dates_and_another_day(world_l) -> None:
    frame = tidy.table(world_l, "influence", times=["2018-12-31", date(2019, 12, 31)], giver="A", draws=30)
    assert sorted(set(frame["date"])) == ["2018-12-31", "2019-12-31"]
    wide = frame.pivot(index="receiver", columns="date", values="low")
    np.testing.assert_array_equal(wide["2018-12-31"], wide["2019-12-31"])
    assert set(tidy.table(world_l, "influence", at="2015-06-30", draws=0)["date"]) == {"2015-06-30"}


def test_other_weights_as_records_file_or_rival(world_t, tmp_path) -> None:
    rows = [dict(entry) for entry in world_t.settings.weights]
    rows[1]["weight"] = 0.0
    path = tmp_path / "w.csv"
    header = list(rows[0])
    lines = [",".join(header), *(",".join(str(entry[c]) for c in header) for entry in rows)]
    path.write_text("\n".join(lines) + "\n")
    world_t.settings.rivals = {"soft": rows}
    expected = [0.2 * (0.4 * 0.56 + 0.2 * 0.5) / 0.6]
    for weights in (rows, str(path), path, "soft"):
        frame = tidy.table(world_t, "influence", giver="A", weights=weights, draws=0)
        assert frame["value"].tolist() == pytest.approx(expected)


def test_known_by_asks_the_region_for_the_world_as_it_was(world_l) -> None:
    frame = tidy.table(world_l, "influence", at="2016-12-31", known_by="2017-01-31", draws=0)
    assert set(frame["date"]) == {"2016-12-31"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"giver": "AA"}, '"AA" is not a giver of this region. It has no ties here. '
                          "Did you mean A or B or C? Known givers: A, B, C."),
        ({"receiver": "Q"}, '"Q" is not a receiver of this region. It has no ties here. Did you mean J or K? '
                            "Known receivers: J, K."),
        ({"giver": "A", "other": "A"}, 'giver and other are both "A". A power is not compared with itself. '
                                       "Name another power, or leave other out."),
        ({"by": "chanel"}, '"chanel" is not a choice of by. Rows exist at these levels of detail only. '
                           "Did you mean channel? Choices: overall, domain, channel."),
        ({"missing": "ignore"}, '"ignore" is not a choice of missing. What to do with unknown ties must be '
                                "said exactly. Choices: drop, impute, bounds."),
        ({"draws": -1}, "draws -1, level 0.9 cannot be used. An interval needs draws and a level between 0 "
                        "and 1. Use --draws 1000 --level 0.9."),
        ({"missing": "impute"}, "There are no imputed values in this world. Unknown ties cannot be filled "
                                "from nothing. Use --missing drop or --missing bounds."),
        ({"name": "influence.lead", "missing": "bounds"},
         "influence.lead cannot be bounded. Unknown scores of 0 and 1 do not enclose it. Use --missing drop, "
         "or one of bandwidth, dependence, influence."),
        ({"name": "influence.lead", "by": "channel"},
         'influence.lead has no rows by "channel". Its formula needs more than one input. '
         "Use --by overall or domain."),
    ],
)
def test_what_cannot_be_asked(world_l, options: dict[str, object], message: str) -> None:
    name = str(options.pop("name", "influence"))
    with pytest.raises(HeartlandInputError) as raised:
        tidy.table(world_l, name, **options)
    assert str(raised.value) == message


def test_every_registered_measure_keeps_its_bounds_and_reasons(world_l) -> None:
    for name in registry.names():
        record = registry.get(name)
        for by in record.by:
            frame = tidy.table(world_l, name, by=by, draws=60)
            # rows of actors as such need a list of modelled actors, which this world lacks
            assert len(frame) or record.anyone
            assert (frame["measure"] == name).all()
            assert (frame["unit"] == record.unit).all()
            for column in ("value", "low", "high"):
                known = frame[column][~frame["flags"].str.contains("above-reference")].dropna()
                assert known.between(record.low, record.high).all(), (name, column)
