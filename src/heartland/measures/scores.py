"""What an influence index is made of: weights, references, transforms, structures.

Scores turn a volume into a figure that is 0 for no tie and 1 at the top of the reference period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError, suggestion

__all__ = [
    "CENTRAL",
    "PARTS",
    "STRUCTURES",
    "TRANSFORMS",
    "ChannelReference",
    "CompiledSpec",
    "InfluenceSpec",
    "Item",
    "Structure",
    "WeightRow",
    "compile_spec",
    "score",
    "spec_from_records",
]

Floats: TypeAlias = npt.NDArray[np.float64]

PARTS = ("bandwidth", "dependence", "domain")
TRANSFORMS = ("log", "linear", "ecdf", "ordinal", "index")


@dataclass(frozen=True)
class WeightRow:
    """One row of the weights table.

    part : `bandwidth`, `dependence`, or `domain` (weight of a whole domain, channel empty)
    transform : one of `TRANSFORMS`, for bandwidth rows; an ordinal may name its levels, `ordinal(0-4)`
    base : for dependence rows, `total` or `base:NAME`
    """

    part: str
    domain: str
    channel: str = ""
    weight: float = 0.0
    transform: str = ""
    base: str = ""


@dataclass(frozen=True)
class ChannelReference:
    """Fixed reference of one channel, in the channel's unit.

    x_ref scores 1, x_med is the scale of the logarithm, `positive` holds the sorted positive values of the
    reference period (for ecdf), `top` is the highest level of an ordinal channel.
    """

    x_ref: float = float("nan")
    x_med: float = float("nan")
    positive: tuple[float, ...] = ()
    top: float = float("nan")


@dataclass(frozen=True)
class Structure:
    """One way to build the index.

    transform : what channels declared `log` use (`log`, `linear` or `ecdf`); others keep theirs
    rho : exponent of the weighted mean (1 arithmetic, 0 geometric)
    total : `product` (product of totals) or `sum` (weighted sum of the domains' products)
    """

    transform: str = "log"
    rho: float = 1.0
    total: str = "product"

    @property
    def id(self) -> str:
        """Name used in the reference file, e.g. `log/1/product`."""
        return f"{self.transform}/{self.rho:g}/{self.total}"


CENTRAL = Structure()
STRUCTURES = tuple(
    Structure(transform, rho, total)
    for transform in ("log", "linear", "ecdf")
    for rho in (1.0, 0.5)
    for total in ("product", "sum")
)


@dataclass(frozen=True)
class InfluenceSpec:
    """Weights and reference of an influence index.

    rows : rows of part bandwidth and dependence; order carries no meaning
    domain_weights : weight of each domain, used for bandwidth and dependence alike
    reference : by channel
    """

    rows: tuple[WeightRow, ...]
    domain_weights: Mapping[str, float]
    reference: Mapping[str, ChannelReference] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One weighted input: a channel inside a domain, on the side of bandwidth or of dependence."""

    part: str
    domain: int
    channel: str
    weight: float
    transform: str = ""
    base: str = ""
    reference: ChannelReference = ChannelReference()


@dataclass(frozen=True)
class CompiledSpec:
    """A spec made ready: items sorted by domain, weights normalised.

    bandwidth, dependence : items, weights sum to 1 within a domain
    declared : (domain,) weights as declared, summing to 1
    w, u : (domain,) weights of domains for bandwidth and dependence; each sums to 1, 0 where a domain has no
        item of that part
    """

    domains: tuple[str, ...]
    bandwidth: tuple[Item, ...]
    dependence: tuple[Item, ...]
    declared: Floats
    w: Floats
    u: Floats
    structure: Structure

    @cached_property
    def item_weights(self) -> tuple[Floats, Floats]:
        """Weights of the bandwidth and of the dependence items, (item,) each."""
        return (
            np.array([item.weight for item in self.bandwidth]),
            np.array([item.weight for item in self.dependence]),
        )

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """Every channel that carries weight, bandwidth first."""
        return tuple(dict.fromkeys(item.channel for item in (*self.bandwidth, *self.dependence)))

    @cached_property
    def has_dependence(self) -> npt.NDArray[np.bool_]:
        """(domain,) whether the domain has a dependence row."""
        return self.u > 0


def spec_from_records(
    records: Iterable[Mapping[str, Any]], reference: Mapping[str, ChannelReference] | None = None,
    *, file: str = "weights.csv",
) -> InfluenceSpec:
    """Spec from rows of a weights table.

    Parameters
    ----------
    records : mappings with `part, domain, channel, weight, transform, base`; a row number under `_row`
        is used in messages
    reference : by channel; default none (then only ordinal and index channels get scores)
    file : name of the table, for messages

    Raises
    ------
    HeartlandInputError
        On an unknown part or transform, a negative or missing weight, a dependence row without base.
    """
    rows, domains = [], {}
    for position, record in enumerate(records):
        line = int(record.get("_row", position + 2))
        row = _weight_row(record, file, line)
        if row.part == "domain":
            domains[row.domain] = row.weight
        else:
            rows.append(row)
    for domain in dict.fromkeys(row.domain for row in rows):
        if domain not in domains:
            raise HeartlandInputError.at(
                f'domain "{domain}" has channels but no weight.', file=file, column="domain",
                why="Its ties would count for nothing in the overall index.",
                fix=f"Add a row domain,{domain} with a weight (0 leaves it out).",
            )
    return InfluenceSpec(tuple(rows), domains, dict(reference or {}))


def _weight_row(record: Mapping[str, Any], file: str, line: int) -> WeightRow:
    part, transform = str(record["part"]), _text(record.get("transform"))
    base = _text(record.get("base"))
    weight = float(record["weight"])
    kind = transform.partition("(")[0]

    def wrong(column: str, what: str, why: str, fix: str) -> HeartlandInputError:
        return HeartlandInputError.at(what, why=why, fix=fix, file=file, row=line, column=column)

    if part not in PARTS:
        raise wrong("part", f'"{part}" is not a part of the index.', "A row without a known part has no use.",
                    suggestion(part, PARTS, listing=f"Parts: {', '.join(PARTS)}."))
    if not weight >= 0 or not np.isfinite(weight):
        raise wrong("weight", f"weight {weight:g} is not a number of 0 or more.",
                    "Weights are shares of a whole.", "Write 0 to leave the channel out.")
    if part == "bandwidth" and kind not in TRANSFORMS:
        raise wrong("transform", f'"{transform}" is not a transform.', "The volume cannot be scored.",
                    suggestion(kind, TRANSFORMS, listing=f"Transforms: {', '.join(TRANSFORMS)}."))
    if part == "dependence" and base != "total" and not base.startswith("base:"):
        raise wrong("base", f'"{base}" is not a base of dependence.', "Dependence is a share of something.",
                    "Write total, or base:NAME such as base:gdp.")
    return WeightRow(part, str(record["domain"]), _text(record.get("channel")), weight, transform, base)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def compile_spec(spec: InfluenceSpec, structure: Structure = CENTRAL) -> CompiledSpec:
    """Sort, normalise and bind a spec to one structure; do this once, outside loops.

    Rows of weight 0 and domains of weight 0 stay out. Domains keep the order of `domain_weights`.
    """
    rows = [row for row in spec.rows if row.weight > 0 and spec.domain_weights.get(row.domain, 0.0) > 0]
    domains = tuple(name for name in spec.domain_weights if any(row.domain == name for row in rows))
    bandwidth = _items(spec, rows, domains, "bandwidth", structure)
    dependence = _items(spec, rows, domains, "dependence", structure)
    declared, w, u = (
        _domain_weights(spec, domains, items)
        for items in ((*bandwidth, *dependence), bandwidth, dependence)
    )
    return CompiledSpec(domains, bandwidth, dependence, declared, w, u, structure)


def _items(
    spec: InfluenceSpec, rows: Sequence[WeightRow], domains: tuple[str, ...], part: str, structure: Structure,
) -> tuple[Item, ...]:
    items = []
    for index, domain in enumerate(domains):
        # Sums must not depend on the order of the file: channels are added in the order of their names.
        mine = sorted((r for r in rows if r.part == part and r.domain == domain), key=lambda r: r.channel)
        whole = sum(row.weight for row in mine)
        for row in mine:
            kind = row.transform.partition("(")[0]
            reference = spec.reference.get(row.channel, ChannelReference())
            items.append(
                Item(
                    part, index, row.channel, row.weight / whole,
                    transform=structure.transform if kind == "log" else kind,
                    base=row.base.removeprefix("base:"),
                    reference=_with_top(reference, row.transform),
                )
            )
    return tuple(items)


def _with_top(reference: ChannelReference, transform: str) -> ChannelReference:
    levels = re.fullmatch(r"ordinal\(\d+-(\d+)\)", transform)
    if levels is None:
        return reference
    return ChannelReference(reference.x_ref, reference.x_med, reference.positive, float(levels.group(1)))


def _domain_weights(spec: InfluenceSpec, domains: tuple[str, ...], items: tuple[Item, ...]) -> Floats:
    present = {item.domain for item in items}
    raw = np.array([spec.domain_weights[name] if i in present else 0.0 for i, name in enumerate(domains)])
    whole = raw.sum()
    return raw / whole if whole > 0 else raw


def score(x: Floats, transform: str, reference: ChannelReference) -> Floats:
    """Score of volumes.

    Parameters
    ----------
    x : any shape, in the channel's unit; NaN unknown; below 0 counts as 0
    transform : one of `TRANSFORMS`
    reference : of the channel; a missing figure gives NaN (unknown), never a guess

    Returns
    -------
    Same shape; 0 for no tie, 1 at `x_ref` (log, linear), at the largest reference value (ecdf), at the top
    level (ordinal); above 1 beyond the reference (log, linear).
    """
    x = np.maximum(x, 0.0)
    if transform == "index":
        return x
    if transform == "ecdf":
        return _ecdf(x, reference)
    top = reference.top if transform == "ordinal" and reference.top > 0 else reference.x_ref
    if not top > 0 or (transform == "log" and not reference.x_med > 0):
        return np.full(x.shape, np.nan)
    if transform == "log":
        x *= 1.0 / reference.x_med
        np.log1p(x, out=x)
        top = float(np.log1p(reference.x_ref / reference.x_med))
    x *= 1.0 / top
    return x


def _ecdf(x: Floats, reference: ChannelReference) -> Floats:
    if not reference.positive:
        return np.full(x.shape, np.nan)
    # In the precision of x: a volume that is in the reference must be found there.
    steps = np.asarray(reference.positive, dtype=x.dtype)
    ranks = (np.searchsorted(steps, x, side="right") / len(steps)).astype(x.dtype)
    return np.where(np.isnan(x), np.nan, np.where(x > 0, ranks, 0.0))
