"""All rows of all measures of a world, and whether two such tables say the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from tests.measures.properties.world import EARLY, LATE, world_of

from heartland.measures import tidy
from heartland.measures.registry import Measure, catalogue, get

KEYS = ["measure", "giver", "receiver", "other", "channel", "domain", "date"]
NUMBERS = ("value", "low", "high", "coverage", "age", "disagreement")
COUNTS = ("n_used", "n_missing")
LEVELS = ("overall", "domain", "channel")
DRAWS = 40
# Relative and absolute difference that the rounding of single precision may make.
SINGLE = (2e-5, 2e-6)
# Pair measures that say of (i, k) the complement of what they say of (k, i).
COMPLEMENTS = ("influence.lead", "division_of_labour.role_share")
# The row's giver is the power that leads, whatever was asked; where neither does, both orders say the same.
LEADS = ("division_of_labour.leader",)
# Values that are points of draws, and so of single precision.
OF_DRAWS = ("division_of_labour.null95",)


def chosen(**fields: Any) -> list[str]:
    """Names of the measures whose record has these fields; a tuple is a choice, a function a test."""
    def fits(record: Measure) -> bool:
        for name, wanted in fields.items():
            value = getattr(record, name)
            if callable(wanted):
                if not wanted(value):
                    return False
            elif value != wanted and not (isinstance(wanted, tuple) and value in wanted):
                return False
        return True

    return sorted(name for name, record in catalogue().items() if fits(record))


def everything(world: Any, draws: int = DRAWS, **more: Any) -> pd.DataFrame:
    """Rows of every measure at every level of detail and both dates, sorted by what names them."""
    frames = [
        tidy.table(world, "*", **{"times": [EARLY, LATE], "by": by, "draws": draws, **more}) for by in LEVELS
    ]
    whole = pd.concat(frames).drop_duplicates(KEYS)
    return whole.sort_values(KEYS).reset_index(drop=True)


@lru_cache
def usual(draws: int = DRAWS) -> pd.DataFrame:
    """All rows of the world that most properties start from."""
    return everything(world_of(1), draws)


def of(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of one measure."""
    return frame[frame["measure"] == name].reset_index(drop=True)


def one_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the two powers of a pair in the order of the alphabet, values turned where they must."""
    out = frame.copy()
    pair = np.array([
        get(name).kind == "p" and get(name).family != "encroachment" and name not in LEADS
        for name in out["measure"]
    ], dtype=bool)
    pair |= (out["measure"].isin(LEADS) & (out["value"].isna() | (out["value"] == 0.5))).to_numpy()
    turn = pair & (out["giver"] > out["other"]).to_numpy()
    out.loc[turn, ["giver", "other"]] = out.loc[turn, ["other", "giver"]].to_numpy()
    away = turn & out["measure"].isin(COMPLEMENTS).to_numpy()
    out.loc[away, "value"] = 1 - out.loc[away, "value"]
    out.loc[away, ["low", "high"]] = 1 - out.loc[away, ["high", "low"]].to_numpy()
    return out.sort_values(KEYS).reset_index(drop=True)


def assert_same(
    a: pd.DataFrame, b: pd.DataFrame, *, rtol: float = 1e-10, atol: float = 1e-12,
    numbers: Sequence[str] = NUMBERS, counts: Sequence[str] = COUNTS, flags: bool = True,
) -> None:
    """Equal rows with equal numbers; missing numbers at the same places.

    rtol, atol : of centres; ends of intervals rest on draws that may be single precision, see `SINGLE`
    """
    a, b = (frame.sort_values(KEYS).reset_index(drop=True) for frame in (a, b))
    assert a[KEYS].equals(b[KEYS])
    assert len(a)
    for column in numbers:
        drawn = column in ("low", "high") or a["measure"].isin(OF_DRAWS).any()
        near = SINGLE if drawn and rtol > 0 else (rtol, atol)
        np.testing.assert_allclose(
            b[column].astype(float), a[column].astype(float), *near, err_msg=column)
    for column in counts:
        assert a[column].tolist() == b[column].tolist(), column
    if flags:
        differ = a["flags"] != b["flags"]
        assert not differ.any(), (a[differ][[*KEYS, "flags"]].head(3), b[differ][["flags"]].head(3))
