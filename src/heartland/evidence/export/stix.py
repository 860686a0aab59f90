"""STIX 2.1 bundle: actors, places, texts, arguments and facts for threat-intelligence platforms.

Ids are UUIDv5 of the record ids and times come from the records, so a second export gives the same bytes.
Source: STIX 2.1 (OASIS, 2021): sections 2.9 identifiers, 3.2 common properties, 7.3 extensions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.schema import load_schema
from heartland.errors import HeartlandInputError
from heartland.evidence.export.material import HOLDS, Material, Row, bounds, filled, frames_of
from heartland.evidence.export.stix_common import Maker
from heartland.evidence.export.writing import dumps, loads
from heartland.evidence.references import publishers_of

__all__ = ["CONFIDENCE", "FACT", "fact_table", "objects_of", "read", "write"]

FACT = "x-heartland-fact"
# Admiralty credibility -> confidence: STIX 2.1 (2021), Appendix A, table Admiralty Credibility. 6, which
# cannot be judged, has no value there and is left out.
CONFIDENCE: Mapping[str, int] = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
# columns of a fact whose names mean something else in STIX
_RENAMED: Mapping[str, str] = {"type": "fact_type", "confidence": "coder_confidence"}
# the open vocabulary of identity classes (STIX 2.1, 10.7)
_CLASSES: Mapping[str, str] = {"person": "individual", "public": "group"}


def write(material: Material, out: Path) -> None:
    """Write one bundle."""
    maker = Maker(material)
    bundle = {
        "type": "bundle",
        "id": maker.id("bundle", "bundle", material.about.id),
        "objects": objects_of(material),
    }
    out.write_text(dumps(bundle), encoding="utf-8", newline="")


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Objects of an exported bundle by id, in their order.

    Raises
    ------
    HeartlandInputError
        No bundle, or an object without type and id.
    """
    bundle = loads(path, "STIX")
    objects = bundle.get("objects") if isinstance(bundle, dict) and bundle.get("type") == "bundle" else None
    if not isinstance(objects, list) or not all(
        isinstance(o, dict) and {"id", "type"} <= set(o) for o in objects
    ):
        raise HeartlandInputError.at(
            "is no STIX bundle.",
            why="Nothing else is exported.",
            fix="Export it again.",
            file=path.name,
            check="export-read",
        )
    return {one["id"]: one for one in objects}


