"""Read a sample with a reader, and look rows up by what they say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from heartland.evidence.readers import Imported, Settings, reader

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(__file__).with_name("samples")
MAPPINGS = Path(__file__).with_name("mappings")
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))


def read(kind: str, file: str | Path, **options: Any) -> Imported:
    """A sample (or any path) read with options; `actors`, `within`, `since`, `until` are settings."""
    names = ("actors", "within", "since", "until")
    settings = {name: options.pop(name) for name in names if name in options}
    options = {name.rstrip("_"): str(value) for name, value in options.items()}
    return reader(kind).read(SAMPLES / file, Settings(options=options, **settings))


def values(imported: Imported) -> dict[str, float]:
    """Observation id -> value."""
    assert imported.frame is not None
    return dict(zip(imported.frame["observation_id"], imported.frame["value"], strict=True))


def row(imported: Imported, observation_id: str) -> dict[str, Any]:
    """One observation."""
    assert imported.frame is not None
    found = imported.frame[imported.frame["observation_id"] == observation_id]
    assert len(found) == 1
    return {str(name): value for name, value in found.iloc[0].to_dict().items()}


def messages(imported: Imported) -> list[str]:
    """Findings as the user sees them."""
    return [str(finding) for finding in imported.findings]


def shared(name: str) -> Path:
    """A raw table; the test is skipped, saying so, where it is not there."""
    path = SHARED / "data" / name
    if not path.is_file():
        pytest.skip(f"the raw table {name} is not there; set HEARTLAND_SHARED")
    return path


def panel(iso3: str, measure: str, partner: str, source: str) -> dict[int, float]:
    """Year -> value of the region panel of the data sheet."""
    table = pd.read_csv(shared("region_panel.csv"), keep_default_na=False)
    kept = table[
        (table["iso3"] == iso3) & (table["measure"] == measure) & (table["partner"] == partner)
        & (table["source_id"] == source)
    ]  # fmt: skip
    return {int(year): float(value) for year, value in zip(kept["year"], kept["value"], strict=True)}
