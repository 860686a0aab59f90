"""Influence: bandwidth times dependence, directed, in three layers (channel, domain, overall).

This is not the Pardee FBIC: weights, scale and reference period are our own. The structure follows Moyer et
al. 2018 and 2021; every constant is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import (
    CENTRAL,
    CompiledSpec,
    Floats,
    InfluenceSpec,
    Item,
    Structure,
    WeightRow,
    compile_spec,
    score,
)
from heartland.measures.sums import Collector, Sums, domain_means, weighted_mean, widen_front

__all__ = [
    "DISCLAIMER",
    "LEAST_COVERAGE",
    "InfluenceEngine",
    "InfluenceResult",
    "InfluenceSpec",
    "ItemWeights",
    "WeightRow",
    "bandwidth_score",
    "compile_spec",
    "dependence_ratio",
    "influence",
]

DISCLAIMER = "This is not the Pardee FBIC: weights, scale and reference period are our own."
LEAST_COVERAGE = 0.5
_SLACK = 1e-9

Ints: TypeAlias = npt.NDArray[np.int64]
Arrays: TypeAlias = Mapping[str, Floats]
_Names: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[str]]
ItemWeights: TypeAlias = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True)
class InfluenceResult:
    """Influence of every giver on every receiver.

    Domain arrays have shape (domain, giver, receiver, ...rest), overall arrays (giver, receiver, ...rest).
    Values are index points, 0 for no tie, at most 1 inside the reference; NaN where the inputs carry less
    than half of the declared weight, where nothing is known or where nothing is defined. Coverage arrays
    give the known share of the declared weight and may have length-1 axes. Counts are of inputs by domain,
    None unless asked for.
    """

    domains: tuple[str, ...]
    bandwidth: Floats
    dependence: Floats
    influence: Floats
    overall_bandwidth: Floats
    overall_dependence: Floats
    overall: Floats
    bandwidth_coverage: Floats
    dependence_coverage: Floats
    overall_bandwidth_coverage: Floats
    overall_dependence_coverage: Floats
    n_used: Ints | None = None
    n_missing: Ints | None = None

    @property
    def coverage(self) -> Floats:
        """(domain, ...) lesser coverage of the two parts; bandwidth's where dependence has no item."""
        return np.fmin(self.bandwidth_coverage, self.dependence_coverage)

    @property
    def overall_coverage(self) -> Floats:
        """(...) lesser coverage of the two parts over all domains."""
        return np.fmin(self.overall_bandwidth_coverage, self.overall_dependence_coverage)


def influence(
    volume: Arrays, total: Arrays, base: Arrays, spec: InfluenceSpec | CompiledSpec, *,
    structure: Structure = CENTRAL, weights: ItemWeights | None = None, fill: float | None = None,
    least: float = LEAST_COVERAGE, counts: bool = True,
) -> InfluenceResult:
    """Bandwidth, dependence and influence by domain and overall.

    Parameters
    ----------
    volume : by channel, (giver, receiver, ...rest) in the channel's unit; NaN unknown, 0 a known absence
    total : by channel, (receiver, ...rest): the receiver's total from all givers, modelled or not
    base : by name, (receiver, ...rest), usd2015
    spec : weights and reference; compile it once when calling often (`structure` is then ignored)
    weights : drawn weights of the bandwidth items, the dependence items, the domains for bandwidth and the
        domains for dependence; each (item or domain, ...), trailing axes broadcast against the end of `rest`;
        default those of the spec
    fill : score given to unknown inputs (0 and 1 bound what they may hide); default: drop and renormalise
    least : share of the weights, as given here, below which there is no value; 0 where the declared weights
        have already decided it
    counts : also count the inputs used and missing

    Returns
    -------
    InfluenceResult

    Notes
    -----
    B = sum_d w_d B_d and D = sum_d u_d D_d are weighted means (exponent rho inside a domain) of scores and of
    capped shares; F = B D. Unknown inputs are dropped and the weights left renormalised; an input whose total
    or base is 0 is undefined and leaves the declared weight as well. Ours, after Moyer et al. 2018, 2021.
    """
    compiled = spec if isinstance(spec, CompiledSpec) else compile_spec(spec, structure)
    engine = InfluenceEngine(compiled, weights=weights, fill=fill, least=least)
    return engine.step(volume, total, base, counts=counts)


