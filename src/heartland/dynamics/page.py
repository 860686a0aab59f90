"""The catalogue of mechanisms as a page: equation, shapes, priors with sources, rivals, off switch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from heartland.dynamics.mechanism import PHASES, Mechanism, catalogue

__all__ = ["mechanisms_page", "outputs_only", "prior_words", "rivals_of"]

HEAD = """# Mechanisms

Written by `docs/make.py` from the functions and the region's `parameters.csv`. A mechanism is one pure
function: it reads states at the start of its phase and adds to others; all it knows beside them are its
parameters.
{used} of {count} are in use, {rivals} are rival forms that `variants` in `model.yaml` may put in their place.
`heartland describe mechanisms NAME` prints one. A patch `off(NAME)` leaves one out, `off({row})` a whole row.

Phases in order: {phases}. All mechanisms of a phase read what stood at its start.

Status of a parameter: *estimated* from data by likelihood, *pooled* from a wider panel, *elicited* where
literature or the texts give sign and rough size, *guess* otherwise; with *sign assumed* the prior allows one
direction only.
"""


def prior_words(row: Mapping[str, Any]) -> str:
    """A prior in words: family with its numbers, bounds where they cut.

    row : one row of `parameters.csv`, numbers as numbers or as text
    """
    family, place, scale = str(row["family"]), _number(row["location"]), _number(row["scale"])
    said = {
        "fixed": f"fixed at {place}",
        "normal": f"normal({place}, {scale})",
        "half-normal": f"half-normal({scale})",
        "lognormal": f"lognormal(ln {_number(_exp(row['location']))}, {scale})",
        "beta": f"beta({place}, {scale})",
    }.get(family, f"{family}({place}, {scale})")
    low, high = _number(row.get("low")), _number(row.get("high"))
    cuts = [f"at least {low}"] if low else []
    cuts += [f"at most {high}"] if high else []
    return said + (f", {' and '.join(cuts)}" if cuts else "")


def _number(value: Any) -> str:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return ""
    return "" if found != found or found in (float("inf"), float("-inf")) else f"{found:.4g}"


def _exp(value: Any) -> float:
    from math import exp

    return exp(float(value))


def rivals_of(name: str) -> tuple[str, ...]:
    """Ids of the mechanisms that may stand in for one."""
    return tuple(record.id for record in catalogue().values() if record.rival_of == name)


@cache
def _read() -> frozenset[str]:
    """Names that some mechanism of the catalogue reads or waits for."""
    return frozenset(name for one in catalogue().values() for name in (*one.reads, *one.idle))


def outputs_only(record: Mechanism) -> tuple[str, ...]:
    """States that a mechanism writes and no mechanism reads: they move nothing else."""
    return tuple(name for name in record.writes if name not in _read())


def mechanisms_page(
    used: Sequence[str], parameters: Iterable[Mapping[str, Any]], labels: Mapping[str, str]
) -> str:
    """The page of all mechanisms.

    Parameters
    ----------
    used : ids of the mechanisms that the region runs
    parameters : rows of its `parameters.csv`;  labels : what each row of the model is about, M1 first
    """
    records = catalogue()
    rows = {str(row["id"]): row for row in parameters}
    rivals = sum(bool(record.rival_of) for record in records.values())
    parts = [
        HEAD.format(
            used=sum(name in records for name in used), count=len(records), rivals=rivals,
            row=next(iter(labels)), phases=", ".join(PHASES),
        )
    ]  # fmt: skip
    for model, label in labels.items():
        own = [record for record in records.values() if record.model == model]
        if own:
            parts.append(f"## {model} {label}\n")
            parts += [_entry(record, record.id in used, rows) for record in own]
    return "\n".join(parts)


def _entry(record: Mechanism, used: bool, rows: Mapping[str, Mapping[str, Any]]) -> str:
    standing = "in use" if used else f"rival of `{record.rival_of}`" if record.rival_of else "not in use"
    rivals = ", ".join(f"`{name}`" for name in rivals_of(record.id))
    lines = [
        f"### {record.id}\n",
        f"{standing.capitalize()}; phase *{record.phase}*; writes {_names(record.writes)} ({record.unit})"
        + (f"; rival: {rivals}" if rivals else "")
        + (f"; waits for {_names(record.idle)}" if record.idle else "")
        + ".\n",
        f"```text\n{record.doc.strip()}\n```\n",
        f"Reads {_names(record.reads) or 'nothing'}. Source: {record.source}.\n",
    ]
    if unread := outputs_only(record):
        many = "outputs" if len(unread) > 1 else "an output"
        lines.append(f"No mechanism reads {_names(unread)}: {many} only, for outcomes and the report.\n")
    if record.parameters:
        lines.append("| parameter | prior | unit | status | source | note |\n|---|---|---|---|---|---|")
        lines += [_parameter(name, rows.get(name)) for name in record.parameter_ids]
        lines.append("")
    return "\n".join(lines)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _parameter(name: str, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return f"| `{name}` | not in this region | | | | |"
    sign = ", sign assumed" if str(row.get("sign_fixed", "")) == "yes" else ""
    texts = {key: _text(row.get(key)) for key in ("unit", "status", "source_id", "note")}
    return (
        f"| `{name}` | {prior_words(row)} | {texts['unit']} | {texts['status']}{sign} "
        f"| {texts['source_id']} | {texts['note']} |"
    )


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).replace("|", "\\|")
