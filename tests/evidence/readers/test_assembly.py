"""Roll calls, ideal points and memberships: hand-checked samples."""

from __future__ import annotations

import shutil

import pytest
from tests.evidence.readers.reading import messages, read, row, values

from heartland.errors import HeartlandInputError


def test_equal_roll_calls_are_one_row_and_absence_is_no_position() -> None:
    done = read("unga-votes", "UNVotes.csv")
    rows = done.frame.set_index("item")[["session", "date", "roll_calls", "yes", "abstain", "no", "divided"]]
    assert rows.to_dict("index") == {
        "UNGA-67-001": {"session": 67, "date": "2012", "roll_calls": 2, "yes": "KAZ;RUS", "abstain": "",
                        "no": "USA", "divided": "yes"},
        "UNGA-67-002": {"session": 67, "date": "2012", "roll_calls": 1, "yes": "USA", "abstain": "RUS",
                        "no": "", "divided": "yes"},
        "UNGA-67-003": {"session": 67, "date": "2012", "roll_calls": 1, "yes": "KAZ;RUS;USA", "abstain": "",
                        "no": "", "divided": "no"},
    }  # fmt: skip
    assert done.skipped == {"not a vote": 1, "absent or no member": 2}
    assert messages(done)[0].startswith("UNVotes.csv:15:vote  7 is not a vote. Codes are 1 yes, 2 abstain")


def test_whether_a_roll_call_divided_is_decided_before_actors_are_picked() -> None:
    done = read("unga-votes", "UNVotes.csv", actors=frozenset({"KAZ", "RUS"}))
    rows = done.frame[done.frame["yes"] == "KAZ;RUS"]
    assert sorted(rows["divided"]) == ["no", "yes"]  # the two agree in both, the assembly did not


def test_ideal_points_carry_their_release() -> None:
    done = read("ideal-points", "IdealpointestimatesAll_Jun2024.csv")
    assert done.frame[["actor", "session", "release", "date", "mean", "low", "high"]].to_dict("records") == [
        {"actor": "KAZ", "session": 60, "release": "release-2024", "date": "2005", "mean": -0.52,
         "low": -0.71, "high": -0.35},
        {"actor": "USA", "session": 60, "release": "release-2024", "date": "2005", "mean": 2.61,
         "low": 2.4, "high": 2.85},
    ]  # fmt: skip
    assert done.skipped == {"unknown value": 1}  # NA
    found = read("ideal-points", "IdealpointestimatesAll_Jun2024.csv", as_="observations", release="2023")
    assert row(found, "O-IDEAL-KAZ-2005")["definition"] == "posterior-mean-2023"


def test_ideal_points_without_a_release_are_refused(tmp_path) -> None:
    source = tmp_path / "x"
    source.mkdir()
    path = shutil.copy(
        __file__.replace("test_assembly.py", "samples/IdealpointestimatesAll_Jun2024.csv"),
        source / "points.csv",
    )
    with pytest.raises(HeartlandInputError) as error:
        read("ideal-points", path)
    assert str(error.value) == (
        "points.csv  the release of the estimates is not known. Every release has a scale of its own; two "
        "must never be mixed. Add --option release=YEAR."
    )


def test_only_full_memberships_count_and_unknown_ones_are_said() -> None:
    done = read("cow-igo", "state_year_formatv3.csv")
    assert values(done) == {
        "O-IGO-TOTAL-KAZ-2001": 1, "O-IGO-TOTAL-KAZ-2002": 2, "O-IGO-TOTAL-KAZ-2003": 2,
        "O-IGO-TOTAL-KGZ-2001": 1, "O-IGO-TOTAL-KGZ-2002": 1,
    }  # fmt: skip
    assert row(done, "O-IGO-TOTAL-KAZ-2001")["note"] == "organisations unknown: 1"
    assert done.skipped == {"unknown value": 1}  # all four of one state-year: no row, not 0
    joint = read("cow-igo", "dyadic_formatv3.csv")
    assert values(joint) == {"O-IGO-JOINT-KGZ-KAZ-2002": 1, "O-IGO-JOINT-RUS-KAZ-2002": 2}


def test_memberships_as_spells() -> None:
    done = read("cow-igo", "state_year_formatv3.csv", members="SCO:sco;EEC:eeu")
    assert done.table == "memberships"
    columns = ["membership_id", "organisation", "member", "role", "from", "to", "attested"]
    assert done.frame[columns].values.tolist() == [
        ["M-IGO-EEU-KAZ-1", "eeu", "KAZ", "partner", "2001", "2002", ""],
        ["M-IGO-EEU-KAZ-2", "eeu", "KAZ", "observer", "2003", "", "2003"],
        ["M-IGO-SCO-KAZ-1", "sco", "KAZ", "member", "2001", "", "2003"],
        ["M-IGO-SCO-KGZ-1", "sco", "KGZ", "member", "2001", "2001", ""],
    ]
    with pytest.raises(HeartlandInputError, match=r'"SC0" is no organisation of the file.*Did you mean SCO'):
        read("cow-igo", "state_year_formatv3.csv", members="SC0:sco")
