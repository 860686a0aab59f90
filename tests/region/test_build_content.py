"""Rebuilding the content from the shared tables changes nothing."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from heartland.region.region import Region

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
REGIONS = ROOT / "src" / "heartland" / "regions"
SCRIPT = ROOT / "scripts" / "build_content.py"

needs_shared = pytest.mark.skipif(
    not (SHARED / "content").is_dir(),
    reason=f"no shared content at {SHARED}; set HEARTLAND_SHARED to the folder that holds content/",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@needs_shared
def test_rebuilding_gives_the_shipped_bytes(tmp_path):
    done = run(str(SHARED), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    built = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(built) > 15
    differing = [name for name, content in built.items() if (REGIONS / name).read_bytes() != content]
    assert differing == []


@needs_shared
def test_every_rule_of_the_texts_is_a_dated_rule_or_a_policy():
    """The rule files are kept by hand, since they hold what an option does in a run."""
    region = Region.load("central-asia")
    versions = [
        rule.rule_id for organisation in region.organisations.values()
        for versions in organisation.decisions.values() for rule in versions
    ]  # fmt: skip
    held = {*versions, *(policy.rule_id for policy in region.policies.values())}
    with (SHARED / "content" / "rules.csv").open(encoding="utf-8", newline="") as file:
        told = {row["rule_id"] for row in csv.DictReader(file)}
    assert len(told) == 34
    assert told <= held


def test_a_folder_without_content_is_refused(tmp_path):
    done = run(str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert f"no folder content in {tmp_path}; name the folder or set HEARTLAND_SHARED" in done.stderr
    assert not (tmp_path / "out").exists()
