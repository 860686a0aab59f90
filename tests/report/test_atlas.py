"""The atlas: a page for each system, a table of all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.test_systems import toy

from heartland.report.atlas import write_atlas
from heartland.runs.answered import Answered


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: Any, pair: Any, rows: Any) -> Path:
    """Of the shipped region with one scenario, 64 members."""
    run, base = pair
    return write_atlas(tmp_path_factory.mktemp("atlas"), [Answered(run.scenario, run, base, rows)])


def texts(atlas: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in atlas.parent.glob("*.html")}


def inert(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found[1])


def test_a_page_for_each_system_and_a_way_into_each(atlas, pair) -> None:
    pages = texts(atlas)
    systems = list(pair[0].scenario.region.tables["systems"]["system_id"])
    assert set(pages) == {"index", *systems}
    for system in systems:
        assert f'<a href="{system}.html"' in pages["index"]
        assert '<a href="index.html"' in pages[system]


def test_pages_load_nothing_and_every_way_inside_leads_somewhere(atlas) -> None:
    for name, text in texts(atlas).items():
        assert "default-src 'none'; style-src 'sha256-" in text
        assert not re.findall(r"<(?:link|iframe|img|script src)|url\(http", text), name
        ids = set(re.findall(r' id="([^"]+)"', text))
        assert set(re.findall(r'href="#([^"]+)"', text)) <= ids, name


def test_no_place_in_a_page_is_there_twice(atlas) -> None:
    for name, text in texts(atlas).items():
        ids = re.findall(r' id="([^"]+)"', text)
        assert sorted({one for one in ids if ids.count(one) > 1}) == [], name


def test_the_system_of_the_routes_has_their_map(atlas) -> None:
    pages = texts(atlas)
    assert 'id="figure-network"' in pages["corridors"]
    assert 'id="figure-network"' not in pages["csto"]
    assert "Collective Security Treaty Organization: mission abroad" in pages["csto"]


def test_the_answer_is_that_of_the_run(atlas, rows) -> None:
    page = texts(atlas)["csto"]
    assert inert(page)["outcomes"] == [row.to_json() for row in rows]
    assert "What would speak against it: " in page
    for part in ("Its state, measured", "Historical cases", "What this cannot say", "R-CSTO-01", "C-A1-003"):
        assert part in page


def test_unknown_stays_unknown(atlas) -> None:
    page = texts(atlas)["csto"]
    (exercises,) = (one for one in inert(page)["state"] if one["name"] == "exercises")
    assert (exercises["value"], exercises["reason"]) == (None, "stale")
    assert "unknown: stale" in page


def test_a_system_that_was_not_run_says_so(atlas) -> None:
    assert "No scenario that answers its headline question was run for this page." in texts(atlas)["backlash"]


def test_the_same_runs_give_the_same_bytes(atlas, pair, rows, tmp_path) -> None:
    again = write_atlas(tmp_path, [Answered(pair[0].scenario, *pair, rows)])
    assert texts(again)["csto"] == texts(atlas)["csto"]


def test_another_region_without_runs(tmp_path) -> None:
    path = write_atlas(tmp_path / "atlas", [], toy(tmp_path))
    assert set(texts(path)) == {"index", "defence"}
    assert "0 of 1 systems work by all five tests." in texts(path)["index"]
