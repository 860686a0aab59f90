import numpy as np
import pytest

from heartland.charts.colour import contrast_ratio, least_distance, oklab, rgb


def test_black_on_white_has_the_largest_contrast():
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast_ratio("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#777777") == 1.0


def test_linear_light_of_a_middle_grey():
    # ((188/255 + .055) / 1.055)^2.4
    assert rgb("#BCBCBC") == pytest.approx([0.502886] * 3, abs=1e-6)


def test_white_has_full_lightness_and_no_hue_for_any_sight():
    for sight in ("normal", "protan", "deutan", "tritan"):
        assert oklab("#FFFFFF", sight) == pytest.approx([1.0, 0.0, 0.0], abs=2e-3)


def test_red_and_green_come_together_for_deutan_sight():
    red, green = "#B8453A", "#6E7F2E"
    normal = np.linalg.norm(oklab(red) - oklab(green))
    assert np.linalg.norm(oklab(red, "deutan") - oklab(green, "deutan")) < 0.55 * normal


def test_the_least_distance_is_over_pairs_and_sights():
    assert least_distance(["#132786"]) == float("inf")
    assert least_distance(["#132786", "#132786", "#FFFFFF"]) == 0.0
    assert least_distance(["#000000", "#FFFFFF"]) == pytest.approx(100.0, abs=0.3)


@pytest.mark.parametrize("text", ["132786", "#13278", "#13278g", ""])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ValueError):
        rgb(text)
