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


ASKED = ("corridors", "route", "CHN", "UZB", "--at", "2021-12-31", "-k", "2")


def test_a_map_in_each_form(cli, tmp_path):
    for kind, begins in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".html", b"<!DOCTYPE"), (".json", b"{")):
        path = tmp_path / f"map{kind}"
        assert cli(*ASKED, "--chart", path).code == 0
        assert path.read_bytes().startswith(begins)
    assert "heartland corridors route CHN UZB --at 2021-12-31 -k 2" in (tmp_path / "map.html").read_text()


def test_a_dark_map_has_the_dark_surface(cli, tmp_path):
    cli(*ASKED, "--chart", tmp_path / "map.svg", "--dark")
    assert "#DE9557" in (tmp_path / "map.svg").read_text()


def test_a_map_is_not_overwritten_unasked(cli, tmp_path):
    path = tmp_path / "map.svg"
    path.write_text("kept")
    found = cli(*ASKED, "--chart", path)
    assert found.code == 2
    assert f"{path} is there already. Nothing is overwritten unasked. Add --force." in found.err
    assert found.out == ""
    assert path.read_text() == "kept"


def test_an_ending_that_says_nothing_is_refused(cli):
    found = cli(*ASKED, "--chart", "map.gif")
    assert found.code == 2
    assert '--chart "map.gif" has no ending that says what to write.' in found.err
    assert "Write a name that ends in .html, .svg, .png or .json." in found.err
