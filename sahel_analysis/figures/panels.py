"""One map panel: land, fills, hatches, borders, disputed lines, capitals and labels on axes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from ..errors import ParameterError
from ..prose.captions import themes
from . import style
from .geography import CRS, disputed, places_frame, with_geometry
from .labels import Block, Place, row_starts, row_width, symbol_room
from .legends import capital_dot, outline_path, symbol
from .placements import DEAR, place, worst
from .signs import fill_of, label_forms, name_form, panel_forms
from .views import View, seen, size_points, view_of

_DISPUTED_M = 9_000  # a plain border this near to a disputed line gives way to it
_SMALL_PT = 5.8
# To try in turn: type size, steps back, where the room so gained goes (0 west, 1 east), and the
# cost of the worst label that is good enough by then. West first: most labels that find no room
# inside belong to the west coast, and the Atlantic has room.
_ATTEMPTS = (
    (style.LABEL_PT, 0, 0.5, DEAR),
    (style.LABEL_PT, 1, 0.1, DEAR + 15),
    (style.LABEL_PT, 2, 0.1, DEAR + 40),
    (style.LABEL_PT, 4, 0.3, np.inf),
    (_SMALL_PT, 1, 0.3, np.inf),
    (_SMALL_PT, 4, 0.3, np.inf),
    (_SMALL_PT, 8, 0.3, np.inf),
)


@dataclass(frozen=True)
class Panel:
    """What was drawn: the view, the keys that got no label, and the signs for the key."""

    view: View
    unlabelled: tuple[str, ...]
    signs: frozenset[str]


def draw_panel(
    posture: pd.DataFrame,
    exhibit: str,
    ax: Axes,
    *,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
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
        Axes; their limits are set here.
    countries, places : pandas.DataFrame
        Rows of the tables of those names; the capitals among the places are drawn.
    view : View, optional
        What to show. Without it the panel chooses, and steps back until labels have room.
    spelt : collection of str, optional
        Countries named in bold, with the sign of their posture; the others are named where there
        is room inside. Without it every country is named with its states and their dates.

    Returns
    -------
    Panel
        What was drawn.

    Raises
    ------
    DataError
        If a row has no outline.
    ParameterError
        If there is no row, or no such exhibit.
    """
    if posture.empty:
        message = "the posture frame has no rows; expected at least one country to draw."
        raise ParameterError(message)
    shown = themes(exhibit)
    outlines = with_geometry(posture, countries).geometry
    size = size_points(ax)
    capitals = _capitals(places, posture.index)
    best = None
    for type_pt, steps, side, enough in _ATTEMPTS:
        tried = view or view_of(outlines, size, steps, side)
        shapes, land = seen(tried, posture.index, countries)
        forms = _forms(posture, shown, countries["name_en"], spelt)
        blocks = {k: [replace(b, size=type_pt) for b in blocks] for k, blocks in forms.items()}
        if spelt is None:  # a whole map names the neighbours where there is room
            blocks |= {name: name_form(name, style.QUIET_PT) for name in land.index}
        found = _placed(blocks, shapes, land, countries, capitals, size, tried)
        missing = tuple(k for k, b in blocks.items() if k not in found and not b[0].optional)
        rank = (len(missing), worst(found))
        if best is None or rank < best[0]:
            best = rank, tried, shapes, land, found, missing
        if best[0] <= (0, enough):
            break
    _, view, shapes, land, found, missing = best

    boxes = _words(found.values(), view)
    lines = disputed().geometry.to_numpy()
    lines = shapely.clip_by_rect(shapely.union_all(lines), *view.limits)
    beside = shapely.buffer(lines, _DISPUTED_M, quad_segs=2)
    _draw_land(ax, land.to_numpy(), beside | boxes)
    for key, shape in shapes.items():
        _draw_state(ax, posture.loc[key], shown, shape, boxes)
    border = shapely.union_all(shapely.boundary(shapes.to_numpy())).difference(beside | boxes)
    _stroke(ax, border, style.EDGE_COLOUR, style.EDGE_PT, zorder=4)
    dashes = {"linestyle": style.DISPUTED_DASH, "zorder": 5}
    _stroke(ax, lines.difference(boxes), style.DISPUTED_COLOUR, style.DISPUTED_PT, **dashes)
    for x, y in capitals:
        ax.add_line(capital_dot(x, y, zorder=6))
    for key, spot in found.items():
        if key in posture.index:
            _write(ax, spot, view, color=_ink(posture.loc[key], shown, spot))
        else:
            _write(ax, spot, view, color=style.INK_QUIET, style="italic")
    _frame(ax, view)
    signs = {"dot"} if len(capitals) else set()
    signs |= set() if lines.is_empty else {"dash"}
    return Panel(view, missing, frozenset(signs))


def _forms(
    posture: pd.DataFrame, shown: Sequence[str], names: pd.Series, spelt: Collection[str] | None
) -> dict[str, list[Block]]:
    """Return the forms that each label may take."""
    forms = {}
    for key, row in posture.iterrows():
        if spelt is None:
            forms[key] = label_forms(row, shown, names[key])
        elif key in spelt:
            forms[key] = panel_forms(row, shown, names[key])
        else:
            forms[key] = name_form(names[key])
    return forms


