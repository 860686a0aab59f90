"""Write what the documents take from the program: answers, pictures, and the pages to look things up in.

    uv run python docs/make.py           # writes, and names what it changed
    uv run python docs/make.py --check   # writes nothing; exit code 1 if something is out of date

The answer and the picture come from one run: the README's own command, seed 1, 1,000 members.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import answers
import corridors
import patterns
import systems

import heartland as hl
from heartland.charts.fans import fan_pair
from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.render import to_svg
from heartland.dynamics.page import mechanisms_page
from heartland.evidence.audit import audit_page
from heartland.evidence.readers.page import import_page
from heartland.measures.page import measures_page
from heartland.report.answer import answer_lines
from heartland.scenarios.answers import summaries
from heartland.scenarios.state import model_labels

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = "kazakhstan-2022"
SHOWN = {"state": "presence", "giver": "RUS", "receiver": "KAZ"}
TITLE = "Security presence of Russia in Kazakhstan"
PICTURE = Path("docs/images/presence.svg")
COMMANDS = Path("docs/look-up/commands.md")
AUDITS = Path("docs/look-up/audits.md")
IMPORTS = Path("docs/look-up/import.md")
MEASURES = Path("docs/look-up/measures.md")
MECHANISMS = Path("docs/look-up/mechanisms.md")
BEGIN, END = "<!-- answer: written by docs/make.py -->\n", "<!-- end of answer -->\n"


def pair() -> tuple[Any, Any]:
    """The README's run and its baseline."""
    return hl.run_pair(hl.Scenario.load("central-asia", SCENARIO), members=1000, seed=1)


def readme(run: Any, base: Any) -> str:
    """The README with the run's answer between the two marks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    answer = "\n".join(answer_lines(run, base, summaries(run, base)))
    return f"{before}{BEGIN}```text\n{answer}\n```\n{END}{after}"


def picture(run: Any, base: Any) -> str:
    """Fan of one series in the run, with the baseline in grey, as SVG."""
    names = {key: value for key, value in SHOWN.items() if key != "state"}
    dates, own = run.series(SHOWN["state"], **names)
    _, other = base.series(SHOWN["state"], **names)
    folder = run.scenario.region.path
    colours = {row["actor"]: row for row in csv.DictReader((folder / "palette.csv").open(encoding="utf-8"))}
    spec = fan_pair(
        fan_frame(dates, own), fan_frame(dates, other), title=TITLE, unit="level (0 none, 4 combat force)",
        source=f"heartland run {SCENARIO}: {run.members} runs, seed {run.seed}; grey: without the revolt",
        paths=paths_frame(dates, own), colour=colours[SHOWN["giver"]].get("light", ""),
    )  # fmt: skip
    return to_svg(spec)


def measures() -> str:
    """Page of all measures with their full references."""
    path = ROOT / "src/heartland/regions/central-asia/sources.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return measures_page(csv.DictReader(file))


def mechanisms() -> str:
    """Page of all mechanisms with the region's priors."""
    region = hl.Region.load("central-asia")
    path = region.path / "parameters.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return mechanisms_page(region.model.mechanisms, list(csv.DictReader(file)), model_labels())


def commands() -> str:
    """Page with the help of every command."""
    parts = [
        "# Commands\n\nWritten by `docs/make.py` from the program's own help. Results go to standard output, "
        "progress and messages\nto standard error. Exit codes: 0 done, 1 internal error, 2 bad input or "
        "usage, 3 a check failed, 130 interrupted.\n"
    ]
    for name, text in helps():
        parts.append(f"## {name}\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def helps() -> Iterator[tuple[str, str]]:
    """Each command's name and its help, in the order of the program."""
    import typer.main

    from heartland.app.cli.main import app

    top = typer.main.get_command(app)
    yield from _helps(top, "heartland", None)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    asked: dict[str, Any] = {"parent": parent, "resilient_parsing": True, "terminal_width": 100}
    with command.make_context(name, ["--help"], **asked) as here:
        yield name, command.get_help(here)
        for child in getattr(command, "commands", {}).values():
            for found, text in _helps(child, str(child.name), here):
                yield f"{name} {found}", text


def main() -> int:
    """Write or check; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args().check
    run, base = pair()
    made = {
        Path("README.md"): readme(run, base), PICTURE: picture(run, base), COMMANDS: commands(),
        AUDITS: audit_page(), IMPORTS: import_page(), MEASURES: measures(), **answers.pages(),
        MECHANISMS: mechanisms(), patterns.PAGE: patterns.page(hl.Region.load("central-asia")),
        corridors.LOOK_UP: corridors.look_up(hl.Region.load("central-asia")),
        corridors.PAGE: corridors.page(hl.Region.load("central-asia")),
        systems.PAGE: systems.page(hl.Region.load("central-asia")),
    }  # fmt: skip
    changed = []
    for path, text in made.items():
        target = ROOT / path
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            changed.append(str(path))
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    print(f"{'out of date' if check else 'written'}: {', '.join(changed) or 'nothing'}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
