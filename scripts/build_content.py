"""Build the content tables of the default region from the shared, hand-read tables.

    python scripts/build_content.py [SHARED] [--out FOLDER]

SHARED is the folder that holds `content/`; without it `HEARTLAND_SHARED`, else `../shared` beside the
repository. Rebuilding from the same tables gives byte-identical files.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import content_choices as choices
import corridor_choices as routes
from recording import record_built

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "src" / "heartland" / "schema"
REGIONS = ROOT / "src" / "heartland" / "regions"
REGION = "central-asia"

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    """Rows of one shared table."""
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def columns_of(table: str) -> list[str]:
    """Column names of a table in schema order."""
    with open(SCHEMA / f"{table}.csv", encoding="utf-8", newline="") as file:
        return [row["column"] for row in csv.DictReader(file)]


def write(folder: Path, table: str, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows in schema order; a column the schema lacks is an error, an empty one is left out."""
    rows = list(rows)
    have = {column for row in rows for column, cell in row.items() if cell}
    known = columns_of(table)
    if unknown := sorted(have - set(known)):
        raise SystemExit(f"{table}: no column {', '.join(unknown)} in schema/{table}.csv")
    columns = [column for column in known if column in have]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in rows)


def same(row: Row) -> Row:
    return row


def corrected(table: str, row: Row) -> Row:
    """The row with what a second reading put right; see `CORRECTIONS`."""
    key = next(iter(row.values()))
    return {**row, **choices.CORRECTIONS.get((table, key), {})}


def as_question(row: Row) -> Row:
    return row | {
        "unit": choices.UNIT_IDS.get(row["unit"], row["unit"]),
        "expression": choices.EXPRESSIONS.get(row["id"], row["expression"]),
    }


def as_class(row: Row) -> Row:
    return {("risk_unit" if column == "unit" else column): cell for column, cell in row.items()}


def as_system(row: Row) -> Row:
    parts = [part.strip() for part in row["state_variables"].split(";")]
    models = choices.MODELS_OF_SYSTEMS[row["system_id"]].replace(" ", ";")
    return row | {"state_variables": ";".join(parts), "models": models}


def as_issue(row: Row) -> Row:
    return row | {
        "fact_ids": choices.FACTS_OF_ISSUES.get(row["issue_id"], ""),
        "resolved": "yes" if row["issue_id"] in choices.RESOLVED_ISSUES else "no",
    }


def as_corridor(row: Row) -> Row:
    name = row["corridor_id"]
    return row | {
        "fact_ids": routes.CORRIDOR_MORE.get(name, ""), "no_path": routes.WITHOUT_LEGS.get(name, ""),
    }


def as_leg(row: Row) -> Row:
    return row | {"via": routes.VIA.get(row["leg_id"], "")}


def as_node(row: Row) -> Row:
    return row | {"hub_of": routes.HUBS.get(row["node_id"], "")}


_LEG = {
    "leg_id": "", "status": "", "from": "", "to": "", "source_id": "", "basis": "documented", "note": "",
}


def with_data_sources(texts: list[Row]) -> list[Row]:
    """The sources of the texts, then the data sources already in the region's table, as they stand."""
    shipped = REGIONS / REGION
    if not (shipped / "sources.csv").is_file():
        return texts
    own = {row["source_id"] for row in texts}
    return [*texts, *(row for row in read(shipped, "sources") if row["source_id"] not in own)]


TABLES: dict[str, tuple[str, Callable[[Row], Row]]] = {
    "actors": ("actors", same),
    "actor_names": ("actor_names", same),
    "memberships": ("memberships", same),
    "documents": ("articles", same),
    "facts": ("facts", same),
    "arguments": ("arguments", same),
    "questions": ("questions", as_question),
    "question_classes": ("question_classes", as_class),
    "document_questions": ("document_questions", same),
    "corridors": ("corridors", as_corridor),
    "legs": ("legs", as_leg),
    "nodes": ("nodes", as_node),
    "systems": ("systems", as_system),
    "issues": ("document_issues", as_issue),
}


# tables not taken row by row from one shared table
OTHER_TABLES = (
    "sources", "leg_status", "corridor_status", "corridor_wills", "contradictions", "palette",
)


def build(shared: Path, regions: Path) -> None:
    """Write every content file of the region below `regions`."""
    content, folder = shared / "content", regions / REGION
    for table, (source, change) in TABLES.items():
        rows = [corrected(table, change(row)) for row in read(content, source)]
        write(folder, table, [*rows, *choices.ADDED_ROWS.get(table, [])])
    sources = with_data_sources(read(content, "sources"))
    write(folder, "sources", [corrected("sources", row) for row in sources])
    write(folder, "leg_status", [{**_LEG, **row} for row in routes.LEG_STATUS])
    write(folder, "corridor_status", routes.CORRIDOR_STAGES)
    write(folder, "corridor_wills", routes.CORRIDOR_WILLS)
    pairs = [(f"D-{i:02d}", *row, "assumption") for i, row in enumerate(choices.CONTRADICTIONS, 1)]
    columns = ("id", "argument_a", "argument_b", "on", "kind", "note", "status")
    write(folder, "contradictions", [dict(zip(columns, row, strict=True)) for row in pairs])
    palette = [dict(zip(("actor", "light", "dark", "dash"), row, strict=True)) for row in choices.PALETTE]
    write(folder, "palette", palette)
    (regions / "default").write_text(f"{REGION}\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="build the content tables of the default region")
    parser.add_argument("shared", nargs="?", type=Path,
                        default=Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--out", type=Path, default=REGIONS, help="folder of the regions")
    arguments = parser.parse_args()
    if not (arguments.shared / "content").is_dir():
        parser.error(f"no folder content in {arguments.shared}; name the folder or set HEARTLAND_SHARED")
    build(arguments.shared, arguments.out)
    if arguments.out.resolve() == REGIONS.resolve():
        record_built(REGIONS / REGION, [*TABLES, *OTHER_TABLES], Path(__file__).name)


if __name__ == "__main__":
    main()
