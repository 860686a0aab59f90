"""Publics and projects: openness of the polity, regard at the start, practice of embassies."""

from __future__ import annotations

import numpy as np

from heartland.scenarios.subjects.base import Opening, Subject, stated

__all__ = ["SUBJECT"]


def _open(book: Opening) -> None:
    usual = float(book.parameters["start.openness"][0])
    rows = []
    for name in book.axes.receiver:
        found = stated(book.world, name, "polyarchy")
        if np.isnan(found.value):
            book.notes.append(f"openness of the polity of {name} unknown: {usual:g} assumed")
            rows.append(np.full(book.draws, usual))
            continue
        error = book.normals("openness", name)
        rows.append(np.clip(found.value + np.nan_to_num(found.sd) * error, 0.01, 0.99))
    book.statics["openness"] = np.stack(rows)
    regard = book.volumes.get("attitude")
    if regard is not None:
        book.statics["regard_start"] = np.nan_to_num(regard)
    if regard is None or not np.isfinite(regard).any():
        book.notes.append("no survey of what publics think of the powers: protest starts from neutral regard")


SUBJECT = Subject(
    constants={
        "openness": ("receiver",),
        "regard_start": ("power", "receiver"),
        "aid_gap": ("power", "receiver"),
        "embassy_notes": ("power",),
    },
    standing=frozenset({"embassy_notes"}),
    open=_open,
    derived={"anger_before": lambda reader: reader.before["anger"]},
    remembered={"powers": ("anger",)},
    parameters=("start.openness",),
)
