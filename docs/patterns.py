"""The page of patterns: signs that the model must get right, and in what share of draws it does."""

from __future__ import annotations

import sys
from pathlib import Path

import heartland as hl
from heartland.core.yamlio import read_yaml
from heartland.region.region import Region
from heartland.scenarios.cases import Case, case_ids

__all__ = ["PAGE", "main", "page", "rows"]

PAGE = Path("docs/judge/patterns.md")
MEMBERS, SEED, NEEDED = 1600, 1, 0.9
HEAD = """# Patterns

Written by `docs/make.py`. A pattern is a sign of the record that the model should reproduce whatever its
parameters: it is run on {members:,} members (seed {seed}), 16 to each draw of the parameters, and a draw
counts where most of its members agree. A pattern holds if it does so in at least {needed:.0%} of the draws;
**those that do not are said to fail**, and what rests on them should be read with that in mind.
The files are `cases/*.yaml` with `over: draws`.

{held} of {count} patterns hold.

| pattern | says | share of draws | verdict | source |
|---|---|---|---|---|
"""


def rows(region: Region) -> list[tuple[Case, float]]:
    """Each pattern of a region with the share of draws in which it holds."""
    found = []
    for name in case_ids(region.path):
        content = read_yaml(region.path / "cases" / f"{name}.yaml", name).value
        if content.get("over") != "draws":
            continue
        case = Case.load(region, name)
        answer = hl.run(case.scenario, members=MEMBERS, seed=SEED).outcome(name)
        found.append((case, case.share(answer.values, answer.valid)))
    return found


def page(region: Region) -> str:
    """The whole page."""
    lines, held = [], 0
    measured = rows(region)
    for case, share in measured:
        held += share >= NEEDED
        verdict = "holds" if share >= NEEDED else "**fails**"
        origin = case.source or f"assumption: {case.assumption}"
        lines.append(f"| `{case.id}` | {case.says} | {share:.0%} | {verdict} | {origin} |")
    head = HEAD.format(members=MEMBERS, seed=SEED, needed=NEEDED, held=held, count=len(measured))
    return head + "\n".join(lines) + "\n"


def main() -> None:
    """Print the page."""
    sys.stdout.write(page(hl.Region.load("central-asia")))


if __name__ == "__main__":
    main()
