"""The shipped observations: complete, traceable to the raw tables, and rebuilt to the byte."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from heartland.core.dates import parse
from heartland.core.schema import check_references, load_schema, validate
from heartland.core.tables import read_csv
from heartland.evidence.pooling import Grading
from heartland.evidence.readers import READERS
from heartland.measures.literature import METHODS, cited
from heartland.measures.registry import catalogue

ROOT = Path(__file__).resolve().parents[2]
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
MINE = ("observations", "channels", "indicators", "silence", "weights")
RECEIVERS = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
POWERS = ["RUS", "CHN", "USA", "eu", "TUR", "IND", "IRN"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    frame = pd.read_csv(REGION / "observations.csv", keep_default_na=False, dtype=str)
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


@pytest.fixture(scope="module")
def by_id(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index("observation_id")


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the raw tables are not at {SHARED.name}/data; set HEARTLAND_SHARED to rebuild")
    out = tmp_path_factory.mktemp("region")
    shutil.copy(REGION / "sources.csv", out / "sources.csv")
    script = ROOT / "scripts" / "build_observations.py"
    command = [sys.executable, str(script), str(SHARED), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.mark.parametrize("name", ["observations.csv", "reference.json"])
def test_rebuilding_gives_the_shipped_bytes(rebuilt: Path, name: str) -> None:
    assert (rebuilt / name).read_bytes() == (REGION / name).read_bytes()


def test_rebuilding_keeps_every_source(rebuilt: Path) -> None:
    """The data sources move to the end; every row stays as it is."""
    made, shipped = (
        pd.read_csv(folder / "sources.csv", keep_default_na=False, dtype=str).sort_values("source_id")
        for folder in (rebuilt, REGION)
    )
    assert made.to_csv(index=False) == shipped.to_csv(index=False)


def test_tables_fit_their_schemas_and_every_reference_resolves() -> None:
    names = [*MINE, "actors", "sources", "facts", "documents"]
    schemas = {name: load_schema(name) for name in names}
    frames = {}
    for name in names:
        frames[name], findings = validate(read_csv(REGION / f"{name}.csv"), schemas[name])
        assert findings == [], name
    assert [f for f in check_references(frames, schemas) if f.place.file.removesuffix(".csv") in MINE] == []


# Each value was worked out by hand from the raw line: both directions added, units brought to usd.
TRACED = {
    "O-TRD-COW-RUS-KAZ-2000": 2197e6 + 2439e6,
    "O-TRD-UNC-CHN-TJK-2015": 1796603.76e3 + 73365.836e3,
    "O-TRD-NAT-CHN-UZB-2020": 1937053.3e3 + 4501216.69e3,
    "O-TRD-NAT-RUS-KAZ-2021-V2022": 7018745.7643e3 + 17605534.2012e3,
    "O-TRD-NAT-TOTAL-KAZ-2021-V2022": 60321024.4006e3 + 41415435.4697e3,
    "O-TRD-NAT-CHN-KGZ-2014": 32782.723e3 + 1098468.478e3,
    "O-TRD-NAT-EU-KGZ-2014": 58633.187e3 + 592504.7e3,
    "O-TRD-NAT-TOTAL-KGZ-2014": 1883733.456e3 + 5734703.808e3,
    "O-DEBT-HRT-CHN-TJK-2014": 1.295e9,
    "O-REM-WB-RUS-UZB-2017": 2838.687692e6,
    "O-REM-TOTAL-TJK-2013": 0.4376836 * 8448411318.254166,
    "O-REM-SPLIT-RUS-TJK-2013": 0.4376836 * 8448411318.254166 * 1686.574106 / 2219.703247,
    "O-INV-AEI-CHN-TJK-2012": (400 + 300 + 260 + 300 + 350) * 1e6,
    "O-ARM-SIPRI-RUS-TJK-2019": 0.89 + 1.8 + 0.75,
    "O-IDEAL-KGZ-2019": -0.7355174,
    "O-POLY-UZB-2020": 0.205,
    "O-EDU-AID-CHN-KAZ-2015": 13198,
    "O-ENG-VIT-CHN-TJK-2010": 10,
    "O-IGO-COW-RUS-TJK-2010": 36,
    "O-GDP-KAZ-2020": 205829267103.1996,
    "O-WAR-AFG-2002": 1 / 2,
    "O-GDP-PAK-2005": 210.76e9,
    "O-VOTE-UN-RUS-KAZ-2005": 0.885417,
    "O-VOTE-UN-CHN-TKM-2005": 0.973684,
    "O-VOTE-UN-USA-UZB-2018": 0.181250,
}


@pytest.mark.parametrize(("name", "value"), TRACED.items())
def test_values_traced_by_hand(by_id: pd.DataFrame, name: str, value: float) -> None:
    assert by_id.value[name] == pytest.approx(value, rel=6e-6)


def test_clashing_sources_stand_side_by_side(by_id: pd.DataFrame) -> None:
    tie, total = "O-TRD-{}-CHN-KGZ-2014", "O-TRD-{}-TOTAL-KGZ-2014"
    shares = {k: by_id.value[tie.format(k)] / by_id.value[total.format(k)] for k in ("COW", "NAT")}
    assert shares == {"COW": pytest.approx(0.494, abs=5e-4), "NAT": pytest.approx(0.148, abs=5e-4)}
    assert by_id.definition[tie.format("COW")] == by_id.definition[tie.format("NAT")] == "goods-turnover"


def test_every_row_has_a_unit_and_a_source_or_says_assumption(rows: pd.DataFrame) -> None:
    assert (rows.unit != "").all()
    assert (rows.definition != "").all()
    assert (rows.status[rows.source_id == ""] == "assumption").all()
    assert set(rows.status) == {"documented", "assumption"}
    assert ((rows.channel == "") != (rows.indicator == "")).all()
    assert (rows.receiver[rows.indicator != ""] == "").all()


def test_ids_are_serial_and_rows_are_not_repeated(rows: pd.DataFrame) -> None:
    assert rows.observation_id.is_unique
    assert rows.observation_id.map(lambda x: bool(re.fullmatch(r"[A-Z]+[0-9]*(-[A-Z0-9]+)*[a-z]?", x))).all()
    cell = ["giver", "receiver", "channel", "indicator", "period", "definition", "source_id", "published"]
    assert not rows.duplicated(cell).any()


def test_bounds_enclose_and_deprecated_rows_say_why(rows: pd.DataFrame) -> None:
    assert not ((rows.low > rows.value) | (rows.high < rows.value)).any()
    assert ((rows["rank"] == "deprecated") == (rows.rank_reason != "")).all()
    artefact = rows[(rows["rank"] == "deprecated") & (rows.source_id == "cow-trade-4")]
    assert {"O-TRD-COW-RUS-KAZ-2010", "O-TRD-COW-RUS-KAZ-2011"} <= set(artefact.observation_id)


def test_nothing_is_filled_where_a_source_is_silent(rows: pd.DataFrame) -> None:
    """Zeros stand only where a raw table prints one or where the register claims to be complete."""
    zero = set(rows.source_id[(rows.value == 0) & (rows.channel != "")])
    assert zero <= {"atop-2018", "hrt-2020", "aiddata-gcdf-3", "cow-trade-4", "us-troops", ""}
    live = rows[rows["rank"] != "deprecated"]
    newest = live[live.channel == "trade"].groupby("receiver").period.max()
    assert newest.to_dict() == {"KAZ": "2023", "KGZ": "2023", "TJK": "2015", "TKM": "2015", "UZB": "2023"}
    assert live[(live.indicator == "remittances-share") & (live.giver == "TKM")].period.tolist() == ["1996"]
    assert live[live.channel == "exercises"].period.max() == "2010"
    documented = live[live.status == "documented"]
    assert documented[documented.channel == "debt"].giver.unique().tolist() == ["CHN"]
    assert set(live.channel) & {"attitude", "digital", "media", "medical-aid"} == set()
    assert not ((rows.channel == "arms") & (rows.value == 0)).any()


def test_the_hand_register_is_marked_as_what_it_is(rows: pd.DataFrame) -> None:
    """Stocks nobody's table covers are assumptions without a source, with a wide interval or a plain zero."""
    hand = rows[rows.observation_id.str.contains("-HAND-")]
    assert set(hand.channel) == {"investment", "debt", "energy"}
    assert set(hand[hand.channel != "energy"].giver) == {"RUS"}
    assert set(hand.status) == {"assumption"}
    assert set(hand.source_id) == {""}
    assert hand.note.str.contains("general knowledge").all()
    amounts = hand[hand.value > 0]
    assert (amounts.high / amounts.low >= 1.2).all()


