"""The value of one tie or indicator at a date: which period counts, over which window, and how old it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from heartland.core.dates import add_months, parse
from heartland.evidence.claims import default_transform, quantity_of
from heartland.evidence.grading import Grading
from heartland.evidence.ledger import Ledger
from heartland.evidence.pooling import pool
from heartland.evidence.values import Claim, Pooled, Quantity
from heartland.region.window import silent, summed

__all__ = ["STATUS", "Book", "Cell", "Rule", "book_of", "rules_of"]

STATUS: Mapping[str, int] = {
    "not-born": 0,
    "unknown": 1,
    "not-applicable": 2,
    "zero": 3,
    "observed": 4,
    "pooled": 5,
    "carried": 6,
    "assumed": 7,
}


@dataclass(frozen=True)
class Rule:
    """How a channel or indicator is read at a date; one row of its catalogue."""

    name: str
    quantity: Quantity
    flow: bool = True
    window_years: int = 1
    max_age_years: float = 3.0
    lag_months: int = 0
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One quantity at one date.

    status : code of `STATUS`;  end : last day the value speaks of;  age : years from it to the date
    """

    pooled: Pooled
    status: int = STATUS["unknown"]
    end: date | None = None
    age: float = math.nan
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Period:
    """Claims dated by one period."""

    start: date
    end: date | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Silence:
    """A register that turns silence into zero between two days."""

    source_id: str
    group: str
    start: date
    end: date


@dataclass(frozen=True)
class Book:
    """Claims of a ledger by tie and definition, to be read at any date; pooled periods are remembered."""

    periods: Mapping[tuple[str, str, str], Mapping[str, Sequence[Period]]]
    silences: Mapping[str, Sequence[Silence]]
    rules: Mapping[str, Rule]
    assumed: frozenset[str]
    grading: Grading
    births: Mapping[str, date]
    known_by: date | None = None
    memory: dict[tuple[str, str, str, str, date], Pooled] = field(default_factory=dict, compare=False)
    calendar: dict[tuple[str, str, str, str], dict[int, Period]] = field(default_factory=dict, compare=False)
    frames: dict[tuple[str, str], Rule] = field(default_factory=dict, compare=False)

    def cell(self, giver: str, receiver: str, name: str, at: date, window_of: str = "") -> Cell:
        """Value of a channel (or, receiver empty, an indicator) at a date.

        window_of : channel whose window and largest age are used instead, for the total of that channel
        """
        rule = self.rules.get(name)
        if rule is None:
            return Cell(Pooled())
        if window_of:
            rule = self._framed(rule, window_of)
        born = max((self.births[actor] for actor in (giver, receiver) if actor in self.births), default=None)
        if born is not None and born > at:
            return Cell(Pooled(unit=rule.quantity.unit), STATUS["not-born"])
        found = self.periods.get((giver, receiver, name), {})
        read = self._flow if rule.flow else self._state
        best = Cell(Pooled(unit=rule.quantity.unit))
        for definition in rule.definitions or tuple(found) or ("",):
            cell = read((giver, receiver, name, definition), found.get(definition, ()), rule, at, born)
            if cell.status != STATUS["unknown"]:
                return cell
            best = cell if cell.flags else best
        return best

    def _framed(self, rule: Rule, window_of: str) -> Rule:
        key = (rule.name, window_of)
        if key not in self.frames:
            frame = self.rules[window_of]
            self.frames[key] = replace(
                rule, window_years=frame.window_years, max_age_years=frame.max_age_years
            )
        return self.frames[key]

    def _years(self, key: tuple[str, str, str, str], periods: Sequence[Period]) -> dict[int, Period]:
        """Known periods that are calendar years, the latest first; of two for one year the later listed."""
        if key not in self.calendar:
            found = {
                period.start.year: period
                for period in self._known(periods)
                if period.end is not None and _whole_year(period.start, period.end)
            }
            self.calendar[key] = dict(sorted(found.items(), reverse=True))
        return self.calendar[key]

    def _known(self, periods: Sequence[Period]) -> list[Period]:
        limit = self.known_by
        if limit is None:
            return list(periods)
        return [
            period
            for period in periods
            if any(c.known_from is not None and c.known_from <= limit for c in period.claims)
        ]

    def _register(self, name: str, receiver: str, rule: Rule, at: date) -> list[Silence]:
        """Registers whose silence was public; they speak about ties, not about indicators."""
        if not receiver:
            return []
        return [
            s
            for s in self.silences.get(name, ())
            if s.start <= at
            and (self.known_by is None or add_months(s.start, rule.lag_months) <= self.known_by)
        ]

    def _register_end(self, register: Silence, rule: Rule, at: date) -> date:
        end = min(register.end, at)
        if self.known_by is not None:
            end = min(end, add_months(self.known_by, -rule.lag_months))
        return end

    def _pooled(self, key: tuple[str, str, str, str], period: Period, rule: Rule) -> Pooled:
        place = (*key, period.start)
        if place not in self.memory:
            self.memory[place] = pool(period.claims, rule.quantity, self.grading, known_by=self.known_by)
        return self.memory[place]

    def _state(
        self,
        key: tuple[str, str, str, str],
        periods: Sequence[Period],
        rule: Rule,
        at: date,
        born: date | None,
    ) -> Cell:
        first = born or date.min
        begun = [
            period
            for period in self._known(periods)
            if period.start <= at and (period.end or date.max) >= first
        ]
        begun.sort(key=lambda period: (period.start, period.end or date.max))
        while begun:
            pooled = self._pooled(key, begun[-1], rule)
            if pooled.known:
                end = min(begun[-1].end or at, at)
                return self._aged(pooled, end, rule, at, self._assumed(pooled))
            begun.pop()
        for register in self._register(key[2], key[1], rule, at):
            return self._aged(
                silent(register.group, rule.quantity.unit),
                self._register_end(register, rule, at),
                rule,
                at,
                False,
            )
        return Cell(Pooled(unit=rule.quantity.unit))

    def _flow(
        self,
        key: tuple[str, str, str, str],
        periods: Sequence[Period],
        rule: Rule,
        at: date,
        born: date | None,
    ) -> Cell:
        first = born.year if born is not None else 0
        by_year, over = self._years(key, periods), _last_year(at)
        registers = self._register(key[2], key[1], rule, at)
        stated = (year for year in by_year if first <= year <= over)
        last = next((year for year in stated if self._pooled(key, by_year[year], rule).known), 0)
        quiet = [_last_year(self._register_end(register, rule, at)) for register in registers]
        last = max([last, *quiet])
        if last < max(first, 1):
            return Cell(Pooled(unit=rule.quantity.unit))
        years, flags, parts = range(last - rule.window_years + 1, last + 1), [], []
        for year in years:
            if year < first:
                flags.append("short-window")
                continue
            part = self._pooled(key, by_year[year], rule) if year in by_year else None
            if part is None or not part.known:
                part = self._silent_year(year, registers, rule, at)
            if part is None:
                return Cell(Pooled(unit=rule.quantity.unit))
            parts.append(part)
        pooled = parts[0] if len(parts) == 1 else summed(parts)
        cell = self._aged(pooled, date(last, 12, 31), rule, at, any(self._assumed(part) for part in parts))
        return replace(cell, flags=tuple(sorted({*cell.flags, *flags}))) if flags else cell

    def _silent_year(self, year: int, registers: Sequence[Silence], rule: Rule, at: date) -> Pooled | None:
        for register in registers:
            if register.start <= date(year, 1, 1) and date(year, 12, 31) <= self._register_end(
                register, rule, at
            ):
                return silent(register.group, rule.quantity.unit)
        return None

    def _assumed(self, pooled: Pooled) -> bool:
        return bool(pooled.used_ids) and self.assumed.issuperset(pooled.used_ids)

    def _aged(self, pooled: Pooled, end: date, rule: Rule, at: date, assumed: bool) -> Cell:
        age = (at - end).days / 365.25
        if end < _moved(at, -round(12 * rule.max_age_years)):
            return Cell(Pooled(unit=rule.quantity.unit), STATUS["unknown"], end, age, ("stale",))
        flags = ["disputed"] if pooled.conflict else []
        if "assumed-error" in pooled.flags:
            flags.insert(0, "assumed-error")
        if assumed:
            status = "assumed"
        elif pooled.value == 0:
            status = "zero"
        elif _moved(end, 12) <= at:
            status = "carried"
        else:
            status = "pooled" if pooled.n_groups > 1 else "observed"
        return Cell(pooled, STATUS[status], end, age, tuple(flags))


