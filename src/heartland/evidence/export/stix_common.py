"""What all STIX objects of an export share: stable ids, times of the records, our own object type."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from heartland.evidence.export.material import Material, Row, bounds, unknown

__all__ = ["NAMESPACE", "Maker"]

# Fixed for ever: every id follows from it. Not the one that STIX reserves for observables (STIX 2.1, 2.9).
NAMESPACE = uuid.UUID("6f1c5a0e-6c57-5d9b-9d0e-3a7a2f6b9c41")
_EPOCH = "1970-01-01"  # where a record has no date of its own; an assumption, for the standard demands one


class Maker:
    """Makes the objects of one export."""

    def __init__(self, material: Material) -> None:
        self._region = material.about.id
        self._regions = {row["actor_id"] for row in material.table("actors") if row["kind"] == "region"}
        self._written = {row["article_id"]: bounds(row["written"])[1] for row in material.table("documents")}
        self._changed: dict[tuple[str, str], str] = {}
        for row in material.table("changes"):
            key = (row["table"], row["record_id"])
            self._changed[key] = max(self._changed.get(key, ""), str(row["at"])[:10])
        coded = [row["coded_on"] for row in material.table("facts") if row["coded_on"]]
        self._made = max(coded, default=_EPOCH)
        self._summary = material.summary
        self.epoch = self.time(_EPOCH)
        self.origin_id = self.id("identity", "region", self._region)

    def id(self, kind: str, table: str, record: str) -> str:
        """Id of a record's object of one STIX type: the same in every export of the region."""
        return f"{kind}--{uuid.uuid5(NAMESPACE, f'{self._region}/{table}/{kind}/{record}')}"

    def actor(self, actor: str) -> str:
        """Id of the object of an actor."""
        return self.id("location" if actor in self._regions else "identity", "actors", actor)

    @staticmethod
    def time(day: str) -> str:
        """Midnight UTC of an ISO day as STIX writes it."""
        return f"{day}T00:00:00.000Z"

    def start(self, text: str) -> str:
        """Time of the first day of a date text; the epoch where there is none."""
        return self.time(bounds(text)[0] or _EPOCH)

    def coded(self, row: Row) -> str:
        """When a record was read into the ledger, else when its text was written at the latest."""
        return self.time(row["coded_on"]) if row.get("coded_on") else self.read_on(row["article_id"])

    def read_on(self, article: str) -> str:
        """Latest day a text can have been written; the epoch where it is unknown."""
        return self.time(self._written.get(article) or _EPOCH)

    def origin(self) -> dict[str, Any]:
        """The region as the identity that made all other objects."""
        own = {"name": f"heartland: {self._region}", "identity_class": "system", "description": self._summary}
        day = self.time(self._made)
        head = {
            "type": "identity",
            "spec_version": "2.1",
            "id": self.origin_id,
            "created": day,
            "modified": day,
        }
        return {**head, **own}

    def extension(self, kind: str, properties: str) -> list[dict[str, Any]]:
        """Definition of an object type of our own and the identity behind it, the same for every region.

        properties : what the properties mean, in words
        """
        head = {"spec_version": "2.1", "created": self.epoch, "modified": self.epoch}
        maker = {"type": "identity", "id": f"identity--{uuid.uuid5(NAMESPACE, 'heartland')}", **head}
        definition = {
            "type": "extension-definition",
            "id": self._extension_id(kind),
            **head,
            "created_by_ref": maker["id"],
            "name": kind,
            "description": "One sourced statement of the ledger.",
            "schema": properties,
            "version": "1.0.0",
            "extension_types": ["new-sdo"],
        }
        return [{**maker, "name": "heartland", "identity_class": "system"}, definition]

    @staticmethod
    def _extension_id(kind: str) -> str:
        return f"extension-definition--{uuid.uuid5(NAMESPACE, kind)}"

    def uses(self, kind: str) -> dict[str, Any]:
        """The property that ties an object to its extension."""
        return {self._extension_id(kind): {"extension_type": "new-sdo"}}

    def made(
        self, kind: str, table: str, record: str, created: str, content: Mapping[str, Any]
    ) -> dict[str, Any]:
        """One object; properties that say nothing are left out, for the standard forbids empty ones."""
        changed = self._changed.get((table, record), "")
        head = {
            "type": kind,
            "spec_version": "2.1",
            "id": self.id(kind, table, record),
            "created_by_ref": self.origin_id,
            "created": created,
            "modified": max(created, self.time(changed)) if changed else created,
        }
        return head | {name: value for name, value in content.items() if not unknown(value) and value != []}
