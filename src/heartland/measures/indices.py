"""Central and drawn influence of all cells at once, shared by every measure built on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heartland.measures.draws import ObservationDraws
from heartland.measures.influence import InfluenceResult, ItemWeights, influence
from heartland.measures.inputs import Inputs
from heartland.measures.scores import (
    CENTRAL,
    STRUCTURES,
    CompiledSpec,
    Floats,
    InfluenceSpec,
    Structure,
    compile_spec,
)
from heartland.measures.weighting import (
    KAPPA,
    bootstrap_weights,
    central_weights,
    structure_draws,
    weight_draws,
)

__all__ = [
    "FACTORS",
    "QUANTITIES",
    "Indices",
    "Settings",
    "central",
    "common",
    "compiled",
    "drawn",
    "drawn_pairs",
    "structure_constants",
]

FACTORS = ("observations", "weights", "structure")
QUANTITIES = ("bandwidth", "dependence", "influence")
_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Settings:
    """How draws are made.

    draws : their number, 0 for centres only;  seed : of all streams
    kappa : concentration of the weights' Dirichlet (`inf` fixed, `"flat"` Dirichlet(1))
    vary : factors that vary; the others stay central
    bootstrap : also resample channels within domains
    fill : score of unknown inputs, for bounds; None drops them
    """

    draws: int = 1000
    seed: int = 1
    kappa: float | str = KAPPA
    vary: frozenset[str] = frozenset(FACTORS)
    bootstrap: bool = False
    fill: float | None = None


@dataclass(frozen=True)
class Indices:
    """Drawn indices by quantity (`bandwidth`, `dependence`, `influence`).

    domain : (domain, giver, receiver, time, draw);  overall : (giver, receiver, time, draw)
    """

    domain: Mapping[str, Floats]
    overall: Mapping[str, Floats]

    def layer(self, quantity: str, domain: int | None) -> Floats:
        """(giver, receiver, time, draw) of one domain, or overall for None."""
        return self.overall[quantity] if domain is None else np.asarray(self.domain[quantity][domain])


def central(inputs: Inputs, *, fill: float | None = None) -> InfluenceResult:
    """Central specification of every cell, with counts; rest axes are (time,).

    fill : score of unknown inputs; None drops them
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return influence(
            inputs.volume(), inputs.totals(), inputs.base, compiled(inputs.spec), fill=fill,
        )


def drawn(inputs: Inputs, settings: Settings) -> Indices:
    """Draws of every cell; the same bits whatever the size of the blocks they are computed in."""
    return _drawn(inputs, settings, [None])[0]


def drawn_pairs(inputs: Inputs, settings: Settings, pairs: Sequence[tuple[int, int]]) -> list[Indices]:
    """Draws of two givers at a time on the channels known for both, giver axis of length 2."""
    return _drawn(inputs, settings, pairs)


def common(inputs: Inputs, pair: tuple[int, int]) -> Inputs:
    """Inputs with everything unknown to one of two givers hidden from both."""
    value = inputs.value.copy()
    hidden = np.isnan(value[list(pair)]).any(axis=0)
    value[list(pair)] = np.where(hidden, np.nan, value[list(pair)])
    return replace(inputs, value=value)


