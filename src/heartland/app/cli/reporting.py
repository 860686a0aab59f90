"""The report of a run, with what it takes long to make begun before the answer is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from heartland.charts.beside import Compiler
    from heartland.runs.executors import Computing
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.interaction import Interaction
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Writer", "reporting"]

Writer: TypeAlias = "Callable[[Ensemble, Sequence[OutcomeSummary], Path, Sequence[Interaction]], Path]"


@contextmanager
def reporting(
    run: Ensemble, executor: Computing = "serial", compiler: Compiler | None = None
) -> Iterator[Writer]:
    """Start the compiler of pictures, and the run with its system's rows off in turn and with rival forms.

    executor : workers that are there already compute those forms; by any name they are computed here
    compiler : one that was started before, and is its owner's to end; default one for this report

    Yields
    ------
    What writes the report, given the baseline, the answers, the run's folder and interactions; gives its path
    """
    from heartland.charts import beside as pictures
    from heartland.runs.ablation import ablate_and_swap

    with ExitStack() as stack, ThreadPoolExecutor(max_workers=1) as beside:
        drawn = compiler or stack.enter_context(pictures.Compiler())
        forms = beside.submit(ablate_and_swap, run, "serial" if isinstance(executor, str) else executor)

        def write(
            base: Ensemble, rows: Sequence[OutcomeSummary], folder: Path, found: Sequence[Interaction]
        ) -> Path:
            from heartland.report.report import write_report

            return write_report(
                run, base, rows, folder / "report.html", ablations=lambda: forms.result()[0],
                rivals=lambda: forms.result()[1], interactions=found, compiler=drawn,
            )  # fmt: skip

        yield write
