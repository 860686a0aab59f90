"""The page of a measure: self-contained, inert, and every number leads to its inputs and their sources."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest

from heartland.measures import changes, tidy
from heartland.measures.registry import expand, get
from heartland.region.region import Region
from heartland.report.behind import Behind, assumptions, source_names
from heartland.report.measure_page import change_page, measure_page
from heartland.report.measures import Names, cell_key

REGION = Region.load("central-asia")
WORLD = REGION.at("2013-12-31")
CELL = {"measure": "influence", "giver": "RUS", "receiver": "KAZ"}
# One page of each kind of rows: at one date, over years, by channel, several measures at once.
ASKED = {
    "ties": ("influence", {"receiver": "KAZ"}),
    "ties over years": ("influence", {"receiver": "KAZ", "times": ["2011-12-31", "2013-12-31"]}),
    "ties by channel": ("influence", {"receiver": "KAZ", "by": "channel"}),
    "pairs": ("division_of_labour.leader", {"receiver": "KAZ"}),
    "both orders": ("alignment.agreement", {"giver": "KAZ"}),
    "receivers over years": ("hedging.effective_number", {"times": ["2010-12-31", "2013-12-31"]}),
    "two dates": ("encroachment", {"receiver": "KAZ", "times": ["2005-12-31", "2010-12-31"]}),
    "actors": ("capability.cinc", {"at": "2010-12-31"}),
    "orders": ("exclusion.closure", {}),
    "routes": ("route.through", {"receiver": "KAZ", "at": "2021-12-31"}),
    "a family": ("concentration", {"by": "channel", "receiver": "KAZ"}),
}
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Reader(HTMLParser):
    """Elements in order, tags that do not close in order, and the cells of every table."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@dataclass(frozen=True)
class Page:
    text: str
    frame: object
    reader: Reader

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.reader.elements if "id" in attributes]

    def tables(self, caption):
        """Bodies of the tables of a caption, as rows of cells in HTML."""
        for name, body in re.findall(r"<caption>(.*?)</caption>(.*?)</table>", self.text, re.S):
            if html.unescape(name).startswith(caption):
                heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", body)
                for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body.split("<tbody>")[1], re.S):
                    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
                    yield dict(zip(heads, cells, strict=True))


def made(name, options):
    options = {"draws": 20, **options}
    frame = tidy.table(WORLD, name, **options)
    text = measure_page(WORLD, frame, expand(name), command=f"heartland measure {name}", options=options)
    reader = Reader()
    reader.feed(text)
    return Page(text, frame, reader)


@pytest.fixture(scope="module", params=ASKED, ids=lambda name: name.replace(" ", "-"))
def page(request):
    return made(*ASKED[request.param])


def test_tags_close_and_ids_are_unique(page):
    assert page.reader.wrong == []
    assert page.reader.open == []
    assert len(page.ids) == len(set(page.ids))


