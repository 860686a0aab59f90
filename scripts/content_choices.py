"""What the shared tables leave to us: readings that turn rules into data, and links between tables.

Everything here is a reading of rows of the shared content; `build_content.py` joins it with them.
"""

from __future__ import annotations

__all__ = [
    "ADDED_ROWS",
    "CONTRADICTIONS", "CORRECTIONS", "EXPRESSIONS", "FACTS_OF_ISSUES",
    "MODELS_OF_SYSTEMS", "PALETTE", "RESOLVED_ISSUES", "UNIT_IDS",
]

# (table, id) -> cells that a second reading put right, found by `heartland evidence audit`.
CORRECTIONS: dict[tuple[str, str], dict[str, str]] = {
    ("facts", "F-A2-016"): {
        "givers": "rus-blr-grouping;RUS",
        "note": "the host stood on both sides; it is where the grouping is deployed"},
    ("facts", "F-B1-113"): {
        "givers": "CHN", "note": "the region stood on both sides; it is where the labour is missing"},
    ("facts", "F-B1-165"): {
        "note": "not F-B1-126: the title in the footnote adds the record and the fall in Europe"},
    ("actors", "nsf"): {"note": "abbreviated only in the source; kept: named in the texts"},
    ("actors", "kgz-parliament"): {"note": "kept: named in the texts"},
    ("sources", "route-trend-2025"): {"note": "kept: read for the status of legs"},
    ("sources", "route-nsrd-2020"): {"note": "kept: read for the status of legs"},
    ("sources", "route-bne-2024"): {"note": "kept: read for the status of legs"},
    ("sources", "route-instc-2018"): {"note": "kept: read for the status of legs"},
}

# Units outside the closed list; what the percentage is of stands in the question itself.
UNIT_IDS = {"percent of GDP": "percent"}

# Expressions outside the grammar: `within=` takes a duration, a day is asked for with `at=`.
EXPRESSIONS = {
    "h23b-kaz-2022-withdrawal": "count(troops-present, giver=csto, receiver=KAZ, at=2022-02-15) = 0",
}

# Facts an issue bears on, where the issue's own words or the facts' wording leave no doubt.
FACTS_OF_ISSUES = {
    "I03": "F-B1-013", "I04": "F-B1-108;F-B1-162", "I06": "F-B1-039", "I07": "F-B1-046;F-B1-047",
    "I08": "F-B1-023;F-B1-024;F-B1-025", "I09": "F-B1-087;F-B1-158", "I10": "F-B1-119",
    "I11": "F-B1-124;F-B1-164", "I12": "F-B1-125;F-B1-166", "I13": "F-B1-099", "I14": "F-B1-057",
    "I15": "F-B1-082", "I18": "F-A3-007", "I19": "F-A4-020", "I20": "F-A4-021", "I21": "F-A4-032",
    "I22": "F-A4-026", "I23": "F-A4-023", "I24": "F-A3-009", "I25": "F-A3-010",
    "I28": "F-B2-010;F-B2-013;F-B2-017;F-B2-064", "I30": "F-A1-032;F-A1-033;F-A1-034;F-A1-035;F-B2-037",
    "I31": "F-A1-036;F-B2-062;F-B2-063;F-B2-065", "I32": "F-A1-045;F-B2-029", "I33": "F-A1-007;F-A2-003",
    "I34": "F-A1-053;F-A2-042;F-A2-043", "I36": "F-A3-033;F-B1-152", "I37": "F-A2-034;F-B2-055;F-B2-056",
    "I38": "F-A4-014;F-B1-148", "I39": "F-B1-154;F-B2-016", "I40": "F-B1-128;F-B2-053",
    "I41": "F-B1-146;F-B1-147", "I42": "F-A1-003", "I43": "F-A2-004;F-A2-009;F-A2-010;F-A2-011",
    "I44": "F-B2-006", "I45": "F-B2-040;F-B2-051",
}

# Issues whose suggested reading the tables already follow.
RESOLVED_ISSUES = frozenset({
    "I01", "I02", "I03", "I04", "I06", "I07", "I08", "I09", "I13", "I14", "I16", "I18", "I19", "I20",
    "I21", "I22", "I26", "I27", "I28", "I42", "I43", "I44", "I45",
})

