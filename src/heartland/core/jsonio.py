"""Strict JSON: what cannot be read in exactly one way is refused with line and column."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from heartland.core.datehelp import quote
from heartland.core.limits import limit, over
from heartland.core.textio import read_text
from heartland.errors import Finding, HeartlandInputError, Place

__all__ = ["read_geojson", "read_json"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"?|-?(?:NaN|Infinity|[0-9][0-9.eE+-]*)', re.DOTALL)


def read_geojson(path: Path | str, shown: str = "") -> Any:
    """Read one GeoJSON or TopoJSON document.

    Raises
    ------
    HeartlandInputError
        As `read_json`, and for more points than the cap; a list that begins with a number counts as one
        (`HEARTLAND_LIMIT_GEOJSON_BYTES, _GEOJSON_VERTICES`).
    """
    content = read_json(path, shown, cap="GEOJSON_BYTES")
    most, points, waiting = limit("GEOJSON_VERTICES"), 0, [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list) and value and isinstance(value[0], int | float):
            points += 1
        elif isinstance(value, list):
            waiting.extend(value)
    if points > most:
        raise over("GEOJSON_VERTICES", f"the file has {points:,} points", file=shown or Path(path).name)
    return content


def read_json(path: Path | str, shown: str = "", *, cap: str = "JSON_BYTES") -> Any:
    """Read one JSON document.

    Parameters
    ----------
    path : UTF-8 file;  shown : file name used in messages; the path's own name unless given
    cap : name of the cap on its size

    Raises
    ------
    HeartlandInputError
        With file:line:column, for bad syntax, a key given twice, NaN, infinity, a number beyond float64, and
        anything above a cap (`HEARTLAND_LIMIT_JSON_BYTES, _JSON_DEPTH`).
    """
    path = Path(path)
    shown = shown or path.name
    text = read_text(path, shown, cap=cap)
    _check_depth(text, shown)

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in entries:
            if key in found:
                raise _Twice(key)
            found[key] = value
        return found

    try:
        return json.loads(
            text, object_pairs_hook=pairs, parse_constant=_constant, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise _error(
            f"is not valid JSON: {error.msg}.", "Check the commas, colons and quotes just before this place.",
            text, error.pos, shown,
        ) from None  # fmt: skip
    except _Twice as error:
        places = [found.start() for found in re.finditer(re.escape(json.dumps(error.key)) + r"\s*:", text)]
        raise _error(
            f"the key {quote(error.key)} stands twice in one object.", "Delete or rename one.", text,
            places[1] if len(places) > 1 else 0, shown,
        ) from None  # fmt: skip
    except _NoNumber as error:
        raise _error(
            f"{error.text[:40]} is not a number that can be kept.", "Write a finite number, or null.", text,
            _place_of(text, error.text), shown,
        ) from None  # fmt: skip
    except RecursionError:
        raise _error(
            "nests deeper than this machine can read.", "Nest less deep.", text, 0, shown
        ) from None  # fmt: skip


class _Twice(Exception):
    def __init__(self, key: str) -> None:
        self.key = key


class _NoNumber(Exception):
    def __init__(self, text: str) -> None:
        self.text = text


def _constant(text: str) -> float:
    raise _NoNumber(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NoNumber(text)
    return value


def _whole(text: str) -> int:
    if len(text) > 300 or not math.isfinite(float(text)):
        raise _NoNumber(text)
    return int(text)


def _place_of(text: str, number: str) -> int:
    found = (match for match in _NUMBER.finditer(text) if match[0] == number)
    return next((match.start() for match in found), 0)


def _check_depth(text: str, shown: str) -> None:
    most, depth = limit("JSON_DEPTH"), 0
    for match in _TOKEN.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > most:
                row, column = _row(text, match.start())
                raise over(
                    "JSON_DEPTH", f"the document nests more than {most} deep", file=shown, row=row,
                    column=str(column),
                )  # fmt: skip
        elif match[0] in "]}":
            depth -= 1


def _row(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _error(what: str, fix: str, text: str, at: int, file: str) -> HeartlandInputError:
    row, column = _row(text, at)
    place = Place(file, row, str(column))
    return HeartlandInputError(Finding("E", "json", place, what, "Nothing of the file can be used.", fix))
