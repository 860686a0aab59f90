"""Coding rules of the PLOVER codebook (2024-02-04) as warnings about facts that carry one of its codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from heartland.core.schema import FOLDER
from heartland.core.tables import read_csv
from heartland.errors import Finding, suggestion
from heartland.evidence.audit_material import Material, live, warn

__all__ = ["codes", "coding_rules"]

# what is only promised or expected takes the verbal code
PROMISED = {**dict.fromkeys(("CONSULT", "SUPPORT", "COOPERATE", "AID"), "AGREE"), "RETREAT": "CONCEDE"}
AHEAD = ("planned", "forecast")
WHY = "Counts by type compare only where one act has one code."


@lru_cache(maxsize=1)
def codes() -> Mapping[str, bool]:
    """Codes `TYPE` and `TYPE:mode` of the shipped table, and whether each needs a recipient."""
    table = read_csv(FOLDER / "plover.csv", "schema/plover.csv")
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return {
        row["type"] + (f":{row['mode']}" if row["mode"] else ""): row["recipient"] == "yes"
        for row in rows
        if row["kind"] in ("type", "mode")
    }


def coding_rules(material: Material) -> Iterator[Finding]:
    """Facts whose code the codebook would not give them."""
    for row in live(material.seen.get("facts", ())):
        if row["plover"]:
            problem = _problem(row)
            if problem:
                yield warn("plover", "facts", row, "plover", problem[0], WHY, problem[1])


def _problem(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a code, and the fix; the first rule that speaks."""
    code, action = row["plover"], row["action"]
    kind = code.partition(":")[0]
    if code not in codes():
        near = suggestion(code, codes(), listing="Known codes: schema/plover.csv.")
        return f'"{code}" is not a code of the codebook.', near
    if codes()[code] and not row["receivers"]:
        return f"{kind} needs a recipient.", "Name the receiver, or use a code that needs none."
    if row["modality"] in AHEAD and kind in PROMISED:
        fix = f"Write {PROMISED[kind]}: what is promised is a word, not a deed."
        return f"{kind} is only {row['modality']}.", fix
    if action == "summon" and code != "ACCUSE:disapprove":
        return f"summoning an envoy is coded {code}.", "Write ACCUSE:disapprove."
    if action == "cancel" and kind == "CONSULT":
        return "a cancelled meeting is coded CONSULT.", "Write REJECT."
    if action == "exercise":
        joint = len(row["givers"]) > 1 or bool(row["receivers"])
        wanted = "COOPERATE" if joint else "MOBILIZE"
        if kind != wanted:
            what = "a joint exercise" if joint else "one actor's own exercise"
            return f"{what} is coded {code}.", f"Write {wanted}."
    return None
