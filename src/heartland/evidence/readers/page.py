"""The page of `heartland import`, its table of kinds taken from the catalogue."""

from __future__ import annotations

from heartland.evidence.readers import READERS
from heartland.evidence.readers.rows import COMMON_OPTIONS

__all__ = ["import_page"]

HEAD = """\
# Read official files: `heartland import`

```
heartland import KIND FILE [--actors all|region|AAA,BBB] [--from Y] [--to Y] [--option name=value]
                 [--out FILE.csv|.parquet] [--into FOLDER] [--format table|csv|json] [--all-problems]
heartland import --list
```

Give the file as it was downloaded: plain, `.gz` or `.zip`; UTF-8, UTF-16 or Windows-1252; commas,
semicolons, tabs or bars; with or without lines before the header. Save a sheet of a workbook as CSV first.

Without `--out` or `--into` nothing is written: the answer says how many rows were read, kept and left out
(by reason), which years and actors they speak of, and the first rows and problems.

- A missing code (-9, `..`, a dash, an empty cell) is unknown and gives no row. A reported 0 stays 0.
- What the exporter and what the importer report are two claims, kept side by side.
- A row or cell that cannot be read is left out and named as `file:row:column`; the rest is read. A file of
  which nothing can be used, or whose header is not the layout's, is refused (exit code 2).
- Groups, regions and world totals are no states; they are counted as left out.
- State codes of every system lead to ISO-3 by `regions/states.csv`, printed names by
  `regions/state_names.csv`; notes there say what a code of a former state stands for.
- What was left out is counted in rows where a row gives one number, in numbers where it gives several.

`--actors` keeps rows that touch one of the states: `all`, the modelled actors of `--region`, or ISO-3 codes.
`--from` and `--to` keep rows that reach into the span.

`--into FOLDER` adds the rows to a region's own folder: ids are made from what the row says, the source is
added to `sources.csv` with reliability F (grade it, with a reason), indicators that the region lacks are
added to `indicators.csv`. A row that is there already is refused. Afterwards the region must validate; if
it would not, nothing is changed. A shipped region is never written to.

A channel that counts in another unit (constant dollars, say) refuses the rows; `--option factor=` and
`unit=` convert them with a factor of your own, which the note of every row then names. A channel or
indicator of another name is chosen with `--option channel=` and `indicator=`.

## Kinds

| kind | what | official layout | rows of | licence |
|---|---|---|---|---|
"""

TAIL = """
## A table that has no kind: the mappings

`dyad-year` (pairs) and `actor-year` (single actors) read any table whose rows carry a year. The mapping says
what the columns are:

```yaml
columns: {giver: exporter, receiver: importer, period: year, value: trade, low: lower, high: upper}
codes: iso3            # iso3, cow, gw or name; or one a column: {giver: cow, receiver: name}
aliases: {X27: union}  # codes of the file that are no states
constant: {giver: AAA} # where the file does not say, because it is always the same
where: {status: [final, revised]}
missing: [-9, -99]
unit: usd
factor: 1000000        # the file counts in millions
channel: trade         # or indicator: ... for one actor
definition: goods-exports
transform: log
sum: false              # true adds up the rows of a pair and year
key: ABC               # start of the ids
source: {id: my-source, title: What the table is, publisher: Who, licence: CC-BY-4.0, version: "2"}
```

```
heartland import dyad-year trade.csv --option map=trade.yaml --out trade-observations.csv
```

## Example

```
heartland import cow-trade Dyadic_COW_4.0.csv --option as=turnover --actors region --from 1995 \\
    --into my-region
```
"""


def import_page() -> str:
    """The page in Markdown, with one row a kind in the order of the catalogue."""
    rows = []
    options = []
    for item in READERS.values():
        where = f"[{item.title}]({item.url})" if item.url else item.title
        licence = item.licence or "not known"
        cells = (f"`{item.name}`", f"{where}. {item.citation}", item.layout, item.table, licence)
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
        options += [f"- `{item.name}`: `{name}` {meaning}" for name, meaning in item.options.items()]
    common = [f"- `{name}` {meaning}" for name, meaning in COMMON_OPTIONS.items()]
    parts = (
        HEAD + "\n".join(rows), "\n\n## Options\n\nOf every kind that gives observations:\n\n",
        "\n".join(common), "\n\nOf single kinds:\n\n", "\n".join(options), "\n", TAIL,
    )  # fmt: skip
    return "".join(parts)
