"""`heartland evidence cite`: from a record, a tie or a number of a run to its sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import Format, Out, RegionName, choice, dumps, say

if TYPE_CHECKING:
    from heartland.evidence.records import Citation
    from heartland.report.citing import Cited

__all__ = ["add"]

SAID = ("value", "low", "high")


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(cite)


def cite(
    what: Annotated[
        str,
        typer.Argument(
            help="Id of a record (or several joined by ;), GIVER/RECEIVER:channel@DATE, "
            "ACTOR:indicator@DATE, or RUN:outcome."
        ),
    ],
    style: Annotated[str, typer.Option("--style", help="text, csl or bibtex.")] = "text",
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    out: Out = Path("heartland-runs"),
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Cite what a record, a tie or a number of a run rests on."""
    choice("format", format, ("table", "csv", "json"))
    choice("style", style, ("text", "csl", "bibtex"))
    from heartland.app.cli.evidence_tables import open_ledger, public
    from heartland.region.region import Region
    from heartland.report.citing import cite as find

    loaded = Region.load(region)
    for name in what.split(";"):
        public(loaded, name.strip(), known_by)
    ledger = open_ledger(loaded, known_by)
    found = find(loaded, what, ledger=ledger, known_by=known_by or None, out=out)
    if format == "csv":
        say(_csv(found))
        return
    references = _references(found, ledger, style)
    if format == "json":
        say(dumps(_object(found, style, references)))
    elif style == "csl":
        import json

        say(json.dumps(references, ensure_ascii=False, indent=2))
    elif style == "bibtex":
        say("\n\n".join(references))
    else:
        say(_text(found, references))


def _references(found: Cited, ledger: Any, style: str) -> list[Any]:
    """Each source in the style asked for; assumptions are no sources and stand only in text."""
    from heartland.evidence.known import rows
    from heartland.evidence.references import bibtex_entry, csl_item, publishers_of, text_reference

    write = {"text": text_reference, "csl": csl_item, "bibtex": bibtex_entry}[style]
    table = {row["source_id"]: row for row in rows(ledger.tables["sources"])}
    names = publishers_of(rows(ledger.tables["actors"]))
    return [
        write(table.get(item.source_id) or _as_row(item), names)
        for item in found.sources
        if item.role != "assumption"
    ]


def _as_row(item: Citation) -> dict[str, Any]:
    """A text that is only in documents.csv, in the columns of sources.csv."""
    return {**item._asdict(), "title_kind": "printed", "kind": "", "published_basis": ""}


def _object(found: Cited, style: str, references: list[Any]) -> dict[str, Any]:
    return {
        "schema": "heartland.evidence.cite/1",
        "of": found.of,
        "kind": found.kind,
        "says": found.says,
        "value": found.value or None,
        "records": list(found.records),
        "parameters": list(found.parameters),
        "left_out": [{"id": name, "reason": reason} for name, reason in found.left_out],
        "sources": [item._asdict() for item in found.sources],
        "style": style,
        "references": references,
    }


def _csv(found: Cited) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    fields = ("source_id", "role", "title", "author", "publisher", "published", "reliability", "url")
    writer.writerow(fields)
    writer.writerows([getattr(item, name) for name in fields] for item in found.sources)
    return out.getvalue().rstrip("\n")


def _text(found: Cited, references: list[str]) -> str:
    from heartland.charts.words import beside

    lines = [f"{found.of}: {found.says}" if found.says else found.of]
    value = found.value
    if found.kind == "run":
        told = tuple(value[name] for name in SAID if value[name] is not None)
        said, low, high = (
            "unknown" if value[name] is None else beside(value[name], told, 3) for name in SAID
        )
        span = f" ({low} to {high})" if value["low"] is not None else ""
        grade = value["evidence_grade"] or "not graded"
        lines.append(f"value: {said}{span} {value['unit']}; evidence {grade}")
        lines.append(f"carried by: {', '.join(value['mechanisms']) or 'no mechanism'}")
    if found.kind != "record":
        lines.append(f"observations: {_listed(found.records)}")
    if found.parameters:
        lines.append(f"parameters: {_listed(found.parameters)}")
    lines += [f"left out: {name}, {reason}" for name, reason in found.left_out]
    roles = {item.source_id: item.role for item in found.sources}
    for line in references:
        role = roles[line.partition(":")[0]]
        lines.append(line if role == "own" else f"{line} ({role})")
    lines += [f"assumption: {item.title}" for item in found.sources if item.role == "assumption"]
    if not found.sources:
        lines.append("rests on no source")
    return "\n".join(lines)


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - 20
    said = ", ".join(names[:20]) or "none"
    return f"{said} and {more} more (--format json lists all)" if more > 0 else said
