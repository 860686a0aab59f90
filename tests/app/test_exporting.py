"""`heartland evidence export` as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.conftest import Called

from heartland.evidence.export import read
from heartland.evidence.export.graph import Graph

Cli = Callable[..., Called]


def test_a_format_is_written_once_and_replaced_with_force(cli: Cli, tmp_path: Path) -> None:
    words = ("evidence", "export", "csl", "--out", tmp_path / "refs.json")
    done = cli(*words)
    assert (done.code, done.err) == (0, "")
    size = (tmp_path / "refs.json").stat().st_size
    assert done.out == f"wrote {tmp_path / 'refs.json'}: csl, 1 file, {size:,} bytes\n"
    assert json.loads((tmp_path / "refs.json").read_text(encoding="utf-8"))[0]["id"] == "A1"
    again = cli(*words)
    assert again.code == 2
    assert again.err == (
        f"heartland: {tmp_path / 'refs.json'}  is there already. An export never replaces what it did not "
        "mean to. Give --out another name, or add --force to replace it.\n"
    )
    assert cli(*words, "--force").code == 0


def test_tables_and_known_by(cli: Cli, tmp_path: Path) -> None:
    words = ("evidence", "export", "csv", "--out", tmp_path / "out", "--tables", "facts;documents")
    done = cli(*words, "--known-by", "2016")
    assert done.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "README.md",
        "documents.csv",
        "facts.csv",
    ]
    assert len(read("csv", tmp_path / "out")["facts"]) == 84  # evidence.md 3


def test_ties_of_a_day_rest_on_sources(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "graph.gexf"
    assert cli("evidence", "export", "gexf", "--out", out, "--at", "2020-12-31").code == 0
    graph = read("gexf", out)
    assert isinstance(graph, Graph)
    tie = graph.edges["tie.RUS.KAZ.trade"].attributes
    assert (tie["kind"], tie["unit"], tie["end"]) == ("tie", "usd", "2020-12-31")
    assert tie["low"] < tie["value"] < tie["high"]
    assert tie["source_ids"]
    ties = [edge for edge in graph.edges.values() if edge.attributes["kind"] == "tie"]
    assert {edge.source for edge in ties} <= {"RUS", "CHN", "USA", "eu", "TUR", "IND", "IRN"}
    assert {edge.target for edge in ties} == {"KAZ", "KGZ", "TJK", "TKM", "UZB"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gefx", "--out", "x"), '"gefx" is not a format.'),
        (("csl", "--out", "x", "--at", "2020"), "csl has no place for --at."),
        (("stix", "--out", "x", "--tables", "facts"), "stix has no place for --tables."),
        (("csv", "--out", "x", "--tables", "fact"), '"fact" is not a table of this region.'),
        (("graphml", "--out", "x", "--at", "yesterday"), '"yesterday" is not a date I can read.'),
        (("csv", "--out", "x", "--known-by", "2020-13"), '"2020-13" is not a month.'),
    ],
)
def test_wrong_words_exit_with_2_and_write_nothing(cli: Cli, tmp_path: Path, words, message: str) -> None:
    done = cli("evidence", "export", *words)
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "x").exists()
