"""Outcome expressions evaluated member by member on what a run recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.tree import Binary, Call, Given, Name, Node, Number, Unary
from heartland.errors import HeartlandInputError
from heartland.scenarios.readings import RunView, read

__all__ = ["Answer", "RunView", "answer", "evaluate"]

Values: TypeAlias = NDArray[Any]
READS = frozenset(
    {"occurs", "count", "first", "value", "share", "change", "measure", "rank", "status", "stage", "vote"}
)


@dataclass(frozen=True)
class Answer:
    """Value of an outcome for each member; `valid` is False where its condition failed or it is unknown."""

    values: NDArray[np.float64]
    valid: NDArray[np.bool_]
    binary: bool


def answer(tree: Node, view: RunView, file: str = "") -> Answer:
    """Evaluate one outcome.

    Raises
    ------
    HeartlandInputError
        If a name is unknown or the expression does not reduce to one value per member.
    """
    expression, valid = tree, np.ones(view.members, dtype=np.bool_)
    if isinstance(tree, Given):
        expression = tree.expression
        valid = np.asarray(evaluate(tree.condition, view), dtype=np.bool_)
    found = np.asarray(evaluate(expression, view))
    if found.ndim == 0:
        found = np.broadcast_to(found, (view.members,))
    if found.ndim != 1:
        raise HeartlandInputError.at(
            "The outcome is a list of values, not one.", why="An outcome has one value per member.",
            fix="Wrap it in mean(), sum(), max() or min().", file=file, check="expression",
        )  # fmt: skip
    values = found.astype(np.float64)
    return Answer(values, valid & ~np.isnan(values), found.dtype == np.bool_)


def evaluate(node: Node, view: RunView) -> Values:
    """Value of a node: (), (member,) or (member, k) for a list of slots."""
    match node:
        case Number(value=value):
            return np.asarray(value)
        case Unary(op="-", operand=inner):
            return -evaluate(inner, view)
        case Unary(operand=inner):
            return ~np.asarray(evaluate(inner, view), dtype=np.bool_)
        case Binary(op=op, left=left, right=right):
            return _binary(op, evaluate(left, view), evaluate(right, view))
        case Call():
            return _call(node, view)
        case Name(text=text):
            raise HeartlandInputError.at(
                f'"{text}" alone has no value.', fix=f"Write value({text}, at=end).", check="expression"
            )
    raise HeartlandInputError.at(
        "This part has no value of its own.", fix="Use it as key=value.", check="expression"
    )


def _binary(op: str, left: Values, right: Values) -> Values:
    if op in ("and", "or"):
        a, b = np.asarray(left, dtype=np.bool_), np.asarray(right, dtype=np.bool_)
        return a & b if op == "and" else a | b
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _OPERATORS[op](left, right)
    if op == "/":
        found = np.where(np.isinf(found), np.nan, found)
    if op in _COMPARISONS:
        return _any(found)
    return np.asarray(found)


def _any(found: Values) -> Values:
    return np.asarray(found.any(axis=1)) if found.ndim == 2 else found


_COMPARISONS: Mapping[str, Callable[[Any, Any], Values]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal,
    "!=": np.not_equal,
}  # fmt: skip
_OPERATORS: Mapping[str, Callable[[Any, Any], Values]] = {
    **_COMPARISONS, "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip


def _call(node: Call, view: RunView) -> Values:
    if node.function in READS:
        return read(node, view)
    return _numeric(node.function, [evaluate(part, view) for part in node.arguments])


def _numeric(name: str, values: Sequence[Values]) -> Values:
    if name in ("sum", "mean", "max", "min") and len(values) == 1:
        reduce: Callable[..., Values] = getattr(np, name)
        return np.asarray(reduce(values[0], axis=-1)) if values[0].ndim == 2 else values[0]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match name, len(values):
            case (("max" | "min"), _):
                stacked = np.stack(np.broadcast_arrays(*values))
                return np.asarray(stacked.max(0) if name == "max" else stacked.min(0))
            case "exp", 1:
                return np.exp(values[0])
            case "log", 1:
                return np.where(values[0] > 0, np.log(values[0]), np.nan)
            case "logit", 1:
                inside = (values[0] > 0) & (values[0] < 1)
                return np.where(inside, np.log(values[0] / (1 - values[0])), np.nan)
            case "abs", 1:
                return np.abs(values[0])
            case "clip", 3:
                return np.clip(values[0], values[1], values[2])
            case "where", 3:
                return np.where(values[0], values[1], values[2])
    raise HeartlandInputError.at(
        f"{name}() does not take {len(values)} values.", fix="See the grammar.", check="expression"
    )
