"""`heartland evidence export`: the ledger in the formats of other programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heartland.app.cli.common import RegionName, say

if TYPE_CHECKING:
    from pandas import DataFrame

    from heartland.evidence.export import Tie
    from heartland.region.region import Region

__all__ = ["export"]


def export(
    format: Annotated[
        str,
        typer.Argument(
            help="csv, parquet, graphml, gexf, geojson, jsonld, stix, csl, bibtex, markdown or datapackage."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="File or folder to write.")],
    region: RegionName = "",
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    tables: Annotated[
        str, typer.Option("--tables", help="Tables to export, as facts;sources; default all.")
    ] = "",
    at: Annotated[str, typer.Option("--at", help="Date of the ties in a graph; none without it.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
) -> None:
    """Write the ledger in a format of other programs: tables, graph, map, linked data, references, notes."""
    from heartland.evidence.export import About
    from heartland.evidence.export import export as write
    from heartland.region.region import Region

    loaded = Region.load(region)
    model = loaded.model
    written = write(
        {**loaded.tables, **_bulk(loaded, known_by)},
        About(model.id, model.title, model.version, model.licence, loaded.hash),
        format,
        out,
        force=force,
        known_by=known_by or None,
        names=tuple(name for name in re.split(r"[;,\s]+", tables) if name),
        ties=_ties(loaded, at, known_by, format) if at else (),
        at=at,
    )
    files = f"{len(written.files)} files" if len(written.files) > 1 else "1 file"
    say(f"wrote {written.path}: {format}, {files}, {written.bytes:,} bytes")


def _bulk(region: Region, known_by: str) -> dict[str, DataFrame]:
    """Bulk tables of the region that have rows, as known by a day."""
    from heartland.evidence.ledger import as_day
    from heartland.evidence.series import SERIES

    limit = as_day(known_by) if known_by else None
    found = {name: region.table(name, limit) for name in sorted(SERIES)}
    return {name: frame for name, frame in found.items() if len(frame)}


def _ties(region: Region, at: str, known_by: str, format: str) -> list[Tie]:
    """Known ties of the world at a date, with the sources their values rest on."""
    from heartland.evidence.export import FORMATS, Tie

    if format not in FORMATS or not FORMATS[format].ties:
        return []
    world = region.at(at, known_by=known_by or None)
    frame = region.tables["observations"]
    sources = dict(zip(frame["observation_id"].tolist(), frame["source_id"].tolist(), strict=True))
    found = []
    for giver in world.powers:
        for receiver in world.receivers:
            for channel in world.channels:
                cell = world.cell(giver, receiver, channel)
                pooled = cell.pooled
                if not pooled.known or giver == receiver:
                    continue
                rests = dict.fromkeys(sources[used] for used in pooled.used_ids if sources.get(used))
                day = cell.end.isoformat() if cell.end else ""
                found.append(
                    Tie(
                        giver, receiver, channel, pooled.value, pooled.low, pooled.high, pooled.unit, day,
                        tuple(rests),
                    )
                )  # fmt: skip
    return found
