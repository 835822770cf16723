"""Symbols of events: which shape, fill and word stands for which kind of row, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from . import style

# Shapes tell families apart without colour: French rows are triangles and crosses, Russian rows
# are four-sided, all others are round or many-sided.
FACES = {"france": style.FRENCH_COLOURS["present"], "russia": style.RUSSIAN_COLOURS["deployed"]}
# Outlines and text need more contrast than the map's fill: the dark blue of the same Tol scheme.
EDGES = {"france": "#004488", "russia": style.RUSSIAN_COLOURS["deployed"]}
OTHER_FACE = "#A9A9A9"
SYMBOL_PT = 6.2


@dataclass(frozen=True)
class Symbol:
    """One entry of the legend.

    Attributes
    ----------
    label : str
        Legend text.
    marker : str
        Matplotlib marker.
    look : str
        ``full``: done; ``hollow``: announced or ordered; ``crossed``: ended or denounced.
    whose : str
        ``france``, ``russia`` or ``other``.
    """

    label: str
    marker: str | tuple[int, int, int]
    look: str
    whose: str

    @property
    def edge(self) -> str:
        """Colour of the outline."""
        return EDGES.get(self.whose, style.INK)

    @property
    def face(self) -> str:
        """Colour of the fill; paper unless the thing is done."""
        if self.look != "full":
            return style.PAPER
        return FACES.get(self.whose, OTHER_FACE if self.marker != "*" else style.INK)


def _group(whose: str, rows: dict[str, tuple[str, object, str]]) -> dict[tuple[str, str], Symbol]:
    return {(whose, kind): Symbol(*row, whose) for kind, row in rows.items()}


SYMBOLS: dict[tuple[str, str], Symbol] = {
    **_group(
        "other",
        {
            "coup": ("coup", "*", "full"),
        },
    ),
    **_group(
        "france",
        {
            "deployment": ("French forces sent or stationed", "^", "full"),
            "withdrawal_announced": ("French withdrawal announced or ordered", "v", "hollow"),
            "withdrawal_ordered": ("French withdrawal announced or ordered", "v", "hollow"),
            "base_handover": ("French base handed over", "<", "full"),
            "withdrawal_completed": ("French withdrawal completed", "v", "full"),
            "mission_launched": ("French operation launched", ">", "full"),
            "mission_ended": ("French operation ended", ">", "crossed"),
            "agreement_signed": ("agreement with France signed", "P", "full"),
            "agreement_denounced": ("agreement with France denounced", "X", "hollow"),
            "visit": ("French visit or statement", "4", "full"),
            "statement": ("French visit or statement", "4", "full"),
            "assistance": ("French assistance", "1", "full"),
        },
    ),
    **_group(
        "russia",
        {
            "visit": ("Russian visit or talks", "d", "full"),
            "agreement_signed": ("agreement with Russia signed", "D", "full"),
            "agreement_denounced": ("agreement with Russia denounced", "D", "crossed"),
            "assistance": ("Russian assistance", (4, 1, 0), "full"),
            "deployment": ("Russian personnel deployed", "s", "full"),
            "withdrawal_announced": ("Russian withdrawal announced or ordered", "s", "hollow"),
            "withdrawal_ordered": ("Russian withdrawal announced or ordered", "s", "hollow"),
            "withdrawal_completed": ("Russian mission or deployment ended", "s", "crossed"),
            "mission_launched": ("Russian personnel deployed", "s", "full"),
            "mission_ended": ("Russian mission or deployment ended", "s", "crossed"),
            "base_handover": ("Russian mission or deployment ended", "s", "crossed"),
            "statement": ("Russian statement", (4, 2, 0), "full"),
        },
    ),
    **_group(
        "other",
        {
            "agreement_signed": ("other agreement signed", "o", "full"),
            "agreement_denounced": ("other agreement denounced", "o", "crossed"),
            "alliance_formed": ("alliance formed", "p", "full"),
            "alliance_exit": ("alliance left or dissolved", "p", "crossed"),
            "deployment": ("other force or mission sent", "h", "full"),
            "mission_launched": ("other force or mission sent", "h", "full"),
            "withdrawal_announced": ("other withdrawal announced or ordered", "h", "hollow"),
            "withdrawal_ordered": ("other withdrawal announced or ordered", "h", "hollow"),
            "base_handover": ("other base handed over", (8, 1, 0), "full"),
            "withdrawal_completed": ("other withdrawal or mission ended", "h", "crossed"),
            "mission_ended": ("other withdrawal or mission ended", "h", "crossed"),
            "visit": ("other visit or statement", ".", "full"),
            "statement": ("other visit or statement", ".", "full"),
            "assistance": ("other assistance", (6, 1, 0), "full"),
        },
    ),
}  # in the order of the legend

# For labels on a chart: a word or two, and a fuller form that can follow "French" or "Russian".
SHORT = {
    "coup": ("coup", "coup"),
    "deployment": ("deployment", "deployment"),
    "withdrawal_announced": ("exit announced", "exit announced"),
    "withdrawal_ordered": ("exit ordered", "exit ordered"),
    "base_handover": ("base", "base handed over"),
    "withdrawal_completed": ("exit completed", "exit completed"),
    "mission_launched": ("launched", "mission launched"),
    "mission_ended": ("ended", "mission ended"),
    "agreement_signed": ("signed", "agreement signed"),
    "agreement_denounced": ("denounced", "agreement denounced"),
    "visit": ("visit", "visit"),
    "statement": ("statement", "statement"),
    "assistance": ("assistance", "assistance"),
    "alliance_formed": ("alliance formed", "alliance formed"),
    "alliance_exit": ("alliance left", "alliance left"),
    "force_level": ("count", "count of forces"),
}


def draw_symbol(ax: Axes, symbol: Symbol, x: list[float], y: list[float]) -> None:
    """Draw one symbol at one or several points, in data units, over whatever lies there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw in.
    symbol : Symbol
        What to draw.
    x, y : list of float
        Places.
    """
    lines_only = symbol.marker in {"1", "4"} or (
        isinstance(symbol.marker, tuple) and symbol.marker[1] == 2
    )
    size = SYMBOL_PT * (1.25 if symbol.marker == "*" or isinstance(symbol.marker, tuple) else 1)
    common = {"linestyle": "none", "clip_on": False, "zorder": 4}
    ax.plot(
        x,
        y,
        marker=symbol.marker,
        markersize=size * (0.85 if symbol.marker in {"s", "D"} else 1),
        markerfacecolor=symbol.face,
        markeredgecolor=symbol.edge,
        markeredgewidth=1.2 if lines_only else 0.8,
        **common,
    )
    if symbol.look == "crossed":
        ax.plot(
            x,
            y,
            marker="x",
            markersize=SYMBOL_PT * 0.5,
            markeredgecolor=symbol.edge,
            markeredgewidth=0.8,
            **common,
        )