def test_units_are_the_catalogues(rows: pd.DataFrame) -> None:
    channels = pd.read_csv(REGION / "channels.csv", keep_default_na=False).set_index("channel_id")
    indicators = pd.read_csv(REGION / "indicators.csv", keep_default_na=False).set_index("indicator_id")
    for column, table in (("channel", channels), ("indicator", indicators)):
        mine = rows[rows[column] != ""]
        assert (mine.unit == mine[column].map(table.unit)).all()
        assert (mine["transform"] == mine[column].map(table["transform"])).all()
    for name, definitions in channels.definitions.items():
        used = set(rows.definition[rows.channel == name])
        assert used == {d for d in definitions.split(";") if d}, name


def test_state_spells_never_overlap_and_presence_covers_every_pair(rows: pd.DataFrame) -> None:
    spells = rows[rows.channel.isin(["presence", "commitment"])]
    pairs = {(g, r) for g in POWERS for r in RECEIVERS}
    for channel, of_channel in spells.groupby("channel"):
        assert set(zip(of_channel.giver, of_channel.receiver, strict=True)) == pairs, channel
        for cell, mine in of_channel.groupby(["giver", "receiver"]):
            dates = sorted((parse(p) for p in mine.period), key=lambda d: d.earliest)
            for before, after in pairwise(dates):
                assert (after.earliest - before.latest).days == 1, (channel, cell)
            assert dates[-1].open_end == (channel == "presence")


