"""SVG that may stand inside a page: elements and attributes from a closed list, colours as style classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from xml.etree import ElementTree

from heartland.charts.theme import Palette, Surface

__all__ = ["ALLOWED_ATTRIBUTES", "ALLOWED_ELEMENTS", "clean_svg", "colour_classes"]

ALLOWED_ELEMENTS = frozenset({
    "svg", "g", "path", "line", "rect", "circle", "text", "tspan", "defs", "clipPath", "title", "desc",
})  # fmt: skip
ALLOWED_ATTRIBUTES = frozenset({
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry",
    "d", "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-linejoin", "stroke-linecap", "opacity", "font-size", "font-weight", "font-style", "text-anchor",
    "id", "clip-path",
})  # fmt: skip
_WORDS = frozenset({"text", "tspan", "title", "desc"})
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?|-?\d(?:\.\d+)?e-\d+")
_SAFE_VALUE = re.compile(r"[\w\s#%.,()+-]*\Z")
_URL = re.compile(r"url\(#([\w-]+)\)\Z")
_ID = re.compile(r"[\w-]+\Z")
LONGEST = 2_000_000


def colour_classes(surface: Surface, palette: Palette | None = None) -> dict[str, str]:
    """Style class of each colour in use: `ink` ... of the surface, `p-<actor>` of the palette."""
    found = {
        getattr(surface, role).lower(): role
        for role in ("background", "ink", "muted", "rule", "baseline", "negative", "neutral", "positive")
    } | {colour.lower(): f"step{i}" for i, colour in enumerate(surface.steps)}
    if palette is not None:
        chosen = palette.dark if surface.name == "dark" else palette.light
        found |= {colour.lower(): f"p-{actor}" for actor, colour in chosen.items() if _ID.match(actor)}
    return found


def clean_svg(text: str, *, prefix: str, label: str, classes: Mapping[str, str]) -> str:
    """SVG text with nothing in it but shapes and words.

    Parameters
    ----------
    text : an SVG document;  prefix : put before every id, so that several can share a page
    label : text alternative;  classes : colour (lower case) -> style class; `f-` or `s-` is put before it

    Raises
    ------
    ValueError
        If it is not SVG, declares entities, or is longer than 2 MB.
    """
    if "<!" in text or len(text) > LONGEST:
        raise ValueError("not plain SVG")
    root = ElementTree.fromstring(text)
    if _local(root.tag) != "svg":
        raise ValueError("not SVG")
    return _written(root, prefix, classes, label)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _written(
    node: ElementTree.Element, prefix: str, classes: Mapping[str, str], label: str = ""
) -> str:
    name = _local(node.tag)
    if name not in ALLOWED_ELEMENTS or node.get("display") == "none":
        return ""
    if name == "path" and not node.get("d", "").replace("M0,0h0v0h0Z", ""):
        return ""
    attributes = _attributes(node, prefix, classes)
    if label:
        attributes = {"role": "img", "aria-label": label, **attributes}
    inner = escape(node.text, quote=False) if node.text and name in _WORDS else ""
    inner += "".join([_written(child, prefix, classes) for child in node])
    if name in ("g", "text") and not inner:
        return ""
    if name == "g" and not attributes:
        return inner
    shown = "".join([f' {key}="{escape(value)}"' for key, value in attributes.items()])
    return f"<{name}{shown}>{inner}</{name}>"


def _attributes(node: ElementTree.Element, prefix: str, classes: Mapping[str, str]) -> dict[str, str]:
    done: dict[str, str] = {}
    styled = []
    for raw, value in node.attrib.items():
        name = _local(raw)
        if name not in ALLOWED_ATTRIBUTES or not _SAFE_VALUE.match(value) or not value:
            continue
        url = _URL.match(value)
        if "url" in value.lower() and url is None:
            continue
        if url:
            value = f"url(#{prefix}{url[1]})"
        elif name == "id":
            value = prefix + value
        elif name in ("fill", "stroke") and value.lower() in classes:
            styled.append(f"{name[0]}-{classes[value.lower()]}")
        elif name in ("d", "transform", "x", "y", "x1", "y1", "x2", "y2"):
            value = _NUMBER.sub(_short, value)
        if name == "transform" and value == "translate(0,0)":
            continue
        done[name] = value
    if styled:
        done["class"] = " ".join(styled)
    return done


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
