"""Own validator of Data Packages v2: descriptor, files, hashes, and every row against types and keys.

It reads the descriptor and the CSV files only and knows nothing of the schemas they were made from.
Source: Data Package standard 2.0: Data Package, Data Resource, Table Schema (datapackage.org, 2024).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from heartland.core.tables import RawTable, read_csv
from heartland.errors import Finding, HeartlandInputError, Place
from heartland.evidence.export.package_rows import check_rows, field_findings
from heartland.evidence.export.writing import loads

__all__ = ["check_package"]

FILE = "datapackage.json"
_NAME = re.compile(r"[-a-zA-Z0-9._]+")
_MATCHES = ("exact", "equal", "subset", "superset", "partial")
_KNOWN = ("https://datapackage.org/profiles/2.0/datapackage.json",)


def check_package(folder: Path) -> list[Finding]:
    """Everything wrong with a package; empty when it is valid.

    folder : holds `datapackage.json` and the files it names
    """
    try:
        content = loads(folder / FILE, "Data Package")
    except HeartlandInputError as error:
        return list(error.findings)
    if not isinstance(content, dict):
        return [_wrong("the descriptor is no object.", "Write one JSON object.")]
    resources = content.get("resources")
    if not isinstance(resources, list) or not resources:
        return [*_package(content), _wrong("resources is empty or no list.", "List at least one resource.")]
    try:
        return [*_package(content), *_tables(resources, folder)]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # a property of another shape than the standard knows; where it stands is in the message
        return [
            _wrong(f"a property has a shape that the standard does not know: {error!r}.", "Export it again.")
        ]


def _tables(resources: Sequence[Any], folder: Path) -> list[Finding]:
    findings: list[Finding] = []
    tables: dict[str, tuple[RawTable, Mapping[str, Any]]] = {}
    for at, resource in enumerate(resources):
        found, table = _resource(resource, at, folder)
        findings += found
        if table is None:
            continue
        if resource["name"] in tables:
            findings.append(_wrong(f"two resources are named {resource['name']}.", "Give each its own name."))
        tables.setdefault(resource["name"], (table, resource["schema"]))
    for name, (table, schema) in tables.items():
        findings += check_rows(name, table, schema, tables)
    return findings


def _wrong(what: str, fix: str, file: str = FILE, column: str = "") -> Finding:
    return Finding(
        "E", "package", Place(file, 0, column), what, "Other programs would misread or refuse it.", fix
    )


def _package(content: Mapping[str, Any]) -> list[Finding]:
    findings = []
    if content.get("$schema") not in _KNOWN:
        findings.append(_wrong("$schema is not that of a Data Package 2.0.", f"Write {_KNOWN[0]}."))
    if "name" in content and not (isinstance(content["name"], str) and _NAME.fullmatch(content["name"])):
        findings.append(_wrong("name holds more than letters, digits, - . and _.", "Write a plain name."))
    licences = content.get("licenses", [{"name": "x"}])
    usable = isinstance(licences, list) and licences and all(
        isinstance(entry, dict) and (_NAME.fullmatch(str(entry.get("name", ""))) or entry.get("path"))
        for entry in licences
    )  # fmt: skip
    if not usable:
        findings.append(
            _wrong("licenses has an entry without name and path.", "Name the licence or leave it out.")
        )
    return findings


def _resource(resource: Any, at: int, folder: Path) -> tuple[list[Finding], RawTable | None]:
    where = f"resources[{at}]"
    if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
        return [_wrong(f"{where} has no name.", "Name every resource.")], None
    where = resource["name"]
    path, schema = resource.get("path"), resource.get("schema")
    findings = (
        [] if _NAME.fullmatch(where) else [_wrong(f"{where!r} is no name.", "Use letters, digits, - . _.")]
    )
    if not isinstance(path, str) or not _inside(path):
        return [
            *findings,
            _wrong(f"{where}: path leads out of the folder.", "Name a file in the folder."),
        ], None
    file = folder / path
    if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
        return [*findings, _wrong(f"{where}: there is no file {path}.", "Export it again.")], None
    findings += _bytes(resource, file, path)
    if not isinstance(schema, dict):
        return [*findings, _wrong(f"{where}: no schema.", "Describe its fields.")], None
    found = _schema(schema, where)
    findings += found
    if found:
        return findings, None
    try:
        table = read_csv(file)
    except HeartlandInputError as error:
        return [*findings, *error.findings], None
    return findings + _header(table, schema, path), table


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and "\\" not in path
        and ":" not in path
        and parts[0] not in ("/", "~")
        and ".." not in parts
    )


def _bytes(resource: Mapping[str, Any], file: Path, path: str) -> list[Finding]:
    data = file.read_bytes()
    findings = []
    if resource.get("bytes", len(data)) != len(data):
        findings.append(
            _wrong(f"has {len(data)} bytes, the descriptor says {resource['bytes']}.", "Export again.", path)
        )
    hashed = str(resource.get("hash", ""))
    if hashed:
        algorithm, _, digest = hashed.rpartition(":")
        if (algorithm or "md5").lower() not in ("md5", "sha1", "sha256", "sha512"):
            findings.append(_wrong(f"unknown hash {algorithm}.", "Use sha256.", path))
        elif (
            hashlib.new((algorithm or "md5").lower(), data, usedforsecurity=False).hexdigest()
            != digest.lower()
        ):
            findings.append(_wrong("differs from the hash of the descriptor.", "Export again.", path))
    return findings


def _schema(schema: Mapping[str, Any], where: str) -> list[Finding]:
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(f, dict) for f in fields):
        return [_wrong(f"{where}: no fields.", "List at least one field.")]
    names = [field.get("name") for field in fields]
    findings = []
    if len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
        findings.append(_wrong(f"{where}: a field without a name of its own.", "Name each field once."))
    if schema.get("fieldsMatch", "exact") not in _MATCHES:
        findings.append(
            _wrong(f"{where}: fieldsMatch is none of {', '.join(_MATCHES)}.", "Write one of them as text.")
        )
    if not str(schema.get("$schema", "")).startswith("https://datapackage.org/profiles/2."):
        findings.append(_wrong(f"{where}: $schema is not that of a Table Schema 2.", "Add it."))
    for field in fields:
        findings += [
            _wrong(f"{where}: {what}", "Correct the field.", FILE, str(field.get("name")))
            for what in field_findings(field)
        ]
    keys = [
        _list(schema.get("primaryKey", [])),
        *(_list(key.get("fields", [])) for key in schema.get("foreignKeys", [])),
    ]
    for key in keys:
        if missing := [name for name in key if name not in names]:
            findings.append(_wrong(f"{where}: a key names {missing[0]}, which is no field.", "Name a field."))
    return findings


def _list(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else list(value)


def _header(table: RawTable, schema: Mapping[str, Any], path: str) -> list[Finding]:
    have, want = table.columns, [field["name"] for field in schema["fields"]]
    match = schema.get("fieldsMatch", "exact")
    fits = {
        "exact": have == want,
        "equal": set(have) == set(want),
        "subset": set(want)
        <= set(have),  # the fields are a subset of the columns: more columns may stand there
        "superset": set(have) <= set(want),  # no column without field; fewer columns may stand there
        "partial": bool(set(have) & set(want)),
    }[match]
    return [] if fits else [_wrong(f"the columns do not match the fields ({match}).", "Export again.", path)]