def _drawn(
    inputs: Inputs, settings: Settings, pairs: Sequence[tuple[int, int] | None],
) -> list[Indices]:
    central_spec = compiled(inputs.spec)
    n = settings.draws
    weights = _weights(central_spec, settings)
    structures = np.zeros(n, dtype=np.int64)
    if "structure" in settings.vary:
        structures = structure_draws(n, settings.seed)
    source = ObservationDraws(inputs, n, settings.seed, fixed="observations" not in settings.vary)
    shape = (len(inputs.receivers), len(inputs.times), n)
    rows = [len(inputs.givers) if pair is None else 2 for pair in pairs]
    found = [_empty(len(central_spec.domains), (count, *shape)) for count in rows]
    size = max(64, _CELLS_AT_ONCE // max(inputs.value.size, 1))
    for low in range(0, n, size):
        high = min(n, low + size)
        volume, total = source.block(low, high)
        for pair, out in zip(pairs, found, strict=True):
            mine = volume if pair is None else _hidden(volume, pair)
            for place in np.unique(structures[low:high]).tolist():
                picked = np.flatnonzero(structures[low:high] == place)
                at = picked + low
                own = (weights[0][:, at], weights[1][:, at], weights[2][:, at], weights[3][:, at])
                result = _one_structure(inputs, mine, total, own, STRUCTURES[place], picked, settings.fill)
                _store(out, result, inputs.constants.get(STRUCTURES[place].id, {}), at)
    # Whether enough is known is decided once, by the declared weights.
    for pair, out in zip(pairs, found, strict=True):
        centre = central(inputs if pair is None else common(inputs, pair), fill=settings.fill)
        chosen = slice(None) if pair is None else list(pair)
        for name, part, whole in _named(centre):
            out.domain[name][np.isnan(part[:, chosen])] = np.nan
            out.overall[name][np.isnan(whole[chosen])] = np.nan
    return found


def _empty(n_domains: int, shape: tuple[int, ...]) -> Indices:
    return Indices(
        {name: np.empty((n_domains, *shape)) for name in QUANTITIES},
        {name: np.empty(shape) for name in QUANTITIES},
    )


def _hidden(volume: Mapping[str, Floats], pair: tuple[int, int]) -> dict[str, Floats]:
    found = {}
    for name, values in volume.items():
        two = values[list(pair)]
        found[name] = np.where(np.isnan(two).any(axis=0), np.nan, two)
    return found


def _store(
    out: Indices, result: InfluenceResult, stretch: Mapping[str, float], at: npt.NDArray[np.int64],
) -> None:
    for name, part, whole in _named(result):
        out.domain[name][..., at] = _scaled(part, stretch.get(f"{name}_domain", 1.0))
        out.overall[name][..., at] = _scaled(whole, stretch.get(name, 1.0))


def _one_structure(
    inputs: Inputs, volume: Mapping[str, Floats], total: Mapping[str, Floats], weights: ItemWeights,
    structure: Structure, picked: npt.NDArray[np.int64], fill: float | None,
) -> InfluenceResult:
    with np.errstate(invalid="ignore", divide="ignore"):
        return influence(
            {name: values[..., picked] for name, values in volume.items()},
            {name: values[..., picked] for name, values in total.items()},
            {name: values[..., None] for name, values in inputs.base.items()},
            compiled(inputs.spec, structure), weights=weights, fill=fill, least=0.0, counts=False,
        )


def _weights(spec: CompiledSpec, settings: Settings) -> ItemWeights:
    if "weights" in settings.vary:
        weights = weight_draws(spec, settings.draws, settings.seed, settings.kappa)
    else:
        weights = central_weights(spec, settings.draws)
    return bootstrap_weights(spec, weights, settings.seed) if settings.bootstrap else weights


def _named(result: InfluenceResult) -> tuple[tuple[str, Floats, Floats], ...]:
    return (
        ("bandwidth", result.bandwidth, result.overall_bandwidth),
        ("dependence", result.dependence, result.overall_dependence),
        ("influence", result.influence, result.overall),
    )


def _scaled(values: Floats, constant: float) -> Floats:
    """Values times the constant of their structure; what lay inside [0, 1] stays inside."""
    if constant == 1.0:
        return values
    return np.where(values <= 1.0, np.minimum(values * constant, 1.0), values * constant)


def structure_constants(
    volume: Mapping[str, Floats], total: Mapping[str, Floats], base: Mapping[str, Floats],
    spec: InfluenceSpec,
) -> dict[str, dict[str, float]]:
    """Constant of each structure that brings its mean over the reference dyads to the central structure's.

    Parameters
    ----------
    volume, total, base : of the reference dyads, shaped as for `influence`, rest axes being dates

    Returns
    -------
    By structure id: constants of `bandwidth, dependence, influence` overall, and of the same by domain
    (`..._domain`), each positive; the central structure's are 1.
    """
    results = {}
    for structure in STRUCTURES:
        with np.errstate(invalid="ignore", divide="ignore"):
            result = influence(volume, total, base, compile_spec(spec, structure), counts=False)
        flat = {}
        for name, part, whole in _named(result):
            flat[name], flat[f"{name}_domain"] = whole.reshape(-1), part.reshape(-1)
        results[structure.id] = flat
    centre = results[CENTRAL.id]
    return {
        identity: {name: _ratio(centre[name], values) for name, values in flat.items()}
        for identity, flat in results.items()
    }


def _ratio(centre: Floats, other: Floats) -> float:
    both = np.isfinite(centre) & np.isfinite(other)
    mean = float(other[both].mean()) if both.any() else 0.0
    return float(centre[both].mean()) / mean if mean > 0 else 1.0


_KEPT: dict[tuple[int, str], tuple[InfluenceSpec, CompiledSpec]] = {}


def compiled(spec: InfluenceSpec, structure: Structure = CENTRAL) -> CompiledSpec:
    """Compiled spec, kept while the spec itself is in use."""
    key = (id(spec), structure.id)
    found = _KEPT.get(key)
    if found is None or found[0] is not spec:
        if len(_KEPT) > 200:
            _KEPT.clear()
        found = _KEPT[key] = (spec, compile_spec(spec, structure))
    return found[1]
