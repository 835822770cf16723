"""How figures look: colours, signs, type sizes and the width of the page's column."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from types import MappingProxyType

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..errors import ParameterError, shown

FONT = "Source Sans Pro"
_FONT_FILES = ("Regular", "It", "Bold")

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

INK = "#111111"
INK_SOFT = "#555555"
PAPER = "#FFFFFF"
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
CHANGED_PT = 1.6  # outline of a country whose state moved
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


@contextmanager
def figure_style() -> Iterator[None]:
    """Set the type and the output options of every figure, and put the old ones back.

    Needed while a figure is drawn and while it is saved; `svg` does the latter itself.

    Text becomes outlines in SVG (``svg.fonttype: path``). The same SVG goes into the HTML page,
    which embeds no font, and into the PDF; labels are placed by the measured width of this one
    typeface, and any other would push them over each other. What the text says stands as real
    text in the alternative text and the table beside the figure.
    """
    _register_fonts()
    options = {
        "font.family": FONT,
        "font.size": TEXT_PT,
        "axes.edgecolor": INK_SOFT,
        "axes.linewidth": RULE_PT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "xtick.color": INK_SOFT,
        "text.color": INK,
        "text.parse_math": False,  # names of the tables are text, whatever signs they hold
        "text.hinting": "no_hinting",
        "figure.dpi": 72,
        "savefig.dpi": 200,
        "savefig.facecolor": PAPER,
        "svg.fonttype": "path",
        "svg.hashsalt": "sahel-analysis",
        "path.simplify": False,
    }
    with mpl.rc_context():
        mpl.rcdefaults()  # no file of the user's has a say
        mpl.rcParams.update(options)
        yield


def require_canvas(ax: object, width_mm: object) -> None:
    """Refuse what cannot be drawn on, and widths that no page has.

    Raises
    ------
    ParameterError
        If `ax` is neither None nor axes, or `width_mm` no number from 40 to 1000.
    """
    if ax is not None and not isinstance(ax, Axes):
        message = f"ax: '{shown(ax)}' is not allowed; expected axes of matplotlib."
        raise ParameterError(message)
    if type(width_mm) not in (int, float) or not 40 <= width_mm <= 1000:
        message = f"width_mm: '{shown(width_mm)}' is not allowed; expected 40 to 1000 millimetres."
        raise ParameterError(message)


def svg(figure: Figure) -> str:
    """Return a figure as SVG text: equal figures give equal text.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Finished figure.

    Returns
    -------
    str
        SVG without date or program name. Coordinates carry one decimal of a point, which is
        finer than any printer and halves the size.
    """
    buffer = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with figure_style():
        figure.savefig(buffer, format="svg", metadata=metadata)
    text = _PATH_DATA.sub(_shorter_path, buffer.getvalue())
    text = _PLACE.sub(lambda place: _LONG_NUMBER.sub(_rounded, place[0]), text)
    text = _GLYPH.sub(r"glyph-\1", _IDLE_ID.sub("<g", text))
    return _LETTER.sub(_placed, text)


_PATH_DATA = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r' [xy]="[^"]*"|translate\([^)]*\)')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
# matplotlib numbers its groups; two figures in one page must not share ids that nothing needs.
_GLYPH = re.compile(r"SourceSansPro-(\w)\w*-")
_IDLE_ID = re.compile(r'<g id="[A-Za-z][\w.]*_\d+"')
_LETTER = re.compile(r'<use xlink:href="#(glyph-\w+)"(?: transform="translate\(([\d.]+) 0\)")?/>')


def _placed(letter: re.Match[str]) -> str:
    """Return one letter of a line in half the characters; there are hundreds in a figure."""
    return f'<use href="#{letter[1]}"' + (f' x="{letter[2]}"/>' if letter[2] else "/>")


def _rounded(number: re.Match[str]) -> str:
    """Return a number with one decimal."""
    return f"{float(number[0]):.1f}"


def _shorter_path(match: re.Match[str]) -> str:
    """Return one ``d`` attribute on one line, rounded, without repeated line commands."""
    data = " ".join(_LONG_NUMBER.sub(_rounded, match[1]).split())
    if "Q" not in data and "C" not in data:
        data = data.replace(" L ", " ")  # pairs after a move are lines
    return f' d="{data}"'


@cache
def _register_fonts() -> None:
    """Tell matplotlib, once, where the typeface of the wheel lies."""
    folder = resources.files("font_source_sans_pro") / "files"
    for weight in _FONT_FILES:
        font_manager.fontManager.addfont(str(folder / f"SourceSansPro-{weight}.ttf"))
