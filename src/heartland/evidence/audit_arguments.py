"""Audits of arguments: authors who contradict each other, and claims that nothing in the model carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from heartland.errors import Finding
from heartland.evidence.audit_material import Material, warn

__all__ = ["sign_clash", "without_mechanism"]


def sign_clash(material: Material) -> Iterator[Finding]:
    """A24: two arguments give one link opposite signs, and contradictions.csv does not say so."""
    recorded = {
        frozenset((row["argument_a"], row["argument_b"])) for row in material.book.get("contradictions", ())
    }
    links: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in material.seen.get("arguments", ()):
        if row["sign"] in ("+", "-"):
            links.setdefault((row["cause"], row["effect"]), []).append(row)
    for (cause, effect), found in links.items():
        for plus in found:
            for minus in found:
                pair = frozenset((plus["argument_id"], minus["argument_id"]))
                if plus["sign"] == "+" and minus["sign"] == "-" and pair not in recorded:
                    later = max(plus, minus, key=lambda row: int(row["_row"]))
                    yield warn(
                        "A24",
                        "arguments",
                        later,
                        "sign",
                        f"{plus['argument_id']} says + and {minus['argument_id']} says - "
                        f"for {cause} -> {effect}.",
                        "A reader must see that the authors differ, and on what.",
                        "Record the pair in contradictions.csv, or name the two causes apart.",
                    )


def without_mechanism(material: Material) -> Iterator[Finding]:
    """A25: each argument names the mechanisms that carry it, or the gap; one finding per system."""
    known = material.mechanisms
    missing: dict[str, list[Mapping[str, Any]]] = {}
    for row in material.seen.get("arguments", ()):
        if row["gap"] or row["modality"] == "refuted" or row["sign"] == "0":
            continue
        carried = [name for name in row["mechanisms"] if known is None or name in known]
        if not carried:
            missing.setdefault(row["systems"][0] if row["systems"] else "no system", []).append(row)
    for system, found in missing.items():
        first = found[0]
        more = len(found) - 1
        also = f", nor {more} more argument{'s' * (more > 1)} of {system}" if more else ""
        yield warn(
            "A25",
            "arguments",
            first,
            "mechanisms",
            f"no mechanism carries {first['cause']} -> {first['effect']} ({first['argument_id']}){also}.",
            "The model can neither confirm nor contradict what no mechanism carries.",
            "Name the mechanisms, or fill gap with the reason why none can carry it.",
        )
