"""`heartland evidence history`: one figure through time, source by source."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.evidence.history import History
    from heartland.region.region import Region

__all__ = ["add"]

ENDINGS = (".html", ".svg", ".json")


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(history)


def history(
    figure: Annotated[
        list[str], typer.Argument(help="GIVER RECEIVER CHANNEL, or ACTOR INDICATOR.", metavar="FIGURE")
    ],
    from_: Annotated[str, typer.Option("--from", help="Not before this date.")] = "",
    to: Annotated[str, typer.Option("--to", help="Not after this date.")] = "",
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write a page (.html), picture (.svg) or chart specification (.json)."),
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="Dark surface, for .svg and .json.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Show a figure through time: what each source stated, how surely, and where they disagree."""
    choice("format", format, ("table", "csv", "json"))
    giver, receiver, quantity = _figure(figure)
    _usable(out, force)
    from heartland.evidence.history import figure_history, history_json, history_table
    from heartland.evidence.listing import csv_text
    from heartland.region.region import Region

    loaded = Region.load(region)
    ledger = loaded.ledger.as_of(known_by=known_by) if known_by else loaded.ledger
    found = figure_history(ledger, giver, receiver, quantity, from_, to)
    if out is not None:
        _write(out, _content(loaded, found, out, dark))
        say(f"wrote {out}")
    elif format == "json":
        say(dumps(history_json(found)))
    elif format == "csv":
        say(csv_text(history_table(found)))
    else:
        say(_text(found))


def _figure(words: list[str]) -> tuple[str, str, str]:
    if len(words) == 3:
        return words[0], words[1], words[2]
    if len(words) == 2:
        return words[0], "", words[1]
    raise HeartlandInputError.at(
        f"{len(words)} words do not name a figure.",
        check="usage",
        why="A tie has a giver, a receiver and a channel; an indicator has one actor.",
        fix="Write GIVER RECEIVER CHANNEL, or ACTOR INDICATOR.",
    )


def _usable(out: Path | None, force: bool) -> None:
    if out is None:
        return
    if out.suffix not in ENDINGS:
        raise HeartlandInputError.at(
            f'--out "{out}" has no ending that is known.',
            check="usage",
            why="The ending says what is written.",
            fix=f"End it in {', '.join(ENDINGS)}.",
        )
    if out.exists() and not force:
        raise HeartlandInputError.at(
            f"{out} exists.",
            check="usage",
            why="Nothing is overwritten unasked.",
            fix="Name another file, or add --force.",
        )
    if not out.parent.is_dir():
        raise HeartlandInputError.at(
            f"{out.parent} is no folder.", check="usage", fix="Make it, or name another with --out."
        )


def _content(region: Region, found: History, out: Path, dark: bool) -> str:
    import json

    from heartland.charts.render import to_svg
    from heartland.charts.theme import surface_of
    from heartland.report.history import history_page, history_specs

    if out.suffix == ".html":
        return history_page(region, found)
    specs = history_specs(region, found, surface_of(dark))
    if out.suffix == ".svg" and len(specs) > 1:
        raise HeartlandInputError.at(
            f"{found.quantity} was counted in {len(specs)} ways: {', '.join(specs)}.",
            check="usage",
            why="Values that count different things never share a picture.",
            fix="Write a page: end --out in .html.",
        )
    if out.suffix == ".svg":
        return to_svg(next(iter(specs.values())))
    content = next(iter(specs.values())) if len(specs) == 1 else {"vconcat": list(specs.values())}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _write(out: Path, text: str) -> None:
    """Write beside the target and rename, so that nothing half-written stands under its name."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def _text(found: History) -> str:
    from heartland.evidence.history import history_table
    from heartland.evidence.known import rows
    from heartland.evidence.showing import aligned, rounded

    if not found.statements:
        return "nobody stated a value; unknown is not zero"
    lines = [["period", "value", "low", "high", "source", "grade", "group", "standing"]]
    for row in rows(history_table(found)):
        numbers = [rounded(row[name]) for name in ("value", "low", "high")]
        if row["row"] == "pooled":
            if row["n_values"] > 1:
                mark = f"conflict, ratio {row['ratio']:.3g}" if row["conflict"] == "yes" else ""
                lines.append([row["period"], *numbers, "pooled", "", f"{row['n_groups']} groups", mark])
            continue
        name = f"~~{row['source_id']}~~" if row["rank"] == "deprecated" else row["source_id"]
        lines.append([row["period"], *numbers, name, row["grade"], row["group"], row["reason"]])
    title = " to ".join(name for name in (found.giver, found.receiver) if name)
    clashes = sum(point.conflict for point in found.points)
    counted = ", ".join(found.definitions)
    return "\n".join([
        f"{title}: {found.name}, {found.unit} ({counted})", aligned(lines),
        f"{len(found.statements)} values, {len(found.points)} periods, {clashes} in conflict",
        *(f"issue: {item['issue_id']} ({', '.join(item['records'])})  {item['description']}"
          for item in found.issues),
    ])  # fmt: skip
