"""Workers started before there is a task, so that they import while the caller reads its region."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from heartland.runs.executors import Computing, usable_cores

__all__ = ["early", "prepare"]

# members that one worker computes side by side in one go
AT_ONCE = 256


def prepare() -> None:
    """What a worker needs for any task of a run: modules, catalogues, the store's codec."""
    import heartland.runs.compute
    import heartland.runs.forms  # noqa: F401  # imported to be there
    from heartland.runs.blocks import zstd
    from heartland.scenarios.ready import make_ready

    make_ready()
    zstd()


@contextmanager
def early(
    executor: str, workers: int, members: int = 0, address: str = "", trusted: bool = False
) -> Iterator[Computing]:
    """The executor of that name; `processes` are started at once and end with the context.

    Parameters
    ----------
    workers : number of processes, 0 for one per core
    members : of the only run, which never takes more processes than it has work for; 0 for many runs
    address, trusted : for `dask`, see `heartland.runs.cluster.Cluster`
    """
    if executor == "dask":
        from heartland.runs.cluster import Cluster

        with Cluster(workers or None, address, trusted) as cluster:
            yield cluster
        return
    if executor != "processes":
        yield executor
        return
    from heartland.runs.pool import Workers

    count = workers or usable_cores()
    with Workers(min(count, -(-members // AT_ONCE)) if members > 0 else count, prepare) as found:
        yield found
