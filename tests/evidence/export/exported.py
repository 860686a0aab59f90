"""What the tests of the formats share: the toy and the shipped region, and text that breaks naive writers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st
from tests.region.toy_region import TOY

from heartland.evidence.export import About
from heartland.evidence.export.material import Material, frames_of, gather
from heartland.evidence.loading import read_tables
from heartland.region.region import Region

ABOUT = About("toy", "Two powers over two receivers", "1", "CC0-1.0", "abc")
DEFAULTS = {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}}


@cache
def toy() -> dict[str, pd.DataFrame]:
    return read_tables(TOY, DEFAULTS)[0]


@cache
def region() -> Region:
    return Region.load("central-asia")


@cache
def shipped() -> dict[str, pd.DataFrame]:
    return dict(region().tables)


@cache
def about_shipped() -> About:
    model = region().model
    return About(model.id, model.title, model.version, model.licence, region().hash)


def material(tables: dict[str, pd.DataFrame] | None = None, **options: Any) -> Material:
    return gather(toy() if tables is None else tables, ABOUT, **options)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Equal cells, columns and types; the row in the file is not content."""
    first, second = (frame.drop(columns="_row").reset_index(drop=True) for frame in (one, other))
    return list(first.columns) == list(second.columns) and first.equals(second)


def differing(back: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame]) -> list[str]:
    full = {name for name, frame in tables.items() if len(frame)}
    return sorted({name for name in back if not same(back[name], tables[name])} | (full ^ set(back)))


# quotes, separators, formula starts, markup, combining marks, right-to-left, invisible and astral letters
PIECES = (
    '"',
    "'",
    ",",
    ";",
    "\n",
    "\t",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "''=x",
    "\\",
    "{",
    "}",
    "}}",
    "%",
    "$",
    "#",
    "_",
    "~",
    "^",
    "&amp;",
    "<b>",
    "]]>",
    "-->",
    "|",
    "*",
    "`",
    "[x](y)",
    "](",
    "e\u0301",
    "\u05d0\u05d1",
    "\u202eabc",
    "\u200d",
    "\u2028",
    "\ufeff",
    "\U0001f600",
    "\uff1d1",
    " and ",
    "\r\n",
    "\r",
    " ",
    "null",
    "yes",
    "---",
    "\ufdd0",
)
nasty = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
).filter(lambda text: "\ufffe" not in text and "\uffff" not in text)


@st.composite
def nasty_tables(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """The toy tables with nasty text in their free columns."""
    tables = {name: frame.copy() for name, frame in toy().items() if len(frame)}
    places = (
        ("facts", "paraphrase"),
        ("facts", "note"),
        ("facts", "place"),
        ("actors", "name"),
        ("actors", "note"),
        ("sources", "title"),
        ("sources", "author"),
        ("sources", "note"),
        ("sources", "licence"),
        ("documents", "title"),
        ("documents", "outlet"),
        ("nodes", "name"),
        ("systems", "user_questions"),
        ("memberships", "rank_reason"),
        ("facts", "rank_reason"),
        ("arguments", "paraphrase"),
    )
    texts = draw(st.lists(nasty, min_size=5, max_size=9))
    for shift, (table, column) in enumerate(places):
        frame = tables[table]
        cells = [texts[(shift + at) % len(texts)] for at in range(len(frame))]
        frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    return tables


def normal(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables in normal form, as every table on disk is."""
    return frames_of(gather(tables, ABOUT).rows)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
