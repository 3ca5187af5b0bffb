"""The colours can be read, and are the house's."""

from itertools import product

import pytest
from textual.color import Color

from viewing_station.interface.palette import DARK, LIGHT, THEMES

LEAST = 4.5  # WCAG AA, and LOOK.md's


def luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(Color.parse(each)) for each in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", [LIGHT, DARK])
def test_every_pair_that_carries_text_can_be_read(name: str) -> None:
    [theme] = [each for each in THEMES if each.name == name]
    inks = [
        theme.foreground,
        *(theme.variables[each] for each in ("quiet", "link", "alarm", "fine")),
    ]
    papers = [theme.background, theme.variables["row"]]
    for ink, paper in product(inks, papers):
        assert ink
        assert paper
        assert contrast(ink, paper) >= LEAST, (ink, paper)
