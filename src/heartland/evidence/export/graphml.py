"""GraphML: the graph of actors, facts and ties for network programs.

Source: GraphML specification 1.0 with attribute extension (graphdrawing.org, 2007).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, register_namespace

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

__all__ = ["read", "write"]

_SPACE = "http://graphml.graphdrawing.org/xmlns"


def _tag(name: str) -> str:
    return f"{{{_SPACE}}}{name}"


def write(material: Material, out: Path) -> None:
    """Write the graph of `material` as one GraphML file."""
    graph = graph_of(material)
    register_namespace("", _SPACE)
    root = Element(_tag("graphml"))
    SubElement(root, _tag("desc")).text = material.summary
    keys = {kind: attribute_type(graph, kind) for kind in ("node", "edge")}
    for kind, names in keys.items():
        for name, type_ in names.items():
            SubElement(root, _tag("key"), {
                "id": f"{kind}-{name}", "for": kind, "attr.name": name, "attr.type": type_,
            })  # fmt: skip
    body = SubElement(root, _tag("graph"), {"id": material.about.id, "edgedefault": "directed"})
    for node, attributes in graph.nodes.items():
        _data(SubElement(body, _tag("node"), {"id": node}), "node", attributes)
    for name, edge in graph.edges.items():
        element = SubElement(body, _tag("edge"), {"id": name, "source": edge.source, "target": edge.target})
        _data(element, "edge", edge.attributes)
    write_xml(root, out)


def _data(element: Element, kind: str, attributes: Mapping[str, Value]) -> None:
    for name, value in attributes.items():
        SubElement(element, _tag("data"), {"key": f"{kind}-{name}"}).text = value_text(value)


def read(path: Path) -> Graph:
    """Graph of an exported file; unknown attributes are absent."""
    root = read_xml(path, _tag("graphml"))
    keys = {
        key.attrib["id"]: (key.attrib["attr.name"], key.attrib["attr.type"]) for key in root.iter(_tag("key"))
    }

    def attributes(element: Element) -> dict[str, Value]:
        return {
            keys[data.attrib["key"]][0]: parse_value(data.text or "", keys[data.attrib["key"]][1], path.name)
            for data in element.findall(_tag("data"))
        }

    nodes = {node.attrib["id"]: attributes(node) for node in root.iter(_tag("node"))}
    edges = {
        edge.attrib["id"]: Edge(edge.attrib["source"], edge.attrib["target"], attributes(edge))
        for edge in root.iter(_tag("edge"))
    }
    return Graph(nodes, edges)
