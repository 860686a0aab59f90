"""The toy world at dates: ties, indicators, members, and what was known then."""

from __future__ import annotations

import math

import pytest
from tests.region.toy_region import TOY

from heartland.errors import HeartlandInputError
from heartland.region.cell import STATUS
from heartland.region.region import Region


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load(TOY)


def test_world_names_its_axes(region: Region) -> None:
    world = region.at("2020-12-31")
    assert (world.powers, world.receivers) == (("AAA", "BBB"), ("CCC", "DDD"))
    assert world.actors == ("AAA", "BBB", "CCC", "DDD")
    assert world.channels == ("trade", "arms", "presence")
    assert repr(region.at("2020", known_by="2021")) == "World(toy at 2020-12-31, known by 2021-12-31)"


def test_two_sources_of_one_year_are_pooled(region: Region) -> None:
    tie = region.at("2020-12-31").tie("AAA", "CCC", "trade")
    weight = {110: 1 / 0.05**2, 150: 1 / 0.25**2}
    q = 1 / (0.05**2 + 0.25**2) * math.log(150 / 110) ** 2
    tau2 = max(
        0, (q - 1) / (sum(weight.values()) - sum(w * w for w in weight.values()) / sum(weight.values()))
    )
    w = [1 / (0.05**2 + tau2), 1 / (0.25**2 + tau2)]
    assert tie.value == pytest.approx(math.exp((w[0] * math.log(110) + w[1] * math.log(150)) / sum(w)))
    assert (tie.n_values, tie.n_groups, tie.used_ids) == (2, 2, ("O-002", "O-003"))


def test_flow_is_the_last_complete_year(region: Region) -> None:
    assert region.at("2020-12-30").tie("AAA", "CCC", "trade").value == 100
    assert region.at("2019-06-30").cell("AAA", "CCC", "trade").status == STATUS["unknown"]


def test_old_value_is_carried_then_unknown(region: Region) -> None:
    world = region.at("2020-12-31")
    carried = world.cell("BBB", "CCC", "trade")
    assert (carried.pooled.value, carried.status) == (40, STATUS["carried"])
    assert carried.age == pytest.approx(2, abs=0.01)
    assert world.cell("BBB", "CCC", "trade", "2021-12-31").status == STATUS["carried"]
    stale = world.cell("BBB", "CCC", "trade", "2022-01-01")
    assert (stale.status, stale.flags, stale.pooled.known) == (STATUS["unknown"], ("stale",), False)


def test_window_sums_deliveries_and_silent_years_of_a_register(region: Region) -> None:
    cell = region.at("2020-12-31").cell("AAA", "CCC", "arms")
    assert cell.pooled.value == pytest.approx(13)  # 8 in 2018, silence in 2019, 5 in 2020
    assert cell.pooled.sd == pytest.approx(0.05)
    assert cell.pooled.used_ids == ("O-010", "O-011")
    silent = region.at("2020-12-31").cell("BBB", "CCC", "arms")
    assert (silent.pooled.value, silent.status) == (0, STATUS["zero"])
    assert region.at("2016-12-31").cell("BBB", "CCC", "arms").status == STATUS["unknown"]  # 2014 not covered


def test_window_is_cut_at_a_birth_and_nothing_stands_before_it(region: Region) -> None:
    young = region.at("2018-12-31").cell("AAA", "DDD", "arms")
    assert (young.pooled.value, young.flags) == (0, ("short-window",))
    assert region.at("2016-12-31").cell("AAA", "DDD", "trade").status == STATUS["not-born"]
    assert (
        region.at("2018-12-31").cell("AAA", "DDD", "trade").status == STATUS["unknown"]
    )  # 2016 is no backcast


def test_state_is_the_spell_that_began_last(region: Region) -> None:
    assert region.at("2019-12-31").tie("AAA", "CCC", "presence").value == 2
    assert region.at("2020-01-01").tie("AAA", "CCC", "presence").value == 3
    assert region.at("2019-12-31").cell("AAA", "CCC", "presence").status == STATUS["assumed"]
    assert region.at("2030-01-01").cell("BBB", "CCC", "presence").age == 0


def test_vintages_replace_each_other_as_they_become_known(region: Region) -> None:
    assert region.at("2020-12-31").tie("BBB", "DDD", "trade").value == 66
    assert region.at("2020-12-31", known_by="2021-06-30").tie("BBB", "DDD", "trade").value == 60


def test_unpublished_year_is_unknown_before_its_lag_has_passed(region: Region) -> None:
    then = region.at("2020-12-31", known_by="2020-12-31")
    assert then.tie("AAA", "CCC", "trade").value == 100  # 2020 is out at the end of 2021
    assert then.tie("AAA", "CCC", "presence").value == 3  # a spell is seen from its first day on
    assert not then.indicator("CCC", "gdp").known


def test_later_record_changes_nothing_known_earlier(region: Region) -> None:
    for day in ("2018-12-31", "2019-12-31", "2020-12-31"):
        early = region.at(day, known_by=day)
        for giver in early.powers:
            for receiver in early.receivers:
                for channel in early.channels:
                    used = early.tie(giver, receiver, channel).used_ids
                    assert all(region.ledger.known_from(name).isoformat() <= day for name in used)


def test_indicator_of_any_actor(region: Region) -> None:
    world = region.at("2020-12-31")
    assert world.indicator("AAA", "gdp").value == 90000
    assert not world.indicator("DDD", "gdp").known


@pytest.mark.parametrize(
    ("organisation", "day", "members"),
    [
        ("pact", "2004-12-31", ("AAA",)),
        ("pact", "2012-12-31", ("AAA", "BBB", "CCC")),
        ("pact", "2020-12-31", ("AAA", "BBB")),  # frozen and candidate are out, distancing is in
        ("council", "2020-12-31", ("AAA",)),  # deprecated rows do not count
    ],
)
def test_members_by_role_and_date(
    region: Region, organisation: str, day: str, members: tuple[str, ...]
) -> None:
    assert region.at("2020-12-31").members(organisation, day) == members
    assert region.at(day).members(organisation) == members


@pytest.mark.parametrize(
    ("giver", "receiver", "name", "message"),
    [
        (
            "AAB",
            "CCC",
            "trade",
            '"AAB" is not in actors. A value belongs to known actors. Did you mean AAA or BBB? '
            "Known ids: heartland evidence list actors.",
        ),
        (
            "AAA",
            "CCC",
            "trad",
            '"trad" is no channel of this region. Nothing is recorded under that name. '
            "Did you mean trade? Known: trade, arms, presence.",
        ),
        (
            "AAA",
            "",
            "trade",
            '"trade" is no indicator of this region. Nothing is recorded under that name. '
            "Known: gdp, gdp-current, trade-total.",
        ),
    ],
)
def test_unknown_names_are_refused(
    region: Region, giver: str, receiver: str, name: str, message: str
) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        region.at("2020-12-31").cell(giver, receiver, name)
    assert str(refused.value) == message


def test_observations_carry_group_bounds_and_own_error(region: Region) -> None:
    found = region.at("2020-12-31").observations().set_index("observation_id")
    row = found.loc["O-002"]
    assert (row["group"], row["sd"], row["transform"]) == ("customs-c", 0.05, "log")
    assert (row["start"].isoformat(), row["end"].isoformat()) == ("2020-01-01", "2020-12-31")
    early = region.at("2020-12-31", known_by="2019-12-31").observations()
    assert "O-002" not in set(early["observation_id"])
