"""What stands around a figure: the finding above it, its key and its foot below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Affine2D

from . import style
from .labels import text_width, wrapped

CREDIT = "sahel_analysis, CC BY 4.0"
_LEADING = 1.24
_GAP_PT = 5.0
_BETWEEN_PT = 12.0  # between two keys


@dataclass(frozen=True)
class Key:
    """One group of the key: a heading, and handles with their labels."""

    heading: str
    handles: Sequence[Line2D | Patch]
    columns: int = 1


@dataclass(frozen=True)
class Frame:
    """The words and keys around a figure.

    Attributes
    ----------
    title : str
        The finding.
    subtitle : str
        What is shown, of which day and evidence.
    keys : sequence of Key
        Groups of the key, from left to right.
    lists : sequence of (str, sequence of str)
        Headings with entries that stand in running lines under the key.
    note : str
        What the figure rests on; credit and licence follow it.
    """

    title: str
    subtitle: str
    keys: Sequence[Key] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    note: str = ""

    def height(self, width: float) -> float:
        """Return the height that all but the figure itself needs at a width; points."""
        head, foot = self._lines(width)
        _, keys = _places(self.keys, width)
        return _tall(head) + _tall(foot) + keys + 2 * _GAP_PT + (_GAP_PT if keys else 0)

    def draw(self, ax: Axes) -> None:
        """Draw the frame within the place of some axes and shrink them to what is left."""
        figure = ax.figure
        wide, high = figure.get_size_inches() * 72
        box = ax.get_position()
        left, width = box.x0 * wide, box.width * wide
        points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
        head, foot = self._lines(width)
        top = _write(figure, points, left, box.y1 * high, head) - _GAP_PT
        bottom = box.y0 * high + _tall(foot)
        _write(figure, points, left, bottom, foot)
        places, keys = _places(self.keys, width)
        if keys:
            bottom += _GAP_PT
            for key, (x, y) in zip(self.keys, places, strict=True):
                place = (left + x, bottom + keys - y)
                figure.add_artist(_legend(figure, key, bbox=place, transform=points))
            bottom += keys
        bottom += _GAP_PT
        share = (left / wide, bottom / high, width / wide, max(top - bottom, 1) / high)
        ax.set_position(share)

    def _lines(self, width: float) -> tuple[list[tuple], list[tuple]]:
        """Return the lines above and below: text, size, weight, colour."""
        title, text, least = style.TITLE_PT, style.TEXT_PT, style.LEAST_PT
        head = [
            (line, title, "bold", style.INK) for line in wrapped(self.title, width, title, True)
        ]
        head += [
            (line, text, "normal", style.INK_SOFT) for line in wrapped(self.subtitle, width, text)
        ]
        foot: list[tuple] = []
        for heading, entries in self.lists:
            foot.append((heading, text, "bold", style.INK))
            lines = _flowed(entries, width, least)
            foot += [(line, least, "normal", style.INK) for line in lines]
        note = f"{self.note} {CREDIT}." if self.note else f"{CREDIT}."
        foot += [(line, least, "normal", style.INK_SOFT) for line in wrapped(note, width, least)]
        return head, foot


def new_axes(frame: Frame, width_mm: float, body_pt: float) -> Axes:
    """Return axes on a figure of their own, as high as a frame with a body needs.

    Parameters
    ----------
    frame : Frame
        What stands around the body.
    width_mm : float
        Width of the figure, millimetres.
    body_pt : float
        Height of what stands within the frame, points.
    """
    wide = width_mm * 72 / 25.4
    high = frame.height(wide - 2) + body_pt + 2
    figure = Figure(figsize=(wide / 72, high / 72), dpi=72)
    return figure.add_axes((1 / wide, 1 / high, 1 - 2 / wide, 1 - 2 / high))


def _flowed(entries: Sequence[str], width: float, size: float) -> list[str]:
    """Return entries in running lines; only one that is wider than a line is broken."""
    lines = [""]
    for entry in entries:
        longer = f"{lines[-1]}    {entry}" if lines[-1] else entry
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += wrapped(entry, width, size)
    return [line for line in lines if line]


def _tall(lines: Sequence[tuple]) -> float:
    """Return the height of lines, points."""
    return sum(size * _LEADING for _, size, *_ in lines)


def _write(figure: Figure, points: Affine2D, x: float, top: float, lines: Sequence[tuple]) -> float:
    """Write lines downwards and return where the last one ends."""
    for text, size, weight, colour in lines:
        top -= size * _LEADING
        look = {"fontsize": size, "fontweight": weight, "color": colour}
        figure.text(x, top + 0.3 * size, text, transform=points, **look)
    return top


def _legend(figure: Figure, key: Key, **place: object) -> Legend:
    """Return one group of the key; `bbox` and `transform` say where its upper left corner is."""
    legend = Legend(
        figure,
        key.handles,
        [handle.get_label() for handle in key.handles],
        loc="upper left",
        bbox_to_anchor=place.get("bbox", (0, 0)),
        bbox_transform=place.get("transform"),
        ncols=key.columns,
        title=key.heading or None,
        alignment="left",
        frameon=False,
        fontsize=style.LEAST_PT,
        title_fontproperties={"weight": "bold", "size": style.TEXT_PT},
        borderpad=0,
        borderaxespad=0,
        handlelength=1.2,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        labelspacing=0.35,
    )
    legend.set_in_layout(False)
    return legend


def _places(keys: Sequence[Key], width: float) -> tuple[list[tuple[float, float]], float]:
    """Return where the groups of a key stand from the upper left, and their height; points."""
    figure = Figure(figsize=(10, 10), dpi=72)
    renderer = FigureCanvasAgg(figure).get_renderer()
    places, x, y, row = [], 0.0, 0.0, 0.0
    for key in keys:
        legend = _legend(figure, key)
        figure.add_artist(legend)
        extent = legend.get_window_extent(renderer)
        if x and x + extent.width > width:
            x, y, row = 0.0, y + row + _GAP_PT, 0.0
        places.append((x, y))
        x, row = x + extent.width + _BETWEEN_PT, max(row, extent.height)
    return places, y + row
