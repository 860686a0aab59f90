"""`heartland describe rules --truth`: decision tables of the written rules, for the eye and as data."""

from __future__ import annotations

from typing import Any

TROOPS_ABROAD = """\
truth table:
    on crisis outside members       yes  yes  yes  yes  no
    mandate of UN Security Council  yes  yes  yes  no   any
    Russia is for it                yes  yes  no   any  any
    another is against it           no   yes  any  any  any
    passes                          yes  no   no   no   no
"""


def test_troops_abroad_need_the_mandate_today_and_not_under_the_amendment(cli):
    said = cli("describe", "rules", "csto", "--truth").out
    today, amended = (
        said.split(f"rule: {name}\n")[1].split("\n\n")[0] for name in ("R-CSTO-02", "R-CSTO-03"))
    assert TROOPS_ABROAD in today + "\n"
    assert "mandate of UN Security Council  yes" not in amended
    assert amended.endswith("    passes                     yes  no   no   no")


def test_as_data_every_case_is_listed_and_policies_have_none(cli):
    answer: dict[str, Any] = cli("describe", "rules", "--truth", "--format", "json").json
    tables = {row["rule"]: row.get("truth table") for row in answer["rows"]}
    table = tables["R-CSTO-02"]
    assert len(table["conditions"]) == 4
    assert len(table["cases"]) == 16
    assert [case["holds"] for case in table["cases"] if case["passes"]] == [[True, True, True, False]]
    assert tables["R-CHN-02"] is None
    plain = cli("describe", "rules", "--format", "json").json
    assert all("truth table" not in row for row in plain["rows"])


def test_nothing_but_rules_has_a_truth_table(cli):
    done = cli("describe", "measures", "--truth")
    assert done.code == 2
    assert done.err == ('heartland: "measures" have no truth tables. Only a rule passes or stops a decision. '
                        "Write heartland describe rules --truth.\n")
