"""From ids and ties to sources, on the toy region; runs are cited in tests/app/test_evidence.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.region.toy_region import TOY, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.region.region import Region
from heartland.report.citing import cite

REGION = Region.load(TOY)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("F-T1-001", [("T1", "own"), ("news", "cited")]),
        ("O-011", [("arms-book", "own"), ("T1", "cited"), ("news", "cited")]),
        ("O-001;O-003", [("customs-c", "own"), ("mirror", "own")]),
        ("O-001; O-002", [("customs-c", "own")]),  # said once
        ("C-T1-001", [("T1", "own")]),
        ("news", [("news", "own")]),
        ("O-020", [("assumption", "assumption")]),
    ],
)
def test_records(text: str, sources: list[tuple[str, str]]) -> None:
    found = cite(REGION, text)
    assert found.kind == "record"
    assert [(item.source_id, item.role) for item in found.sources] == sources


def test_a_tie_leads_to_its_observations_and_sources() -> None:
    """110 (s .05) and 150 (s .25): Q 1.480, tau2 .0156, weights 55.2 and 12.8, exp(4.7588) = 116.6."""
    found = cite(REGION, "AAA>CCC:trade@2020-12-31")
    assert replace(cite(REGION, "AAA/CCC:trade@2020-12-31"), of=found.of) == found
    assert found.records == ("O-002", "O-003")
    assert [item.source_id for item in found.sources] == ["customs-c", "mirror"]
    assert found.says.startswith("AAA to CCC, trade at 2020-12-31: 117 (95.5-150)")
    assert found.says.endswith(" usd, pooled from several values, speaks of the time to 2020-12-31")
    assert found.value["conflict"] is False


def test_a_tie_carried_on_says_of_what_time_it_speaks() -> None:
    found = cite(REGION, "AAA/CCC:trade@2022")
    assert found.value["speaks_of"] == "2020-12-31"
    assert "carried on from an earlier period" in found.says


def test_an_indicator_has_one_actor() -> None:
    found = cite(REGION, "CCC:gdp@2020")
    assert (found.records, found.sources[0].source_id) == (("O-030",), "customs-c")


def test_only_what_was_known() -> None:
    found = cite(REGION, "AAA/CCC:trade@2020-12-31", known_by="2021-06-30")
    assert found.records == ("O-001",)
    late = cite(REGION, "AAA/CCC:trade@2020-12-31", known_by="2019-06-30")
    assert (late.records, late.sources, late.value["value"]) == ((), (), None)
    assert late.says == "AAA to CCC, trade at 2020-12-31: unknown"


def test_what_was_left_out_is_named_with_the_reason() -> None:
    found = cite(REGION, "BBB/DDD:trade@2021")
    assert found.left_out == (("O-006", "earlier vintage of the same source"),)


def test_a_register_that_is_silent_is_a_source(tmp_path: Path) -> None:
    text = "source_id,channel,from,to,silence,note\narms-book,arms,2000,2024,zero,\n"
    region = Region.load(copy_of_toy(tmp_path, [{"file": "silence.csv", "write": text}]))
    found = cite(region, "BBB/CCC:arms@2020-12-31")
    assert found.value["value"] == 0
    assert [(item.source_id, item.role) for item in found.sources] == [("arms-book", "silent register")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "F-T1-005",
            '"F-T1-005" is no id of this region. Only recorded items can be shown. Did you mean F-T1-001 or '
            "F-T1-002 or F-T1-003? Known ids: heartland evidence list facts|sources|arguments|actors.",
        ),
        (
            "AAX/CCC:trade@2020",
            '"AAX" is not in actors. A value belongs to known actors. Did you mean AAA? '
            "Known ids: heartland evidence list actors.",
        ),
        (
            "AAA/CCC:trad@2020",
            '"trad" is no channel of this region. Nothing is recorded under that name. Did you mean trade? '
            "Known: trade, arms, presence.",
        ),
        (
            "AAA/CCC:trade@2020-13",
            '"2020-13" is not a month. As-of queries need real bounds. Write 2020-12, 2020 or 2020-XX.',
        ),
    ],
)
def test_what_cannot_be_cited(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        cite(REGION, text, out=tmp_path)
    assert str(refused.value) == message
