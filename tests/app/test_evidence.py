"""`heartland evidence` as a user meets it: every command, its three formats, its refusals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from heartland.app.cli.evidence_tables import open_ledger
from heartland.evidence.listing import KINDS
from heartland.region.region import Region

# all acceptance counts of the clock: tests/region/test_region.py
KNOWN_BY = {"2015-12-31": 0, "2020-02-29": 107, "2023-03-31": 447}


def test_every_table_with_a_kind_is_in_the_region() -> None:
    ledger = open_ledger(Region.load())
    assert [kind for kind in KINDS if kind not in ledger.tables] == []


@pytest.mark.parametrize("kind", ["rules", "scenarios", "parameters", "questions", "conflicts"])
def test_every_kind_is_listed(cli, kind: str) -> None:
    done = cli("evidence", "list", kind, "--format", "json")
    assert (done.code, done.err) == (0, "")
    assert done.json["schema"] == "heartland.evidence.list/1"
    assert done.json["count"] == len(done.json["rows"])
    assert done.json["count"] > 0


@pytest.mark.parametrize("day", KNOWN_BY)
def test_facts_known_by_a_day(cli, day: str) -> None:
    done = cli("evidence", "list", "--known-by", day, "--format", "json")
    assert done.json["count"] == KNOWN_BY[day]


def test_facts_that_may_and_that_must_hold(cli) -> None:
    may = cli("evidence", "list", "--at", "2020-02-15", "--format", "json").json["rows"]
    must = cli("evidence", "list", "--at", "2020-02-15", "--strict", "--format", "json").json["rows"]
    ids = [{row["fact_id"] for row in rows} for rows in (may, must)]
    assert ids[1] < ids[0]
    refused = cli("evidence", "list", "--strict")
    assert (refused.code, refused.err) == (
        2,
        "heartland: --strict needs a day. It keeps facts that must hold on a day, not only may. "
        "Add --at DATE.\n",
    )


def test_conflicts_side_by_side(cli) -> None:
    text = cli("evidence", "list", "--conflicts", "--giver", "CHN", "--receiver", "KGZ", "--to", "2004").out
    assert text == cli(
        "evidence", "list", "conflicts", "--giver", "CHN", "--receiver", "KGZ", "--to", "2004"
    ).out  # fmt: skip
    assert "  189000000 (cow-trade-4 C6, group cow-trade)" in text.splitlines()
    assert text.splitlines()[-1].endswith(" conflicts")


def test_csv_has_a_row_for_each_record(cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("evidence", "list", "issues", "--format", "csv").out)))
    assert len(rows) == 45
    assert {"issue_id", "kind", "description", "suggested_reading"} <= set(rows[0])


@pytest.mark.parametrize(
    "record",
    ["C-A1-001", "KAZ", "M-001", "K01", "R-CSTO-01", "nobody-comes", "I10", "start.capacity", "Q01", "A1"],
)
def test_any_record_is_shown_and_cited(cli, record: str) -> None:
    shown = cli("evidence", "show", record, "--format", "json")
    assert (shown.code, shown.err) == (0, "")
    assert (shown.json["schema"], shown.json["id"]) == ("heartland.evidence.show/1", record)
    cited = cli("evidence", "cite", record, "--format", "json")
    assert cited.json["schema"] == "heartland.evidence.cite/1"
    assert cited.json["kind"] == "record"


def test_show_brings_issues_chain_and_uses(cli) -> None:
    text = cli("evidence", "show", "F-B1-119").out
    assert "issue: I10 (contradiction in text, named)  Text has first" in text
    chain = "not stated (inferred Raffaello Pantucci) [F] > chineseembassy.org [C]"
    assert f"chain: {chain}; reliability F" in text
    assert "used by issues: I10" in text
    assert "used by systems: csto" in cli("evidence", "show", "R-CSTO-01").out
    assert "used by scenarios: " in cli("evidence", "show", "A1").out


def test_show_as_csv_is_the_row(cli) -> None:
    (row,) = csv.DictReader(io.StringIO(cli("evidence", "show", "R-SCO-03", "--format", "csv").out))
    assert (row["rule_id"], row["holder"], row["article_id"]) == ("R-SCO-03", "sco", "B1")


def test_a_record_that_was_not_yet_known_is_refused(cli) -> None:
    done = cli("evidence", "show", "F-B1-119", "--known-by", "2019")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'heartland: "F-B1-119" was not known by 2019-12-31. Nothing that became public later may reach a '
        "back-test. It became public on 2020-05-10.\n"
    )
    assert cli("evidence", "cite", "F-B1-119", "--known-by", "2019").code == 2
    assert cli("evidence", "show", "F-B1-119", "--known-by", "2020-05").code == 0


def test_search(cli) -> None:
    found = cli("evidence", "search", "Beijing", "loans", "--format", "json").json
    assert (found["schema"], found["query"], found["within"]) == (
        "heartland.evidence.search/1", "Beijing loans", "facts",
    )  # fmt: skip
    assert {hit["id"] for hit in found["hits"]} >= {"F-B2-075"}
    early = cli("evidence", "search", "Beijing", "--known-by", "2015", "--in", "all", "--format", "json").json
    # who and what was there; nobody had written yet
    assert {hit["table"] for hit in early["hits"]} == {"actors", "nodes"}
    everywhere = cli("evidence", "search", '"Belt and Road"', "--in", "all", "--limit", "0").out
    assert "malik-2021" in everywhere
    assert '"xinjang" occurs nowhere; near: xinjiang\n' in cli("evidence", "search", "xinjang").out
    assert cli("evidence", "search", "Belt -kazakhstan", "--format", "csv").out.startswith("table,id,date,")


def test_a_phrase_of_the_command_line_stays_one(cli) -> None:
    phrase = cli("evidence", "search", "military base", "tajik", "--format", "json").json
    assert phrase["query"] == '"military base" tajik'


def test_cite_a_tie_in_every_style(cli) -> None:
    tie = "RUS/KAZ:trade@2020-12-31"
    text = cli("evidence", "cite", tie).out
    assert text.splitlines()[1] == "observations: O-TRD-NAT-RUS-KAZ-2020-V2021"
    (item,) = json.loads(cli("evidence", "cite", tie, "--style", "csl").out)
    assert (item["id"], item["type"]) == ("kaz-bns", "dataset")
    assert cli("evidence", "cite", tie, "--style", "bibtex").out.startswith("@misc{kaz-bns,\n")
    both = cli("evidence", "cite", tie, "--style", "bibtex", "--format", "json").json
    assert (both["style"], len(both["references"]), both["value"]["unit"]) == ("bibtex", 1, "usd")
    assert cli("evidence", "cite", tie, "--format", "csv").out.startswith("source_id,role,title,")


def test_cite_a_number_of_a_run(cli, stored) -> None:
    run = stored.answer["run_id"]
    for name in (run, run[:6]):
        found = cli("evidence", "cite", f"{name}:csto-deploys", "--out", stored.out, "--format", "json").json
        assert found["kind"] == "run"
    outcome = next(item for item in stored.answer["outcomes"] if item["id"] == "csto-deploys")
    assert found["value"]["value"] == pytest.approx(outcome["value"])
    assert "alliance-response" in found["value"]["mechanisms"]
    assert "alliance-response.reference" in found["parameters"]
    assert {"A1", "kaz-bns"} <= {item["source_id"] for item in found["sources"]}
    assert any(item["role"] == "assumption" for item in found["sources"])
    assert not [name for name in found["parameters"] if name.startswith("growth.")]
    by_path = cli("evidence", "cite", f"{stored.folder}:csto-deploys", "--format", "json").json
    assert by_path["sources"] == found["sources"]
    text = cli("evidence", "cite", f"{run}:role-split-5y", "--out", stored.out).out.splitlines()
    assert text[2].startswith("carried by: effort")


def test_a_number_needs_its_outcome(cli, stored) -> None:
    run = stored.answer["run_id"]
    done = cli("evidence", "cite", f"{run}:csto-deploy", "--out", stored.out)
    assert done.code == 2
    assert done.err.startswith(
        'heartland: "csto-deploy" is no outcome of kazakhstan-2022. A run answers several questions, each on '
        f"its own grounds. Did you mean csto-deploys? Write {run}:OUTCOME, one of csto-deploys, "
    )
    bare = cli("evidence", "cite", run, "--out", stored.out)
    assert bare.err.startswith("heartland: which number of the run?")


def test_history_in_every_form(cli, tmp_path: Path) -> None:
    words = ("evidence", "history", "CHN", "KGZ", "trade", "--from", "2003", "--to", "2010")
    content = cli(*words, "--format", "json").json
    assert (content["schema"], len(content["claims"]), len(content["pooled"])) == (
        "heartland.evidence.history/1", 19, 8,
    )  # fmt: skip
    text = cli(*words).out.splitlines()
    assert text[0] == "CHN to KGZ: goods trade, usd (goods-turnover)"
    assert text[-1] == "19 values, 8 periods, 5 in conflict"
    assert len(list(csv.DictReader(io.StringIO(cli(*words, "--format", "csv").out)))) == 27
    for name in ("h.html", "h.svg", "h.json"):
        assert cli(*words, "--out", tmp_path / name).out == f"wrote {tmp_path / name}\n"
    assert (tmp_path / "h.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))["title"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.html", "h.json", "h.svg"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("CHN",),
            "1 words do not name a figure. A tie has a giver, a receiver and a channel; an indicator has one "
            "actor. Write GIVER RECEIVER CHANNEL, or ACTOR INDICATOR.",
        ),
        (
            ("KAZ", "gdp", "--out", "x.png"),
            '--out "x.png" has no ending that is known. The ending says what is written. '
            "End it in .html, .svg, .json.",
        ),
        (("KAZ", "gdp", "--out", "no/x.svg"), "no is no folder. Make it, or name another with --out."),
        (
            ("KAZ", "gdp", "--format", "text"),
            '--format "text" is not known. Write one of: table, csv, json.',
        ),
    ],
)
def test_history_refuses(cli, words: tuple[str, ...], message: str) -> None:
    done = cli("evidence", "history", *words)
    assert (done.code, done.out, done.err) == (2, "", f"heartland: {message}\n")


def test_nothing_is_overwritten_unasked(cli, tmp_path: Path) -> None:
    target = tmp_path / "kept.json"
    target.write_text("mine")
    done = cli("evidence", "history", "KAZ", "gdp", "--out", target)
    assert (done.code, target.read_text()) == (2, "mine")
    assert done.err == (
        f"heartland: {target} exists. Nothing is overwritten unasked. Name another file, or add --force.\n"
    )
    assert cli("evidence", "history", "KAZ", "gdp", "--out", target, "--force").code == 0


def test_unknown_kind_lists_all(cli) -> None:
    done = cli("evidence", "list", "fact")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith('heartland: "fact" is nothing that can be listed. ')
    assert "Did you mean facts?" in done.err
