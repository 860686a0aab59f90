"""The report of a run, with what takes long to make begun before the answers are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

    from heartland.charts.beside import Compiler
    from heartland.runs.executors import Computing
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.interaction import Interaction
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Writer", "reporting"]

Writer: TypeAlias = "Callable[[Sequence[OutcomeSummary], Path, Sequence[Interaction]], Path]"


@contextmanager
def reporting(
    run: Ensemble, base: Ensemble, executor: Computing = "serial", compiler: Compiler | None = None,
    *, last: bool = False,
) -> Iterator[Writer]:  # fmt: skip
    """Start the run with its system's rows off in turn and with rival forms, and the pictures of its paths.

    base : the baseline
    executor : workers that are there already compute those forms; by any name they are computed here
    compiler : one that was started before, and is its owner's to end; default one for this report
    last : nothing else is asked of those workers, and they end once the forms are computed

    Yields
    ------
    What writes the report, given the answers, the run's folder and interactions; gives its path
    """
    from heartland.charts import beside as pictures
    from heartland.report.report import begin_report, write_report
    from heartland.runs.ablation import ablate_and_swap
    from heartland.runs.pool import Workers

    def computed() -> tuple[pd.DataFrame, pd.DataFrame]:
        found = ablate_and_swap(run, "serial" if isinstance(executor, str) else executor)
        if last and isinstance(executor, Workers):
            executor.close()
        return found

    with ExitStack() as stack, ThreadPoolExecutor(max_workers=1) as beside:
        drawn = compiler or stack.enter_context(pictures.Compiler())
        forms = beside.submit(computed)
        begun = begin_report(run, base, drawn)

        def write(rows: Sequence[OutcomeSummary], folder: Path, found: Sequence[Interaction]) -> Path:
            return write_report(
                run, base, rows, folder / "report.html", ablations=lambda: forms.result()[0],
                rivals=lambda: forms.result()[1], interactions=found, begun=begun,
            )  # fmt: skip

        yield write
