"""Numbers read from a file as rows of `observations.csv`: filtered, named, one claim each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from heartland.core.schema import load_schema
from heartland.core.units import unit as known_unit
from heartland.errors import HeartlandInputError
from heartland.evidence.readers.base import Settings, Tally
from heartland.evidence.readers.cells import Texts

__all__ = ["COMMON_OPTIONS", "Booking", "Quantity", "choose", "source_row"]

# options that every reader of numbers takes
COMMON_OPTIONS: Mapping[str, str] = {
    "channel": "channel of the ties, instead of the usual one",
    "indicator": "indicator of the numbers, instead of the usual one",
    "unit": "unit of the values after `factor`",
    "factor": "number that every value is multiplied by, such as a price level; said in the note",
    "definition": "definition id, instead of the usual one",
    "source": "source id, instead of the usual one",
    "vintage": "date the figures were published, if later figures replace them",
}
COLUMNS = tuple(column.name for column in load_schema("observations").columns)
_CATEGORIES = (
    "giver", "receiver", "channel", "indicator", "period", "unit", "definition", "transform", "source_id",
    "rank", "credibility", "published", "status", "note",
)  # fmt: skip
_KEY = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True)
class Quantity:
    """What a number is: key of its ids, channel or indicator, unit, definition, scale of its errors."""

    key: str
    definition: str
    unit: str
    channel: str = ""
    indicator: str = ""
    transform: str = "log"
    note: str = ""
    name: str = ""
    status: str = "documented"
    credibility: str = "6"


@dataclass
class Booking:
    """Collects the numbers of one file."""

    settings: Settings
    tally: Tally
    source_id: str
    known_options: frozenset[str] = frozenset()
    _parts: list[pd.DataFrame] = field(default_factory=list)
    _wanted: dict[str, Quantity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source_id = self.settings.options.get("source", "") or self.source_id
        factor = self.settings.options.get("factor", "")
        try:
            self.factor = float(factor or 1)
        except ValueError:
            self.factor = float("nan")
        if not np.isfinite(self.factor) or self.factor == 0:
            raise HeartlandInputError.at(
                f'option factor is "{factor}".', why="Every value is multiplied by it.",
                fix="Write a number other than 0.", check="import-option",
            )  # fmt: skip
        if self.settings.options.get("unit"):
            known_unit(self.settings.options["unit"])
        self.first = int(self.settings.since[:4] or 0)
        self.last = int(self.settings.until[:4] or 9999)

    def asked(self, quantity: Quantity) -> Quantity:
        """The quantity with what the user's options change."""
        options = self.settings.options
        changed = {name: options[name] for name in ("unit", "definition") if options.get(name)}
        for name in ("channel", "indicator"):
            if options.get(name) and getattr(quantity, name):
                changed[name] = options[name]
        if self.factor != 1:
            changed["note"] = "; ".join(filter(None, (quantity.note, f"times {self.factor:g} as asked")))
        return replace(quantity, **changed)

    def add(
        self,
        quantity: Quantity,
        giver: Texts,
        receiver: Texts | None,
        period: ArrayLike,
        value: ArrayLike,
        *,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
        note: Texts | None = None,
        ok: NDArray[np.bool_] | None = None,
    ) -> None:
        """Book values: arrays of one length; `ok` says which rows are still in; NaN is left out, counted.

        period : year as a number, or an EDTF text
        """
        numbers = np.asarray(value, dtype=np.float64)
        dates = np.asarray(period)
        keep = self.keep(giver, receiver, dates, numbers, ok)
        if not keep.any():
            return
        asked = self.asked(quantity)
        self._wanted[asked.indicator] = asked
        frame = pd.DataFrame({
            "giver": giver[keep],
            "receiver": "" if receiver is None else receiver[keep],
            "period": dates[keep].astype(str),
            "value": _tidy(numbers[keep] * self.factor),
            "low": np.nan if low is None else _tidy(np.asarray(low, np.float64)[keep] * self.factor),
            "high": np.nan if high is None else _tidy(np.asarray(high, np.float64)[keep] * self.factor),
        })  # fmt: skip
        frame["note"] = asked.note if note is None else [
            "; ".join(filter(None, (text, asked.note))) for text in note[keep]
        ]  # fmt: skip
        for name in ("channel", "indicator", "unit", "definition", "transform", "status", "credibility"):
            frame[name] = getattr(asked, name)
        frame["_key"] = asked.key
        for name in (*_CATEGORIES, "_key"):
            if name in frame:
                frame[name] = frame[name].astype("category")
        self._parts.append(frame)

    def keep(
        self, giver: Texts, receiver: Texts | None, dates: NDArray[Any], numbers: NDArray[np.float64],
        ok: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.bool_]:  # fmt: skip
        """Rows that are known and asked for; what is left out is counted by reason."""
        keep = np.ones(numbers.shape, dtype=bool) if ok is None else ok.copy()
        same = np.zeros(keep.shape, dtype=bool) if receiver is None else np.asarray(giver == receiver)
        for reason, out in (
            ("unknown value", ~np.isfinite(numbers)),
            ("outside the years asked for", self._other_years(dates)),
            ("other actors", self._others(giver, receiver)),
            ("both sides are one state", same),
        ):
            self.tally.skip(reason, int((out & keep).sum()))
            keep &= ~out
        return keep

    def _other_years(self, dates: NDArray[Any]) -> NDArray[np.bool_]:
        if not self.settings.since and not self.settings.until:
            return np.zeros(dates.shape, dtype=bool)
        starts = np.array([int(str(text)[:4]) for text in dates.ravel()])
        ends = np.array([int(str(text).split("/")[-1][:4]) for text in dates.ravel()])
        out: NDArray[np.bool_] = (ends < self.first) | (starts > self.last)
        return out

    def _others(self, giver: Texts, receiver: Texts | None) -> NDArray[np.bool_]:
        sides = [giver] if receiver is None else [giver, receiver]
        out = np.zeros(giver.shape, dtype=bool)
        if self.settings.actors:
            out |= ~np.any([pd.Index(side).isin(list(self.settings.actors)) for side in sides], axis=0)
        if self.settings.within:
            out |= ~np.all([pd.Index(side).isin(list(self.settings.within)) for side in sides], axis=0)
        return out

    def frame(self) -> pd.DataFrame:
        """The rows in the columns of `observations.csv`; repeated rows are dropped, rival ones kept apart."""
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
        names = [name for name in self._parts[0].columns if name not in ("value", "low", "high")]
        parts = self._parts
        for name in names:
            every = pd.api.types.union_categoricals([part[name] for part in parts]).categories
            for part in parts:
                part[name] = part[name].cat.set_categories(every)
        frame = pd.concat(parts, ignore_index=True)
        self._parts = []
        repeated = frame.duplicated()
        self.tally.skip("repeated row", int(repeated.sum()))
        frame = frame[~repeated].reset_index(drop=True)
        vintage = self.settings.options.get("vintage", "")
        frame["observation_id"] = self._ids(frame, vintage)
        constants = {
            "source_id": self.source_id, "fact_ids": "", "rank": "normal", "rank_reason": "",
            "published": vintage,
        }  # fmt: skip
        for name, text in constants.items():
            frame[name] = pd.Series([text], dtype="category").repeat(len(frame)).array
        return frame[list(COLUMNS)]

    def _ids(self, frame: pd.DataFrame, vintage: str) -> list[str]:
        """Ids made of what a row says; a second row that says another number of the same gets `-R2`."""
        end = f"-V{re.sub(r'[^0-9]', '', vintage)}" if vintage else ""
        columns = []
        for name in ("_key", "giver", "receiver", "period"):
            texts = frame[name].cat.categories
            words = [_stamp(text) if name == "period" else _code(text) for text in texts]
            parts = np.array([f"-{word}" if word else "" for word in words], dtype=object)
            columns.append(parts[frame[name].cat.codes.to_numpy()])
        ids = [f"O{key}{giver}{to}{when}{end}" for key, giver, to, when in zip(*columns, strict=True)]
        if pd.Index(ids).has_duplicates:
            seen: dict[str, int] = {}
            for at, name in enumerate(ids):
                seen[name] = seen.get(name, 0) + 1
                ids[at] = name if seen[name] == 1 else f"{name}-R{seen[name]}"
        return ids

    def catalogue(self) -> tuple[dict[str, str], ...]:
        """Rows of indicators.csv for the indicators used, in order of first use."""
        return tuple(
            {
                "indicator_id": name, "name": quantity.name or name.replace("-", " "), "unit": quantity.unit,
                "definition": quantity.definition, "transform": quantity.transform,
                "note": "added by heartland import",
            }
            for name, quantity in self._wanted.items() if name
        )  # fmt: skip