def bandwidth_score(item: Item, volume: Arrays) -> Floats | None:
    """Score g of one bandwidth item, (giver, receiver, ...rest); None where no array is given for it."""
    x = volume.get(item.channel)
    return None if x is None else score(x, item.transform, item.reference)


def dependence_ratio(
    item: Item, volume: Arrays, total: Arrays, base: Arrays,
) -> tuple[Floats, npt.NDArray[np.bool_]] | None:
    """Share behind one dependence item; None where no array is given for it.

    Returns
    -------
    ratio : (giver, receiver, ...rest), may exceed 1 (entrepot, transit trade); NaN unknown or undefined
    undefined : (receiver, ...rest), where the total or base is 0 and no share exists
    """
    x, whole = volume.get(item.channel), _denominator(item, total, base)
    if x is None or whole is None:
        return None
    undefined = whole <= 0
    return np.maximum(x, 0.0) / np.where(undefined, np.nan, whole)[None], undefined


def _denominator(item: Item, total: Arrays, base: Arrays) -> Floats | None:
    if item.base == "total":
        return total.get(item.channel)
    found = base.get(item.base)
    return base.get(item.base.replace("-", "_")) if found is None else found


class InfluenceEngine:
    """Repeated evaluation with a part of the inputs fixed; what is fixed is scored once.

    Parameters
    ----------
    compiled : spec with its structure
    volume, total, base : fixed inputs as in `influence`; missing trailing axes broadcast
    weights, fill, least : as in `influence`
    """

    def __init__(
        self, compiled: CompiledSpec, volume: Arrays | None = None, total: Arrays | None = None,
        base: Arrays | None = None, *, weights: ItemWeights | None = None, fill: float | None = None,
        least: float = LEAST_COVERAGE,
    ) -> None:
        self.compiled = compiled
        self._fixed = (volume or {}, total or {}, base or {})
        self._fill, self._least = fill, least
        self._weights: ItemWeights = weights or (*compiled.item_weights, compiled.w, compiled.u)
        self._still: tuple[object, list[list[bool]], tuple[Sums, Sums]] | None = None

    def step(
        self, volume: Arrays, total: Arrays | None = None, base: Arrays | None = None, *,
        counts: bool = False,
    ) -> InfluenceResult:
        """Evaluate with moving inputs; a moving input replaces a fixed one of the same name.

        Parameters
        ----------
        volume, total, base : the inputs that moved, as in `influence`
        counts : also count the inputs used and missing

        Returns
        -------
        InfluenceResult
        """
        moving = (volume, total or {}, base or {})
        inputs = tuple({**fixed, **new} for fixed, new in zip(self._fixed, moving, strict=True))
        ndim = max([2, *(x.ndim + (i > 0) for i in range(3) for x in inputs[i].values())])
        inputs = tuple(
            {name: _widen(x, ndim - (i > 0)) for name, x in inputs[i].items()} for i in range(3)
        )
        names: _Names = (frozenset(moving[0]), frozenset(moving[1]), frozenset(moving[2]))
        key = (names, ndim)
        if self._still is None or self._still[0] != key:
            parts = (self.compiled.bandwidth, self.compiled.dependence)
            moves = [[_moves(item, names) for item in part] for part in parts]
            fixed = self._sums(inputs, [[not x for x in part] for part in moves], ndim)
            self._still = (key, moves, fixed)
        moved = self._sums(inputs, self._still[1], ndim)
        result = self._finish(self._still[2][0] + moved[0], self._still[2][1] + moved[1])
        if not counts:
            return result
        used, missing = self._count(inputs, result.overall.shape)
        return replace(result, n_used=used, n_missing=missing)

    def _sums(self, inputs: tuple[Arrays, ...], chosen: list[list[bool]], ndim: int) -> tuple[Sums, Sums]:
        """Sums over the chosen items of each part."""
        volume, total, base = inputs
        n, rho = len(self.compiled.domains), self.compiled.structure.rho
        ties, reliance = Collector(n, ndim, rho, self._fill), Collector(n, ndim, rho, self._fill)
        for item, weight, wanted in zip(self.compiled.bandwidth, self._weights[0], chosen[0], strict=True):
            if wanted:
                ties.add(item.domain, weight, bandwidth_score(item, volume), None)
        for item, weight, wanted in zip(self.compiled.dependence, self._weights[1], chosen[1], strict=True):
            if not wanted:
                continue
            ratio, undefined = dependence_ratio(item, volume, total, base) or (None, None)
            reliance.add(item.domain, weight, None if ratio is None else np.minimum(ratio, 1.0), undefined)
        return ties.sums(), reliance.sums()

    def _finish(self, bandwidth: Sums, dependence: Sums) -> InfluenceResult:
        structure, domains = self.compiled.structure, self.compiled.domains
        ndim = max(bandwidth.numerator.ndim, dependence.numerator.ndim)
        w, u = (widen_front(weight, ndim) for weight in self._weights[2:])
        with np.errstate(invalid="ignore", divide="ignore"):
            b, b_cover, whole_b, whole_b_cover = domain_means(bandwidth, w, structure.rho)
            d, d_cover, whole_d, whole_d_cover = domain_means(dependence, u, structure.rho)
            product = b * d
            whole = whole_b * whole_d if structure.total == "product" else weighted_mean(product, w)
            few_b, few_d = (self._few(cover) for cover in (b_cover, d_cover))
            low_b, low_d = (self._few(cover) for cover in (whole_b_cover, whole_d_cover))
        return InfluenceResult(
            domains,
            _hide(b, few_b), _hide(d, few_d), _hide(_hide(product, few_b), few_d),
            _hide(whole_b, low_b), _hide(whole_d, low_d), _hide(_hide(whole, low_b), low_d),
            b_cover, d_cover, whole_b_cover, whole_d_cover,
        )

    def _few(self, cover: Floats) -> npt.NDArray[np.bool_]:
        return ~(cover >= self._least - _SLACK)

    def _count(self, inputs: tuple[Arrays, ...], shape: tuple[int, ...]) -> tuple[Ints, Ints]:
        volume, total, base = inputs
        used = np.zeros((len(self.compiled.domains), *shape), dtype=np.int64)
        missing = np.zeros_like(used)
        for item in (*self.compiled.bandwidth, *self.compiled.dependence):
            x = volume.get(item.channel)
            known: npt.NDArray[np.bool_] | bool = False if x is None else ~np.isnan(x)
            if item.part == "dependence":
                whole = _denominator(item, total, base)
                known = False if whole is None else known & ~np.isnan(whole)[None]
            used[item.domain] += known
            missing[item.domain] += np.logical_not(known)
        return used, missing


def _moves(item: Item, names: _Names) -> bool:
    volume, total, base = names
    if item.channel in volume:
        return True
    if item.part == "bandwidth":
        return False
    if item.base == "total":
        return item.channel in total
    return item.base in base or item.base.replace("-", "_") in base


def _widen(x: Floats, ndim: int) -> Floats:
    """The same array with axes of length 1 appended up to `ndim`."""
    return x if x.ndim == ndim else x.reshape(x.shape + (1,) * (ndim - x.ndim))


def _hide(values: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """NaN where told; an array just made for the result, which is overwritten where its shape allows."""
    if not where.any():
        return values
    if np.broadcast_shapes(values.shape, where.shape) != values.shape:
        return np.where(where, np.nan, values)
    np.copyto(values, np.nan, where=where)
    return values