def series() -> list[set[str]]:
    """Sources named by each bulk table."""
    paths = sorted((REGION / "series").glob("*.csv"))
    tables = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths]
    return [set(table.source_id) for table in tables if "source_id" in table.columns]


def test_every_data_source_is_used_graded_and_explained(rows: pd.DataFrame) -> None:
    mine = pd.read_csv(ROOT / "scripts" / "data_sources.csv", keep_default_na=False, dtype=str)
    priors = pd.read_csv(REGION / "parameters.csv", keep_default_na=False, dtype=str)
    data = mine[mine.source_id.isin(rows.source_id)]
    assert len(data) == 28
    assert (data.reliability_reason != "").all()
    others = mine[~mine.source_id.isin(rows.source_id)]
    graded = others[others.reliability != "F"]
    assert (graded.reliability_reason != "").all()
    assert set(graded.source_id) <= {source for name in series() for source in name}
    assert set(graded.kind) <= {"dataset"}
    literature = others[others.reliability == "F"]
    in_docstrings_only = {
        *("ang-2004", "berkemeier-2018", "blake-2015", "cantoni-2024", "fleishman-1978", "poghosyan-2020"),
        *("gleditsch-2002", "gleditsch-ward-1999", "stix-2-1"),
    }
    cited_by_code = {source for record in catalogue().values() for source in record.references}
    cited_by_code |= {source for text in METHODS.values() for source in cited(text)}
    cited_by_code |= {source for reader in READERS.values() for source in reader.references}
    unused = set(literature.source_id) - set(priors.source_id) - cited_by_code
    assert unused == in_docstrings_only
    shipped = pd.read_csv(REGION / "sources.csv", keep_default_na=False, dtype=str)
    assert set(mine.source_id) <= set(shipped.source_id)
    assert shipped.source_id.is_unique


def test_known_vintages_of_a_revised_table_are_kept(rows: pd.DataFrame) -> None:
    revised = rows[(rows.source_id == "kaz-bns") & (rows.indicator == "trade-total")]
    assert revised.groupby("period").size().to_dict() == {
        "2018": 1,
        "2019": 2,
        "2020": 2,
        "2021": 2,
        "2022": 2,
        "2023": 1,
    }
    assert (revised.published != "").all()


@pytest.mark.parametrize("name", ["weights", "weights-equal"])
def test_weights_follow_the_standard_table(name: str) -> None:
    table = pd.read_csv(REGION / f"{name}.csv", keep_default_na=False)
    domains = table[table.part == "domain"].set_index("domain").weight
    assert len(domains) == 7
    sums = table[table.part != "domain"].groupby(["part", "domain"]).weight.sum()
    assert (table.status == "assumption").all()
    political = table[(table.part == "dependence") & (table.domain == "political")].set_index("channel")
    assert political.base.to_dict() == {"engagement": "total", "institutions": "base:igo-memberships"}
    if name == "weights":
        assert domains.sum() == pytest.approx(1)
        assert sums.to_numpy() == pytest.approx(1)
        assert political.weight.to_dict() == {"engagement": 0.5, "institutions": 0.5}
    else:
        assert (table.weight == 1).all()


def test_reference_holds_the_quantiles_of_its_own_values() -> None:
    content = json.loads((REGION / "reference.json").read_text(encoding="utf-8"))
    assert content["period"] == "1995-01-01/2019-12-31"
    for name, channel in content["channels"].items():
        positive = channel["positive"]
        assert positive == sorted(positive), name
        assert positive[0] > 0
        assert len(positive) <= 200
        assert positive[0] <= channel["x_med"] <= channel["x_ref"] <= positive[-1]
    assert content["channels"]["commitment"]["x_ref"] == 3
    assert content["channels"]["arms"]["window_years"] == 5


def test_grading_is_read_as_the_method_states_it() -> None:
    policy = Grading.from_yaml(REGION / "grading.yaml")
    assert policy == Grading()
    assert policy.error("F", "6") == 0.25
    assert policy.error("C", "2") == 0.05
