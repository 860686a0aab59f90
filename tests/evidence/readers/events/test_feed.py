"""Files as a whole: block size, broken rows, filters, options, interruptions."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.readers.events.making import FEEDS, LAYOUTS, cells, checked, read, records, text_of

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.base import Imported, Settings
from heartland.evidence.readers.events import feed
from heartland.evidence.readers.events.feed import read_feed

KINDS = tuple(LAYOUTS)
SIZES = (1, 7, 1000, 64_000)


def told(done: Imported) -> tuple[Any, ...]:
    return done.read, done.kept, done.skipped, [str(finding) for finding in done.findings]


def everything(kind: str, path: Path, content: bytes, size: int, **options: Any) -> tuple[Any, ...]:
    out = path.with_suffix(".csv")
    try:
        done = read(kind, path, content, size, out=out, force=True, **options)
    except HeartlandInputError as error:
        return ("refused", str(error))
    return (*told(done), out.read_bytes())


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of one layout with sound, broken, repeated, empty and cut rows."""
    kind = draw(st.sampled_from(KINDS))
    id_column = LAYOUTS[kind][0][0].replace(" ", "_")
    rows = []
    for _ in range(draw(st.integers(0, 9))):
        row = cells(kind, **{id_column: draw(st.sampled_from(["1", "2", "3", "x", ""]))})
        at = draw(st.integers(0, len(row) - 1))
        how = draw(st.sampled_from(["sound", "cell", "short", "long", "empty"]))
        if how == "cell":
            row[at] = draw(st.sampled_from(["", "\0", "é", 'ß,"x', "1e9", "\u2028", "2015-02-30", " ", "\r"]))
        rows.append({"short": row[:at], "long": [*row, "x"], "empty": []}.get(how, row))
    content = text_of(kind, rows, header=draw(st.booleans())).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from([b"\xff", b'"', b"\n", b"\r\n", b"\t"])) + content[at:]
    if draw(st.booleans()):
        content = content.rstrip(b"\n")
    if draw(st.booleans()):
        content = b"\xef\xbb\xbf" + content
    return kind, content


@settings(max_examples=80, deadline=None)
@given(spoiled())
def test_the_result_does_not_depend_on_the_size_of_the_blocks(
    tmp_path_factory, given_: tuple[str, bytes]
) -> None:
    kind, content = given_
    folder = tmp_path_factory.mktemp("blocks")
    results = [everything(kind, folder / "a.txt", content, size) for size in SIZES]
    assert results[1:] == results[:-1]
    if results[0][0] != "refused":
        rows, kept, skipped, *_ = results[0]
        assert rows == kept + sum(skipped.values())
        checked(folder / "a.csv")


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(KINDS), st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused_and_nothing_else(
    tmp_path_factory, kind: str, content: bytes, headed: bool
) -> None:
    path = tmp_path_factory.mktemp("soup") / "a.bin"
    whole = text_of(kind, []).encode() + content if headed else content
    results = {str(everything(kind, path, whole, size)) for size in (1, 64_000)}
    assert len(results) == 1
    assert sorted(p.suffix for p in path.parent.iterdir()) in ([".bin"], [".bin", ".csv"])


def test_rows_are_independent_of_the_batch_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from heartland.evidence.readers.events import stream

    rows = [
        cells("gdelt", GLOBALEVENTID=str(n % 90), SQLDATE="2015" if n % 7 == 0 else "20150101")
        for n in range(200)
    ]
    text = text_of("gdelt", rows).encode()
    results = []
    for many in (1, 7, 1000):
        monkeypatch.setattr(stream, "ROWS", many)
        results.append(everything("gdelt", tmp_path / "a.txt", text, 64_000))
    assert results[0] == results[1] == results[2]
    assert results[0][2] == {"date": 29, "repeat": 171 - results[0][1]}


def test_the_first_twenty_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    rows = [cells("gdelt", GLOBALEVENTID=str(n), SQLDATE="0") for n in range(1, 31)]
    rows[24] = rows[24][:5]
    done = read("gdelt", tmp_path / "a", text_of("gdelt", rows))
    assert done.skipped == {"date": 29, "number of cells": 1}
    assert [finding.place.row for finding in done.findings] == list(range(1, 21))
    assert (done.read, done.kept) == (30, 0)


