"""Pictures of `heartland measure`: one page, or one picture as SVG or as a Vega-Lite specification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from heartland.measures.registry import Measure
    from heartland.region.world import World
    from heartland.report.measures import Drawing

__all__ = ["checked", "write_change", "write_chart"]

KINDS = (".html", ".svg", ".json")


def write_chart(
    world: World, frame: pd.DataFrame, measures: Sequence[Measure], path: Path, *, force: bool, command: str,
    options: Mapping[str, Any], lines: Sequence[str] = (),
) -> None:
    """Write the pictures of a table; several pictures as .svg or .json get a file each.

    Raises
    ------
    HeartlandInputError
        An ending that is not known, or a file that is there and is not to be overwritten.
    """
    kind = checked(path, force)
    from heartland.report.measure_page import measure_drawings, measure_page
    from heartland.report.measures import Names

    if kind == ".html":
        made = measure_page(world, frame, measures, command=command, options=options, lines=lines)
        _write(path, made)
        return
    names = Names.of(world.region)
    found = measure_drawings(world, frame, measures, names, command, options)
    every = [
        replace(drawing, key=f"{name}-{drawing.key}") if len(found) > 1 else drawing
        for name, some in found.items() for drawing in some
    ]
    _write_each(every, path, kind, force)


def write_change(
    world: World, frame: pd.DataFrame, cell: Mapping[str, Any], years: tuple[str, str], path: Path, *,
    force: bool, command: str, unit: str, options: Mapping[str, Any],
) -> None:
    """Write the picture of a change; as for `write_chart`."""
    kind = checked(path, force)
    from heartland.report.measure_drawings import change_drawing
    from heartland.report.measure_page import change_page, change_title
    from heartland.report.measures import Names

    if kind == ".html":
        _write(path, change_page(world, frame, cell, years, command=command, unit=unit, options=options))
        return
    names = Names.of(world.region)
    title = change_title(cell, years, names)
    drawing = change_drawing(frame, names, title=title, unit=unit, source=command)
    _write_each([drawing], path, kind, force)


def checked(path: Path, force: bool) -> str:
    """The ending of a picture that may be written.

    Raises
    ------
    HeartlandInputError
        An ending that is not known, or a file that is there and is not to be overwritten.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise HeartlandInputError.at(
            f'--chart "{path}" has no ending that says what to write.',
            why="A picture is a page, an SVG or a specification.",
            fix=suggestion(kind, KINDS, listing="Write a name that ends in .html, .svg or .json."),
            check="usage",
        )  # fmt: skip
    _refuse(path, force)
    return kind


def _refuse(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise HeartlandInputError.at(
            f"{path} is there already.", why="Nothing is overwritten unasked.", fix="Add --force.",
            check="exists",
        )  # fmt: skip


def _write_each(drawings: Sequence[Drawing], path: Path, kind: str, force: bool) -> None:
    from heartland.charts.render import to_svg

    places = [path] if len(drawings) == 1 else [
        path.with_name(f"{path.stem}-{drawing.key}{kind}") for drawing in drawings]
    for place in places:
        _refuse(place, force)
    for drawing, place in zip(drawings, places, strict=True):
        _write(place, to_svg(drawing.spec) if kind == ".svg" else json.dumps(drawing.spec, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