@lru_cache(maxsize=4096)
def _moved(day: date, months: int) -> date:
    return add_months(day, months)


def _whole_year(start: date, end: date) -> bool:
    """Flows are read by calendar years; other spans stay in the ledger and feed no cell."""
    return start.year == end.year and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)


def _last_year(day: date) -> int:
    """Last calendar year that is over on a day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def rules_of(catalogue: Mapping[str, Mapping[str, Any]]) -> dict[str, Rule]:
    """Reading rules of all channels and indicators."""
    rules = {}
    for name, row in catalogue.items():
        definitions = row.get("definitions") or ((row["definition"],) if row.get("definition") else ())
        rules[name] = Rule(
            name,
            quantity_of({**row, "transform": default_transform(row)}, str(row["unit"])),
            row.get("kind") != "state",
            _whole(row.get("window_years"), 1),
            float(row.get("max_age_years", 3.0)),
            _whole(row.get("lag_months"), 0),
            tuple(definitions),
        )
    return rules


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) and not math.isnan(value) else default


def book_of(
    ledger: Ledger,
    rules: Mapping[str, Rule],
    births: Mapping[str, date],
    groups: Mapping[str, str],
    known_by: date | None = None,
) -> Book:
    """Book of a ledger; `groups`: independence group of each source, for silent registers."""
    periods: dict[tuple[str, str, str], dict[str, list[Period]]] = {}
    for key, found in ledger.claims.items():
        bounds = parse(key.period)
        if bounds.earliest is not None:
            periods.setdefault(key[:3], {}).setdefault(key.definition, []).append(
                Period(bounds.earliest, bounds.latest, found)
            )
    silences: dict[str, list[Silence]] = {}
    frame = ledger.tables.get("silence")
    if frame is not None:
        for row in frame.to_dict("records"):
            start, end = parse(row["from"]).earliest, parse(row["to"]).latest
            if row["silence"] == "zero" and start is not None:
                silences.setdefault(row["channel"], []).append(
                    Silence(
                        row["source_id"],
                        groups.get(row["source_id"], row["source_id"]),
                        start,
                        end or date.max,
                    )
                )
    observations = ledger.observations
    assumed: frozenset[str] = frozenset()
    if "status" in observations.columns:
        assumed = frozenset(observations.loc[observations["status"] == "assumption", "observation_id"])
    return Book(periods, silences, rules, assumed, ledger.grading, births, known_by)
