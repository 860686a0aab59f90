"""Files around the code that must agree with it and with each other."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import heartland
from heartland.core.yamlio import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_constraints_pin_exactly_the_runtime_packages() -> None:
    required = {re.split(r"[^A-Za-z0-9-]", item)[0] for item in PROJECT["project"]["dependencies"]}
    assert set(pins()) == required
    constrained = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert constrained == [f"{name}=={version}" for name, version in pins().items()]


def test_one_version_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert heartland.__version__ == version
    assert read_yaml(ROOT / "CITATION.cff").value["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_licence_is_the_full_text() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.skipif(os.name == "nt", reason="a bash script")
def test_gate_is_a_sound_script() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)
