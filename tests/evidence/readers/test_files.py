"""Opening what publishers distribute: encodings, packing, lines before the header; byte soup is refused."""

from __future__ import annotations

import csv
import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence.readers.reading import MAPPINGS, SAMPLES

from heartland.errors import HeartlandInputError
from heartland.evidence.readers import READERS, Settings, reader
from heartland.evidence.readers.base import Tally
from heartland.evidence.readers.catalogue import TABLE_READERS
from heartland.evidence.readers.files import Layout, open_table

ABC = Layout(("a", "b|beta"), ("c",))
BY_KIND = {
    "cow-trade": "Dyadic_COW_4.0.csv", "nmc": "NMC-60-abridged.csv", "atop": "atop5_1ddyr.csv",
    "cow-alliances": "alliance_v4.1_by_dyad_yearly.csv", "cow-igo": "state_year_formatv3.csv",
    "unga-votes": "UNVotes.csv", "ideal-points": "IdealpointestimatesAll_Jun2024.csv",
    "sipri-trade-register": "trade-register-2026.csv", "wdi": "API_NY.GDP.MKTP.CD_DS2_en_csv_v2.csv",
    "wb-json": "wb_api.json", "imf-dots": "DOT_bulk.csv", "dac": "dac2a.csv", "wb-ids": "IDS_Data.csv",
    "unhcr": "population.csv", "undesa-migrants": "undesa_2019_table1.csv",
    "knomad": "bilateral_remittance_matrix.csv", "vdem": "V-Dem-CY-Full.csv", "aiddata-gcdf": "gcdf_3.csv",
    "dyad-year": "pairs.csv", "actor-year": "pairs.csv",
}  # fmt: skip


def rows(path: Path, layout: Layout = ABC) -> tuple[list[list[str]], dict[str, int]]:
    tally = Tally(path.name)
    table = open_table(path, [layout])
    found = [
        [chunk.column("a")[at], chunk.column("b")[at]]
        for chunk in table.chunks(tally) for at in range(len(chunk))
    ]  # fmt: skip
    return found, tally.counts


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n\xc3\xa9,2\n",
        b"\xef\xbb\xbfa,b\r\n\xc3\xa9,2\r\n",
        b"a;b\n\xe9;2\n",
        "a\tb\né\t2\n".encode("utf-16"),
        b"Title\n\n\"note, with comma\"\nA , BETA,\n\xc3\xa9,2,\n",
        b'x|a|b\n1|"\xc3\xa9"|2\n',
        gzip.compress(b"a,b\n\xc3\xa9,2\n", mtime=0),
    ],
)
def test_one_table_in_many_dresses(tmp_path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert rows(path) == ([["é", "2"]], {})


def test_rows_that_do_not_fit_are_left_out_and_trailing_commas_are_not(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3\n4,5,\n6,7,8\n\nData from database: x,\n9,10\n")
    found, counts = rows(path)
    assert found == [["1", "2"], ["4", "5"], ["9", "10"]]
    assert counts == {"cells do not match the header": 2, "line below the table": 1}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"a,b\n\0,2\n", "t.csv  is no text: it has NUL bytes."),
        ("t.csv", b"", "t.csv:1  has no header row."),
        ("t.csv", b"x,y\n1,2\n", "t.csv:1:a  column is missing."),
        ("t.zip", b"PK\x03\x04 broken", "t.zip  cannot be opened: BadZipFile."),
        ("t.gz", b"\x1f\x8b broken", "t.gz  cannot be opened: EOFError."),
        ("t.csv", b'a,b\n1,"' + b"x" * 1_100_000, "t.csv:2  cannot be split into cells"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(HeartlandInputError) as error:
        rows(path)
    assert said in str(error.value)


def test_a_cell_too_long_is_refused_whatever_else_the_process_read(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'a,b\n1,"' + b"x" * 1_100_000 + b'"\n')
    before = csv.field_size_limit(5_000_000)  # as a reader of longer lines leaves it
    try:
        with pytest.raises(HeartlandInputError, match="cannot be split into cells: a cell has more than"):
            rows(path)
    finally:
        csv.field_size_limit(before)


def test_a_workbook_and_an_empty_archive_say_what_to_do(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "")
    with pytest.raises(HeartlandInputError, match=r"is an Excel workbook.*Save the sheet"):
        rows(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("read.me", "")
    with pytest.raises(HeartlandInputError, match=r"holds no \.csv, \.txt or \.tab file"):
        rows(path)
    with pytest.raises(HeartlandInputError, match="there is no such file"):
        rows(tmp_path / "none.csv")


def test_every_table_kind_has_a_sample() -> None:
    assert {item.name for item in TABLE_READERS} == set(BY_KIND)
    assert set(BY_KIND) < set(READERS)


def _options(kind: str) -> dict[str, str]:
    if kind == "dyad-year":
        return {"map": str(MAPPINGS / "pairs.yaml")}
    if kind == "actor-year":
        return {"map": str(MAPPINGS / "nmc_shared.yaml")}
    return {"release": "2024"} if kind == "ideal-points" else {}


@pytest.mark.parametrize("kind", sorted(BY_KIND))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(soup=st.binary(max_size=200), cut=st.integers(0, 4000), whole=st.booleans())
def test_byte_soup_gives_findings_or_a_refusal(
    tmp_path, kind: str, soup: bytes, cut: int, whole: bool
) -> None:
    """Soup alone, and soup poured into a good file, never raise anything else."""
    good = (SAMPLES / BY_KIND[kind]).read_bytes()
    path = tmp_path / "soup.csv"
    path.write_bytes(soup if whole else good[:cut] + soup + good[cut:])
    try:
        done = reader(kind).read(path, Settings(options=_options(kind)))
    except HeartlandInputError:
        return
    assert done.frame is not None
    assert len(done.frame) == done.kept


@pytest.mark.parametrize("kind", sorted(BY_KIND))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_cells_give_findings_or_a_refusal(tmp_path, kind: str, data: st.DataObject) -> None:
    """One cell of a good file replaced by odd text."""
    lines = (SAMPLES / BY_KIND[kind]).read_bytes().split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    cells = lines[at].split(b",")
    cell = data.draw(st.integers(0, len(cells) - 1))
    odd = st.sampled_from(["1e999", "-1e400", "nan", "inf", "-9", "1,2", "0x10", "9" * 30, "٣", "²", ""])
    cells[cell] = data.draw(odd | st.text(max_size=6)).encode("utf-8", "surrogatepass")
    lines[at] = b",".join(cells)
    path = tmp_path / "odd.csv"
    path.write_bytes(b"\n".join(lines))
    try:
        done = reader(kind).read(path, Settings(options=_options(kind)))
    except HeartlandInputError:
        return
    assert "inf" not in {str(value) for value in done.frame.get("value", [])}
