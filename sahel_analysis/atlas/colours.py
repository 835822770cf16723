"""Colours of the states on the atlas, keyed by the vocabulary; what is drawn on them."""

from __future__ import annotations

from types import MappingProxyType

from ..figures.style import INK, PAPER

# French posture: Tol's medium-contrast scheme, used as given. The order white, yellow, blue, red
# falls by about 20 L* at each step, so that a grey print keeps the four apart.
FRENCH = MappingProxyType(
    {
        "none_recorded": "#FFFFFF",
        "leaving": "#EECC66",
        "present": "#6699CC",
        "reduced": "#8FB9BA",
        "withdrawn": "#994455",
    }
)
# Russian engagement is an ordered level: the purple arm of Tol's PRGn scheme, light to dark.
RUSSIAN = MappingProxyType(
    {
        "none_recorded": "#FFFFFF",
        "contact": "#E7D4E8",
        "agreement": "#C2A5CF",
        "assistance": "#9970AB",
        "deployed": "#762A83",
    }
)
NOT_COVERED = "#DDDDDD"  # Tol's grey for missing data
SIDES = MappingProxyType({"french": "#004488", "russian": RUSSIAN["deployed"]})
HATCH = "#333333"
_DARK = frozenset({FRENCH["withdrawn"], RUSSIAN["deployed"]})


def ink_on(colour: str) -> str:
    """Return the ink, dark or white, that reads on a fill with a contrast of 4.5 to 1 or more."""
    return PAPER if colour in _DARK else INK


def hatch_on(colour: str) -> str:
    """Return the colour of a hatch that shows on a fill without drowning it."""
    return PAPER if colour in _DARK else HATCH
