"""The report of a run: self-contained, inert, the same bytes each time, every link and number resolvable."""

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from heartland.charts.theme import DARK
from heartland.report.answer import answer_lines
from heartland.report.report import render_report, write_report

VOID = {"meta", "br", "hr", "img", "input", "link"}
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</style><svg onload=alert(3)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(4)",
    "\u2028\u2029]]><!--",
    "'onmouseover='alert(5)",
)
HOSTILE = " ".join(PAYLOADS)


class Reader(HTMLParser):
    """Collects elements, attributes and text, and notes tags that do not close in order."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.elements, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.fixture(scope="module")
def reader(page):
    return read(page)


def test_the_same_run_gives_the_same_bytes(pair, rows, page, tmp_path):
    first = write_report(*pair, rows, tmp_path / "deep" / "report.html")
    assert first == tmp_path / "deep" / "report.html"
    assert first.read_bytes() == page.encode()


def test_it_stays_small(page):
    assert len(page.encode()) <= 1_500_000


def test_tags_close_in_order_and_ids_are_unique(reader):
    assert reader.wrong == []
    assert reader.open == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_nothing_runs_and_nothing_is_loaded(reader, page):
    scripts = [attributes for tag, attributes in reader.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}]
    for tag, attributes in reader.elements:
        assert tag not in ("iframe", "object", "embed", "base", "form", "link", "img", "foreignobject")
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")
        ]
        for name, value in attributes.items():
            if name == "href":
                assert tag == "a"
                assert value.startswith(("#", "https://", "http://"))
                if not value.startswith("#"):
                    assert attributes["rel"] == "noopener noreferrer"
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_this_style_only(reader, page):
    (policy,) = [a["content"] for _, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_every_link_inside_leads_somewhere(reader):
    ids = {attributes["id"] for _, attributes in reader.elements if "id" in attributes}
    targets = {a["href"][1:] for tag, a in reader.elements if tag == "a" and a["href"].startswith("#")}
    assert targets - ids == set()
    kinds = {target.partition("-")[0] for target in targets}
    assert {"figure", "source", "observation", "parameter", "mechanism", "argument"} <= kinds


def test_the_ten_lines_are_those_of_the_command_line(pair, rows, page):
    block = re.search(r'id="answer">(.*?)</div>', page, re.S)[1]
    shown = [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in re.findall(r"<p>(.*?)</p>", block)]
    assert shown == answer_lines(*pair, rows)
    assert len(shown) <= 10


def test_sections_stand_in_order(reader):
    sections = [a["id"] for tag, a in reader.elements if tag == "section"]
    assert sections == [
        "scenario",
        "outcomes",
        "paths",
        "maps",
        "labour",
        "events",
        "why",
        "ablations",
        "later",
        "limits",
        "start",
        "mechanisms",
        "arguments",
        "oddities",
        "provenance",
        "sources",
    ]


def test_oddities_of_the_texts_cited_are_listed_with_what_they_bear_on(page):
    section = re.search(r'<section id="oddities">(.*?)</section>', page, re.S)[1]
    rows = re.findall(r'<tr id="issue-(I[0-9]+)">(.*?)</tr>', section)
    assert {"I30", "I42"} <= {issue for issue, _ in rows}  # of the text the scenario is built on
    (row,) = [cells for issue, cells in rows if issue == "I42"]
    assert "The unrest is dated &#34;early January&#34; with no year." in row
    assert "F-A1-003" in row
    assert ">settled<" in row


def test_every_picture_has_words_and_a_table(page):
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    assert len(figures) >= 20
    for figure in figures:
        assert re.search(r'<svg role="img" aria-label="[^"]{20,}"', figure)
        assert "<summary>Table</summary>" in figure
        assert '<th scope="col"' in figure or "Nothing to list." in figure


def test_the_data_block_holds_the_outcomes(rows, page):
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
    assert not set("<>&\u2028\u2029") & set(block)
    data = json.loads(block)
    assert data["schema"] == "heartland.report/1"
    assert data["outcomes"] == [row.to_json() for row in rows]


def test_numbers_of_the_table_are_those_of_the_summaries(rows, page):
    for row in rows:
        if row.unit == "probability" and row.spread.n:
            assert f"what-if: {round(100 * row.spread.value)} of 100 runs" in page


def test_dark_and_print_follow_the_reader(page):
    assert "@media screen and (prefers-color-scheme:dark)" in page
    assert f"--ink:{DARK.ink.lower()}" in page
    assert "@media print" in page
    colours = set(re.findall(r'class="([fs]-[\w -]+)"', page))
    rules = set(re.findall(r"\.([fs]-[\w-]+)\{", page))
    assert {name for group in colours for name in group.split()} <= rules


def test_it_says_what_is_not_there_yet_and_what_is_missing(page):
    assert "No mechanism of this system was replaced by a rival form in this run" in page
    assert "Which parameter would change the answer most was not computed" in page
    assert "Contaminated history" in page
    assert "No mechanism was switched off in this run" in page
    assert "Channels without any data" in page


def test_every_prior_driven_parameter_leads_to_its_source(pair, page):
    parameters = pair[0].scenario.region.tables["parameters"]
    names = dict(zip(parameters["id"], parameters["source_id"], strict=True))
    listed = re.search(r"<summary>Prior-driven parameters.*?</details>", page, re.S)[0]
    found = re.findall(r'<a href="#(parameter-[\w-]+)">([^<]+)</a>', listed)
    assert found
    for target, name in found:
        row = re.search(rf'<tr id="{target}">.*?</tr>', page, re.S)[0]
        source = names[name]
        assert f'href="#source-{source}"' in row or html.escape(source) in row.replace("&#39;", "&#x27;")


def hostile(ensemble):
    scenario = ensemble.scenario
    patches = tuple(replace(patch, why=HOSTILE, source="", assumption=HOSTILE) for patch in scenario.patches)
    outcomes = tuple(replace(item, question=HOSTILE, unit=item.unit) for item in scenario.outcomes)
    tables = dict(scenario.region.tables)
    for name in ("sources", "arguments", "parameters", "observations", "actors", "names", "actor_names"):
        frame = tables[name].copy()
        for column in frame.columns:
            plain = column in (
                "title",
                "author",
                "publisher",
                "note",
                "paraphrase",
                "name",
                "definition",
                "text",
                "url",
            )
            if plain and len(frame):
                frame[column] = [HOSTILE] * len(frame)
        tables[name] = frame
    region = replace(
        scenario.region, tables=tables, model=scenario.region.model.model_copy(update={"title": HOSTILE})
    )
    scenario = replace(
        scenario,
        region=region,
        title=HOSTILE,
        question=HOSTILE,
        patches=patches,
        outcomes=outcomes,
        expected=HOSTILE,
        disproof=HOSTILE,
    )
    return replace(
        ensemble, scenario=scenario, card={**ensemble.card, HOSTILE: HOSTILE, "failures": [HOSTILE]}
    )


def test_hostile_text_stays_text_in_every_field(pair, rows):
    run, base = (hostile(ensemble) for ensemble in pair)
    marked = [replace(row, question=HOSTILE, note=HOSTILE) for row in rows]
    off = pd.DataFrame({"mechanism": [HOSTILE], "outcome": [rows[0].id], "value": [0.4]})
    text = render_report(run, base, marked, ablations=off, seconds={HOSTILE: 1.0})
    reader = read(text)
    assert reader.wrong == []
    assert [a for tag, a in reader.elements if tag == "script"] == [
        {"type": "application/json", "id": "data"}
    ]
    assert {tag for tag, _ in reader.elements} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "section",
        "nav",
        "ul",
        "li",
        "h1",
        "h2",
        "p",
        "b",
        "a",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "figure",
        "svg",
        "g",
        "path",
        "line",
        "rect",
        "text",
        "tspan",
        "script",
    }
    for tag, attributes in reader.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert attributes.get("href", "#").startswith("#")
    words = "".join(reader.words)
    assert words.count("<script>alert(1)</script>") > 50
    assert "{{ 7*7 }}" in words
    assert "49" not in re.findall(r"\{\{.*?\}\}", words)


def test_ablations_and_seconds_are_shown_when_given(pair, rows):
    off = pd.DataFrame({"mechanism": ["effort", "troops"], "outcome": [rows[0].id] * 2, "value": [0.4, 0.0]})
    text = render_report(*pair, rows, ablations=off, seconds={"run": 3.25})
    assert "No mechanism was switched off" not in text
    assert "the answer with one mechanism off" in text
    assert "Seconds taken" in text
    assert '<td class="n">3.2</td>' in text


def test_ablations_are_held_against_the_row_with_nothing_off(pair, rows):
    off = pd.DataFrame(
        {"mechanism": ["nothing off", "M9 presence"], "outcome": [rows[0].id] * 2, "value": [0.5, 0.25]}
    )
    off.attrs["members"] = 64
    text = render_report(*pair, rows, ablations=off)
    section = re.search(r'<section id="ablations">.*?</section>', text, re.S)[0]
    assert "On the first 64 members." in section
    assert "-0.250" in section
    assert ">nothing off<" not in section


def test_a_null_change_says_there_is_no_difference(pair):
    from heartland.scenarios.answers import summaries

    base = pair[1]
    twin = replace(base, scenario=replace(base.scenario, outcomes=pair[0].scenario.outcomes))
    same = summaries(twin, twin)
    assert all(row.difference.sign == "none" for row in same)
    text = render_report(twin, twin, same)
    assert "difference none" in text
    assert "No difference; change since the start, by mechanism" in text
    assert "no difference in any run" in text


def test_the_section_of_rivals_shows_each_form_and_their_spread():
    import pandas as pd

    from heartland.report.limits import rival_section

    rows = [("as it is", "", "a", 0.2, 0.1, 0.3), ("glue", "glue-by-threat", "a", 0.4, 0.2, 0.6)]
    frame = pd.DataFrame(rows, columns=["mechanism", "rival", "outcome", "value", "low", "high"])
    frame.attrs["members"] = 128
    section = rival_section(frame, [])
    assert "its standard deviation over the forms is 0.141" in section.texts[0]
    assert section.tables[0].rows[1] == ["glue", "glue-by-threat", "0.400", "0.200-0.600", "+0.200"]
