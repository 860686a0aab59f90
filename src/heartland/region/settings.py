"""The region's `model.yaml`: who is modelled, from when, by which mechanisms, with which table defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from heartland.core.dates import parse
from heartland.core.modelcheck import checked
from heartland.errors import HeartlandInputError

__all__ = ["ModelSettings", "day_text", "edtf_text"]

FOLDER_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"


def _day(text: str) -> str:
    found = parse(text)
    if found.kind != "day":
        raise HeartlandInputError.at(f'"{text}" is not a day.', fix="Write it as 2021-12-31.")
    return text


def _edtf(text: str) -> str:
    if text:
        parse(text)
    return text


day_text = Annotated[str, AfterValidator(checked(_day))]
edtf_text = Annotated[str, AfterValidator(checked(_edtf))]


class ModelSettings(BaseModel):
    """Content of `model.yaml`; unknown keys are refused.

    actors : all modelled actors, among them `receivers` (whose ties are modelled) and `powers` (givers)
    rival : the power whose rivalry with others feeds common cause
    insiders : powers with accustomed presence
    exporters : actors whose currency follows the oil price
    mechanisms : ids, each at most once;  variants : mechanism or measure -> chosen form
    defaults : table -> column -> value of empty or absent cells;  map, scoring : free settings of their users
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(pattern=FOLDER_ID)
    title: str
    version: str
    start: day_text
    steps_per_year: int = Field(default=12, ge=1, le=366)
    actors: Annotated[list[str], Field(min_length=1)]
    receivers: Annotated[list[str], Field(min_length=1)]
    powers: Annotated[list[str], Field(min_length=1)]
    rival: str = ""
    insiders: list[str] = []
    exporters: list[str] = []
    organisations: list[str] = []
    mechanisms: list[str] = []
    variants: dict[str, str] = {}
    map: dict[str, Any] = {}
    scoring: dict[str, Any] = {}
    defaults: dict[str, dict[str, Any]] = {}
    licence: str = ""
    description: str = ""
    baseline_scenario: str = ""
    direction: Literal["giver-receiver"] = "giver-receiver"

    def default_of(self, table: str) -> Mapping[str, Any]:
        """Defaults of a table's columns."""
        return self.defaults.get(table, {})
