"""Parameters of a region drawn from their priors: one row of draws per parameter, 16 members to a draw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import parameter_uniforms
from heartland.errors import Finding, HeartlandInputError, Place, suggestion

__all__ = ["FAMILIES", "Prior", "check_priors", "draw", "priors_from_rows", "quantile", "share_below"]

Floats: TypeAlias = NDArray[np.float64]

FAMILIES = ("normal", "half-normal", "lognormal", "beta", "gamma", "student-t", "fixed")
STATUSES = ("estimated", "pooled", "elicited", "guess")


@dataclass(frozen=True)
class Prior:
    """One row of `parameters.csv`; location and scale as the family's columns say (see `quantile`)."""

    id: str
    mechanism: str
    unit: str
    family: str
    location: float
    scale: float
    low: float
    high: float
    status: str
    sign_fixed: bool
    source_id: str
    note: str
    row: int

    @property
    def one_sided(self) -> bool:
        """Whether the prior all but fixes the sign: at least 95 % of its mass lies on one side of zero."""
        if self.family == "fixed":
            return self.sign_fixed
        low, high, zero = (_distribution(self, x) for x in (self.low, self.high, 0.0))
        below = (zero - low) / (high - low)
        return self.sign_fixed or not 0.05 < below < 0.95

    @property
    def estimated(self) -> bool:
        """Whether data (own or of a wider panel) stand behind it."""
        return self.status in ("estimated", "pooled")


def priors_from_rows(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Prior]:
    """Priors by id from the validated rows of `parameters.csv`."""
    found = {}
    for row in rows:
        low, high = float(row["low"]), float(row["high"])
        scale = float(row["scale"])
        found[str(row["id"])] = Prior(
            id=str(row["id"]),
            mechanism=str(row["mechanism"]),
            unit=str(row["unit"]),
            family=str(row["family"]),
            location=float(row["location"]),
            scale=0.0 if scale != scale else scale,
            low=-np.inf if low != low else low,
            high=np.inf if high != high else high,
            status=str(row["status"]),
            sign_fixed=bool(row["sign_fixed"]),
            source_id=str(row["source_id"]),
            note=str(row["note"]),
            row=int(row["_row"]),
        )
    return found


def check_priors(
    priors: Mapping[str, Prior], sources: Collection[str], file: str = "parameters.csv"
) -> list[Finding]:
    """Findings on priors whose numbers do not fit their family, or whose source is nowhere."""
    found = [item for prior in priors.values() if (item := _unsourced(prior, sources, file))]
    for prior in priors.values():
        problem = ""
        if prior.family not in FAMILIES:
            problem = f'family "{prior.family}" is not in the closed list'
        elif prior.family != "fixed" and not prior.scale > 0:
            problem = f"scale of {prior.id} is not positive"
        elif prior.family in ("beta", "gamma") and not prior.location > 0:
            problem = f"location of {prior.id} is the first shape and must be positive"
        elif prior.low >= prior.high:
            problem = f"low {prior.low:g} of {prior.id} is not below high {prior.high:g}"
        if problem:
            place = Place(file, prior.row, "family")
            fix = f"Families: {', '.join(FAMILIES)}."
            found.append(Finding("E", "prior", place, problem + ".", "No draw could be made.", fix))
    return found


def _unsourced(prior: Prior, sources: Collection[str], file: str) -> Finding | None:
    if prior.source_id in sources or prior.source_id.startswith("assumption: "):
        return None
    return Finding(
        "E",
        "prior-source",
        Place(file, prior.row, "source_id"),
        f'"{prior.source_id}" is not a source.',
        "A parameter without origin cannot be judged.",
        suggestion(prior.source_id, sources, listing="Write a source id, or assumption: and the reason."),
    )


def quantile(prior: Prior, u: Floats) -> Floats:
    """Inverse distribution function of a prior, truncated to its low and high.

    normal: mean, sd. half-normal: `scale` is the sd of the normal before folding, shifted by location.
    lognormal: ln of the median, sd of ln. beta: both shapes. gamma: shape, scale. student-t: five degrees of
    freedom, centre, scale. fixed: location.

    Parameters
    ----------
    u : (n,), probabilities in (0, 1)

    Returns
    -------
    (n,), in the parameter's unit
    """
    if prior.family == "fixed":
        return np.full_like(u, prior.location)
    low, high = _distribution(prior, prior.low), _distribution(prior, prior.high)
    return _inverse(prior, low + u * (high - low))


def share_below(prior: Prior, x: float) -> float:
    """Probability that a draw lies at or below x, truncation included; NaN for a fixed parameter."""
    if prior.family == "fixed":
        return float("nan")
    low, high = _distribution(prior, prior.low), _distribution(prior, prior.high)
    return min(max((_distribution(prior, x) - low) / (high - low), 0.0), 1.0)


def _inverse(prior: Prior, p: Floats) -> Floats:
    from scipy import special

    a, b = prior.location, prior.scale
    found: NDArray[np.floating[Any]]
    match prior.family:
        case "normal":
            found = a + b * special.ndtri(p)
        case "half-normal":
            found = a - b * special.ndtri((1 - p) / 2)
        case "lognormal":
            found = np.exp(a + b * special.ndtri(p))
        case "beta":
            found = special.betaincinv(a, b, p)
        case "gamma":
            found = b * special.gammaincinv(a, p)
        case _:
            found = a + b * special.stdtrit(5.0, p)
    return np.clip(np.asarray(found, dtype=np.float64), prior.low, prior.high)


def _distribution(prior: Prior, x: float) -> float:
    if np.isinf(x):
        return float(x > 0)
    from scipy import special

    a, b = prior.location, prior.scale
    match prior.family:
        case "normal":
            return float(special.ndtr((x - a) / b))
        case "half-normal":
            return float(max(0.0, 2 * special.ndtr((x - a) / b) - 1))
        case "lognormal":
            return float(special.ndtr((np.log(x) - a) / b)) if x > 0 else 0.0
        case "beta":
            return float(special.betainc(a, b, min(max(x, 0.0), 1.0)))
        case "gamma":
            return float(special.gammainc(a, max(x, 0.0) / b))
        case _:
            return float(special.stdtr(5.0, (x - a) / b))


def draw(
    priors: Mapping[str, Prior], ids: Sequence[str], seed: int, draws: int, first: int = 0
) -> dict[str, Floats]:
    """Prior draws by parameter id, each (draws,), from number `first` on; a longer request changes none.

    Raises
    ------
    HeartlandInputError
        If a mechanism asks for a parameter that the region does not have.
    """
    missing = [name for name in ids if name not in priors]
    if missing:
        raise HeartlandInputError.at(
            f"parameters.csv has no row for {', '.join(missing)}.",
            why="A mechanism without its parameter cannot run.",
            fix="Add the rows, or take the mechanism out of model.yaml.",
            file="parameters.csv",
            check="parameter",
        )
    return {name: quantile(priors[name], parameter_uniforms(seed, name, draws, first)) for name in ids}
