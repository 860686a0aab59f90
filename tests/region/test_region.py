"""Loading and validating a region: the shipped one, the toy one, and one broken copy per error."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.region.toy_region import BROKEN, MECHANISMS, TOY, broken, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.region.reading import default_region, folder_hash, shipped_regions
from heartland.region.region import Region, find_region, validate_folder


@pytest.mark.parametrize("fixture", BROKEN, ids=[path.stem for path in BROKEN])
def test_broken_region_says_where_what_why_and_how(fixture: Path, tmp_path: Path) -> None:
    edits, expected = broken(fixture)
    assert expected, "a fixture states its message"
    folder = copy_of_toy(tmp_path, edits)
    found = validate_folder(folder, MECHANISMS)
    assert [str(finding) for finding in found] == expected
    with pytest.raises(HeartlandInputError) as refused:
        Region.load(folder, MECHANISMS)
    assert str(refused.value) == "\n".join(expected)


def test_toy_region_is_clean() -> None:
    assert validate_folder(TOY, MECHANISMS) == []


def test_all_findings_of_several_files_are_collected(tmp_path: Path) -> None:
    folder = copy_of_toy(
        tmp_path,
        [
            {"file": "facts.csv", "replace": ["3;5", "3;25"]},
            {"file": "model.yaml", "replace": ["[trade, growth]", "[trade, grwth]"]},
            {"file": "policies/bbb-stance.yaml", "replace": ["default: watch", "default: none"]},
        ],
    )
    places = [str(finding.place) for finding in validate_folder(folder, MECHANISMS)]
    assert places == ["policies/bbb-stance.yaml:7:10", "facts.csv:3:lines", "model.yaml:13:21"]


def test_mechanisms_are_unchecked_without_a_catalogue(tmp_path: Path) -> None:
    folder = copy_of_toy(tmp_path, [{"file": "model.yaml", "replace": ["[trade, growth]", "[nothing]"]}])
    assert validate_folder(folder) == []


def test_unknown_region_and_folder_without_model(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as unknown:
        find_region("no-such-region")
    assert str(unknown.value) == (
        '"no-such-region" is neither a shipped region nor a folder. Nothing could be loaded. '
        f"Shipped regions: {', '.join(shipped_regions())}."
    )
    with pytest.raises(HeartlandInputError) as empty:
        find_region(tmp_path)
    assert str(empty.value) == (
        f"{tmp_path}  no model.yaml in this folder. It says who is modelled and from when. "
        "Make a region with: heartland new FOLDER."
    )


def test_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("source_id,channel,from,to,silence\n", encoding="utf-8")
    folder = copy_of_toy(tmp_path)
    (folder / "silence.csv").unlink()
    (folder / "silence.csv").symlink_to(outside)
    assert [str(finding) for finding in validate_folder(folder)] == [
        "silence.csv  leads outside the region folder. A region may not read other files. "
        "Replace the link by the file itself."
    ]


def test_hash_follows_content_and_not_place(tmp_path: Path) -> None:
    same = copy_of_toy(tmp_path / "a")
    other = copy_of_toy(tmp_path / "b", [{"file": "model.yaml", "replace": ['version: "1"', 'version: "2"']}])
    assert folder_hash(same) == folder_hash(TOY) == Region.load(TOY).hash
    assert folder_hash(other) != folder_hash(TOY)
    assert len(folder_hash(TOY)) == 64


def test_region_is_frozen_and_prints_an_inventory() -> None:
    region = Region.load(TOY)
    assert repr(region) == (
        "Region(toy 1: 7 actors, 1 arguments, 4 facts, 16 observations, 5 sources, 1 "
        "organisations, 1 policies, "
        "1 scenarios)"
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        region.hash = ""  # type: ignore[misc]  # the point of the test
    assert region.validate(MECHANISMS) == []


def test_defaults_of_the_model_fill_empty_cells() -> None:
    facts = Region.load(TOY).tables["facts"]
    assert facts["coder"].tolist() == ["first-reading"] * 4
    assert facts["coded_on"].tolist() == ["2021-06-30"] * 4


def test_absent_tables_are_there_and_empty() -> None:
    tables = Region.load(TOY).tables
    assert len(tables["questions"]) == 0
    assert "expression" in tables["questions"].columns


def test_scenarios_are_found_by_id() -> None:
    region = Region.load(TOY)
    assert region.scenario_ids() == ("calm",)
    assert region.scenario_file("calm").name == "calm.yaml"
    with pytest.raises(HeartlandInputError) as unknown:
        region.scenario_file("clam")
    assert str(unknown.value) == (
        '"clam" is no scenario of toy. A run needs a scenario file. Did you mean calm? Scenarios: calm.'
    )


def test_weights_name_the_base_in_the_money_of_the_channel() -> None:
    settings = Region.load(TOY).settings
    trade = next(w for w in settings.weights if (w.part, w.channel) == ("dependence", "trade"))
    assert trade.base == "base:gdp-current"  # trade is counted in current usd, gdp in usd of 2015
    assert settings.domains == ("economic", "security")
    assert settings.channels["presence"].scale == (0.0, 4.0)
    assert settings.reference["channels"]["trade"]["x_ref"] == 200


def test_rival_weights_are_read_by_the_same_schema(tmp_path: Path) -> None:
    rival = "part,domain,channel,weight,transform,base,status\ndomain,economic,,1,,,assumption\n"
    folder = copy_of_toy(tmp_path, [{"file": "weights-equal.csv", "write": rival}])
    rivals = Region.load(folder).settings.rivals
    assert [(w.domain, w.weight) for w in rivals["equal"]] == [("economic", 1.0)]


@pytest.fixture(scope="module")
def shipped() -> Region:
    return Region.load()


def test_shipped_region_has_no_error(shipped: Region) -> None:
    assert [str(f) for f in validate_folder(default_region()) if f.severity == "E"] == []
    assert shipped.id == default_region()
    assert shipped.at(shipped.model.start).receivers == tuple(shipped.model.receivers)


def test_shipped_region_is_known_piece_by_piece(shipped: Region) -> None:
    counts = [
        len(shipped.ledger.as_of(known_by=day).facts)
        for day in (
            "2015-12-31",
            "2016-12-31",
            "2020-01-31",
            "2020-02-29",
            "2020-03-31",
            "2020-06-30",
            "2022-12-31",
            "2023-03-31",
        )
    ]
    assert counts == [0, 84, 91, 107, 128, 255, 315, 447]
