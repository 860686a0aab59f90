"""STIX 2.1: objects back, the same bytes every time, valid to its library, deprecated is revoked."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
import uuid
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    material,
    nasty_tables,
    normal,
    same,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read
from heartland.evidence.export.stix import CONFIDENCE, FACT, fact_table, objects_of
from heartland.evidence.export.stix_common import NAMESPACE


def objects(kind: str, tables=None) -> list[dict]:
    return [one for one in objects_of(material(tables)) if one["type"] == kind]


def changed(**cells) -> dict:
    tables = {name: frame.copy() for name, frame in toy().items()}
    for column, value in cells.items():
        tables["facts"].at[0, column] = value
    return tables


def register_facts(stix2, found: list[dict]) -> None:
    """Tell the library of our type, as a program that reads the extension would."""
    kinds = {}
    for one in found:
        kinds.update({name: type(value) for name, value in one.items() if one["type"] == FACT})
    make = {
        str: stix2.properties.StringProperty,
        float: stix2.properties.FloatProperty,
        list: lambda: stix2.properties.ListProperty(stix2.properties.StringProperty),
        "refs": lambda: stix2.properties.ListProperty(
            stix2.properties.ReferenceProperty(valid_types=["identity", "location"], spec_version="2.1")
        ),
    }
    common = set(stix2.v21.Identity._properties)
    own = [
        (name, make["refs" if name.endswith("_refs") else kind]())
        for name, kind in kinds.items()
        if name not in common
    ]
    definition = next(one["id"] for one in found if one["type"] == "extension-definition")
    with contextlib.suppress(stix2.exceptions.DuplicateRegistrationError):
        stix2.v21.CustomObject(FACT, own, extension_name=definition)(type("Fact", (), {}))


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_objects_and_facts_come_back_and_a_second_export_gives_the_same_bytes(
    tmp_path: Path, which: str
) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "stix", tmp_path / "one")
    export(tables, about, "stix", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    found = read("stix", tmp_path / "one")
    if which == "toy":
        assert list(found.values()) == objects_of(material())
    assert same(fact_table(found), tables["facts"])


@settings(max_examples=8, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "stix", Path(room, "out"))
        assert same(fact_table(read("stix", Path(room, "out"))), normal(tables)["facts"])


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_the_library_of_the_standard_accepts_the_bundle(which: str) -> None:
    stix2 = pytest.importorskip("stix2", reason="the library of the standard checks every object")
    tables = toy() if which == "toy" else shipped()
    found = objects_of(material(tables))
    register_facts(stix2, [*objects_of(material(shipped())), *found])
    for one in found:
        # the library calls a reference to an extension's type custom, so what it knows is asked apart
        refers = FACT in json.dumps(one.get("object_refs", []))
        made = stix2.parse(one, allow_custom=refers, version="2.1")
        assert set(one) <= set(made._properties), one["type"]
    ids = [one["id"] for one in found]
    assert len(set(ids)) == len(ids)
    known = set(ids)
    for one in found:
        for name, value in one.items():
            for item in value if isinstance(value, list) and name.endswith("_refs") else [value]:
                if name.endswith(("_ref", "_refs")):
                    assert item in known, (one["id"], name, item)


def test_facts_are_objects_of_a_declared_extension() -> None:
    (definition,) = objects("extension-definition")
    assert definition["extension_types"] == ["new-sdo"]
    for one in objects(FACT):
        assert one["extensions"] == {definition["id"]: {"extension_type": "new-sdo"}}
        assert all(re.fullmatch(r"[a-z0-9_]{2,250}", name) for name in one)


def test_confidence_follows_the_scale_of_the_standard() -> None:
    # STIX 2.1 Appendix A: 1 -> 90 down to 5 -> 10; 6 cannot be judged and has no value
    assert CONFIDENCE == {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
    scales = pytest.importorskip("stix2.confidence.scales", reason="the library holds the same table")
    words = {
        "1": "1 - Confirmed by other sources",
        "2": "2 - Probably True",
        "3": "3 - Possibly True",
        "4": "4 - Doubtful",
        "5": "5 - Improbable",
    }
    assert {digit: scales.admiralty_credibility_to_value(word) for digit, word in words.items()} == CONFIDENCE
    assert "confidence" not in objects(FACT)[0]
    graded = objects(FACT, changed(credibility="2"))[0]
    assert (graded["confidence"], graded["coder_confidence"]) == (70, "high")


def test_ids_are_version_5_and_depend_on_region_and_record_only() -> None:
    one = next(o for o in objects("identity") if o["name"] == "Alba")
    assert one["id"] == f"identity--{uuid.uuid5(NAMESPACE, 'toy/actors/identity/AAA')}"
    renamed = {name: frame.copy() for name, frame in toy().items()}
    renamed["actors"].loc[0, "name"] = "Another name"
    assert any(o["id"] == one["id"] and o["name"] == "Another name" for o in objects("identity", renamed))


def test_times_come_from_the_records() -> None:
    fact = objects(FACT)[0]
    assert fact["created"] == fact["modified"] == "2021-06-30T00:00:00.000Z"  # the day it was coded
    uncoded = objects(FACT, changed(coded_on=""))[0]
    assert uncoded["created"] == "2021-02-28T00:00:00.000Z"  # the last day its text can be of
    (report,) = objects("report")
    assert report["published"] == "2021-02-01T00:00:00.000Z"
    doria = next(o for o in objects("identity") if o["name"] == "Doria")
    assert doria["created"] == "2017-01-01T00:00:00.000Z"


def test_a_recorded_change_is_the_time_of_modification() -> None:
    change = {
        "change_id": "c1",
        "at": "2021-08-02T10:00:00Z",
        "by": "x",
        "table": "facts",
        "record_id": "F-T1-001",
        "column": "note",
        "old": "",
        "new": "y",
        "reason": "z",
        "note": "",
        "status": "documented",
    }
    tables = {**toy(), "changes": pd.DataFrame([change], dtype=object)}
    first, second = objects(FACT, tables)[:2]
    assert first["modified"] == "2021-08-02T00:00:00.000Z"
    assert second["modified"] == second["created"]


def test_a_text_without_date_is_a_note() -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["documents"].loc[0, "written"] = ""
    found = objects_of(material(tables))
    assert not [o for o in found if o["type"] == "report"]
    assert any("Date of writing unknown" in o.get("content", "") for o in found)


def test_deprecated_is_revoked_and_what_is_not_said_to_be_so_makes_no_relationship() -> None:
    facts = {one["fact_id"]: one for one in objects(FACT)}
    assert [name for name, one in facts.items() if one.get("revoked")] == ["F-T1-004"]
    said = {
        o["external_references"][0]["external_id"]: o.get("revoked", False) for o in objects("relationship")
    }
    assert said == {"F-T1-001": False, "F-T1-002": False, "F-T1-004": True}  # 003 is a forecast


def test_a_single_day_has_a_start_and_no_end() -> None:
    found = {o["external_references"][0]["external_id"]: o for o in objects("relationship")}
    assert found["F-T1-001"]["start_time"] == "2020-06-10T00:00:00.000Z"
    assert "stop_time" not in found["F-T1-001"]
    assert found["F-T1-002"]["stop_time"] == "2020-12-31T00:00:00.000Z"


def test_only_a_printed_title_is_given_as_it_is() -> None:
    tables = changed(cited_source_ids=("mirror", "news"))
    cited = objects(FACT, tables)[0]["external_references"]
    assert [one["description"] for one in cited] == [
        "A text, 2021-02",
        "[topic] Mirror data",
        "A report, 2020-06-15",
    ]


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text(json.dumps({"type": "bundle", "objects": [{"id": "x"}]}), encoding="utf-8")
    with pytest.raises(HeartlandInputError, match="is no STIX bundle"):
        read("stix", tmp_path / "out")