def test_rows_of_another_width_say_so(tmp_path: Path) -> None:
    rows = [cells("gdelt")[:5], cells("gdelt"), [*cells("gdelt"), "more"], ["alone"]]
    done = read("gdelt", tmp_path / "a", text_of("gdelt", rows))
    why = "Its cells would land in the wrong columns."
    assert [str(finding) for finding in done.findings] == [
        f"a:1  the row has 5 cells, not 61 or 58 or 57. {why} Look for a line end inside a cell.",
        f"a:3  the row has 62 cells, not 61. {why} Look for a tab or comma inside a cell.",
        f"a:4  the row has 1 cell, not 61. {why} Look for a line end inside a cell.",
    ]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        read("gdelt", tmp_path / "a", "a\tb\nc\td\n")
    assert str(caught.value) == (
        "a  no row has 61 or 58 or 57 cells. This is not the layout of gdelt. Check the kind: "
        "heartland import --list."
    )
    with pytest.raises(HeartlandInputError) as caught:
        read("icews", tmp_path / "a", text_of("icews", []).replace("CAMEO Code", "CAMEO Cod"))
    assert str(caught.value) == (
        'a:1  there is no column "CAMEO Code". Every file of icews has one. Did you mean CAMEO Cod?'
    )
    with pytest.raises(HeartlandInputError) as caught:
        read("icews", tmp_path / "a", "a\tb\n")
    assert str(caught.value) == (
        "a:1  this is no header of icews: 13 of its 13 columns are missing. The columns are found by their "
        "names. Check the kind: heartland import --list."
    )
    with pytest.raises(HeartlandInputError, match="there is no header"):
        read("ucdp-ged", tmp_path / "a", "")


def test_header_order_case_and_further_columns_do_not_matter(tmp_path: Path) -> None:
    columns, row = LAYOUTS["ucdp-ged"]
    names = ["new", *reversed(columns)]
    values = ["x", *(row.get(name, "") for name in reversed(columns))]
    text = (
        ",".join(names).upper() + "\n" + ",".join(v.replace('"', "").replace(",", "") for v in values) + "\n"
    )
    [found] = records(read("ucdp-ged", tmp_path / "a", text))
    assert (found["giver"], found["fatalities"]) == ("KGZ", 30.0)


def test_filters(tmp_path: Path) -> None:
    rows = [
        cells("gdelt", GLOBALEVENTID="1"),
        cells("gdelt", GLOBALEVENTID="2", Actor1CountryCode="USA", Actor2CountryCode="CHN"),
        cells("gdelt", GLOBALEVENTID="3", SQLDATE="20150301", Actor2CountryCode=""),
        cells("gdelt", GLOBALEVENTID="4", Actor2CountryCode="USA"),
    ]
    text = text_of("gdelt", rows)

    def ids(**asked: Any) -> tuple[list[str], dict[str, int]]:
        done = read("gdelt", tmp_path / "a", text, **asked)
        return [row["event_id"] for row in records(done)], dict(done.skipped)

    assert ids() == (["1", "2", "3", "4"], {})
    assert ids(actors=frozenset({"KAZ"})) == (["1", "3", "4"], {"other actors": 1})
    assert ids(within=frozenset({"KAZ", "ROU"})) == (["1", "3"], {"states outside": 2})
    assert ids(since="2015-02-19") == (["3"], {"other dates": 3})
    assert ids(until="2015-02-18") == (["1", "2", "4"], {"other dates": 1})


def test_a_span_counts_as_dated_where_it_touches(tmp_path: Path) -> None:
    text = text_of("ucdp-ged", [cells("ucdp-ged")])  # 14 to 17 September 2022
    kept = [
        read("ucdp-ged", tmp_path / "a", text, since=since, until=until).kept
        for since, until in (("2022-09-17", ""), ("2022-09-18", ""), ("", "2022-09-14"), ("", "2022-09-13"))
    ]
    assert kept == [1, 0, 1, 0]


