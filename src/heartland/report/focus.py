"""What a report is about: the receiver, powers and pair that its scenario names most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.core.tree import Call, Everything, Listing, Name, Node, Span, walk

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Outcome

__all__ = ["Focus", "focus_of", "subject_of"]

MOST_POWERS = 3


@dataclass(frozen=True)
class Focus:
    """receiver : whose ties are shown;  powers : at most three, most named first."""

    receiver: str
    powers: tuple[str, ...]

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two powers that are compared."""
        return (self.powers[0], self.powers[1]) if len(self.powers) > 1 else None


def focus_of(run: Ensemble) -> Focus:
    """Receiver and powers named most in outcomes and patches; then the larger influence at the start."""
    scenario, axes = run.scenario, run.layout.axes
    texts = [item.expression for item in scenario.outcomes] + [patch.do.text for patch in scenario.patches]
    named = Counter(word for text in texts for word in re.findall(r"[A-Za-z][\w-]*", text))
    receiver = max(axes.receiver, key=lambda name: (named[name], -axes.receiver.index(name)))
    weight = dict.fromkeys(axes.power, 0.0)
    try:
        start = np.asarray(
            run.array("influence")[:, 0, -1, :, axes.receiver.index(receiver)], dtype=np.float64
        )
        known = ~np.isnan(start)
        mean = np.where(known, start, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        weight = dict(zip(axes.power, mean.tolist(), strict=True))
    except LookupError:
        pass
    able = [name for name in axes.power if named[name] or weight[name] > 0] or list(axes.power)
    powers = sorted(able, key=lambda name: (-named[name], -weight[name], name))
    return Focus(receiver, tuple(powers[:MOST_POWERS]))


def subject_of(outcome: Outcome, focus: Focus) -> tuple[str, str, dict[str, str]] | None:
    """Function, name and slots of the first state, measure or event an outcome looks at.

    A slot that means all or several ids becomes the focus: its receiver for `receiver`, else the first named.
    """
    for node in walk(outcome.tree):
        if isinstance(node, Call) and node.function in _LOOKS and isinstance(node.arguments[0], Name):
            slots = dict(_slots(node, focus))
            return node.function, node.arguments[0].text, slots
    return None


_LOOKS = ("value", "share", "change", "measure", "occurs", "count", "first")


def _slots(node: Call, focus: Focus) -> Iterator[tuple[str, str]]:
    for key in node.keys:
        text = _text(key.value, {"receiver": focus.receiver, "giver": focus.powers[0]}, key.key)
        if text:
            yield ("at" if key.key == "to" else key.key), text


def _text(value: Node, default: Mapping[str, Any], key: str) -> str:
    if isinstance(value, Name | Span):
        return value.text
    if isinstance(value, Listing):
        return str(default[key]) if default.get(key) in value.names else value.names[0]
    return str(default.get(key, "")) if isinstance(value, Everything) else ""
