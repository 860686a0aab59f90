"""Readings about routes that the shared tables leave to us: dated stages, standing of legs, wills, hubs.

A row with a source rests on it; a row without one says `assumption` and its reason in the note.
"""

from __future__ import annotations

__all__ = [
    "CORRIDOR_MORE", "CORRIDOR_STAGES", "CORRIDOR_WILLS", "HUBS", "LEG_STATUS", "VIA", "WITHOUT_LEGS",
]

# Places where the goods of a state start and end (assumption: its largest centres on the graph).
HUBS = {
    "xian": "CHN", "moscow": "RUS", "duisburg": "eu;DEU", "istanbul": "TUR", "tehran": "IRN",
    "mumbai": "IND", "delhi": "IND", "almaty": "KAZ", "astana": "KAZ", "bishkek": "KGZ",
    "dushanbe": "TJK", "ashgabat": "TKM", "tashkent": "UZB", "islamabad": "PAK", "karachi": "PAK",
    "kabul": "AFG", "alat": "AZE", "tbilisi": "GEO", "constanta": "ROU", "brest": "BLR;POL", "suez": "EGY",
}

# Turning points of sea legs that a straight line would lay over land, to be drawn and nothing else: rounded
# latitudes and longitudes of straits and capes (assumption: general geography); lengths do not rest on them.
VIA = {
    "L021": "40.2 50.7",
    "L060": "39 50.5;40.3 51.2;43.5 49.5;45.6 48.3",
    "L062": "24.4 59.6;26.5 56.6",
    "L064": "8 76.5;5.5 80.5;6 95;2.5 101.3;1.2 104.2;12 112;24 119.5;31 123",
    "L065": "13 51;12.5 43.4;20 38.5;27.5 34.2",
    "L066": "31.5 32.3;34 25;36.5 13;37.5 10.5;36 -5.5;37 -9.5;43.5 -10;49 -5.5;51 1.5;54 5;57.5 8;57.8 10.7;"
            "55.3 11;54.6 12;55.2 15;57 19;59.3 22;59.9 28",
}

# Why a corridor has no path of its own through the graph.
WITHOUT_LEGS = {
    "K01": "an umbrella over many routes, shown as the two of them that the texts lay out (K02, K03)",
    "K09": "a hub and not a route: the legs that reach it are shown; goods took them before and after",
    "K18": "a set of lines that share an owner, not one path: pipelines and railways side by side",
    "K19": "history: the texts name its regions and no stations, so nothing can be laid without inventing",
    "K22": "a set of flights from one airport, not one path",
    "K23": "a service, not a path: parcels travel with other freight, and the texts name no way",
    "K24": "an agreement on rules, not a path: it would change border time, and no leg is named",
}

# Facts that bear on a corridor, where the fact names it.
CORRIDOR_MORE = {
    "K02": "F-A1-013", "K03": "F-A1-013", "K04": "F-A3-006;F-A3-027;F-B2-038;F-B2-039;F-B2-040",
    "K05": "F-B1-106;F-B1-107;F-B1-108;F-B1-109;F-B1-111", "K06": "F-B1-099;F-B1-110;F-B1-161",
    "K07": "F-B1-041;F-B1-097;F-B1-098;F-B1-167", "K09": "F-B1-030;F-B1-031;F-B1-033;F-B1-035",
    "K10": "F-A4-024;F-A4-032", "K11": "F-A4-023", "K12": "F-A4-025", "K13": "F-A4-022",
    "K14": "F-A4-021", "K15": "F-B2-070", "K16": "F-B1-124;F-B1-164;F-B2-069",
    "K17": "F-B1-125;F-B1-166", "K20": "F-A4-032", "K21": "F-B1-008;F-B1-041", "K23": "F-B1-132",
    "K24": "F-B2-064;F-B2-065",
}

_OPENED = "general knowledge: in use from"

