"""The ledger: every sourced statement of a region, asked by actor, tie, date and date of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from heartland.core.dates import EdtfDate, may_contain, must_contain, parse
from heartland.core.schema import check_references, load_schema
from heartland.core.yamlio import read_yaml
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence import claims as claims_of
from heartland.evidence.disagreement import figure
from heartland.evidence.filters import select
from heartland.evidence.grading import Grading
from heartland.evidence.knowing import known_tables
from heartland.evidence.known import (
    facts_known_from,
    has_clock,
    observations_known_from,
    publication_dates,
    records_known_from,
    rows,
)
from heartland.evidence.loading import read_tables, schema_of
from heartland.evidence.pooling import pool
from heartland.evidence.records import Citation, citations, record_table, shown, unknown_record
from heartland.evidence.usage import observations_of
from heartland.evidence.values import Claim, Pooled

__all__ = ["Key", "Ledger", "as_day"]

EMPTY = pd.DataFrame()


class Key(NamedTuple):
    """What is pooled together: a quantity of a tie (no receiver: of an actor), its period and definition."""

    giver: str
    receiver: str
    quantity: str
    period: str
    definition: str = ""


@dataclass(frozen=True)
class Ledger:
    """Validated tables of a region read as evidence. Frozen: every query returns a new ledger or a table.

    tables : name -> validated table, as `core.schema.validate` gives them
    grading : error sizes of pooling
    known_by : nothing known later is in this ledger; None = everything known today
    """

    tables: Mapping[str, pd.DataFrame]
    grading: Grading = field(default_factory=Grading)
    known_by: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    @classmethod
    def load(cls, path: str | Path) -> Ledger:
        """Ledger of a region folder, without the rest of the region.

        Raises
        ------
        HeartlandInputError
            One finding per table that cannot be read, per cell and per dangling reference.
        """
        folder = Path(path)
        model, grading = folder / "model.yaml", folder / "grading.yaml"
        settings = read_yaml(model, model.name).value if model.is_file() else None
        defaults = settings.get("defaults", {}) if isinstance(settings, dict) else {}
        tables, findings = read_tables(folder, defaults if isinstance(defaults, dict) else {})
        if not findings:
            findings = check_references(tables, {name: load_schema(schema_of(name)) for name in tables})
        if findings:
            raise HeartlandInputError(findings)
        return cls(tables, Grading.from_yaml(grading) if grading.is_file() else Grading())

    @property
    def facts(self) -> pd.DataFrame:
        """Facts with the column `known_from` (date or None)."""
        return self._dated["facts"]

    @property
    def observations(self) -> pd.DataFrame:
        """Observations with the columns `known_from` (date or None) and `lag_assumed` (bool)."""
        return self._dated["observations"]

    @cached_property
    def _dated(self) -> dict[str, pd.DataFrame]:
        facts = self.tables.get("facts", EMPTY)
        if "known_from" not in facts.columns:
            known = facts_known_from(facts, publication_dates(self.tables))
            facts = facts.assign(known_from=pd.Series(known, index=facts.index, dtype=object))
        observations = self.tables.get("observations", EMPTY)
        if "known_from" not in observations.columns:
            days, assumed = observations_known_from(observations, claims_of.lags(self.tables))
            observations = observations.assign(
                known_from=pd.Series(days, index=observations.index, dtype=object),
                lag_assumed=pd.Series(assumed, index=observations.index, dtype=bool),
            )
        return {"facts": facts, "observations": observations}

    def where(self, table: str = "facts", **filters: object) -> pd.DataFrame:
        """Rows of a table that match every filter.

        table : facts, observations, arguments, sources, actors or any other table of the region
        filters : actor (either side), giver, receiver, speaker, channel, indicator, domain, topic, type,
            action, modality, reliability, credibility, source, system, role, and the EDTF texts since,
            until, known_by; a tuple or list of values means any of them

        Raises
        ------
        HeartlandInputError
            Unknown table or filter, an actor or channel the region does not know, an unreadable date.
        """
        tables = self.public.tables
        if table not in tables:
            raise HeartlandInputError.at(
                f'"{table}" is not a table of this region.',
                check="table",
                why="Only loaded tables can be asked.",
                fix=suggestion(table, self.tables),
            )
        frame = self._dated[table] if table in self._dated else tables[table]
        if filters.get("known_by") and table not in self._dated and has_clock(table):
            known = records_known_from(table, frame, publication_dates(tables))
            frame = frame.assign(known_from=pd.Series(known, index=frame.index, dtype=object))
        return select(frame, table, tables, filters)

    def as_of(
        self,
        valid: str | date | None = None,
        known_by: str | date | None = None,
        coded_by: str | date | None = None,
        *,
        strict: bool = False,
    ) -> Ledger:
        """Ledger cut by up to three clocks: valid on a day, public by a day, coded by a day.

        valid : keeps facts that may hold on the day; with `strict` those that must
        known_by : drops records with a later or unknown `known_from`; the only door for back-tests. Facts and
            observations at once, of which models are made; the other tables when they are asked (`public`)
        coded_by : drops records read into the ledger later, or without a coding date
        """
        facts, observations = self.facts, self.observations
        if valid is not None:
            day, holds = as_day(valid), must_contain if strict else may_contain
            facts = _keep(facts, "date", lambda text: bool(text) and holds(parse(text), day))
        if coded_by is not None:
            limit = as_day(coded_by)
            facts = _keep(facts, "coded_on", lambda text: bool(text) and _by(parse(text), limit))
        known = self.known_by
        if known_by is not None:
            known = min(as_day(known_by), known or date.max)
            facts, observations = (
                _keep(frame, "known_from", lambda d: d is not None and d <= known)
                for frame in (facts, observations)
            )
        tables = {**self.tables, "facts": facts, "observations": observations}
        return replace(self, tables={k: v for k, v in tables.items() if k in self.tables}, known_by=known)

    @cached_property
    def public(self) -> Ledger:
        """This ledger with every table, not only facts and observations, cut by its `known_by`."""
        if self.known_by is None:
            return self
        tables = {**known_tables(self.tables, self.known_by), **self._dated}
        found = replace(self, tables={name: tables[name] for name in self.tables})
        found.__dict__["public"] = found
        return found

    def known_from(self, record_id: str) -> date | None:
        """First day a fact or observation was public; None = never known in a back-test."""
        for table, column in (("facts", "fact_id"), ("observations", "observation_id")):
            frame = self._dated[table]
            if column in frame.columns:
                hit = frame.loc[frame[column] == record_id, "known_from"]
                if len(hit):
                    return hit.iloc[0] or None
        raise unknown_record(self.tables, record_id)

    def cite(self, record_id: str) -> tuple[Citation, ...]:
        """Sources a record rests on, its own first."""
        return citations(self.public.tables, record_id, self._place_of(record_id)[0])

    def show(self, record_id: str) -> dict[str, Any]:
        """One record with its speaker chain, sources, dates, figures, neighbours and uses, ready for JSON."""
        table, row = self._place_of(record_id)
        if "known_from" not in row and has_clock(table):
            one = pd.DataFrame({name: [value] for name, value in row.items()})
            row["known_from"] = records_known_from(table, one, publication_dates(self.tables))[0]
        day = row.get("known_from")
        return {
            **shown(self.public.tables, table, row),
            "known_from": day.isoformat() if isinstance(day, date) else None,
            "figures": self._figures(table, row),
        }

    @cached_property
    def claims(self) -> Mapping[Key, tuple[Claim, ...]]:
        """Claims by what they are about; the definition and the period stand as written."""
        return MappingProxyType(self._grouped(self.observations))

    def _grouped(self, observations: pd.DataFrame) -> dict[Key, tuple[Claim, ...]]:
        groups: dict[Key, list[Claim]] = {}
        for row, claim in claims_of.claims(observations, self.tables):
            key = Key(
                row["giver"],
                row["receiver"],
                row["channel"] or row["indicator"],
                row["period"],
                row["definition"],
            )
            groups.setdefault(key, []).append(claim)
        return {key: tuple(found) for key, found in groups.items()}

    def claims_on(self, giver: str, receiver: str, quantity: str) -> Mapping[Key, tuple[Claim, ...]]:
        """Claims on one tie (receiver empty: one indicator of an actor), by period and definition."""
        asked = (giver, receiver, quantity)
        if "claims" in self.__dict__:
            return {key: found for key, found in self.claims.items() if key[:3] == asked}
        places = self._places.get(asked, ())
        return self._grouped(self.observations.iloc[list(places)]) if places else {}

    @cached_property
    def _places(self) -> dict[tuple[str, str, str], list[int]]:
        """Rows of the observations on each tie or indicator."""
        found: dict[tuple[str, str, str], list[int]] = {}
        frame = self.observations
        if "giver" in frame.columns:
            names = (frame[name].tolist() for name in ("giver", "receiver", "channel", "indicator"))
            for place, (giver, receiver, channel, indicator) in enumerate(zip(*names, strict=True)):
                found.setdefault((giver, receiver, channel or indicator), []).append(place)
        return found

    def pool(self, key: Key) -> Pooled:
        """Pooled value of one key; not known when nothing usable was stated.

        Raises
        ------
        HeartlandInputError
            A key without definition under which several definitions stand: they are never pooled silently.
        """
        found = self.claims.get(key) if "claims" in self.__dict__ else None
        if found is None:
            on = self.claims_on(key.giver, key.receiver, key.quantity)
            found = on.get(key)
        if found is None and not key.definition:
            near = [other for other in on if other.period == key.period]
            if len(near) > 1:
                names = ", ".join(sorted(other.definition for other in near))
                raise HeartlandInputError.at(
                    f"{key.quantity} of {key.giver} {key.receiver} in {key.period} has {len(near)} "
                    "definitions.",
                    why="Values that count different things are never pooled silently.",
                    fix=f"Name one of: {names}.",
                    check="definition",
                )
            found = on[near[0]] if near else ()
        unit = found[0].unit if found else ""
        row = self._catalogue.get(key.quantity, {})
        quantity = claims_of.quantity_of(row, row.get("unit") or unit)
        return pool(found or (), quantity, self.grading, known_by=self.known_by)

    @cached_property
    def _catalogue(self) -> dict[str, dict[str, Any]]:
        return claims_of.catalogue(self.tables)

    def _figures(self, table: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Figures an observation is part of, or the observations of a fact: all claims side by side."""
        named = rows(observations_of(self.observations, table, row))
        found: dict[Key, dict[str, Any]] = {}
        for each in named:
            quantity = each["channel"] or each["indicator"]
            key = Key(each["giver"], each["receiver"], quantity, each["period"], each["definition"])
            if key not in found:
                claims = self.claims_on(*key[:3]).get(key, ())
                found[key] = figure(key, claims, self.pool(key))
        return list(found.values())

    def _place_of(self, record_id: str) -> tuple[str, dict[str, Any]]:
        tables = self.public.tables
        table = record_table(tables, record_id)
        if table is None:
            raise unknown_record(tables, record_id)
        frame = self._dated.get(table[0], tables[table[0]])
        return table[0], rows(frame[frame[table[1]] == record_id].head(1))[0]


def as_day(text: str | date) -> date:
    """Last day a date text allows (a month means its end).

    Raises
    ------
    HeartlandInputError
        Text that is no date, or one with an open end.
    """
    if isinstance(text, date):
        return text
    day = parse(text).latest
    if day is None:
        raise HeartlandInputError.at(
            f'"{text}" has no last day.',
            check="date",
            why="A question needs a day to be asked at.",
            fix="Write a day, month or year, such as 2021-12-31.",
        )
    return day


def _by(when: EdtfDate, limit: date) -> bool:
    return when.latest is not None and when.latest <= limit


def _keep(frame: pd.DataFrame, column: str, test: Any) -> pd.DataFrame:
    if column not in frame.columns:
        return frame.iloc[0:0]
    return frame[[bool(test(value)) for value in frame[column].tolist()]]
