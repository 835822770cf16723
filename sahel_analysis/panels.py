"""One map panel: land, fills, hatches, borders, disputed lines, capitals and labels on axes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from . import style
from .captions import month, since, themes
from .geography import CRS, boundaries, disputed, places_frame, with_geometry
from .labels import LEADING, Block, Place, Row, place, row_width, symbol_room
from .legends import Entry, capital_dot, outline_path, symbol

View = tuple[float, float, float, float]

_NARROWEST_M = 1_500_000  # a map of Togo alone still shows its neighbours
_DETAIL_PT = 0.4  # what is finer than this is not seen
_DISPUTED_M = 9_000  # a plain border this near to a disputed line gives way to it
_GROWTH = 1.07
_SMALL_PT = 5.8


@dataclass(frozen=True)
class Panel:
    """What was drawn: limits in metres, scale, keys without a label, and signs for the key."""

    view: View
    metres_per_point: float
    unlabelled: tuple[str, ...]
    signs: tuple[str, ...]


def size_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of axes in points."""
    box = ax.get_position()
    wide, high = ax.figure.get_size_inches() * 72
    return box.width * wide, box.height * high


def common_view(shapes: gpd.GeoSeries, size: tuple[float, float], grown: int = 0) -> View:
    """Return limits that hold all shapes with a margin, in the proportions of the axes.

    Parameters
    ----------
    shapes : geopandas.GeoSeries
        Outlines, metres.
    size : (float, float)
        Width and height of the axes, points.
    grown : int, optional
        How many steps to step back for more room beside the outlines.

    Returns
    -------
    tuple of float
        West, south, east and north, metres.
    """
    west, south, east, north = shapes.total_bounds
    scale = max((east - west) * 1.06, _NARROWEST_M) / size[0]
    scale = max(scale, (north - south) * 1.06 / size[1]) * _GROWTH**grown
    x, y = (west + east) / 2, (south + north) / 2
    wide, high = size[0] * scale / 2, size[1] * scale / 2
    return x - wide, y - high, x + wide, y + high


def draw_panel(
    posture: pd.DataFrame,
    exhibit: str,
    ax: Axes,
    *,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    view: View | None = None,
    spelt: Collection[str] | None = None,
) -> Panel:
    """Draw one map on axes.

    Parameters
    ----------
    posture : pandas.DataFrame
        Posture, indexed by ISO 3166-1 alpha-3 code.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    ax : matplotlib.axes.Axes
        Axes; their limits are set, their frame is kept.
    countries, places, events : pandas.DataFrame
        Rows of the tables of those names; the last two may be None.
    view : tuple of float, optional
        Limits in metres; without them the panel chooses, and steps back until labels have room.
    spelt : collection of str, optional
        Countries whose label gives the state; the others get their name where it fits inside.
        Without it every country is spelt out.

    Returns
    -------
    Panel
        What was drawn.
    """
    outlines = with_geometry(posture, countries).geometry
    size = size_points(ax)
    shown = themes(exhibit)
    blocks = {
        key: _block(row, shown, countries["name_en"][key], events, spelt is None or key in spelt)
        for key, row in posture.iterrows()
    }
    capitals = _capitals(places, posture.index)
    wanted = _wanted(countries.reindex(posture.index))
    for grown in range(1 if view else 8):
        limits = view or common_view(outlines, size, grown)
        scale = (limits[2] - limits[0]) / size[0]
        land, shapes = _cut(outlines, limits, scale)
        to_points = _Points(limits, scale)
        found = _labels(blocks, shapes, wanted, capitals, size, to_points, spelt)
        if len(found) == len(blocks):
            break
    boxes = shapely.union_all([shapely.box(*to_points.back(p.box, 0.8)) for p in found.values()])

    lines = disputed().geometry
    lines = lines[lines.intersects(shapely.box(*limits))]
    beside = shapely.union_all(shapely.buffer(lines.to_numpy(), _DISPUTED_M, quad_segs=2))
    _fill_land(ax, land, beside)
    _fill_states(ax, posture, shown, shapes, boxes)
    border = shapely.union_all(shapely.boundary(shapes.to_numpy()))
    _stroke(ax, border.difference(beside | boxes), style.EDGE_COLOUR, style.EDGE_PT, 4)
    dashed = shapely.clip_by_rect(shapely.union_all(lines.to_numpy()).difference(boxes), *limits)
    _stroke(ax, dashed, style.DISPUTED_COLOUR, style.DISPUTED_PT, 5, style.DISPUTED_DASH)
    for point in capitals:
        ax.add_line(capital_dot(point.x, point.y, zorder=6))
    fills = {key: _fill(row, shown) for key, row in posture.iterrows()}
    for key, spot in found.items():
        _write(ax, blocks_used(blocks, key, spot), spot, fills[key], to_points)
    _frame(ax, limits)
    signs = (("dot",) if len(capitals) else ()) + (("dash",) if not dashed.is_empty else ())
    missing = tuple(k for k in blocks if k not in found and (spelt is None or k in spelt))
    return Panel(limits, scale, missing, signs)
