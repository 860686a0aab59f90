"""`heartland corridors`: route, list and show, in text, JSON and CSV; wrong words are refused."""

import csv
import io


def test_route_answers_in_words(cli):
    found = cli("corridors", "route", "CHN", "UZB", "--at", "2021-12-31", "-k", "2")
    lines = found.out.splitlines()
    assert found.code == 0
    assert lines[0] == "CHN (Xi'an) to UZB (Tashkent), 2021-12-31, by cost of 20 t."
    assert lines[3].startswith("Bottleneck: KAZ (+1,522 usd")


def test_route_as_json_and_csv(cli):
    words = ("corridors", "route", "mumbai", "tashkent", "--closed", "IRN", "-k", "2", "--format")
    found = cli(*words, "json").json
    assert found["schema"] == "heartland.corridors.route/1"
    assert all("IRN" not in way["states"] for way in found["ways"])
    rows = list(csv.DictReader(io.StringIO(cli(*words, "csv").out)))
    assert [row["leg"] for row in rows if row["way"] == "1"] == found["ways"][0]["legs"]


def test_list_and_show(cli):
    assert len(cli("corridors", "list").out.splitlines()) == 25
    assert "kashgar" in cli("corridors", "list", "--places").out
    shown = cli("corridors", "show", "K05", "--at", "2025-01-31").out.splitlines()
    assert shown[2].startswith("Stage: building.")


def test_an_unknown_corridor_is_refused(cli):
    found = cli("corridors", "show", "K5")
    assert found.code == 2
    assert '"K5" is no corridor of central-asia.' in found.err
    assert "Did you mean" in found.err
