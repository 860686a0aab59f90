"""The page of mechanisms: every mechanism, its priors in words, its rivals and its switch."""

from heartland.dynamics.mechanism import catalogue
from heartland.dynamics.page import mechanisms_page, outputs_only, prior_words, rivals_of

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


def test_states_that_no_mechanism_reads_are_said_to_be_outputs_only():
    page = mechanisms_page(["glue"], [ROW], LABELS)
    records = catalogue().values()
    read = {name for record in records for name in (*record.reads, *record.idle)}
    for record in records:
        entry = page.split(f"### {record.id}\n")[1].split("### ")[0]
        unread = [name for name in record.writes if name not in read]
        assert list(outputs_only(record)) == unread
        assert ("No mechanism reads" in entry) == bool(unread)
        assert all(f"`{name}`" in entry.partition("No mechanism reads")[2] for name in unread)
    found = {name for record in records for name in outputs_only(record)}
    assert {"contracts", "data_access", "arms_share", "pair_votes", "pair_exercises"} < found
    assert {"energy_exposure", "energy_share", "export_loss"} < found
    assert "No mechanism reads `contracts`: an output only, for outcomes and the report.\n" in page
    assert not {"unrest", "gdp", "leg_shut_before", "presence"} & found
