"""Style of the page: colours as variables for light, dark and print, and the classes that pictures use."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from heartland.charts.svg import colour_classes
from heartland.charts.theme import DARK, LIGHT, Palette, Surface

__all__ = ["page_style", "style_hash"]


def page_style(palette: Palette) -> str:
    """The whole style sheet; follows the reader's preference for dark, and prints light."""
    sheet = files("heartland.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    names = list(colour_classes(LIGHT, palette).values())
    rules = "".join(f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in names)
    light, dark = _variables(LIGHT, palette), _variables(DARK, palette)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{sheet}{rules}"
    )


def _variables(surface: Surface, palette: Palette) -> str:
    by_class = {name: colour for colour, name in colour_classes(surface, palette).items()}
    return "".join(f"--{name}:{colour};" for name, colour in by_class.items())


def style_hash(style: str) -> str:
    """Hash of an inline style sheet for the content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
