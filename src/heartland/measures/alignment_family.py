"""Rows of alignment: any two modelled actors, both orders equal, own row included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.noise import stream_normals
from heartland.measures.alignment import (
    LEAST_VOTES,
    NEAR_ZERO,
    Portfolios,
    Singles,
    agreement,
    ideal_distance,
    item_draws,
    joint_tables,
    n_joint,
)
from heartland.measures.alignment_parts import distance_parts, item_parts_of
from heartland.measures.alignment_sources import State, Timeline, asked, last_before, timeline
from heartland.measures.alignment_tables import STALE_AGE, ideal_paths
from heartland.measures.block import Block, interval
from heartland.measures.draws import MECHANISM
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats
from heartland.measures.similarity import statistic

__all__ = ["agreement_rows", "distance_rows", "likeness_rows"]

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Pairs = list[tuple[int, int]]
Found = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class _Ask:
    """Rows (giver, receiver), the place of each among the unordered pairs, and those pairs."""

    rows: Pairs
    place: list[int]
    pairs: Pairs


def _ask(inputs: Inputs, request: Request) -> _Ask:
    actors = inputs.actors
    first, second = (
        range(len(actors)) if name is None else [actors.index(name)]
        for name in (request.giver, request.receiver)
    )
    rows = [(i, j) for i in first for j in second]
    pairs = list(dict.fromkeys((min(pair), max(pair)) for pair in rows))
    at = {pair: k for k, pair in enumerate(pairs)}
    return _Ask(rows, [at[min(pair), max(pair)] for pair in rows], pairs)


def _weights(request: Request, state: State) -> npt.NDArray[np.float32]:
    """Drawn weights of the merged rows; an item weighs the same in every pair and at every date."""
    kept: dict[Any, npt.NDArray[np.float32]] = request.cache.setdefault("alignment:items", {})
    keys = list(zip(state.items.items, state.items.count.tolist(), strict=True))
    fresh = [key for key in keys if key not in kept]
    if fresh:
        counts = np.array([count for _, count in fresh])
        drawn = item_draws([item for item, _ in fresh], counts, request.settings.seed, request.settings.draws)
        kept.update(zip(fresh, drawn, strict=True))
    whole = np.stack([kept[key] for key in keys])
    return np.asarray(state.gather.astype(np.float32) @ whole)


def _both(
    request: Request, state: State, compute: Callable[[Portfolios, Singles], Floats],
) -> tuple[Floats, Floats | None]:
    """Central value (pair,) and draws (pair, draw) of a statistic of one state."""
    centre = compute(state.rows, state.rows.count[:, None])
    draws = None
    if request.settings.draws > 0:
        draws = compute(state.rows, _weights(request, state))
    return centre[..., 0], draws


def _ends(request: Request, value: Floats, draws: Floats | None) -> Found:
    """Central value and ends of its interval, (pair,)."""
    if draws is None:
        blank = np.full(value.shape, np.nan)
        return value, blank, blank
    return (value, *interval(draws, request.level))


def agreement_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Mean agreement on the divided roll calls of the last session."""
    ask = _ask(inputs, request)

    def compute(state: State) -> Found:
        return _ends(
            request, *_both(request, state, lambda found, weights: agreement(found, ask.pairs, weights)),
        )

    line = timeline(inputs, "votes", request.cache)
    return [_item_block(inputs, request, ask, "alignment.agreement", "index", "votes", line, compute, "keep")]


def likeness_rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """A statistic of similarity of the portfolios asked for."""
    portfolio, rule, power = asked(request.options)
    ask = _ask(inputs, request)

    def compute(state: State) -> Found:
        kept: dict[Any, dict[str, Found]] = request.cache.setdefault("alignment:likeness", {})
        found = kept.setdefault((rule, power, state.key, tuple(ask.pairs)), {})
        if variant not in found:
            # Tables of all draws are large: every statistic that is asked of them is taken at once.
            centre, draws = _both(
                request, state, lambda rows, weights: joint_tables(rows, ask.pairs, weights, rule),
            )
            scale = state.rows.scale
            for name in {variant, *_asked_variants(request)}:
                found[name] = _ends(
                    request, statistic(name, centre, scale, power=power),
                    None if draws is None else statistic(name, draws, scale, power=power),
                )
        return found[variant]

    line = timeline(inputs, portfolio, request.cache)
    name = f"alignment.{variant}"
    return [_item_block(inputs, request, ask, name, "index", portfolio, line, compute, rule)]


