"""Every fenced Python block of the documents runs, the YAML of the tutorial too, and no link is dead."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

import heartland as hl

ROOT = Path(__file__).resolve().parents[2]
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = [*TOP, *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FEW = 64


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name_of)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, sharing names, as a reader would type them; with few members."""
    monkeypatch.chdir(tmp_path)
    code = "\n".join(blocks(page, "python"))
    script = tmp_path / "page.py"
    script.write_text(re.sub(r"members=\d+", f"members={FEW}", code), encoding="utf-8")
    runpy.run_path(str(script))


def test_the_tutorials_scenario_runs(tmp_path: Path) -> None:
    (text,) = blocks(ROOT / "docs/learn/first-what-if.md", "yaml")
    path = tmp_path / "closed-door.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = hl.Scenario.read(hl.Region.load("central-asia"), path)
    own, base = hl.run_pair(scenario, members=FEW)
    assert base.scenario.id == "kazakhstan-2022"
    assert own.outcome("incumbent-falls").binary
    assert own.probability("occurs(troops-sent, giver=csto, receiver=KAZ)") == 0


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_inside_the_repository_are_alive(page: Path) -> None:
    linked = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in linked if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_in_the_documents_exist(page: Path) -> None:
    page_of_all = (ROOT / "docs/look-up/commands.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^## heartland (\S+)", page_of_all, re.M))
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|uv run |^)heartland ([a-z-]+)", text, re.M)
    assert {name for name in named if name not in known} == set()


def made() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs/make.py"))


def test_page_of_commands_is_current() -> None:
    page = (ROOT / "docs/look-up/commands.md").read_text(encoding="utf-8")
    assert made()["commands"]() == page, "write it again: uv run python docs/make.py"


def test_answer_pages_are_current() -> None:
    pages = made()["answers"].pages()
    old = [
        str(path) for path, text in pages.items()
        if path.suffix == ".md" and (ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert old == [], "write them again: uv run python docs/make.py"


@pytest.mark.parametrize(("page", "maker"), [
    ("audits", "audit_page"), ("import", "import_page"), ("measures", "measures"),
])  # fmt: skip
def test_reference_pages_are_current(page: str, maker: str) -> None:
    text = (ROOT / f"docs/look-up/{page}.md").read_text(encoding="utf-8")
    assert made()[maker]() == text, "write it again: uv run python docs/make.py"


def test_readme_shows_the_programs_own_answer() -> None:
    make = made()
    run, base = make["pair"]()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert make["readme"](run, base) == text, "write it again: uv run python docs/make.py"
    assert len(text.partition(make["BEGIN"])[2].partition(make["END"])[0].splitlines()) <= 12
