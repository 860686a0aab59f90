"""Build the list of state codes and of printed names that the readers of official files use.

    uv run python scripts/build_states.py SHARED [--out FOLDER]

SHARED : folder of the raw data (its `data/reference/states.csv` and the tables that print names)
--out : folder of `states.csv` and `state_names.csv`; the package's own `regions` folder unless given

Names come from two places: the tables that print a name beside an ISO-3 code, and `state_names.csv` beside
this script with the spellings of publishers whose tables are not there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from heartland.core.tables import write_csv
from heartland.evidence.readers.states import normal_name

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "heartland" / "regions"
EXTRA = Path(__file__).with_name("state_names.csv")
LIST_CLOSES = 2016  # the membership list ends here: a spell that reaches it still runs
STATES = "cow-states"

# Table, column of the code, column of the name, source.
NAMED = (
    ("reference/states.csv", "iso3", "state", STATES),
    ("regimes/vdem_high_level_1946_2024.csv.gz", "iso3", "country", "vdem-15"),
    ("un_ideal_points/ideal_points_all_1946_2019.csv.gz", "iso3", "country", "bsv-2020"),
    ("unctad_trade/unctad_trade_matrix.csv.gz", "exporter_iso3", "exporter_name", "unctad-matrix"),
    ("migrants/migrant_stock_1990_2019.csv.gz", "origin_iso3", "origin_name", "undesa-migrants-2019"),
    ("remittances/bilateral_remittances_2017.csv", "sender_iso3", "sender_name",
     "wb-bilateral-remittances-2017"),
    ("sipri_arms/deliveries_1995_2025.csv.gz", "supplier_iso3", "supplier_name", "sipri-at-2026"),
    ("sipri_arms/deliveries_1995_2025.csv.gz", "recipient_iso3", "recipient_name", "sipri-at-2026"),
)  # fmt: skip

# What a reader of the numbers should know about a code; (iso3, cow) -> note.
TRAPS = {
    ("RUS", "365"): "the code covers the predecessor union to 1991 as well: RUS throughout",
    ("DEU", "260"): "the western state to 1990; from 1990 COW counts 255, GW keeps 260",
    ("DEU", "255"): "COW code of the united state; 1990 has rows under 260 and 255",
    ("DDR", "265"): "joined DEU in 1990",
    ("YEM", "678"): "the northern state to 1990; from 1990 COW counts 679, GW keeps 678",
    ("YEM", "679"): "COW code of the united state; 1990 has rows under 678 and 679",
    ("YMD", "680"): "joined YEM in 1990",
    ("SRB", "345"): "the code of the former federation in all years; GW counts 340 from 2006",
    ("VNM", "816"): "the northern state to 1975, the united one after",
    ("VDR", "817"): "joined VNM in 1975",
    ("SDN", "625"): "without SSD from 2011",
    ("CSK", "315"): "CZE and SVK from 1993",
}
# Spells of the Gleditsch-Ward list that have no COW counterpart of the same number.
GW_ONLY = (("SRB", "", "340", "Serbia", "2006", "", "Gleditsch-Ward code after the federation ended"),)
# Wider than a state, or no place: never resolved, so that it cannot pass as one.
NOT_STATES = {"world", "other", "unknown", "unspecified", "multinational"}


def states(data: Path) -> list[tuple[str, ...]]:
    """Rows (iso3, cow, gw, name, from, to, note, source_id), sorted."""
    table = pd.read_csv(data / "reference/states.csv", dtype=str, keep_default_na=False)
    rows = [
        (
            row.iso3, row.cow, row.gw, row.state, row.system_from_year,
            "" if int(row.system_to_year) >= LIST_CLOSES else row.system_to_year,
            TRAPS.get((row.iso3, row.cow), ""), STATES,
        )
        for row in table.itertuples()
    ]  # fmt: skip
    rows += [(*row, STATES) for row in GW_ONLY]
    return sorted(rows)


def names(data: Path) -> list[tuple[str, str, str]]:
    """Rows (name, iso3, source_id), one per normal form, sorted; the hand list beats the tables."""
    found: dict[str, tuple[str, str, str]] = {}
    extra = pd.read_csv(EXTRA, dtype=str, keep_default_na=False)
    for text, iso3, publisher in extra.itertuples(index=False):
        if found.setdefault(normal_name(text), (text, iso3, publisher))[1] != iso3:
            raise ValueError(f"{text} has two codes in {EXTRA.name}")
    for file, code, name, source in NAMED:
        table = pd.read_csv(data / file, dtype=str, keep_default_na=False, usecols=[code, name])
        pairs = table.drop_duplicates().sort_values([name, code])
        for iso3, text in zip(pairs[code], pairs[name], strict=True):
            if len(iso3) == 3 and normal_name(text):
                found.setdefault(normal_name(text), (text, iso3, source))
    return sorted(row for key, row in found.items() if key not in NOT_STATES)


def main(arguments: list[str]) -> int:
    """Write both files and say how many rows they have."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args(arguments)
    data = given.shared / "data"
    spells, spellings = states(data), names(data)
    write_csv(
        given.out / "states.csv", ("iso3", "cow", "gw", "name", "from", "to", "note", "source_id"), spells
    )
    write_csv(given.out / "state_names.csv", ("name", "iso3", "source_id"), spellings)
    print(f"{len(spells)} spells, {len(spellings)} names")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
