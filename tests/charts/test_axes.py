import pytest

from heartland.charts.axes import date_ticks


def ticks(first, last):
    found, form = date_ticks(first, last)
    assert all(tick["utc"] for tick in found)
    return [f"{tick['year']}-{tick['month']:02d}" for tick in found], form


@pytest.mark.parametrize(
    ("first", "last", "months", "form"),
    [
        ("2021-12-31", "2026-12-31", ["2022-01", "2023-01", "2024-01", "2025-01", "2026-01"], "%Y"),
        ("2021-12-31", "2022-06-30", ["2022-01", "2022-03", "2022-05"], "%b"),
        ("2021-12-31", "2023-06-30", ["2022-01", "2022-07", "2023-01"], "%b %Y"),
        ("2022-01-31", "2022-01-31", ["2022-01"], "%b %Y"),
        ("2000-12-31", "2025-12-31", ["2005-01", "2010-01", "2015-01", "2020-01", "2025-01"], "%Y"),
    ],
)
def test_at_most_six_ticks_on_round_dates(first, last, months, form):
    assert ticks(first, last) == (months, form)
