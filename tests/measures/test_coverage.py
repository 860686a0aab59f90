"""Whether 90 % intervals hold the truth in about 90 % of synthetic worlds (weights and structure fixed)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.block import interval
from heartland.measures.cells import bundle
from heartland.measures.draws import ObservationDraws
from heartland.measures.indices import Settings, central
from heartland.measures.registry import Request

WORLDS, SD = 200, 0.25
AMOUNTS = ("trade", "debt", "arms", "visits")


def synthetic(world_l, rng: np.random.Generator):
    """A true world and what an observer with log errors of sd SD reports; the rest of the world is known."""
    true = {(g, r, c): float(rng.lognormal(np.log(x), 0.5)) if c in AMOUNTS and x > 0 else x
            for (g, r, c), x in world_l.ties.items()}
    seen = {(g, r, c): x * float(np.exp(SD * rng.standard_normal())) if c in AMOUNTS else x
            for (g, r, c), x in true.items()}
    worlds = []
    for ties in (true, seen):
        totals = {(r, c): 40.0 + sum(ties[g, r, c] for g in "ABC") for r, c in world_l.totals}
        sources = {key: {"one": (x, SD if key[2] in AMOUNTS else 0.0)} for key, x in ties.items()}
        worlds.append(replace(world_l, ties=ties, totals=totals, sources=sources, sd=0.0))
    return worlds


@pytest.fixture
def hits(world_l) -> dict[str, float]:
    rng = np.random.default_rng(11)
    inside: dict[str, list[np.ndarray]] = {"bandwidth": [], "dependence": [], "trade share": []}
    for seed in range(WORLDS):
        true, seen = (tidy.inputs(world, constants=False) for world in synthetic(world_l, rng))
        settings = Settings(draws=200, seed=seed, vary=frozenset({"observations"}))
        found = bundle(seen, Request(settings))
        truth = central(true)
        centres = {"bandwidth": truth.overall_bandwidth, "dependence": truth.overall_dependence}
        for name, centre in centres.items():
            low, high = interval(found.draws.overall[name], 0.9)
            inside[name].append((low <= centre) & (centre <= high))
        volume, total = ObservationDraws(seen, 200, seed).block(0, 200)
        low, high = interval(volume["trade"] / total["trade"][None], 0.9)
        share = true.value[:, :, 0] / true.total[:, 0][None]
        inside["trade share"].append((low <= share) & (share <= high))
    return {name: float(np.mean(part)) for name, part in inside.items()}


def test_stated_errors_give_intervals_that_hold(hits: dict[str, float]) -> None:
    assert all(0.85 <= share <= 0.95 for share in hits.values()), hits
