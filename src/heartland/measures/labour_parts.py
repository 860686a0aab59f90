"""Division of labour taken apart: the strengths of each power by domain, then their inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heartland.measures.inputs import Inputs
from heartland.measures.labour import general_result
from heartland.measures.parts import NOT_ADDITIVE, inner, power_row, request_of
from heartland.measures.powers import external
from heartland.measures.scores import Floats
from heartland.measures.strengths import Strengths, strength_asked, strengths

__all__ = ["general_parts", "profile_parts", "role_parts"]


def _strength(inputs: Inputs, cell: Mapping[str, Any], default: str) -> tuple[str, Strengths]:
    request = request_of(inputs, cell)
    name = strength_asked(request, default)
    return name, strengths(inputs, request, name)[1]


def _rows(
    inputs: Inputs, own: Strengths, name: str, receiver: str, givers: Sequence[str], weight: Floats,
    contribution: Floats, flag: str = "",
) -> list[dict[str, Any]]:
    """Rows by power and part, (power, part) each, then the inputs of the indices."""
    r = inputs.receivers.index(receiver)
    domains, channels = own.labels["domain"], own.labels.get("channel")
    rows = []
    for place, giver in enumerate(givers):
        g = inputs.givers.index(giver)
        for part, domain in enumerate(domains):
            rows.append(power_row(
                giver, float(own.central[part, g, r, 0]), weight=float(weight[place, part]),
                contribution=float(contribution[place, part]), domain=domain,
                channel="" if channels is None else channels[part], flag=flag,
                unit="index" if channels is None else "share",
            ))
    if channels is None:
        rows += inner(inputs, givers, receiver, name)
    return rows


def profile_parts(
    inputs: Inputs, cell: Mapping[str, Any], *, field: str, strength: str,
) -> list[dict[str, Any]]:
    """Rows of one comparison of two powers; contributions sum to division, overlap or level."""
    name, own = _strength(inputs, cell, strength)
    givers, receiver = [str(cell["giver"]), str(cell["other"])], str(cell["receiver"])
    r = inputs.receivers.index(receiver)
    a = np.stack([own.central[:, inputs.givers.index(giver), r, 0] for giver in givers])
    live = np.where(np.isnan(a).any(axis=0), 0.0, a)
    whole = live.sum(axis=1, keepdims=True)
    p = live / np.where(whole > 0, whole, 1.0)
    middle = p.mean(axis=0)
    ratio = np.where(p > 0, p / np.where(middle > 0, middle, 1.0), 1.0)
    parts = {
        "division": p * np.log2(ratio) / 2, "overlap": np.broadcast_to(p.min(axis=0) / 2, p.shape),
        "level": live,
    }
    found = parts.get(field, np.full(p.shape, np.nan))
    return _rows(inputs, own, name, receiver, givers, p, found, "" if field in parts else NOT_ADDITIVE)


def role_parts(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """Rows of a role share or a leader in one domain: both strengths there and their inputs."""
    name, own = _strength(inputs, cell, "influence")
    givers, receiver = [str(cell["giver"]), str(cell["other"])], str(cell["receiver"])
    r, domain = inputs.receivers.index(receiver), str(cell.get("domain") or "")
    place = list(own.labels["domain"]).index(domain) if domain in own.labels["domain"] else 0
    a = [float(own.central[place, inputs.givers.index(giver), r, 0]) for giver in givers]
    rows = [
        power_row(giver, value, weight=value / sum(a) if sum(a) > 0 else np.nan,
                  domain=own.labels["domain"][place], flag=NOT_ADDITIVE)
        for giver, value in zip(givers, a, strict=True)
    ]
    if "channel" not in own.labels:
        rows += inner(inputs, givers, receiver, name, own.labels["domain"][place])
    return rows


def general_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the division among several powers; contributions sum to the value."""
    name, own = _strength(inputs, cell, "influence")
    request, receiver = request_of(inputs, cell), str(cell["receiver"])
    asked = request.options.get("powers")
    if asked is None:
        givers = [inputs.givers[place] for place in external(inputs)]
    else:
        givers = [str(word).strip() for word in (asked.split(",") if isinstance(asked, str) else asked)]
    r = inputs.receivers.index(receiver)
    a = own.central[:, [inputs.givers.index(giver) for giver in givers], r, 0]
    result = general_result(a)
    kept = (np.nansum(a, axis=0) > 0) & ((~np.isnan(a)).sum(axis=0) >= 3)
    common = np.asarray(~np.isnan(a[:, kept]).any(axis=1))
    live = np.where(common[:, None] & kept, a, 0.0)
    joint = live / live.sum() if live.sum() > 0 else live
    apart = joint.sum(axis=0, keepdims=True) * joint.sum(axis=1, keepdims=True)
    shared = joint * np.log2(np.where(joint > 0, joint / np.where(apart > 0, apart, 1.0), 1.0))
    most = np.log2(max(min(int(result.n_powers), int(result.n_domains)), 2))
    return _rows(inputs, own, name, receiver, givers, joint.T, shared.T / most)
