"""Results as labelled blocks, and their flattening into the one tidy table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from heartland.measures.quality import DISPUTED, GRADES, Quality
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS", "FLAGS", "REASONS", "Block", "Cells", "code", "interval", "paired_changes", "to_frame",
]

COLUMNS = (
    "measure", "giver", "receiver", "other", "channel", "domain", "date", "value", "low", "high", "level",
    "unit", "n_used", "n_missing", "coverage", "age", "disagreement", "data_grade", "flags",
)
_NUMBERS = frozenset({
    "value", "low", "high", "level", "n_used", "n_missing", "coverage", "age", "disagreement",
})
REASONS = (
    "unknown", "self", "not-born", "not-applicable", "zero-total", "zero-level", "coverage", "few-votes",
    "constant", "no-cycle", "disconnected", "no-expectation", "source-mismatch", "elasticity",
    "no-dependence",
)
FLAGS = (
    "stale", "short-window", "nominal", "clipped", "above-reference", "renormalised", "imputed",
    "assumed-error", "disputed", "single-source", "modelled-split", "sole-supplier", "weak-level",
    "near-zero", "no-rest", "imports-only", "centre-outside", "no-interval", "unmeasured-share",
)
Bools = npt.NDArray[np.bool_]
_SLACK = 1e-12
_ROWS_AT_ONCE = 256
_ROUNDING = 2e-6
_PAIRED: ContextVar[bool] = ContextVar("paired", default=False)


@dataclass(frozen=True)
class Cells:
    """Results on a grid, all arrays of one shape (or broadcasting to it).

    value : NaN where there is none, with `reason` the position in `REASONS` plus 1 (else 0)
    low, high : ends of the interval, NaN where there is none
    flags : by name, those that the table does not derive from the other columns
    """

    value: Floats
    low: Floats
    high: Floats
    reason: npt.NDArray[np.int8]
    n_used: npt.NDArray[np.int64]
    n_missing: npt.NDArray[np.int64]
    quality: Quality
    flags: Mapping[str, Bools] = field(default_factory=dict)

    def map(self, change: Callable[[Any], Any]) -> Cells:
        """The same with one change (an indexing, a broadcast) made to every array."""
        quality = Quality(**{name: change(part) for name, part in self.quality.__dict__.items()})
        own = {
            name: change(part) for name, part in self.__dict__.items() if name not in ("quality", "flags")
        }
        flags = {name: change(part) for name, part in self.flags.items()}
        return Cells(**own, quality=quality, flags=flags)

    def at(self, place: int) -> Cells:
        """The cells at one position of the first axis."""
        return self.map(lambda part: part[place])

    def either_flag(self, other: Cells) -> dict[str, Bools]:
        """Flags set here or there; both of one shape."""
        blank = np.zeros(self.value.shape, dtype=bool)
        names = sorted({*self.flags, *other.flags})
        return {name: self.flags.get(name, blank) | other.flags.get(name, blank) for name in names}

    @staticmethod
    def stack(parts: Sequence[Cells]) -> Cells:
        """Several grids along a new first axis; a flag absent from one is false there."""
        shape = parts[0].value.shape
        blank = np.zeros(shape, dtype=bool)

        def join(arrays: Iterable[npt.NDArray[Any]]) -> Any:
            return np.stack([np.broadcast_to(part, shape) for part in arrays])

        qualities = [part.quality for part in parts]
        flags = sorted({name for part in parts for name in part.flags})
        return Cells(
            value=join(part.value for part in parts),
            low=join(part.low for part in parts),
            high=join(part.high for part in parts),
            reason=join(part.reason for part in parts),
            n_used=join(part.n_used for part in parts),
            n_missing=join(part.n_missing for part in parts),
            quality=Quality(
                **{name: join(getattr(q, name) for q in qualities) for name in qualities[0].__dict__}
            ),
            flags={name: join(part.flags.get(name, blank) for part in parts) for name in flags},
        )


@dataclass(frozen=True)
class Block:
    """Rows of one measure on a grid.

    axes : one mapping per axis, column -> label of each position
    columns : labels that vary from cell to cell, over the whole grid
    """

    measure: str
    unit: str
    axes: Sequence[Mapping[str, Sequence[str]]]
    cells: Cells
    columns: Mapping[str, npt.NDArray[np.object_]] = field(default_factory=dict)


def code(reason: str) -> np.int8:
    """Code of a reason in `Cells.reason`."""
    return np.int8(REASONS.index(reason) + 1)


@contextmanager
def paired_changes() -> Iterator[None]:
    """Inside, `interval` is that of the change from the first date to the second, draw by draw."""
    token = _PAIRED.set(True)
    try:
        yield
    finally:
        _PAIRED.reset(token)


def interval(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """Equal-tailed interval over the last axis, quantiles by linear interpolation.

    NaN where fewer than half of the draws have a value. Inside `paired_changes`, with two dates on the axis
    before the last, the interval of the change between them stands at both.
    """
    if _PAIRED.get() and draws.ndim > 1 and draws.shape[-2] == 2:
        draws = np.repeat(draws[..., 1:, :] - draws[..., :1, :], 2, axis=-2)
    flat = draws.reshape(-1, draws.shape[-1])
    ends = ((1 - level) / 2, 1 - (1 - level) / 2)
    out = np.full((2, len(flat)), np.nan)
    for first in range(0, len(flat), _ROWS_AT_ONCE):
        _ends(flat[first : first + _ROWS_AT_ONCE], ends, out[:, first : first + _ROWS_AT_ONCE])
    shape = draws.shape[:-1]
    return out[0].reshape(shape), out[1].reshape(shape)


def _ends(rows: Floats, ends: tuple[float, float], out: Floats) -> None:
    """Quantiles of each row into `out`, (2, row); what is not finite is left out."""
    n = rows.shape[1]
    known = np.isfinite(rows)
    count = known.sum(axis=1)
    live = np.flatnonzero((count * 2 >= n) & (count > 0))
    if not len(live):
        return
    ordered = rows[live] if len(live) < len(rows) else rows.copy()
    if (count[live] < n).any():
        ordered[~known[live]] = np.nan
    ordered.sort(axis=1)  # NaN last
    place = np.arange(len(live))
    for end, row in zip(ends, out, strict=True):
        at = end * (count[live] - 1)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, count[live] - 1)
        a, b = (ordered[place, k].astype(np.float64) for k in (low, high))
        share = at - low
        # From the nearer side, so that the result lies between the two.
        row[live] = np.where(share < 0.5, a + (b - a) * share, b - (b - a) * (1 - share))


def to_frame(blocks: Sequence[Block], level: float) -> pd.DataFrame:
    """Tidy table of the blocks, columns as in `COLUMNS`.

    Raises
    ------
    ValueError
        If a NaN has no reason or a number has one: a measure broke its promise.
    """
    import pandas as pd

    parts: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for block in blocks:
        for name, column in _columns(block, level).items():
            parts[name].append(column)
    whole: dict[str, Any] = {
        name: np.concatenate(columns) if columns else np.empty(0, dtype=float if name in _NUMBERS else object)
        for name, columns in parts.items()
    }
    return pd.DataFrame(whole, columns=list(COLUMNS))


def _columns(block: Block, level: float) -> dict[str, npt.NDArray[Any]]:
    cells = block.cells
    shape = cells.value.shape
    if ((cells.reason > 0) != np.isnan(cells.value)).any():
        raise ValueError(f"{block.measure}: every NaN needs one reason and no number may have one")
    found: dict[str, npt.NDArray[Any]] = {}
    for name in ("measure", "giver", "receiver", "other", "channel", "domain", "date", "unit"):
        found[name] = np.full(cells.value.size, getattr(block, name, ""), dtype=object)
    for place, axis in enumerate(block.axes):
        for name, labels in axis.items():
            column = np.array(labels, dtype=object)
            column = column.reshape([-1 if k == place else 1 for k in range(len(shape))])
            found[name] = np.broadcast_to(column, shape).reshape(-1)
    for name, values in block.columns.items():
        found[name] = values.reshape(-1)
    quality = cells.quality
    cells = replace(cells, low=_settled(cells.low, cells.value), high=_settled(cells.high, cells.value))
    rest = {
        "value": cells.value, "low": cells.low, "high": cells.high, "level": np.array(level),
        "n_used": cells.n_used, "n_missing": cells.n_missing, "coverage": quality.coverage,
        "age": quality.age, "disagreement": quality.disagreement,
        "data_grade": np.array(GRADES, dtype=object)[quality.grade],
    }
    found |= {name: np.broadcast_to(column, shape).reshape(-1) for name, column in rest.items()}
    found["flags"] = _flag_texts(cells)
    return found


def _settled(end: Floats, value: Floats) -> Floats:
    """End of an interval; the value itself where it differs by no more than the rounding of single precision,
    in which draws are kept."""
    with np.errstate(invalid="ignore"):
        near = np.abs(end - value) <= _ROUNDING * np.abs(value)
    return np.where(near, value, end)


def _flag_texts(cells: Cells) -> npt.NDArray[np.object_]:
    value, quality, shape = cells.value, cells.quality, cells.value.shape
    lonely = np.isnan(cells.low) & np.isnan(cells.high)
    with np.errstate(invalid="ignore"):
        outside = (value < cells.low - _SLACK) | (value > cells.high + _SLACK)
        disputed = quality.disagreement > DISPUTED
    flags = {
        **cells.flags, "no-interval": lonely & ~np.isnan(value), "centre-outside": outside,
        "disputed": disputed | cells.flags.get("disputed", False), "single-source": quality.single,
        "imputed": quality.imputed,
    }
    codes = np.zeros(shape, dtype=np.int64)
    for name, where in flags.items():
        codes |= np.where(where, 1 << FLAGS.index(name), 0)
    codes = codes * 32 + cells.reason
    unique, inverse = np.unique(codes.reshape(-1), return_inverse=True)
    texts = np.empty(len(unique), dtype=object)
    texts[:] = [_joined(int(code)) for code in unique]
    return np.asarray(texts[inverse.reshape(-1)])


def _joined(code: int) -> str:
    reason, bits = code % 32, code // 32
    words = [name for place, name in enumerate(FLAGS) if bits >> place & 1]
    if reason:
        words.append(f"nan:{REASONS[reason - 1]}")
    return ";".join(sorted(words))