def _asked_variants(request: Request) -> list[str]:
    """Statistics of likeness among the measures of the table."""
    return [
        measure.name.partition(".")[2] for measure in request.cache.get("measures", ())
        if measure.needs == ("portfolios",)
    ]


def _item_block(
    inputs: Inputs, request: Request, ask: _Ask, name: str, unit: str, portfolio: str, line: Timeline,
    compute: Callable[[State], Found], rule: str,
) -> Block:
    """Block of a statistic over items, computed once for each state that holds at some date."""
    shape = (len(ask.pairs), len(line.states))
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    used, listed, assumed = (np.zeros(shape) for _ in range(3))
    absent, unknown = np.zeros(shape, dtype=bool), np.ones(shape, dtype=bool)
    done: dict[Any, tuple[Floats, Floats, Floats, Floats]] = {}
    for t, state in enumerate(line.states):
        if state is None:
            continue
        if state.key not in done:
            done[state.key] = (*compute(state), n_joint(state.rows, ask.pairs, rule))
        value[:, t], low[:, t], high[:, t], used[:, t] = done[state.key]
        listed[:, t] = state.rows.count.sum()
        assumed[:, t] = _assumed(state, ask.pairs)
        for mask, word in ((absent, "not-born"), (unknown, "unknown")):
            mask[:, t] = [word in (state.known[i], state.known[j]) for i, j in ask.pairs]
    few = used < (LEAST_VOTES if portfolio == "votes" else 1)
    why = reasons(
        shape, ("not-born", absent), ("unknown", unknown),
        ("few-votes" if portfolio == "votes" else "coverage", few), ("constant", np.isnan(value)),
    )
    value = np.where(why > 0, np.nan, value)
    age = np.broadcast_to(np.array(line.age, dtype=np.float64), shape)
    quality = plain_quality(
        shape, coverage=np.where(why > 0, 0.0, used / np.maximum(listed, 1)), age=age, assumed=assumed,
    )
    pick = ask.place
    return plain_rows(
        name, unit, _labels(inputs, ask, portfolio), inputs.times, value[pick], low=low[pick],
        high=high[pick], reason=why[pick], n_used=used[pick], n_missing=(listed - used)[pick],
        quality=type(quality)(**{key: part[pick] for key, part in quality.__dict__.items()}),
        flags={"stale": (~np.isnan(value) & (age >= STALE_AGE))[pick]},
    )


def _assumed(state: State, pairs: Pairs) -> Floats:
    """Part of the positions of each pair that nobody stated, (pair,)."""
    if state.stated is None:
        return np.zeros(len(pairs))
    missing = 1 - state.stated.mean(axis=1)
    return np.asarray([(missing[i] + missing[j]) / 2 for i, j in pairs])


def _labels(inputs: Inputs, ask: _Ask, channel: str) -> dict[str, list[str]]:
    names = inputs.actors
    return {
        "giver": [names[i] for i, _ in ask.rows], "receiver": [names[j] for _, j in ask.rows],
        "channel": [channel] * len(ask.rows), "domain": ["all"] * len(ask.rows),
    }


