"""JSON-LD: every record as linked data (PROV-O, Web Annotation, schema.org), its context inside the file.

Each cell stands as a property of the record's own vocabulary, so the tables can be read back; beside them
stand the terms other programs know.

Sources: JSON-LD 1.1 (W3C 2020), PROV-O (W3C 2013), Web Annotation (W3C 2017), RFC 5147 for lines (2008),
EDTF datatypes of the Library of Congress (2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from heartland.core.schema import Column
from heartland.errors import HeartlandInputError
from heartland.evidence.export.linked import linked
from heartland.evidence.export.material import Material, Row, filled, frames_of
from heartland.evidence.export.writing import dumps, loads

__all__ = ["CONTEXT", "nodes_of", "read", "write"]

_BASE = "urn:x-heartland:"
CONTEXT: Mapping[str, str] = {
    "hl": f"{_BASE}term:",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
}
_ORDERED = ("leg_ids",)  # lists whose order means something; JSON-LD reads the others as sets


def write(material: Material, out: Path) -> None:
    """Write all records as one JSON-LD document that needs no network to be read."""
    content = {"@context": dict(CONTEXT), "@graph": [_dataset(material), *nodes_of(material)]}
    out.write_text(dumps(content), encoding="utf-8", newline="")


def nodes_of(material: Material) -> list[dict[str, Any]]:
    """One node per record, in the order of the tables."""
    keyed = {name: schema.key for name, schema in material.schemas.items() if schema.key}
    ids = {name: {row[key] for row in material.rows[name]} for name, key in keyed.items()}

    def iri(tables: tuple[str, ...], item: str) -> str:
        for table in tables:
            if item in ids.get(table, ()):
                return _iri(material, table, item)
        return _iri(material, tables[0], item)

    found = []
    for name, rows in material.rows.items():
        columns, keys = material.columns(name), material.schemas[name].keys
        for at, row in enumerate(rows, 1):
            record = " ".join(str(row[key]) for key in keys) if keys else str(at)
            known = filled(row)
            node = {
                "@id": _iri(material, name, record),
                "@type": [f"hl:{name}"],
                **{f"hl:{c.name}": _value(row[c.name], c, iri) for c in columns if c.name in known},
            }
            found.append(linked(name, node, row, iri))
    return found


def _iri(material: Material, table: str, record: str) -> str:
    return f"{_BASE}{material.about.id}:{table}:{quote(record, safe='-.')}"


def _dataset(material: Material) -> dict[str, Any]:
    about = material.about
    content = {
        "@id": f"{_BASE}{about.id}",
        "@type": ["schema:Dataset", "prov:Entity"],
        "schema:name": about.title,
        "schema:version": about.version,
        "schema:license": about.licence,
        "schema:description": material.summary,
    }
    return {key: value for key, value in content.items() if value}


def _value(cell: Any, column: Column, iri: Any) -> Any:
    if isinstance(cell, tuple):
        items = [_item(item, column, iri) for item in cell]
        return {"@list": items} if column.name in _ORDERED else items
    return _item(cell, column, iri)


def _item(cell: Any, column: Column, iri: Any) -> Any:
    kind = column.type.removeprefix("list(").removesuffix(")")
    if kind == "ref" and column.refers_to and column.refers_to != ("units",):
        return {"@id": iri(column.refers_to, cell)}
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, (int, float)):
        if kind == "int":
            return int(cell)
        return {"@value": repr(float(cell)), "@type": "xsd:double"}
    types = {"edtf": "edtf:EDTF", "date": "xsd:date", "url": "xsd:anyURI"}
    return {"@value": cell, "@type": types[kind]} if kind in types else cell


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Typed tables rebuilt from an exported document.

    Raises
    ------
    HeartlandInputError
        Not such a document, another context, or cells that the schemas refuse.
    """
    content = loads(path, "JSON-LD")
    if not isinstance(content, dict) or content.get("@context") != dict(CONTEXT):
        raise HeartlandInputError.at(
            "has not the context of an export.", why="Its terms could mean anything.", fix="Export it again.",
            file=path.name, check="export-read",
        )  # fmt: skip
    records: dict[str, list[Row]] = {}
    for node in content.get("@graph", ()):
        table = next((kind[3:] for kind in node["@type"] if kind.startswith("hl:")), "")
        if table:
            records.setdefault(table, []).append(
                {name[3:]: _cell(value) for name, value in node.items() if name.startswith("hl:")}
            )
    return frames_of(records)


def _cell(value: Any) -> Any:
    if isinstance(value, dict) and "@list" in value:
        value = value["@list"]
    if isinstance(value, list):
        return tuple(str(_cell(item)) for item in value)
    if isinstance(value, dict):
        if "@id" in value:
            return unquote(value["@id"].rpartition(":")[2])
        return float(value["@value"]) if value["@type"] == "xsd:double" else value["@value"]
    return value
