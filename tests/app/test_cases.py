"""The plain-language cases of the shipped region, each run on few members."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import heartland as hl
from heartland.core.yamlio import read_yaml
from heartland.errors import HeartlandInputError
from heartland.scenarios.cases import Case, case_ids, check_cases
from heartland.scenarios.state import DRAW

REGION = hl.Region.load("central-asia")
HEADLINES = (
    "kazakhstan-2022", "nobody-comes", "article-3-amended", "russian-recession-2015", "thaw-with-the-west",
)  # fmt: skip
CASES = case_ids(REGION.path)


PATTERNS = tuple(
    name for name in CASES
    if read_yaml(REGION.path / "cases" / f"{name}.yaml").value.get("over") == "draws"
)  # fmt: skip
PAGE = (Path(__file__).resolve().parents[2] / "docs/judge/patterns.md").read_text(encoding="utf-8")


BAR, MANY, FEW = 0.9, 1600, 400


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_holds_in_nine_of_ten_draws_or_the_page_says_that_it_fails(name: str) -> None:
    """Exactly as printed where the verdict is close; far from the bar a quarter of the draws tells enough."""
    case = Case.load(REGION, name)
    assert case.tolerance == BAR, "one bar for all patterns"
    (percent, said), = re.findall(
        rf"^\| `{name}` \| {re.escape(case.says)} \| (\d+)% \| (holds|\*\*fails\*\*) \|", PAGE, re.M
    )
    printed = int(percent) / 100
    close = abs(printed - BAR) < 0.1
    found = hl.run(case.scenario, members=MANY if close else FEW, seed=1).outcome(name)
    share = case.share(found.values, found.valid)
    assert said == ("holds" if share >= BAR else "**fails**")
    error = 0.0 if close else 3 * math.sqrt(printed * (1 - printed) / (FEW / DRAW))
    assert abs(share - printed) <= error + 0.005


@pytest.mark.parametrize("name", [name for name in CASES if name not in PATTERNS])
def test_case_holds(name: str) -> None:
    case = Case.load(REGION, name)
    run = hl.run(case.scenario, members=256, seed=1)
    found = run.outcome(name)
    assert found.binary, "a case says yes or no of each member"
    assert found.valid.any(), "nobody was asked"
    share = case.share(found.values, found.valid)
    assert share >= case.tolerance, f"{case.says} (in {share:.3f} of the {case.over})"


def test_a_pattern_counts_draws_and_not_members() -> None:
    case = replace(Case.load(REGION, CASES[0]), over="draws")
    values = np.concatenate([np.ones(9), np.zeros(7), np.ones(8), np.zeros(8), np.zeros(16)])
    everybody = np.ones(48, dtype=np.bool_)
    assert case.share(values, everybody) == pytest.approx(1 / 3)
    some = everybody.copy()
    some[24:32] = False
    assert case.share(values, some) == pytest.approx(2 / 3)
    some[32:] = False
    assert case.share(values, some) == 1.0
    assert np.isnan(case.share(values, np.zeros(48, dtype=np.bool_)))


def test_every_shipped_question_has_a_case() -> None:
    given = [read_yaml(REGION.path / "cases" / f"{name}.yaml").value["given"] for name in CASES]
    assert set(HEADLINES) <= {item for item in given if isinstance(item, str)}


def test_a_case_is_cut_at_its_date_and_says_who_says_so() -> None:
    case = Case.load(REGION, "troops-leave-after-the-crisis")
    assert (case.scenario.start, case.scenario.months) == ("2021-12-31", 12)
    assert [item.id for item in case.scenario.outcomes] == [case.id]
    assert case.source == "h23b-kaz-2022-withdrawal"
    patched = Case.load(REGION, "common-cause-rises-under-pressure")
    assert [patch.do.text for patch in patched.scenario.patches] == [
        "clamp(rivalry[giver=RUS], 2, at=start, for=P1Y)", "clamp(rivalry[giver=CHN], 2, at=start, for=P1Y)",
    ]  # fmt: skip


def test_shipped_cases_have_no_findings() -> None:
    assert check_cases(REGION) == []


BASE = """\
id: x
says: Nobody sends troops.
given: nobody-comes
when: 2022-06
then: not occurs(troops-sent)
assumption: test
"""
WRONG = {
    "id": (("id: x", "id: y"), 'cases/x.yaml:1:5  id "y" is not the file name "x". {why} Write id: x.'),
    "origin": (
        ("assumption: test\n", ""),
        "cases/x.yaml:1:1  a case needs a source or an assumption, and not both. {why} "
        "Add source: <id> or assumption: <why>.",
    ),
    "source": (
        ("assumption: test", "source: F-A1-9"),
        'cases/x.yaml:6:9  "F-A1-9" is no id of this region. {why} '
        "Known ids: heartland evidence list facts|sources.",
    ),
    "start": (
        ("when: 2022-06", "start: 2014-12-31\nwhen: 2022-06"),
        "cases/x.yaml:4:8  the scenario has a start of its own. {why} Leave start out.",
    ),
    "about": (
        ("when: 2022-06", "about: nobody-came\nwhen: 2022-06"),
        'cases/x.yaml:4:8  there is no scenario "nobody-came". {why} Did you mean nobody-comes? '
        "Leave about out.",
    ),
    "start day": (
        ("given: nobody-comes", "given: []\nstart: 2014-12"),
        'cases/x.yaml:4:8  "2014-12" is not a day. {why} Write it as 2014-12-31.',
    ),
    "when": (
        ("when: 2022-06", "when: 2021-12"),
        'cases/x.yaml:4:7  "2021-12" is not after the start 2021-12-31. {why} Write a later date.',
    ),
    "date": (
        ("when: 2022-06", "when: 2022-13"),
        'cases/x.yaml:4:7  "2022-13" is not a month. {why} Write 2022-06 or 2022-12-31.',
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_case_says_where_and_how(kind: str, tmp_path: Path) -> None:
    (old, new), message = WRONG[kind]
    path = tmp_path / "x.yaml"
    path.write_text(BASE.replace(old, new), encoding="utf-8")
    with pytest.raises(HeartlandInputError) as refused:
        Case.from_node(REGION, read_yaml(path, "cases/x.yaml"), "cases/x.yaml")
    assert str(refused.value) == message.format(why="A case is a test: nothing in it may be guessed.")


def test_unknown_key_of_a_case_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(BASE + "tolerence: 0.5\n", encoding="utf-8")
    with pytest.raises(HeartlandInputError, match="tolerance") as refused:
        Case.from_node(REGION, read_yaml(path, "cases/x.yaml"), "cases/x.yaml")
    assert str(refused.value).startswith("cases/x.yaml:7:1")
