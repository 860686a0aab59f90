"""Strict CSV: what cannot be read in exactly one way is refused with its row; writing is stable.

Rows in every message are the rows a spreadsheet shows: the header is row 1 and each record adds one, even
where a quoted cell runs over several lines of the file.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from heartland.core.datehelp import quote
from heartland.core.limits import limit, over
from heartland.core.textio import INVISIBLE, nfc, read_text
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import Finding, HeartlandInputError, Place

__all__ = ["RawTable", "YamlNode", "cell_text", "check_model", "read_csv", "read_yaml", "write_csv"]

MOST_FINDINGS = 20
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class RawTable:
    """A table as text.

    name : file name without its ending
    file : name shown in messages
    columns : header, in file order
    rows : one list of cells per record, each as long as `columns`; unknown is the empty text
    numbers : row number of each record as a spreadsheet shows it (header = row 1, first record = row 2)
    """

    name: str
    file: str
    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]


def read_csv(path: Path | str, shown: str = "") -> RawTable:
    """Read a table without guessing any type.

    Parameters
    ----------
    path : CSV file: UTF-8 (byte order mark dropped), comma, RFC 4180 quoting, header row
    shown : file name used in messages; the path's own name unless given

    Returns
    -------
    RawTable in Unicode normal form C, line breaks inside cells as LF. Rows in messages and in `numbers`
    count the header as row 1 and each record as one more, whatever line of the file it starts on.

    Raises
    ------
    HeartlandInputError for UTF-16, NUL or other bytes that are no text, control characters, an empty file,
    an empty, repeated or invisible-character column name, a row whose cells do not match the header, an
    empty row inside the table, quotes that do not close, or anything above a cap
    (`HEARTLAND_LIMIT_FILE_BYTES, _CSV_ROWS, _CSV_COLUMNS, _CSV_FIELD`)
    """
    path = Path(path)
    shown = shown or path.name
    text = nfc(read_text(path, shown, table=True))
    records = _records(text, shown)
    header = next(records, None)
    if not header:
        raise HeartlandInputError.at(
            "has no header row.", why="The header says which column is which.",
            fix="Write the column names, separated by commas, as the first row.", file=shown, row=1,
            check="csv-header",
        )
    if len(header) > limit("CSV_COLUMNS"):
        raise over("CSV_COLUMNS", f"the header has {len(header):,} columns", file=shown, row=1)
    _check_header(header, shown)
    rows = _check_shape(records, len(header), shown)
    _check_characters(text, [header, *rows], header, shown)
    return RawTable(path.name.removesuffix(".csv"), shown, header, rows, list(range(2, len(rows) + 2)))


def _records(text: str, shown: str) -> Iterator[list[str]]:
    field = limit("CSV_FIELD")
    if csv.field_size_limit() <= field:
        csv.field_size_limit(field + 1)
    row, most = 0, limit("CSV_ROWS") + 1
    try:
        for record in csv.reader(io.StringIO(text, newline=""), strict=True):
            row += 1
            if row > most:
                raise over("CSV_ROWS", f"the table has more than {most - 1:,} rows", file=shown)
            if sum(map(len, record)) > field and any(len(cell) > field for cell in record):
                raise over("CSV_FIELD", "a cell has too many characters", file=shown, row=row)
            yield record
    except csv.Error as error:
        if "field larger" in str(error):
            raise over("CSV_FIELD", "a cell has too many characters", file=shown, row=row + 1) from None
        raise HeartlandInputError.at(
            "a double quote is not closed, or text follows a closing one.",
            why="Everything after it would land in the wrong cell.",
            fix='Put the whole cell in double quotes and write a quote inside it twice: "say ""yes""".',
            file=shown, row=row + 1, check="csv-quote",
        ) from None


def _check_header(header: list[str], shown: str) -> None:
    findings: list[Finding] = []
    first: dict[str, int] = {}
    for position, name in enumerate(header, 1):
        if not name.strip():
            findings.append(Finding(
                "E", "csv-header", Place(shown, 1), f"column {position} has no name.",
                "A column without a name cannot be checked.",
                "Name it, or delete it (look for a comma too many).",
            ))
        elif name in first:
            findings.append(Finding(
                "E", "csv-header", Place(shown, 1, name),
                f"column {quote(name)} stands in the header twice, at {first[name]} and {position}.",
                "Only one of them could be read.", "Delete or rename one.",
            ))
        elif INVISIBLE.search(name) or name != name.strip():
            findings.append(Finding(
                "E", "csv-header", Place(shown, 1),
                f"column {quote(name)} has spaces around it or an invisible character in it.",
                "It would not match the column it looks like.", "Type the name again.",
            ))
        first.setdefault(name, position)
    if findings:
        raise HeartlandInputError(findings[:MOST_FINDINGS])


def _check_shape(records: Iterator[list[str]], width: int, shown: str) -> list[list[str]]:
    rows = list(records)
    while rows and not rows[-1]:
        rows.pop()
    findings: list[Finding] = []
    for number, row in enumerate(rows, 2):
        if len(row) == width:
            continue
        if not row:
            what, fix = "the row is empty.", "Delete it."
        else:
            what = f"the row has {len(row)} cell{'s' * (len(row) != 1)}, the header {width}."
            more = "Put cells that contain a comma in double quotes, or delete the commas at the end."
            fix = more if len(row) > width else "Add the missing commas; an unknown cell stays empty."
        findings.append(Finding(
            "E", "csv-row", Place(shown, number), what, "Its cells would land in the wrong columns.", fix
        ))
        if len(findings) == MOST_FINDINGS:
            break
    if findings:
        raise HeartlandInputError(findings)
    return rows


def _check_characters(text: str, records: list[list[str]], header: list[str], shown: str) -> None:
    if not _CONTROL.search(text):
        return
    for number, record in enumerate(records, 1):
        for name, cell in zip(header, record, strict=True):
            if found := _CONTROL.search(cell):
                raise HeartlandInputError.at(
                    f"contains the control character U+{ord(found[0]):04X}.",
                    why="It cannot be seen and may steer a terminal or hide text.",
                    fix="Delete it.", file=shown, row=number, column="" if number == 1 else name,
                    check="csv-character",
                )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, (tuple, list)):
        return ";".join(_cell(part) for part in value)
    return nfc(str(value).replace("\r\n", "\n").replace("\r", "\n"))


def cell_text(value: object) -> str:
    """Text of a cell as `write_csv` writes it, before quoting."""
    return _cell(value)


def write_csv(path: Path | str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table so that reading and writing it again gives the same bytes.

    UTF-8 without byte order mark, LF, quotes only where needed. None and NaN become empty cells, booleans
    yes or no, whole floats lose `.0`, tuples and lists are joined by `;`. The file appears whole or not at
    all.

    Raises
    ------
    ValueError if a row is not as long as `columns`
    """
    path = Path(path)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} cells for {len(columns)} columns")
        writer.writerow([_cell(value) for value in row])
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    os.replace(temporary, path)
