"""`heartland import`: read an official file into the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say, text_table
from heartland.errors import Finding, HeartlandInputError, Place

if TYPE_CHECKING:
    from heartland.evidence.readers.base import Imported, Reader, Settings

__all__ = ["add"]

FIRST_ROWS = 5
FIRST_FINDINGS = 5
MOST_ERRORS = 10


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import")(import_)


def import_(
    kind: Annotated[str, typer.Argument(help="Kind of file; see --list.")] = "",
    file: Annotated[str, typer.Argument(help="The file as it was downloaded, packed or not.")] = "",
    region: RegionName = "",
    actors: Annotated[
        str, typer.Option("--actors", help="all, region, or ISO-3 codes separated by commas.")
    ] = "",
    from_: Annotated[str, typer.Option("--from", help="First year.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last year.")] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", help="name=value of the kind; may be repeated.")
    ] = None,
    out: Annotated[str, typer.Option("--out", help="Write the rows to this .csv or .parquet file.")] = "",
    into: Annotated[str, typer.Option("--into", help="Add the rows to this region's folder.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out.")] = False,
    format: Format = "table",
    all_problems: Annotated[bool, typer.Option("--all-problems", help="Show more than five.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the kinds and stop.")] = False,
) -> None:
    """Read an official file; without --out or --into it only says what is in it."""
    choice("format", format, ("table", "csv", "json"))
    if list_:
        _list(format)
        return
    if not kind or not file:
        raise HeartlandInputError.at(
            "KIND and FILE are needed.", why="The kind says how the file is laid out.",
            fix="heartland import --list shows the kinds.", check="usage",
        )  # fmt: skip
    if out and into:
        raise HeartlandInputError.at(
            "--out and --into cannot both be given.", why="Rows go to one place.", fix="Leave one out.",
            check="usage",
        )  # fmt: skip
    from heartland.evidence.readers import reader

    chosen = reader(kind)
    folder = _own_folder(into) if into else None
    streams = chosen.table in ("incidents", "incident_counts")
    settings = _settings(actors, from_, to, option or [], str(folder or region), folder is not None)
    path = Path(out) if out else None
    imported = _read(chosen, Path(file), settings, path if streams else None, force)
    counts: Mapping[str, int] = {}
    if path is not None and imported.frame is not None:
        from heartland.evidence.readers.job import write_rows

        write_rows(imported.frame, path, force=force)
    if folder is not None:
        counts = _into(imported, folder)
    if format == "csv" and imported.frame is not None:
        say(imported.frame.to_csv(index=False, lineterminator="\n").rstrip("\n"))
    elif format == "json":
        say(dumps(_json(imported, file, out, into, counts, all_problems)))
    else:
        say(_text(imported, file, out, into, counts, all_problems))


def _read(chosen: Reader, file: Path, settings: Settings, out: Path | None, force: bool) -> Imported:
    from dataclasses import replace

    return chosen.read(file, replace(settings, out=out, force=force))


def _own_folder(into: str) -> Path:
    """The region's folder to write to; the shipped ones are not the user's to change."""
    from importlib.resources import files

    from heartland.region.reading import find_region

    folder = find_region(into)
    if folder.resolve().is_relative_to(Path(str(files("heartland"))).resolve()):
        raise HeartlandInputError.at(
            f"{into} is a shipped region.", why="The next installation would undo the change.",
            fix="Copy its folder, and import into the copy.", check="import-into",
        )  # fmt: skip
    return folder


def _settings(
    actors: str, from_: str, to: str, option: Sequence[str], region: str, into: bool
) -> Settings:  # fmt: skip
    from heartland.evidence.readers.base import Settings

    options: dict[str, str] = {}
    for pair in option:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise HeartlandInputError.at(
                f'--option "{pair}" is not name=value.', fix="Write for example --option as=turnover.",
                check="usage",
            )  # fmt: skip
        options[name.strip()] = value
    since, until = _day(from_, "from", first=True), _day(to, "to", first=False)
    if since and until and until < since:
        raise HeartlandInputError.at(f"--to {to} is before --from {from_}.", fix="Swap them.", check="usage")
    who = actors or ("region" if into else "all")
    wanted, within = _actors(who, region, into)
    return Settings(actors=wanted, within=within, since=since, until=until, options=options)


def _day(text: str, name: str, *, first: bool) -> str:
    if not text:
        return ""
    from heartland.core.dates import parse

    date = parse(text)
    day = date.earliest if first else date.latest
    if day is None:
        raise HeartlandInputError.at(f"--{name} {text} has no end.", fix="Write a year.", check="usage")
    return day.isoformat()


def _actors(who: str, region: str, into: bool) -> tuple[frozenset[str], frozenset[str]]:
    """States asked for, and those that every side must be among (empty: any)."""
    within: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    if who == "region" or into:
        from heartland.region.region import Region

        loaded = Region.load(region)
        table = loaded.tables["actors"]
        within = frozenset(
            actor for actor, iso3 in zip(table["actor_id"], table["iso3"], strict=True) if actor == iso3
        )
        if who == "region":
            modelled = {*loaded.model.powers, *loaded.model.receivers}
            wanted = frozenset(modelled & within)
    if who not in ("region", "all"):
        from heartland.evidence.readers.states import codes, nearest

        names = [part.strip().upper() for part in who.split(",") if part.strip()]
        for name in names:
            if name not in codes("iso3"):
                raise HeartlandInputError.at(
                    f'--actors "{name}" is no ISO-3 code.', fix=nearest(name, "iso3") or
                    "Write all, region, or codes such as AAA,BBB.", check="usage",
                )  # fmt: skip
        wanted = frozenset(names)
    return wanted, within


def _into(imported: Imported, folder: Path) -> Mapping[str, int]:
    """Add the rows to a folder; if the region would not validate any more, nothing is changed.

    Tables that stood as the folder's list of changes last recorded them are recorded again.
    """
    from heartland.evidence.changes import record, settled
    from heartland.evidence.readers.adding import added, plan
    from heartland.scenarios.validate import validate_region

    addition = plan(imported, folder)
    clean = settled(folder, addition.counts)
    with added(addition):
        errors = [finding for finding in validate_region(folder) if finding.severity == "E"]
        if errors:
            head = Finding(
                "E", "import-into", Place(str(folder)),
                f"the region would have {len(errors)} error{'s' * (len(errors) != 1)} with the rows added.",
                "Nothing was changed.",
                "Look at these; --option channel=, indicator= and unit= say where the numbers go. Errors "
                "that were there before: heartland validate FOLDER.",
            )  # fmt: skip
            raise HeartlandInputError([head, *errors[:MOST_ERRORS]])
        if clean:
            record(folder, by="heartland import", reason=f"{imported.kind}: {imported.source}", only=clean)
    return addition.counts


def _rows(imported: Imported) -> list[dict[str, Any]]:
    """First rows, without their empty cells."""
    if imported.frame is None:
        return []
    head = imported.frame.head(FIRST_ROWS).astype(object)
    records = head.where(head.notna(), None).to_dict("records")
    return [{str(k): _plain(v) for k, v in row.items() if v not in (None, "")} for row in records]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _json(
    imported: Imported, file: str, out: str, into: str, counts: Mapping[str, int], every: bool
) -> dict[str, Any]:
    from heartland.evidence.readers.adding import actors_of, span_of

    frame = imported.frame
    first, last = ("", "") if frame is None else span_of(frame)
    shown = imported.findings if every else imported.findings[:FIRST_FINDINGS]
    return {
        "schema": "heartland.import/1", "kind": imported.kind, "file": Path(file).name,
        "table": imported.table, "read": imported.read, "kept": imported.kept,
        "skipped": dict(imported.skipped), "first_year": int(first) if first.isdigit() else None,
        "last_year": int(last) if last.isdigit() else None,
        "actors": None if frame is None else len(actors_of(frame)),
        "rows": _rows(imported),
        "findings": [
            {
                "file": item.place.file, "row": item.place.row, "column": item.place.column,
                "check": item.check, "what": item.what, "why": item.why, "fix": item.fix,
            }
            for item in shown
        ],
        "citation": imported.source, "source": dict(imported.source_row),
        "out": out or None, "into": into or None, "added": dict(counts),
    }  # fmt: skip


def _text(
    imported: Imported, file: str, out: str, into: str, counts: Mapping[str, int], every: bool
) -> str:
    from heartland.evidence.readers.adding import actors_of, span_of

    lines = [f"{imported.kind}: {Path(file).name}, {imported.read:,} rows read"]
    lines.append(f"kept      {imported.kept:,} rows for {imported.table}")
    lines += [f"left out  {count:,}  {reason}" for reason, count in imported.skipped.items()]
    if imported.frame is not None and len(imported.frame):
        first, last = span_of(imported.frame)
        actors = actors_of(imported.frame)
        some = ", ".join(actors[:12]) + (", ..." if len(actors) > 12 else "")
        lines += [f"years     {first} to {last}", f"actors    {len(actors)}: {some}"]
        rows = _rows(imported)
        names = [name for name in rows[0] if name not in ("transform", "rank", "credibility", "status")]
        cells = [[str(row.get(name, "")) for name in names] for row in rows]
        lines += ["", text_table([names, *cells])]
    shown = imported.findings if every else imported.findings[:FIRST_FINDINGS]
    if shown:
        lines += ["", *(str(item) for item in shown)]
        if len(imported.findings) > len(shown):
            lines.append(f"{len(imported.findings) - len(shown)} more with --all-problems")
    lines += ["", f"source    {imported.source}"]
    if out:
        lines.append(f"written   {out}")
    if into:
        lines.append(f"added to {into}: " + ", ".join(f"{n:,} {name}" for name, n in counts.items()))
    if not out and not into:
        lines.append("nothing was written; --out FILE writes the rows, --into FOLDER adds them to a region")
    return "\n".join(lines)


def _list(format: str) -> None:
    from heartland.evidence.readers import READERS

    if format == "json":
        kinds = [
            {
                "kind": item.name, "title": item.title, "publisher": item.publisher, "table": item.table,
                "layout": item.layout, "citation": item.citation, "licence": item.licence or None,
                "url": item.url, "options": dict(item.options), "references": list(item.references),
            }
            for item in READERS.values()
        ]  # fmt: skip
        say(dumps({"schema": "heartland.import-kinds/1", "kinds": kinds}))
        return
    for item in READERS.values():
        say(f"{item.name}  {item.title}. {item.publisher}")
        for label, text in (
            ("layout", item.layout), ("gives", f"rows of {item.table}"),
            ("licence", item.licence or "not known"), ("from", item.url),
            *(("option", f"{name}: {meaning}") for name, meaning in item.options.items()),
        ):  # fmt: skip
            if text:
                say(f"    {label:8} {text}")
