"""Central and drawn influence of all cells at once, shared by every measure built on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.measures.draws import ObservationDraws
from heartland.measures.index_draws import DrawnBlock, Layers, block_means, blocks, layers_of
from heartland.measures.influence import InfluenceResult, ItemWeights, influence
from heartland.measures.inputs import Inputs
from heartland.measures.lead_draws import Chances, Race
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
    "compiled",
    "drawn",
    "index_draws",
    "structure_constants",
]

FACTORS = ("observations", "weights", "structure")
QUANTITIES = ("bandwidth", "dependence", "influence")
Kept: TypeAlias = tuple[Sequence[str], Sequence[str]]
_Again: TypeAlias = Callable[[str], Floats]


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


def drawn(inputs: Inputs, settings: Settings, dtype: Any = np.float32) -> Indices:
    """Draws of every cell; the same bits whatever the size of the blocks they are computed in.

    dtype : of the draws; single precision is far more than an interval needs
    """
    return index_draws(inputs, settings, dtype=dtype)[0][0]


def index_draws(
    inputs: Inputs, settings: Settings, *, bootstraps: Sequence[bool] | None = None,
    keep: Sequence[Kept] | None = None, pairs: Sequence[tuple[int, int]] | None = None,
    dtype: Any = np.float32,
) -> tuple[list[Indices], Chances | None]:
    """Draws of every cell and, if wanted, the probability that one giver leads another.

    Parameters
    ----------
    bootstraps : one set of draws for each, with and without channels resampled within domains; default as
        in the settings
    keep : for each set the quantities kept by domain and overall, default all; another one is drawn again
        when it is asked for
    pairs : of givers, compared on the channels known for both

    Returns
    -------
    Indices in the order of `bootstraps`; chances, None without pairs
    """
    spec, n = compiled(inputs.spec), settings.draws
    structures = np.zeros(n, dtype=np.int64)
    if "structure" in settings.vary:
        structures = structure_draws(n, settings.seed)
    source = ObservationDraws(inputs, n, settings.seed, fixed="observations" not in settings.vary)
    wanted = [settings.bootstrap] if bootstraps is None else bootstraps
    plain = _weights(spec, settings)
    sets = [bootstrap_weights(spec, plain, settings.seed) if resample else plain for resample in wanted]
    own = sets[0] if sets else plain
    kept = [(QUANTITIES, QUANTITIES)] * len(sets) if keep is None else keep
    found = [
        _empty(inputs, replace(settings, bootstrap=resample), names, dtype)
        for resample, names in zip(wanted, kept, strict=True)
    ]
    race = None if pairs is None else Race(inputs, spec, pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        for block in blocks(inputs, spec, source, structures, fill=settings.fill, dtype=dtype):
            like = np.empty((int(np.prod(block.shape[:-1])), block.shape[-1]), dtype=dtype)
            for weights, out in zip(sets, found, strict=True):
                mine = _ordered(weights, block.draws, dtype)
                parts = block_means(block, mine)
                if race is not None and weights is own:
                    race.run(block, parts, mine, inputs.constants)
                layers = layers_of(*parts, mine, block.columns, inputs.constants, like)
                _store(out, layers, block)
            if race is not None and not sets:
                mine = _ordered(own, block.draws, dtype)
                race.run(block, block_means(block, mine), mine, inputs.constants)
    # Whether enough is known is decided once, by the declared weights.
    if found:
        centre = central(inputs, fill=settings.fill)
        for out in found:
            for name, part, whole in _named(centre):
                for layer, absent in ((out.domain, np.isnan(part)), (out.overall, np.isnan(whole))):
                    if name in layer:
                        layer[name][absent] = np.nan
    return found, None if race is None else race.chances()


def _ordered(weights: ItemWeights, draws: npt.NDArray[np.int64], dtype: Any) -> ItemWeights:
    first, second, w, u = (part[:, draws].astype(dtype) for part in weights)
    return first, second, w, u


class _Layers(dict[str, Floats]):
    """Drawn quantities; one that was not kept is drawn again when it is asked for."""

    def __init__(self, shape: tuple[int, ...], names: Sequence[str], dtype: Any, again: _Again) -> None:
        super().__init__({name: np.empty(shape, dtype=dtype) for name in names})
        self._again = again

    def __missing__(self, name: str) -> Floats:
        self[name] = self._again(name)
        return self[name]


def _empty(inputs: Inputs, settings: Settings, names: Kept, dtype: Any) -> Indices:
    shape = (len(inputs.givers), len(inputs.receivers), len(inputs.times), settings.draws)
    whole = (len(compiled(inputs.spec).domains), *shape)
    return Indices(
        _Layers(whole, names[0], dtype, lambda name: drawn(inputs, settings, dtype).domain[name]),
        _Layers(shape, names[1], dtype, lambda name: drawn(inputs, settings, dtype).overall[name]),
    )


def _store(out: Indices, layers: Layers, block: DrawnBlock) -> None:
    """Put the layers of a block in their place, draws in their own order again."""
    low, high = block.dates
    first, back = int(block.draws.min()), np.argsort(block.draws)
    cut = (..., slice(low, high), slice(first, first + len(back)))
    for name in QUANTITIES:
        if name in out.overall:
            out.overall[name][cut] = layers.overall[name][:, back].reshape(block.shape)
        for place, part in enumerate(layers.domain[name] if name in out.domain else ()):
            if part is None:
                out.domain[name][place][cut] = np.nan
            else:
                out.domain[name][place][cut] = part[:, back].reshape(block.shape)


def _weights(spec: CompiledSpec, settings: Settings) -> ItemWeights:
    if "weights" in settings.vary:
        return weight_draws(spec, settings.draws, settings.seed, settings.kappa)
    return central_weights(spec, settings.draws)


def _named(result: InfluenceResult) -> tuple[tuple[str, Floats, Floats], ...]:
    return (
        ("bandwidth", result.bandwidth, result.overall_bandwidth),
        ("dependence", result.dependence, result.overall_dependence),
        ("influence", result.influence, result.overall),
    )


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
