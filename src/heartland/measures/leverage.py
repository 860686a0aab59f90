"""What one actor loses if another ends supply, purchases, remittances or credit; pure functions of shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = [
    "SOLE",
    "ExitCost",
    "asymmetric_vulnerability",
    "debt_share",
    "drawn_elasticity",
    "exit_cost",
    "log_ratio",
    "sale_exposure",
    "suppliers",
]

# Share of use at which a supplier counts as the only one; the loss is computed as if it were no more.
SOLE = 0.999


@dataclass(frozen=True)
class ExitCost:
    """Loss of real income, and where it rests on a cap or cannot be computed.

    value : [0, 1), NaN where a share or a spending is unknown or an elasticity does not exceed 1
    parts : (good, ...) terms of the exponent
    sole : some good has the one supplier;  rigid : some elasticity is 1 or less
    """

    value: Floats
    parts: Floats
    sole: npt.NDArray[np.bool_]
    rigid: npt.NDArray[np.bool_]


def exit_cost(share: Floats, spending: Floats, elasticity: Floats) -> ExitCost:
    """Share of real income lost when a supplier of goods goes away.

    Exact with constant elasticity of substitution inside a good and constant shares of spending across goods
    (Arkolakis, Costinot & Rodriguez-Clare 2012; Clayton, Maggiori & Schreger 2024). Convex in the share while
    spending < elasticity - 1.

    Parameters
    ----------
    share : (good, ...) supplier's part of the use of each good, [0, 1]; at `SOLE` and above capped there
    spending : (good, ...) spending on the good over income, >= 0;  elasticity : (good, ...), > 1

    Returns
    -------
    ExitCost over the remaining axes

    Examples
    --------
    >>> one = np.ones(1)
    >>> round(float(exit_cost(one / 2, one, 3 * one).value), 10)
    0.2928932188
    """
    share, spending, elasticity = np.broadcast_arrays(share, spending, elasticity)
    sole = share >= SOLE
    rigid = elasticity <= 1
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = spending * -np.log1p(-np.minimum(share, SOLE)) / np.where(rigid, np.nan, elasticity - 1)
    # A good that is not bought costs nothing to lose, whoever would have supplied it.
    parts = np.where((spending == 0) & ~rigid, 0.0, parts)
    sole, rigid = (np.asarray(where.any(axis=0)) for where in (sole, rigid))
    return ExitCost(-np.expm1(-parts.sum(axis=0)), parts, sole, rigid)


def drawn_elasticity(central: float, sd: float, normals: Floats) -> Floats:
    """Elasticities (draw,) with ln(elasticity - 1) normal around its central value: always above 1."""
    return np.asarray(1 + np.exp(np.log(central - 1) + sd * normals)) if central > 1 else np.full(
        normals.shape, central,
    )


def sale_exposure(sales: Floats, income: Floats, elsewhere: Floats | float) -> Floats:
    """Sales to one buyer over income, less what could be sold elsewhere.

    Parameters
    ----------
    sales : (good, ...) usd a year;  income : (...) usd a year
    elsewhere : part that can be re-routed, [0, 1]; 0 for a single fixed line

    Returns
    -------
    Share of income, >= 0; above 1 possible where goods pass through, not clipped
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        out = (sales * (1 - np.asarray(elsewhere))).sum(axis=0) / np.where(income > 0, income, np.nan)
    return np.asarray(out)


def asymmetric_vulnerability(receiver: Floats, giver: Floats) -> Floats:
    """Receiver's loss from a break less the giver's; positive: the giver holds the advantage.

    Hirschman 1945; Keohane & Nye 1977. Both are exit cost plus sale exposure, shares of income.
    """
    return np.asarray(receiver - giver)


def log_ratio(receiver: Floats, giver: Floats) -> Floats:
    """Logarithm of the receiver's loss over the giver's, NaN where either is 0 or unknown."""
    usable = (receiver > 0) & (giver > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(np.where(usable, receiver, 1.0) / np.where(usable, giver, 1.0))
    return np.where(usable, ratio, np.nan)


def debt_share(owed: Floats, whole: Floats, *, wider: npt.NDArray[np.bool_] | bool = False) -> tuple[
    Floats, npt.NDArray[np.bool_]
]:
    """Debt to one creditor over all external debt, and where the two do not fit together.

    Parameters
    ----------
    owed, whole : same unit;  wider : the first is known to count what the second leaves out

    Returns
    -------
    share : NaN where unknown or not comparable, never clipped
    mismatch : true where the share would exceed 1 or the scopes differ
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = owed / np.where(whole > 0, whole, np.nan)
        mismatch = (share > 1) | (np.asarray(wider) & ~np.isnan(share))
    return np.where(mismatch, np.nan, share), np.asarray(mismatch)


def suppliers(shares: Floats, gone: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Who is left when one supplier goes: number and concentration of the others.

    Parameters
    ----------
    shares : (supplier, ...) parts of the total, NaN unknown; what is missing to 1 comes from others
    gone : position of the supplier that goes

    Returns
    -------
    count : suppliers named that are left
    low, high : sum of squared shares of what is left, with the unnamed rest split finely and as one
    rest : unnamed part of what is left, [0, 1]; NaN all where nothing is left
    """
    kept = np.nan_to_num(np.delete(shares, gone, axis=0))
    left = 1 - np.where(np.isnan(shares[gone]), np.nan, shares[gone])
    rest = np.maximum(left - kept.sum(axis=0), 0.0)
    whole = kept.sum(axis=0) + rest
    with np.errstate(invalid="ignore", divide="ignore"):
        base = np.where(whole > 0, whole, np.nan)
        low = (kept**2).sum(axis=0) / base**2
        high = low + (rest / base) ** 2
        rest = rest / base
    return (kept > 0).sum(axis=0).astype(np.float64), low, high, rest
