"""Specifications as SVG (compiled offline in this process) or as altair charts."""

from __future__ import annotations

import json
from typing import Any

from heartland.charts.theme import Spec

__all__ = ["compiled", "to_altair", "to_png", "to_svg", "warm_up"]

VEGA_LITE = "6.4"


def to_svg(spec: Spec) -> str:
    """Compile a specification to SVG text; nothing is loaded from anywhere.

    Raises
    ------
    ValueError
        If the compiler refuses the specification.
    """
    return compiled(json.dumps(spec, allow_nan=False))


def compiled(text: str) -> str:
    """The same from a specification as JSON text."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE, allowed_base_urls=[]))


def to_png(spec: Spec, background: str, scale: float = 2.0) -> bytes:
    """Compile a specification to a PNG picture on a background, so many px to a px of the specification."""
    import vl_convert

    text = json.dumps({**spec, "background": background}, allow_nan=False)
    made = vl_convert.vegalite_to_png(text, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[])
    return bytes(made)


def to_altair(spec: Spec) -> Any:
    """The same specification as an altair chart, for notebooks; checked against the Vega-Lite schema."""
    import altair

    return altair.Chart.from_dict({key: value for key, value in spec.items() if value is not None})


def warm_up() -> None:
    """Start the compiler (about half a second), for example while a run is still computing."""
    to_svg({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"values": [{"x": 0}]},
            "mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}})  # fmt: skip