def fact_table(objects: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Typed table of facts from the objects of a bundle."""
    back = {"confidence": "", **{new: old for old, new in _RENAMED.items()}}
    rows = [
        {
            back.get(name, name): tuple(value) if isinstance(value, list) else value
            for name, value in one.items()
        }
        for one in objects.values()
        if one["type"] == FACT
    ]
    return frames_of({"facts": rows})["facts"]


def objects_of(material: Material) -> list[dict[str, Any]]:
    """Objects of the bundle: origin, actors, places, facts, relationships, texts and arguments."""
    maker = Maker(material)
    objects = [maker.origin(), *maker.extension(FACT, _meanings())]
    objects += [_actor(row, maker) for row in material.table("actors")]
    objects += [_place(row, maker) for row in material.table("nodes")]
    sources = _references(material)
    facts = material.table("facts")
    for row in facts:
        objects.append(_fact(row, maker, sources))
        objects += _relationships(row, maker)
    objects += [_text(row, maker, facts) for row in material.table("documents")]
    objects += [_argument(row, maker) for row in material.table("arguments")]
    return objects


def _meanings() -> str:
    """Properties of a fact, from the schema of the table."""
    columns = load_schema("facts").columns
    said = "; ".join(f"{_RENAMED.get(column.name, column.name)}: {column.description}" for column in columns)
    return f"{said}; first_day, last_day: bounds of date; *_refs: objects of the actors named"


def _actor(row: Row, maker: Maker) -> dict[str, Any]:
    head = {"name": row["name"], "external_references": _wikidata(row)}
    if row["kind"] == "region":
        own = {**head, "region": row["actor_id"]}
        return maker.made("location", "actors", row["actor_id"], maker.start(row["from"]), own)
    own = {**head, "identity_class": _CLASSES.get(row["kind"], "organization"), "roles": [row["kind"]]}
    own |= {"description": row["note"], "sectors": list(row["sectors"])}
    return maker.made("identity", "actors", row["actor_id"], maker.start(row["from"]), own)


def _wikidata(row: Row) -> list[dict[str, str]]:
    own = [{"source_name": "heartland", "external_id": row["actor_id"]}]
    return [*own, {"source_name": "wikidata", "external_id": row["qid"]}] if row["qid"] else own


def _place(row: Row, maker: Maker) -> dict[str, Any]:
    content = {
        "name": row["name"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "precision": row["accuracy_km"] * 1000,  # metres
        "external_references": [{"source_name": "heartland", "external_id": row["node_id"]}],
    }
    return maker.made("location", "nodes", row["node_id"], maker.epoch, content)


def _references(material: Material) -> dict[str, dict[str, str]]:
    """Sources as external references; only a printed title is given as it is."""
    publishers = publishers_of(material.table("actors"))
    found = {}
    for row in material.table("sources"):
        title = row["title"] if row["title_kind"] == "printed" else f"[{row['title_kind']}] {row['title']}"
        reference = {
            "source_name": publishers.get(row["publisher"], row["publisher"]) or row["source_id"],
            "description": ", ".join(part for part in (title, row["published"]) if part),
            "url": row["url"],
            "external_id": row["source_id"],
        }
        found[row["source_id"]] = {name: text for name, text in reference.items() if text}
    return found


def _fact(row: Row, maker: Maker, sources: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    cells = {
        _RENAMED.get(name, name): list(value) if isinstance(value, tuple) else value
        for name, value in filled(row).items()
    }
    cited = [sources[item] for item in (row["article_id"], *row["cited_source_ids"]) if item in sources]
    first, last = bounds(row["date"])
    content = {
        **cells,
        "first_day": first,
        "last_day": last,
        "giver_refs": [maker.actor(actor) for actor in row["givers"]],
        "receiver_refs": [maker.actor(actor) for actor in row["receivers"]],
        "speaker_refs": [maker.actor(actor) for actor in row["speakers"]],
        "external_references": cited,
        "confidence": CONFIDENCE.get(row["credibility"]),
        "revoked": True if row["rank"] == "deprecated" else None,
        "extensions": maker.uses(FACT),
    }
    return maker.made(FACT, "facts", row["fact_id"], maker.coded(row), content)


def _relationships(row: Row, maker: Maker) -> list[dict[str, Any]]:
    """Giver to receiver, for facts that are said to be so; those of a deprecated fact are revoked."""
    if row["modality"] not in HOLDS:
        return []
    found = []
    for giver, receiver in dict.fromkeys((g, r) for g in row["givers"] for r in row["receivers"]):
        content = {
            "relationship_type": row["action"].lower(),
            "source_ref": maker.actor(giver),
            "target_ref": maker.actor(receiver),
            "description": row["paraphrase"],
            "confidence": CONFIDENCE.get(row["credibility"]),
            "revoked": True if row["rank"] == "deprecated" else None,
            "external_references": [{"source_name": "heartland", "external_id": row["fact_id"]}],
            **_times(row, maker),
        }
        key = f"{row['fact_id']} {giver} {receiver}"
        found.append(maker.made("relationship", "facts", key, maker.coded(row), content))
    return found


def _times(row: Row, maker: Maker) -> dict[str, str]:
    """Bounds of the date; the standard wants the end after the start, so a single day has a start only."""
    first, last = bounds(row["date"])
    times = {
        "start_time": maker.time(first) if first else "",
        "stop_time": maker.time(last) if last > first else "",
    }
    return {name: text for name, text in times.items() if text}


def _text(row: Row, maker: Maker, facts: Sequence[Row]) -> dict[str, Any]:
    """A text as a report; as a note where its date is unknown, for a report must have one."""
    own = [
        maker.id(FACT, "facts", fact["fact_id"]) for fact in facts if fact["article_id"] == row["article_id"]
    ]
    content: dict[str, Any] = {
        "object_refs": own or [maker.origin_id],
        "external_references": [
            {"source_name": row["outlet"] or "heartland", "external_id": row["article_id"]}
        ],
    }
    written = bounds(row["written"])[0]
    if written:
        content |= {"name": row["title"], "published": maker.time(written), "description": row["author"]}
        return maker.made("report", "documents", row["article_id"], maker.time(written), content)
    content |= {"abstract": row["title"], "content": f"{row['title']}. Date of writing unknown."}
    return maker.made("note", "documents", row["article_id"], maker.epoch, content)


def _argument(row: Row, maker: Maker) -> dict[str, Any]:
    actors = [maker.actor(a) for a in dict.fromkeys((*row["cause_actors"], *row["effect_actors"]))]
    said = f"{row['cause']} -> {row['effect']}, sign {row['sign']}"
    said += f", if {row['condition']}" if row["condition"] else ""
    content = {
        "abstract": row["paraphrase"],
        "content": f"{said} ({row['kind']}, {row['modality']}). {row['paraphrase']}",
        "object_refs": actors or [maker.origin_id],
        "labels": [row["domain"], row["kind"], row["modality"]],
        "external_references": [{"source_name": "heartland", "external_id": row["argument_id"]}],
    }
    return maker.made("note", "arguments", row["argument_id"], maker.read_on(row["article_id"]), content)
