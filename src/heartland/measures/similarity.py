"""How alike two portfolios of positions are, from their joint table on a declared scale.

A portfolio is one position per item (a roll call, a partner, an organisation). The scale is declared, never
read off the data: a level that nobody holds still stretches it. Joint tables are (level, level, ...rest)
shares summing to 1, the first axis for the first portfolio; NaN in a portfolio is no position and drops the
item.

Sources: S Signorino & Ritter 1999; kappa Cohen 1960, 1968; pi Scott 1955; both for foreign policy Haege 2011;
tau-b Kendall 1945; the difference from independence Benati & Capurri 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.measures.scores import Floats

__all__ = [
    "POWER",
    "STATISTICS",
    "distances",
    "item_parts",
    "joint_table",
    "one_hot",
    "own_ties",
    "similarity",
    "statistic",
]

# Exponent of the distance between levels, where a statistic has one: absolute for 1, squared for 2.
POWER: Mapping[str, float] = {"s": 1.0, "kappa": 2.0, "pi": 2.0, "a": 1.0}
_TINY = 1e-12


def distances(scale: Sequence[float], power: float = 1.0, *, nominal: bool = False) -> Floats:
    """Distances between levels, (level, level), 0 for the same and 1 for the ends of the scale.

    Parameters
    ----------
    scale : all levels a position could have, ascending
    power : of the distance, 1 absolute or 2 squared;  nominal : 1 between any two different levels

    Raises
    ------
    HeartlandInputError
        If the scale has fewer than two levels or does not ascend.
    """
    levels = np.asarray(scale, dtype=np.float64)
    if len(levels) < 2 or not (np.diff(levels) > 0).all():
        raise HeartlandInputError.at(
            f"{list(scale)} is no scale.", why="Distances are parts of the range of the declared scale.",
            fix="List all levels a position can have, the lowest first.", check="portfolio-scale",
        )
    apart = np.abs(levels[:, None] - levels[None])
    if nominal:
        return np.asarray((apart > 0).astype(np.float64))
    return np.asarray((apart / (levels[-1] - levels[0])) ** power)


def one_hot(values: Floats, scale: Sequence[float]) -> Floats:
    """Positions as shares: (..., item) values to (..., level, item), all 0 where there is no position.

    Raises
    ------
    HeartlandInputError
        If a value is not on the scale.
    """
    found = np.stack([values == level for level in scale], axis=-2).astype(np.float64)
    off = ~np.isnan(values) & (found.sum(axis=-2) == 0)
    if off.any():
        raise HeartlandInputError.at(
            f"position {values[off][0]:g} is not on the scale.", check="portfolio-scale",
            why="Its distance to the other levels is not declared.",
            fix=f"Levels: {', '.join(f'{level:g}' for level in scale)}.",
        )
    return found


def own_ties(
    x: Floats, y: Floats, own: tuple[int, int], scale: Sequence[float], rule: str = "keep",
) -> tuple[Floats, Floats]:
    """Two portfolios after the rule for the items that are the two actors themselves.

    Parameters
    ----------
    own : place of the first and of the second actor among the items
    rule : `keep` codes a tie with oneself at the top level; `drop` leaves both items out

    Raises
    ------
    HeartlandInputError
        For another rule.
    """
    if rule not in ("keep", "drop"):
        raise HeartlandInputError.at(
            f'"{rule}" is no rule for own ties.', why="An actor's tie with itself is coded or left out.",
            fix="Use keep or drop.", check="portfolio-own",
        )
    x, y = x.copy(), y.copy()
    if rule == "drop":
        x[list(own)] = np.nan
    else:
        x[own[0]] = y[own[1]] = scale[-1]
    return x, y


def joint_table(
    x: Floats, y: Floats, scale: Sequence[float], weights: Floats | None = None,
) -> Floats:
    """Joint shares of two portfolios, (level, level), summing to 1; NaN throughout if no item is in both.

    Parameters
    ----------
    x, y : (item,) positions on the scale, NaN none;  weights : (item,) >= 0, default equal
    """
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    table = (one_hot(x, scale) * w) @ one_hot(y, scale).T
    whole = table.sum()
    return np.asarray(table / whole if whole > 0 else np.full(table.shape, np.nan))


def _own_margins(table: Floats) -> tuple[Floats, Floats]:
    """Shares of the levels in each portfolio (Cohen), (level, ...rest) both."""
    return np.asarray(table.sum(axis=1)), np.asarray(table.sum(axis=0))


def _pooled_margins(table: Floats) -> tuple[Floats, Floats]:
    """Shares of the levels in both portfolios together (Scott), twice."""
    margin = (table.sum(axis=1) + table.sum(axis=0)) / 2
    return margin, margin


def _chance(margins: tuple[Floats, Floats], apart: Floats) -> Floats:
    """Mean distance if both portfolios were independent, (...rest)."""
    return np.asarray((margins[0] * np.tensordot(apart, margins[1], axes=(1, 0))).sum(axis=0))


def _spread(table: Floats, apart: Floats) -> Floats:
    """Mean distance under a table, (...rest)."""
    return np.asarray(np.tensordot(apart, table, axes=([0, 1], [0, 1])))


def _s(table: Floats, apart: Floats) -> Floats:
    return 1 - 2 * _spread(table, apart)


def _corrected(
    table: Floats, apart: Floats, margins: Callable[[Floats], tuple[Floats, Floats]],
) -> Floats:
    chance = _chance(margins(table), apart)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - _spread(table, apart) / np.where(chance > _TINY, chance, np.nan))


def _kappa(table: Floats, apart: Floats) -> Floats:
    return _corrected(table, apart, _own_margins)


def _pi(table: Floats, apart: Floats) -> Floats:
    return _corrected(table, apart, _pooled_margins)


def _a(table: Floats, apart: Floats) -> Floats:
    return np.asarray(2 * (_chance(_own_margins(table), apart) - _spread(table, apart)))


def _order(levels: int) -> Floats:
    """Sign of level minus level, (level, level)."""
    return np.asarray(np.sign(np.arange(levels)[:, None] - np.arange(levels)[None]), dtype=np.float64)


def _net(table: Floats) -> Floats:
    """Share of concordant minus discordant other items, seen from each pair of levels; shape of the table."""
    levels = len(table)
    sign = _order(levels).astype(table.dtype)
    both = np.einsum("ac,bd->abcd", sign, sign).reshape(levels**2, levels**2)
    return np.asarray((both @ table.reshape(levels**2, -1)).reshape(table.shape))


def _untied(table: Floats) -> Floats:
    """Geometric mean of the shares of pairs of items on which each portfolio differs, (...rest)."""
    split = [1 - (table.sum(axis=axis) ** 2).sum(axis=0) for axis in (1, 0)]
    return np.asarray(np.sqrt(np.maximum(split[0], 0) * np.maximum(split[1], 0)))


def _tau_b(table: Floats, apart: Floats) -> Floats:
    both = _untied(table)
    net = (table * _net(table)).sum(axis=(0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.clip(net / np.where(both > _TINY, both, np.nan), -1.0, 1.0))


# By name: (table, distances) -> (...rest), and whether levels count as names only.
STATISTICS: Mapping[str, tuple[Callable[[Floats, Floats], Floats], bool]] = {
    "s": (_s, False), "kappa": (_kappa, False), "kappa_nominal": (_kappa, True), "pi": (_pi, False),
    "pi_nominal": (_pi, True), "a": (_a, False), "tau_b": (_tau_b, False),
}


def statistic(
    name: str, table: Floats, scale: Sequence[float], *, power: float | None = None,
) -> Floats:
    """One statistic of joint tables.

    Parameters
    ----------
    name : of `STATISTICS`;  table : (level, level, ...rest);  scale : the declared levels
    power : of the distances, default as in `POWER`

    Returns
    -------
    (...rest), NaN where the portfolios leave no room for chance or order (both constant: kappa, pi; either
    constant: tau-b). S of equal constant portfolios is 1.
    """
    compute, nominal = STATISTICS[name]
    apart = distances(scale, POWER.get(name, 1.0) if power is None else power, nominal=nominal)
    return compute(table, apart.astype(table.dtype))


def similarity(
    name: str, x: Floats, y: Floats, *, scale: Sequence[float], power: float | None = None,
    weights: Floats | None = None, own: tuple[int, int] | None = None, rule: str = "keep",
) -> float:
    """Similarity of two portfolios.

    Parameters
    ----------
    name : `s`, `kappa`, `kappa_nominal`, `pi`, `pi_nominal`, `a` or `tau_b`
    x, y : (item,) positions on the scale, NaN none
    scale : all levels a position can have, the lowest first; required, for the data need not show them all
    power : of the distances between levels, default 1 for S and A, 2 for kappa and pi
    weights : (item,) >= 0, normalised here;  own, rule : see `own_ties`; default as the data stand

    Raises
    ------
    HeartlandInputError
        On positions off the scale or an impossible scale.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.array([0.0, 0, 3, 3]), np.array([0.0, 3, 3, 3])
    >>> round(similarity("s", x, y, scale=(0, 1, 2, 3)), 6)
    0.5
    """
    if own is not None:
        x, y = own_ties(x, y, own, scale, rule)
    return float(statistic(name, joint_table(x, y, scale, weights), scale, power=power))


def item_parts(
    name: str, table: Floats, scale: Sequence[float], *, power: float | None = None,
) -> Floats:
    """What an item adds to a statistic per unit of its weight, by its pair of levels, (level, level).

    Summed with the shares of the table it gives the statistic: each is a mean over items once its
    normalising constant is held at the value of the whole table.
    """
    compute, nominal = STATISTICS[name]
    apart = distances(scale, POWER.get(name, 1.0) if power is None else power, nominal=nominal)
    if compute is _s:
        return 1 - 2 * apart
    if compute is _a:
        return np.asarray(2 * (_chance(_own_margins(table), apart) - apart))
    margins = _own_margins if compute is _kappa else _pooled_margins
    with np.errstate(invalid="ignore", divide="ignore"):
        if compute is _tau_b:
            return np.asarray(_net(table) / _untied(table))
        return np.asarray(1 - apart / _chance(margins(table), apart))
