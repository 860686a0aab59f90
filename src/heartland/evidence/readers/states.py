"""State codes of the publishers (ISO-3, Correlates of War, Gleditsch-Ward, printed names) as ISO-3."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from heartland.core.tables import RawTable, read_csv
from heartland.errors import HeartlandInputError, did_you_mean, suggestion

__all__ = ["SYSTEMS", "codes", "nearest", "normal_name", "spells"]

SYSTEMS = ("iso3", "cow", "gw", "name")
FOLDER = Path(__file__).resolve().parents[2] / "regions"
_EMPTY_WORDS = frozenset({"the", "of", "and"})


@lru_cache(maxsize=2)
def _table(name: str) -> RawTable:
    return read_csv(FOLDER / f"{name}.csv", shown=f"regions/{name}.csv")


def _records(name: str) -> list[dict[str, str]]:
    raw = _table(name)
    return [dict(zip(raw.columns, row, strict=True)) for row in raw.rows]


def normal_name(text: str) -> str:
    """A printed name without accents, case, punctuation and small words.

    Examples
    --------
    >>> normal_name("The Republic of  Cote-d'Abc")
    'republic cote d abc'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", plain.casefold().replace("&", " and "))
    return " ".join(word for word in words if word not in _EMPTY_WORDS)


@lru_cache(maxsize=8)
def codes(system: str) -> Mapping[str, str]:
    """Code -> ISO-3 in one system; names are in normal form.

    Codes of states that no longer exist lead to the ISO-3 code of that time (or of the state that took the
    seat over, where the list says so in its note): see `regions/states.csv`.

    Raises
    ------
    HeartlandInputError for an unknown system
    """
    if system not in SYSTEMS:
        raise HeartlandInputError.at(
            f'"{system}" is not a system of state codes.', why="The states could not be told apart.",
            fix=suggestion(system, SYSTEMS, listing=f"Write one of: {', '.join(SYSTEMS)}."),
            check="import-codes",
        )  # fmt: skip
    if system == "name":
        found = {normal_name(row["name"]): row["iso3"] for row in _records("state_names")}
    elif system == "iso3":
        rows = (*_records("states"), *_records("state_names"))
        found = {row["iso3"]: row["iso3"] for row in rows}
    else:
        found = {row[system]: row["iso3"] for row in _records("states") if row[system]}
    return MappingProxyType(found)


def spells() -> tuple[Mapping[str, str], ...]:
    """Rows of the list of states: iso3, cow, gw, name, from, to (years; empty: still), note."""
    return tuple(MappingProxyType(row) for row in _records("states"))


def nearest(text: str, system: str) -> str:
    """Sentence with names that look like `text`; empty if none does, and for codes, which are all alike."""
    near = did_you_mean(normal_name(text), codes(system)) if system == "name" and len(text) > 4 else []
    return f"Did you mean {' or '.join(near)}?" if near else ""
