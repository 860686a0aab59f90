"""The closed list of units and conversion inside a dimension; a unit outside the list is an error."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from heartland.core.datehelp import quote
from heartland.errors import Finding, HeartlandInputError, Place, did_you_mean

__all__ = ["Unit", "convert", "dimension", "known_units", "unit", "unit_finding"]

Number = TypeVar("Number")

LISTING = "Known units: schema/units.csv."
WHY = "Values in unknown units cannot be pooled."
_MULTIPLES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "th": 1e3, "thsd": 1e3,
    "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6,
    "b": 1e9, "bn": 1e9, "bln": 1e9, "billion": 1e9, "billions": 1e9,
    "trn": 1e12, "tn": 1e12, "trillion": 1e12, "trillions": 1e12,
}
_SYNONYMS = {
    "$": "usd", "us$": "usd", "dollar": "usd", "dollars": "usd", "%": "percent", "pct": "percent",
    "people": "persons", "person": "persons", "t": "tonnes", "ton": "tonnes", "tons": "tonnes",
    "kilometers": "km", "kilometres": "km", "day": "days", "hour": "hours", "h": "hours", "year": "years",
    "month": "months", "number": "count", "proportion": "share", "fraction": "share", "vote": "votes",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `factor` turns a value into the dimension's base unit; `label` is what screens print."""

    unit: str
    dimension: str
    factor: float
    label: str


@lru_cache(maxsize=1)
def known_units() -> Mapping[str, Unit]:
    """All units by id, in the order of `schema/units.csv`.

    Raises
    ------
    HeartlandInputError if the shipped list itself is broken (double id, factor not positive)
    """
    from heartland.core.tables import read_csv

    raw = read_csv(Path(__file__).parent.parent / "schema" / "units.csv", shown="schema/units.csv")
    found: dict[str, Unit] = {}
    for row, number in zip(raw.rows, raw.numbers, strict=True):
        record = dict(zip(raw.columns, row, strict=True))
        try:
            factor = float(record["factor"])
        except ValueError:
            factor = 0.0
        if record["unit"] in found or not factor > 0:
            raise HeartlandInputError.at(
                f"unit {quote(record['unit'])} is listed twice or has no positive factor.",
                why="Conversion would be ambiguous.", fix="Give each unit one row and a factor above 0.",
                file="schema/units.csv", row=number, column="unit", check="unit",
            )
        found[record["unit"]] = Unit(record["unit"], record["dimension"], factor, record["label"])
    return MappingProxyType(found)


def _split(text: str) -> tuple[str, float]:
    """Known unit that a text with words such as `mln` means, and its multiple; `""` if none."""
    scale, rest = 1.0, []
    for word in re.findall(r"[^\s_/-]+", text.casefold()):
        if word in _MULTIPLES:
            scale *= _MULTIPLES[word]
        elif word not in ("of", "us", "current"):
            rest.append(word)
    units = known_units()
    labels = {entry.label.casefold(): name for name, entry in units.items()}
    for candidate in (text.casefold(), "-".join(rest), " ".join(rest), "".join(rest)):
        name = _SYNONYMS.get(candidate, labels.get(candidate, candidate))
        if name in units:
            return name, scale if candidate != text.casefold() else 1.0
    return "", scale


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.12g}"


def unit_finding(text: str, place: Place, value: str = "") -> Finding:
    """Finding for a text outside the unit list; `value` is the number beside it, if known."""
    name, scale = _split(text[:80])
    near = did_you_mean(text, known_units())
    if name and scale != 1.0:
        fix = f"Use {name} and multiply by {scale:.0f}."
        with contextlib.suppress(ValueError, OverflowError):
            fix = f"Use {name} and write {_digits(float(value) * scale)}."
    elif name:
        fix = f"Use {name}."
    else:
        fix = f"Did you mean {' or '.join(near)}? {LISTING}" if near else LISTING
    return Finding("E", "unit", place, f"{quote(text)} is not in the unit list.", WHY, fix)


def unit(text: str, *, file: str = "", row: int = 0, column: str = "", value: str = "") -> Unit:
    """Look up one unit.

    Raises
    ------
    HeartlandInputError if it is not in the list, with the unit that was probably meant
    """
    try:
        return known_units()[text]
    except KeyError:
        raise HeartlandInputError(unit_finding(text, Place(file, row, column), value)) from None


def dimension(text: str) -> str:
    """Dimension of a unit, such as `money` or `count`.

    Raises
    ------
    HeartlandInputError if the unit is not in the list
    """
    return unit(text).dimension


def convert(value: Number, from_: str, to: str) -> Number:
    """Convert a number or an array between two units of one dimension.

    Parameters
    ----------
    value : float or array of any shape, in unit `from_`
    from_, to : unit ids. Two different countable nouns do not convert into each other, only into `count`
        and from it: a flight is no person. Money of different price years needs a deflator, not a factor.

    Returns
    -------
    the same shape in unit `to`; the value itself if the units are the same

    Raises
    ------
    HeartlandInputError for an unknown unit or two units that do not measure the same thing
    """
    source, target = unit(from_), unit(to)
    nouns = source.dimension == "count" and source != target and "count" not in (from_, to)
    if source.dimension != target.dimension or nouns:
        what = f"{from_} cannot be converted to {to}."
        why = (
            f"Both are counts, but {source.label} are not {target.label}." if nouns
            else f"One measures {source.dimension}, the other {target.dimension}."
        )
        fix = "Give the value in the unit that is asked for."
        raise HeartlandInputError.at(what, why=why, fix=fix, check="unit")
    if source.factor == target.factor:
        return value
    amount: Any = value
    converted: Number = amount * (source.factor / target.factor)
    return converted
