"""The page of systems says what the region says."""

from __future__ import annotations

import sys
from pathlib import Path

import heartland as hl

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_current(monkeypatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs"), *sys.path])
    import systems

    made = systems.page(hl.Region.load("central-asia"))
    assert (ROOT / systems.PAGE).read_text(encoding="utf-8") == made, "run docs/make.py"