def test_nothing_runs_and_nothing_is_asked_of_any_host(page):
    scripts = [attributes for tag, attributes in page.reader.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}]
    for tag, attributes in page.reader.elements:
        assert tag not in ("iframe", "object", "embed", "base", "form", "link", "img", "foreignobject")
        assert not [name for name in attributes if name[:2] == "on" or name in ("src", "style", "srcset")]
        if tag == "a":
            assert attributes["href"].startswith(("#", "https://", "http://"))
    style = re.search(r"<style>(.*?)</style>", page.text, re.S)[1]
    assert "url(" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [attributes["content"] for _, attributes in page.reader.elements
                 if attributes.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_every_link_inside_leads_somewhere(page):
    targets = {attributes["href"][1:] for tag, attributes in page.reader.elements
               if tag == "a" and attributes["href"].startswith("#")}  # fmt: skip
    assert targets - set(page.ids) == set()


def test_every_value_leads_to_its_inputs_and_every_input_to_its_source(page):
    """One step from a number on a chart to what it rests on, one more to the source."""
    places = set()
    values = 0
    for row in page.tables("Values behind the picture"):
        if row["value"].startswith("no value"):
            continue
        values += 1
        (place,) = re.findall(r'href="#(behind-[^"]+)"', row["value"])
        places.add(place)
    assert values >= 1
    for place in places:
        body = re.search(rf'id="{re.escape(place)}"(.*?)</table>', page.text, re.S)
        assert body, place
        assert re.search(r'href="#source-|assum|not stated|computed|estimated|zero|observed|carried', body[1])
    known = set(REGION.tables["sources"]["source_id"])
    rows = re.findall(r'<tr id="(source-[^"]+)"><th scope="row">(.*?)</th>', page.text)
    assert {name for _, name in rows} <= known
    assert {anchor for anchor, _ in rows} == set(re.findall(r'href="#(source-[^"]+)"', page.text))


def test_a_place_behind_a_value_is_inside_its_folded_table(page):
    """A reader who follows the link gets the table open: browsers open what holds the target."""
    for place in set(re.findall(r'href="#(behind-[^"]+)"', page.text)):
        assert re.search(rf'<tr id="{re.escape(place)}"', page.text)


def test_the_numbers_of_the_page_are_in_it_as_data(page):
    data = json.loads(re.search(r'id="data">(.*?)</script>', page.text, re.S)[1])
    assert data["schema"] == "heartland.measure.page/1"
    frame = page.frame
    assert [row["value"] for row in data["rows"]] == [None if v != v else v for v in frame["value"].tolist()]


def test_what_is_missing_is_counted_with_its_reason():
    page = made("influence", {"receiver": "TKM"})
    gone = int(page.frame["value"].isna().sum())
    assert gone > 0
    answer = html.unescape(re.search(r'id="answer">(.*?)</div>', page.text, re.S)[1])
    assert f"{len(page.frame) - gone} values, {gone} without: unknown stays unknown." in answer
    assert f"Less than half of what the value needs is known (coverage, {gone})." in answer
    assert "This is not the Pardee FBIC" in answer
    notes = {row["word"]: row["meaning"] for row in page.tables("Notes and reasons")}
    assert notes["coverage"] == "less than half of what the value needs is known"
    assert all(notes.values())


def test_a_measure_that_is_no_index_of_influence_carries_no_note_on_it():
    assert "Pardee" not in made("capability.cinc", {"at": "2010-12-31"}).text


def test_an_assumption_says_what_it_rests_on():
    page = made("influence", {"giver": "RUS", "receiver": "KAZ"})
    (row,) = [row for row in page.tables("Influence, Russia, Kazakhstan") if row["channel"] == "presence"
              and row["part"] == "bandwidth"]  # fmt: skip
    assert row["observations"] == "O-PRES-RUS-KAZ-1995"
    assert row["sources"] == "assumption: leased launch and test ranges"


def test_the_inputs_on_the_page_are_those_of_explain():
    page = made("influence", {"giver": "CHN", "receiver": "KAZ"})
    inputs = tidy.explain(WORLD, {**CELL, "giver": "CHN", "date": "2013-12-31"})
    shown = [row["observations"] for row in page.tables("Influence, China, Kazakhstan")]
    assert shown == [text.replace(";", ", ") for text in inputs["observation_id"]]


def test_a_hostile_command_stays_text():
    frame = tidy.table(WORLD, "influence", giver="RUS", receiver="KAZ", draws=0)
    text = measure_page(
        WORLD, frame, [get("influence")], command="</script><script>alert(1)</script>", options={"draws": 0},
    )
    assert "<script>alert" not in text
    assert "rank 1" not in re.search(r"<figure.*?</figure>", text, re.S)[0], "no draws, no ranks"


def test_cells_beyond_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr("heartland.report.behind.MOST_CELLS", 2)
    frame = tidy.table(WORLD, "influence", receiver="KAZ", draws=0)
    behind = Behind(WORLD, Names.of(REGION), {})
    rows = frame.to_dict("records")
    behind.add(rows)
    known = [row for row in rows if row["value"] == row["value"]]
    assert [cell_key(row) in behind.links for row in known] == [True, True] + [False] * (len(known) - 2)
    assert behind.sections()[0].notes == [
        f"{len(known) - 2} further values: ask for fewer, or use --explain on one of them."
    ]


def test_long_lists_are_gathered_by_channel_and_source(monkeypatch):
    monkeypatch.setattr("heartland.report.behind.LONG", 3)
    page = made("influence", {"giver": "RUS", "receiver": "KAZ"})
    rows = {row["channel"]: row for row in page.tables("Influence, Russia, Kazakhstan")}
    assert rows["arms"]["periods"] == "2009 to 2013, 5 years"
    assert rows["arms"]["observations"].count("O-ARM-SIPRI-RUS-KAZ-") == 5
    assert rows["arms"]["sources"] == '<a href="#source-sipri-at-2026">sipri-at-2026</a>'


def test_the_page_of_a_change():
    frame = changes.change(WORLD, CELL, "2010-12-31", "2013-12-31", draws=20)
    text = change_page(
        WORLD, frame, CELL, ("2010-12-31", "2013-12-31"), command="heartland measure x", unit="index",
        options={},
    )
    assert "<h1>Change of influence: Russia in Kazakhstan, 2010 to 2013</h1>" in text
    reader = Reader()
    reader.feed(text)
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for year in ("2010", "2013"):
        assert f'href="#behind-influence-RUS-KAZ-{year}-12-31">Inputs at {year}-12-31</a>' in text
        assert f"behind-influence-RUS-KAZ-{year}-12-31" in ids
    rows = list(Page(text, frame, reader).tables("Rows of the change"))
    assert rows[-1]["part"] == "total"
    assert len(rows) == len(frame)


def test_a_source_is_named_in_one_line():
    assert source_names(WORLD)["sipri-at-2026"] == (
        "SIPRI Arms Transfers Database, trade register generated 12 February 2026 (Stockholm International "
        "Peace Research Institute, 2026-02-12); reliability B"
    )
    assert assumptions(WORLD)["O-PRES-RUS-KAZ-1995"] == "assumption: leased launch and test ranges"
