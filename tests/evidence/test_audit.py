"""Each audit on one broken folder, with its whole message, and on one clean folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.evidence.audit_fixtures import TOY, add, change, found, toy

from heartland.errors import HeartlandInputError
from heartland.evidence.audit import AUDITS, audit, audit_page, summary
from heartland.evidence.ledger import Ledger
from heartland.evidence.loading import read_tables

Edit = Callable[[Path], None]
START = date(2020, 12, 31)


def none(_: Path) -> None:
    """Leave the toy as it is."""


def fact(key: str, **cells: str) -> Edit:
    return lambda folder: add(folder, "facts", **{"fact_id": key, "paraphrase": "They met.", **cells})


def seen(key: str, **cells: str) -> Edit:
    return lambda folder: add(folder, "observations", **{"observation_id": key, **cells})


def both(*edits: Edit) -> Edit:
    def run(folder: Path) -> None:
        for edit in edits:
            edit(folder)

    return run


def changed(table: str, key: str, **cells: str) -> Edit:
    return lambda folder: change(folder, table, key, **cells)


def added(table: str, **cells: str) -> Edit:
    return lambda folder: add(folder, table, **cells)


TRADE = {"giver": "AAA", "receiver": "CCC", "channel": "trade"}
# 14 and 11 degrees of longitude east and west of the town "south" on latitude 38: 1,226 and 963 km
TOWN = {"kind": "city", "countries": "DDD", "latitude": "38"}
EAST = added("nodes", node_id="east", name="East", **TOWN, longitude="75")
WEST = added("nodes", node_id="west", name="West", **TOWN, longitude="50")


def leg(key: str, start: str, end: str, km: str, **cells: str) -> Edit:
    given = {"leg_id": key, "from_node": start, "to_node": end, "mode": "rail", "length_km": km}
    usual = {"length_source": "assumption", "direction": "both", "status": "open"}
    return added("legs", **{**given, **usual, **cells})


def route(legs: str, kind: str = "route") -> Edit:
    cells = {"corridor_id": "K1", "name": "Way", "kind": kind, "status": "open", "leg_ids": legs}
    return added("corridors", **cells, article_id="T1", lines="9")


def argue(key: str, sign: str, **cells: str) -> Edit:
    given = {"argument_id": key, "cause": "aid", "effect": "trust", "sign": sign}
    return added("arguments", **{**given, **cells})


VALLEY = added("actors", actor_id="valley", name="Valley states", kind="region", members="CCC;DDD")

# audit: broken edit, clean edit, messages of the broken one
CASES: dict[str, tuple[Edit, Edit, list[str]]] = {
    "A01": (
        fact("F-T1-001", givers="AAA"),
        fact("F-T1-009", givers="AAA"),
        [
            "E facts.csv:6:fact_id  id F-T1-001 already used in row 2. Whatever cites it would find two "
            "rows. "
            "Give this row an id that was never used."
        ],
    ),
    "A02": (
        fact("F-T1-009", givers="AAB"),
        fact("F-T1-009", givers="AAA"),
        [
            'E facts.csv:6:givers  "AAB" is not an actor. The fact would vanish from every measure of the '
            "giver. Did you mean AAA or BBB? Known ids: heartland evidence list actors."
        ],
    ),
    "A03": (
        changed("facts", "F-T1-001", date="2020-02-30"),
        changed("facts", "F-T1-001", date="2020-02-XX"),
        [
            'E facts.csv:2:date  "2020-02-30" is not a day. As-of queries need real bounds. Write '
            '2020-02-29, '
            "2020-02 or 2020-02-XX."
        ],
    ),
    "A04": (
        changed("facts", "F-T1-001", unit=""),
        none,
        [
            "E facts.csv:2:unit  value 5 has no unit. A number without a unit cannot be pooled. Write "
            "its unit "
            "from the unit list."
        ],
    ),
    "A05": (
        changed("observations", "O-001", low="120", high="130"),
        changed("observations", "O-001", low="90", high="130"),
        [
            "E observations.csv:2:low  low 120 is above value 100. Intervals and draws are built from these "
            "numbers. Swap the two."
        ],
    ),
    "A06": (
        changed("facts", "F-T1-001", lines="19-21"),
        changed("facts", "F-T1-001", lines="19-20"),
        [
            "E facts.csv:2:lines  line 21 lies outside T1 (1-20). The statement could not be found again. "
            "Write the line of the stored text."
        ],
    ),
    "A07": (
        changed("sources", "news", reliability="C"),
        changed("sources", "news", reliability="C", reliability_reason="edited paper"),
        [
            'E sources.csv:6:reliability  "C" without a reason. Grades set the width of every interval '
            'built on '
            "this source. Fill reliability_reason or write F."
        ],
    ),
    "A08": (
        changed("facts", "F-T1-002", credibility="1", cited_source_ids=""),
        changed("facts", "F-T1-002", credibility="1"),
        [
            "E facts.csv:3:credibility  graded 1 but only 1 independent group stands behind it. 1 means "
            "confirmed by others; reprints and the speaker's own outlets are no confirmation. Cite a second "
            "independent source or write a weaker grade."
        ],
    ),
    "A09": (
        changed("facts", "F-T1-004", rank_reason=""),
        none,
        [
            "E facts.csv:5:rank  rank deprecated needs a rank_reason. A reader must see why one value hides "
            "another. Fill rank_reason or write normal."
        ],
    ),
    "A10": (
        fact("F-T1-009", givers="AAA", date="2021-03"),
        fact("F-T1-009", givers="AAA", date="2021-03", modality="planned"),
        [
            "W facts.csv:6:date  2021-03 is after the text (2021-02); planned or forecast? A text cannot "
            "report "
            "what had not happened. Check the date, or write planned or forecast in modality."
        ],
    ),
    "A11": (
        changed("sources", "news", published="2021-08-30"),
        changed("sources", "news", published="2021-02-28"),
        [
            "W sources.csv:6:published  news is dated 2021-08-30, after T1; check the printed date. A text "
            "cannot cite what was not out; a wrong year moves every fact that rests on it. Correct "
            "published, "
            "keep the printed date in published_printed and write corrected."
        ],
    ),
    "A12": (
        changed("facts", "F-T1-001", date_basis="outside-knowledge"),
        changed("facts", "F-T1-002", date_basis="outside-knowledge"),
        [
            "W facts.csv:2:date_basis  date comes from outside the text; verify before calibrating "
            "(F-T1-001, "
            "arms). The date is the coder's knowledge, not the source's. Cite a source for the date, or "
            "empty "
            "channel."
        ],
    ),
    "A13": (
        changed("observations", "O-020", status="documented"),
        both(
            changed("nodes", "north", position_basis="assumption"),
            changed("nodes", "south", position_basis="assumption"),
        ),
        [
            "E observations.csv:11:source_id  no source: status must be assumption. A number nobody "
            "stated must "
            "not look like one somebody did. Name the source, or write assumption in status.",
            "W nodes.csv:2:position_basis  no source: status must be assumption (latitude of north, "
            "south). A "
            "number nobody stated must not look like one somebody did. Name the source in position_basis, or "
            "write assumption there.",
        ],
    ),
    "A14": (
        both(
            changed("observations", "O-005", source_id="customs-c"),
            changed("observations", "O-006", source_id="customs-c"),
            seen("O-099", giver="BBB", receiver="CCC", channel="trade", period="2019", value="3",
                 source_id="news"),
        ),
        both(
            *(
                seen(f"O-09{n}", giver=tie[:3], receiver=tie[3:6], channel=tie[6:], period="2019", value="3",
                     source_id="news", unit="usd")
                for n, tie in enumerate(("BBBCCCtrade", "AAADDDtrade", "BBBDDDtrade", "AAACCCarms",
                                         "AAACCCpresence", "BBBCCCpresence"))
            )
        ),
        [
            "W observations.csv:6:source_id  1 value of AAA>DDD trade rests on customs-c. One group's "
            "error is "
            "every value's error, and no pooling can show it. Add a second independent source; until "
            "then read "
            "the intervals as too narrow.",
            "W observations.csv:9:source_id  2 values of AAA>CCC arms all rest on arms-book. One group's "
            "error "
            "is every value's error, and no pooling can show it. Add a second independent source; until then "
            "read the intervals as too narrow.",
            "W observations.csv:12:source_id  2 values of presence (AAA>CCC, BBB>CCC) all rest on ann. One "
            "group's error is every value's error, and no pooling can show it. Add a second independent "
            "source; "
            "until then read the intervals as too narrow.",
        ],
    ),
    "A15": (
        both(
            changed("observations", "O-003", value="4400000"),
            changed("observations", "O-002", value="1100000"),
            seen("O-098", **TRADE, period="2019", value="300", source_id="news"),
        ),
        none,
        [
            "W observations.csv:4:value  AAA>CCC trade 2020: 4.4 million usd (mirror) against 1.1 "
            "million usd "
            "(customs-c), ratio 4.0; 1 more period. The pooled value lies between them and its interval "
            "spans "
            "both. Find out what each counts; give them different definitions, or prefer one with a reason."
        ],
    ),
    "A16": (
        both(
            changed("actors", "ccc-press", home="AAA"),
            changed("sources", "news", kind="state-media"),
        ),
        changed("actors", "ccc-press", home="AAA"),
        [
            "W facts.csv:2:cited_source_ids  ccc-press speaks about its own act; no other group confirms "
            "(F-T1-001). An owner's outlet tells the owner's side. Cite an independent source as well; until "
            "then read it as the owner's word."
        ],
    ),
    "A17": (
        both(
            added("actors", actor_id="eee-press", name="Press", kind="media"),
            added("sources", source_id="extra"),
            added("sources", source_id="other"),
        ),
        both(
            added("actors", actor_id="eee-press", name="Press", kind="media", note="kept: named in line 3"),
            added("sources", source_id="extra"),
            fact("F-T1-009", givers="AAA", cited_source_ids="extra"),
        ),
        [
            "W actors.csv:9:actor_id  eee-press is used nowhere (media). A record nothing rests on is either "
            "forgotten work or a leftover. Code what the texts say of it, or write kept: and why in its "
            "note.",
            "W sources.csv:7:source_id  extra, other are cited by no fact or number (blog). A record nothing "
            "rests on is either forgotten work or a leftover. Code what the texts say of it, or write "
            "kept: and "
            "why in its note.",
        ],
    ),
    "A18": (
        both(
            changed("facts", "F-T1-001", modality="rumoured"),
            fact("F-T1-009", givers="AAA", receivers="CCC", channel="presence", tie_orientation="same",
                 modality="denied"),
        ),
        fact("F-T1-009", givers="AAA", receivers="CCC", modality="denied"),
        [
            "W facts.csv:2:modality  rumoured fact feeds O-011 (AAA>CCC arms). What is rumoured or denied is "
            "kept, never counted. Empty channel or the observation's fact_ids, or correct the modality.",
            "W facts.csv:6:modality  denied fact feeds presence of AAA, CCC. What is rumoured or denied is "
            "kept, never counted. Empty channel or the observation's fact_ids, or correct the modality.",
        ],
    ),
    "A19": (
        fact("F-T1-009", givers="AAA;BBB", receivers="BBB;CCC"),
        both(
            fact("F-T1-009", givers="AAA;BBB", receivers="BBB;CCC", type="agreement"),
            fact("F-T1-010", givers="AAA", receivers="AAA"),
        ),
        [
            "W facts.csv:6:receivers  BBB is both giver and receiver. The fact would count as a tie of "
            "an actor "
            "with itself. Take it off one side, or use a mutual type (tie, agreement, border)."
        ],
    ),
    "A20": (
        both(
            changed("actors", "council", to="1991-12-26"),
            fact("F-T1-009", givers="council", receivers="DDD", date="2005"),
        ),
        both(changed("actors", "council", to="2005-06"), fact("F-T1-009", givers="council", date="2005")),
        [
            "W facts.csv:6:givers  council ended 1991-12-26; fact dated 2005. Nobody acts outside the "
            "time they "
            "exist. Name the successor or predecessor, or correct the date.",
            "W facts.csv:6:receivers  DDD began 2017-01-01; fact dated 2005. Nobody acts outside the "
            "time they "
            "exist. Name the successor or predecessor, or correct the date.",
        ],
    ),
    "A21": (
        both(
            fact("F-T1-009", givers="BBB;AAA", receivers="pact", action="membership", date="2009"),
            changed("memberships", "M-002", attested="2019-05"),
        ),
        both(
            fact("F-T1-009", givers="BBB;AAA", receivers="pact", action="membership", date="2010"),
            changed("memberships", "M-002", attested="2018-05;2019-05"),
            added("memberships", membership_id="M-009", organisation="pact", member="CCC", role="member",
                  **{"from": "2019"}, status="documented", rank="normal"),
        ),
        [
            "W facts.csv:6:date  BBB was not in any role of pact on 2009. Votes and members-of lists "
            "follow the "
            "spells, not this statement. Correct the spell in memberships.csv, or deprecate the "
            "statement with "
            "a reason.",
            "W memberships.csv:3:attested  CCC was not member of pact on 2019-05. Votes and members-of lists "
            "follow the spells, not this statement. Correct the spell in memberships.csv, or deprecate the "
            "statement with a reason.",
        ],
    ),
    "A22": (
        fact("F-T1-009", givers="BBB", receivers="DDD", action="praise",
             paraphrase="Borea lauds Doria warmly."),
        both(
            fact("F-T1-009", givers="BBB", receivers="DDD", action="praise", note="not F-T1-002: a speech",
                 paraphrase="Borea praises Doria."),
            fact("F-T1-010", givers="BBB", receivers="DDD", action="praise",
                 paraphrase="A toast to the road."),
            fact("F-T1-011", givers="BBB", receivers="DDD", action="praise", date="2018",
                 paraphrase="Borea praises Doria."),
        ),
        [
            "W facts.csv:6:fact_id  F-T1-002 and F-T1-009: same actors, action, overlapping date; merge "
            "or mark "
            'different. One statement counted twice weighs double. Deprecate one with a reason, or write '
            '"not '
            'F-T1-002: ..." in its note.'
        ],
    ),
    "A23": (
        changed("observations", "O-005", period="2014"),
        changed("observations", "O-005", period="2017"),
        [
            "W observations.csv:6:period  newest value of trade is 6 years old on 2020-12-31 for 1 series "
            "(AAA>DDD). Values older than 3 years count as unknown. Add newer values, or read the tie as "
            "unknown."
        ],
    ),
    "A24": (
        both(argue("C-T1-002", "+"), argue("C-T1-003", "-"), argue("C-T1-004", "conditional")),
        both(
            argue("C-T1-002", "+"),
            argue("C-T1-003", "-"),
            added("contradictions", id="D-1", argument_a="C-T1-003", argument_b="C-T1-002", on="trust",
                  kind="opposite-sign"),
        ),
        [
            "W arguments.csv:4:sign  C-T1-002 says + and C-T1-003 says - for aid -> trust. A reader must see "
            "that the authors differ, and on what. Record the pair in contradictions.csv, or name the two "
            "causes apart."
        ],
    ),
    "A25": (
        both(argue("C-T1-002", "+", mechanisms="aide"), argue("C-T1-003", "+", mechanisms="trade")),
        both(
            changed("arguments", "C-T1-001", mechanisms="trade"),
            argue("C-T1-002", "+", gap="unobservable"),
            argue("C-T1-003", "0"),
        ),
        [
            "W arguments.csv:2:mechanisms  no mechanism carries arms-delivery -> dependence (C-T1-001), "
            "nor 1 "
            "more argument of defence. The model can neither confirm nor contradict what no mechanism "
            "carries. "
            "Name the mechanisms, or fill gap with the reason why none can carry it."
        ],
    ),
    "A26": (
        both(
            VALLEY,
            fact("F-T1-009", givers="AAA", receivers="valley"),
            changed("observations", "O-011", fact_ids="F-T1-009"),
            added("memberships", membership_id="M-009", organisation="pact", member="valley", role="member",
                  status="documented", rank="normal"),
        ),
        both(
            VALLEY,
            fact("F-T1-009", givers="AAA", receivers="valley;CCC"),
            changed("observations", "O-011", fact_ids="F-T1-009"),
        ),
        [
            "W observations.csv:10:fact_ids  F-T1-009 speaks of valley; not evidence for CCC. What holds of "
            "most need not hold of each. Cite a statement about the one, or deprecate the row with a reason.",
            "W memberships.csv:9:member  M-009 speaks of valley; not evidence for each of its members. What "
            "holds of most need not hold of each. Cite a statement about the one, or deprecate the row "
            "with a "
            "reason.",
        ],
    ),
    "A28": (
        both(EAST, WEST, leg("L002", "south", "east", "1000"), leg("L003", "west", "south", "1000"),
             route("L001;L003;L002")),
        both(EAST, leg("L002", "east", "south", "1300"), route("L001;L002")),
        [
            "W legs.csv:3:length_km  L002 1,000 km is below 1,226 km. No way is shorter than the great "
            "circle "
            "between its ends. Check the length, and the positions of the two nodes.",
            "W corridors.csv:2:leg_ids  K1: L003 does not connect to L002. Length, days and cost of the "
            "route "
            "would leave out the way between them. Add the missing leg, put the legs in order, or use "
            "kind set.",
        ],
    ),
    "A30": (
        changed("facts", "F-T1-002", paraphrase="=HYPERLINK(A1)"),
        changed("channels", "presence", note="-4..4"),
        [
            "W facts.csv:3:paraphrase  text starts with '='; a spreadsheet would run it. A table passed "
            "on must "
            "not compute in somebody's spreadsheet. Begin with a word; exports put an apostrophe before it."
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", CASES)
def test_broken_folder(tmp_path: Path, check: str) -> None:
    folder = toy(tmp_path)
    CASES[check][0](folder)
    assert found(folder, check, at=START, mechanisms=("trade", "growth")) == CASES[check][2]


@pytest.mark.parametrize("check", CASES)
def test_clean_folder(tmp_path: Path, check: str) -> None:
    folder = toy(tmp_path)
    CASES[check][1](folder)
    assert found(folder, check, at=START, mechanisms=("trade", "growth")) == []


def test_every_audit_has_a_case_here_or_in_a_file_of_its_own() -> None:
    assert [record.id for record in AUDITS] == [f"A{n:02d}" for n in range(1, 31)]
    assert {record.id for record in AUDITS} - set(CASES) == {"A27", "A29"}  # test_audit_files.py
    gives = {check: {line[0] for line in lines} for check, (_, _, lines) in CASES.items()}
    for record in AUDITS:
        assert record.severity in gives.get(record.id, {record.severity}), record.id


def test_knowledge_by_a_date_cuts_what_is_judged(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    fact("F-T1-009", givers="AAA;BBB", receivers="BBB;CCC")(folder)
    assert found(folder, "A19", known_by="2021-02-28")
    assert found(folder, "A19", known_by="2021-01-31") == []


def test_age_counts_to_the_date_of_knowledge_where_no_day_is_given(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    assert "on 2020-12-31 for" in found(folder, "A23")[0]  # the end of the newest period
    later = " ".join(found(folder, "A23", known_by="2023-12-31"))
    assert "newest value of trade is 5 to 7 years old on 2023-12-31 for 2 series (BBB>CCC, AAA>DDD)" in later


def test_the_speakers_own_outlet_confirms_nothing(tmp_path: Path) -> None:
    """Two groups behind a statement of C, one of them C's own press: one confirmation only."""
    folder = toy(tmp_path)
    change(folder, "facts", "F-T1-001", credibility="1", speakers="CCC", cited_source_ids="news")
    change(folder, "sources", "news", kind="state-media")
    assert len(found(folder, "A08")) == 1
    change(folder, "sources", "news", kind="private-media")
    assert found(folder, "A08") == []


