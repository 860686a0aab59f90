import numpy as np
import pytest

from heartland.charts.frames import QUANTILES, fan_frame, paths_frame

NAN = float("nan")


def test_quantiles_are_those_of_numpy():
    members = np.random.default_rng(3).normal(size=(37, 4))
    frame = fan_frame(["a", "b", "c", "d"], members)
    for name, share in QUANTILES.items():
        assert frame[name].to_numpy() == pytest.approx(np.quantile(members, share, axis=0))
    assert frame["n"].tolist() == [37] * 4


def test_unknown_members_are_left_out_of_their_date_only():
    frame = fan_frame(["a", "b", "c"], np.array([[1.0, NAN, NAN], [3.0, 5.0, NAN], [NAN, 7.0, NAN]]))
    assert frame["date"].tolist() == ["a", "b"]
    assert frame["median"].tolist() == [2.0, 6.0]
    assert frame["n"].tolist() == [2, 2]


def test_no_known_value_gives_an_empty_frame_with_its_columns():
    frame = fan_frame(["a"], np.array([[NAN]]))
    assert list(frame.columns) == ["date", *QUANTILES, "n"]
    assert len(frame) == 0


def test_paths_are_the_first_members_without_their_gaps():
    frame = paths_frame(["a", "b"], np.array([[1.0, NAN], [2.0, 3.0], [4.0, 5.0]]), n=2)
    assert frame.to_dict("list") == {"date": ["a", "a", "b"], "path": [0, 1, 1], "value": [1.0, 2.0, 3.0]}