def _tidy(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at fifteen significant digits, so that a product such as 0.1 x 3 does not print its error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    step = np.where(np.isfinite(size) & (np.abs(size) < 200), size, 0.0)
    scale = 10.0 ** (14 - step)
    result: NDArray[np.float64] = np.where(np.abs(size) < 200, np.round(values * scale) / scale, values)
    return result


def _stamp(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _code(text: str) -> str:
    return _KEY.sub("-", text.upper()).strip("-")


def choose(settings: Settings, name: str, known: tuple[str, ...]) -> str:
    """An option with a closed list; the first word of `known` unless given.

    Raises
    ------
    HeartlandInputError for another word
    """
    word = settings.options.get(name, "") or known[0]
    if word not in known:
        raise HeartlandInputError.at(
            f'option {name} is "{word}".', why="The reader would not know what to make of it.",
            fix=f"Write one of: {', '.join(known)}.", check="import-option",
        )  # fmt: skip
    return word


def source_row(
    path: Path, source_id: str, title: str, author: str, publisher: str, licence: str, *, group: str,
    version: str = "", note: str = "",
) -> dict[str, str]:  # fmt: skip
    """Row of sources.csv for a file: reliability F until somebody grades it, the hash of what was read."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    said = "; ".join(filter(None, (f"version {version}" if version else "", note, f"file {path.name}")))
    return {
        "source_id": source_id, "title": title, "title_kind": "described", "author": author,
        "publisher": publisher, "kind": "dataset", "lang": "en", "published_basis": "unknown",
        "reliability": "F", "independence_group": group, "licence": licence,
        "snapshot_sha256": total.hexdigest(), "status": "documented", "note": said,
    }  # fmt: skip
