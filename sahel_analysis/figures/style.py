"""How exhibits look: colours, hatches, symbols, line widths, type, and the words for each state."""

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
from matplotlib.figure import Figure

# French posture: Tol's medium-contrast scheme, used as given. The order white, yellow, blue, red
# falls by about 20 L* at each step, so that a grey print keeps the four apart.
FRENCH_COLOURS = MappingProxyType(
    {
        "none_recorded": "#FFFFFF",
        "leaving": "#EECC66",
        "present": "#6699CC",
        "reduced": "#8FB9BA",
        "withdrawn": "#994455",
    }
)
# Russian engagement is an ordered level: the purple arm of Tol's PRGn scheme, light to dark.
RUSSIAN_COLOURS = MappingProxyType(
    {
        "none_recorded": "#FFFFFF",
        "contact": "#E7D4E8",
        "agreement": "#C2A5CF",
        "assistance": "#9970AB",
        "deployed": "#762A83",
    }
)
# The more engagement, the more ink; matplotlib's hatch letters, repeated for density.
RUSSIAN_HATCHES = MappingProxyType(
    {
        "none_recorded": "",
        "contact": "---",
        "agreement": "//",
        "assistance": "\\\\\\\\",
        "deployed": "xxxx",
    }
)
# Filled while the forces are there, half while they leave, hollow when gone.
FRENCH_SYMBOLS = MappingProxyType(
    {"present": "full", "leaving": "left", "reduced": "bottom", "withdrawn": "none"}
)

NOT_COVERED_COLOUR = "#DDDDDD"  # Tol's grey for missing data
SEA_COLOUR = "#FFFFFF"
LAND_COLOUR = "#F3F1EC"
LAND_EDGE_COLOUR = "#C9C4BA"
LOCATOR_COLOUR = "#CFCAC0"
EDGE_COLOUR = "#4A4A4A"
DISPUTED_COLOUR = "#6B6B6B"
INK = "#111111"
INK_SOFT = "#555555"
INK_QUIET = "#6B675F"  # names of countries that the map only shows for orientation
PAPER = "#FFFFFF"

EDGE_PT = 0.6
LAND_EDGE_PT = 0.4
DISPUTED_PT = 0.7
LEADER_PT = 0.5
HATCH_PT = 0.45
DISPUTED_DASH = (0, (3.0, 2.0))

LABEL_PT = 6.6  # about 2.3 mm line height: the smallest that prints and projects well
NOTE_PT = 6.2
QUIET_PT = 5.8
HEADING_PT = 7.0

FONT = "Source Sans Pro"
_FONT_FILES = ("Regular", "It", "Bold")
_DARK = frozenset({FRENCH_COLOURS["withdrawn"], RUSSIAN_COLOURS["deployed"]})


def ink_on(colour: str) -> str:
    """Return the ink, dark or white, that reads on a fill with a contrast of 4.5 to 1 or more."""
    return PAPER if colour in _DARK else INK


def hatch_on(colour: str) -> str:
    """Return the colour of a hatch that shows on a fill without drowning it."""
    return PAPER if colour in _DARK else "#333333"


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
        "font.size": LABEL_PT,
        "axes.titlesize": HEADING_PT,
        "axes.labelsize": LABEL_PT,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.edgecolor": INK_SOFT,
        "axes.linewidth": EDGE_PT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "xtick.labelsize": LABEL_PT,
        "ytick.labelsize": LABEL_PT,
        "xtick.color": INK_SOFT,
        "ytick.color": INK_SOFT,
        "text.color": INK,
        "text.parse_math": False,  # names of the tables are text, whatever signs they hold
        "hatch.linewidth": HATCH_PT,
        "text.hinting": "no_hinting",
        "figure.dpi": 72,
        "savefig.dpi": 200,
        "savefig.facecolor": PAPER,
        "svg.fonttype": "path",
        "svg.hashsalt": "sahel-analysis",
        "path.simplify": False,
    }
    with mpl.rc_context(options):
        yield


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
    return _GLYPH.sub(r"glyph-\1", _IDLE_ID.sub("<g", text))


_PATH_DATA = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r' [xy]="[^"]*"|translate\([^)]*\)')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
# matplotlib numbers its groups; two figures in one page must not share ids that nothing needs.
_GLYPH = re.compile(r"SourceSansPro-(\w)\w*-")
_IDLE_ID = re.compile(r'<g id="[A-Za-z][\w.]*_\d+"')


def _rounded(number: re.Match[str]) -> str:
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
