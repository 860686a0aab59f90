"""Pictures compiled beside the caller are those compiled by it, whatever becomes of the other process."""

import io
import json
import os
import sys
from concurrent.futures import CancelledError

import pytest

from heartland.charts import render
from heartland.charts.beside import Compiler, NoPicturesError, serve


def spec(*numbers):
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"x": number, "name": "Žižka – ≥ 1"} for number in numbers]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}, "text": {"field": "name"}},
    }


REFUSED = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": 7}


def message_of(function, *given):
    with pytest.raises(ValueError) as found:
        function(*given)
    return str(found.value)


def test_each_picture_is_the_one_of_its_specification_and_a_refusal_says_why():
    with Compiler() as compiler:
        pending = [compiler.submit(spec(*range(n))) for n in (1, 3, 2)]
        refused = compiler.submit(REFUSED)
        after = compiler.submit(spec(9))
        assert [one.result() for one in pending] == [render.to_svg(spec(*range(n))) for n in (1, 3, 2)]
        assert message_of(refused.result) == message_of(render.to_svg, REFUSED)
        assert after.result() == render.to_svg(spec(9))


def test_numbers_that_are_none_are_refused_at_once():
    with Compiler() as compiler, pytest.raises(ValueError, match="not JSON compliant"):
        compiler.submit(spec(float("nan")))


@pytest.mark.parametrize(
    "command",
    [
        ["/nowhere/python"],
        [sys.executable, "-c", "raise SystemExit(1)"],
        [sys.executable, "-c", "input(); print('no JSON')"],
    ],
)
def test_without_the_other_process_pictures_are_compiled_here(command):
    with Compiler(command) as compiler:
        assert compiler.submit(spec(1)).result() == render.to_svg(spec(1))
        assert compiler.submit(spec(2)).result() == render.to_svg(spec(2))


def test_a_process_that_dies_between_two_pictures_costs_none():
    with Compiler() as compiler:
        first = compiler.submit(spec(1)).result()
        compiler._process.kill()
        assert compiler.submit(spec(1)).result() == first


def test_closing_ends_the_process_and_gives_up_what_is_not_ready():
    compiler = Compiler([sys.executable, "-c", "import time; time.sleep(600)"])
    number = compiler._process.pid
    pending = [compiler.submit(spec(n)) for n in range(3)]
    compiler.close()
    for one in pending:
        with pytest.raises(CancelledError):
            one.result()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_line_in_a_line_out():
    told = io.StringIO()
    serve(io.StringIO(f"{json.dumps(spec(1))}\n{json.dumps(REFUSED)}\n{json.dumps(spec(2))}\n"), told)
    first, second, third = (json.loads(line) for line in told.getvalue().splitlines())
    assert first == {"svg": render.to_svg(spec(1))}
    assert second == {"refused": message_of(render.to_svg, REFUSED)}
    assert third == {"svg": render.to_svg(spec(2))}


@pytest.mark.skipif(os.name == "nt", reason="no signals between processes there")
def test_a_breakdown_of_the_other_process_is_not_repeated_here():
    """As where the address space is limited: the compiler would end this process by the same signal."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGABRT)"
    with Compiler([sys.executable, "-c", code]) as compiler:
        for _ in range(2):
            with pytest.raises(NoPicturesError) as caught:
                compiler.submit(spec(1)).result()
            assert str(caught.value) == (
                "The compiler of pictures broke down (signal 6), as it does where memory is short or the "
                "address space is limited (ulimit -v). The run is stored. Raise the limit and write its "
                "report with `heartland report RUN`."
            )
