"""Each layout: one row read by hand, and the rules that are easily got wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.readers.events.making import (
    GDELT_ROW,
    LAYOUTS,
    cells,
    checked,
    read,
    records,
    text_of,
)

from heartland.evidence.readers.events import EVENT_READERS
from heartland.evidence.readers.events.gdelt import COLUMNS_1, COLUMNS_2

KINDS = tuple(LAYOUTS)


def one(kind: str, tmp_path: Path, **changes: str) -> dict[str, object]:
    done = read(kind, tmp_path / "a.txt", text_of(kind, [cells(kind, **changes)]))
    assert done.findings == ()
    [row] = records(done)
    return row


def test_gdelt_row(tmp_path: Path) -> None:
    assert one("gdelt", tmp_path) == {
        "event_id": "401", "source_id": "gdelt", "date": "2015-02-18", "date_basis": "event",
        "published": "2015-02-19", "giver": "KAZ", "receiver": "ROU", "giver_name": "KAZAKHSTAN",
        "receiver_name": "ROMANIA", "giver_sector": "GOV", "code": "042", "type": "CONSULT", "mode": "visit",
        "quad": 1.0, "feed_quad": 1.0, "goldstein": 1.9, "plover_score": 4.0,
        "place": "Bucharest, Bucuresti, Romania", "latitude": 44.4333, "longitude": 26.1,
        "place_precision": "exact", "mentions": 10.0, "sources": 2.0, "confidence": "root",
        "reference": "https://news.example.org/a",
    }  # fmt: skip


def test_icews_row(tmp_path: Path) -> None:
    assert one("icews", tmp_path) == {
        "event_id": "31001", "source_id": "icews", "date": "2018-06-01", "date_basis": "event",
        "giver": "UZB",
        "receiver": "TJK", "giver_name": "Ministry (Uzbekistan)", "receiver_name": "Tajikistan",
        "giver_sector": "Executive,Government", "code": "042", "type": "CONSULT", "mode": "visit",
        "quad": 1.0,
        "goldstein": 1.9, "plover_score": 4.0, "place": "Dushanbe", "country": "TJK", "latitude": 38.5358,
        "longitude": 68.7791, "place_precision": "exact", "reference": "Agency X 7001",
    }  # fmt: skip


def test_polecat_row(tmp_path: Path) -> None:
    assert one("polecat", tmp_path) == {
        "event_id": "P-1", "source_id": "polecat", "date": "2023-01-05", "date_basis": "event",
        "published": "2023-01-07", "giver": "TJK", "receiver": "AFG",
        "giver_name": "Government of Tajikistan",
        "receiver_name": "Embassy", "giver_sector": "GOV", "receiver_sector": "DIP", "code": "SANCTION:expel",
        "type": "SANCTION", "mode": "expel", "contexts": "diplomatic;military", "quad": 4.0, "feed_quad": 4.0,
        "plover_score": -5.5, "place": "Dushanbe", "country": "TJK", "latitude": 38.5358,
        "longitude": 68.7791,
        "place_precision": "exact", "reference": "Agency Y",
    }  # fmt: skip


def test_ucdp_ged_row(tmp_path: Path) -> None:
    assert one("ucdp-ged", tmp_path) == {
        "event_id": "412700", "source_id": "ucdp-ged", "date": "2022-09-14/2022-09-17", "date_basis": "event",
        "giver": "KGZ", "receiver": "TJK", "giver_name": "Government of Kyrgyzstan",
        "receiver_name": "Government of Tajikistan", "code": "1 state-based", "type": "ASSAULT", "quad": 4.0,
        "plover_score": -9.0, "fatalities_low": 20.0, "fatalities": 30.0, "fatalities_high": 45.0,
        "place": "Batken district", "country": "KGZ", "latitude": 40.06, "longitude": 70.82,
        "place_precision": "district", "sources": 3.0, "confidence": "clear",
        "reference": 'Agency "Z", 2022-09-16',
    }  # fmt: skip


def test_acled_row(tmp_path: Path) -> None:
    assert one("acled", tmp_path) == {
        "event_id": "KAZ1842", "source_id": "acled", "date": "2022-01-05", "date_basis": "event",
        "published": "2022-01-17", "receiver": "KAZ", "giver_name": "Rioters (Kazakhstan)",
        "receiver_name": "Police Forces of Kazakhstan (2019-)", "giver_sector": "Rioters",
        "receiver_sector": "State Forces", "code": "Riots: Violent demonstration", "type": "PROTEST",
        "mode": "riot", "quad": 4.0, "plover_score": -7.0, "fatalities": 12.0, "place": "Almaty",
        "country": "KAZ", "latitude": 43.2567, "longitude": 76.9286, "place_precision": "exact",
        "reference": "Agency Q; Paper R",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_written_rows_follow_the_schema_and_equal_the_frame(kind: str, tmp_path: Path) -> None:
    text = text_of(kind, [cells(kind)])
    out = tmp_path / "out.csv"
    done = read(kind, tmp_path / "a.txt", text, out=out)
    assert (done.frame, done.path, done.read, done.kept, done.skipped) == (None, out, 1, 1, {})
    checked(out)
    frame = read(kind, tmp_path / "a.txt", text).frame
    import pandas

    again = pandas.read_csv(out, dtype=str, keep_default_na=False)
    assert list(again.columns) == list(frame.columns)
    assert list(again["giver"]) == list(frame["giver"])


@pytest.mark.parametrize("reader", EVENT_READERS, ids=lambda reader: reader.name)
def test_readers_say_what_they_read(reader, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text_of(reader.name, [cells(reader.name)]), encoding="utf-8")
    from heartland.evidence.readers.base import Settings

    done = reader.read(path, Settings())
    assert (done.kind, done.table, done.source) == (reader.name, "incidents", reader.citation)
    assert reader.licence
    assert reader.url.startswith("https://")


def test_gdelt_1_has_no_second_division_and_maybe_no_address(tmp_path: Path) -> None:
    assert (len(COLUMNS_2), len(COLUMNS_1)) == (61, 58)
    row = [GDELT_ROW.get(name, "") for name in COLUMNS_1]
    row[COLUMNS_1.index("DATEADDED")] = "20130401"
    full = read("gdelt", tmp_path / "a", "\t".join(row) + "\n")
    short = read("gdelt", tmp_path / "a", "\t".join(row[:-1]) + "\n")
    [a], [b] = records(full), records(short)
    assert a.pop("reference") == "https://news.example.org/a"
    assert a == b
    assert (a["latitude"], a["longitude"], a["published"]) == (44.4333, 26.1, "2013-04-01")


def test_codes_keep_their_leading_zero(tmp_path: Path) -> None:
    """Read as numbers, 010 (a statement) would become 10 (a demand)."""
    rows = [cells("gdelt", GLOBALEVENTID=str(n), EventCode=c) for n, c in enumerate(("010", "10", "0231"), 1)]
    found = records(read("gdelt", tmp_path / "a", text_of("gdelt", rows)))
    assert [row["code"] for row in found] == ["010", "10", "0231"]
    assert [row.get("type") for row in found] == [None, "REQUEST", None]
    assert [row.get("quad") for row in found] == [None, 3.0, None]


def test_a_code_that_lost_its_zero_is_named_and_not_guessed(tmp_path: Path) -> None:
    done = read("icews", tmp_path / "a", text_of("icews", [cells("icews", CAMEO_Code="42")]))
    assert "type" not in records(done)[0]
    assert [str(finding) for finding in done.findings] == [
        'a  1 CAMEO code not known: "42". The rows are kept with that cell empty.'
    ]
    assert done.findings[0].severity == "I"


def test_world_regions_are_no_states_and_unknown_codes_are_named(tmp_path: Path) -> None:
    rows = [
        cells("gdelt", GLOBALEVENTID="1", Actor1CountryCode="EUR", Actor2CountryCode="WSB"),
        cells("gdelt", GLOBALEVENTID="2", Actor1CountryCode="QQQ", Actor2CountryCode="TMP"),
    ]
    done = read("gdelt", tmp_path / "a", text_of("gdelt", rows))
    found = records(done)
    assert [(row.get("giver"), row.get("receiver")) for row in found] == [(None, None), (None, "TLS")]
    assert [finding.what for finding in done.findings] == ['1 state code not known: "QQQ".']


def test_icews_ids_are_unique_only_together_with_the_date(tmp_path: Path) -> None:
    """145,312 ids of 1995-2018 come twice, each time with another date: those are other events."""
    rows = [
        cells("icews"), cells("icews"), cells("icews", Event_Date="2018-06-09"),
        cells("icews", Event_ID="31002", Event_Date="20180601"),
    ]  # fmt: skip
    done = read("icews", tmp_path / "a", text_of("icews", rows))
    assert [(row["event_id"], row["date"]) for row in records(done)] == [
        ("31001", "2018-06-01"), ("31001", "2018-06-09"), ("31002", "2018-06-01"),
    ]  # fmt: skip
    assert done.skipped == {"repeat": 1}
    by_id_alone = {row[0] for row in rows}
    assert len(by_id_alone) == 2 != done.kept


def test_gdelt_repeats_and_the_same_story(tmp_path: Path) -> None:
    rows = [
        cells("gdelt"),
        cells("gdelt"),
        cells("gdelt", GLOBALEVENTID="402", SOURCEURL="https://b.example"),
    ]
    text = text_of("gdelt", rows)
    assert read("gdelt", tmp_path / "a", text).skipped == {"repeat": 1}
    done = read("gdelt", tmp_path / "a", text, options={"collapse": "yes"})
    assert (done.skipped, done.kept, done.read) == ({"repeat": 1, "same story": 1}, 1, 3)


def test_polecat_without_a_day_takes_that_of_the_report_and_says_so(tmp_path: Path) -> None:
    row = one("polecat", tmp_path, Event_Date="None")
    assert (row["date"], row["date_basis"]) == ("2023-01-07", "published")
    done = read(
        "polecat", tmp_path / "a", text_of("polecat", [cells("polecat", Event_Date="", Publication_Date="")])
    )
    assert (done.kept, done.skipped) == (0, {"date": 1})


def test_polecat_header_may_come_again(tmp_path: Path) -> None:
    rows = [cells("polecat"), list(LAYOUTS["polecat"][0]), cells("polecat", Event_ID="P-2")]
    done = read("polecat", tmp_path / "a", text_of("polecat", rows))
    assert (done.kept, done.skipped, done.findings) == (2, {"header again": 1}, ())


def test_polecat_several_states_and_words_for_nothing(tmp_path: Path) -> None:
    row = one(
        "polecat", tmp_path, Actor_Country="TJK; UZB;TJK", Recipient_Country="None", Event_Mode="shrug",
        Event_Type="retreat", Intensity="None",
    )  # fmt: skip
    assert row["giver"] == "TJK;UZB"
    assert "receiver" not in row
    assert (row["type"], row["code"], row["plover_score"]) == ("RETREAT", "retreat:shrug", 6.5)
    assert "mode" not in row


def test_ged_lists_states_and_knows_not_counted_sources(tmp_path: Path) -> None:
    row = one("ucdp-ged", tmp_path, gwnoa="2;200;900", gwnob="", number_of_sources="-1", type_of_violence="3")
    assert (row["giver"], row["code"]) == ("USA;GBR;AUS", "3 one-sided")
    assert "receiver" not in row
    assert "sources" not in row


def test_acled_week_and_month(tmp_path: Path) -> None:
    assert one("acled", tmp_path, time_precision="2")["date"] == "2022-01-02/2022-01-08"
    assert (
        one("acled", tmp_path, time_precision="3", event_date="2022-02-10")["date"] == "2022-02-01/2022-02-28"
    )


def test_acled_new_kinds_fall_back_to_the_event_type(tmp_path: Path) -> None:
    text = text_of("acled", [cells("acled", sub_event_type="Something new")])
    done = read("acled", tmp_path / "a", text)
    [row] = records(done)
    assert (row["type"], row["code"]) == ("PROTEST", "Riots: Something new")
    assert [finding.what for finding in done.findings] == ['1 event type not known: "Riots: Something new".']


def test_invisible_characters_do_not_pass(tmp_path: Path) -> None:
    row = one(
        "gdelt", tmp_path, Actor1Name="A\u202eB\x07", ActionGeo_Fullname="\u200bX ", SOURCEURL="a\x1b[31mb"
    )
    assert (row["giver_name"], row["place"], row["reference"]) == ("A B", "X", "a [31mb")


@pytest.mark.parametrize(("kind", "changes", "message"), [
    ("gdelt", {"SQLDATE": "20150230"},
     'a:1:SQLDATE  "20150230" is no day. An event without a day cannot be placed. Write YYYY-MM-DD.'),
    ("gdelt", {"ActionGeo_Lat": "91"},
     'a:1:ActionGeo_Lat  "91" is no number inside its bounds. It would distort every '
     'sum. Write digits with a '
     "point."),
    ("gdelt", {"GoldsteinScale": "nan"},
     'a:1:GoldsteinScale  "nan" is no number inside its bounds. It would distort '
     'every sum. Write digits with a '
     "point."),
    ("gdelt", {"GLOBALEVENTID": ""},
     'a:1:GLOBALEVENTID  "" is no id of an event. Repeats are found by it. Look at the row in the file.'),
    ("gdelt", {"EventCode": ""},
     'a:1:EventCode  "" is no code of an event. Nothing says what happened. Look at the row in the file.'),
    ("ucdp-ged", {"date_end": "2022-09-01"},
     'a:2:date_start  "2022-09-14 00:00:00.000" to "2022-09-01" is no day. An event without a day cannot be '
     "placed. Write YYYY-MM-DD."),
    ("ucdp-ged", {"best": "1_0"},
     'a:2:best  "1_0" is no number inside its bounds. It would distort every sum. '
     'Write digits with a point.'),
])  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(
    kind: str, changes: dict[str, str], message: str, tmp_path: Path
) -> None:
    done = read(kind, tmp_path / "a", text_of(kind, [cells(kind, **changes)]))
    assert [str(finding) for finding in done.findings] == [message]
    assert (done.kept, done.read) == (0, 1)
