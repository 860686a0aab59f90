"""GraphML and GEXF: the same graph after reading back, readable by networkx, GEXF in the layout of 1.3."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    material,
    nasty_tables,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import Tie, export, read
from heartland.evidence.export.gexf import layout_findings
from heartland.evidence.export.graph import Graph, graph_of

TIES = (
    Tie("AAA", "CCC", "trade", 5.5, 1.0, 9.25, "usd", "2020-12-31", ("customs-c", "mirror")),
    Tie("AAA", "CCC", "arms", 0.0, unit="tiv", date="2020-12-31"),
)
FORMATS = ("graphml", "gexf")
GEXF = "{http://gexf.net/1.3}"


def facts_with(**cells):
    tables = {name: frame.copy() for name, frame in toy().items()}
    for column, value in cells.items():
        tables["facts"].at[0, column] = value
    return tables


def test_the_toy_graph() -> None:
    graph = graph_of(material(ties=TIES, at="2020-12-31"))
    assert set(graph.nodes) == {"AAA", "BBB", "CCC", "DDD", "pact", "council", "ccc-press"}
    assert graph.nodes["DDD"]["start"] == "2017-01-01"
    assert "end" not in graph.nodes["DDD"]
    assert list(graph.edges) == [
        "F-T1-001",
        "F-T1-002",
        "F-T1-003",
        "F-T1-004",
        "tie.AAA.CCC.trade",
        "tie.AAA.CCC.arms",
    ]
    delivered = graph.edges["F-T1-001"]
    assert delivered[:2] == ("AAA", "CCC")
    assert {
        k: delivered.attributes[k] for k in ("kind", "value", "unit", "start", "end", "share", "current")
    } == {
        "kind": "fact",
        "value": 5.0,
        "unit": "tiv",
        "start": "2020-06-10",
        "end": "2020-06-10",
        "share": 1.0,
        "current": True,
    }
    assert graph.edges["tie.AAA.CCC.trade"].attributes == {
        "kind": "tie",
        "channel": "trade",
        "value": 5.5,
        "low": 1.0,
        "high": 9.25,
        "unit": "usd",
        "date": "2020-12-31",
        "source_ids": "customs-c;mirror",
        "current": True,
        "start": "2020-12-31",
        "end": "2020-12-31",
    }
    assert "low" not in graph.edges["tie.AAA.CCC.arms"].attributes  # not known is absent, never 0
    assert graph.edges["tie.AAA.CCC.arms"].attributes["value"] == 0.0


def test_a_deprecated_fact_and_a_forecast_keep_their_rank_and_are_not_current() -> None:
    edges = graph_of(material()).edges
    assert edges["F-T1-004"].attributes["rank"] == "deprecated"
    assert [edges[name].attributes["current"] for name in edges] == [True, True, False, False]


def test_open_and_unknown_ends_are_left_out() -> None:
    edges = graph_of(material()).edges
    hosts = edges["F-T1-004"].attributes  # 2010/..
    assert hosts["start"] == "2010-01-01"
    assert "end" not in hosts
    until = graph_of(material(facts_with(date="../2016~"))).edges["F-T1-001"].attributes
    assert "start" not in until
    assert until["end"] == "2016-12-31"


def test_several_givers_and_receivers_become_edges_that_share_one_fact() -> None:
    edges = graph_of(material(facts_with(givers=("AAA", "BBB"), receivers=("CCC", "DDD")))).edges
    own = {name: edge for name, edge in edges.items() if edge.attributes.get("fact_id") == "F-T1-001"}
    assert list(own) == [
        "F-T1-001.AAA.CCC",
        "F-T1-001.AAA.DDD",
        "F-T1-001.BBB.CCC",
        "F-T1-001.BBB.DDD",
    ]
    assert math.fsum(edge.attributes["share"] for edge in own.values()) == 1.0
    assert own["F-T1-001.AAA.CCC"].attributes["givers"] == "AAA;BBB"


def test_a_fact_with_one_side_is_listed_at_its_actors_and_no_loop() -> None:
    graph = graph_of(material(facts_with(type="other", receivers=())))
    assert "F-T1-001" not in graph.edges
    assert graph.nodes["AAA"]["own_facts"] == "F-T1-001"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_nodes_edges_and_attributes_come_back(tmp_path: Path, name: str, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, name, tmp_path / "out", ties=TIES, at="2020-12-31")
    graph = graph_of(material(tables, ties=TIES, at="2020-12-31"))
    assert read(name, tmp_path / "out") == graph
    export(tables, about, name, tmp_path / "again", ties=TIES, at="2020-12-31")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "again").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None)
@given(tables=nasty_tables())
def test_nasty_text_comes_back(name: str, tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        out = Path(room, "out")
        export(tables, ABOUT, name, out)
        assert read(name, out) == graph_of(material(tables))


def test_networkx_reads_the_graphml_with_parallel_edges_by_id(tmp_path: Path) -> None:
    export(shipped(), about_shipped(), "graphml", tmp_path / "out", ties=TIES, at="2020-12-31")
    found = nx.read_graphml(tmp_path / "out", force_multigraph=True)
    graph = graph_of(material(shipped(), ties=TIES, at="2020-12-31"))
    assert found.is_directed()
    assert set(found.nodes) == set(graph.nodes)
    assert {key: (u, v) for u, v, key in found.edges(keys=True)} == {
        name: edge[:2] for name, edge in graph.edges.items()
    }
    for u, v, key, data in found.edges(keys=True, data=True):
        assert {name: value for name, value in data.items() if name != "id"} == graph.edges[key].attributes, (
            u,
            v,
        )


def test_networkx_reads_the_gexf(tmp_path: Path) -> None:
    export(toy(), ABOUT, "gexf", tmp_path / "out")
    found = nx.read_gexf(tmp_path / "out", version="1.3")
    assert found.nodes["AAA"]["label"] == "Alba"
    assert found.nodes["DDD"]["start"] == "2017-01-01"
    assert {data["id"] for *_, data in found.edges(data=True)} == set(graph_of(material()).edges)


def test_gexf_has_the_layout_of_the_schema(tmp_path: Path) -> None:
    export(toy(), ABOUT, "gexf", tmp_path / "out", ties=TIES, at="2020-12-31")
    root = ElementTree.parse(tmp_path / "out").getroot()
    assert layout_findings(root, "out") == []
    graph = root.find(f"{GEXF}graph")
    assert graph.attrib == {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
    }
    kinds = [
        edge.attrib["kind"]
        for edge in root.iter(f"{GEXF}edge")
        if (edge.attrib["source"], edge.attrib["target"]) == ("AAA", "CCC")
    ]
    assert kinds == ["1", "2", "3", "4"]  # parallel edges of one kind would be merged


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('version="1.3"', 'version="1.2"', "the version is not 1.3."),
        ('source="AAA"', 'source="ZZZ"', 'edge F-T1-001 leads to "ZZZ", which is no node.'),
        ('start="2017-01-01"', 'start="2017"', 'node has the start "2017", which is no day.'),
        ('start="2017-01-01"', 'start="2017-01-02" end="2017-01-01"', "node ends before it starts."),
        ('<node id="BBB"', '<node id="AAA"', "two nodes have the same id."),
        ('for="0"', 'for="99"', "node attribute 99 is not declared."),
        ("<creator>", "<maker/><creator>", "maker may not stand in meta."),
        ('<edge id="F-T1-001" ', '<edge id="F-T1-001" colour="red" ', "edge has no attribute colour."),
    ],
)
def test_layout_findings(tmp_path: Path, old: str, new: str, what: str) -> None:
    export(toy(), ABOUT, "gexf", tmp_path / "out")
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "out").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(HeartlandInputError) as caught:
        read("gexf", tmp_path / "out")
    assert [f.what for f in caught.value.findings][:1] == [what]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no xml", "out  is no XML: syntax error: line 1, column 0."),
        ('<!DOCTYPE x [<!ENTITY a "b">]><graphml/>', "out  has a document type of its own."),
        ("<other/>", "out  starts with other instead of {http://graphml.graphdrawing.org/xmlns}graphml."),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "out").write_text(text, encoding="utf-8")
    with pytest.raises(HeartlandInputError) as caught:
        read("graphml", tmp_path / "out")
    assert (
        str(caught.value) == f"{message} Only files that an export wrote can be read back. Export it again."
    )


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    export(toy(), ABOUT, "graphml", tmp_path / "out")
    text = (tmp_path / "out").read_text(encoding="utf-8")
    (tmp_path / "out").write_text(text.replace(">5.0<", ">five<"), encoding="utf-8")
    with pytest.raises(HeartlandInputError, match='"five" is no double'):
        read("graphml", tmp_path / "out")


def test_an_empty_region_gives_an_empty_graph(tmp_path: Path) -> None:
    for name in FORMATS:
        export({}, ABOUT, name, tmp_path / name)
        assert read(name, tmp_path / name) == Graph()