# Standing of a leg over a span.
LEG_STATUS = [
    {"leg_id": "L033", "status": "closed", "from": "2020-01-25~", "to": "2020-06-06~", "source_id": "B1",
     "note": "F-B1-041 closes the frontiers with the neighbour, F-B1-098 presumes the crossing reopened"},
    {"leg_id": "L034", "status": "closed", "from": "2020-01-25~", "to": "2020-06-06~", "source_id": "B1",
     "note": "F-B1-041 closes the frontiers with the neighbour, F-B1-098 presumes the crossing reopened"},
    {"leg_id": "L106", "status": "suspended", "from": "2020-02-01~", "to": "", "source_id": "B1",
     "note": "F-B1-008 and F-B1-041 stop the flights; no end is told"},
    *({"leg_id": leg, "status": "closed", "from": "2020-01-25~", "to": "2020-06-06~", "source_id": "B1",
       "note": "F-B1-041 closes the frontiers of all five; reopening as F-B1-098 presumes for one of them"}
      for leg in ("L036", "L037", "L041", "L042")),
    {"leg_id": "L102", "status": "suspended", "from": "2020-01~", "to": "2020-03-25~", "source_id": "B1",
     "note": "F-B1-166: shipments were due to restart in March, implying an earlier halt"},
    {"leg_id": "L103", "status": "suspended", "from": "2020-01~", "to": "2020-03-25~", "source_id": "B1",
     "note": "F-B1-166: shipments were due to restart in March, implying an earlier halt"},
    *({"leg_id": leg, "status": "planned", "from": "", "to": before, "basis": "assumption",
       "note": f"{_OPENED} {opened}"}
      for legs, before, opened in (
          ("L094 L095 L096", "2009-12-13", "2009-12-14"), ("L102", "2009-10", "late 2009"),
          ("L103", "2006-06", "July 2006 (route-rferl-2006)"), ("L005 L007", "2012-12-21", "2012-12-22"),
          ("L074", "2011-12-20", "2011-12-21"), ("L057 L058", "2014-12-02", "2014-12-03"),
          ("L025", "2017-10-29", "2017-10-30"), ("L052 L053", "1996-05-12", "1996-05-13"))
      for leg in legs.split()),
]  # fmt: skip


