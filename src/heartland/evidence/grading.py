"""How large an error each grade stands for, and when values that disagree are called a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError, suggestion

__all__ = ["Grading"]


@dataclass(frozen=True, slots=True)
class Grading:
    """Error sizes and thresholds of pooling; an assumption of the region, kept in its `grading.yaml`.

    errors : standard error on the log scale per reliability letter and credibility digit
    unjudged : standard error where neither letter nor digit says anything (F6)
    """

    errors: Mapping[str, float] = field(
        default_factory=lambda: {
            "A": 0.02,
            "1": 0.02,
            "B": 0.05,
            "2": 0.05,
            "C": 0.10,
            "3": 0.10,
            "D": 0.50,
            "E": 0.50,
            "4": 0.50,
            "5": 0.50,
        }
    )
    unjudged: float = 0.25
    logit_factor: float = 2.0
    about: float = 0.10
    share_clip: float = 1e-4
    widen_up_to: int = 4
    conflict_ratio: float = 1.5
    conflict_difference: float = 0.10
    conflict_i2: float = 0.5

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any], file: str = "grading.yaml") -> Grading:
        """Grading from the content of a grading file; keys that are absent keep their default.

        Raises
        ------
        HeartlandInputError
            For an unknown key, an unknown grade or a value that is not a positive number.
        """
        known = [*cls.__dataclass_fields__, "status", "note", "title", "source", "id"]
        values: dict[str, Any] = {}
        for key, value in content.items():
            if key not in known:
                raise HeartlandInputError.at(
                    f'"{key}" is not a setting of grading.',
                    file=file,
                    column=key,
                    check="grading-key",
                    why="A misspelled setting would leave the default in force.",
                    fix=suggestion(key, known),
                )
            if key == "errors":
                values[key] = {**cls().errors, **_graded(value, file)}
                values["unjudged"] = values[key].pop("F", values[key].pop("6", cls().unjudged))
                values[key].pop("6", None)
            elif key in cls.__dataclass_fields__:
                values[key] = _positive(key, value, file)
        return cls(**values)

    @classmethod
    def from_yaml(cls, path: Path | str) -> Grading:
        """Grading read from a `grading.yaml`."""
        from heartland.core.tables import read_yaml

        return cls.from_mapping(read_yaml(Path(path), Path(path).name).value, Path(path).name)

    def error(self, reliability: str, credibility: str) -> float:
        """Standard error (log scale) of a claim: the better of letter and digit, where they say anything."""
        found = [self.errors[mark] for mark in (reliability, credibility) if mark in self.errors]
        return min(found) if found else self.unjudged


def _graded(value: object, file: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise HeartlandInputError.at(
            "errors is not a table of grades.",
            file=file,
            column="errors",
            check="grading-key",
            why="Grades set the width of every interval.",
            fix="Write errors: {A: 0.02, ...}.",
        )
    for key in value:
        if str(key) not in set("ABCDEF123456"):
            raise HeartlandInputError.at(
                f'"{key}" is not a grade.',
                file=file,
                column=f"errors.{key}",
                check="grading-key",
                why="Grades set the width of every interval.",
                fix="Use a letter A to F or a digit 1 to 6.",
            )
    return {str(key): _positive(f"errors.{key}", number, file) for key, number in value.items()}


def _positive(key: str, value: object, file: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise HeartlandInputError.at(
            f"{key} is {value!r}, not a positive number.",
            file=file,
            column=key,
            check="grading-value",
            why="Error sizes and thresholds must be positive.",
            fix="Write a number above 0.",
        )
    return value
