"""The Dask executor: the bits of `serial`, a worker killed in mid-run, and addresses that are refused."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import toy_run

from heartland.errors import HeartlandInputError
from heartland.runs import cluster
from heartland.runs.cluster import Cluster, check_address
from heartland.runs.compute import BlockTask, compute_runs
from heartland.runs.executors import BlockFailedError, Done, Failure, RunInterruptedError, Stop, Work, execute
from heartland.runs.reader import open_run

REFUSED = (
    "{} is beyond this machine and not encrypted. Whoever reaches a Dask scheduler, or reads along, can run "
    "code on its workers. Use a tls:// address, or add --i-trust-this-network if nobody else is on that "
    "network."
)
NO_ADDRESS = (
    '"{}" is no address of a Dask scheduler. Write for example --dask-address tcp://127.0.0.1:8786 or '
    "tls://HOST:8786."
)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost:1", "tcp://localhost:1"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        ("tcp://127.9.9.9:8786", "tcp://127.9.9.9:8786"),
        ("tls://10.0.0.1:8786", "tls://10.0.0.1:8786"),
        ("wss://far.example:443", "wss://far.example:443"),
    ],
)
def test_addresses_on_this_machine_or_encrypted(given: str, used: str) -> None:
    assert check_address(given) == used


@pytest.mark.parametrize(
    "given",
    ["tcp://10.0.0.1:8786", "tcp://far.example:8786", "ws://192.168.1.2:80", "tcp://[2001:db8::1]:8786",
     "tcp://127.0.0.1.far.example:8786", "tcp://0.0.0.0:8786", "tcp://[::ffff:10.0.0.1]:8786"],
)  # fmt: skip
def test_plain_addresses_elsewhere_need_trust(given: str) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        check_address(given)
    assert str(caught.value) == REFUSED.format(given)
    assert check_address(given, trusted=True) == given


@pytest.mark.parametrize(
    "given",
    ["", "localhost", "tcp://:8786", "tcp://127.0.0.1:0", "tcp://127.0.0.1:99999", "http://127.0.0.1:80",
     "tcp://user@127.0.0.1:80", "tcp://127.0.0.1/x:80", "tcp://127.0.0.1:x", "ucx://127.0.0.1:80",
     "inproc://1.2.3.4:80"],
)  # fmt: skip
def test_what_is_no_address_is_refused_even_if_trusted(given: str) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        check_address(given, trusted=True)
    assert str(caught.value) == NO_ADDRESS.format(given)


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(HeartlandInputError) as caught:
        execute(abs, [0], executor="dask")
    assert str(caught.value) == (
        "The executor dask needs the library distributed, which is not installed. It comes with the extra "
        'cluster; nothing else needs it. Run: pip install "heartland[cluster]"'
    )


def test_a_worker_with_other_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    own = cluster._code()
    other = tuple((name, "9.9" if name == "numpy" else value) for name, value in own)
    failure = cluster._call(abs, 3, 1, other)
    numpy = dict(own)["numpy"]
    assert failure == Failure(
        3, 1, "HeartlandError",
        f"a worker has numpy {numpy}, not 9.9. Install the same versions on every machine.", "", fatal=True,
    )  # fmt: skip
    assert cluster._call(abs, -3, 1, own).result == 3  # type: ignore[union-attr]  # it is done


def test_a_worker_without_the_folder_hands_its_arrays_over(tmp_path: Path) -> None:
    """As on a machine that does not share the disk."""
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        far = replace(writer.layout, folder=tmp_path / "elsewhere")

        def there(block: int) -> object:
            return BlockTask(toy_run.job, (far,), (frozenset(),))(block)

        assert isinstance(there(0)[0], dict)  # type: ignore[index]  # a list
        with pytest.MonkeyPatch.context() as patch:
            original = BlockTask.write

            def elsewhere(task: BlockTask, computed: object) -> object:
                return original(replace(task, layouts=(far,)), computed)  # type: ignore[arg-type]  # passed on

            patch.setattr(BlockTask, "write", elsewhere)
            compute_runs([writer], toy_run.job)
    assert not (tmp_path / "elsewhere").exists()
    assert toy_run.raw(folder) == toy_run.raw(toy_run.filled(tmp_path / "straight"))
    assert open_run(folder).verify() == []


def test_a_worker_that_wrote_to_another_disk_is_found_out(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer, pytest.MonkeyPatch.context() as patch:
        original = BlockTask.write

        def lost(task: BlockTask, computed: object) -> object:
            found = original(task, computed)  # type: ignore[arg-type]  # passed on
            (folder / "data.zarr/walk/c.0.0.0").unlink()
            return found

        patch.setattr(BlockTask, "write", lost)
        with pytest.raises(BlockFailedError, match=r"c\.0\.0\.0 was written by a worker and is not here"):
            compute_runs([writer], toy_run.job)
        assert writer.finished() == set()


@pytest.fixture(scope="module")
def two() -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    with Cluster(2) as found:
        yield found


def test_bits_of_serial_with_a_worker_killed_in_mid_run(tmp_path: Path, two: Cluster) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder, members=640) as writer:
        compute_runs([writer], toy_run.DeadlyJob(str(tmp_path), (4,), 1), executor=two)
    assert (tmp_path / "deaths-4").read_text() == "x"
    straight = toy_run.filled(tmp_path / "straight", members=640)
    assert toy_run.raw(folder) == toy_run.raw(straight)
    assert open_run(folder).verify() == []


def test_failures_are_tried_again(tmp_path: Path, two: Cluster) -> None:
    done: list[int] = []

    def keep(one: Done) -> None:
        done.append(one.block)

    failures: list[Failure] = []
    task = toy_run.Faulty(str(tmp_path), (1,), times=2)
    execute(task, range(3), executor=two, delays=(0.0, 0.0), on_done=keep, on_failure=failures.append)
    assert sorted(done) == [0, 1, 2]
    assert [(one.block, one.attempt, one.kind) for one in failures] == [(1, 1, "OSError"), (1, 2, "OSError")]


class KilledWorker(Exception):
    """As Dask calls it."""


class Future:
    """One that stands for a block that killed every worker, or for one that was lost."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def result(self) -> object:
        raise self.error

    def release(self) -> None:
        return


