"""The generic readers: any table of pairs or states by year, described by a YAML mapping."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from heartland.core.units import known_units
from heartland.core.yamlio import check_model, read_yaml
from heartland.errors import HeartlandInputError
from heartland.evidence.readers.cells import Cells, objects
from heartland.evidence.readers.files import Layout
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity, source_row

__all__ = ["MapColumns", "MapSource", "Mapped", "actor_year", "dyad_year"]

System = Literal["iso3", "cow", "gw", "name"]
_STRICT = ConfigDict(extra="forbid", frozen=True)


class MapColumns(BaseModel):
    """Columns of the file: who gives, who receives, when, how much, and its own 90 % interval."""

    model_config = _STRICT

    giver: str = ""
    receiver: str = ""
    actor: str = ""
    period: str
    value: str
    low: str = ""
    high: str = ""


class MapSource(BaseModel):
    """The file's source, as it will stand in sources.csv."""

    model_config = _STRICT

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    author: str = ""
    publisher: str = ""
    licence: str = ""
    version: str = ""
    independence_group: str = Field(default="", pattern=r"^$|^[a-z0-9]+(-[a-z0-9]+)*$")


class Mapped(BaseModel):
    """A mapping: what the columns are, what they count, where they come from.

    codes : system of state codes, one for all or one a column;  aliases : codes of the file -> actor
    constant : a giver or receiver that is the same in all rows;  where : column -> values kept
    missing : numbers that stand for unknown;  sum : rows of one pair and period are added up
    """

    model_config = _STRICT

    columns: MapColumns
    codes: System | dict[str, System] = "iso3"
    aliases: dict[str, str] = {}
    constant: dict[Literal["giver", "receiver"], str] = {}
    where: dict[str, list[str]] = {}
    missing: list[float] = []
    unit: str
    factor: float = Field(default=1.0, allow_inf_nan=False)
    channel: str = ""
    indicator: str = ""
    definition: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    transform: Literal["log", "logit", "identity"] = "log"
    status: Literal["documented", "assumption", "estimated"] = "documented"
    credibility: Literal["1", "2", "3", "4", "5", "6"] = "6"
    sum: bool = False
    key: str = Field(default="MAP", pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$")
    note: str = ""
    source: MapSource

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, text: str) -> str:
        if text not in known_units():
            raise ValueError(f'"{text}" is not in the unit list')
        return text

    @model_validator(mode="after")
    def _one_target(self) -> Mapped:
        if bool(self.channel) == bool(self.indicator):
            raise ValueError("write either channel (of a tie) or indicator (of one actor)")
        return self

    def system(self, role: str) -> str:
        """System of codes of one column."""
        return self.codes if isinstance(self.codes, str) else self.codes.get(role, "iso3")


def _mapping(job: Job, roles: tuple[str, ...]) -> Mapped:
    """The mapping of the option `map`, with the roles that its columns or constants must fill."""
    name = job.settings.options.get("map", "")
    if not name:
        raise HeartlandInputError.at(
            "no mapping is given.", why="A generic table says nothing about its own columns.",
            fix="Add --option map=FILE.yaml; see docs/look-up/import.md.", check="import-option",
        )  # fmt: skip
    path = Path(name)
    mapped = check_model(read_yaml(path, path.name), Mapped)
    for role in roles:
        if not getattr(mapped.columns, role) and role not in mapped.constant:
            raise HeartlandInputError.at(
                f"columns.{role} is missing.", why=f"Every row of this kind has a {role}.",
                fix=f"Name the column, or a constant {role}.", file=path.name, check="import-option",
            )  # fmt: skip
    return mapped


def dyad_year(job: Job) -> None:
    """A table of pairs by period: giver, receiver, period and value as the mapping says."""
    mapped = _mapping(job, ("giver", "receiver"))
    _read(job, mapped, ("giver", "receiver"))


def actor_year(job: Job) -> None:
    """A table of actors by period: actor, period and value as the mapping says."""
    mapped = _mapping(job, ("actor",))
    _read(job, mapped, ("actor",))


def _read(job: Job, mapped: Mapped, roles: tuple[str, ...]) -> None:
    columns = mapped.columns
    named = [getattr(columns, role) for role in roles if getattr(columns, role)]
    spread = [name for name in (columns.low, columns.high) if name]
    table = job.open(Layout((*named, columns.period, columns.value, *spread, *mapped.where)))
    source = mapped.source
    job.booking.source_id = source.id
    job.source = source_row(
        job.path, job.settings.options.get("source", "") or source.id, source.title, source.author,
        source.publisher, source.licence, group=source.independence_group or source.id,
        version=source.version,
    )  # fmt: skip
    quantity = Quantity(
        mapped.key, mapped.definition, mapped.unit, mapped.channel, mapped.indicator, mapped.transform,
        mapped.note, status=mapped.status, credibility=mapped.credibility,
    )  # fmt: skip
    sums: dict[tuple[str, ...], list[float]] = {}
    for cells in job.cells(table, mapped.missing):
        for name, kept in mapped.where.items():
            cells.leave_out(~np.isin(cells.text(name).astype(str), kept), "not asked for")
        sides = [_side(cells, mapped, role) for role in roles]
        period = objects([str(year) for year in cells.year(columns.period)])
        value = cells.number(columns.value) * mapped.factor
        if mapped.sum:
            for at in np.flatnonzero(cells.ok):
                total = sums.setdefault((*(side[at] for side in sides), period[at]), [0.0, 0.0, 0.0])
                known = np.isfinite(value[at])
                total[0] += value[at] if known else 0.0
                total[1] += known
                total[2] += 1
            continue
        bounds: Mapping[str, Any] = {
            name: cells.number(getattr(columns, name)) * mapped.factor
            for name in ("low", "high") if getattr(columns, name)
        }  # fmt: skip
        receiver = sides[1] if len(sides) > 1 else None
        job.booking.add(quantity, sides[0], receiver, period, value, ok=cells.ok, **bounds)
    if sums:
        _book_totals(job, quantity, sums)


def _side(cells: Cells, mapped: Mapped, role: str) -> Any:
    column = getattr(mapped.columns, role)
    if not column:
        fixed = {str(name): actor for name, actor in mapped.constant.items()}
        return objects([fixed[role]] * len(cells.chunk))
    return cells.state(column, mapped.system(role), aliases=dict(mapped.aliases))


def _book_totals(job: Job, quantity: Quantity, sums: Mapping[tuple[str, ...], list[float]]) -> None:
    keys = sorted(sums)
    notes = objects([
        f"sum of {sums[key][2]:.0f} row{'s' * (sums[key][2] != 1)}"
        + ("" if sums[key][1] == sums[key][2] else f", {sums[key][2] - sums[key][1]:.0f} without a value")
        for key in keys
    ])  # fmt: skip
    values = [sums[key][0] if sums[key][1] else np.nan for key in keys]
    parts = [objects([key[at] for key in keys]) for at in range(len(keys[0]))]
    receiver = parts[1] if len(parts) == 3 else None
    job.booking.add(quantity, parts[0], receiver, parts[-1], values, note=notes)