@pytest.mark.parametrize(("asked", "message"), [
    ({"options": {"az": "counts"}},
     '"az" is no option of event files. Did you mean as? Options: as, collapse.'),
    ({"options": {"as": "count"}}, '--option as "count" is not known. Write events or counts.'),
    ({"since": "2015"}, '--since "2015" is no day. Write YYYY-MM-DD.'),
])  # fmt: skip
def test_options_are_checked_before_anything_is_read(
    asked: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        read_feed(FEEDS["gdelt"], tmp_path / "missing", Settings(**asked))
    assert str(caught.value) == message


def test_counts(tmp_path: Path) -> None:
    """Worked by hand: six rows, one without a state, one repeated."""
    rows = [
        cells("gdelt", GLOBALEVENTID="1"),
        cells("gdelt", GLOBALEVENTID="2", SQLDATE="20150228"),
        cells("gdelt", GLOBALEVENTID="3", SQLDATE="20150301"),
        cells("gdelt", GLOBALEVENTID="4", EventCode="190"),
        cells("gdelt", GLOBALEVENTID="5", EventCode="010", Actor2CountryCode=""),
        cells("gdelt", GLOBALEVENTID="6", Actor1CountryCode="", Actor2CountryCode="EUR"),
        cells("gdelt", GLOBALEVENTID="6"),
    ]
    out = tmp_path / "counts.csv"
    done = read("gdelt", tmp_path / "a", text_of("gdelt", rows), out=out, options={"as": "counts"})
    assert out.read_text(encoding="utf-8").splitlines() == [
        "giver,receiver,month,quad,type,events,fatalities",
        "KAZ,,2015-02,,,1,",
        "KAZ,ROU,2015-02,1,CONSULT,2,",
        "KAZ,ROU,2015-02,4,ASSAULT,1,",
        "KAZ,ROU,2015-03,1,CONSULT,1,",
    ]
    checked(out, "incident_counts")
    assert (done.table, done.read, done.kept) == ("incident_counts", 7, 4)
    assert done.skipped == {"no state on either side": 1, "repeat": 1}


def test_counts_of_spans_lists_and_deaths(tmp_path: Path) -> None:
    rows = [
        cells("ucdp-ged", id="1", gwnoa="703;704"),
        cells("ucdp-ged", id="2", best=""),
        cells("ucdp-ged", id="3", date_end="2022-10-14"),
        cells("ucdp-ged", id="4", date_end="2022-10-15"),
    ]
    done = read("ucdp-ged", tmp_path / "a", text_of("ucdp-ged", rows), options={"as": "counts"})
    assert records(done) == [
        {"giver": "KGZ", "receiver": "TJK", "month": "2022-09", "quad": 4.0, "type": "ASSAULT", "events": 3.0,
         "fatalities": 60.0},
        {"giver": "UZB", "receiver": "TJK", "month": "2022-09", "quad": 4.0, "type": "ASSAULT", "events": 1.0,
         "fatalities": 30.0},
    ]  # fmt: skip
    assert done.skipped == {"span wider than a month": 1}


def test_nothing_is_left_when_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "a", tmp_path / "out.csv"
    path.write_text(text_of("gdelt", [cells("gdelt", GLOBALEVENTID=str(n)) for n in range(1, 500)]), "utf-8")
    out.write_text("old", encoding="utf-8")
    chosen = feed._Import._chosen

    def stop(self: Any, found: Any, texts: Any, use: Any) -> Any:
        if found["event_id"][0] != "1":
            raise KeyboardInterrupt
        return chosen(self, found, texts, use)

    monkeypatch.setattr(feed._Import, "_chosen", stop)
    with pytest.raises(KeyboardInterrupt):
        read_feed(FEEDS["gdelt"], path, Settings(out=out, force=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "out.csv"]
    assert out.read_text(encoding="utf-8") == "old"
    assert gc.isenabled()


def test_output_is_not_overwritten_unasked(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    text = text_of("gdelt", [cells("gdelt")])
    with pytest.raises(HeartlandInputError) as caught:
        read("gdelt", tmp_path / "a", text, out=out)
    assert str(caught.value) == (
        f"{out} is there already. Nothing is overwritten unasked. Name another file, or add --force."
    )
    assert out.read_text(encoding="utf-8") == "old"
