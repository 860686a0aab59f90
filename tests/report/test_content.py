from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest

from heartland.charts.theme import Palette
from heartland.report.content import Context, Link, anchor, records
from heartland.report.evidence import prior_words
from heartland.report.focus import Focus
from heartland.scenarios.priors import Prior

SOURCES = pd.DataFrame({"source_id": ["s-1"], "title": ["A title"]})
NAMES = pd.DataFrame(
    [("A", "Alpha", "name"), ("A", "ALF", "acronym"), ("A", "AL", "acronym")],
    columns=["actor_id", "text", "kind"],
)
INF = float("inf")


@pytest.fixture
def context():
    region = SimpleNamespace(tables={"sources": SOURCES, "actor_names": NAMES})
    run = SimpleNamespace(scenario=SimpleNamespace(region=region), card={"run_id": "r1"}, members=1000)
    with ThreadPoolExecutor(1) as pool:
        yield Context(run, run, Focus("R", ("A",)), Palette({}, {}, {}), {"A": "Aland"}, pool)


@pytest.mark.parametrize(
    ("name", "place"),
    [("unrest-onset.base_rate", "x-unrest-onset-base-rate"), ('"><b>', "x-b"), ("", "x-x"), ("—", "x-x")],
)
def test_anchors_are_plain(name, place):
    assert anchor("x", name) == place


def test_a_source_is_linked_and_noted_and_an_assumption_is_not(context):
    assert context.source_link("s-1") == Link("s-1", "#source-s-1")
    assert context.source_link("assumption: by hand") == "assumption: by hand"
    assert context.source_link("") == "none stated"
    assert list(context.cited) == ["s-1"]


def test_names_and_acronyms(context):
    assert context.name("A") == "Aland"
    assert context.name("Z") == "Z"
    assert context.short("A") == "ALF"
    assert context.short("Z") == "Z"
    assert context.source == "heartland run r1, 1,000 members"


def test_rows_of_a_table():
    assert records(SOURCES) == [{"source_id": "s-1", "title": "A title"}]
    assert records(SOURCES.iloc[:0]) == []


@pytest.mark.parametrize(
    ("family", "location", "scale", "low", "high", "words"),
    [
        ("fixed", 12.0, 0.0, -INF, INF, "fixed at 12.0"),
        ("normal", 0.8, 0.3, -INF, INF, "normal, mean 0.800, sd 0.300"),
        ("normal", 0.8, 0.3, 0.0, INF, "normal, mean 0.800, sd 0.300, above 0"),
        ("normal", 0.8, 0.3, 0.0, 1.0, "normal, mean 0.800, sd 0.300, between 0 and 1.00"),
        ("half-normal", 0.0, 0.25, -INF, INF, "half-normal, sd 0.250"),
        ("lognormal", 0.0, 0.4, -INF, 2.0, "lognormal, median 1.00, sd of ln 0.400, below 2.00"),
        ("beta", 8.0, 2.0, -INF, INF, "beta(8.00, 2.00)"),
        ("student-t", 0.0, 1.0, -INF, INF, "Student t, centre 0, scale 1.00"),
    ],
)
def test_priors_in_words(family, location, scale, low, high, words):
    prior = Prior("m.p", "m", "", family, location, scale, low, high, "guess", False, "s-1", "", 2)
    assert prior_words(prior) == words
