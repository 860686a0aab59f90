"""GEXF 1.3: the graph of actors, facts and ties with time, for Gephi.

Source: GEXF 1.3 schema (gexf.net, 2022).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, register_namespace

from heartland.errors import Finding, HeartlandInputError, Place
from heartland.evidence.export.graph import (
    Edge,
    Graph,
    Value,
    attribute_type,
    graph_of,
    parse_value,
    value_text,
)
from heartland.evidence.export.material import Material
from heartland.evidence.export.xmltext import read_xml, write_xml

__all__ = ["layout_findings", "read", "write"]

_SPACE = "http://gexf.net/1.3"
_TIME = ("start", "end")
# element -> (required attributes, allowed ones, children) of the part of the schema that is used here
_LAYOUT: Mapping[str, tuple[set[str], set[str], set[str]]] = {
    "gexf": ({"version"}, {"variant"}, {"meta", "graph"}),
    "meta": (set(), {"lastmodifieddate"}, {"creator", "description", "keywords"}),
    "creator": (set(), set(), set()),
    "description": (set(), set(), set()),
    "keywords": (set(), set(), set()),
    "graph": (
        set(),
        {"defaultedgetype", "mode", "timeformat", "timerepresentation", "start", "end", "idtype"},
        {"attributes", "nodes", "edges"},
    ),
    "attributes": ({"class"}, {"mode"}, {"attribute"}),
    "attribute": ({"id", "title", "type"}, set(), {"default", "options"}),
    "nodes": (set(), {"count"}, {"node"}),
    "edges": (set(), {"count"}, {"edge"}),
    "node": ({"id"}, {"label", "start", "end"}, {"attvalues"}),
    "edge": ({"source", "target"}, {"id", "label", "weight", "kind", "type", "start", "end"}, {"attvalues"}),
    "attvalues": (set(), set(), {"attvalue"}),
    "attvalue": ({"value"}, {"for", "start", "end"}, set()),
}
_TYPES = {"integer", "long", "double", "float", "boolean", "liststring", "string", "anyURI"}


def _tag(name: str) -> str:
    return f"{{{_SPACE}}}{name}"


def write(material: Material, out: Path) -> None:
    """Write the graph of `material` as one GEXF file; open and unknown ends of time are left out."""
    graph = graph_of(material)
    register_namespace("", _SPACE)
    root = Element(_tag("gexf"), {"version": "1.3"})
    meta = SubElement(root, _tag("meta"))
    SubElement(meta, _tag("creator")).text = "heartland"
    SubElement(meta, _tag("description")).text = material.summary
    body = SubElement(
        root,
        _tag("graph"),
        {
            "defaultedgetype": "directed",
            "mode": "dynamic",
            "timeformat": "date",
            "timerepresentation": "interval",
        },
    )
    ids: dict[str, dict[str, str]] = {}
    for kind in ("node", "edge"):
        listing = SubElement(body, _tag("attributes"), {"class": kind, "mode": "static"})
        names = {name: type_ for name, type_ in attribute_type(graph, kind).items() if name not in _TIME}
        ids[kind] = {name: str(at) for at, name in enumerate(names)}
        for name, type_ in names.items():
            SubElement(listing, _tag("attribute"), {"id": ids[kind][name], "title": name, "type": type_})
    nodes = SubElement(body, _tag("nodes"), {"count": str(len(graph.nodes))})
    for node, attributes in graph.nodes.items():
        head = {"id": node, "label": str(attributes.get("name", node)), **_times(attributes)}
        _values(SubElement(nodes, _tag("node"), head), attributes, ids["node"])
    edges = SubElement(body, _tag("edges"), {"count": str(len(graph.edges))})
    parallel: Counter[tuple[str, str]] = Counter()
    for name, edge in graph.edges.items():
        parallel[edge[:2]] += 1  # edges of one pair and one kind would be merged on reading
        head = {"id": name, "source": edge.source, "target": edge.target, "kind": str(parallel[edge[:2]])}
        head |= {"label": str(edge.attributes.get("action", edge.attributes.get("channel", "")))}
        element = SubElement(edges, _tag("edge"), {**head, **_times(edge.attributes)})
        _values(element, edge.attributes, ids["edge"])
    write_xml(root, out)


def _times(attributes: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(attributes[name]) for name in _TIME if name in attributes}


def _values(element: Element, attributes: Mapping[str, Value], ids: Mapping[str, str]) -> None:
    kept = {name: value for name, value in attributes.items() if name in ids}
    if kept:
        values = SubElement(element, _tag("attvalues"))
        for name, value in kept.items():
            SubElement(values, _tag("attvalue"), {"for": ids[name], "value": value_text(value)})


def read(path: Path) -> Graph:
    """Graph of an exported file that has the layout of GEXF 1.3; unknown attributes are absent.

    Raises
    ------
    HeartlandInputError
        Not such a file; every departure from the layout.
    """
    root = read_xml(path, _tag("gexf"))
    if findings := layout_findings(root, path.name):
        raise HeartlandInputError(findings)
    keys = {
        (listing.attrib["class"], key.attrib["id"]): (key.attrib["title"], key.attrib["type"])
        for listing in root.iter(_tag("attributes"))
        for key in listing
    }

    def attributes(element: Element, kind: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for value in element.iter(_tag("attvalue")):
            name, type_ = keys[(kind, value.attrib["for"])]
            found[name] = parse_value(value.attrib["value"], type_, path.name)
        return {**found, **_times(element.attrib)}

    nodes = {node.attrib["id"]: attributes(node, "node") for node in root.iter(_tag("node"))}
    edges = {
        edge.attrib["id"]: Edge(edge.attrib["source"], edge.attrib["target"], attributes(edge, "edge"))
        for edge in root.iter(_tag("edge"))
    }
    return Graph(nodes, edges)


def layout_findings(root: Element, file: str) -> list[Finding]:
    """Departures of a document from the layout of GEXF 1.3, as far as exports use it."""
    found: list[str] = []
    _walk(root, found)
    nodes = [node.attrib.get("id", "") for node in root.iter(_tag("node"))]
    edges = list(root.iter(_tag("edge")))
    known = set(nodes)
    found += [] if len(known) == len(nodes) else ["two nodes have the same id."]
    ids = [edge.attrib["id"] for edge in edges if "id" in edge.attrib]
    found += [] if len(set(ids)) == len(ids) else ["two edges have the same id."]
    for edge in edges:
        found += [
            f'edge {edge.attrib.get("id", "")} leads to "{end}", which is no node.'
            for end in (edge.attrib.get("source", ""), edge.attrib.get("target", ""))
            if end not in known
        ]
    declared = {
        (listing.attrib.get("class", ""), key.attrib.get("id", ""))
        for listing in root.iter(_tag("attributes"))
        for key in listing
    }
    for kind in ("node", "edge"):
        used = {
            value.attrib.get("for", "")
            for part in root.iter(_tag(kind))
            for value in part.iter(_tag("attvalue"))
        }
        found += [
            f"{kind} attribute {name} is not declared."
            for name in sorted(used)
            if (kind, name) not in declared
        ]
    why = "Programs that read GEXF 1.3 would refuse or misread it."
    return [Finding("E", "gexf", Place(file), what, why, "Export it again.") for what in dict.fromkeys(found)]


def _walk(element: Element, found: list[str]) -> None:
    name = element.tag.removeprefix(f"{{{_SPACE}}}")
    if name not in _LAYOUT:
        found.append(f"{name} is no element of GEXF 1.3 that an export writes.")
        return
    required, allowed, children = _LAYOUT[name]
    have = {key for key in element.attrib if not key.startswith("{")}
    found += [f"{name} lacks {key}." for key in sorted(required - have)]
    found += [f"{name} has no attribute {key}." for key in sorted(have - required - allowed)]
    if name == "gexf" and element.attrib.get("version") != "1.3":
        found.append("the version is not 1.3.")
    if name == "attribute" and element.attrib.get("type") not in _TYPES:
        found.append(f"{element.attrib.get('type')} is no type of an attribute.")
    if name in ("node", "edge"):
        found += _span_problems(name, element.attrib)
    for child in element:
        child_name = child.tag.removeprefix(f"{{{_SPACE}}}")
        if child_name not in children:
            found.append(f"{child_name} may not stand in {name}.")
        else:
            _walk(child, found)


def _span_problems(name: str, attributes: Mapping[str, str]) -> list[str]:
    days = []
    for key in _TIME:
        if key in attributes:
            try:
                days.append(date.fromisoformat(attributes[key]))
            except ValueError:
                return [f'{name} has the {key} "{attributes[key]}", which is no day.']
    return [f"{name} ends before it starts."] if len(days) == 2 and days[0] > days[1] else []
