"""The one door of all formats: what is there stays, what was not known stays out, licences are told."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.export.exported import ABOUT, about_shipped, files, material, shipped, toy

from heartland.core.dates import parse
from heartland.core.schema import check_references
from heartland.errors import HeartlandInputError
from heartland.evidence.export import FORMATS, Tie, export, read
from heartland.evidence.export.jsonld import CONTEXT
from heartland.evidence.export.licences import redistribution
from heartland.evidence.export.material import gather
from heartland.evidence.export.package_check import check_package
from heartland.evidence.export.writing import place

ALWAYS = [name for name in FORMATS if name != "parquet"]


@pytest.mark.parametrize("name", ALWAYS)
def test_two_exports_give_the_same_bytes_and_leave_nothing_beside(tmp_path: Path, name: str) -> None:
    written = [export(toy(), ABOUT, name, tmp_path / out) for out in ("one", "two")]
    if FORMATS[name].folder:
        assert files(tmp_path / "one") == files(tmp_path / "two")
    else:
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    assert written[0].bytes == sum(file.stat().st_size for file in written[0].files) > 0


@pytest.mark.parametrize("name", ALWAYS)
def test_what_is_there_is_replaced_with_force_only(tmp_path: Path, name: str) -> None:
    export(toy(), ABOUT, name, tmp_path / "out")
    cut = {key: frame for key, frame in toy().items() if key != "memberships"}
    cut["sources"] = cut["sources"].iloc[:4]
    before = files(tmp_path)
    with pytest.raises(HeartlandInputError) as caught:
        export(cut, ABOUT, name, tmp_path / "out")
    assert str(caught.value) == (
        f"{tmp_path / 'out'}  is there already. An export never replaces what it did not mean to. "
        "Give --out another name, or add --force to replace it."
    )
    assert files(tmp_path) == before
    export(cut, ABOUT, name, tmp_path / "out", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    if name == "csv":
        assert not (tmp_path / "out" / "memberships.csv").exists()


@pytest.mark.parametrize("strange", ["letter.docx", "mine/facts.csv", ".hidden"])
def test_force_never_deletes_a_folder_with_files_of_the_users(tmp_path: Path, strange: str) -> None:
    export(toy(), ABOUT, "csv", tmp_path / "out")
    (tmp_path / "out" / strange).parent.mkdir(exist_ok=True)
    (tmp_path / "out" / strange).write_text("mine", encoding="utf-8")
    before = files(tmp_path)
    with pytest.raises(HeartlandInputError, match=r"which no export wrote.*files of yours would be lost"):
        export(toy(), ABOUT, "csv", tmp_path / "out", force=True)
    assert files(tmp_path) == before


def test_force_never_deletes_a_folder_that_no_export_wrote(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text("my own table", encoding="utf-8")
    with pytest.raises(HeartlandInputError, match="is not the folder of an export"):
        export(toy(), ABOUT, "csv", tmp_path, force=True)
    assert files(tmp_path) == {"facts.csv": b"my own table"}


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(toy(), ABOUT, "csv", tmp_path / "out")
    assert (tmp_path / "out" / "facts.csv").is_file()


def test_a_file_where_a_folder_goes_and_the_reverse(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(HeartlandInputError, match=r"file  is a file\. This format is a folder"):
        export(toy(), ABOUT, "csv", tmp_path / "file", force=True)
    with pytest.raises(HeartlandInputError, match=r"folder  is a folder\. This format is one file"):
        export(toy(), ABOUT, "csl", tmp_path / "folder", force=True)


def test_a_failure_half_way_leaves_the_old_export(tmp_path: Path) -> None:
    export(toy(), ABOUT, "csv", tmp_path / "out")
    before = files(tmp_path)

    def half(target: Path) -> None:
        (target / "facts.csv").write_text("half", encoding="utf-8")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        place(tmp_path / "out", half, folder=True, force=True)
    assert files(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(HeartlandInputError, match="its folder cannot be made"):
        export(toy(), ABOUT, "csl", tmp_path / "new" / "out")


def test_unknown_format_table_and_option(tmp_path: Path) -> None:
    for call, message in (
        (
            {"format": "cvs"},
            '"cvs" is not a format. Nothing can be written in it. Did you mean csv or csl? Formats: ',
        ),
        ({"format": "csv", "names": ("fact",)}, '"fact" is not a table of this region.'),
        (
            {"format": "csl", "names": ("facts",)},
            "csl has no place for --tables. It holds: sources, CSL-JSON.",
        ),
        ({"format": "csv", "at": "2020"}, "csv has no place for --at."),
    ):
        with pytest.raises(HeartlandInputError) as caught:
            export(toy(), ABOUT, out=tmp_path / "out", **call)
        assert str(caught.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


# evidence.md 3: facts of the shipped region known by a day
@pytest.mark.parametrize(
    ("day", "count"),
    [("2015-12-31", 0), ("2016-12-31", 84), ("2020-02-29", 107), ("2020-06-30", 255), ("2023-03-31", 447)],
)
def test_known_by_exports_only_what_was_known(day: str, count: int) -> None:
    found = material(shipped(), known_by=date.fromisoformat(day))
    assert len(found.table("facts")) == count
    limit = date.fromisoformat(day)
    named = {
        item
        for row in [*found.table("facts"), *found.table("observations")]
        for cell in (row.get("article_id"), row.get("source_id"), *row.get("cited_source_ids", ()))
        for item in [cell]
    }
    for row in found.table("sources"):
        published = parse(row["published"]).latest if row["published"] else None
        assert row["source_id"] in named or (published and published <= limit), row["source_id"]
    for row in found.table("memberships"):
        for text in (row["from"], row["to"]):
            assert not text or (parse(text).earliest or date.min) <= limit, row["membership_id"]
    for row in found.table("questions"):
        assert row["resolves_at"] <= day or (row["outcome"], row["outcome_date"]) == ("unresolved", "")
    for row in found.table("arguments"):
        assert row["article_id"] in {document["article_id"] for document in found.table("documents")}


def test_a_cut_leaves_no_reference_that_leads_nowhere(tmp_path: Path) -> None:
    for day in ("2020-02-29",):
        out = tmp_path / day
        export(shipped(), about_shipped(), "datapackage", out, known_by=day)
        assert check_package(out) == []
        back = read("datapackage", out)
        schemas = gather(shipped(), ABOUT).schemas
        tables = {name: back.get(name, shipped()[name].iloc[:0]) for name in schemas}
        assert check_references(tables, schemas) == []
        assert f"cut at {day}" in (out / "README.md").read_text(encoding="utf-8")


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2014, 1, 1), date(2024, 1, 1)), st.dates(date(2014, 1, 1), date(2024, 1, 1)))
def test_more_is_known_later(one: date, two: date) -> None:
    early, late = (material(known_by=day) for day in sorted((one, two)))
    for name in ("facts", "observations", "sources", "documents", "actors"):
        key = f"{name[:-1]}_id".replace("document_id", "article_id")
        assert {row[key] for row in early.table(name)} <= {row[key] for row in late.table(name)}


def test_the_tables_given_are_not_changed() -> None:
    before = {name: frame.copy() for name, frame in toy().items()}
    material(known_by=date(2020, 1, 1))
    assert all(before[name].equals(toy()[name]) for name in before)


def test_a_question_not_yet_resolved_keeps_its_answer_to_itself() -> None:
    found = material(shipped(), known_by=date(2022, 1, 5))
    open_ones = [row for row in found.table("questions") if row["resolves_at"] > "2022-01-05"]
    assert open_ones
    assert {(r["outcome"], r["outcome_date"], r["outcome_source"]) for r in open_ones} == {
        ("unresolved", "", "")
    }


@pytest.mark.parametrize(
    ("licence", "word"),
    [
        ("", "unknown"),
        ("unknown (official statistics)", "unknown"),
        ("CC BY 4.0 (to be verified)", "unknown"),
        ("World Bank series CC BY 4.0; others unknown", "unknown"),
        ("GPL-3 (package)", "as stated"),  # of the code, not of the data
        ("CC BY 4.0", "allowed"),
        ("CC-BY-SA-4.0", "allowed"),
        ("CC0 (Dataverse); MIT (package)", "allowed"),
        ("ODC-BY", "allowed"),
        ("CC BY-NC 4.0", "as stated"),
        ("CC BY-ND 4.0", "as stated"),
        ("CC BY 4.0; all rights reserved", "as stated"),
        ("free academic use with citation", "as stated"),
    ],
)
def test_redistribution(licence: str, word: str) -> None:
    assert redistribution(licence) == word


@pytest.mark.parametrize("name", [name for name in ALWAYS if FORMATS[name].folder])
def test_every_package_says_what_may_be_passed_on(tmp_path: Path, name: str) -> None:
    export(shipped(), about_shipped(), name, tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "unknown means unknown" in page
    assert "- wdi-2025: CC BY 4.0" in page
    assert f"Coded records: {about_shipped().licence}." in page


def test_ten_thousand_observations_and_ties_fit(tmp_path: Path) -> None:
    assert len(shipped()["observations"]) > 9000
    ties = [Tie("AAA", "CCC", f"c{n}", float(n)) for n in range(100)]
    export(toy(), ABOUT, "gexf", tmp_path / "out", ties=ties, at="2020-12-31")
    assert len(read("gexf", tmp_path / "out").edges) == 104


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("jsonld", '{"@context": CONTEXT, "@graph": [{"hl:note": "x"}]}'),
        (
            "graphml",
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph><node/></graph></graphml>',
        ),
        ("stix", '{"type": "bundle", "objects": [3]}'),
        ("csl", '{"a": 1}'),
    ],
)
def test_a_file_of_another_shape_is_refused_and_never_an_error(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "out"
    path.write_text(text.replace("CONTEXT", json.dumps(dict(CONTEXT))), encoding="utf-8")
    with pytest.raises(HeartlandInputError, match=r"Export it again\."):
        read(name, path)
