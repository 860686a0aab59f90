"""Actors as nodes, facts and ties as parallel edges keyed by id: the content of GraphML and GEXF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from heartland.errors import HeartlandInputError
from heartland.evidence.export.material import Material, Row, Tie, bounds, filled, is_current, unknown

__all__ = ["Edge", "Graph", "Value", "attribute_type", "graph_of", "parse_value", "value_text"]

Value = str | float | bool


class Edge(NamedTuple):
    """One directed edge with its attributes; unknown ones are absent."""

    source: str
    target: str
    attributes: Mapping[str, Value]


@dataclass(frozen=True)
class Graph:
    """Directed multigraph. nodes: id -> attributes; edges: id -> edge, in the order of the tables."""

    nodes: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)


def graph_of(material: Material) -> Graph:
    """Graph of all actors, with an edge for each giver and receiver of a fact and one for each tie.

    An edge of a fact with one giver and one receiver bears the fact's id, of others
    `<fact>.<giver>.<receiver>`; `share` is 1 over the number of its edges, `current` is false for what is
    deprecated or not said to be so. A fact with one side only is listed in `own_facts` of its actors. Lists
    are joined by `;`; `start` and `end` are the bounds of the dates, absent where open or unknown.
    """
    nodes: dict[str, dict[str, Value]] = {}
    for row in material.table("actors"):
        span = _span(f"{row['from']}", f"{row['to']}")
        nodes[row["actor_id"]] = {**_plain({k: v for k, v in row.items() if k != "actor_id"}), **span}
    edges: dict[str, Edge] = {}
    for row in material.table("facts"):
        pairs = _pairs(row)
        for giver, receiver in pairs:
            alone = len(pairs) == 1
            edge = row["fact_id"] if alone else f"{row['fact_id']}.{giver}.{receiver}"
            edges[edge] = Edge(giver, receiver, _fact(row, 1 / len(pairs)))
        if not pairs:
            for actor in dict.fromkeys((*row["givers"], *row["receivers"])):
                own = nodes.setdefault(actor, {})
                own["own_facts"] = ";".join(filter(None, (str(own.get("own_facts", "")), row["fact_id"])))
    for tie in material.ties:
        edges[f"tie.{tie.giver}.{tie.receiver}.{tie.channel}"] = Edge(tie.giver, tie.receiver, _tie(tie))
    for edge_ in edges.values():
        for actor in edge_[:2]:
            nodes.setdefault(actor, {})
    return Graph(nodes, edges)


def attribute_type(graph: Graph, kind: str) -> dict[str, str]:
    """Attributes of all nodes or all edges in order of appearance: name -> string, double or boolean."""
    found: dict[str, str] = {}
    for attributes in _attributes(graph, kind):
        for name, value in attributes.items():
            found.setdefault(name, _type_of(value))
    return found


def value_text(value: Value) -> str:
    """An attribute as XML text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else value


def parse_value(text: str, kind: str, file: str) -> Value:
    """An attribute read from XML text of a declared type.

    Raises
    ------
    HeartlandInputError
        A text that is not of the type.
    """
    try:
        if kind == "double":
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError):
        raise HeartlandInputError.at(
            f'"{text[:60]}" is no {kind}.', why="The file declares that it is one.", fix="Export it again.",
            file=file, check="export-read",
        ) from None  # fmt: skip
    return text


def _attributes(graph: Graph, kind: str) -> Iterator[Mapping[str, Value]]:
    yield from graph.nodes.values() if kind == "node" else (edge.attributes for edge in graph.edges.values())


def _type_of(value: Value) -> str:
    return "boolean" if isinstance(value, bool) else "double" if isinstance(value, float) else "string"


def _pairs(row: Row) -> list[tuple[str, str]]:
    return list(dict.fromkeys((giver, receiver) for giver in row["givers"] for receiver in row["receivers"]))


def _plain(row: Row) -> dict[str, Value]:
    return {
        name: ";".join(value) if isinstance(value, tuple) else float(value) if type(value) is int else value
        for name, value in filled(row).items()
    }


def _span(first: str, last: str) -> dict[str, Value]:
    start, end = bounds(first)[0], bounds(last)[1]
    return {name: day for name, day in (("start", start), ("end", end)) if day}


def _fact(row: Row, share: float) -> dict[str, Value]:
    return {
        "kind": "fact",
        **_plain(row),
        "share": share,
        "current": is_current(row),
        **_span(row["date"], row["date"]),
    }


def _tie(tie: Tie) -> dict[str, Value]:
    content: dict[str, Value] = {"kind": "tie", "channel": tie.channel}
    numbers = {"value": tie.value, "low": tie.low, "high": tie.high}
    content |= {name: float(value) for name, value in numbers.items() if not unknown(float(value))}
    texts = {"unit": tie.unit, "date": tie.date, "source_ids": ";".join(tie.source_ids)}
    content |= {name: text for name, text in texts.items() if text}
    return {**content, "current": True, **_span(tie.date, tie.date)}
