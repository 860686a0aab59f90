"""Tables against their schema: typed frames, every finding in its full words, references."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.schema import (
    Column,
    TableSchema,
    check_references,
    load_schema,
    schema_names,
    table_schema,
    validate,
)
from heartland.core.tables import RawTable, read_csv
from heartland.errors import HeartlandInputError

HEADER = ["column", "type", "unit", "required", "default", "refers_to", "allowed", "description"]
FACTS = [
    ["fact_id", "id", "", "key", "", "", "", ""],
    ["date", "edtf", "", "yes", "", "", "", "date of what is stated"],
    ["coded_on", "date", "", "no", "", "", "", ""],
    ["receivers", "list(ref)", "", "no", "", "actors", "", ""],
    ["value", "number", "", "no", "", "", "[0,1000]", ""],
    ["unit", "text", "", "no", "", "", "", ""],
    ["count", "int", "", "no", "", "", "", ""],
    ["kind", "enum", "", "yes", "event", "", "event|stance|other", ""],
    ["url", "url", "", "no", "", "", "", ""],
    ["open", "bool", "", "no", "", "", "", ""],
    ["lines", "list(int)", "", "no", "", "", "", ""],
    ["text", "text", "", "no", "", "", "", ""],
]


def raw(name: str, columns: list[str], *rows: list[str]) -> RawTable:
    return RawTable(name, f"{name}.csv", columns, list(rows), list(range(2, len(rows) + 2)))


@pytest.fixture
def schema() -> TableSchema:
    return table_schema("facts", raw("facts", HEADER, *FACTS))


def check(schema: TableSchema, **cells: str) -> list[str]:
    row = {"fact_id": "F-1", "date": "2020", **cells}
    return [str(found) for found in validate(raw("facts", list(row), list(row.values())), schema)[1]]


def test_frame_is_typed(schema: TableSchema) -> None:
    columns = [column[0] for column in FACTS]
    table = raw(
        "facts", columns,
        ["F-1", "2020-02~", "2026-11-01", "AAA; b-c", "12.5", "usd", "7", "stance", "https://a.org/x", "yes",
         "1;2", " kept "],
        ["F-2", "2020", "", "", "", "", "", "", "", "no", "", ""],
    )
    frame, findings = validate(table, schema)
    assert findings == []
    assert list(frame.columns) == [*columns, "note", "status", "_row"]
    assert frame["receivers"].tolist() == [("AAA", "b-c"), ()]
    assert frame["lines"].tolist() == [("1", "2"), ()]
    np.testing.assert_array_equal(frame["value"], [12.5, np.nan])
    np.testing.assert_array_equal(frame["count"], [7.0, np.nan])
    assert frame["value"].dtype == np.float64
    assert frame["kind"].tolist() == ["stance", "event"]
    assert frame["open"].dtype == bool
    assert frame["text"].tolist() == [" kept ", ""]
    assert frame["status"].tolist() == ["documented", "documented"]
    assert frame["note"].tolist() == ["", ""]
    assert frame["_row"].tolist() == [2, 3]
    assert frame.attrs["file"] == "facts.csv"


def test_absent_columns_take_their_defaults(schema: TableSchema) -> None:
    frame, findings = validate(raw("facts", ["fact_id", "date"], ["F-1", "2020"]), schema)
    assert findings == []
    assert frame["kind"].tolist() == ["event"]
    assert frame["open"].tolist() == [None]
    assert np.isnan(frame["value"]).all()


def test_empty_table(schema: TableSchema) -> None:
    frame, findings = validate(raw("facts", ["fact_id", "date"]), schema)
    assert findings == []
    assert len(frame) == 0
    assert frame["value"].dtype == np.float64


def test_row_order_and_column_order_are_free(schema: TableSchema) -> None:
    frame, findings = validate(raw("facts", ["date", "fact_id"], ["2021", "F-2"], ["2020", "F-1"]), schema)
    assert findings == []
    assert frame[["fact_id", "date", "_row"]].values.tolist() == [["F-2", "2021", 2], ["F-1", "2020", 3]]


ID_FIX = "a state as three capitals (ABC), or a serial id such as F-A1-001."
EXACT = "Ids are compared letter by letter."
ONE_WAY = "Numbers are read in one way only."
BOUNDS = "As-of queries need real bounds."
LOOKS = "It looks equal to another text and is not."
WORDS = "A word outside the list has no meaning to any reader."
URL = (
    "Links must open. Write https:// or http://, the host and the path, without spaces and without a"
    " password."
)
POOLED = "Values in unknown units cannot be pooled."

CELLS = [
    ("fact_id", "Fact One", f'"Fact One" is not an id. {EXACT} Write fact-one, {ID_FIX}'),
    ("fact_id", "--", f'"--" is not an id. {EXACT} Write small letters, digits and single hyphens, {ID_FIX}'),
    ("fact_id", "F-1\u200b", f'"F-1\\u200b" contains the invisible character U+200B. {LOOKS} Type it again.'),
    ("fact_id", "\u202eF-1", f'"\\u202eF-1" contains the invisible character U+202E. {LOOKS} Type it again.'),
    ("fact_id", "F-1 ", f'"F-1 " has spaces around it. {LOOKS} Write F-1.'),
    (
        "fact_id", "Mar-21",
        f'"Mar-21" was rewritten as a date by a spreadsheet. {EXACT} Restore the original and format the'
        ' column'
        " as text.",
    ),
    ("fact_id", "", "empty. Every row needs it. Write an id."),
    ("date", "", "empty. Every row needs it. Write a date (date of what is stated)."),
    (
        "date", "2020-02-30",
        f'"2020-02-30" is not a day. {BOUNDS} Write 2020-02-29, 2020-02 or 2020-02-XX.',
    ),
    (
        "date", "Mar-21",
        f'"Mar-21" was rewritten by a spreadsheet. {BOUNDS} Write 2021-03 if the original said so and format'
        " the column as text.",
    ),
    (
        "date", "44256",
        f'"44256" is a spreadsheet\'s serial number of a day. {BOUNDS} Write 2021-03-01 and format the'
        ' column as'
        " text.",
    ),
    (
        "coded_on", "2020-02",
        '"2020-02" is not one exact day. This column is about a single day. Write year-month-day, such as'
        " 2021-01-05.",
    ),
    (
        "coded_on", "2020-02-01?",
        '"2020-02-01?" is not one exact day. This column is about a single day. Write year-month-day, such as'
        " 2021-01-05.",
    ),
    ("coded_on", "2021-2-1", f'"2021-2-1" lacks a leading zero. {BOUNDS} Write 2021-02-01.'),
    (
        "receivers", "AAA;;BBB",
        '"AAA;;BBB" has an empty item. A list has one item between two semicolons. Delete the extra'
        ' semicolon.',
    ),
    (
        "receivers", "AAA;B\u200dB",
        f'"B\\u200dB" contains the invisible character U+200D. {LOOKS} Type it again.',
    ),
    ("value", "1,5", f'"1,5" has a decimal comma. {ONE_WAY} Write 1.5.'),
    ("value", "-0,25", f'"-0,25" has a decimal comma. {ONE_WAY} Write -0.25.'),
    ("value", "1,234", f'"1,234" has a decimal comma or a thousands mark. {ONE_WAY} Write 1.234 or 1234.'),
    ("value", "1,234,567", f'"1,234,567" has thousands marks. {ONE_WAY} Write 1234567.'),
    ("value", "1,234.5", f'"1,234.5" has thousands marks. {ONE_WAY} Write 1234.5.'),
    (
        "value", "1.234.567,89",
        f'"1.234.567,89" has thousands marks and a decimal comma. {ONE_WAY} Write 1234567.89.',
    ),
    ("value", "12 345", f'"12 345" has thousands marks. {ONE_WAY} Write 12345.'),
    ("value", "12\u00a0345,6", f'"12\\xa0345,6" has thousands marks and a decimal comma. {ONE_WAY} Write'
        ' 12345.6.'),
    ("value", "1'000", f'"1\'000" has thousands marks. {ONE_WAY} Write 1000.'),
    ("value", " 5", f'" 5" has spaces around it. {ONE_WAY} Write 5.'),
    ("value", "\u22125", f'"\u22125" has a typographic minus. {ONE_WAY} Write -5.'),
    (
        "value", "45%",
        f'"45%" has its unit in the cell. {ONE_WAY} Write 45 with unit percent or 0.45 with unit share.',
    ),
    (
        "value", "Mar-21",
        f'"Mar-21" is a number that a spreadsheet rewrote as a date. {ONE_WAY} Restore the original'
        ' number and'
        " format the column as text.",
    ),
    ("value", "NaN", '"NaN" is not a number. A value is finite or unknown. Leave the cell empty.'),
    ("value", "-inf", '"-inf" is not a number. A value is finite or unknown. Leave the cell empty.'),
    ("value", "n/a", '"n/a" is not a number. A value is finite or unknown. Leave the cell empty.'),
    ("value", "..", '".." is not a number. A value is finite or unknown. Leave the cell empty.'),
    (
        "value", "1e999",
        '"1e999" is too large a number. A value is finite or unknown. Write a smaller one, or leave the cell'
        " empty.",
    ),
    (
        "value", "about 5",
        f'"about 5" is not a number. {ONE_WAY} Write digits with a decimal point, such as 1234.5.',
    ),
    ("value", "1_000", f'"1_000" is not a number. {ONE_WAY} Write digits with a decimal point, such as'
        ' 1234.5.'),
    ("value", "٣", f'"٣" is not a number. {ONE_WAY} Write digits with a decimal point, such as 1234.5.'),
    (
        "value", "1000.5",
        '"1000.5" is outside [0,1000]. The column has no meaning there. Check the value and its unit.',
    ),
    ("count", "5.0", f'"5.0" is not written as a whole number. {ONE_WAY} Write 5.'),
    ("count", "5.5", '"5.5" is not a whole number. This column counts. Round it, or leave the cell empty.'),
    ("lines", "1;x", f'"x" is not a number. {ONE_WAY} Write digits with a decimal point, such as 1234.5.'),
    (
        "kind", "evnt",
        f'"evnt" is not one of the words of this column. {WORDS} Did you mean event? Allowed: event,'
        ' stance, other.',
    ),
    (
        "kind", "tie",
        f'"tie" is not one of the words of this column. {WORDS} Allowed: event, stance, other.',
    ),
    ("url", "www.a.org", f'"www.a.org" is not a web address. {URL}'),
    ("url", "https://a b.org", f'"https://a b.org" is not a web address. {URL}'),
    ("url", "https://u:p@a.org/", f'"https://u:p@a.org/" is not a web address. {URL}'),
    ("url", "javascript:alert(1)", f'"javascript:alert(1)" is not a web address. {URL}'),
    ("open", "TRUE", '"TRUE" is not yes or no. Booleans have two words only. Write yes.'),
    ("open", "No", '"No" is not yes or no. Booleans have two words only. Write no.'),
    ("open", "maybe", '"maybe" is not yes or no. Booleans have two words only. Write yes or no.'),
    (
        "status", "documentd",
        f'"documentd" is not one of the words of this column. {WORDS} Did you mean documented? Allowed:'
        ' documented,'
        " assumption, estimated.",
    ),
]


@pytest.mark.parametrize(("column", "cell", "expected"), CELLS)
def test_cells(schema: TableSchema, column: str, cell: str, expected: str) -> None:
    assert check(schema, **{column: cell}) == [f"facts.csv:2:{column}  {expected}"]


@pytest.mark.parametrize("value", ["0", "12", ".5", "5.", "1e2", "1.5E-3", "+3", "1000"])
def test_numbers_that_are_fine(schema: TableSchema, value: str) -> None:
    assert check(schema, value=value) == []


@pytest.mark.parametrize("identifier", ["a", "a-b1", "KAZ", "A1", "F-B1-030", "B1-21a", "A1-3", "2020-x"])
def test_ids_that_are_fine(schema: TableSchema, identifier: str) -> None:
    assert check(schema, fact_id=identifier) == []


def test_unit_beside_a_value(schema: TableSchema) -> None:
    assert check(schema, value="12", unit="mln USD") == [
        f'facts.csv:2:unit  "mln USD" is not in the unit list. {POOLED} Use usd and write 12000000.'
    ]
    assert check(schema, unit="mln USD") == [
        f'facts.csv:2:unit  "mln USD" is not in the unit list. {POOLED} Use usd and multiply by 1000000.'
    ]
    assert check(schema, value="12", unit="usd") == []


def test_unit_that_is_something_else_is_left_alone() -> None:
    rows = [["a", "id", "", "key", "", "", "", ""], ["unit", "text", "", "no", "", "", "", ""]]
    table = table_schema("t", raw("t", HEADER, *rows))
    assert validate(raw("t", ["a", "unit"], ["x", "state-year"]), table)[1] == []


def test_unknown_and_missing_columns(schema: TableSchema) -> None:
    frame, findings = validate(raw("facts", ["fact_id", "vlaue", "zzzz"], ["F-1", "1", "2"]), schema)
    known = ", ".join([column[0] for column in FACTS] + ["note", "status"])
    why = "Unknown columns are refused so that a typo cannot pass as a default."
    assert [str(found) for found in findings] == [
        f"facts.csv:1:vlaue  unknown column. {why} Did you mean value?",
        f"facts.csv:1:zzzz  unknown column. {why} Known columns: {known}.",
        "facts.csv:1:date  required column is missing. No row can be read without it. Add it to the"
        " header and"
        " fill it in every row.",
    ]
    assert frame["date"].tolist() == [""]


def test_duplicate_ids(schema: TableSchema) -> None:
    rows = [["F-1", "2020"], ["F-2", "2020"], ["F-1", "2021"], ["F-1", "2022"]]
    frame, findings = validate(raw("facts", ["fact_id", "date"], *rows), schema)
    tail = "Whatever cites it would find two rows. Give this row an id that was never used."
    assert [str(found) for found in findings] == [
        f"facts.csv:4:fact_id  id F-1 already used in row 2. {tail}",
        f"facts.csv:5:fact_id  id F-1 already used in row 2. {tail}",
    ]
    assert {found.check for found in findings} == {"A01"}
    assert len(frame) == 4


def test_several_key_columns_name_a_row_together() -> None:
    table = TableSchema("t", (Column("a", "id", required="key"), Column("n", "int", required="key")))
    rows = [["x", "1"], ["x", "2"], ["x", "1"]]
    findings = validate(raw("t", ["a", "n"], *rows), table)[1]
    assert [found.what for found in findings] == ["id x / 1 already used in row 2."]


def test_many_findings_are_counted(schema: TableSchema) -> None:
    rows = [[f"F-{i}", f"{i}s"] for i in range(1, 41)]
    findings = validate(raw("facts", ["fact_id", "date"], *rows), schema)[1]
    assert len(findings) == 26
    assert str(findings[-1]) == (
        "facts.csv:date  and 15 more rows of this column. Only the first are shown. Fix those and check"
        " again."
    )


def test_a_bad_cell_becomes_unknown(schema: TableSchema) -> None:
    table = raw("facts", ["fact_id", "date", "value", "receivers"], ["F-1", "1990s", "1,5", "A;;B"])
    frame, findings = validate(table, schema)
    assert len(findings) == 3
    assert (frame["date"][0], frame["receivers"][0]) == ("", ())
    assert np.isnan(frame["value"][0])


ACTORS = TableSchema("actors", (Column("actor_id", "id", required="key"),))
NODES = TableSchema("nodes", (Column("node_id", "id", required="key"),))


def references(schema: TableSchema, column: str, *cells: str) -> list[str]:
    rows = [["F-" + str(i), "2020", cell] for i, cell in enumerate(cells)]
    frames = {
        "facts": validate(raw("facts", ["fact_id", "date", column], *rows), schema)[0],
        "actors": validate(raw("actors", ["actor_id"], ["KGZ"], ["TKM"], ["csto"]), ACTORS)[0],
    }
    schemas = {"facts": schema, "actors": ACTORS, "nodes": NODES}
    others = {"mechanisms": ("growth", "trade")}
    return [str(found) for found in check_references(frames, schemas, others)]


def with_column(*columns: Column) -> TableSchema:
    base = Column("fact_id", "id", required="key"), Column("date", "edtf", required="yes")
    return TableSchema("facts", (*base, *columns))


def test_references(schema: TableSchema) -> None:
    assert references(schema, "receivers", "KGZ;csto", "KGX", "members-of:csto", "members-of:cst") == [
        'facts.csv:3:receivers  "KGX" is not an actor. The fact would vanish from every measure of the'
        ' receiver.'
        " Did you mean KGZ? Known ids: heartland evidence list actors.",
        'facts.csv:5:receivers  "members-of:cst" is not an actor. The fact would vanish from every'
        ' measure of the'
        " receiver. Did you mean csto? Known ids: heartland evidence list actors.",
    ]


def test_references_to_several_tables_and_to_what_is_no_table() -> None:
    either = with_column(Column("place", "ref", refers_to=("nodes", "actors")))
    assert references(either, "place", "TKM", "zzzzzz") == [
        'facts.csv:3:place  "zzzzzz" is not a node or actor. The fact would vanish from every measure of the'
        " place. Known ids: column node_id of nodes.csv."
    ]
    carrier = with_column(Column("carried_by", "ref", refers_to=("mechanisms",)))
    assert references(carrier, "carried_by", "trade", "growht") == [
        'facts.csv:3:carried_by  "growht" is not a mechanism. The fact would point at nothing. Did you mean'
        " growth? Known ids: heartland describe mechanisms."
    ]
    unknown = with_column(Column("x", "ref", refers_to=("elsewhere",)))
    assert references(unknown, "x", "anything") == []


def test_reference_to_a_table_that_is_absent() -> None:
    found = references(with_column(Column("place", "ref", refers_to=("nodes",))), "place", "a-node")
    assert found == [
        'facts.csv:2:place  "a-node" is not a node. The fact would point at nothing. Known ids: column'
        ' node_id of'
        " nodes.csv."
    ]


def test_many_unresolved_references_are_counted(schema: TableSchema) -> None:
    found = references(schema, "receivers", *[f"x{i}" for i in range(30)])
    assert len(found) == 26
    assert found[-1] == (
        "facts.csv:receivers  and 5 more rows of this column. Only the first are shown. Fix those and check"
        " again."
    )


def test_every_shipped_schema_loads() -> None:
    assert {"facts", "sources", "actors"} <= set(schema_names())
    assert "units" not in schema_names()
    for name in schema_names():
        schema = load_schema(name)
        assert {"note", "status"} <= {column.name for column in schema.columns}
        assert schema.column(schema.columns[0].name) is schema.columns[0]
        for column in schema.columns:
            if column.default:
                default = validate(raw(name, [column.name], [column.default]), schema)[1]
                assert [found for found in default if found.place.column == column.name
                        and found.check != "schema-missing-column"] == []


def test_unknown_schema_and_column() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        load_schema("fact")
    assert str(caught.value).startswith(
        '"fact" is not a table. A table without a schema cannot be checked. Did you mean facts? Known'
        ' tables: '
    )
    with pytest.raises(KeyError):
        ACTORS.column("nope")


CANNOT = "The table cannot be checked."


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            ["a", "strng", "", "no", "", "", "", ""],
            f'schema/t.csv:2:type  "strng" is not a type. {CANNOT} Types: id, ref, text, int, number,'
            ' edtf, date,'
            " enum, url, bool, unit, list, list(...).",
        ),
        (
            ["a", "text", "", "R", "", "", "", ""],
            f'schema/t.csv:2:required  "R" is not allowed. {CANNOT} Write key, yes or no.',
        ),
        (
            ["a", "number", "", "no", "", "", "0-1", ""],
            f'schema/t.csv:2:allowed  "0-1" is not a range. {CANNOT} Write a range such as [0,1] or [0,].',
        ),
        (
            ["a", "enum", "", "no", "", "", "", ""],
            f"schema/t.csv:2:allowed  an enum without words. {CANNOT} Write the words, separated by |.",
        ),
    ],
)
def test_broken_schema(row: list[str], expected: str) -> None:
    table = RawTable("t", "schema/t.csv", HEADER, [row], [2])
    with pytest.raises(HeartlandInputError) as caught:
        table_schema("t", table)
    assert str(caught.value) == expected


def test_schema_without_a_column() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        table_schema("t", RawTable("t", "schema/t.csv", HEADER[:-2], [], []))
    assert str(caught.value) == (
        "schema/t.csv:1  the schema lacks allowed, description. Every schema has the same eight columns."
        " Use the"
        " header column,type,unit,required,default,refers_to,allowed,description."
    )


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [("(0,1)", "0.5", "0"), ("[0,]", "1e9", "-1"), ("(,5]", "5", "5.1"), ("[-1,1)", "-1", "1")],
)
def test_ranges(span: str, inside: str, outside: str) -> None:
    rows = [["a", "id", "", "key", "", "", "", ""], ["n", "number", "", "no", "", "", span, ""]]
    table = table_schema("t", raw("t", HEADER, *rows))
    assert validate(raw("t", ["a", "n"], ["x", inside]), table)[1] == []
    found = validate(raw("t", ["a", "n"], ["x", outside]), table)[1]
    assert [f.what for f in found] == [f'"{outside}" is outside {span}.']


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12) | st.from_regex(r"[-+0-9.,' eE%]{1,12}", fullmatch=True), min_size=12,
                max_size=12))
def test_any_text_gives_findings_never_an_exception(cells: list[str]) -> None:
    schema = table_schema("facts", raw("facts", HEADER, *FACTS))
    frame, findings = validate(raw("facts", [column[0] for column in FACTS], cells), schema)
    assert len(frame) == 1
    assert all(found.severity == "E" and found.what and found.fix for found in findings)
    assert not np.isinf(frame["value"]).any()


def test_from_a_file(tmp_path: Path, schema: TableSchema) -> None:
    path = tmp_path / "facts.csv"
    path.write_text('fact_id,date,text\nF-1,2020,"a\nb"\nF-2,2020-13,\n')
    findings = validate(read_csv(path), schema)[1]
    assert [str(found) for found in findings] == [
        f'facts.csv:3:date  "2020-13" is not a month. {BOUNDS} Write 2020-12, 2020 or 2020-XX.'
    ]
