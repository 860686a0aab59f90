"""What a run's ties say about standing: how many partners a receiver has, and whose share is whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.alignment import VOTES
from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.hedging import effective_number

__all__ = ["effective_partners", "influence_share", "vote_code"]


def effective_partners(strength: NDArray[Any]) -> NDArray[np.float64]:
    """Effective number of partners of each receiver, (member, receiver), from (member, giver, receiver)."""
    return effective_number(np.moveaxis(strength, 1, 0))


def influence_share(strength: NDArray[Any], givers: Sequence[int]) -> NDArray[np.float64]:
    """Part of all measured influence over each receiver that some givers hold.

    strength : (member, giver, receiver);  returns (member, receiver), NaN where the influence of one of the
    givers is unknown: left out it would count as none; what is unknown of the others is left out
    """
    whole = np.nansum(strength, axis=1)
    part = np.sum(strength[:, list(givers)], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, np.nan))


def vote_code(name: str) -> float:
    """Code of a vote by name.

    Raises
    ------
    HeartlandInputError
        With near matches when there is no such vote.
    """
    known = VOTES[1:]
    if name not in known:
        raise HeartlandInputError.at(
            f'"{name}" is not a vote.', why="A vote is compared with one of four.",
            fix=suggestion(name, known, listing=f"Votes: {', '.join(known)}."), check="expression",
        )  # fmt: skip
    return float(known.index(name) + 1)
