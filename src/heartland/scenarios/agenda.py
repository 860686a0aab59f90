"""Which operations act in which step, looked up once per run."""

from __future__ import annotations

from dataclasses import dataclass

from heartland.scenarios.plan import Plan
from heartland.scenarios.schedule import Operation

__all__ = ["Day", "agenda_of"]

_ONCE = ("set", "scale", "shock", "rule")


@dataclass(frozen=True)
class Day:
    """What patches do in one step.

    once : operations that act at its head or end there, with their number
    held : clamps and forced events;  off : mechanisms left out
    """

    once: tuple[tuple[int, Operation], ...] = ()
    held: tuple[Operation, ...] = ()
    off: frozenset[str] = frozenset()


def agenda_of(plan: Plan) -> tuple[Day, ...]:
    """One entry per step; the first, the start, is empty."""
    return (Day(), *(_day(plan.operations, step) for step in range(1, plan.steps + 1)))


def _day(operations: tuple[Operation, ...], step: int) -> Day:
    running = [op for op in operations if op.first <= step <= op.last]
    numbered = [(number, op) for number, op in enumerate(operations) if op.action in _ONCE]
    return Day(
        tuple((number, op) for number, op in numbered if step in (op.first, op.last + 1)),
        tuple(op for op in running if op.action in ("clamp", "force")),
        frozenset(op.variable for op in running if op.action == "off"),
    )
