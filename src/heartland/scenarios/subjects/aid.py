"""What donors of medical aid can give, and the weight of their firms in each receiver.

`LEAST` is a numerical guard: it keeps the logarithm of a donor without output finite.
"""

from __future__ import annotations

import numpy as np

from heartland.core.arrays import namespace
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject

__all__ = ["SUBJECT"]

LEAST = 1e-3  # least output of a donor relative to the largest one


def _open(book: Opening) -> None:
    missing = np.full((*book.axes.shape(("power", "receiver")), 1), np.nan)
    stock = np.nan_to_num(book.volumes.get("investment", missing))
    whole = stock.sum(axis=0, keepdims=True)
    book.statics["footprint"] = np.divide(stock, whole, out=np.zeros_like(stock), where=whole > 0)
    tied = book.parameters["start.tied-means"]
    book.statics["tied_means"] = np.full((len(book.axes.power), tied.size), tied)
    book.notes.append("medical gifts before the start are not counted: the flow starts at 0")


def _means(reader: Reader) -> Floats:
    """Log of a donor's output relative to the largest donor's, less what its own outbreak ties up."""
    size = reader.state["gdp"][reader.powers]
    xp = namespace(size)
    share = xp.maximum(size / size.max(axis=0, keepdims=True), LEAST)
    tied = reader.statics["tied_means"] * reader.state["outbreak"][reader.powers]
    value: Floats = xp.asarray(xp.log(share) + xp.log1p(-tied))
    return value


SUBJECT = Subject(
    constants={"footprint": ("power", "receiver"), "kit_reserved": ("receiver",)},
    open=_open,
    derived={"donor_means": _means},
    parameters=("start.tied-means",),
)
