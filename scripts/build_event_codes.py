"""Build the table CAMEO code -> PLOVER type and mode from the published cross-walk.

    python scripts/build_event_codes.py [SHARED] [--out FOLDER]

SHARED is the folder that holds `data/`; without it `HEARTLAND_SHARED`, else `../shared` beside the
repository. Writes `cameo_plover.csv`; each defect of the cross-walk is named in its column `defect`.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "src" / "heartland" / "schema"
COLUMNS = ("cameo", "type", "mode", "contexts", "defect")

# Older words of the cross-walk for a mode or a context of the codebook of 2024.
MODES = {
    "assassinate": "targeted",
    "cleansing": "",
    "massacre": "",
    "pro_autocracy": "",
    "return": "release",
    "ease": "",
    "ban": "restrict",
    "political": "restrict",
    "seize": "destroy",
}
# Rows that are kept as published although a better word exists.
KEPT = {"195": "aerial weapons are given as heavy-weapons although there is a mode aerial: kept as published"}
CONTEXTS = {"democracy": "pro_democracy", "humanitarian": "human_security"}


def codebook() -> tuple[set[str], set[tuple[str, str]], set[str]]:
    """Types, (type, mode) pairs and contexts of the shipped vocabulary."""
    with (SCHEMA / "plover.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    types = {row["type"] for row in rows if row["kind"] == "type"}
    modes = {(row["type"], row["mode"]) for row in rows if row["kind"] == "mode"}
    return types, modes, {row["type"] for row in rows if row["kind"] == "context"}


def converted(row: dict[str, str], known: tuple[set[str], set[tuple[str, str]], set[str]]) -> dict[str, str]:
    """One row in the words of the codebook of 2024, its changes named."""
    types, modes, contexts = known
    kind, mode = row["plover_type"], row["plover_mode"]
    defects = [KEPT[row["cameo_code"]]] if row["cameo_code"] in KEPT else []
    if kind not in types:
        raise SystemExit(f"{row['cameo_code']}: type {kind} is not in plover.csv")
    if mode and (kind, mode) not in modes:
        new = MODES.get(mode, "")
        new = new if (kind, new) in modes else ""
        told = f"read as {new}" if new else "left empty"
        defects.append(f"mode {mode} is not a mode of {kind} in the codebook of 2024: {told}")
        mode = new
    kept = []
    for word in filter(None, (part.strip() for part in row["plover_context"].split(";"))):
        new = CONTEXTS.get(word, word)
        if new not in contexts:
            raise SystemExit(f"{row['cameo_code']}: context {word} is not in plover.csv")
        if new != word:
            defects.append(f"context {word} is now {new}")
        kept.append(new)
    return {
        "cameo": row["cameo_code"], "type": kind, "mode": mode, "contexts": ";".join(kept),
        "defect": "; ".join(defects),
    }  # fmt: skip


def table(source: Path) -> Iterator[dict[str, str]]:
    """Rows sorted by code, each code once."""
    known = codebook()
    found: dict[str, dict[str, str]] = {}
    with source.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            code, new = row["cameo_code"], converted(row, known)
            old = found.setdefault(code, new)
            if old is new:
                continue
            if (old["type"], old["mode"]) == (new["type"], new["mode"]):
                told = "listed twice with the same type"
            else:
                told = f"listed as {old['type']} and as {new['type']}: too wide for one type, left without"
                old |= {"type": "", "mode": "", "contexts": ""}
            old["defect"] = "; ".join(filter(None, (old["defect"], told)))
    for code in ("01", "02"):
        found[code] = {
            "cameo": code, "type": "", "mode": "", "contexts": "",
            "defect": "statements and appeals have no type",
        }  # fmt: skip
    yield from (found[code] for code in sorted(found))


def main() -> None:
    """Write the table."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("shared", nargs="?", type=Path,
                        default=Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--out", type=Path, default=SCHEMA)
    arguments = parser.parse_args()
    source = arguments.shared / "data" / "texts" / "cameo_to_plover.csv"
    if not source.is_file():
        parser.error(f"no {source.name} in {arguments.shared / 'data' / 'texts'}")
    with (arguments.out / "cameo_plover.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table(source))


if __name__ == "__main__":
    main()
