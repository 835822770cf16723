"""What stands under a map: the key to its signs, the note, a scale bar and a locator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from . import style
from .geography import View
from .labels import text_width, wrapped

POINTS_PER_MM = 72 / 25.4
LOCATOR_PT = 62.0  # height; Africa is about as wide as it is high
_SWATCH = (13.0, 7.0)
_LINE = style.NOTE_PT * 1.45


@dataclass(frozen=True)
class Entry:
    """One line of the key: a swatch (`fill`, `hatch`, `symbol`), a dot or a dashed line."""

    text: str
    fill: str = ""
    hatch: str = ""
    symbol: str = ""
    sign: str = ""


def outline_path(shape: shapely.Geometry) -> Path:
    """Return polygons or lines as one matplotlib path; holes stay holes."""
    parts = shapely.get_parts(shapely.orient_polygons(shape))
    polygons = parts[shapely.get_type_id(parts) == 3]
    lines = parts[shapely.get_type_id(parts) == 1]
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygons)]
    runs = [(xy, True) for xy in rings] + [(shapely.get_coordinates(line), False) for line in lines]
    if not runs:
        return Path(np.empty((0, 2)))
    codes = []
    for xy, closed in runs:
        code = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
        code[0] = Path.MOVETO
        if closed:
            code[-1] = Path.CLOSEPOLY
        codes.append(code)
    return Path(np.concatenate([xy for xy, _ in runs]), np.concatenate(codes))


def symbol(x: float, y: float, kind: str, size: float, colour: str, **options: object) -> Line2D:
    """Return the round sign of a French posture: full, left half filled, or hollow."""
    return Line2D(
        [x],
        [y],
        marker="o",
        markersize=size,
        fillstyle=kind,
        markerfacecolor=colour,
        markerfacecoloralt="none",
        markeredgecolor=colour,
        markeredgewidth=0.6,
        linestyle="none",
        **options,
    )


def draw_furniture(
    axes: Sequence[Axes],
    *,
    columns: Sequence[Sequence[Entry]],
    note: str,
    africa: shapely.Geometry,
    view: View,
) -> None:
    """Draw key, note, scale bar and locator below one map or a grid of maps.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        The maps, all of one figure.
    columns : sequence of sequence of Entry
        Columns of the key.
    note : str
        Text beside the key; broken into lines here.
    africa : shapely.Geometry
        Outline for the locator, metres.
    view : View
        What the maps show.
    """
    figure = axes[0].figure
    size = figure.get_size_inches() * 72
    boxes = [ax.get_position() for ax in axes]
    left, top = min(box.x0 for box in boxes) * size[0], min(box.y0 for box in boxes) * size[1] - 6
    right = max(box.x1 for box in boxes) * size[0]
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    x = left
    for column in columns:
        x += _draw_column(figure, points, column, x, top) + 12
    locator = _draw_locator(figure, points, right, top, africa, view)
    _draw_scale(figure, points, right, top - LOCATOR_PT - 5, view.scale)
    room = right - locator - 12 - x
    y = top
    if room < 130:  # a narrow figure: the note goes below the key
        y -= _LINE * max((len(column) for column in columns), default=0) + 4
        x, room = left, right - locator - 12 - left
    for number, line in enumerate(wrapped(note, room, style.NOTE_PT)):
        y_line = y - style.NOTE_PT - number * style.NOTE_PT * 1.28
        _text(figure, points, x, y_line, line, color=style.INK_SOFT)


def _text(figure: Figure, points: Affine2D, x: float, y: float, text: str, **options) -> None:
    figure.text(x, y, text, transform=points, fontsize=style.NOTE_PT, **options)


def _draw_column(
    figure: Figure, points: Affine2D, entries: Sequence[Entry], x: float, top: float
) -> float:
    """Draw one column of the key; return its width."""
    wide, high = _SWATCH
    for number, entry in enumerate(entries):
        base = top - high - number * _LINE
        middle = base + high / 2
        if entry.sign == "dot":
            figure.add_artist(capital_dot(x + wide / 2, middle, transform=points))
        elif entry.sign == "dash":
            figure.add_artist(
                Line2D(
                    [x, x + wide],
                    [middle, middle],
                    color=style.DISPUTED_COLOUR,
                    linewidth=style.DISPUTED_PT,
                    linestyle=style.DISPUTED_DASH,
                    transform=points,
                )
            )
        else:
            for options in (
                {"facecolor": entry.fill, "edgecolor": "none"},
                {"facecolor": "none", "edgecolor": style.ink_on(entry.fill), "hatch": entry.hatch,
                 "linewidth": 0},
                {"facecolor": "none", "edgecolor": style.EDGE_COLOUR, "linewidth": style.EDGE_PT},
            ):  # fmt: skip
                figure.add_artist(Rectangle((x, base), wide, high, transform=points, **options))
            if entry.symbol:
                ink = style.ink_on(entry.fill)
                sign = symbol(x + wide / 2, middle, entry.symbol, 4.4, ink, transform=points)
                figure.add_artist(sign)
        _text(figure, points, x + wide + 4, base + 1.2, entry.text)
    return wide + 4 + max((text_width(e.text, style.NOTE_PT) for e in entries), default=0)


def capital_dot(x: float, y: float, **options: object) -> Line2D:
    """Return the sign of a capital."""
    return Line2D(
        [x],
        [y],
        marker="o",
        markersize=2.6,
        markerfacecolor=style.INK,
        markeredgecolor=style.PAPER,
        markeredgewidth=0.5,
        linestyle="none",
        **options,
    )


def _draw_scale(
    figure: Figure, points: Affine2D, right: float, y: float, metres_per_point: float
) -> None:
    """Draw a scale bar of a round length, right-aligned."""
    lengths_km = (100, 200, 250, 500, 1000, 2000)
    length_km = max((k for k in lengths_km if k * 1000 / metres_per_point <= 60), default=100)
    long = length_km * 1000 / metres_per_point
    bar = [(right - long, y + 2), (right - long, y), (right, y), (right, y + 2)]
    patch = PathPatch(Path(bar), facecolor="none", edgecolor=style.INK_SOFT, linewidth=0.6)
    patch.set_transform(points)
    figure.add_artist(patch)
    label = f"{length_km} km"
    _text(figure, points, right - long - 3, y - 1, label, ha="right", color=style.INK_SOFT)


def _draw_locator(
    figure: Figure,
    points: Affine2D,
    right: float,
    top: float,
    africa: shapely.Geometry,
    view: View,
) -> float:
    """Draw the outline of Africa with the frame of the map on it; return its width."""
    west, south, east, north = africa.bounds
    scale = (LOCATOR_PT - 6) / (north - south)
    width = (east - west) * scale + 6
    origin = (right - width + 3, top - LOCATOR_PT + 3)
    figure.add_artist(
        Rectangle(
            (right - width, top - LOCATOR_PT),
            width,
            LOCATOR_PT,
            facecolor=style.SEA_COLOUR,
            edgecolor=style.INK_SOFT,
            linewidth=0.5,
            transform=points,
        )
    )
    place = Affine2D().translate(-west, -south).scale(scale).translate(*origin) + points
    land = {"facecolor": style.LOCATOR_COLOUR, "edgecolor": "none", "transform": place}
    figure.add_artist(PathPatch(outline_path(africa), **land))
    # A view that reaches beyond the locator is drawn as far as its frame.
    room = np.array([-2, -2, 2, 2]) / scale + (west, south, east, north)
    left, low, far, high = shapely.box(*view.limits).intersection(shapely.box(*room)).bounds
    figure.add_artist(
        Rectangle(
            (left, low),
            far - left,
            high - low,
            facecolor="none",
            edgecolor=style.INK,
            linewidth=0.8,
            transform=place,
        )
    )
    return width