def test_a_complete_register_is_never_stale(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    change(folder, "observations", "O-011", period="2016")
    change(folder, "observations", "O-010", period="2015")
    assert not any("arms" in line for line in found(folder, "A23", at=START))
    change(folder, "silence", "arms-book", silence="unknown")
    assert "newest value of arms is 4 years old on 2020-12-31" in " ".join(found(folder, "A23", at=START))


def test_a_ledger_and_its_tables_give_the_same() -> None:
    tables, _ = read_tables(TOY)
    assert audit(Ledger(tables), at=START) == audit(tables, at=START)


def test_unknown_audit_is_refused() -> None:
    tables, _ = read_tables(TOY)
    with pytest.raises(HeartlandInputError) as error:
        audit(tables, only=("B15",))
    assert str(error.value) == (
        '"B15" is not an audit. Nothing would be checked. Did you mean A15 or A05 or A10? '
        "Audits: A01 to A30, plover, issue."
    )


def test_summary_counts_by_check_and_severity(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    CASES["A13"][0](folder)
    tables, _ = read_tables(folder)
    assert summary(audit(tables, folder, only=("A13", "A29"))) == {"A13": {"E": 1, "W": 1}, "A29": {"I": 1}}


def test_the_page_names_every_audit_with_its_message() -> None:
    page = audit_page()
    for record in AUDITS:
        assert f"| {record.id} |" in page
        assert f"`{record.example}`" in page
