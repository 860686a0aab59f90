"""Data Package: the descriptor says what the schemas say, the own validator finds every broken promise."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    differing,
    nasty_tables,
    normal,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read
from heartland.evidence.export.package_check import check_package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    export(toy(), ABOUT, "datapackage", tmp_path / "out")
    return tmp_path / "out"


def content(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def resource(folder: Path, name: str) -> dict:
    return next(r for r in content(folder)["resources"] if r["name"] == name)


def fields(folder: Path, name: str) -> dict[str, dict]:
    return {field["name"]: field for field in resource(folder, name)["schema"]["fields"]}


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_valid_and_back(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "datapackage", tmp_path / "out")
    assert check_package(tmp_path / "out") == []
    assert differing(read("datapackage", tmp_path / "out"), tables) == []
    export(tables, about, "datapackage", tmp_path / "two")
    assert content(tmp_path / "out") == content(tmp_path / "two")


@settings(max_examples=10, deadline=None)
@given(nasty_tables())
def test_nasty_text_is_valid_and_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "datapackage", Path(room, "out"))
        assert differing(read("datapackage", Path(room, "out")), normal(tables)) == []


def test_the_head_of_the_descriptor(package: Path) -> None:
    head = content(package)
    assert head["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert head["name"] == "heartland-toy"
    assert head["version"] == "1"
    assert head["licenses"] == [
        {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}
    ]
    assert head["heartland:sourceLicences"]["unknown"]["news"] == ""
    assert "created" not in head  # a second export must give the same bytes


def test_a_resource_describes_its_file(package: Path) -> None:
    facts = resource(package, "facts")
    data = (package / "facts.csv").read_bytes()
    assert facts["path"] == "facts.csv"
    assert facts["bytes"] == len(data)
    assert facts["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert facts["schema"]["$schema"] == "https://datapackage.org/profiles/2.0/tableschema.json"
    assert facts["schema"]["fieldsMatch"] == "superset"  # text, not a list
    assert facts["schema"]["primaryKey"] == ["fact_id"]
    assert {
        "fields": ["article_id"],
        "reference": {"resource": "documents", "fields": ["article_id"]},
    } in facts["schema"]["foreignKeys"]


def test_types_and_constraints_follow_the_schemas(package: Path) -> None:
    facts, nodes = fields(package, "facts"), fields(package, "nodes")
    assert facts["givers"] | {"description": ""} == {
        "name": "givers",
        "description": "",
        "type": "list",
        "delimiter": ";",
        "itemType": "string",
        "heartland:type": "list(ref)",
        "heartland:refersTo": ["actors"],
    }
    assert facts["value"]["type"] == "number"
    assert facts["coded_on"]["type"] == "date"
    assert facts["date"]["type"] == "string"
    assert facts["rank"]["constraints"] == {"required": True, "enum": ["preferred", "normal", "deprecated"]}
    assert facts["fact_id"]["constraints"]["unique"]
    assert nodes["latitude"]["constraints"] == {"required": True, "minimum": -90.0, "maximum": 90.0}
    assert nodes["latitude"]["heartland:unit"] == "degrees"
    assert (nodes["gauge_change"]["trueValues"], nodes["gauge_change"]["falseValues"]) == (["yes"], ["no"])
    assert fields(package, "documents")["order"]["type"] == "integer"


def test_a_key_to_a_table_outside_the_package_is_no_foreign_key(tmp_path: Path) -> None:
    export(toy(), ABOUT, "datapackage", tmp_path / "out", names=("facts", "sources"))
    facts = resource(tmp_path / "out", "facts")
    assert "foreignKeys" not in facts["schema"]
    assert fields(tmp_path / "out", "facts")["article_id"]["heartland:refersTo"] == ["documents"]
    assert check_package(tmp_path / "out") == []


def rewrite(folder: Path, change, rehash: bool = True) -> list[str]:
    """Change the descriptor or a file and list what the check says."""
    head = content(folder)
    change(head, folder)
    if rehash:
        for one in head["resources"]:
            data = (folder / one["path"]).read_bytes() if (folder / str(one["path"])).is_file() else b""
            one |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    (folder / "datapackage.json").write_text(json.dumps(head), encoding="utf-8")
    return [str(finding) for finding in check_package(folder)]


def edit(file: str, old: str, new: str):
    def change(head: dict, folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def set_in(name: str, path: list, value):
    def change(head: dict, folder: Path) -> None:
        place = next(r for r in head["resources"] if r["name"] == name)
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


WHY = "The descriptor promises otherwise. Export it again."


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            edit("facts.csv", "F-T1-002", "F-T1-001"),
            'facts.csv:3:fact_id  "F-T1-001" occurs twice in a column',
        ),
        (edit("facts.csv", ",T1,", ",T9,"), f'facts.csv:2:article_id  "T9" is not in documents. {WHY}'),
        (edit("facts.csv", "reported", "heard"), 'facts.csv:2:modality  "heard" breaks the constraint enum.'),
        (edit("facts.csv", ",5,", ",five,"), 'facts.csv:2:value  "five" is no number.'),
        (edit("facts.csv", "2021-06-30", "2021-06-31"), 'facts.csv:2:coded_on  "2021-06-31" is no date.'),
        (
            edit("nodes.csv", ",40,60,", ",400,60,"),
            'nodes.csv:2:latitude  "400" breaks the constraint maximum.',
        ),
        (edit("nodes.csv", "North", ""), f"nodes.csv:2:name  the cell is empty but required. {WHY}"),
        (edit("actors.csv", "ccc-press", "Ccc Press"), "breaks the constraint pattern."),
        (set_in("facts", ["schema", "fieldsMatch"], ["superset"]), "facts: fieldsMatch is none of exact"),
        (
            set_in("facts", ["schema", "fields", 0, "type"], "idea"),
            "type 'idea' is not one that this check knows",
        ),
        (set_in("facts", ["schema", "fields", 0, "constraints", "must"], 1), "must is no constraint"),
        (set_in("facts", ["schema", "primaryKey"], ["nothing"]), "a key names nothing, which is no field."),
        (set_in("facts", ["path"], "../facts.csv"), "facts: path leads out of the folder."),
        (set_in("facts", ["path"], "/etc/passwd"), "facts: path leads out of the folder."),
        (set_in("facts", ["path"], "other.csv"), "facts: there is no file other.csv."),
        (set_in("facts", ["name"], "actors"), "two resources are named actors."),
        (set_in("facts", ["schema", "fields"], []), "facts: no fields."),
        (lambda head, folder: head.update({"$schema": "x"}), "$schema is not that of a Data Package 2.0."),
        (lambda head, folder: head.update({"name": "a b"}), "name holds more than letters"),
        (
            lambda head, folder: head.update({"licenses": [{"title": "free"}]}),
            "an entry without name and path",
        ),
        (lambda head, folder: head.update({"resources": []}), "resources is empty or no list."),
    ],
)
def test_broken_promises(package: Path, change, finding: str) -> None:
    said = rewrite(package, change)
    assert any(finding in one for one in said), said


def test_a_changed_file_is_seen_by_bytes_and_hash(package: Path) -> None:
    said = rewrite(package, edit("facts.csv", "Alba delivered", "Alba deposited"), rehash=False)
    assert [one.partition(".  ")[0] for one in said] == [
        "facts.csv  differs from the hash of the descriptor. Other programs would misread or refuse it. "
        "Export again."
    ]
    (package / "facts.csv").write_bytes((package / "facts.csv").read_bytes() + b"\n")
    assert any("bytes, the descriptor says" in str(one) for one in check_package(package))


def test_columns_may_be_fewer_but_none_more_with_superset(package: Path) -> None:
    lines = (package / "sources.csv").read_text(encoding="utf-8").splitlines()
    without_note = [line.rpartition(",")[0] for line in lines]

    def fewer(head: dict, folder: Path) -> None:
        (folder / "sources.csv").write_text("\n".join(without_note) + "\n", encoding="utf-8")

    def more(head: dict, folder: Path) -> None:
        text = "".join(f"{line},{'extra' if at == 0 else 'x'}\n" for at, line in enumerate(lines))
        (folder / "sources.csv").write_text(text, encoding="utf-8")

    assert rewrite(package, fewer) == []
    assert any("do not match the fields (superset)" in one for one in rewrite(package, more))

    # under `subset` it is the other way round
    def fewer_of_subset(head: dict, folder: Path) -> None:
        fewer(head, folder)
        set_in("sources", ["schema", "fieldsMatch"], "subset")(head, folder)

    assert any("(subset)" in one for one in rewrite(package, fewer_of_subset))


def test_no_descriptor(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError, match=r"datapackage\.json  cannot be read"):
        read("datapackage", tmp_path)


def test_frictionless_reads_the_package(tmp_path: Path) -> None:
    """A cross-check only: the program knows version 1, so lists are given to it as text."""
    frictionless = pytest.importorskip(
        "frictionless", reason="frictionless reads the package as another program"
    )
    export(toy(), ABOUT, "datapackage", tmp_path / "out")
    head = content(tmp_path / "out")
    for one in head["resources"]:
        for field in one["schema"]["fields"]:
            if field["type"] == "list":
                field["type"] = "string"
                field.pop("delimiter")
                field.pop("itemType")
    package = frictionless.Package.from_descriptor(head, basepath=str(tmp_path / "out"))
    report = package.validate()
    assert report.flatten(["resource", "rowNumber", "fieldName", "message"]) == []
    assert {name for name, frame in toy().items() if len(frame)} == set(package.resource_names)
    rows = package.get_resource("facts").read_rows()
    assert [row["fact_id"] for row in rows] == toy()["facts"]["fact_id"].tolist()
    assert float(rows[0]["value"]) == 5.0


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_descriptor_gets_findings_and_never_an_error(data) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room, "out")
        export(toy(), ABOUT, "datapackage", folder, names=("facts", "sources", "nodes"))
        place = head = content(folder)
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            inner = place[key]
            if not (isinstance(inner, (dict, list)) and inner) or data.draw(st.booleans()):
                place[key] = data.draw(junk)
                break
            place = inner
        (folder / "datapackage.json").write_text(json.dumps(head), encoding="utf-8")
        assert isinstance(check_package(folder), list)
