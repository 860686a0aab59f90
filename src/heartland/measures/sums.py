"""Weighted sums and means over the domains of an index, with unknown and undefined inputs left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = ["Collector", "Sums", "domain_means", "weighted_mean", "widen_front"]

_SLACK = 1e-9


@dataclass(frozen=True)
class Sums:
    """Sums by domain: weighted scores, weight known, weight taken out as undefined; (domain, ...) each."""

    numerator: Floats
    known: Floats
    undefined: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.numerator + other.numerator, self.known + other.known, self.undefined + other.undefined,
        )


class Collector:
    """Adds up scores by domain, item after item.

    Parameters
    ----------
    n_domains : number of domains
    ndim : axes of a score: giver, receiver, ...rest
    rho : exponent of the mean, 0 for the weighted geometric mean
    fill : score given to unknown inputs; None drops them
    """

    def __init__(self, n_domains: int, ndim: int, rho: float, fill: float | None) -> None:
        self._rho, self._fill, self._ndim = rho, fill, ndim
        self._rows: list[list[Floats | float]] = [[0.0, 0.0, 0.0] for _ in range(n_domains)]

    def add(
        self, domain: int, weight: Floats, found: Floats | None, undefined: npt.NDArray[np.bool_] | None,
    ) -> None:
        """Add one item.

        Parameters
        ----------
        weight : scalar array, or trailing axes that broadcast against the end of the score's
        found : (giver, receiver, ...rest) score, NaN unknown; overwritten; None where there is no array
        undefined : (receiver, ...rest), where no score can exist; None where it always can
        """
        row = self._rows[domain]
        if undefined is not None and not undefined.any():
            undefined = None
        if undefined is not None:
            row[2] = row[2] + weight * undefined[None]
        if found is None:
            if self._fill is None:
                return
            found = np.full((1,) * self._ndim, np.nan)
        unknown = np.isnan(found)
        if not unknown.any():
            row[0] = row[0] + weight * self._power(found)
            row[1] = row[1] + weight
            return
        known = _narrow(~unknown)
        if self._fill is not None:
            found[unknown] = self._fill
            known = np.broadcast_to(True if undefined is None else ~undefined[None], found.shape)
        row[0] = row[0] + weight * np.where(known, self._power(found), 0.0)
        row[1] = row[1] + weight * known

    def _power(self, scores: Floats) -> Floats:
        if self._rho == 1.0:
            return scores
        with np.errstate(divide="ignore"):
            return np.log(scores) if self._rho == 0 else np.asarray(scores**self._rho)

    def sums(self) -> Sums:
        """What was added so far."""
        columns = []
        for column in range(3):
            parts = [np.asarray(row[column], dtype=np.float64) for row in self._rows]
            shape = np.broadcast_shapes((1,) * self._ndim, *(part.shape for part in parts))
            block = np.empty((len(parts), *shape))
            for i, part in enumerate(parts):
                block[i] = part
            columns.append(block)
        return Sums(*columns)


def _narrow(known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The same with a last axis of length 1 where it is alike all along, as it mostly is over draws."""
    first = known[..., :1]
    return first if known.ndim > 2 and bool((known == first).all()) else known


def widen_front(weight: Floats, ndim: int) -> Floats:
    """(domain, ...) with axes of length 1 put after the first, so that the rest aligns at the end."""
    return weight.reshape(weight.shape[:1] + (1,) * (ndim - weight.ndim) + weight.shape[1:])


def domain_means(sums: Sums, weight: Floats, rho: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Domain means and coverage, then the same over all domains.

    Parameters
    ----------
    sums : of the items of one part
    weight : (domain, ...) weights of the domains, 0 where the domain has no item of this part

    Returns
    -------
    mean, cover : (domain, giver, receiver, ...rest); NaN where nothing is known, nothing is defined
    whole, whole_cover : (giver, receiver, ...rest)

    Notes
    -----
    Divides by 0 where nothing is known: call inside `numpy.errstate(invalid="ignore", divide="ignore")`.
    """
    mean = sums.numerator / sums.known
    if rho != 1.0:
        mean = np.exp(mean) if rho == 0 else mean ** (1.0 / rho)
    declared = (weight > 0) - sums.undefined
    declared[declared < _SLACK] = 0.0
    cover = sums.known / declared
    whole_cover = (weight * sums.known).sum(axis=0) / (weight * declared).sum(axis=0)
    return mean, cover, weighted_mean(mean, weight, sums.known > 0), whole_cover


def weighted_mean(values: Floats, weight: Floats, known: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Mean over the first axis of the known values, with weights renormalised over them."""
    known = ~np.isnan(values) if known is None else known
    if known.all():
        return np.asarray((weight * values).sum(axis=0) / weight.sum(axis=0))
    live = weight * known
    carried = np.where(known, values, 0.0)
    carried = np.multiply(live, carried, out=carried if carried.shape == live.shape else None)
    return np.asarray(carried.sum(axis=0) / live.sum(axis=0))
