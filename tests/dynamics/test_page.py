"""The page of mechanisms: every mechanism, its priors in words, its rivals and its switch."""

from heartland.dynamics.mechanism import catalogue
from heartland.dynamics.page import mechanisms_page, prior_words, rivals_of

LABELS = {f"M{number}": f"subject {number}" for number in range(1, 27)} | {"X": "paths"}
ROW = {"id": "glue.rivalry_effect", "family": "normal", "location": "1", "scale": "0.4", "low": "",
       "high": "", "status": "elicited", "unit": "index", "source_id": "walt-1987", "sign_fixed": "no",
       "note": "a | b"}


def test_priors_are_said_in_words():
    assert prior_words(ROW) == "normal(1, 0.4)"
    assert prior_words(ROW | {"low": "0", "high": 2.0}) == "normal(1, 0.4), at least 0 and at most 2"
    assert prior_words(ROW | {"low": float("-inf"), "high": float("nan")}) == "normal(1, 0.4)"
    assert prior_words(ROW | {"family": "lognormal", "location": "-0.6931"}) == "lognormal(ln 0.5, 0.4)"
    assert prior_words(ROW | {"family": "fixed"}) == "fixed at 1"
    assert prior_words(ROW | {"family": "half-normal", "location": "0"}) == "half-normal(0.4)"


def test_every_mechanism_has_an_entry_with_equation_source_and_parameters():
    page = mechanisms_page(["glue"], [ROW], LABELS)
    for record in catalogue().values():
        assert f"### {record.id}\n" in page
        assert record.source in page
        assert record.doc.strip() in page
        for name in record.parameter_ids:
            assert f"| `{name}` |" in page
    assert "| `glue.rivalry_effect` | normal(1, 0.4) | index | elicited | walt-1987 | a \\| b |" in page
    assert "In use; phase *powers*; writes `glue`" in page
    assert "rival: `glue-by-threat`" in page
    assert "Rival of `glue`; phase" in page


def test_rivals_name_what_they_replace():
    for record in catalogue().values():
        for name in rivals_of(record.id):
            assert catalogue()[name].rival_of == record.id
