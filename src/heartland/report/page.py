"""One self-contained HTML page from sections: own style, no script, nothing loaded from anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from heartland.charts.theme import Palette
from heartland.report.content import Cell, Link, Marked, Safe, Section
from heartland.report.style import page_style, style_hash

__all__ = ["page"]

# as the templates escape
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


def page(
    sections: Sequence[Section], palette: Palette, *, title: str, kicker: str, question: str,
    lines: Sequence[str], closing: str, data: Mapping[str, Any],
) -> str:
    """The page as HTML text.

    Parameters
    ----------
    lines : the answer; a question at the head of a line is set in bold
    data : stands in the page as inert JSON, for reuse
    """
    from jinja2 import Environment, PackageLoader

    style = page_style(palette)
    environment = Environment(loader=PackageLoader("heartland.report", "templates"), autoescape=True)
    environment.globals["ids"] = _ids()
    environment.globals["cell"] = _cell
    return environment.get_template("report.html.j2").render(
        title=title, kicker=kicker, question=question, lines=[_parted(line) for line in lines],
        sections=sections, style=Safe(style),  # own sheet and colours checked as #RRGGBB
        style_hash=style_hash(style), data=_inert(data), closing=closing,
    )  # fmt: skip


def _parted(line: str) -> dict[str, str]:
    """A line with its question apart, to be set in bold; together they are the line."""
    head, mark, rest = line.partition("? ")
    return {"head": f"{head}?", "rest": rest} if mark else {"head": "", "rest": line}


def _cell(value: Cell) -> Safe:
    """A cell of a table, or a point of a list, as markup."""
    return Safe(_marked_up(value))


def _marked_up(value: Cell) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, Marked):
        return f"<{value.tag}>{value.text.translate(_ESCAPED)}</{value.tag}>"
    if isinstance(value, Link):
        outside = "" if value.href.startswith("#") else ' rel="noopener noreferrer"'
        href, text = (part.translate(_ESCAPED) for part in (value.href, value.text))
        return f'<a href="{href}"{outside}>{text}</a>'
    return ", ".join(map(_marked_up, value))


def _ids() -> Callable[[str], Safe]:
    seen: set[str] = set()

    def attribute(name: str) -> Safe:
        if not name or name in seen:
            return Safe("")
        seen.add(name)
        return Safe(f' id="{escape(name)}"')

    return attribute


def _inert(data: Mapping[str, Any]) -> Safe:
    """JSON that can stand in a script element: no character of it can end the element."""
    text = json.dumps(data, ensure_ascii=True, sort_keys=True, allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Safe(text)
