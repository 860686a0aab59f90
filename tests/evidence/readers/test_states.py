"""The list of state codes: rebuilt to the byte, and the traps it must not fall into."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.evidence.readers.reading import ROOT, SHARED

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.states import codes, nearest, normal_name, spells

REGIONS = ROOT / "src" / "heartland" / "regions"


@pytest.mark.parametrize("name", ["states.csv", "state_names.csv"])
def test_rebuilding_gives_the_shipped_bytes(tmp_path: Path, name: str) -> None:
    if not (SHARED / "data").is_dir():
        pytest.skip("the raw tables are not there; set HEARTLAND_SHARED to rebuild")
    script = ROOT / "scripts" / "build_states.py"
    subprocess.run([sys.executable, script, SHARED, "--out", tmp_path], check=True, capture_output=True)
    assert (tmp_path / name).read_bytes() == (REGIONS / name).read_bytes()


@pytest.mark.parametrize(
    ("system", "code", "iso3"),
    [
        ("cow", "705", "KAZ"), ("cow", "365", "RUS"), ("cow", "255", "DEU"), ("cow", "260", "DEU"),
        ("gw", "260", "DEU"), ("cow", "265", "DDR"), ("cow", "679", "YEM"), ("gw", "678", "YEM"),
        ("cow", "345", "SRB"), ("gw", "340", "SRB"), ("cow", "347", "XKX"), ("cow", "817", "VDR"),
        ("name", "Kyrgyz Rep.", "KGZ"), ("name", "Iran, Islamic Rep. of", "IRN"),
        ("name", "China, P.R.: Mainland", "CHN"), ("name", "China, P.R.: Hong Kong", "HKG"),
        ("name", "Korea, Rep.", "KOR"), ("name", "Korea, Dem. People's Rep.", "PRK"),
        ("name", "Congo, Dem. Rep.", "COD"), ("name", "Congo, Rep.", "COG"), ("name", "Türkiye", "TUR"),
        ("name", "COTE D'IVOIRE", "CIV"), ("name", "Soviet Union", "SUN"), ("name", "Niger", "NER"),
        ("name", "Nigeria", "NGA"), ("iso3", "HKG", "HKG"),
    ],
)  # fmt: skip
def test_codes_lead_to_the_right_state(system: str, code: str, iso3: str) -> None:
    assert codes(system)[normal_name(code) if system == "name" else code] == iso3


def test_groups_are_no_states() -> None:
    for group in ("World", "European Union", "Euro Area", "Unknown", "NATO", "Central Asia"):
        assert normal_name(group) not in codes("name")
    assert {"WLD", "EUU", "ARB", "CEB"} & set(codes("iso3")) == set()


def test_every_code_leads_to_one_state_and_open_spells_are_open() -> None:
    for system in ("cow", "gw"):
        pairs = {(row[system], row["iso3"]) for row in spells() if row[system]}
        assert len(pairs) == len({code for code, _ in pairs})
    ends = {row["iso3"]: row["to"] for row in spells()}
    assert (ends["KAZ"], ends["DDR"]) == ("", "1990")


def test_help_for_names_and_unknown_systems() -> None:
    assert nearest("Kazakstan", "name") == "Did you mean kazakhstan?"
    assert nearest("CEB", "iso3") == ""
    with pytest.raises(HeartlandInputError, match=r'"iso2" is not a system.*Did you mean iso3'):
        codes("iso2")
