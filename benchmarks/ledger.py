"""Times of the ledger: `python -m benchmarks.ledger`. Search beside a plain scan, every query after load.

Each figure is the best of several rounds in this process; limits are those the design sets.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from heartland.evidence.ledger import Key, Ledger
from heartland.evidence.search import SearchIndex
from heartland.region.region import Region

QUERIES = ("loans", "peacekeep*", '"belt and road"', "beijing loans", "protest -china", "china")
MANY = 100_000


@dataclass(frozen=True)
class Row:
    """What was timed: best of the rounds in ms, limit in ms, and how often faster than the plain scan."""

    name: str
    best: float
    limit: float
    ratio: float = float("nan")


def best_of(rounds: int, make: Callable[[], object]) -> float:
    """Milliseconds of processor time of the quickest of some calls."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        make()
        times.append(time.process_time() - begun)
    return 1000 * min(times)


def many_facts(facts: pd.DataFrame, count: int, seed: int = 1) -> pd.DataFrame:
    """Facts made of the halves of real ones, so that words keep their frequencies."""
    rng = np.random.default_rng(seed)
    rows, first, last = (rng.integers(0, len(facts), count) for _ in range(3))
    said = [text.split() for text in facts["paraphrase"]]
    made = facts.iloc[rows].reset_index(drop=True).copy()
    made["paraphrase"] = [" ".join(said[a][:8] + said[b][-8:]) for a, b in zip(first, last, strict=True)]
    made["fact_id"] = [f"F-{number}" for number in range(count)]
    return made


def plain_scan(texts: pd.Series, query: str) -> pd.Series:
    """The same question asked with `str.contains`, a scan for each term; no names, no ranking."""
    keep = pd.Series(True, index=texts.index)
    for minus, phrase, word in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', query):
        found = texts.str.contains((phrase or word).rstrip("*"), case=False, regex=False)
        keep &= ~found if minus else found
    return keep


def search_rows(tables: Mapping[str, pd.DataFrame], build: float, query: float, rounds: int) -> list[Row]:
    """Building the index of facts, and each query beside the scan of the statements."""
    count = len(tables["facts"])
    index = SearchIndex(tables)
    texts = tables["facts"]["paraphrase"]
    rows = [Row(f"{count:,} facts: build the index", best_of(rounds, lambda: SearchIndex(tables)), build)]
    for text in QUERIES:
        ours = best_of(5 * rounds, partial(index.find, text))
        scan = best_of(rounds, partial(plain_scan, texts, text))
        rows.append(Row(f"{count:,} facts: {text}", ours, query, scan / ours))
    return rows


def ledger_rows(region: Region, rounds: int = 7) -> list[Row]:
    """Queries of a loaded ledger; `cold` is the first call after load, on a new ledger each time."""

    def cold() -> Ledger:
        return Ledger(region.tables, region.ledger.grading)

    warm = cold()
    numbers = warm.observations
    ties = numbers[numbers["channel"] != ""]
    key = Key(*ties.iloc[len(ties) // 2][["giver", "receiver", "channel", "period", "definition"]])
    fact, number = warm.facts["fact_id"].iloc[-1], numbers["observation_id"].iloc[-1]
    asked: dict[str, Callable[[Ledger], object]] = {
        "where, facts of two actors": lambda book: book.where(giver="CHN", receiver="KGZ"),
        "where, observations since 2010": lambda book: book.where("observations", since="2010"),
        "as_of, three clocks": lambda book: book.as_of("2020-02-15", "2020-02-29", "2027"),
        "show, a fact": lambda book: book.show(fact),
        "show, an observation": lambda book: book.show(number),
        "cite, a fact": lambda book: book.cite(fact),
        "pool, one figure": lambda book: book.pool(key),
    }
    rows = []
    for name, ask in asked.items():
        rows.append(Row(name, best_of(rounds, partial(ask, warm)), 50))
        rows.append(Row(f"{name}, cold", best_of(rounds, partial(_first, ask, cold)), 50))
    return rows


def _first(ask: Callable[[Ledger], object], make: Callable[[], Ledger]) -> object:
    return ask(make())


def printed(rows: Sequence[Row]) -> str:
    """The rows as an aligned table; a star where the limit was missed."""
    lines = [f"{'':46}{'ms':>10}{'limit':>8}{'scan / ours':>13}"]
    for row in rows:
        ratio = "" if np.isnan(row.ratio) else f"{row.ratio:.1f}"
        mark = " *" if row.best > row.limit else ""
        lines.append(f"{row.name:46}{row.best:10.2f}{row.limit:8.0f}{ratio:>13}{mark}")
    return "\n".join(lines)


def main() -> None:
    """Time everything and print it."""
    region = Region.load()
    tables = dict(region.tables)
    rows = search_rows(tables, 50, 5, 5)
    rows += search_rows({**tables, "facts": many_facts(tables["facts"], MANY)}, 5000, 50, 1)
    print(printed([*rows, *ledger_rows(region)]))


if __name__ == "__main__":
    main()
