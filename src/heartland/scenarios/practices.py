"""Practices in force at the start: the default option of each policy, as far as it sets constants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from heartland.core.dates import parse
from heartland.core.interventions import Intervention, parse_intervention
from heartland.region.rules import Policy
from heartland.scenarios.schedule import compile_patches
from heartland.scenarios.subjects.base import Opening

__all__ = ["holds", "stand"]


def holds(policy: Policy, at: date) -> bool:
    """Whether a policy is in force on a day: from the earliest day it may begin to the last it may end."""
    begins = parse(policy.from_).earliest if policy.from_ else None
    ends = parse(policy.to).latest if policy.to else None
    return (begins is None or begins <= at) and (ends is None or at <= ends)


def _name(patch: Intervention) -> str:
    return patch.target.replace("-", "_")


def stand(book: Opening, constants: Mapping[str, tuple[str, ...]]) -> None:
    """Write into the constants what the default options of the policies in force set.

    Parameters
    ----------
    constants : axes of the constants that a policy may set; other patches of an option need a scenario

    Raises
    ------
    HeartlandInputError
        If an option names an actor that is not modelled.
    """
    days = (book.world.at, book.world.at + timedelta(days=31))
    for policy in book.world.region.policies.values():
        if not holds(policy, book.world.at):
            continue
        patches = [parse_intervention(text) for text in policy.options[policy.default]]
        own = [patch for patch in patches if patch.kind == "set" and _name(patch) in constants]
        for op in compile_patches(own, book.axes, days, constants, {}, {}, 12):
            kept = book.statics[op.variable] = book.statics[op.variable].copy()
            slots = [list(s) if s else list(range(n)) for s, n in zip(op.slots, kept.shape[:-1], strict=True)]
            kept[np.ix_(*slots)] = op.value
