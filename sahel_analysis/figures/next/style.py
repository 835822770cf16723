"""How figures look: colours, signs, type sizes and the width of the page's column."""

from __future__ import annotations

from types import MappingProxyType

from matplotlib.lines import Line2D

from ..style import INK, INK_SOFT, PAPER, figure_style, svg

__all__ = ["INK", "INK_SOFT", "PAPER", "figure_style", "svg"]

COLUMN_MM = 162.0  # text column of the printed page
PHONE_MM = 88.0  # 390 pixels of a telephone: 7 points are 11 pixels there

# Ink says how many troops there are: present is dark, gone is the lightest of all. Lightness falls
# by about ten L* at each step, so that a grey print keeps the order.
FRENCH_COLOURS = MappingProxyType(
    {
        "none_recorded": "#FFFFFF",
        "withdrawn": "#F3D6D3",
        "reduced": "#8FC2C4",
        "leaving": "#D08F22",
        "present": "#4A81BC",
    }
)
UNCONFIRMED_COLOURS = MappingProxyType({"present": "#A9C0E0", "leaving": "#E7C891"})
# One sign for Russia; its size is the level, its left half alone a level that is not confirmed.
RUSSIAN_COLOUR = "#762A83"
RUSSIAN_SIZES = MappingProxyType(
    {"contact": 2.9, "agreement": 4.3, "assistance": 5.7, "deployed": 7.2}
)
# Where levels stand as bars: the same purple, the more the darker.
RUSSIAN_TINTS = MappingProxyType(
    {"contact": "#EADCEC", "agreement": "#CDB5D6", "assistance": "#A985B8", "deployed": "#762A83"}
)
BASE_COLOUR = "#0B3C6F"
GONE_COLOUR = "#9E3338"  # of counts of people who left
VERDICT_COLOURS = MappingProxyType(
    {
        "corroborated": "#AFC9E2",
        "partly": "#6F9CC8",
        "contradicted": "#9E3338",
        "unverifiable": "#FFFFFF",
        "not checked": "#E2E2E2",
    }
)

SEA_COLOUR = "#DCE7EE"
LAND_COLOUR = "#F3F1EB"  # also of a country of which nothing is on record
LAND_EDGE_COLOUR = "#C4BEB2"
EDGE_COLOUR = "#4A4A4A"
DISPUTED_COLOUR = "#6B6B6B"
QUIET_INK = "#67635B"  # names that are there for orientation
RULE_COLOUR = "#D8D8D8"

TITLE_PT = 10.0
TEXT_PT = 7.4
LEAST_PT = 7.0  # nothing is smaller in print
EDGE_PT, LAND_EDGE_PT, RULE_PT = 0.7, 0.4, 0.6
BASE_PT = 5.6  # triangle of a base in use
NUMBER_PT = 9.2  # circle of a base handed over; holds two digits of 7 pt


def russian_sign(level: str, *, confirmed: bool = True, size: float | None = None) -> Line2D:
    """Return the square that stands for a level of Russian engagement, without its place.

    Parameters
    ----------
    level : str
        A word of `vocabulary.RUSSIAN_STATES` other than ``none_recorded``.
    confirmed : bool, optional
        Drawn whole; otherwise its left half is filled.
    size : float, optional
        Points; by default that of the level.
    """
    return _marker("s", size or RUSSIAN_SIZES[level], RUSSIAN_COLOUR, confirmed=confirmed)


def base_sign(*, confirmed: bool = True, approximate: bool = False) -> Line2D:
    """Return the triangle of a French base in use, without its place; see `russian_sign`."""
    sign = _marker("^", BASE_PT, BASE_COLOUR, confirmed=confirmed)
    return _opened(sign) if approximate else sign


def number_sign(*, approximate: bool = False) -> Line2D:
    """Return the circle of a base handed over, without its number and place."""
    sign = Line2D([], [], marker="o", linestyle="none", markersize=NUMBER_PT)
    sign.set(markerfacecolor=PAPER, markeredgecolor=BASE_COLOUR, markeredgewidth=1.0)
    return _opened(sign) if approximate else sign


def lapsed_sign() -> Line2D:
    """Return the dot of a base that was left without a day on record, without its place."""
    sign = Line2D([], [], marker="o", linestyle="none", markersize=4, markerfacecolor=PAPER)
    sign.set(markeredgecolor=BASE_COLOUR, markeredgewidth=0.7)
    return sign


def _marker(shape: str, size: float, colour: str, *, confirmed: bool) -> Line2D:
    """Return a filled sign with a paper rim, or with its left half filled and a rim of its own."""
    sign = Line2D([], [], marker=shape, linestyle="none", markersize=size, markerfacecolor=colour)
    if confirmed:
        sign.set(markeredgecolor=PAPER, markeredgewidth=0.5)
    else:
        sign.set(fillstyle="left", markerfacecoloralt=PAPER)
        sign.set(markeredgecolor=colour, markeredgewidth=0.6)
    return sign


def _opened(sign: Line2D) -> Line2D:
    """Return a sign with an open rim: the place is known within 25 km only."""
    sign.set(markerfacecolor=PAPER, markeredgecolor=BASE_COLOUR, markeredgewidth=0.9)
    return sign
