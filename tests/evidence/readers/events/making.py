"""Small files in the official layouts, made by us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heartland.core.schema import load_schema, validate
from heartland.core.tables import read_csv
from heartland.evidence.readers.base import Imported, Settings
from heartland.evidence.readers.events import acled, gdelt, icews, polecat, ucdp_ged
from heartland.evidence.readers.events.feed import Feed, read_feed

FEEDS: dict[str, Feed] = {
    feed.name: feed for feed in (ucdp_ged.FEED, acled.FEED, icews.FEED, polecat.FEED, gdelt.FEED)
}

GED_HEADER = [
    "id",
    "relid",
    "year",
    "active_year",
    "code_status",
    "type_of_violence",
    "conflict_dset_id",
    "conflict_new_id",
    "conflict_name",
    "dyad_dset_id",
    "dyad_new_id",
    "dyad_name",
    "side_a_dset_id",
    "side_a_new_id",
    "side_a",
    "side_b_dset_id",
    "side_b_new_id",
    "side_b",
    "number_of_sources",
    "source_article",
    "source_office",
    "source_date",
    "source_headline",
    "source_original",
    "where_prec",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "latitude",
    "longitude",
    "geom_wkt",
    "priogrid_gid",
    "country",
    "country_id",
    "region",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
]
ACLED_HEADER = [
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
]
ICEWS_HEADER = [
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number",
    "Publisher",
    "City", "District", "Province", "Country", "Latitude", "Longitude",
]  # fmt: skip
POLECAT_HEADER = [
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename",
    "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename",
    "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language",
    "Version",
]  # fmt: skip

GDELT_ROW = {
    "GLOBALEVENTID": "401", "SQLDATE": "20150218", "Actor1Code": "KAZGOV", "Actor1Name": "KAZAKHSTAN",
    "Actor1CountryCode": "KAZ", "Actor1Type1Code": "GOV", "Actor2Code": "ROM", "Actor2Name": "ROMANIA",
    "Actor2CountryCode": "ROM", "IsRootEvent": "1", "EventCode": "042", "EventBaseCode": "042",
    "EventRootCode": "04", "QuadClass": "1", "GoldsteinScale": "1.9", "NumMentions": "10", "NumSources": "2",
    "NumArticles": "10", "AvgTone": "1.5", "ActionGeo_Type": "4",
    "ActionGeo_Fullname": "Bucharest, Bucuresti, Romania", "ActionGeo_CountryCode": "RO",
    "ActionGeo_Lat": "44.4333", "ActionGeo_Long": "26.1", "DATEADDED": "20150219103000",
    "SOURCEURL": "https://news.example.org/a",
}  # fmt: skip
ICEWS_ROW = {
    "Event ID": "31001", "Event Date": "2018-06-01", "Source Name": "Ministry (Uzbekistan)",
    "Source Sectors": "Executive,Government", "Source Country": "Uzbekistan", "Event Text": "Make a visit",
    "CAMEO Code": "042", "Intensity": "1.9", "Target Name": "Tajikistan", "Target Sectors": "",
    "Target Country": "Tajikistan", "Story ID": "7001", "Sentence Number": "2", "Publisher": "Agency X",
    "City": "Dushanbe", "District": "", "Province": "Dushanbe", "Country": "Tajikistan",
    "Latitude": "38.5358",
    "Longitude": "68.7791",
}  # fmt: skip
POLECAT_ROW = {
    "Event ID": "P-1", "Event Date": "2023-01-05", "Event Type": "SANCTION", "Event Mode": "expel",
    "Intensity": "-5.5", "Quad Code": "MATERIAL CONFLICT", "Contexts": "diplomatic; military",
    "Actor Name": "Government of Tajikistan", "Actor Country": "TJK", "Primary Actor Sector": "GOV",
    "Recipient Name": "Embassy", "Recipient Country": "AFG", "Primary Recipient Sector": "DIP",
    "Placename": "Dushanbe", "City": "Dushanbe", "Country": "TJK", "Latitude": "38.5358",
    "Longitude": "68.7791",
    "Source": "Agency Y", "Publication Date": "2023-01-07",
}  # fmt: skip
GED_ROW = {
    "id": "412700", "type_of_violence": "1", "side_a": "Government of Kyrgyzstan",
    "side_b": "Government of Tajikistan", "number_of_sources": "3",
    "source_article": 'Agency "Z", 2022-09-16',
    "where_prec": "3", "where_coordinates": "Batken district", "latitude": "40.06", "longitude": "70.82",
    "country": "Kyrgyzstan", "country_id": "703", "event_clarity": "1", "date_prec": "2",
    "date_start": "2022-09-14 00:00:00.000", "date_end": "2022-09-17 00:00:00.000", "best": "30",
    "high": "45",
    "low": "20", "gwnoa": "703", "gwnob": "702",
}  # fmt: skip
ACLED_ROW = {
    "event_id_cnty": "KAZ1842", "event_date": "05 January 2022", "year": "2022", "time_precision": "1",
    "disorder_type": "Demonstrations", "event_type": "Riots", "sub_event_type": "Violent demonstration",
    "actor1": "Rioters (Kazakhstan)", "inter1": "Rioters", "actor2": "Police Forces of Kazakhstan (2019-)",
    "inter2": "State Forces", "iso": "398", "country": "Kazakhstan", "location": "Almaty",
    "latitude": "43.2567",
    "longitude": "76.9286", "geo_precision": "1", "source": "Agency Q; Paper R",
    "notes": 'They shouted "out",\nand marched.', "fatalities": "12", "timestamp": "1642460000",
}  # fmt: skip

LAYOUTS: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
    "gdelt": (gdelt.COLUMNS_2, GDELT_ROW), "icews": (ICEWS_HEADER, ICEWS_ROW),
    "polecat": (POLECAT_HEADER, POLECAT_ROW), "ucdp-ged": (GED_HEADER, GED_ROW),
    "acled": (ACLED_HEADER, ACLED_ROW),
}  # fmt: skip


def cells(kind: str, **changes: str) -> list[str]:
    """Cells of the sample row of a layout, some changed (names with `_` for a space where needed)."""
    columns, row = LAYOUTS[kind]
    known = {name.replace(" ", "_"): name for name in columns}
    full = {**row, **{known[name]: value for name, value in changes.items()}}
    return [full.get(name, "") for name in columns]


def text_of(kind: str, rows: Sequence[Sequence[str]], header: bool = True) -> str:
    """A whole file of a layout as text."""
    head = [] if kind == "gdelt" or not header else [list(LAYOUTS[kind][0])]
    if kind in ("ucdp-ged", "acled"):

        def quoted(cell: str) -> str:
            return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell

        return "".join(",".join(map(quoted, row)) + "\n" for row in [*head, *rows])
    return "".join("\t".join(row) + "\n" for row in [*head, *rows])


def read(kind: str, path: Path, content: str | bytes, size: int = 64_000, **settings: Any) -> Imported:
    """Write a file and read it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_feed(FEEDS[kind], path, Settings(**settings), size)


def records(imported: Imported) -> list[dict[str, Any]]:
    """Rows of the frame, with what is unknown left out."""
    assert imported.frame is not None
    rows = imported.frame.to_dict("records")
    return [{str(k): v for k, v in row.items() if v == v and v != ""} for row in rows]


def checked(path: Path, table: str = "incidents") -> None:
    """The file follows its schema to the last cell."""
    _, findings = validate(read_csv(path), load_schema(table))
    assert [str(finding) for finding in findings] == []
