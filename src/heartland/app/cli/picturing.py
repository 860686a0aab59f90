"""Pictures of a command: one page, or one picture as SVG, PNG or Vega-Lite specification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from heartland.charts.theme import Spec, Surface
    from heartland.measures.registry import Measure
    from heartland.region.corridor_answers import Answer
    from heartland.region.region import Region
    from heartland.region.world import World
    from heartland.report.measures import Drawing

__all__ = ["checked", "write_change", "write_chart", "write_route"]

KINDS = (".html", ".svg", ".png", ".json")


def write_chart(
    world: World, frame: pd.DataFrame, measures: Sequence[Measure], path: Path, *, force: bool, command: str,
    options: Mapping[str, Any], lines: Sequence[str] = (),
) -> None:
    """Write the pictures of a table; several pictures as .svg, .png or .json get a file each.

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
            why="A picture is a page, an SVG, a PNG or a specification.",
            fix=suggestion(kind, KINDS, listing="Write a name that ends in .html, .svg, .png or .json."),
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
    from heartland.charts.theme import LIGHT

    places = [path] if len(drawings) == 1 else [
        path.with_name(f"{path.stem}-{drawing.key}{kind}") for drawing in drawings]
    for place in places:
        _refuse(place, force)
    for drawing, place in zip(drawings, places, strict=True):
        _write(place, _content(drawing.spec, kind, LIGHT))


def write_route(
    region: Region, answer: Answer, path: Path, *, force: bool, command: str, dark: bool = False
) -> None:
    """Write the map of an answer about routes; a page follows the reader's preference for dark."""
    kind = checked(path, force)
    from heartland.charts.theme import surface_of
    from heartland.report.routes import route_page, route_spec

    surface = surface_of(dark)
    if kind == ".html":
        _write(path, route_page(region, answer, command=command))
    else:
        _write(path, _content(route_spec(region, answer, command=command, surface=surface), kind, surface))


def _content(spec: Spec, kind: str, surface: Surface) -> str | bytes:
    from heartland.charts.render import to_png, to_svg

    if kind == ".svg":
        return to_svg(spec)
    if kind == ".png":
        return to_png(spec, surface.background)
    return json.dumps(spec, indent=1) + "\n"


def _write(path: Path, content: str | bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