def distance_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Distance of ideal points at the last session; errors of two actors are independent (assumption)."""
    ask = _ask(inputs, request)
    paths = ideal_paths(inputs.table("ideal_points"), inputs.actors)
    found = [last_before(paths.ends, day) for day in inputs.times]
    pick = [0 if k is None else k for k, _ in found]
    gone = np.array([k is None for k, _ in found])
    mean, sd = (
        np.where(gone, np.nan, part[:, pick]) if paths.ends else np.full((len(part), len(found)), np.nan)
        for part in (paths.mean, paths.sd)
    )
    first, second = ([pair[side] for pair in ask.rows] for side in (0, 1))
    value = ideal_distance(mean[first], mean[second])
    spread = np.sqrt(sd[first] ** 2 + sd[second] ** 2)
    own = np.array([i == j for i, j in ask.rows], dtype=bool)[:, None]
    low, high = _distance_interval(inputs, request, ask, mean, sd)
    with np.errstate(invalid="ignore"):
        near = ~own & (value < NEAR_ZERO * spread)
    age = np.broadcast_to(np.array([age for _, age in found]), value.shape)
    known = (~np.isnan(mean)).astype(np.int64)
    used = np.where(own, known[first], known[first] + known[second])
    quality = plain_quality(value.shape, coverage=np.where(np.isnan(value), 0.0, 1.0), age=age)
    return [plain_rows(
        "alignment.ideal_distance", "index", {**_labels(inputs, ask, ""), "channel": [""] * len(ask.rows)},
        inputs.times, value, low=low, high=high, n_used=used, n_missing=np.where(own, 1, 2) - used,
        quality=quality, flags={"near-zero": near, "stale": ~np.isnan(value) & (age >= STALE_AGE)},
    )]


def _distance_interval(
    inputs: Inputs, request: Request, ask: _Ask, mean: Floats, sd: Floats,
) -> tuple[Floats | None, Floats | None]:
    """Ends for each row; an actor errs the same way at all dates."""
    n = request.settings.draws
    if n == 0:
        return None, None
    z = np.array([
        stream_normals(request.settings.seed, MECHANISM, "ideal", actor, n) for actor in inputs.actors
    ]).reshape(-1, n)
    theta = (mean[..., None] + np.nan_to_num(sd)[..., None] * z[:, None]).astype(np.float32)
    ends = np.empty((2, len(ask.pairs), mean.shape[1]))
    for place, (i, j) in enumerate(ask.pairs):
        ends[:, place] = interval(ideal_distance(theta[i], theta[j]), request.level)
    return ends[0, ask.place], ends[1, ask.place]


def _register() -> None:
    rows: tuple[tuple[str, float, float, str, str], ...] = (
        ("s", -1.0, 1.0, "higher: more alike; 0 half the range apart on average", "Signorino & Ritter 1999"),
        ("kappa", -np.inf, 1.0, "higher: more alike than each one's own habits would give by chance",
         "Cohen 1968; Haege 2011"),
        ("kappa_nominal", -np.inf, 1.0, "the same, all different levels equally far apart", "Cohen 1960"),
        ("pi", -np.inf, 1.0, "higher: more alike than the pooled habits would give by chance",
         "Scott 1955; Haege 2011"),
        ("pi_nominal", -np.inf, 1.0, "the same, all different levels equally far apart", "Scott 1955"),
        ("a", -2.0, 2.0, "higher: more alike than if independent, in units of S",
         "Signorino & Ritter 1999; Benati & Capurri 2026 (not found)"),
        ("tau_b", -1.0, 1.0, "higher: items ordered alike", "Kendall 1945"),
    )
    register(Measure(
        "alignment.agreement", agreement_rows, ("votes",), "index", 0.0, 1.0,
        "higher: closer; 1 voted alike on every roll call that divided the assembly", "u", "O", False,
        False, "Lijphart 1963, on divided roll calls", "0.1", anyone=True,
        parts=partial(item_parts_of, variant="agreement"),
    ))
    register(Measure(
        "alignment.ideal_distance", distance_rows, ("ideal",), "index", 0.0, float("inf"),
        "lower: closer, in units of the published scale", "u", "O", False, False,
        "Bailey, Strezhnev & Voeten 2017", "0.1", anyone=True, parts=distance_parts,
    ))
    for variant, low, high, reading, citation in rows:
        register(Measure(
            f"alignment.{variant}", partial(likeness_rows, variant=variant), ("portfolios",), "index", low,
            high, reading, "u", "O", False, False, citation, "0.1", anyone=True,
            parts=partial(item_parts_of, variant=variant), options=("portfolio", "own", "power"),
        ))


_register()
