"""Checks of numbers: units, bounds, scales and sources of values (A04, A05, A13 and their kin)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from heartland.core.units import dimension
from heartland.errors import Finding
from heartland.evidence.checkbook import Book, catalogue_of, each, place
from heartland.evidence.claims import scale_range

__all__ = [
    "bounds_out_of_order",
    "number_without_unit",
    "observation_of_nothing",
    "observation_without_source",
    "outside_its_scale",
    "unit_clash",
]

NUMBER_WHY = "Intervals and draws are built from these numbers."


def number_without_unit(book: Book) -> Iterator[Finding]:
    """A04: a value needs a unit, a unit a value."""
    for table, row in each(book, "facts", "observations"):
        given = not math.isnan(row["value"])
        if given and not row["unit"]:
            yield Finding(
                "E",
                "A04",
                place(table, row, "unit"),
                f"value {row['value']:.12g} has no unit.",
                "A number without a unit cannot be pooled.",
                "Write its unit from the unit list.",
            )
        elif row["unit"] and not given:
            yield Finding(
                "E",
                "A04",
                place(table, row, "value"),
                f"unit {row['unit']} has no value.",
                "A unit alone says nothing.",
                "Write the value, or leave the unit empty.",
            )


def bounds_out_of_order(book: Book) -> Iterator[Finding]:
    """A05: low <= value <= high."""
    columns = {
        "facts": ("low", "value", "high"),
        "observations": ("low", "value", "high"),
        "legs": ("length_low", "length_km", "length_high"),
    }
    for table, row in each(book, *columns):
        low, value, high = columns[table]
        for below, above in ((low, value), (value, high), (low, high)):
            if row[below] > row[above]:
                yield Finding(
                    "E",
                    "A05",
                    place(table, row, below),
                    f"{below} {row[below]:.12g} is above {above} {row[above]:.12g}.",
                    NUMBER_WHY,
                    "Swap the two.",
                )
                break


def observation_without_source(book: Book) -> Iterator[Finding]:
    """A number that feeds a tie has a source or says that it is an assumption."""
    for table, row in each(book, "observations"):
        if not row["source_id"] and row["status"] != "assumption":
            yield Finding(
                "E",
                "A13",
                place(table, row, "source_id"),
                "no source: status must be assumption.",
                "A number nobody stated must not look like one somebody did.",
                "Name the source, or write assumption in status.",
            )


def observation_of_nothing(book: Book) -> Iterator[Finding]:
    """An observation feeds one channel of a tie, or one indicator of an actor."""
    for table, row in each(book, "observations"):
        if bool(row["channel"]) == bool(row["indicator"]):
            what = (
                "both channel and indicator are filled."
                if row["channel"]
                else "neither channel nor indicator."
            )
            yield Finding(
                "E",
                "observation-target",
                place(table, row, "channel"),
                what,
                "A number feeds exactly one quantity.",
                "Fill one of the two.",
            )
        elif row["channel"] and not row["receiver"]:
            yield Finding(
                "E",
                "observation-target",
                place(table, row, "receiver"),
                f"the tie {row['channel']} has no receiver.",
                "A tie runs from a giver to a receiver.",
                "Fill receiver, or use an indicator for a number of one actor.",
            )


def unit_clash(book: Book) -> Iterator[Finding]:
    """The unit of an observation is of the dimension its channel or indicator is counted in."""
    known = {name: row["unit"] for name, row in catalogue_of(book).items() if row.get("unit")}
    for table, row in each(book, "observations"):
        name = row["channel"] or row["indicator"]
        wanted = known.get(name, "")
        if row["unit"] and wanted and row["unit"] != wanted and dimension(row["unit"]) != dimension(wanted):
            yield Finding(
                "E",
                "unit-clash",
                place(table, row, "unit"),
                f"{row['unit']} is no unit of {name}, which is counted in {wanted}.",
                "Values of different dimensions cannot be pooled.",
                f"Convert the value to {wanted}, or check what it was filed under.",
            )


def outside_its_scale(book: Book) -> Iterator[Finding]:
    """Shares are not negative; ordinals and indices stay inside their declared scale."""
    scales = {name: scale_range(str(row.get("scale", "") or "")) for name, row in catalogue_of(book).items()}
    for table, row in each(book, "observations"):
        name, value = row["channel"] or row["indicator"], row["value"]
        span = scales.get(name)
        if row["unit"] in ("share", "percent") and value < 0 and row.get("transform") == "logit":
            yield Finding(
                "E",
                "negative-share",
                place(table, row, "value"),
                f"share {value:.12g} is negative.",
                "A part of a whole lies between 0 and 1.",
                "Check the sign, or use an indicator with transform identity.",
            )
        elif span and not math.isnan(value) and not span[0] <= value <= span[1]:
            yield Finding(
                "E",
                "outside-scale",
                place(table, row, "value"),
                f"{value:.12g} lies outside the scale of {name} ({span[0]:g} to {span[1]:g}).",
                "Levels outside the scale have no meaning.",
                "Check the value against the scale.",
            )