def _stages(corridor: str, *spells: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """Spells (stage, from, source, note) in order; each ends the day the next begins."""
    rows = []
    for number, (stage, start, source, note) in enumerate(spells):
        end = spells[number + 1][1] if number + 1 < len(spells) else ""
        rows.append({"corridor_id": corridor, "stage": stage, "from": start, "to": end, "source_id": source,
                     "basis": "documented" if source else "assumption", "note": note})
    return rows


_KNOWN = "general knowledge, to be sourced"

CORRIDOR_STAGES = [
    *_stages("K01", ("agreed", "2013-09-07", "", _KNOWN), ("open", "2014", "", _KNOWN)),
    *_stages("K02", ("open", "2011", "", f"{_KNOWN}: regular block trains")),
    *_stages("K03", ("agreed", "2013-11", "", _KNOWN), ("open", "2015", "", f"{_KNOWN}: first test trains")),
    *_stages("K04", ("agreed", "2013-07", "", _KNOWN), ("building", "2015-04", "", _KNOWN),
             ("open", "2016-11", "", f"{_KNOWN}: first convoy to the port; parts still being built")),
    *_stages("K05", ("idea", "1996~", "", f"{_KNOWN}: talk since the nineties"),
             ("agreed", "2024-06-06", "", "resolution of question h27-cku-2024-agreed"),
             ("building", "2024-12-27", "", "resolution of question d-q38-cku-2025-building")),
    *_stages("K06", ("idea", "2017~", "", _KNOWN),
             ("open", "2020-06-06~", "B1", "F-B1-099: the first consignment sets off")),
    *_stages("K07", ("open", "1998~", "", _KNOWN)),
    *_stages("K08", ("open", "2004-05", "", _KNOWN)),
    *_stages("K09", ("agreed", "2019", "B1", "F-B1-031: concluded during the visit of 2019"),
             ("closed", "2020-02-18~", "B1", "F-B1-030: the hub was dropped")),
    *_stages("K10", ("idea", "1998~", "", _KNOWN), ("agreed", "2000-09-12", "", _KNOWN),
             ("open", "2014-08~", "", f"{_KNOWN}: dry runs; one rail link is still missing")),
    *_stages("K11", ("idea", "2003-01", "", _KNOWN),
             ("agreed", "2016-05-23", "A4", "F-A4-023; the day from general knowledge"),
             ("open", "2018-12-24", "", f"{_KNOWN}: the sponsor takes over the terminal")),
    *_stages("K12", ("agreed", "2011-04-25", "", _KNOWN), ("open", "2016-04-23", "", _KNOWN)),
    *_stages("K13", ("open", "1992~", "A4", "F-A4-022: trade crosses the neighbour")),
    *_stages("K14", ("closed", "1990~", "A4", "F-A4-021: overland passage is barred")),
    *_stages("K15", ("idea", "1995~", "", _KNOWN), ("agreed", "2010-12-11", "", _KNOWN),
             ("building", "2015-12-13", "", f"{_KNOWN}; resolution of question d-q53-tapi-2025: works "
              "towards the first city across the border only")),
    *_stages("K16", ("idea", "2003", "", _KNOWN), ("agreed", "2006-04-03", "", _KNOWN),
             ("building", "2007-08-30", "", _KNOWN),
             ("open", "2009-12-14", "", "resolution of question c-line-a-2009")),
    *_stages("K17", ("idea", "1997", "", _KNOWN), ("agreed", "2003-06", "", _KNOWN),
             ("building", "2004-09-28", "", _KNOWN),
             ("open", "2006-07", "route-rferl-2006", "crude reaches the buyer")),
    *_stages("K18", ("open", "1974~", "", _KNOWN)),
    *_stages("K19", ("closed", "1500~", "", "historical: other routes took its place")),
    *_stages("K20", ("open", "1869-11", "", _KNOWN)),
    *_stages("K21", ("open", "2000~", "", _KNOWN), ("closed", "2020-02-01", "B1", "F-B1-008, F-B1-041")),
    *_stages("K22", ("open", "2020-03", "B1", "consignments of spring 2020")),
    *_stages("K23", ("open", "2015~", "B1", "F-B1-132; the year is assumed")),
    *_stages("K24", ("agreed", "2015-05-08", "", f"F-B2-064 without its day; {_KNOWN}")),
]

# How much a state wants a corridor, 0 to 1; .5 where nothing is known. corridor, actor, will, from, source.
CORRIDOR_WILLS = [
    dict(zip(("corridor_id", "actor", "will", "from", "source_id", "basis", "note"), row, strict=True))
    for row in (
        ("K05", "CHN", "0.7", "", "B1", "documented", "F-B1-111: a demonstration run to hasten agreement"),
        ("K05", "UZB", "0.9", "", "B1", "documented", "F-B1-106: proposes to speed the railway up"),
        ("K05", "KGZ", "0.2", "", "B1", "documented", "F-B1-107: its stretch is what stalls the line"),
        ("K05", "KGZ", "0.7", "2022-09", "", "assumption",
         "general knowledge: the new president backs the line and signs on its course in September 2022"),
        ("K10", "IND", "0.8", "", "A4", "documented", "F-A4-024: took part in creating it"),
        ("K11", "IND", "0.8", "", "A4", "documented", "F-A4-023: signed up to refurbish the port"),
        ("K14", "IND", "0.8", "", "A4", "documented", "F-A4-021: is barred and would pass"),
        ("K14", "PAK", "0.05", "", "A4", "documented", "F-A4-021: bars the passage"),
        ("K15", "TKM", "0.9", "", "B2", "documented", "F-B2-070: eager, for want of outlets"),
        ("K15", "IND", "0.5", "", "", "assumption", "nothing is said of the buyer at the far end"),
        ("K15", "PAK", "0.7", "", "", "assumption", "short of gas, and wary of the buyer behind it"),
        ("K15", "AFG", "0.6", "", "", "assumption", "gains transit fees under any government"),
    )
]
