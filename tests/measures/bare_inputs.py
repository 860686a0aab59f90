"""Inputs without ties, for measures that read tables only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from heartland.core.schema import load_schema, validate
from heartland.core.tables import RawTable
from heartland.measures.block import to_frame
from heartland.measures.indices import Settings
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Request, get


def frame_of(table: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    """A typed table, as a region reads it."""
    schema = load_schema(table)
    names = [column.name for column in schema.columns]
    cells = [[row.get(name, "") for name in names] for row in rows]
    frame, findings = validate(
        RawTable(table, f"{table}.csv", names, cells, list(range(2, len(rows) + 2))), schema)
    assert findings == []
    return frame


def inputs_of(
    tables: Mapping[str, pd.DataFrame], days: tuple[str, ...], actors: tuple[str, ...], members: Any = None,
) -> Inputs:
    """Inputs with named tables at some dates."""
    none = np.zeros((0, 0, 0, len(days)))
    return Inputs(
        (), (), (), tuple(date.fromisoformat(day) for day in days), none, none, none, none,
        none.astype(np.int8), none.astype(np.int64), np.zeros((0, 0, len(days))), {}, {}, None, actors=actors,
        lookup=lambda name: tables.get(name, frame_of(name, [])), members=members)


def rows_of(name: str, found: Inputs, draws: int = 0, *, options: Mapping[str, Any] | None = None,
            **ask: Any) -> pd.DataFrame:
    """Tidy rows of a measure."""
    request = Request(Settings(draws=draws, seed=1), options=options or {}, **ask)
    return to_frame(get(name).function(found, request), 0.9)
