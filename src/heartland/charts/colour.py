"""Colour arithmetic: contrast on a surface, and distance as seen with and without colour blindness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIGHTS", "contrast_ratio", "least_distance", "oklab", "rgb"]

Floats = NDArray[np.float64]

# Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009), severity 1, on linear RGB.
SIGHTS: dict[str, Floats] = {
    "normal": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
_TO_LMS = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def rgb(colour: str) -> Floats:
    """Linear red, green and blue in [0, 1] of `#RRGGBB` (sRGB, IEC 61966-2-1).

    Raises
    ------
    ValueError
        If the text is not `#` and six hexadecimal digits.
    """
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f'"{colour}" is not #RRGGBB')
    coded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4))


def contrast_ratio(colour: str, surface: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(weights @ rgb(x)) for x in (colour, surface)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: str, sight: str = "normal") -> Floats:
    """Lightness and two opponent axes of a colour (Ottosson 2020) as seen with one of `SIGHTS`."""
    seen = np.clip(SIGHTS[sight] @ rgb(colour), 0.0, 1.0)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ seen))


def least_distance(colours: list[str]) -> float:
    """Smallest OKLab distance x 100 of any two of the colours over all `SIGHTS`; inf for fewer than two."""
    return min(
        (
            100.0 * float(np.linalg.norm(oklab(a, sight) - oklab(b, sight)))
            for a, b in combinations(colours, 2)
            for sight in SIGHTS
        ),
        default=float("inf"),
    )