def _capitals(places: pd.DataFrame | None, keys: pd.Index) -> np.ndarray:
    """Return the capitals of the countries drawn, metres, shape (n, 2)."""
    if places is None:
        return np.empty((0, 2))
    rows = places[(places["kind"] == "capital") & places["iso3"].isin(keys)]
    return shapely.get_coordinates(places_frame(rows).geometry.to_numpy())


def _placed(
    blocks: Mapping[str, Sequence[Block]],
    shapes: gpd.GeoSeries,
    land: gpd.GeoSeries,
    countries: pd.DataFrame,
    capitals: np.ndarray,
    size: tuple[float, float],
    view: View,
) -> dict[str, Place]:
    """Return the places of the labels, points."""
    rows = countries.reindex(shapes.index)
    wanted = gpd.GeoSeries(
        gpd.points_from_xy(rows["label_lon"], rows["label_lat"], crs="EPSG:4326"), index=rows.index
    ).to_crs(CRS)
    inner = pd.concat([shapes, land]).representative_point()
    anchors = inner.where(~shapes.contains(wanted).reindex(inner.index, fill_value=False), wanted)
    return place(
        blocks,
        {key: shapely.transform(shape, view.points) for key, shape in shapes.items()},
        {key: tuple(view.points(shapely.get_coordinates(p)[0])) for key, p in anchors.items()},
        size,
        [tuple(xy) for xy in view.points(capitals)],
        {k: shapely.transform(shape, view.points) for k, shape in land.items() if k in blocks},
    )


def _words(places: Iterable[Place], view: View) -> shapely.Geometry:
    """Return the ground under the lines of labels, metres: hatches and borders leave it free."""
    boxes = []
    for spot in places:
        for row, (x, y) in zip(spot.block.rows, row_starts(spot), strict=True):
            size, wide = spot.block.size, row_width(row, spot.block.size)
            boxes.append((x - 1.2, y - 0.23 * size, x + wide + 1.2, y + 0.93 * size))
    corners = view.metres(np.reshape(boxes, (-1, 2))).reshape(-1, 4)
    return shapely.union_all(shapely.box(*corners.T))


def _draw_land(ax: Axes, land: np.ndarray, cleared: shapely.Geometry) -> None:
    """Draw the countries around: one quiet fill, thin borders."""
    whole = outline_path(shapely.union_all(land, grid_size=1))
    ax.add_artist(PathPatch(whole, facecolor=style.LAND_COLOUR, edgecolor="none", zorder=1))
    border = shapely.union_all(shapely.boundary(land)).difference(cleared)
    _stroke(ax, border, style.LAND_EDGE_COLOUR, style.LAND_EDGE_PT, zorder=2)


def _draw_state(
    ax: Axes, row: pd.Series, shown: Sequence[str], shape: shapely.Geometry, boxes: shapely.Geometry
) -> None:
    """Draw fill and hatch of one country; the hatch leaves labels free."""
    colour, hatch = fill_of(row, shown)
    plain = {"facecolor": colour, "edgecolor": "none", "zorder": 3}
    ax.add_artist(PathPatch(outline_path(shape), **plain))
    if hatch:
        lines = {"facecolor": "none", "edgecolor": style.hatch_on(colour), "linewidth": 0}
        free = outline_path(shape.difference(boxes))
        ax.add_artist(PathPatch(free, hatch=hatch, zorder=3.5, **lines))


def _stroke(
    ax: Axes, lines: shapely.Geometry, colour: str, width: float, **options: object
) -> None:
    """Draw lines as one path."""
    if lines.is_empty:
        return
    merged = shapely.line_merge(lines)
    pen = {"facecolor": "none", "edgecolor": colour, "linewidth": width, "capstyle": "butt"}
    ax.add_artist(PathPatch(outline_path(merged), joinstyle="round", **pen, **options))


def _ink(row: pd.Series, shown: Sequence[str], spot: Place) -> str:
    """Return the ink of a label: on its country's fill, or beside it."""
    return style.INK if spot.leader else style.ink_on(fill_of(row, shown)[0])


def _write(ax: Axes, spot: Place, view: View, **look: object) -> None:
    """Write the lines of a label and draw its leader line."""
    block = spot.block
    for row, (x, y) in zip(block.rows, row_starts(spot), strict=True):
        if row.symbol:
            left = view.metres(np.array([x + 0.33 * block.size, y + 0.32 * block.size]))
            ax.add_line(symbol(*left, row.symbol, 0.6 * block.size, look["color"], zorder=8))
            x += symbol_room(block.size)
        at = view.metres(np.array([x, y]))
        weight = "bold" if row.bold else "normal"
        ax.text(*at, row.text, size=block.size, weight=weight, zorder=8, **look)
    if spot.leader is not None:
        ends = view.metres(np.array(spot.leader))
        pen = {"color": style.INK, "linewidth": style.LEADER_PT, "zorder": 7}
        ax.add_line(Line2D(ends[:, 0], ends[:, 1], solid_capstyle="butt", **pen))


def _frame(ax: Axes, view: View) -> None:
    """Set the limits and draw a thin frame without ticks."""
    ax.set_xlim(view.west, view.east)
    ax.set_ylim(view.south, view.north)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor(style.SEA_COLOUR)
    for spine in ax.spines.values():
        spine.set(visible=True, color=style.INK_SOFT, linewidth=0.5)
