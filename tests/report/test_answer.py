from types import SimpleNamespace

import pytest

from heartland.report.answer import answer_lines, difference_words, sign_words, spread_words
from heartland.scenarios.summary import Difference, OutcomeSummary, Spread

NAN = float("nan")
NONE = Spread(NAN, NAN, NAN, 0)


def ensemble(title):
    layout = SimpleNamespace(dates=("2021-12-31", "2022-01-31", "2026-12-31"))
    return SimpleNamespace(
        scenario=SimpleNamespace(title=title), members=1000, seed=7, layout=layout, card={},
    )  # fmt: skip


def row(number=0, **change):
    fine = {
        "id": f"o{number}",
        "question": f"Does it happen ({number})?",
        "unit": "probability",
        "spread": Spread(0.62, 0.22, 0.9, 1000),
        "baseline": Spread(0.15, 0.1, 0.2, 1000),
        "difference": Difference(0.47, 0.12, 0.7, 0.97, "drawn"),
        "evidence_grade": "B",
    }
    return OutcomeSummary(**(fine | change))


def test_the_lines_of_a_small_answer():
    number = row(
        1,
        question="How much?",
        unit="bits",
        spread=Spread(0.4213, 0.31, 0.55, 1000),
        baseline=Spread(0.40, 0.3, 0.5, 1000),
        difference=Difference(0.021, 0.005, 0.03, NAN, "assumed"),
        evidence_grade="D",
    )
    assert answer_lines(ensemble("A revolt"), ensemble("No revolt"), [row(), number]) == [
        "A revolt. 1,000 runs from December 2021 to December 2026, seed 7, compared with: No revolt.",
        "Does it happen (0)? 62 of 100 runs (90 % interval over parameter draws 22-90); baseline 15; "
        "difference +47 (+12 to +70), same sign in 97 of 100 parameter draws; evidence B.",
        "How much? 0.42 bits (90 % of runs 0.31-0.55); baseline 0.40 (0.30-0.50); "
        "difference +0.021 (+0.0050 to +0.030), sign assumed; evidence D.",
        "What this cannot say: 1 of 2 answers rest mostly on assumed rather than estimated parameters "
        "(evidence C or D); "
        "the direction of "
        "1 difference is assumed or follows by construction; these are runs of a model, not of the world.",
    ]


def test_never_more_than_ten_lines():
    lines = answer_lines(ensemble("A"), ensemble("B"), [row(i) for i in range(14)])
    assert len(lines) == 10
    assert lines[-1].startswith("6 more outcomes stand in the report. What this cannot say: ")
    assert len(answer_lines(ensemble("A"), ensemble("B"), [row(i) for i in range(8)])) == 10


def test_without_a_baseline_nothing_is_compared():
    lines = answer_lines(ensemble("A"), None, [row(baseline=None, difference=None)])
    assert lines[0].endswith("seed 7.")
    assert (
        lines[1]
        == "Does it happen (0)? 62 of 100 runs (90 % interval over parameter draws 22-90); evidence B."
    )


def test_a_question_without_an_answer_says_so():
    unasked = Difference(NAN, NAN, NAN, NAN, "none")
    empty = row(
        spread=NONE, baseline=NONE, difference=unasked, evidence_grade="", note="asked of 0 of 1000 members"
    )
    lines = answer_lines(ensemble("A"), ensemble("B"), [empty])
    assert lines[1] == (
        "Does it happen (0)? no data (asked of 0 of 1000 members); baseline no data; evidence not graded."
    )


@pytest.mark.parametrize(
    ("found", "unit", "said"),
    [
        (Difference(0.0, 0.0, 0.0, NAN, "none"), "bits", "difference none;"),
        (
            Difference(0.0004, -0.0001, 0.0006, 0.9, "drawn"),
            "bits",
            "+0.00040, under 1 % of the spread over runs;",
        ),
        (
            Difference(0.003, -0.02, 0.02, 0.6, "drawn"),
            "probability",
            "difference under 1 (-2 to +2), same sign in 60",
        ),
        (
            Difference(0.62, 0.22, 0.9, NAN, "by-construction"),
            "probability",
            "+62 (+22 to +90), by construction;",
        ),
        (Difference(0.05, 0.05, 0.05, NAN, "none"), "probability", "difference +5, no direction;"),
    ],
)
def test_differences_in_plain_words(found, unit, said):
    item = row(unit=unit, difference=found, spread=Spread(0.5, 0.4, 0.6, 1000))
    assert said in answer_lines(ensemble("A"), ensemble("B"), [item])[1]


def test_a_share_is_said_in_percent_and_its_difference_in_points():
    item = row(
        unit="share",
        spread=Spread(-0.284, -0.38, -0.15, 1000),
        baseline=Spread(0.0413, -0.1, 0.21, 1000),
        difference=Difference(-0.31, -0.32, -0.29, NAN, "assumed"),
    )
    assert answer_lines(ensemble("A"), ensemble("B"), [item])[1] == (
        "Does it happen (0)? -28 % (90 % of runs -38 to -15); baseline 4.1 (-10 to 21); "
        "difference -31 (-32 to -29) points, sign assumed; evidence B."
    )
    faint = row(
        unit="share",
        spread=Spread(0.26, 0.2, 0.32, 1000),
        difference=Difference(-0.0005, -0.0006, 0.0001, NAN, "assumed"),
    )
    said = answer_lines(ensemble("A"), ensemble("B"), [faint])[1]
    assert "difference -0.050 points, under 1 % of the spread over runs;" in said


@pytest.mark.parametrize(
    ("unit", "said"),
    [("count", "2.0 (90 % "), ("count per year", "2.0 a year (90 % "), ("ratio", "2.0 (90 % ")],
)
def test_a_number_of_things_that_the_question_names_has_no_unit(unit, said):
    assert spread_words(Spread(2.0, 0.0, 6.0, 1000), unit).startswith(said)


def test_a_baseline_without_a_title_of_its_own_is_said_in_words():
    head = answer_lines(ensemble("A gas cut"), ensemble("A gas cut: baseline"), [row()])[0]
    assert head.endswith("seed 7, compared with: the same world without these changes.")


def test_words_of_table_cells():
    assert spread_words(Spread(0.47, 0.4, 0.53, 10), "index") == "index 0.47 (90 % of runs 0.40-0.53)"
    assert (
        difference_words(Difference(0.451, 0.212, 0.716, NAN, "drawn"), "probability", 3)
        == "+45.1 (+21.2 to +71.6)"
    )
    assert difference_words(None, "bits") == "no data"
    assert sign_words(None) == ""
    assert sign_words(Difference(0.1, 0.1, 0.1, NAN, "none")) == "no direction"
