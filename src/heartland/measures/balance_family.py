"""Rows of balance: signed ties among the actors at each date, from the table `signed`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import numpy.typing as npt

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError, suggestion
from heartland.measures import balance
from heartland.measures.block import Block
from heartland.measures.influence import LEAST_COVERAGE
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Signed", "rows", "signed_at"]

_ACTORS = ("modelled", "all")


class Signed:
    """Signed ties at dates.

    Parameters
    ----------
    table : rows `a, b, sign, period`; an empty sign says that the pair is unknown in the period, silence
        inside the span of the table that there was no tie
    times : dates

    Attributes
    ----------
    table : the rows;  names : actors of the table, sorted
    signs : (time, node, node) of -1, 0, 1, as given from a to b
    known : (time, node, node), neither direction unknown then
    covered : (time,), inside the span of the table
    rows : (time) positions of the rows valid then
    """

    def __init__(self, table: pd.DataFrame, times: tuple[date, ...]) -> None:
        self.table = table
        self.names = tuple(sorted({*table["a"].astype(str), *table["b"].astype(str)}))
        n = len(self.names)
        place = {name: k for k, name in enumerate(self.names)}
        spans = [_span(str(text)) for text in table["period"]]
        a, b = (np.array([place[str(x)] for x in table[key]], dtype=np.int64) for key in ("a", "b"))
        sign = np.array(table["sign"], dtype=np.float64)
        self.signs = np.zeros((len(times), n, n))
        self.known = np.ones((len(times), n, n), dtype=bool)
        self.covered = np.zeros(len(times), dtype=bool)
        self.rows: list[npt.NDArray[np.int64]] = []
        starts = np.array([first.toordinal() for first, _ in spans], dtype=np.int64)
        ends = np.array([last.toordinal() for _, last in spans], dtype=np.int64)
        for t, day in enumerate(times):
            now = np.flatnonzero((starts <= day.toordinal()) & (day.toordinal() <= ends))
            self.rows.append(now)
            self.covered[t] = bool(len(starts)) and starts.min() <= day.toordinal() <= ends.max()
            silent = np.isnan(sign[now])
            told = now[~silent]
            # A negative sign wins over a positive one of the same direction.
            np.maximum.at(self.signs[t], (a[told], b[told]), np.maximum(sign[told], 0.0))
            self.signs[t][a[told][sign[told] < 0], b[told][sign[told] < 0]] = -1.0
            self.known[t, a[now[silent]], b[now[silent]]] = False
            self.known[t] &= self.known[t].T
        positive = np.zeros_like(self.signs, dtype=bool)
        for t, now in enumerate(self.rows):
            positive[t, a[now][sign[now] > 0], b[now][sign[now] > 0]] = True
        both = positive | np.swapaxes(positive, -1, -2)
        self.conflict = both & ((self.signs < 0) | (np.swapaxes(self.signs, -1, -2) < 0))


def _span(text: str) -> tuple[date, date]:
    found = parse(text)
    return found.earliest or date.min, found.latest or date.max


def signed_at(inputs: Inputs, actors: str = "modelled") -> Signed:
    """Signed ties of the world at the dates of the inputs.

    actors : `modelled` keeps ties among modelled actors, `all` every tie of the table

    Raises
    ------
    HeartlandInputError
        For another word.
    """
    if actors not in _ACTORS:
        _refuse(actors, "a choice of actors", "The network must be said exactly.", _ACTORS)
    table = inputs.table("signed")
    if actors == "modelled" and inputs.actors and len(table):
        table = table[table["a"].isin(inputs.actors) & table["b"].isin(inputs.actors)]
    return Signed(table.reset_index(drop=True), inputs.times)


def rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """One row per date: balance of the pairs known then, both directions made one.

    Conflicting signs in one period: the negative one wins, flag `disputed` (option `symmetry=both-agree`
    takes such pairs out instead).
    """
    table = signed_at(inputs, str(request.options.get("actors", "modelled")))
    rule = str(request.options.get("symmetry", "negative-wins"))
    if rule not in balance.SYMMETRY:
        _refuse(rule, "a way to make signs mutual", "Balance is about mutual ties.", balance.SYMMETRY)
    mutual, apart = balance.symmetric(table.signs, rule=rule)
    mutual = np.where(table.known, mutual, 0.0)
    if rule == "both-agree":
        mutual = np.where(table.conflict, 0.0, mutual)
    n = len(table.names)
    pairs = max(n * (n - 1) // 2, 1)
    known = np.where(table.covered, np.triu(table.known, 1).sum(axis=(-2, -1)), 0) if n else (
        np.zeros(len(inputs.times), dtype=np.int64))
    cover = known / pairs
    value, low, high = _VALUES[variant](mutual)
    usable = table.covered & (cover >= LEAST_COVERAGE)
    edges = np.triu(mutual != 0, 1).sum(axis=(-2, -1)) if n else np.zeros(len(inputs.times), dtype=np.int64)
    value = np.where(usable & (edges > 0), value, np.nan)[None]
    why = reasons(
        value.shape, ("unknown", ~table.covered | (known == 0)), ("coverage", ~usable),
        ("zero-level", edges == 0), ("no-cycle", np.isnan(value)),
    )
    quality = plain_quality(
        value.shape, coverage=cover, age=np.where(usable, 0.0, np.nan), single=~np.isnan(value),
    )
    contested = np.zeros(len(inputs.times), dtype=bool)
    if n:
        contested = ((apart | table.conflict) & table.known).any(axis=(-2, -1))
    gaps = ~np.isnan(value) & (known < pairs)
    return [plain_rows(
        f"balance.{variant}", "share", {"domain": ["all"]}, inputs.times, value, low=low[None],
        high=high[None], level=request.level, reason=why, n_used=known, n_missing=pairs * bool(n) - known,
        quality=quality, flags={"disputed": ~np.isnan(value) & contested, "renormalised": gaps},
    )]


def _refuse(word: str, kind: str, why: str, known: tuple[str, ...]) -> NoReturn:
    raise HeartlandInputError.at(
        f'"{word}" is not {kind}.', check="measure-option", why=why,
        fix=suggestion(word, known, listing=f"Choices: {', '.join(known)}."),
    )


def _plain(function: Callable[[Floats], Floats]) -> Callable[[Floats], tuple[Floats, Floats, Floats]]:
    def found(signs: Floats) -> tuple[Floats, Floats, Floats]:
        empty = np.full(len(signs), np.nan)
        return (function(signs) if signs.shape[-1] else empty), empty, empty

    return found


def _frustration(signs: Floats) -> tuple[Floats, Floats, Floats]:
    """Value from the best split found; bounds only where it was not searched completely."""
    out = np.full((3, len(signs)), np.nan)
    for t, one in enumerate(signs):
        found = balance.frustration(one)
        if found.edges:
            out[0, t] = 1 - 2 * found.most / found.edges
            if found.most > found.least:
                out[1:, t] = out[0, t], 1 - 2 * found.least / found.edges
    return out[0], out[1], out[2]


_VALUES: dict[str, Callable[[Floats], tuple[Floats, Floats, Floats]]] = {
    "triangles": _plain(balance.triangles), "walk": _plain(balance.walk), "frustration": _frustration,
}


def parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per signed tie that holds at the date, or that is not known then; balance is not additive."""
    found = signed_at(inputs, str(cell.get("actors") or "modelled"))
    rows_: list[dict[str, Any]] = []
    for place in found.rows[0].tolist():
        row = found.table.iloc[place]
        sign = float(row["sign"])
        rows_.append({
            "part": f"{row['a']} - {row['b']}", "domain": "", "channel": "", "observation_id": "",
            "source_id": str(row["source_id"]), "period": str(row["period"]), "raw value": sign,
            "unit": "sign", "status": "unknown" if np.isnan(sign) else "observed", "transform": "",
            "score": sign, "weight": np.nan, "contribution": np.nan,
            "flag": "not additive" if not str(row["note"]) else f"not additive; {row['note']}",
        })
    return rows_


def _register() -> None:
    entries = {
        "triangles": ("higher: fewer triangles with one or three enemies", "Cartwright & Harary 1956"),
        "walk": ("higher: more balanced over closed walks of all lengths", "Estrada & Benzi 2014"),
        "frustration": ("higher: nearer to two camps", "Aref & Wilson 2019"),
    }
    for variant, (reading, source) in entries.items():
        register(Measure(
            f"balance.{variant}", partial(rows, variant=variant), ("signed",), "share", 0.0, 1.0, reading,
            "n", "", False, False, source, "0.1", anyone=True, parts=parts, options=("actors", "symmetry"),
        ))


_register()
