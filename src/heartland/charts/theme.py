"""Look of all charts: surfaces, fixed colours of powers, and the frame every specification shares."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from heartland.errors import Finding, HeartlandInputError, Place

__all__ = [
    "BANDS",
    "DARK",
    "DIVERGING",
    "LIGHT",
    "MAX_POWERS",
    "SEQUENTIAL",
    "WIDTH",
    "Palette",
    "Row",
    "Spec",
    "Surface",
    "empty_spec",
    "framed",
    "surface_of",
    "values",
]

Spec: TypeAlias = dict[str, Any]
Row: TypeAlias = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 344
HEIGHT = 190
BANDS = ((95, 0.08), (80, 0.18), (50, 0.32))
MAX_POWERS = 7
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_DASH = re.compile(r"\d{1,3}( \d{1,3})*\Z")


@dataclass(frozen=True)
class Surface:
    """Colours that do not belong to an actor; every role has a value of its own, so it can be restyled."""

    name: str
    background: str
    ink: str
    muted: str
    rule: str
    baseline: str
    negative: str
    neutral: str
    positive: str
    steps: tuple[str, str, str, str, str]


LIGHT = Surface(
    "light", "#FBFAF7", "#1B1D21", "#5A5F66", "#DAD7D0", "#7F8287", "#2C6E9B", "#E9E6DF", "#A65A1C",
    ("#EAF0F1", "#C3D6DB", "#92B6C0", "#5D909F", "#2F6676"),
)  # fmt: skip
DARK = Surface(
    "dark", "#14161A", "#E8E6E1", "#A6A9AF", "#34373D", "#8D9196", "#6BA9D2", "#2B2E33", "#DE9557",
    ("#1F2A2E", "#273B42", "#304F59", "#3A6672", "#8CC0CC"),
)  # fmt: skip
SEQUENTIAL = LIGHT.steps
DIVERGING = (LIGHT.negative, LIGHT.neutral, LIGHT.positive)


def surface_of(dark: bool) -> Surface:
    """The dark or the light surface."""
    return DARK if dark else LIGHT


@dataclass(frozen=True)
class Palette:
    """Fixed colour and dash of each power: `palette.csv` as data. `other` stands for everyone else."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    dashes: Mapping[str, tuple[int, ...]]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], file: str = "palette.csv") -> Palette:
        """Read rows with the columns actor, light, dark and dash.

        Raises
        ------
        HeartlandInputError
            For a colour or dash that cannot be read, and for more powers than colours can tell apart.
        """
        light, dark, dashes, findings = {}, {}, {}, []
        for number, row in enumerate(rows, start=2):
            actor, dash = str(row["actor"]), str(row.get("dash") or "solid")
            for column in ("light", "dark"):
                if not _HEX.match(str(row[column])):
                    what = f'{column}: "{row[column]}" is not a colour.'
                    findings.append(
                        _finding(file, number, what, "Write six hexadecimal digits, as in #CE431B.")
                    )
            if dash != "solid" and not _DASH.match(dash):
                findings.append(_finding(
                    file, number, f'dash: "{dash}" is not a stroke pattern.',
                    "Write solid, or lengths in px, as in 8 3."))  # fmt: skip
            light[actor], dark[actor] = str(row["light"]), str(row["dark"])
            dashes[actor] = () if findings or dash == "solid" else tuple(int(x) for x in dash.split())
        powers = [actor for actor in light if actor != "other"]
        if len(powers) > MAX_POWERS:
            findings.append(Finding(
                "E", "palette", Place(file), f"{len(powers)} powers have a colour.",
                f"More than {MAX_POWERS} cannot be told apart by every reader.",
                "Keep the most important and leave the rest to the row other."))  # fmt: skip
        if findings:
            raise HeartlandInputError(findings)
        return cls(light, dark, dashes)

    def colour(self, actor: str, dark: bool = False) -> str:
        """Colour of a power, of `other`, or the muted ink."""
        chosen = self.dark if dark else self.light
        return chosen.get(actor) or chosen.get("other") or surface_of(dark).muted

    def dash(self, actor: str) -> list[int]:
        """Stroke pattern in px; empty is solid."""
        return list(self.dashes.get(actor, self.dashes.get("other", ())))


