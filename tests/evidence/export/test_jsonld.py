"""JSON-LD: tables rebuilt from the file, the same graph in another program, no network, known terms."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
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
from heartland.evidence.export.jsonld import CONTEXT
from heartland.evidence.export.linked import line_selectors

BASE = "urn:x-heartland:toy:"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "https://schema.org/"
OWL = "http://www.w3.org/2002/07/owl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def triples(path: Path) -> set[tuple[str, str, str]]:
    rdflib = pytest.importorskip("rdflib", reason="rdflib reads the file as another program would")
    graph = rdflib.Graph()
    graph.parse(path, format="json-ld")
    return {tuple(map(str, triple)) for triple in graph}


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_tables_come_back(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "jsonld", tmp_path / "out")
    assert differing(read("jsonld", tmp_path / "out"), tables) == []


@settings(max_examples=8, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "jsonld", Path(room, "out"))
        assert differing(read("jsonld", Path(room, "out")), normal(tables)) == []


def test_the_graph_is_isomorphic_after_reading_and_writing(tmp_path: Path, offline: None) -> None:
    rdflib = pytest.importorskip("rdflib", reason="rdflib compares graphs")
    from rdflib.compare import isomorphic

    export(toy(), ABOUT, "jsonld", tmp_path / "one")
    export(read("jsonld", tmp_path / "one"), ABOUT, "jsonld", tmp_path / "two")
    one, two = rdflib.Graph(), rdflib.Graph()
    one.parse(tmp_path / "one", format="json-ld")
    two.parse(tmp_path / "two", format="json-ld")
    assert len(one) > 500
    assert isomorphic(one, two)
    again = rdflib.Graph()
    again.parse(data=one.serialize(format="nt"), format="nt")  # every IRI and literal is well formed
    assert isomorphic(one, again)


def test_another_program_reads_the_known_terms(tmp_path: Path, offline: None) -> None:
    export(toy(), ABOUT, "jsonld", tmp_path / "out")
    found = triples(tmp_path / "out")
    fact, old = f"{BASE}facts:F-T1-001", f"{BASE}facts:F-T1-004"
    for triple in (
        (fact, RDF_TYPE, f"{OA}Annotation"),
        (fact, RDF_TYPE, f"{PROV}Entity"),
        (fact, f"{PROV}wasDerivedFrom", f"{BASE}documents:T1"),
        (fact, f"{PROV}hadPrimarySource", f"{BASE}sources:news"),
        (fact, f"{PROV}wasAttributedTo", f"{BASE}actors:ccc-press"),
        (fact, f"{OA}hasTarget", f"{fact}:target"),
        (f"{fact}:target", f"{OA}hasSource", f"{BASE}documents:T1"),
        (f"{fact}:target", f"{OA}hasSelector", f"{fact}:lines-2"),
        (f"{fact}:lines-2", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value", "line=1,2"),
        (f"{BASE}actors:AAA", RDF_TYPE, f"{SCHEMA}Country"),
        (f"{BASE}actors:AAA", f"{SCHEMA}name", "Alba"),
        (f"{BASE}sources:T1", f"{SCHEMA}name", "A text"),
        (f"{BASE}sources:customs-c", f"{SCHEMA}description", "Customs of Corvia"),
        (old, f"{OWL}deprecated", "true"),
        (f"{BASE}observations:O-001", RDF_TYPE, f"{SCHEMA}Observation"),
    ):
        assert triple in found, triple
    assert not any(p == f"{SCHEMA}name" and s == f"{BASE}sources:customs-c" for s, p, _ in found)
    assert (fact, f"{OWL}deprecated", "true") not in found


def test_values_have_their_types(tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib", reason="rdflib shows the types")
    export(toy(), ABOUT, "jsonld", tmp_path / "out")
    graph = rdflib.Graph()
    graph.parse(tmp_path / "out", format="json-ld")
    hosts = rdflib.URIRef(f"{BASE}facts:F-T1-004")
    (when,) = graph.objects(hosts, rdflib.URIRef("urn:x-heartland:term:date"))
    assert (str(when), str(when.datatype)) == ("2010/..", "http://id.loc.gov/datatypes/edtf/EDTF")
    (value,) = graph.objects(
        rdflib.URIRef(f"{BASE}facts:F-T1-001"), rdflib.URIRef("urn:x-heartland:term:value")
    )
    assert value.toPython() == 5.0
    assert str(value.datatype).endswith("#double")


def test_the_context_is_inside_and_only_names_prefixes(tmp_path: Path) -> None:
    export(toy(), ABOUT, "jsonld", tmp_path / "out")
    content = json.loads((tmp_path / "out").read_text(encoding="utf-8"))
    assert content["@context"] == dict(CONTEXT)
    assert all(isinstance(iri, str) for iri in content["@context"].values())


def test_lines_count_from_one_here_and_between_lines_there() -> None:
    values = [s["rdf:value"] for s in line_selectors("17;110-112", "x")]
    assert values == ["line=16,17", "line=109,112"]
    assert line_selectors("see the end", "x") == []


def test_another_context_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text('{"@context": "https://schema.org", "@graph": []}', encoding="utf-8")
    with pytest.raises(HeartlandInputError, match="has not the context of an export"):
        read("jsonld", tmp_path / "out")
