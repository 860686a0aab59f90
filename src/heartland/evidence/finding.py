"""What `heartland evidence search` prints: hits as a JSON object, CSV and lines of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from heartland.evidence.records import plain
from heartland.evidence.search import Found, Hit

__all__ = ["found_csv", "found_json", "found_text"]


def found_json(
    found: Found, within: str, filters: Mapping[str, object], known_by: date | None = None
) -> dict[str, Any]:
    """Object of schema `heartland.evidence.search/1`."""
    return {
        "schema": "heartland.evidence.search/1",
        "query": found.query,
        "within": within,
        "known_by": plain(known_by),
        "filters": dict(filters),
        "total": found.total,
        "hits": [{name: plain(value) for name, value in asdict(hit).items()} for hit in found.hits],
        "nearest": {word: list(near) for word, near in found.nearest.items()},
        "counts": dict(found.counts),
        "left_out": list(found.left_out),
        "closest": [{name: plain(value) for name, value in asdict(hit).items()} for hit in found.closest],
        "held": found.held,
    }


def found_csv(found: Found) -> str:
    """Hits as CSV: table, id, date, score, text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "id", "date", "score", "text"))
    writer.writerows((hit.table, hit.id, hit.date, hit.score, hit.text) for hit in found.hits)
    return out.getvalue().rstrip("\n")


def found_text(found: Found, within: str) -> str:
    """Hits as lines: id, date, text; without a hit, what is near."""
    words = "records" if within == "all" else within.replace("_", " ")
    note = f"not asked: {', '.join(found.left_out)} (no such column)" if found.left_out else ""
    if not found.total:
        wider = "" if within == "all" else "--in all searches arguments, sources, actors and routes as well"
        return "\n".join(line for line in (f"no {words} match", *_near(found), wider, note) if line)
    lines = _lines(found.hits)
    shown = f"{found.total:,} {words}"
    if len(found.hits) < found.total:
        shown = f"{len(found.hits):,} of {found.total:,} {words}; --limit 0 prints all"
    return "\n".join(line for line in (*lines, shown, note) if line)


def _lines(hits: Sequence[Hit]) -> list[str]:
    width = max(len(hit.id) for hit in hits)
    dates = max(len(hit.date or "undated") for hit in hits)
    return [f"{hit.id:<{width}}  {hit.date or 'undated':<{dates}}  {hit.text}" for hit in hits]


def _near(found: Found) -> list[str]:
    lines = [
        f'"{word}" occurs nowhere' + (f"; near: {', '.join(near)}" if near else "")
        for word, near in found.nearest.items()
    ]
    if found.counts:
        said = ", ".join(f'"{word}" in {count:,}' for word, count in found.counts.items())
        joint = "" if lines else "; they never occur together, or not under these filters"
        lines.append(f"{said}{joint}")
    if found.closest:
        lines += [f"nearest, with {found.held} of the {found.asked} words:", *_lines(found.closest)]
    return lines
