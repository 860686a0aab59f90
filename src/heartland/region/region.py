"""A region: a folder of tables and YAML files, validated as a whole, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from heartland.core.dates import parse
from heartland.errors import Finding, HeartlandInputError, suggestion
from heartland.evidence.claims import catalogue, source_grades
from heartland.evidence.ledger import Ledger, as_day
from heartland.evidence.series import SERIES, known_from, read_series, series_findings
from heartland.region.cell import Book, book_of, rules_of
from heartland.region.measure_settings import MeasureSettings, settings_of
from heartland.region.reading import Content, find_region, read_folder
from heartland.region.rules import Organisation, Policy
from heartland.region.settings import ModelSettings
from heartland.region.world import World

__all__ = ["Region", "find_region", "validate_folder"]


def validate_folder(name_or_path: str | Path, mechanisms: Mapping[str, str] | None = None) -> list[Finding]:
    """All findings about a region folder, errors first in file order; never stops at the first one.

    mechanisms : known mechanism ids and the phase of each; None leaves the model's list unchecked

    Raises
    ------
    HeartlandInputError
        When there is no such folder.
    """
    folder = find_region(name_or_path)
    content, findings = read_folder(folder, mechanisms)
    if not any(finding.severity == "E" for finding in findings):
        findings = [*series_findings(folder, content.tables), *findings]
    return findings


@dataclass(frozen=True)
class Region:
    """Validated content of a region folder.

    tables : name -> typed table; a table the folder lacks is there, empty
    hash : SHA-256 over the names and bytes of all files
    """

    path: Path
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    model: ModelSettings
    organisations: Mapping[str, Organisation]
    policies: Mapping[str, Policy]
    hash: str
    content: Content = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @classmethod
    def load(cls, name_or_path: str | Path = "", mechanisms: Mapping[str, str] | None = None) -> Region:
        """Load a shipped region by name (empty: the default one) or any folder by path.

        mechanisms : known mechanism ids and their phases, to check the model's list against

        Raises
        ------
        HeartlandInputError
            No such region, or content with errors: one finding for each.
        """
        path = find_region(name_or_path)
        content, findings = read_folder(path, mechanisms)
        errors = [finding for finding in findings if finding.severity == "E"]
        if errors or content.model is None:
            raise HeartlandInputError(errors)
        return cls(
            path,
            content.tables,
            content.model,
            content.organisations,
            content.policies,
            content.hash,
            content,
            tuple(findings),
        )

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{len(frame)} {name.replace('_', ' ')}"
            for name, frame in self.tables.items()
            if name in ("actors", "sources", "facts", "observations", "arguments") and len(frame)
        )
        return (
            f"Region({self.id} {self.model.version}: {counts}, {len(self.organisations)} organisations, "
            f"{len(self.policies)} policies, {len(self.scenario_ids())} scenarios)"
        )

    @property
    def id(self) -> str:
        """Id of the region, also the name of its folder."""
        return self.model.id

    def at(self, date_text: str | date, known_by: str | date | None = None) -> World:
        """The system at a date; with `known_by`, only what was public by then."""
        return World(self, as_day(date_text), None if known_by is None else as_day(known_by))

    def validate(self, mechanisms: Mapping[str, str] | None = None) -> list[Finding]:
        """Findings of reading the folder again: warnings and notes of a region that loads."""
        return validate_folder(self.path, mechanisms)

    def scenario_ids(self) -> tuple[str, ...]:
        """Ids of the shipped scenarios, sorted."""
        return tuple(sorted(self.content.scenarios))

    def scenario_file(self, scenario_id: str) -> Path:
        """File of a scenario.

        Raises
        ------
        HeartlandInputError
            Unknown id, with the nearest ones.
        """
        if scenario_id not in self.content.scenarios:
            known = self.scenario_ids()
            raise HeartlandInputError.at(
                f'"{scenario_id}" is no scenario of {self.id}.',
                check="scenario-id",
                why="A run needs a scenario file.",
                fix=suggestion(scenario_id, known, listing=f"Scenarios: {', '.join(known)}."),
            )
        return self.content.scenarios[scenario_id]

    @cached_property
    def ledger(self) -> Ledger:
        """The region's evidence."""
        return Ledger(self.tables, self.content.grading)

    @cached_property
    def settings(self) -> MeasureSettings:
        """Weights, reference and channels of the measures."""
        return settings_of(
            self.tables, self.content.reference, tuple(self.model.powers), tuple(self.model.receivers)
        )

    @cached_property
    def births(self) -> Mapping[str, date]:
        """First possible day of each actor; the beginning of time where none is stated."""
        frame = self.tables["actors"]
        return {
            actor: (parse(text).earliest if text else None) or date.min
            for actor, text in zip(frame["actor_id"].tolist(), frame["from"].tolist(), strict=True)
        }

    @property
    def indicator_names(self) -> tuple[str, ...]:
        """Indicators, in file order."""
        return tuple(self.tables["indicators"]["indicator_id"].tolist())

    def table(self, name: str, known_by: date | None = None) -> pd.DataFrame:
        """A table of the region, or a bulk table of the folder `series/`, which is read at its first use.

        known_by : leave out what became public later

        Raises
        ------
        HeartlandInputError
            No such table, or a bulk table with errors.
        """
        if name not in SERIES:
            if known_by not in self._known:
                self._known[known_by] = self.ledger.as_of(known_by=known_by)
            return self._known[known_by].where(name)
        if name not in self._series:
            frame, findings = read_series(self.path, name, self.tables)
            if findings:
                raise HeartlandInputError(findings)
            self._series[name] = frame
        frame = self._series[name]
        if known_by is None or frame.empty:
            return frame
        lags = dict(zip(self.tables["series"]["table"], self.tables["series"]["lag_months"], strict=True))
        return frame[[day is not None and day <= known_by for day in known_from(frame, lags.get(name, 0))]]

    @cached_property
    def _known(self) -> dict[date | None, Ledger]:
        return {}

    @cached_property
    def _series(self) -> dict[str, pd.DataFrame]:
        return {}

    def book(self, known_by: date | None = None) -> Book:
        """Claims by tie, ready to be read at any date; one book per `known_by` is kept."""
        if known_by not in self._books:
            groups = {source: group for source, (_, group) in source_grades(self.tables).items()}
            self._books[known_by] = book_of(
                self.ledger, rules_of(catalogue(self.tables)), self.births, groups, known_by
            )
        return self._books[known_by]

    @cached_property
    def _books(self) -> dict[date | None, Book]:
        return {}
