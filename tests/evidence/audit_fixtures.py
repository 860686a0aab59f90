"""Copies of the toy region with rows added, audited."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.region.toy_region import TOY, copy_of_toy

from heartland.core.schema import load_schema
from heartland.errors import Finding
from heartland.evidence.audit import audit
from heartland.evidence.loading import read_tables

FACT = {
    "article_id": "T1", "lines": "4", "date": "2020-07", "date_basis": "as-of-article", "type": "stance",
    "action": "assess", "domain": "political", "topic": "relations", "modality": "reported",
    "rank": "normal", "credibility": "6", "confidence": "high",
}  # fmt: skip
OBSERVATION = {
    "unit": "usd", "definition": "turnover", "transform": "log", "rank": "normal", "credibility": "6",
    "status": "documented",
}  # fmt: skip
ARGUMENT = {
    "article_id": "T1", "lines": "9", "domain": "security", "kind": "mechanism", "modality": "asserted",
    "confidence": "high", "systems": "defence", "paraphrase": "One thing leads to another.",
}  # fmt: skip
SOURCE = {
    "title": "A thing", "title_kind": "topic", "kind": "blog", "published_basis": "printed",
    "reliability": "F", "independence_group": "blogger",
}  # fmt: skip
USUAL = {"facts": FACT, "observations": OBSERVATION, "arguments": ARGUMENT, "sources": SOURCE}
DEFAULTS = {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}}


def add(folder: Path, table: str, **cells: str) -> None:
    """Append a row to a table; columns the table lacks are added to it."""
    path = folder / f"{table}.csv"
    rows: list[dict[str, str]] = []
    names = [column.name for column in load_schema(table).columns if column.required != "no"]
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), list(reader.fieldnames or ())
    fresh = {**USUAL.get(table, {}), **cells}
    names += [name for name in fresh if name not in names]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows([*rows, fresh])


def change(folder: Path, table: str, key: str, **cells: str) -> None:
    """Change cells of the row whose first column is `key`."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or ())
    names += [name for name in cells if name not in names]
    hits = [row for row in rows if row[names[0]] == key]
    assert hits, f"{key} is not in {table}"
    hits[0].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def toy(folder: Path) -> Path:
    """A copy of the toy region."""
    return copy_of_toy(folder)


def found(folder: Path, check: str, **options: object) -> list[str]:
    """Findings of one audit of a folder, severity first."""
    tables, _ = read_tables(folder, DEFAULTS)
    findings: list[Finding] = audit(tables, folder, only=(check,), **options)
    return [f"{finding.severity} {finding}" for finding in findings]




__all__ = ["TOY", "add", "change", "found", "toy"]
