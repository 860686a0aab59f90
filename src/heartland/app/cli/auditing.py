"""`heartland evidence audit` and `heartland evidence record`: check the ledger, write down its changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say
from heartland.errors import CheckFailedError

if TYPE_CHECKING:
    from heartland.errors import Finding

__all__ = ["audit", "record"]


def audit(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="One audit, such as A15, in full; may be repeated.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every finding, not the first five.")] = False,
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    texts: Annotated[
        Path | None, typer.Option("--texts", help="Folder of source texts, for A27.", show_default=False)
    ] = None,
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Audit the ledger: thirty checks of sources, dates, numbers and routes; exit code 3 on errors."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.evidence.audit_text import SHOWN, audit_json, audit_text, counts_of

    asked = tuple(only or ())
    name, findings = _findings(region, asked, known_by, texts)
    if format == "json":
        say(dumps(audit_json(findings, {"region": name, "known_by": known_by or None, "only": list(asked)})))
    elif format == "csv":
        say(_csv(findings))
    else:
        say(audit_text(findings, most=None if every or asked else SHOWN))
    counts = counts_of(findings)
    if counts["E"]:
        raise CheckFailedError(f"The audit found {counts['E']} error{'s' * (counts['E'] > 1)}.")
    if strict and counts["W"]:
        number = f"{counts['W']} warning{'s' * (counts['W'] > 1)}"
        raise CheckFailedError(f"The audit found {number}, and --strict lets warnings fail.")


def _findings(
    region: str, only: tuple[str, ...], known_by: str, texts: Path | None
) -> tuple[str, list[Finding]]:
    """Name of the region and what the audits found; of a folder that cannot be loaded its errors alone."""
    from heartland.core.dates import parse
    from heartland.evidence.audit import audit as run
    from heartland.evidence.ledger import Ledger
    from heartland.region.reading import find_region, read_folder
    from heartland.scenarios.validate import mechanism_phases

    folder = find_region(region)
    phases = mechanism_phases()
    content, reading = read_folder(folder, phases)
    if content.model is None or any(finding.severity == "E" for finding in reading):
        return folder.name, reading
    ledger = Ledger(content.tables, content.grading)
    found = run(
        ledger,
        folder,
        only=only,
        known_by=known_by or None,
        at=None if known_by else parse(content.model.start).latest,
        mechanisms=phases,
        texts=texts,
    )
    return content.model.id, [*found, *(finding for finding in reading if not only)]


def _csv(findings: list[Finding]) -> str:
    import csv
    import io

    from heartland.evidence.audit_text import COLUMNS, audit_rows

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(audit_rows(findings))
    return out.getvalue().rstrip("\n")


def record(
    by: Annotated[str, typer.Option("--by", help="Who changed the tables.")],
    reason: Annotated[str, typer.Option("--reason", help="Why they were changed.")],
    table: Annotated[
        list[str] | None, typer.Option("--table", help="Record this table only; may be repeated.")
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option("--before", help="Earlier copy of the folder: lists each cell.", show_default=False),
    ] = None,
    region: RegionName = "",
) -> None:
    """Write down that tables were edited: their new state goes to changes.csv, with who and why."""
    from heartland.evidence.changes import record as write
    from heartland.region.reading import find_region

    folder = find_region(region)
    rows = write(folder, by=by, reason=reason, only=tuple(table or ()), before=before)
    for row in rows:
        where = row["table"] if row["record_id"] == "all" else f"{row['table']} {row['record_id']}"
        say(f"{row['change_id']}  {where}  {row['column']}")
    say(f"{len(rows)} change{'' if len(rows) == 1 else 's'} recorded")