# Arguments of the texts that pull against each other: argument_a, argument_b, on, kind, note.
CONTRADICTIONS = [
    ("C-A1-011", "C-B2-021", "role-specialisation-stability", "time",
     "security steps erode the split of roles; deference preserves it"),
    ("C-A1-012", "C-A1-014", "chinese-security-presence", "scope",
     "activation takes back the security gains; it is welcomed"),
    ("C-A1-024", "C-B2-053", "sino-russian-cooperation", "scope",
     "zones are recognised; they are tolerated until commerce is hurt"),
    ("C-A4-010", "C-B1-053", "chinese-economic-dominance", "level",
     "one rival can be a counterweight; nobody makes a broad offer"),
    ("C-B2-009", "C-B1-056", "regional-autonomy", "level", "states act for themselves; control is lopsided"),
    ("C-A1-031", "C-A2-024", "western-presence", "scope", "shut out of bases; returns with arms"),
    ("C-B2-030", "C-B2-033", "compliance-with-russia", "time",
     "smaller transfers, less obedience; in the long run no rupture"),
    ("C-A1-004", "C-A1-015", "sino-russian-tension", "opposite-sign",
     "an intervention breeds rivalry; its success speaks against a collision"),
    ("C-A4-019", "C-B2-034", "benefits-of-membership", "opposite-sign",
     "the union opens doors; it brings its members little"),
    ("C-B1-002", "C-B1-057", "china-tie-strength", "opposite-sign",
     "the pandemic strains relations; it tightens the links"),
    ("C-A2-001", "C-A2-004", "collective-security", "opposite-sign",
     "instability makes the pact busier; a quarrel of members weakens it"),
    ("C-B2-052", "C-B2-057", "sino-russian-tension", "level",
     "restraint pays for both; distrust keeps a low tension alive"),
]

PALETTE = [
    ("CHN", "#CE431B", "#D8703A", "solid"),
    ("RUS", "#132786", "#5A76C4", "8 3"),
    ("USA", "#268463", "#6FE6E4", "2 3"),
    ("eu", "#8866B6", "#A893F5", "8 3 2 3"),
    ("TUR", "#AF8929", "#EBD35C", "5 2"),
    ("IND", "#3D4D1F", "#A8D8A0", "1 2"),
    ("IRN", "#612646", "#D694B1", "12 4"),
    ("other", "#8A8A8A", "#7C7F86", "3 6"),
]

# rows of the model that carry each system
MODELS_OF_SYSTEMS = {
    "condominium": "M9 M10 M25 M1",
    "csto": "M11 M12 M26",
    "sco": "M12",
    "eeu": "M12 M1 M14",
    "bri-lending": "M4 M7",
    "labour-remittance": "M3 M5 M6",
    "energy": "M2 M16",
    "medical-aid": "M18 M17",
    "digital-silk-road": "M19",
    "corridors": "M16 M1",
    "backlash": "M7 M8",
    "regime-stability": "M6 M11",
    "us-engagement": "M22 M9 M14",
    "pakistan": "M23 M14",
    "india": "M1 M16 M22",
    "afghan-spillover": "M21 M20",
    "order-exclusion": "M9 M14",
    "information": "M8 M7",
    "pandemic": "M17 M1 M3",
    "arms-industry": "M15",
    "xinjiang-domestic": "M9 M1",
    "russian-leverage": "M14 M3",
    "hedging": "M13 M24",
    "kgz-tjk-border": "M20 M12",
}

# (table) -> rows beyond the shared tables, from general knowledge, marked so
_UNION = (
    "the customs union of the same three, read as the union's first stage; dates from general knowledge, "
    "verify against the treaty register"
)
ADDED_ROWS: dict[str, list[dict[str, str]]] = {
    "memberships": [
        {
            "membership_id": name, "organisation": "eeu", "member": member, "role": "member",
            "from": "2010-01-01", "to": "2014-12-31", "status": "assumption", "rank": "normal",
            "note": _UNION,
        }
        for name, member in (("M-099", "RUS"), ("M-100", "KAZ"), ("M-101", "BLR"))
    ],
}  # fmt: skip
