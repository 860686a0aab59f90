"""Check a YAML document against a pydantic model; every problem gets its file, line and column."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from heartland.core.datehelp import quote
from heartland.errors import Finding, HeartlandInputError, Place, suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["check_model", "checked"]

Model = TypeVar("Model", bound="BaseModel")
Value = TypeVar("Value")

UNKNOWN_KEY = "Unknown keys are refused so that a typo cannot pass as a default."
WRONG_KIND = "A value of another kind would be read differently from what was meant."
_FIXES = {
    "string_type": "Write text; put quotes around a number or true/false that is meant as text.",
    "bool_type": "Write true or false.", "bool_parsing": "Write true or false.",
    "int_type": "Write a whole number.", "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "float_type": "Write a number, such as 0.5.", "float_parsing": "Write a number, such as 0.5.",
    "finite_number": "Write a number, such as 0.5.",
    "list_type": "Write a list: [a, b].", "tuple_type": "Write a list: [a, b].",
    "dict_type": "Write a mapping: key and value, separated by a colon.",
    "model_type": "Write a mapping: key and value, separated by a colon.",
}


class _Located(Protocol):
    """What is needed of a document: its value, its file and where things stand."""

    @property
    def value(self) -> Any: ...

    @property
    def file(self) -> str: ...

    def at(self, path: tuple[str | int, ...] = ()) -> tuple[int, int]: ...

    def key_at(self, path: tuple[str | int, ...]) -> tuple[int, int]: ...

    def has(self, path: tuple[str | int, ...]) -> bool: ...


class _Carrier(ValueError):
    """Carries findings out of a validator; pydantic passes on only ValueError with a place."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(str(finding) for finding in findings))


def checked(function: Callable[[Any], Value]) -> Callable[[Any], Value]:
    """Make a function that raises HeartlandInputError usable as a pydantic validator.

    Use as `Annotated[str, AfterValidator(checked(parse))]`; `check_model` then reports the function's own
    what, why and fix at the place of the value.
    """

    def validator(value: Any) -> Value:
        try:
            return function(value)
        except HeartlandInputError as error:
            raise _Carrier(error.findings) from error

    return validator


def check_model(node: _Located, model: type[Model], file: str = "") -> Model:
    """Return the document as an instance of a pydantic model.

    Parameters
    ----------
    node : document with positions, as `read_yaml` returns it
    model : pydantic class; unknown keys are refused if its config says `extra="forbid"`
    file : name used in messages; the document's own unless given

    Returns
    -------
    a validated instance of `model`

    Raises
    ------
    HeartlandInputError with one finding per problem, each with file:line:column and the path inside the
    document
    """
    from pydantic import ValidationError

    file = file or node.file
    try:
        return model.model_validate(node.value)
    except ValidationError as error:
        found = [
            finding for problem in error.errors(include_url=False)
            for finding in _findings(problem, node, model, file)
        ]
    except HeartlandInputError as error:
        line, column = node.at()
        found = [
            finding if finding.place.file else replace(finding, place=Place(file, line, str(column or "")))
            for finding in error.findings
        ]
    raise HeartlandInputError(list(dict.fromkeys(found)))


def _shown(path: Iterable[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _real(node: _Located, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The parts of a pydantic location that stand in the document (it adds names of union members)."""
    path: tuple[str | int, ...] = ()
    for part in loc:
        if node.has((*path, part)):
            path = (*path, part)
    return path


def _findings(problem: Mapping[str, Any], node: _Located, model: type[Any], file: str) -> list[Finding]:
    kind, loc = problem["type"], tuple(problem["loc"])
    path = _real(node, loc)
    if kind == "extra_forbidden":
        known = _known_keys(model, loc[:-1])
        listing = f"Known keys: {', '.join(sorted(known))}." if known else ""
        line, column = node.key_at(path)
        what = f"unknown key {_shown(path)}."
        fix = suggestion(str(loc[-1]), known, listing=listing)
        place = Place(file, line, str(column or ""))
        return [Finding("E", "yaml-unknown-key", place, what, UNKNOWN_KEY, fix)]
    if kind == "missing":
        line, column = node.at(path)
        name = _shown((*path, loc[-1]))
        return [Finding(
            "E", "yaml-missing-key", Place(file, line, str(column or "")), f"{name} is missing.",
            "The document means nothing without it.", f'Add "{loc[-1]}:" here.',
        )]
    line, column = node.at(path)
    place = Place(file, line, str(column or ""))
    name = _shown(path) or "the document"
    carried = (problem.get("ctx") or {}).get("error")
    if isinstance(carried, _Carrier):
        return [
            replace(finding, place=place, what=f"{name}: {finding.what}") for finding in carried.findings
        ]
    return [Finding("E", "yaml-value", place, f"{name}: {_what(problem)}", WRONG_KIND, _fix(problem))]


def _what(problem: Mapping[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    message = message[:1].lower() + message[1:]
    found = problem.get("input")
    if problem["type"] in ("value_error", "assertion_error") or isinstance(found, (dict, list)):
        return f"{message}."
    return f"{message}, not {'nothing' if found is None else quote(str(found))}."


def _fix(problem: Mapping[str, Any]) -> str:
    context = problem.get("ctx") or {}
    if problem["type"] in ("literal_error", "enum", "union_tag_invalid"):
        text = str(context.get("expected") or context.get("expected_tags") or "")
        known = [part.strip().strip("'\"") for part in text.replace(" or ", ", ").split(",")]
        value = problem.get("input")
        listing = f"Allowed: {', '.join(known)}."
        return suggestion(value if isinstance(value, str) else "", known, listing=listing)
    return _FIXES.get(problem["type"], "Change the value.")


def _known_keys(model: type[Any], loc: tuple[str | int, ...]) -> set[str]:
    """Keys a mapping at `loc` may have, over all models that can stand there."""
    here: list[Any] = [model]
    for part in loc:
        below = [kind for kind in _models(here) if _answers_to(kind, part)]
        if below:
            here = [
                field.annotation for kind in below for name, field in kind.model_fields.items()
                if part in (name, field.alias)
            ]
            continue
        inner = [arm for arm in here if typing.get_origin(arm) in (list, tuple, dict, set, frozenset)]
        flat = _arms(here)
        named = [kind for kind in _models(here) if kind.__name__ == part]
        here = named or [
            argument for arm in (*inner, *flat) for argument in typing.get_args(arm)
            if typing.get_origin(arm) is not None
        ] or here
    return {field.alias or name for kind in _models(here) for name, field in kind.model_fields.items()}


def _answers_to(kind: type[Any], part: str | int) -> bool:
    return any(part in (name, field.alias) for name, field in kind.model_fields.items())


def _arms(annotations: Iterable[Any]) -> list[Any]:
    """Annotations with unions, optionals and Annotated taken apart."""
    flat: list[Any] = []
    for annotation in annotations:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            flat += _arms([typing.get_args(annotation)[0]])
        elif origin in (typing.Union, types.UnionType):
            flat += _arms(typing.get_args(annotation))
        elif isinstance(annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
            flat += _arms([annotation.__value__])
        else:
            flat.append(annotation)
    return flat


def _models(annotations: Iterable[Any]) -> list[type[Any]]:
    return [arm for arm in _arms(annotations) if isinstance(arm, type) and hasattr(arm, "model_fields")]
