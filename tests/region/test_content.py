"""The shipped region: complete, valid, every reference resolved, every rule read."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from heartland.core import dates
from heartland.core.expressions import parse
from heartland.core.interventions import parse_intervention
from heartland.core.schema import check_references, load_schema, validate
from heartland.core.tables import read_csv, read_yaml

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "heartland"
REGION = PACKAGE / "regions" / "central-asia"
ROWS = {
    "facts": 447,
    "arguments": 231,
    "corridors": 24,
    "legs": 110,
    "nodes": 86,
    "document_questions": 61,
    "questions": 323,
    "question_classes": 20,
    "systems": 24,
    "issues": 45,
    "documents": 8,
    "actors": 248,
    "actor_names": 57,
    "memberships": 101,
    "leg_status": 22,
    "corridor_status": 46,
    "corridor_wills": 12,
    "palette": 8,
    "contradictions": 12,
}
KINDS = {"consensus", "majority", "two-thirds", "weighted", "lead", "unilateral", "never"}
MODIFIERS = {"veto", "quorum", "abstain", "mandate_from"}


@pytest.fixture(scope="module")
def checked():
    """Typed frames and findings of every table this test knows, plus those it may refer to."""
    frames, schemas, findings = {}, {}, []
    for path in sorted(REGION.glob("*.csv")):
        schemas[path.stem] = load_schema(path.stem.partition("-")[0])  # weights-equal is one of weights
        frames[path.stem], found = validate(read_csv(path, path.name), schemas[path.stem])
        findings += found
    return frames, [*findings, *check_references(frames, schemas)]


@pytest.fixture(scope="module")
def frames(checked):
    return checked[0]


@pytest.fixture(scope="module")
def organisations():
    return {p.stem: read_yaml(p, p.name).value for p in (REGION / "organisations").glob("*.yaml")}


@pytest.fixture(scope="module")
def policies():
    return {p.stem: read_yaml(p, p.name).value for p in (REGION / "policies").glob("*.yaml")}


def versions(organisations):
    return [
        (name, decision, entry)
        for name, organisation in organisations.items()
        for decision, entries in organisation["decisions"].items()
        for entry in entries
    ]


def test_no_finding_in_any_table(checked):
    assert [str(finding) for finding in checked[1]] == []


@pytest.mark.parametrize("table", ROWS)
def test_every_row_is_there(frames, table):
    assert len(frames[table]) == ROWS[table]


def test_the_sources_of_the_texts_come_first(frames):
    sources = frames["sources"]
    assert sources["source_id"].iloc[:8].tolist() == frames["documents"]["article_id"].tolist()
    assert (sources["cited_in"] != "").sum() == 69
    assert sources["source_id"].str.startswith("route-").sum() == 11


def test_values_keep_their_number_and_bounds(frames):
    facts = frames["facts"].set_index("fact_id")
    assert facts["value"].notna().sum() == 23
    troops = facts.loc["F-A1-008"]
    assert (troops["value"], troops["unit"], troops["value_qualifier"]) == (2500.0, "persons", "about")
    assert facts.loc["F-A1-008", "givers"] == ("RUS", "ARM", "TJK", "BLR", "KGZ")
    assert (facts["rank"] == "deprecated").sum() == 4
    assert (facts.loc[facts["rank"] == "deprecated", "rank_reason"] != "").all()


def test_a_better_grade_has_a_reason(frames):
    sources = frames["sources"]
    graded = sources[sources["reliability"] != "F"]
    assert len(graded) >= 13
    assert (graded["reliability_reason"] != "").all()


def test_units_are_in_the_closed_list(frames):
    known = {row[0] for row in read_csv(PACKAGE / "schema" / "units.csv", "units.csv").rows}
    used = {unit for table in ("facts", "questions") for unit in frames[table]["unit"]} - {""}
    assert used <= known


def test_plover_codes_are_in_the_vocabulary(frames):
    raw = read_csv(PACKAGE / "schema" / "plover.csv", "plover.csv")
    rows = [dict(zip(raw.columns, row, strict=True)) for row in raw.rows]
    codes = {r["type"] + (f":{r['mode']}" if r["mode"] else "") for r in rows if r["kind"] != "context"}
    assert set(frames["facts"]["plover"]) - {""} <= codes
    assert sum(r["kind"] == "context" for r in rows) == 37
    assert [r["type"] for r in rows if r["kind"] == "type" and r["recipient"] == "yes"] == [
        "COOPERATE",
        "AID",
        "SANCTION",
    ]
    score = {(r["type"], r["mode"]): r["score"] for r in rows}
    assert score["ACCUSE", ""] == "-3"
    assert score["PROTEST", "vandalize"] == ""
    assert score["ASSAULT", "crowd-control"] == "-7.5"
    assert sum(bool(r["defect"]) for r in rows) == 6


def test_every_rule_of_the_texts_is_read_once_as_a_decision_or_a_policy(organisations, policies):
    decided = [entry["rule_id"] for _, _, entry in versions(organisations)]
    chosen = {policy["rule_id"] for policy in policies.values()}
    assert len(decided) == len(set(decided))
    assert set(decided) & chosen == set()
    of_the_texts = {rule for rule in set(decided) | chosen if rule.startswith("R-")}
    assert len(of_the_texts - {"R-UNSC-01"}) == 34


def test_rules_of_the_systems_resolve(frames, organisations, policies):
    known = {entry["rule_id"] for _, _, entry in versions(organisations)}
    known |= {policy["rule_id"] for policy in policies.values()}
    assert {rule for rules in frames["systems"]["rules"] for rule in rules} <= known


def test_decisions_keep_to_the_closed_lists(frames, organisations):
    actors = set(frames["actors"]["actor_id"])
    for name, organisation in organisations.items():
        assert organisation["id"] == name
        assert name in actors
    for _, _, entry in versions(organisations):
        assert entry["kind"] in KINDS
        assert set(entry["modifiers"]) <= MODIFIERS
        assert ("mandate_from" in entry) == ("mandate_from" in entry["modifiers"])
        assert (entry["kind"] == "lead") == ("lead" in entry)
        assert entry["status"] in ("in-force", "proposed")
        assert entry["text"]
        places = [place.partition(":")[0] for place in entry["source"].split()]
        assert set(places) <= {*frames["documents"]["article_id"], "assumption"}


def test_missions_abroad_need_a_mandate_until_the_amendment(organisations):
    in_force, amended, narrowed = organisations["csto"]["decisions"]["mission-abroad"]
    assert (in_force["rule_id"], in_force["status"], in_force["mandate_from"]) == (
        "R-CSTO-02",
        "in-force",
        "unsc",
    )
    assert (amended["rule_id"], amended["status"]) == ("R-CSTO-03", "proposed")
    assert amended["modifiers"] == ["veto"]
    assert narrowed["status"] == "proposed"
    (response,) = organisations["csto"]["decisions"]["collective-response"]
    assert (response["kind"], response["lead"], response["voters"]) == ("lead", "RUS", "members-of:csto")
    assert response["source"] == "A2:112"


def test_policies_have_a_default_and_patches_that_parse(frames, policies):
    actors = set(frames["actors"]["actor_id"])
    for name, policy in policies.items():
        assert policy["id"] == name
        assert policy["actor"] in actors
        options = {option["id"]: option["do"] for option in policy["options"]}
        assert len(options) >= 2
        practice = options[policy["default"]]
        assert all(patch.startswith("set(") for patch in practice), "the default sets constants or nothing"
        for patches in options.values():
            for patch in patches:
                parse_intervention(patch)
        assert any(options.values()) or "note" in policy, "an option nothing answers to says so"


def test_a_rule_of_two_powers_is_a_policy_of_both(policies):
    tacit = {p["actor"] for p in policies.values() if p["rule_id"] == "R-COND-01"}
    assert tacit == {"CHN", "RUS"}


def members_on(frames, organisation, day):
    """Members whose spell surely contains the day, by dated rows that are not deprecated."""
    rows = frames["memberships"].query("organisation == @organisation and rank != 'deprecated'")
    rows = rows[(rows["role"] == "member") & (rows["from"] != "")]
    spells = zip(rows["member"], rows["from"], rows["to"], strict=True)
    return {
        member
        for member, first, last in spells
        if dates.must_contain(dates.parse(f"{first}/{last or '..'}"), date.fromisoformat(day))
    }


@pytest.mark.parametrize(
    ("organisation", "day", "expected"),
    [
        ("csto", "2021-12-31", {"RUS", "ARM", "BLR", "KAZ", "KGZ", "TJK"}),
        ("csto", "2010-06-30", {"RUS", "ARM", "BLR", "KAZ", "KGZ", "TJK", "UZB"}),
        ("eeu", "2021-12-31", {"RUS", "ARM", "BLR", "KAZ", "KGZ"}),
        ("sco", "2021-12-31", {"CHN", "RUS", "KAZ", "KGZ", "TJK", "UZB", "IND", "PAK"}),
        ("unsc", "2021-12-31", {"CHN", "RUS", "USA", "FRA", "GBR"}),
    ],
)
def test_membership_on_a_day(frames, organisation, day, expected):
    assert members_on(frames, organisation, day) == expected


def test_question_expressions_parse(frames):
    expressions = set(frames["questions"]["expression"]) - {"none", "not-represented"}
    assert len(expressions) > 150
    for text in expressions:
        parse(text)


def test_expressions_of_controls_point_at_questions_with_other_actor_or_date(frames):
    questions = frames["questions"].set_index("id")
    for row in questions.itertuples():
        for case in row.control_of:
            assert row.text != questions.loc[case, "text"]


def test_systems_and_arguments_name_each_other(frames):
    by_system = {
        (system, argument)
        for system, arguments in frames["systems"].set_index("system_id")["arguments"].items()
        for argument in arguments
    }
    by_argument = {
        (system, argument)
        for argument, systems in frames["arguments"].set_index("argument_id")["systems"].items()
        for system in systems
    }
    assert by_system == by_argument


def test_contradictions_differ_on_an_effect_the_arguments_know(frames):
    effects = set(frames["arguments"]["effect"]) | set(frames["arguments"]["cause"])
    assert set(frames["contradictions"]["on"]) <= effects
    assert (frames["contradictions"]["status"] == "assumption").all()


def test_counts_of_the_questions(frames):
    questions = frames["questions"]
    decided = questions[~questions["outcome"].isin(["unresolved", "unknown"])]
    binary = decided[decided["kind"] == "binary"]
    assert (len(binary), (binary["outcome"] == "yes").sum()) == (233, 85)
    assert questions["kind"].value_counts().to_dict() == {"binary": 265, "categorical": 31, "numeric": 27}
    assert questions["outcome"].isin(["unresolved"]).sum() == 37
    assert questions["outcome"].isin(["unknown"]).sum() == 3


def test_a_leg_is_no_shorter_than_the_great_circle(frames):
    legs = frames["legs"]
    assert (legs["length_km"] >= 0.97 * legs["great_circle_km"]).all()
    assert (legs["length_low"] <= legs["length_km"]).all()
    assert (legs["length_km"] <= legs["length_high"]).all()


def test_a_route_is_as_long_as_its_legs_and_has_no_gap(frames):
    legs = frames["legs"].set_index("leg_id")
    routes = frames["corridors"].query("kind == 'route' and length_km == length_km")
    assert len(routes) == 17
    for route in routes.itertuples():
        mine = legs.loc[list(route.leg_ids)]
        assert mine["length_km"].sum() == pytest.approx(route.length_km, abs=1), route.corridor_id
        ends = list(zip(mine["from_node"], mine["to_node"], strict=True))
        for before, after in itertools.pairwise(ends):
            assert set(before) & set(after), f"{route.corridor_id} has a gap at {after}"


def test_issues_name_their_facts(frames):
    issues = frames["issues"].set_index("issue_id")
    assert issues.loc["I22", "fact_ids"] == ("F-A4-026",)
    assert issues.loc["I22", "resolved"]
    assert not issues.loc["I24", "resolved"]


def test_palette_covers_the_powers(frames):
    powers = read_yaml(REGION / "model.yaml", "model.yaml").value["powers"]
    palette = frames["palette"].set_index("actor")
    assert set(powers) | {"other"} == set(palette.index)
    assert palette.loc["CHN"].tolist()[:3] == ["#CE431B", "#D8703A", "solid"]
    assert palette["light"].str.fullmatch(r"#[0-9A-F]{6}").all()


def test_the_default_region_is_named():
    assert (PACKAGE / "regions" / "default").read_text(encoding="utf-8") == "central-asia\n"
