"""Benchmarks are scripts beside the package; their tests import them and leave no trace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartland.dynamics import mechanism

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def engine() -> Iterator[None]:
    """The folder importable, and the catalogue of mechanisms as it was once the tests are over."""
    sys.path.insert(0, str(ROOT))
    known = dict(mechanism.catalogue())
    yield
    mechanism._CATALOGUE.clear()
    mechanism._CATALOGUE.update(known)
    sys.path.remove(str(ROOT))
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]
