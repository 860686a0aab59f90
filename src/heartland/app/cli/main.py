"""The command line: `heartland COMMAND`. Each command imports what it needs when it is called."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from heartland.app.cli import (
    checking,
    describing,
    drafting,
    evidence,
    fetching,
    importing,
    measuring,
    profiling,
    routing,
    running,
    sweeping,
)
from heartland.app.cli.room import check_room, lacking
from heartland.errors import HeartlandError
from heartland.runs.garbage import rarely

__all__ = ["app", "entry"]

app = typer.Typer(
    name="heartland",
    help="An open laboratory for a regional order: every number has a source, every what-if has a score.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
running.add(app)
sweeping.add(app)
profiling.add(app)
measuring.add(app)
app.add_typer(evidence.app, name="evidence")
app.add_typer(routing.app, name="corridors")
importing.add(app)
fetching.add(app)
describing.add(app)
checking.add(app)
drafting.add(app)


# the common base of all usage errors, wherever the installed typer keeps it
UsageProblem: type[Any] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


def _version(asked: bool) -> None:
    if asked:
        from heartland import __version__

        typer.echo(f"heartland {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """An open laboratory for a regional international order."""
    del version


def _alone() -> None:
    """Let worker processes start without the installed script, which would load the command line in each."""
    script = sys.modules["__main__"]
    if getattr(script, "entry", None) is entry and script.__spec__ is None:
        vars(script).pop("__file__", None)


def entry() -> None:
    """Run the command line; errors become one message on stderr and the exit code of the contract."""
    rarely()
    _alone()
    try:
        check_room(sys.argv[1:])
        code = app(standalone_mode=False, prog_name="heartland")
    except typer.Abort:
        code = 130
    except UsageProblem as error:
        error.show()
        code = 2
    except HeartlandError as error:
        typer.echo("\n".join([f"heartland: {error}", *getattr(error, "__notes__", ())]), err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        typer.echo("heartland: stopped; what was finished is kept, nothing is half-written.", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (MemoryError, RuntimeError, ImportError, OSError) as error:
        said = lacking(error)
        if not said and isinstance(error, OSError) and error.filename is not None:
            said = f"{error.filename}  {error.strerror}."
        if not said:
            raise
        typer.echo(f"heartland: {said}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