def _finding(file: str, row: int, what: str, fix: str) -> Finding:
    return Finding("E", "palette", Place(file, row), what, "Powers keep one colour everywhere.", fix)


def values(rows: Sequence[Row]) -> Spec:
    """Inline data of a specification; unknown numbers become null."""
    return {"values": [{name: _known(value) for name, value in row.items()} for row in rows]}


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def framed(
    layers: Sequence[Spec],
    *,
    title: str,
    description: str,
    source: str,
    surface: Surface = LIGHT,
    width: int = WIDTH,
    height: int = HEIGHT,
    notes: Sequence[str] = (),
    right: int = 8,
    letters: int = 54,
    **more: Any,
) -> Spec:
    """One layered chart in the common frame.

    Parameters
    ----------
    title : the subject;  description : what the picture shows, in a sentence (the text alternative)
    source : source and run, last line of the subtitle;  notes : lines above it
    width, height : px, labels included in the width;  right : px kept free for labels at the line's end
    letters : longest line of the subtitle
    """
    subtitle = [line for text in (*notes, source) if text for line in textwrap.wrap(text, letters)]
    return {
        "$schema": SCHEMA,
        "description": description,
        "title": {"text": textwrap.wrap(title, max(letters - 14, 40)) or [""], "subtitle": subtitle},
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "top": 2, "right": right, "bottom": 4},
        "background": None,
        **_shared(layers),
        "config": _config(surface),
        **more,
    }


def _shared(layers: Sequence[Spec]) -> Spec:
    """Layers whose equal data stand once, by name, at the top."""
    names: dict[str, str] = {}
    datasets: dict[str, list[Row]] = {}
    done = []
    for layer in layers:
        rows = layer["data"]["values"]
        name = names.setdefault(json.dumps(rows), f"rows{len(names)}")
        datasets[name] = rows
        done.append({**layer, "data": {"name": name}})
    return {"datasets": datasets, "layer": done}


def empty_spec(title: str, reason: str, source: str, surface: Surface = LIGHT) -> Spec:
    """A chart that says there is nothing to draw, and why."""
    text = {
        "data": values([{"text": f"no data: {reason}" if reason else "no data"}]),
        "mark": {"type": "text", "align": "left", "x": 4, "y": 14, "color": surface.muted, "fontSize": 14},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
    return framed(
        [text], title=title, description=f"{title}: no data. {reason}".strip(), source=source,
        surface=surface, height=28, view={"stroke": None},
    )  # fmt: skip


def _config(surface: Surface) -> Spec:
    font = "system-ui, sans-serif"
    return {
        "font": font,
        "title": {
            "anchor": "start", "frame": "bounds", "font": font, "fontSize": 14, "fontWeight": 600,
            "lineHeight": 18, "color": surface.ink, "subtitleFont": font, "subtitleFontSize": 12,
            "subtitleLineHeight": 16, "subtitleColor": surface.muted, "offset": 10, "subtitlePadding": 4,
        },
        "axis": {
            "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
            "labelColor": surface.muted,
            "titleColor": surface.muted, "gridColor": surface.rule, "domainColor": surface.rule,
            "tickColor": surface.rule, "tickSize": 4, "labelPadding": 4,
        },
        "axisY": {
            "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom",
            "titleX": 0, "titleY": -6, "domain": False, "ticks": False,
        },
        "axisX": {"grid": False, "titleAnchor": "end"},
        "view": {"stroke": None},
        "text": {"font": font, "fontSize": 12, "color": surface.ink},
        "line": {"strokeWidth": 2, "strokeJoin": "round"},
    }  # fmt: skip
