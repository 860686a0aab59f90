"""What a scenario file may hold; unknown keys are refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["OutcomeFile", "PatchFile", "ScenarioFile"]


class PatchFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    do: str
    why: str
    source: str = ""
    assumption: str = ""


class OutcomeFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    question: str
    expression: str
    unit: str = "probability"


class ScenarioFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    question: str
    system: str = ""
    start: str
    horizon: str = "P5Y"
    baseline: str = ""
    known_by: str = ""
    patches: list[PatchFile] = Field(default_factory=list)
    outcomes: list[OutcomeFile] = Field(default_factory=list)
    levers: list[str] = Field(default_factory=list)
    expected: str = ""
    disproof: str = ""
    headline: bool = False
    receivers: list[str] = Field(default_factory=list)
    also: list[str] = Field(default_factory=list)
    also_headline: list[str] = Field(default_factory=list)
