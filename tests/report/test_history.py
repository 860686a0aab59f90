"""The page of a figure's history: complete without a script or a network, in words for every case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.region.toy_region import copy_of_toy

from heartland.evidence.history import figure_history
from heartland.region.region import Region
from heartland.report.history import history_page, history_specs

PALETTE = "actor,light,dark,dash\nAAA,#CE431B,#D8703A,solid\nother,#7F8287,#8D9196,2 3\n"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    rows = (
        "O-090,AAA,CCC,trade,,2014,900,,,usd,turnover,log,news,,deprecated,misprint,6,,documented,\n"
        "O-091,AAA,CCC,trade,,2014,60,,,usd,turnover,log,mirror,,normal,,6,,documented,\n"
        "O-092,AAA,CCC,trade,,2018,70,,,usd,exports-only,log,mirror,,normal,,6,,documented,\n"
    )
    edits = [
        {"file": "palette.csv", "write": PALETTE},
        {"file": "observations.csv", "replace": ["2020,150,", "2020,250,"]},
        {"file": "observations.csv", "append": rows},
        {"file": "sources.csv", "replace": ["Mirror data", "<b>Mirror</b> & data"]},
    ]
    return Region.load(copy_of_toy(tmp_path_factory.mktemp("history"), edits))


@pytest.fixture(scope="module")
def page(region: Region) -> str:
    return history_page(region, figure_history(region.ledger, "AAA", "CCC", "trade"))


def test_page_needs_nothing_else_and_runs_nothing(page: str) -> None:
    assert re.findall("<script[^>]*>", page) == ['<script type="application/json" id="data">']  # inert
    assert "http" not in re.sub(r'http-equiv|xmlns(:\w+)?="[^"]*"', "", page)
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "prefers-color-scheme:dark" in page
    assert page.count('<svg role="img" aria-label=') == 2  # one for each definition


def test_text_from_tables_is_escaped(page: str) -> None:
    assert "<b>Mirror" not in page
    assert "&lt;b&gt;Mirror&lt;/b&gt; &amp; data" in page


def test_page_says_what_is_known_and_what_not(page: str) -> None:
    assert "6 values of 3 groups of sources for 4 periods. Sources conflict in 1 of them" in page
    assert "The line breaks where nobody stated a value: 2015-2018." in page
    assert "A crossed-out mark is deprecated." in page
    assert "≠ marks a period whose sources conflict." in page


def test_table_holds_every_value_and_the_pooled_one(page: str) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    struck = [row for row in rows if "<del>" in row]
    assert len(struck) == 1
    assert "900 usd" in struck[0]
    assert "left out: deprecated; interval by grade" in struck[0]
    assert sum("<strong>pooled</strong>" in row for row in rows) == 2  # 2014 and 2020
    assert "ratio 2.27, conflict" in page


def test_definitions_never_share_a_chart(region: Region) -> None:
    specs = history_specs(region, figure_history(region.ledger, "AAA", "CCC", "trade"))
    assert list(specs) == ["turnover", "exports-only"]


@pytest.mark.parametrize(
    ("figure", "lead"),
    [
        (("BBB", "CCC", "arms"), "Nobody stated a value. Unknown is not zero."),
        (("CCC", "", "gdp"), "1 value of 1 group of sources for 1 period. All rest on one group, so nothing"),
        (("BBB", "DDD", "trade"), "2 values of 1 group of sources for 1 period. All rest on one group"),
    ],
)
def test_lead(region: Region, figure: tuple[str, str, str], lead: str) -> None:
    assert lead in history_page(region, figure_history(region.ledger, *figure))


def test_groups_that_never_meet_are_not_called_agreeing(tmp_path: Path) -> None:
    row = "O-095,AAA,DDD,arms,,2011,4,,,tiv,delivered-tiv,log,{},,normal,,6,,documented,\n"
    rows = row.format("news") + row.format("mirror").replace("O-095", "O-096").replace("2011", "2012")
    edits = [
        {"file": "palette.csv", "write": PALETTE}, {"file": "observations.csv", "append": rows},
    ]  # fmt: skip
    region = Region.load(copy_of_toy(tmp_path, edits))
    text = history_page(region, figure_history(region.ledger, "AAA", "DDD", "arms", "2011", "2012"))
    assert "2 values of 2 groups of sources for 2 periods. No two groups speak of the same period" in text


ISSUE = (
    "issue_id,kind,article_ids,lines,description,suggested_reading,fact_ids,resolved\n"
    "I01,date_gap,T1,2,Two days are given for the delivery.,read as a span,F-T1-001,no\n"
)


def test_oddities_of_the_texts_stand_beside_the_values_that_rest_on_them(tmp_path: Path) -> None:
    row = "O-095,AAA,DDD,arms,,2011,4,,,tiv,delivered-tiv,log,news,F-T1-001,normal,,6,,documented,\n"
    edits = [
        {"file": "palette.csv", "write": PALETTE}, {"file": "observations.csv", "append": row},
        {"file": "issues.csv", "write": ISSUE},
    ]  # fmt: skip
    region = Region.load(copy_of_toy(tmp_path, edits))
    found = figure_history(region.ledger, "AAA", "DDD", "arms", "2011", "2011")
    said = "I01 (date gap; O-095): Two days are given for the delivery. Read as: read as a span."
    assert f"<li>{said}</li>" in history_page(region, found)
    assert [(issue["issue_id"], issue["records"]) for issue in found.issues] == [("I01", ["O-095"])]
    early = figure_history(region.ledger.as_of(known_by="2020-12-31"), "AAA", "DDD", "arms", "2011", "2011")
    assert [item.id for item in early.statements] == ["O-095"]
    assert early.issues == ()  # the text is of 2021


def test_assumptions_are_called_so(region: Region) -> None:
    found = figure_history(region.ledger, "AAA", "CCC", "presence", "2010", "2019")
    assert "1 value for 1 period, none with a source: they are assumptions of the region." in history_page(
        region, found
    )


def test_the_clock_is_named(region: Region) -> None:
    early = figure_history(region.ledger.as_of(known_by="2015-12-31"), "AAA", "CCC", "trade")
    assert "as known by 2015-12-31" in history_page(region, early)


def test_same_content_gives_the_same_bytes(region: Region, page: str, tmp_path: Path) -> None:
    assert history_page(region, figure_history(region.ledger, "AAA", "CCC", "trade")) == page
