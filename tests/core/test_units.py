"""The closed unit list: conversion, refusals, what was probably meant."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.core.units import convert, dimension, known_units, unit, unit_finding
from heartland.errors import HeartlandInputError, Place

WHY = "Values in unknown units cannot be pooled."
LIST = "Known units: schema/units.csv."


def test_every_unit_has_a_dimension_a_factor_and_a_label() -> None:
    for name, entry in known_units().items():
        assert entry.unit == name
        assert entry.dimension
        assert entry.label
        assert entry.factor > 0


def test_list_is_read_only() -> None:
    with pytest.raises(TypeError):
        known_units()["ell"] = known_units()["km"]  # type: ignore[index]  # that it fails is the test


@pytest.mark.parametrize(
    ("value", "from_", "to", "expected"),
    [
        (45.0, "percent", "share", 0.45),
        (0.45, "share", "percent", 45.0),
        (2.0, "days", "hours", 48.0),
        (1.0, "years", "days", 365.25),
        (2.0, "toe", "kwh", 23260.0),
        (3.0, "usd", "usd", 3.0),
        (7.0, "persons", "count", 7.0),
        (7.0, "count", "flights", 7.0),
    ],
)
def test_convert(value: float, from_: str, to: str, expected: float) -> None:
    assert convert(value, from_, to) == pytest.approx(expected, rel=1e-12)


def test_convert_keeps_shape_of_arrays() -> None:
    found = convert(np.array([[1.0, np.nan], [50.0, 100.0]]), "percent", "share")
    np.testing.assert_allclose(found, [[0.01, np.nan], [0.5, 1.0]])


@pytest.mark.parametrize(
    ("from_", "to", "message"),
    [
        (
            "km", "usd",
            "km cannot be converted to usd. One measures length, the other money. Give the value in the unit"
            " that is asked for.",
        ),
        (
            "usd", "usd2015",
            "usd cannot be converted to usd2015. One measures money, the other money-2015. Give the value in"
            " the unit that is asked for.",
        ),
        (
            "flights", "persons",
            "flights cannot be converted to persons. Both are counts, but flights are not persons. Give the"
            " value in the unit that is asked for.",
        ),
    ],
)
def test_convert_refused(from_: str, to: str, message: str) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        convert(1.0, from_, to)
    assert str(caught.value) == message


def test_dimension() -> None:
    assert (dimension("persons"), dimension("percent")) == ("count", "ratio")


@pytest.mark.parametrize(
    ("text", "value", "fix"),
    [
        ("mln USD", "12", "Use usd and write 12000000."),
        ("USD million", "1.5", "Use usd and write 1500000."),
        ("bn dollars", "", "Use usd and multiply by 1000000000."),
        ("thousand persons", "2,5", "Use persons and multiply by 1000."),
        ("%", "", "Use percent."),
        ("USD", "", "Use usd."),
        ("log points", "", "Use log-points."),
        ("person", "", "Use persons."),
        ("tonnnes", "", f"Did you mean tonnes? {LIST}"),
        ("parsecs", "", LIST),
        ("x" * 5000, "", LIST),
    ],
)
def test_unknown_unit(text: str, value: str, fix: str) -> None:
    found = unit_finding(text, Place("observations.csv", 88, "unit"), value)
    shown = text if len(text) < 60 else text[:60] + "..."
    assert str(found) == f'observations.csv:88:unit  "{shown}" is not in the unit list. {WHY} {fix}'


def test_unit_raises_with_its_place() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        unit("Km", file="legs.csv", row=3, column="unit")
    assert str(caught.value) == f'legs.csv:3:unit  "Km" is not in the unit list. {WHY} Use km.'
