"""Draws of the indices as the definition reads, one structure at a time through `influence`; slow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from heartland.measures.draws import ObservationDraws
from heartland.measures.indices import Settings, central, compiled
from heartland.measures.influence import influence
from heartland.measures.inputs import Inputs
from heartland.measures.scores import STRUCTURES, Floats
from heartland.measures.weighting import bootstrap_weights, central_weights, structure_draws, weight_draws

QUANTITIES = ("bandwidth", "dependence", "influence")


def plain_draws(
    inputs: Inputs, settings: Settings, pair: tuple[int, int] | None = None,
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Domain and overall arrays by quantity; of a pair of givers only on what is known for both."""
    spec, n = compiled(inputs.spec), settings.draws
    weights = central_weights(spec, n)
    if "weights" in settings.vary:
        weights = weight_draws(spec, n, settings.seed, settings.kappa)
    if settings.bootstrap:
        weights = bootstrap_weights(spec, weights, settings.seed)
    structures = structure_draws(n, settings.seed) * ("structure" in settings.vary)
    fixed = "observations" not in settings.vary
    volume, total = ObservationDraws(inputs, n, settings.seed, fixed=fixed).block(0, n)
    centre = {name: inputs.value[:, :, k] for k, name in enumerate(inputs.channels)}
    if pair is not None:
        volume, centre = hidden(volume, pair), hidden(centre, pair)
    with np.errstate(invalid="ignore", divide="ignore"):
        known = influence(centre, inputs.totals(), inputs.base, spec, fill=settings.fill)
    if pair is None:
        assert np.array_equal(known.overall, central(inputs, fill=settings.fill).overall, equal_nan=True)
    domain = {name: np.empty((*getattr(known, name).shape, n)) for name in QUANTITIES}
    overall = {name: np.empty((*known.overall.shape, n)) for name in QUANTITIES}
    for place in np.unique(structures).tolist():
        at = np.flatnonzero(structures == place)
        structure = STRUCTURES[place]
        with np.errstate(invalid="ignore", divide="ignore"):
            result = influence(
                {name: x[..., at] for name, x in volume.items()},
                {name: x[..., at] for name, x in total.items()},
                {name: x[..., None] for name, x in inputs.base.items()}, compiled(inputs.spec, structure),
                weights=(weights[0][:, at], weights[1][:, at], weights[2][:, at], weights[3][:, at]),
                fill=settings.fill, least=0.0, counts=False,
            )
        constants = inputs.constants.get(structure.id, {})
        for name in QUANTITIES:
            whole = "overall" if name == "influence" else f"overall_{name}"
            domain[name][..., at] = stretched(getattr(result, name), constants.get(f"{name}_domain", 1.0))
            overall[name][..., at] = stretched(getattr(result, whole), constants.get(name, 1.0))
            domain[name][np.isnan(getattr(known, name))] = np.nan
            overall[name][np.isnan(getattr(known, whole))] = np.nan
    return domain, overall


def hidden(volume: Mapping[str, Floats], pair: tuple[int, int]) -> dict[str, Floats]:
    """Two givers' volumes where both are known."""
    found = {}
    for name, values in volume.items():
        two = values[list(pair)]
        found[name] = np.where(np.isnan(two).any(axis=0), np.nan, two)
    return found


def stretched(values: Floats, constant: float) -> Floats:
    """Times the constant of the structure, kept inside [0, 1] where it was inside."""
    return np.where(values <= 1.0, np.minimum(values * constant, 1.0), values * constant)


def chance(first: Floats, second: Floats) -> Floats:
    """Share of draws in which the first is larger plus half the ties, among those where both exist."""
    both = np.isfinite(first) & np.isfinite(second)
    wins = ((first > second) + 0.5 * (first == second)) * both
    with np.errstate(invalid="ignore"):
        return wins.sum(axis=-1) / both.sum(axis=-1)
