"""Glyphs: which characters the typeface of maps and pages has a shape for."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

# Latin with its accents, Cyrillic and the marks of print are there; the font is asked for the rest.
PLAIN = re.compile("[ -~\xa0-\u017e\u0400-\u045f\u2013\u2014\u2018-\u201a\u201c-\u201e\u2026]*")


def without_shape(text: str) -> str:
    """Return the first character of a text that no map and no page can show, or an empty string.

    Parameters
    ----------
    text : str
        Text of a cell.
    """
    if PLAIN.fullmatch(text):
        return ""
    return next((sign for sign in text if ord(sign) not in shapes()), "")


@cache
def shapes() -> frozenset[int]:
    """Return the code points for which the typeface of the wheel has a shape."""
    from fontTools.ttLib import TTFont  # here: almost all text is plain

    file = resources.files("font_source_sans_pro") / "files" / "SourceSansPro-Regular.ttf"
    with TTFont(str(file), lazy=True) as font:
        return frozenset(font.getBestCmap())
