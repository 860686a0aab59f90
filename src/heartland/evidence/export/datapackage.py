"""Data Package v2: the CSV folder with a descriptor made from the schemas (types, constraints, keys, hashes).

Source: Data Package standard 2.0 (datapackage.org, 2024).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.schema import Column, TableSchema
from heartland.errors import HeartlandInputError
from heartland.evidence.export.csv_folder import GUARD, read_tables, write_tables
from heartland.evidence.export.licences import LICENCE_PATHS, readme, source_licences
from heartland.evidence.export.material import Material
from heartland.evidence.export.package_check import check_package
from heartland.evidence.export.writing import dumps, loads

__all__ = ["descriptor", "read", "write"]

PROFILES = "https://datapackage.org/profiles/2.0/"
_CONTENT = f"""A Data Package (version 2): `datapackage.json` describes the CSV files beside it with types,
constraints, primary and foreign keys, bytes and SHA-256 hashes. Lists are joined by `;`, an empty cell is
unknown (never 0). References that a foreign key cannot express (lists, several possible tables) stand under
`heartland:refersTo`. Rows with rank deprecated are kept for the record and hold nothing that is current.

{GUARD}"""
_ID = r"^([a-z0-9]+(-[a-z0-9]+)*|[A-Z]{3}|[A-Z]+[0-9]*(-[A-Z0-9]+)*[a-z]?)$"
_TYPES = {"int": "integer", "number": "number", "bool": "boolean", "date": "date"}
_UNITS = ("units",)


def write(material: Material, out: Path) -> None:
    """Write tables, `datapackage.json` and README.md into the folder `out`."""
    write_tables(material, out)
    (out / "datapackage.json").write_text(dumps(descriptor(material, out)), encoding="utf-8", newline="")
    (out / "README.md").write_text(readme(material, _CONTENT), encoding="utf-8", newline="")


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Typed tables of a package that passes `check_package`.

    Raises
    ------
    HeartlandInputError
        Every finding of the check, or cells that the schemas refuse.
    """
    if findings := check_package(path):
        raise HeartlandInputError(findings)
    content: Any = loads(path / "datapackage.json", "Data Package")
    return read_tables([path / resource["path"] for resource in content["resources"]])


def descriptor(material: Material, folder: Path) -> dict[str, Any]:
    """Content of `datapackage.json` for tables that stand in `folder`."""
    about = material.about
    content: dict[str, Any] = {
        "$schema": f"{PROFILES}datapackage.json",
        "name": f"heartland-{about.id}",
        "title": about.title or about.id,
        "description": material.summary,
        "version": about.version,
        "licenses": _licence(about.licence),
        "heartland:knownBy": material.known_by,
        "heartland:sourceLicences": {
            word: {row["source_id"]: row["licence"] for row in rows}
            for word, rows in source_licences(material.table("sources")).items()
        },
        "resources": [_resource(material, name, folder) for name in material.rows],
    }
    return {key: value for key, value in content.items() if value not in ("", [], None)}


def _licence(text: str) -> list[dict[str, str]]:
    if not text or not all(letter.isalnum() or letter in "-._" for letter in text):
        return []
    path = LICENCE_PATHS.get(text)
    return [{"name": text, "path": path}] if path else [{"name": text}]


def _resource(material: Material, name: str, folder: Path) -> dict[str, Any]:
    data = (folder / f"{name}.csv").read_bytes()
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "dialect": {"$schema": f"{PROFILES}tabledialect.json", "delimiter": ",", "lineTerminator": "\n"},
        "schema": _schema(material.schemas[name], name, material),
    }


def _schema(schema: TableSchema, name: str, material: Material) -> dict[str, Any]:
    content: dict[str, Any] = {
        "$schema": f"{PROFILES}tableschema.json",
        "fieldsMatch": "superset",
        "fields": [_field(column, schema) for column in schema.columns],
        "missingValues": [""],
    }
    if schema.keys:
        content["primaryKey"] = list(schema.keys)
    foreign = [
        {"fields": [column.name], "reference": {"resource": target, "fields": [material.schemas[target].key]}}
        for column in schema.columns if (target := _target(column, material))
    ]  # fmt: skip
    return {**content, "foreignKeys": foreign} if foreign else content


def _target(column: Column, material: Material) -> str:
    """Table of the package that a column points to by a foreign key; "" if it cannot be one."""
    one = column.refers_to[0] if len(column.refers_to) == 1 else ""
    return one if column.type == "ref" and one in material.rows and material.schemas[one].key else ""


def _field(column: Column, schema: TableSchema) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "description": column.description}
    if column.type.startswith("list"):
        field |= {
            "type": "list",
            "delimiter": ";",
            "itemType": "integer" if column.type == "list(int)" else "string",
        }
    else:
        field["type"] = _TYPES.get(column.type, "string")
    if column.type == "bool":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.type == "url":
        field["format"] = "uri"
    if constraints := _constraints(column, schema):
        field["constraints"] = constraints
    extra: Mapping[str, Any] = {
        "heartland:type": column.type,
        "heartland:unit": column.unit,
        "heartland:default": column.default,
        "heartland:refersTo": [table for table in column.refers_to if (table,) != _UNITS],
        "heartland:items": list(column.allowed) if column.type == "list(enum)" else [],
    }
    return {key: value for key, value in {**field, **extra}.items() if value not in ("", [])}


def _constraints(column: Column, schema: TableSchema) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.required != "no":
        found["required"] = True
    if schema.keys == (column.name,):
        found["unique"] = True
    if column.type == "enum" and column.allowed:
        found["enum"] = list(column.allowed)
    if column.type == "id":
        found["pattern"] = _ID
    if column.span is not None:
        ends = (
            (column.span.low, column.span.low_open, "inimum"),
            (column.span.high, column.span.high_open, "aximum"),
        )
        for value, is_open, word in ends:
            if math.isfinite(value):
                name = f"exclusiveM{word}" if is_open else f"m{word}"
                found[name] = int(value) if column.type == "int" else value
    return found
