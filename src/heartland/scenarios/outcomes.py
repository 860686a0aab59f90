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
from heartland.scenarios.stages import stage_code
from heartland.scenarios.standing import vote_code
from heartland.scenarios.status import status_code

__all__ = ["Answer", "RunView", "answer", "evaluate", "yes_or_no"]

Values: TypeAlias = NDArray[Any]
_TAKES = {
    **dict.fromkeys(("sum", "mean"), "one list of slots"),
    **dict.fromkeys(("max", "min"), "one list of slots, or several values"),
    **dict.fromkeys(("exp", "log", "logit", "abs"), "one value"),
    "clip": "a value, the least and the most", "where": "a condition, a value and another value",
}  # fmt: skip
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
        held = np.asarray(evaluate(tree.condition, view))
        if held.ndim > 1:
            raise _several("The condition", file)
        valid = np.broadcast_to((held != 0) & ~np.isnan(held.astype(np.float64)), (view.members,))
    found = np.asarray(evaluate(expression, view))
    if found.ndim == 0:
        found = np.broadcast_to(found, (view.members,))
    if found.ndim != 1:
        raise _several("The outcome", file)
    values = found.astype(np.float64)
    return Answer(values, valid & ~np.isnan(values), yes_or_no(expression))


def _several(what: str, file: str) -> HeartlandInputError:
    return HeartlandInputError.at(
        f"{what} is a list of values, not one.", why="An outcome has one value per member.",
        fix="Wrap it in mean(), sum(), max() or min().", file=file, check="expression",
    )  # fmt: skip


def yes_or_no(node: Node) -> bool:
    """Whether an expression answers with yes or no."""
    match node:
        case Given(expression=inner):
            return yes_or_no(inner)
        case Binary(op=op):
            return op in _COMPARISONS or op in ("and", "or")
        case Unary(op=op):
            return op == "not"
        case Call(function=name):
            return name == "occurs"
    return False


def evaluate(node: Node, view: RunView) -> Values:
    """Value of a node: (), (member,) or (member, k) for a list of slots; yes is 1, no 0, unknown NaN."""
    match node:
        case Number(value=value):
            return np.asarray(value)
        case Unary(op="-", operand=inner):
            return -evaluate(inner, view)
        case Unary(operand=inner):
            return _no(evaluate(inner, view))
        case Binary(op=("=" | "!=") as op, left=Call(function="vote") as left, right=Name(text=name)):
            return _binary(op, evaluate(left, view), np.asarray(vote_code(name)))
        case Binary(op=("=" | "!=") as op, left=Call(function="status") as left, right=Name(text=name)):
            return _binary(op, evaluate(left, view), np.asarray(status_code(name)))
        case Binary(op=op, left=Call(function="stage") as left, right=Name(text=name)):
            return _binary(op, evaluate(left, view), np.asarray(stage_code(name)))
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
    left, right = aligned(left, right)
    if op in ("and", "or"):
        return _both(left, right) if op == "and" else _no(_both(_no(left), _no(right)))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _OPERATORS[op](left, right)
    if op == "/":
        found = np.where(np.isinf(found), np.nan, found)
    if op in _COMPARISONS:
        return _any(np.where(np.isnan(left) | np.isnan(right), np.nan, found))
    return np.asarray(found)


def _any(found: Values) -> Values:
    if found.ndim < 2:
        return found
    return np.where((found == 1).any(axis=1), 1.0, np.where(np.isnan(found).any(axis=1), np.nan, 0.0))


def _no(found: Values) -> Values:
    return np.where(np.isnan(found), np.nan, found == 0)


def _both(a: Values, b: Values) -> Values:
    unknown = np.isnan(a) | np.isnan(b)
    return np.where((a == 0) | (b == 0), 0.0, np.where(unknown, np.nan, 1.0))


def aligned(*values: Values) -> list[Values]:
    """Values of one member or of a list of slots, ready to be put together element by element.

    Raises
    ------
    HeartlandInputError
        If two lists differ in length.
    """
    lengths = {found.shape[1] for found in values if found.ndim == 2}
    if len(lengths) > 1:
        raise HeartlandInputError.at(
            f"Lists of {' and '.join(str(n) for n in sorted(lengths))} values cannot be put together.",
            fix="Name the same slots on both sides, or reduce them with mean(), sum(), max() or min().",
            check="expression",
        )  # fmt: skip
    if not lengths:
        return list(values)
    return [found[:, None] if found.ndim == 1 else found for found in values]


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
    if node.keys:
        raise HeartlandInputError.at(
            f'{node.function}() takes no key, found "{node.keys[0].key}".',
            fix="Put the key into value(), share(), change() or measure().", check="expression",
        )  # fmt: skip
    return _numeric(node.function, [evaluate(part, view) for part in node.arguments])


def _numeric(name: str, values: Sequence[Values]) -> Values:
    if name in ("sum", "mean", "max", "min") and len(values) == 1:
        reduce: Callable[..., Values] = getattr(np, name)
        return np.asarray(reduce(values[0], axis=-1)) if values[0].ndim == 2 else values[0]
    if values:
        values = aligned(*values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match name, len(values):
            case (("max" | "min"), n) if n:
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
                chosen = np.where(values[0] != 0, values[1], values[2])
                return np.where(np.isnan(values[0]), np.nan, chosen)
    raise HeartlandInputError.at(
        f"{name}() does not take {len(values)} values.",
        fix=f"It takes {_TAKES[name]}.",
        check="expression",
    )
