"""Caps on what is read; each can be raised by an environment variable that the message names."""

from __future__ import annotations

import os

from heartland.errors import HeartlandInputError

__all__ = ["LIMITS", "limit", "over"]

# Defaults of reliability.md 4; the variable is HEARTLAND_LIMIT_ + name.
LIMITS = {
    "FILE_BYTES": 50_000_000,
    "YAML_BYTES": 5_000_000,
    "YAML_DEPTH": 32,
    "YAML_NODES": 200_000,
    "JSON_BYTES": 20_000_000,
    "JSON_DEPTH": 64,
    "CSV_ROWS": 5_000_000,
    "CSV_COLUMNS": 10_000,
    "CSV_FIELD": 1_000_000,
    "GEOJSON_BYTES": 20_000_000,
    "GEOJSON_VERTICES": 1_000_000,
    "DOCUMENT_BYTES": 20_000_000,
    "EVENT_BYTES": 50_000_000_000,
    "EVENT_LINE": 1_000_000,
    "ARCHIVE_ENTRIES": 10_000,
    "ARCHIVE_RATIO": 100,
    "FETCH_BYTES": 5_000_000_000,
    "SCENARIO_PATCHES": 200,
    "SCENARIO_STEPS": 1_200,
    "SCENARIO_ACTORS": 200,
}


def limit(name: str, default: int | None = None) -> int:
    """Cap in force: the environment's if set, else `default`, else the shipped one.

    Raises
    ------
    HeartlandInputError if the variable is not a whole number above 0
    """
    variable = f"HEARTLAND_LIMIT_{name}"
    text = os.environ.get(variable, "")
    if not text:
        return LIMITS[name] if default is None else default
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 15 and int(text) > 0):
        raise HeartlandInputError.at(
            f"{variable} is {text[:40]!r}.", why="A cap is a whole number above 0.",
            fix=f"Write for example {variable}={LIMITS[name]}, or unset it.", check="limit",
        )
    return int(text)


def over(
    name: str, what: str, *, file: str = "", row: int = 0, column: str = "", default: int | None = None
) -> HeartlandInputError:
    """Error for something above the cap `name`; `what` says what was found, without a full stop."""
    return HeartlandInputError.at(
        f"{what}, above the limit of {limit(name, default):,}.",
        why="Caps keep a broken or hostile file from filling the memory.",
        fix=f"If the file is meant to be this large, set HEARTLAND_LIMIT_{name} to a higher number.",
        file=file, row=row, column=column, check="limit",
    )
