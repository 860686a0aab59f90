"""The state of a system as measured at a date: ties, indicators and measures that describe it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError
from heartland.region.cell import STATUS

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.region.world import World

__all__ = ["Measured", "state_of"]

DRAWS = 400
WORDS = {code: name for name, code in STATUS.items()}


@dataclass(frozen=True)
class Measured:
    """One number that describes a system, with its interval and what it rests on.

    kind : measure, channel or indicator;  part : domain or channel a measure is kept to
    evidence : data grade of a measure, or standing and period of an observed tie
    reason : why there is no value; empty where there is one;  by : level of detail of a measure
    records : observations behind a tie or an indicator
    """

    kind: str
    name: str
    giver: str
    receiver: str
    other: str
    part: str
    says: str
    at: str
    value: float
    low: float
    high: float
    unit: str
    evidence: str
    reason: str
    by: str = ""
    records: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    @property
    def bounded(self) -> bool:
        """Whether there is a value with an interval."""
        return all(map(math.isfinite, (self.value, self.low, self.high)))

    @property
    def command(self) -> str:
        """Command line that shows the number."""
        if self.kind != "measure":
            tie = {"giver": self.giver, "receiver": self.receiver, "channel": self.name}
            own = {"actor": self.receiver, "indicator": self.name}
            return _line("heartland evidence list observations", tie if self.kind == "channel" else own)
        slots = {"at": self.at, "receiver": self.receiver, "by": self.by if self.by != "overall" else ""}
        with_giver = {"giver": self.giver, "other": self.other}
        return _line(f"heartland measure {self.name}", slots | (with_giver if self.giver else {}))


def _line(command: str, slots: Mapping[str, str]) -> str:
    return " ".join([command, *(f"--{key} {value}" for key, value in slots.items() if value)])


def state_of(region: Region, system: str, at: str) -> Iterator[Measured]:
    """Each number that system_measures.csv names for a system, at a date; ties and indicators first."""
    frame = region.tables["system_measures"]
    rows = frame[frame["system_id"] == system].to_dict("records")
    world = region.at(at)
    for row in sorted(rows, key=lambda row: row["kind"] == "measure"):
        kept = {key: str(row[key] or "") for key in ("kind", "name", "giver", "receiver", "other", "part")}
        try:
            found = _measure(world, kept) if kept["kind"] == "measure" else _cell(world, kept)
        except HeartlandInputError as error:
            found = _without(error.findings[0].what)
        said: dict[str, Any] = {**kept, "says": str(row["says"]), "at": at, **found}
        yield Measured(**said)


def _without(reason: str) -> dict[str, Any]:
    nan = float("nan")
    return {"value": nan, "low": nan, "high": nan, "unit": "", "evidence": "", "reason": reason}


def _cell(world: World, row: Mapping[str, str]) -> dict[str, Any]:
    giver, receiver = (row["giver"], row["receiver"]) if row["kind"] == "channel" else (row["receiver"], "")
    cell = world.cell(giver, receiver, row["name"])
    pooled = cell.pooled
    standing = WORDS[cell.status]
    if not pooled.known:
        return _without(", ".join(cell.flags or (standing,)))
    period = f", {cell.end.year}" if cell.end else ""
    return {
        "value": pooled.value, "low": pooled.low, "high": pooled.high, "unit": pooled.unit,
        "evidence": f"{standing}{period}", "reason": "", "records": pooled.used_ids,
    }  # fmt: skip


def _measure(world: World, row: Mapping[str, str]) -> dict[str, Any]:
    from heartland.measures import tidy
    from heartland.measures.registry import get

    part, channels = row["part"], world.region.tables["channels"]
    by = "domain" if part in set(channels["domain"]) else "channel" if part in world.channels else "overall"
    by = by if by in get(row["name"]).by else "overall"
    frame = tidy.table(
        world, row["name"], giver=row["giver"] or None, receiver=row["receiver"] or None,
        other=(row["other"] or None) if row["giver"] else None, by=by, draws=DRAWS,
    )  # fmt: skip
    for key in ("giver", "receiver", "other"):
        if row[key] and len(frame) and frame[key].astype(bool).any():
            frame = frame[frame[key] == row[key]]
    if part:
        frame = frame[(frame["domain"] == part) | (frame["channel"] == part)]
    if not len(frame):
        return _without("no row of the measure for these actors")
    found = frame.iloc[0]
    words = [word for word in str(found["flags"]).split(";") if word]
    reason = next((word[4:] for word in words if word.startswith("nan:")), "")
    if not math.isfinite(found["value"]):
        return {**_without(reason or "unknown"), "unit": str(found["unit"])}
    return {
        "value": float(found["value"]), "low": float(found["low"]), "high": float(found["high"]),
        "unit": str(found["unit"]), "evidence": f"data grade {found['data_grade']}", "reason": "",
        "by": by,
    }  # fmt: skip
