"""`run --backend`: what is answered, and what cannot go together."""

import sys

import pytest
from tests.app.conftest import SHORT
from tests.app.test_running_all_toy import region as region  # a small region with one mechanism

from heartland.scenarios.traced.engine import engine


def test_an_answer_from_jax_says_so(cli, region, tmp_path):
    pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")
    words = ("run", "calm", "--region", region, *SHORT, "--out", tmp_path / "runs")
    plain, traced = (cli(*words, "--backend", name, "--format", "json") for name in ("numpy", "jax"))
    assert (plain.code, traced.code) == (0, 0), traced.err
    assert plain.json["backend"] == "numpy on cpu"
    assert traced.json["backend"].startswith("jax on ")
    assert plain.json["run_id"] != traced.json["run_id"]
    for one, other in zip(plain.json["outcomes"], traced.json["outcomes"], strict=True):
        assert other["value"] == pytest.approx(one["value"], rel=1e-6)
    again = cli(*words, "--backend", "jax")
    assert ", seed 1, computed with jax on " in again.out.splitlines()[0]
    assert cli("verify", traced.json["run_id"], "--out", tmp_path / "runs", "--region", region).code == 0
    taken_up = cli("resume", traced.json["run_id"], "--out", tmp_path / "runs", "--region", region)
    assert taken_up.out.startswith(f"{traced.json['run_id']}: 64 members, complete")


def test_what_cannot_go_together_is_refused(cli):
    pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")
    ran = cli("run", "kazakhstan-2022", "--backend", "jax", "--workers", "2")
    assert ran.code == 2
    assert "The backend jax cannot be given 2 worker processes." in ran.err
    ran = cli("run", "--all", "--backend", "jax")
    assert ran.code == 2
    assert ran.err == (
        "heartland: --all cannot be computed with --backend jax. A step would be compiled for each of the"
        " scenarios, which takes longer than to run them. Name one scenario, or leave --backend out.\n"
    )


def test_without_the_library_the_command_says_how_to_install_it(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    engine.cache_clear()
    ran = cli("run", "kazakhstan-2022", "--backend", "jax")
    engine.cache_clear()
    assert ran.code == 2
    assert "uv run --extra jax heartland" in ran.err
