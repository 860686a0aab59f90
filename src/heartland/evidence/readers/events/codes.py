"""Codes of states and of kinds of events as the feeds write them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = [
    "Kind", "cameo_kind", "from_cameo_state", "from_gw", "from_iso3", "from_name", "from_numeric", "groups",
    "many", "plover_kind", "plover_modes", "typed_kind",
]  # fmt: skip

PACKAGE = Path(__file__).parents[3]

@dataclass(frozen=True)
class Kind:
    """One kind of event in the words of `schema/plover.csv`; texts are empty and quad is "" where unknown."""

    type: str = ""
    mode: str = ""
    contexts: str = ""
    quad: str = ""
    score: str = ""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def groups() -> frozenset[str]:
    """Three letters that CAMEO and its users give to world regions, cities and blocs: no state is meant."""
    return frozenset(row["code"] for row in _rows(PACKAGE / "regions" / "group_codes.csv"))


@cache
def _states() -> tuple[frozenset[str], Mapping[str, Mapping[str, str]]]:
    """ISO-3 codes of all states and territories; system of codes -> code -> ISO-3."""
    rows = _rows(PACKAGE / "regions" / "state_codes.csv")
    found = {
        system: {code: row["iso3"] for row in rows for code in row[system].split(";") if code}
        for system in ("numeric", "gw", "cameo")
    }
    found["names"] = {name.casefold(): row["iso3"] for row in rows for name in row["names"].split(";")}
    return frozenset(row["iso3"] for row in rows), found


def from_iso3(code: str) -> str | None:
    """The code itself if it is one; None if not."""
    code = code.strip().upper()
    return code if code in _states()[0] else None


def from_cameo_state(code: str) -> str | None:
    """ISO-3 of a state as CAMEO writes it; empty for a region or bloc, None for a code of nothing known.

    Most codes are those of ISO 3166; a few are older ones or CAMEO's own.
    """
    known, systems = _states()
    if code in groups():
        return ""
    return systems["cameo"].get(code) or (code if code in known else None)


def from_gw(number: str) -> str | None:
    """ISO-3 of a state number of Gleditsch and Ward 1999; None if there is none."""
    return _states()[1]["gw"].get(number.strip())


def from_numeric(number: str) -> str | None:
    """ISO-3 of an ISO 3166 number, with or without its leading zeros; None if there is none."""
    return _states()[1]["numeric"].get(number.strip().zfill(3))


def many(find: Callable[[str], str], text: str, part: str = ";") -> str:
    """`find` for each part of a list, joined by `;`, each answer once and empty ones left out."""
    return ";".join(dict.fromkeys(filter(None, map(find, text.split(part)))))


def from_name(name: str) -> str | None:
    """ISO-3 of a state's name as feeds print it; None if it is not in the list."""
    return _states()[1]["names"].get(name.strip().casefold())


@cache
def _vocabulary() -> Mapping[tuple[str, str], tuple[str, str]]:
    """(type, mode) -> (quad, score); a type alone has the empty mode."""
    rows = _rows(PACKAGE / "schema" / "plover.csv")
    kinds = [row for row in rows if row["kind"] != "context"]
    return {(row["type"], row["mode"]): (row["quad"], row["score"]) for row in kinds}


def plover_modes() -> frozenset[tuple[str, str]]:
    """All (type, mode) of the vocabulary."""
    return frozenset(_vocabulary())


def typed_kind(type_: str, mode: str = "", contexts: str = "") -> Kind:
    """A type and mode with its class and score; KeyError if the vocabulary has no such pair."""
    if not type_:
        return Kind(contexts=contexts)
    quad, score = _vocabulary()[type_, mode]
    return Kind(type_, mode, contexts, quad, score)


def plover_kind(type_: str, mode: str, contexts: str = "") -> Kind | None:
    """As a feed that codes PLOVER itself gives it; None for an unknown type, an unknown mode left empty."""
    type_, mode = type_.strip().upper(), mode.strip().casefold().replace("_", "-").replace(" ", "-")
    if (type_, "") not in _vocabulary():
        return None
    return typed_kind(type_, mode if (type_, mode) in _vocabulary() else "", contexts)


@cache
def _cameo() -> Mapping[str, Kind]:
    return {
        row["cameo"]: typed_kind(row["type"], row["mode"], row["contexts"])
        for row in _rows(PACKAGE / "schema" / "cameo_plover.csv")
    }


def cameo_kind(code: str) -> Kind | None:
    """Kind of a CAMEO code (text, with its leading zero) by the shipped cross-walk.

    A code that the cross-walk lacks takes the kind of the code above it (1951 that of 195). Statements and
    appeals (01, 02) have no type. None for a code of no known root.
    """
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 4):
        return None
    table = _cameo()
    return next((table[code[:size]] for size in range(len(code), 1, -1) if code[:size] in table), None)
