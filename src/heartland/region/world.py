"""The system at one date, as known then or today: ties, indicators, rules, members; no mathematics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.known import rows
from heartland.evidence.ledger import as_day
from heartland.evidence.pooling import pool
from heartland.evidence.values import Pooled
from heartland.region.build import CellArrays, build_arrays
from heartland.region.cell import Book, Cell
from heartland.region.measure_settings import MeasureSettings
from heartland.region.rules import MEMBER_ROLES, RuleRecord, in_force, rule_at

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["MEMBER_ROLES", "World", "roles_at"]


@dataclass(frozen=True)
class World:
    """A region at one date.

    at : the date;  known_by : records that became public later are unknown (None: everything known today)
    """

    region: Region
    at: date
    known_by: date | None = None

    def __repr__(self) -> str:
        known = f", known by {self.known_by.isoformat()}" if self.known_by else ""
        return f"World({self.region.id} at {self.at.isoformat()}{known})"

    @property
    def actors(self) -> tuple[str, ...]:
        """Modelled actors, in the order of the region's model."""
        return tuple(self.region.model.actors)

    @property
    def powers(self) -> tuple[str, ...]:
        """Givers of ties."""
        return tuple(self.region.model.powers)

    @property
    def receivers(self) -> tuple[str, ...]:
        """Receivers of ties."""
        return tuple(self.region.model.receivers)

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels, in file order."""
        return tuple(self.settings.channels)

    @property
    def settings(self) -> MeasureSettings:
        """Weights, reference and channel catalogue of the region's measures."""
        return self.region.settings

    @cached_property
    def _book(self) -> Book:
        return self.region.book(self.known_by)

    def cell(self, giver: str, receiver: str, name: str, at: str | date | None = None) -> Cell:
        """Pooled value of a channel (or, receiver empty, an indicator) with status, age and flags.

        Raises
        ------
        HeartlandInputError
            An actor, channel or indicator the region does not know.
        """
        for actor in (giver, receiver):
            if actor and actor not in self.region.births:
                raise HeartlandInputError.at(
                    f'"{actor}" is not in actors.',
                    check="actor",
                    why="A value belongs to known actors.",
                    fix=suggestion(
                        actor, self.region.births, listing="Known ids: heartland evidence list actors."
                    ),
                )
        kind = "channel" if receiver else "indicator"
        known = [name for name in self._book.rules if (name in self.settings.channels) == bool(receiver)]
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is no {kind} of this region.',
                check=kind,
                why="Nothing is recorded under that name.",
                fix=suggestion(name, known, listing=f"Known: {', '.join(known)}."),
            )
        return self._book.cell(giver, receiver, name, self._day(at))

    def tie(self, giver: str, receiver: str, channel: str) -> Pooled:
        """Value of a tie at the world's date; not known (NaN) where nothing usable was stated."""
        return self.cell(giver, receiver, channel).pooled

    def indicator(self, actor: str, name: str) -> Pooled:
        """Value of an indicator of one actor at the world's date."""
        return self.cell(actor, "", name).pooled

    def rule(self, organisation: str, decision: str, version: str | None = None) -> RuleRecord:
        """Decision rule in force at the date, another version by `rule_id`, or a bare kind such as `never`.

        Raises
        ------
        HeartlandInputError
            Unknown organisation, decision or version; nothing in force at the date.
        """
        known = self.region.organisations
        if organisation not in known:
            raise HeartlandInputError.at(
                f'"{organisation}" has no rules in this region.',
                check="organisation",
                why="Decisions are taken by written rules only.",
                fix=suggestion(organisation, known, listing=f"Organisations with rules: {', '.join(known)}."),
            )
        return rule_at(known[organisation], decision, self.at, version)

    def members(self, organisation: str, at: str | date | None = None) -> tuple[str, ...]:
        """Members of an organisation at a date: actors whose role (`roles_at`) is member or distancing."""
        found = roles_at(self, organisation, self._day(at))
        return tuple(name for name, role in found.items() if role in MEMBER_ROLES)

    def arrays(self, times: Sequence[str | date] | None = None) -> CellArrays:
        """All ties pooled at the world's date, or at each of `times`."""
        days = [self.at] if times is None else [as_day(time) for time in times]
        totals = {name: info.total for name, info in self.settings.channels.items()}
        return build_arrays(
            self._book, days, self.powers, self.receivers, self.channels, totals, self.region.indicator_names
        )

    def observations(self) -> pd.DataFrame:
        """Observations public by `known_by` with group, period bounds and own error (`sd` on `transform`)."""
        ledger = self.region.ledger.as_of(known_by=self.known_by)
        errors: dict[str, tuple[str, float, str]] = {}
        for key, found in ledger.claims.items():
            rule = self._book.rules[key.quantity]
            for claim in found:
                alone = pool((claim,), rule.quantity, ledger.grading)
                errors[claim.id] = (claim.group, alone.sd, alone.transform)
        frame = ledger.observations
        said = [errors[name] for name in frame["observation_id"].tolist()]
        bounds = [parse(period) for period in frame["period"].tolist()]
        extra: Mapping[str, list[Any]] = {
            "group": [group for group, _, _ in said],
            "sd": [sd for _, sd, _ in said],
            "transform": [transform for _, _, transform in said],
            "start": [bound.earliest for bound in bounds],
            "end": [bound.latest for bound in bounds],
        }
        return frame.drop(columns="_row").assign(**extra)

    def _day(self, at: str | date | None) -> date:
        return self.at if at is None else as_day(at)


def roles_at(world: World, organisation: str, day: date) -> dict[str, str]:
    """Role of each actor in an organisation on a day, sorted by actor.

    The latest spell of each actor to begin decides; deprecated rows do not count. A spell without dates is
    taken to hold at any time, unless the actor has dated spells there. If the world has a `known_by`, spells
    that begin later are ignored.
    """
    limit = min(day, world.known_by) if world.known_by else day
    spells = [
        row
        for row in rows(world.region.tables["memberships"])
        if row["organisation"] == organisation and row["rank"] != "deprecated"
    ]
    dated = {row["member"] for row in spells if row["from"]}
    latest: dict[str, tuple[date, str]] = {}
    for row in spells:
        if not in_force(row["from"], row["to"], day) or (row["member"] in dated and not row["from"]):
            continue
        start = (parse(row["from"]).earliest if row["from"] else None) or date.min
        if start <= limit and start >= latest.get(row["member"], (date.min, ""))[0]:
            latest[row["member"]] = (start, row["role"])
    return {member: role for member, (_, role) in sorted(latest.items())}
