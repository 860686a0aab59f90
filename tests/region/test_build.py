"""Arrays of the toy world against cells read one by one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.region.toy_region import TOY, copy_of_toy

from heartland.region.build import CellArrays, series_id
from heartland.region.cell import STATUS
from heartland.region.region import Region


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load(TOY)


@pytest.fixture(scope="module")
def arrays(region: Region) -> CellArrays:
    return region.at("2020-12-31").arrays()


def place(arrays: CellArrays, giver: str, receiver: str, channel: str) -> tuple[int, int, int, int]:
    return 0, arrays.givers.index(giver), arrays.receivers.index(receiver), arrays.channels.index(channel)


def test_axes_and_codes(arrays: CellArrays) -> None:
    assert arrays.value.shape == (1, 2, 2, 3)
    assert arrays.status.dtype == np.int8
    expected = [
        [["pooled", "observed", "observed"], ["unknown", "zero", "unknown"]],
        [["carried", "zero", "zero"], ["observed", "zero", "unknown"]],
    ]
    assert arrays.status[0].tolist() == [
        [[STATUS[name] for name in row] for row in side] for side in expected
    ]
    assert np.isnan(arrays.value[arrays.status == STATUS["unknown"]]).all()
    assert arrays.transform == ("log", "log", "identity")


def test_every_cell_equals_the_cell_read_alone(region: Region, arrays: CellArrays) -> None:
    world = region.at("2020-12-31")
    for index in np.ndindex(*arrays.value.shape):
        cell = world.cell(arrays.givers[index[1]], arrays.receivers[index[2]], arrays.channels[index[3]])
        for name in ("value", "low", "high", "sd", "disagreement"):
            np.testing.assert_equal(getattr(arrays, name)[index], getattr(cell.pooled, name))
        assert arrays.status[index] == cell.status


def test_totals_come_from_the_indicator_or_the_sum_of_known_givers(arrays: CellArrays) -> None:
    trade, arms, presence = range(3)
    assert arrays.total[0, 0, trade] == 400
    assert math.isnan(arrays.total[0, 1, trade])
    assert arrays.total[0, 0, arms] == pytest.approx(13)
    assert arrays.total[0, 1, arms] == 0
    assert arrays.total[0, 0, presence] == 3
    assert math.isnan(arrays.total[0, 1, presence])  # one giver unknown: the sum is unknown, not smaller


def test_bases_are_indicators_of_receivers(arrays: CellArrays) -> None:
    assert arrays.base["gdp"][0, 0] == 1000
    assert math.isnan(arrays.base["gdp"][0, 1])
    assert arrays.base_status["gdp"].tolist() == [[STATUS["observed"], STATUS["unknown"]]]


def test_series_has_a_row_per_group_on_the_channels_transform(arrays: CellArrays) -> None:
    series = arrays.series
    trade = series[series["series_id"] == series_id("AAA", "CCC", "trade")].set_index("group")
    assert trade.loc["customs-c", "y"] == pytest.approx(math.log(110))
    assert trade["weight"].sum() == pytest.approx(1)
    assert trade.loc["mirror", "observation_ids"] == ("O-003",)
    zero = series[series["series_id"] == "BBB>CCC:arms"].iloc[0]
    assert (zero["y"], zero["s"], zero["group"]) == (-math.inf, 0, "arms-book")  # exp gives exactly 0
    assert set(series.loc[series["channel"] == "presence", "transform"]) == {"identity"}


def test_several_times_stand_side_by_side(region: Region, arrays: CellArrays) -> None:
    both = region.at("2020-12-31").arrays(["2018-12-31", "2020-12-31"])
    np.testing.assert_equal(both.value[1], arrays.value[0])
    assert both.value[0, 1, 0, 0] == 40
    assert both.end[1, 1, 0, 0] == 2018
    assert both.flags[0, 0, 1, 1] == ("short-window",)
    assert place(both, "BBB", "CCC", "trade") == (0, 1, 0, 0)


def test_zero_beside_a_positive_value_keeps_both_on_the_log_scale(tmp_path: Path) -> None:
    row = "O-004,BBB,CCC,trade,,2018,40,,,usd,turnover,log,mirror,,normal,,6,,documented,\n"
    zero = row.replace("O-004", "O-099").replace(",40,", ",0,").replace("mirror", "customs-c")
    folder = copy_of_toy(tmp_path, [{"file": "observations.csv", "append": zero}])
    series = Region.load(folder).at("2018-12-31").arrays().series
    found = series[series["series_id"] == "BBB>CCC:trade"].set_index("group")
    assert found.loc["customs-c", "y"] == -math.inf
    assert found.loc["mirror", "y"] == pytest.approx(math.log(40))
    assert found.loc["mirror", "s"] == pytest.approx(0.25)