def test_a_block_that_kills_every_worker_is_given_up_and_a_lost_one_is_not() -> None:
    work = Work(Stop(), lambda done: None, lambda failure: None, (0.0,))
    killed, lost = Future(KilledWorker("no more")), Future(OSError("the line was cut"))
    flying: dict[object, tuple[int, int]] = {killed: (1, 1), lost: (2, 1)}
    round_ = cluster._Round(None, None, work, lambda: 1, flying)
    round_._land(killed)
    round_._land(lost)
    (failure,) = work.lost
    assert (failure.block, failure.kind, failure.fatal) == (1, "KilledWorker", True)
    assert failure.message == "every worker that took the block died"
    assert [(block, attempt) for _, block, attempt in work.waiting] == [(2, 2)]


def test_cancelled_between_blocks(two: Cluster) -> None:
    done: list[int] = []

    def keep(one: Done) -> None:
        done.append(one.block)

    begun = time.monotonic()
    with pytest.raises(RunInterruptedError, match=r"of 50 blocks not computed\. Finished blocks are kept\."):
        execute(abs, range(50), executor=two, on_done=keep, cancelled=lambda: len(done) >= 2)
    assert 2 <= len(done) < 50
    assert time.monotonic() - begun < 60


def test_an_address_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with pytest.raises(HeartlandInputError, match=r"^No worker answers at tcp://127\.0\.0\.1:1: "):
        Cluster(address="127.0.0.1:1")


def test_a_scheduler_that_is_there_is_used_and_left_alone(tmp_path: Path, two: Cluster) -> None:
    with Cluster(address=two._local.scheduler_address) as guest, toy_run.start(tmp_path / "run") as writer:
        assert guest.workers == two.workers
        compute_runs([writer], toy_run.job, executor=guest)
    assert open_run(tmp_path / "run").complete
    done: list[int] = []
    execute(abs, range(2), executor=two, on_done=lambda one: done.append(one.result))
    assert sorted(done) == [0, 1]
