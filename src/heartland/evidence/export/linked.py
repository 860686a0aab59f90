"""What a record is in the vocabularies that other programs know: PROV-O, Web Annotation, schema.org."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from heartland.evidence.export.material import Row

__all__ = ["line_selectors", "linked"]

Iri = Callable[[tuple[str, ...], str], str]
_ACTORS: Mapping[str, tuple[str, ...]] = {
    "state": ("prov:Agent", "schema:Country"),
    "organisation": ("prov:Organization", "schema:Organization"),
    "firm": ("prov:Organization", "schema:Corporation"),
    "media": ("prov:Organization", "schema:NewsMediaOrganization"),
    "person": ("prov:Person", "schema:Person"),
    "public": ("prov:Agent", "schema:Audience"),
    "region": ("prov:Agent", "schema:Place"),
}
_WORKS: Mapping[str, str] = {
    "dataset": "schema:Dataset",
    "academic": "schema:ScholarlyArticle",
    "think-tank": "schema:Report",
    "ngo": "schema:Report",
    "official": "schema:Report",
    "blog": "schema:BlogPosting",
    "social-media": "schema:SocialMediaPosting",
    "state-media": "schema:NewsArticle",
    "public-funded-media": "schema:NewsArticle",
    "news-agency": "schema:NewsArticle",
    "private-media": "schema:NewsArticle",
    "exile-media": "schema:NewsArticle",
    "trade-press": "schema:Article",
}
_LINES = "http://tools.ietf.org/rfc/rfc5147"
_IRI = ":/?#[]@!$&'()*+,;=%-._~"  # what RFC 3987 allows; the rest is percent-encoded


def linked(table: str, node: dict[str, Any], row: Row, iri: Iri) -> dict[str, Any]:
    """The node with the known terms of its table added; tables without any keep what they have."""
    add = {
        "actors": _actor,
        "sources": _source,
        "documents": _document,
        "facts": _statement,
        "arguments": _statement,
        "observations": _observation,
        "nodes": _place,
    }.get(table)
    if add is None:
        return node
    types, terms = add(row, iri, node["@id"])
    known = {name: value for name, value in terms.items() if value not in ("", [], None)}
    return {**node, "@type": [*node["@type"], *types], **known}


def line_selectors(lines: str, own: str) -> list[dict[str, Any]]:
    """Selectors of line ranges such as `17;110-112` of the record `own`.

    Lines count from 1 here; there a position stands between two lines, so line 17 runs from 16 to 17.
    """
    found = []
    for part in lines.split(";"):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and (last or first).isdigit():
            value = f"line={int(first) - 1},{int(last or first)}"
            found.append(
                {
                    "@id": f"{own}:lines-{part.strip()}",
                    "@type": "oa:FragmentSelector",
                    "dcterms:conformsTo": {"@id": _LINES},
                    "rdf:value": value,
                }
            )
    return found


Terms = tuple[tuple[str, ...], dict[str, Any]]


def _day(text: str) -> Any:
    return {"@value": text, "@type": "edtf:EDTF"} if text else ""


def _actor(row: Row, iri: Iri, own: str) -> Terms:
    wikidata = {"@id": f"http://www.wikidata.org/entity/{quote(row['qid'])}"} if row["qid"] else ""
    terms = {"schema:identifier": row["actor_id"], "schema:name": row["name"], "schema:sameAs": wikidata}
    return _ACTORS.get(row["kind"], ("prov:Agent",)), terms


def _source(row: Row, iri: Iri, own: str) -> Terms:
    author = row["author"]
    terms = {
        "schema:identifier": row["source_id"],
        # only a printed title is a title
        "schema:name" if row["title_kind"] == "printed" else "schema:description": row["title"],
        "schema:author": "" if author.startswith("not stated") else author,
        "schema:publisher": row["publisher"],
        "schema:datePublished": _day(row["published"]),
        "schema:inLanguage": row["lang"],
        "schema:url": {"@id": quote(row["url"], safe=_IRI)} if row["url"] else "",
        "schema:license": row["licence"],
    }
    return ("prov:Entity", _WORKS.get(row["kind"], "schema:CreativeWork")), terms


def _document(row: Row, iri: Iri, own: str) -> Terms:
    author = row["author"]
    terms = {
        "schema:identifier": row["article_id"],
        "schema:name": row["title"],
        "schema:author": "" if author.startswith("not stated") else author,
        "schema:dateCreated": _day(row["written"]),
    }
    return ("prov:Entity", "schema:Article"), terms


def _statement(row: Row, iri: Iri, own: str) -> Terms:
    """A fact or an argument: an annotation of lines of a text, derived from it and from what it cites."""
    text = iri(("documents",), row["article_id"])
    selectors = line_selectors(row["lines"], own)
    target = {"@id": f"{own}:target", "@type": "oa:SpecificResource", "oa:hasSource": {"@id": text}}
    body = {"@id": f"{own}:body", "@type": "oa:TextualBody", "rdf:value": row["paraphrase"]}
    cited = [{"@id": iri(("sources",), source)} for source in row.get("cited_source_ids", ())]
    terms = {
        "oa:hasBody": body,
        "oa:hasTarget": {**target, "oa:hasSelector": selectors} if selectors else target,
        "prov:wasDerivedFrom": {"@id": text},
        "prov:hadPrimarySource": cited,
        "prov:wasAttributedTo": [{"@id": iri(("actors",), speaker)} for speaker in row["speakers"]],
        "dcterms:created": {"@value": row["coded_on"], "@type": "xsd:date"} if row.get("coded_on") else "",
        "owl:deprecated": True if row.get("rank") == "deprecated" else "",
    }
    return ("oa:Annotation", "prov:Entity"), terms


def _observation(row: Row, iri: Iri, own: str) -> Terms:
    derived = [{"@id": iri(("facts",), fact)} for fact in row["fact_ids"]]
    source = row["source_id"]
    terms = {
        "schema:measuredProperty": row["channel"] or row["indicator"],
        "schema:observationAbout": {"@id": iri(("actors",), row["giver"])},
        "schema:observationDate": _day(row["period"]),
        "schema:unitText": row["unit"],
        "prov:hadPrimarySource": {"@id": iri(("sources",), source)} if source else "",
        "prov:wasDerivedFrom": derived,
        "owl:deprecated": True if row["rank"] == "deprecated" else "",
    }
    return ("schema:Observation", "prov:Entity"), terms


def _place(row: Row, iri: Iri, own: str) -> Terms:
    point = {
        "@id": f"{own}:geo",
        "@type": "schema:GeoCoordinates",
        "schema:latitude": {"@value": repr(float(row["latitude"])), "@type": "xsd:double"},
        "schema:longitude": {"@value": repr(float(row["longitude"])), "@type": "xsd:double"},
    }
    return ("schema:Place",), {"schema:name": row["name"], "schema:geo": point}
