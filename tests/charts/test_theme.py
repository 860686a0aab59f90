import csv
from pathlib import Path

import pytest

import heartland
from heartland.charts.colour import contrast_ratio, least_distance
from heartland.charts.theme import BANDS, DARK, LIGHT, Palette, framed, values
from heartland.errors import HeartlandInputError

FOLDER = Path(heartland.__file__).parent / "regions"
TABLES = sorted(FOLDER.glob("*/palette.csv"))
STRONGEST = 4


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.parent.name)
def test_palette(path):
    palette = Palette.from_rows(rows_of(path))
    for surface, colours in ((LIGHT, palette.light), (DARK, palette.dark)):
        powers = [colour for actor, colour in colours.items() if actor != "other"]
        assert all(contrast_ratio(colour, surface.background) >= 3 for colour in colours.values())
        assert least_distance(powers) >= 6
        # the first four rows are the powers most often set side by side
        assert least_distance(powers[:STRONGEST]) >= 10
    assert len({tuple(palette.dash(actor)) for actor in palette.light}) == len(palette.light)


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=lambda s: s.name)
def test_words_are_readable_on_the_surface(surface):
    assert contrast_ratio(surface.ink, surface.background) >= 7
    assert contrast_ratio(surface.muted, surface.background) >= 4.5
    assert contrast_ratio(surface.baseline, surface.background) >= 3
    assert contrast_ratio(surface.ink, surface.steps[3]) >= 4.5
    assert contrast_ratio(surface.background, surface.steps[4]) >= 4.5
    assert contrast_ratio(surface.background, surface.positive) >= 4.5
    assert contrast_ratio(surface.background, surface.negative) >= 4.5


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=lambda s: s.name)
def test_every_role_has_a_colour_of_its_own(surface):
    roles = [value for name, value in vars(surface).items() if isinstance(value, str) and name != "name"]
    assert len({*roles, *surface.steps}) == len(roles) + 5


def test_bands_are_the_ones_of_the_style():
    assert BANDS == ((95, 0.08), (80, 0.18), (50, 0.32))


def test_a_palette_falls_back_to_other():
    palette = Palette.from_rows(
        [
            {"actor": "A", "light": "#132786", "dark": "#5A76C4", "dash": "8 3"},
            {"actor": "other", "light": "#8A8A8A", "dark": "#7C7F86", "dash": "3 6"},
        ]
    )
    assert palette.colour("A") == "#132786"
    assert palette.colour("A", dark=True) == "#5A76C4"
    assert palette.colour("B") == "#8A8A8A"
    assert palette.dash("A") == [8, 3]
    assert palette.dash("B") == [3, 6]
    assert Palette({}, {}, {}).colour("A") == LIGHT.muted


def test_an_unreadable_colour_and_dash_are_named():
    with pytest.raises(HeartlandInputError) as error:
        Palette.from_rows([{"actor": "A", "light": "red", "dark": "#5A76C4", "dash": "long"}])
    assert str(error.value).splitlines() == [
        'palette.csv:2  light: "red" is not a colour. Powers keep one colour everywhere. '
        "Write six hexadecimal digits, as in #CE431B.",
        'palette.csv:2  dash: "long" is not a stroke pattern. Powers keep one colour everywhere. '
        "Write solid, or lengths in px, as in 8 3.",
    ]


def test_more_than_seven_powers_are_refused():
    rows = [
        {"actor": f"P{i}", "light": f"#{i}00000", "dark": f"#{i}00000", "dash": "solid"} for i in range(8)
    ]
    with pytest.raises(HeartlandInputError) as error:
        Palette.from_rows(rows)
    assert str(error.value) == (
        "palette.csv  8 powers have a colour. More than 7 cannot be told apart by every reader. "
        "Keep the most important and leave the rest to the row other."
    )


def test_equal_data_stand_once():
    layer = {"data": values([{"a": 1.0, "b": float("nan")}]), "mark": "point", "encoding": {}}
    spec = framed([layer, dict(layer)], title="T", description="D", source="S")
    assert spec["datasets"] == {"rows0": [{"a": 1.0, "b": None}]}
    assert [item["data"] for item in spec["layer"]] == [{"name": "rows0"}] * 2
