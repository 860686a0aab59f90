"""Names of runs, canonical JSON, and the manifest's own hash."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from heartland.errors import HeartlandInputError
from heartland.runs.manifest import (
    RunSpec,
    canonical,
    differences,
    machine,
    read_manifest,
    render_manifest,
    run_id,
)

SPEC = RunSpec(
    region="toy", region_hash="ab" * 32, scenario={"id": "calm", "patches": ()}, seed=7, members=100,
    months=60, record=("influence",), versions={"numpy": "2.4"},
)


def test_canonical_form_is_sorted_and_tight() -> None:
    assert canonical({"b": (1, 2.5), "a": "Ç", "c": None}) == b'{"a":"\\u00c7","b":[1,2.5],"c":null}'


@pytest.mark.parametrize("value", [{"x": float("nan")}, {"x": object()}, {"x": float("inf")}])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(HeartlandInputError, match="The description of the run cannot be written as JSON"):
        canonical(value)


def test_run_id_is_the_head_of_the_hash() -> None:
    assert run_id({"b": 1, "a": [2]}) == sha256(b'{"a":[2],"b":1}').hexdigest()[:16]
    assert run_id({"a": [2], "b": 1}) == run_id({"b": 1, "a": [2]})


def test_every_field_of_a_spec_decides() -> None:
    from dataclasses import replace

    others = [
        replace(SPEC, region="other"), replace(SPEC, region_hash="cd" * 32), replace(SPEC, scenario={}),
        replace(SPEC, seed=8), replace(SPEC, members=200), replace(SPEC, months=61), replace(SPEC, record=()),
        replace(SPEC, versions={"numpy": "2.5"}),
    ]
    assert len({SPEC.id, *(other.id for other in others)}) == 9
    assert replace(SPEC).id == SPEC.id
    assert SPEC.decisive()["scenario"] == {"id": "calm", "patches": []}


def test_manifest_comes_back_and_every_changed_byte_shows(tmp_path: Path) -> None:
    data = render_manifest({"decisive": {"seed": 7}, "about": {"when": "never"}})
    path = tmp_path / "manifest.json"
    path.write_bytes(data)
    assert read_manifest(tmp_path)["decisive"] == {"seed": 7}
    for place in range(len(data)):
        for flip in (1, 32):
            path.write_bytes(data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :])
            with pytest.raises(HeartlandInputError, match="does not agree with its own hash"):
                read_manifest(tmp_path)
    for end in range(len(data)):
        path.write_bytes(data[:end])
        with pytest.raises(HeartlandInputError, match="does not agree with its own hash"):
            read_manifest(tmp_path)


def test_a_manifest_that_is_no_object_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[1]\n")
    with pytest.raises(HeartlandInputError) as caught:
        read_manifest(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'manifest.json'}  The manifest does not agree with its own hash. Nothing in the folder "
        "can be trusted to be what it says. Bring the file back from a copy, or delete the folder and run "
        "again."
    )


def test_differences_name_path_and_values() -> None:
    stored = {"seed": 7, "scenario": {"patches": [1], "id": "calm"}, "old": 1}
    present = {"seed": 7, "scenario": {"patches": [2], "id": "calm"}, "new": 1}
    expected = ["new is new", "old is gone", "scenario.patches was [1], is now [2]"]
    assert differences(stored, present) == expected
    assert differences({"a": (1, 2)}, {"a": [1, 2]}) == []
    long = differences({"a": "x" * 100}, {"a": 1})[0]
    assert long == 'a was "' + "x" * 56 + "..., is now 1"


def test_machine_facts_are_json() -> None:
    facts = machine()
    assert json.loads(canonical(facts)) == facts
    assert facts["numpy"]
    assert isinstance(facts["cpu_features"], list)
