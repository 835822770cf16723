"""One map panel: land, fills, hatches, borders, disputed lines, capitals and labels on axes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

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
from .labels import DEAR, LEADING, Block, Place, Row, place, row_width, symbol_room, worst
from .legends import capital_dot, outline_path, symbol

View = tuple[float, float, float, float]

_NARROWEST_M = 1_500_000  # a map of Togo alone still shows its neighbours
_DETAIL_PT = 0.4  # what is finer than this is not seen
_DISPUTED_M = 9_000  # a plain border this near to a disputed line gives way to it
_GROWTH = 1.06  # one step back for more room
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
)


@dataclass(frozen=True)
class Panel:
    """What was drawn: limits (metres), scale, keys that got no label, signs for the key."""

    view: View
    metres_per_point: float
    unlabelled: tuple[str, ...]
    signs: frozenset[str]

    def points(self, xy: np.ndarray) -> np.ndarray:
        """Turn metres into points from the lower left corner of the axes."""
        return (xy - self.view[:2]) / self.metres_per_point

    def metres(self, xy: np.ndarray) -> np.ndarray:
        """Turn points into metres."""
        return xy * self.metres_per_point + self.view[:2]


def size_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of axes in points."""
    wide, high = ax.figure.get_size_inches() * 72
    box = ax.get_position()
    return box.width * wide, box.height * high


def view_of(
    shapes: gpd.GeoSeries, size: tuple[float, float], steps: int = 0, side: float = 0.5
) -> View:
    """Return limits that hold all shapes with a margin, in the proportions of the axes.

    Parameters
    ----------
    shapes : geopandas.GeoSeries
        Outlines, metres.
    size : (float, float)
        Width and height of the axes, points.
    steps : int, optional
        How far to step back, for more room beside the outlines.
    side : float, optional
        Share of the spare width that goes to the east.

    Returns
    -------
    tuple of float
        West, south, east and north, metres.
    """
    west, south, east, north = shapes.total_bounds
    scale = max(max((east - west) * 1.06, _NARROWEST_M) / size[0], (north - south) * 1.06 / size[1])
    scale *= _GROWTH**steps
    edge = 0.03 * (east - west)
    spare = max(size[0] * scale - (east - west) - 2 * edge, 0)
    left = west - edge - spare * (1 - side)
    low = (south + north - size[1] * scale) / 2
    return left, low, left + size[0] * scale, low + size[1] * scale


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
        Axes; their limits are set here.
    countries, places, events : pandas.DataFrame
        Rows of the tables of those names; the last two may be missing.
    view : tuple of float, optional
        Limits in metres. Without them the panel chooses, and steps back until labels have room.
    spelt : collection of str, optional
        Countries whose label gives the state; the others get their name where it fits inside.
        Without it every country is spelt out.

    Returns
    -------
    Panel
        What was drawn.
    """
    shown = themes(exhibit)
    outlines = with_geometry(posture, countries).geometry
    size = size_points(ax)
    capitals = _capitals(places, posture.index)
    blocks = {
        key: _forms(row, shown, countries.at[key, "name_en"], events, spelt is None or key in spelt)
        for key, row in posture.iterrows()
    }
    best = None
    for type_pt, steps, side, enough in _ATTEMPTS:
        limits = view or view_of(outlines, size, steps, side)
        panel = Panel(limits, (limits[2] - limits[0]) / size[0], (), frozenset())
        land, shapes = _cut(outlines, countries, panel)
        blocks = {k: [replace(b, size=type_pt) for b in forms] for k, forms in blocks.items()}
        found = _placed(blocks, shapes, countries, capitals, size, panel)
        missing = tuple(k for k, b in blocks.items() if k not in found and not b[0].optional)
        rank = (len(missing), worst(found))
        if best is None or rank < best[0]:
            best = rank, panel, land, shapes, found, missing
        if best[0] <= (0, enough):
            break
    _, panel, land, shapes, found, missing = best
    limits = panel.view

    boxes = shapely.union_all([shapely.box(*_box(spot, panel)) for spot in found.values()])
    lines = disputed().geometry.to_numpy()
    lines = shapely.clip_by_rect(shapely.union_all(lines), *limits)
    beside = shapely.buffer(lines, _DISPUTED_M, quad_segs=2)
    _draw_land(ax, land, beside | boxes)
    for key, shape in shapes.items():
        _draw_state(ax, posture.loc[key], shown, shape, boxes)
    border = shapely.union_all(shapely.boundary(shapes.to_numpy())).difference(beside | boxes)
    _stroke(ax, border, style.EDGE_COLOUR, style.EDGE_PT, zorder=4)
    dashes = {"linestyle": style.DISPUTED_DASH, "zorder": 5}
    _stroke(ax, lines.difference(boxes), style.DISPUTED_COLOUR, style.DISPUTED_PT, **dashes)
    for x, y in capitals:
        ax.add_line(capital_dot(x, y, zorder=6))
    for key, spot in found.items():
        _write(ax, spot, _ink(posture.loc[key], shown, spot), panel)
    _frame(ax, limits)
    signs = {"dot"} if len(capitals) else set()
    signs |= set() if lines.is_empty else {"dash"}
    return replace(panel, unlabelled=missing, signs=frozenset(signs))


def fill_of(row: pd.Series, shown: Sequence[str]) -> tuple[str, str]:
    """Return fill colour and hatch of a country."""
    if not row["covered"]:
        return style.NOT_COVERED_COLOUR, ""
    colours = style.FRENCH_COLOURS if "french_posture" in shown else style.RUSSIAN_COLOURS
    hatch = style.RUSSIAN_HATCHES[row["russian_engagement"]] if len(shown) == 2 else ""
    if shown[0] == "russian_engagement":
        hatch = style.RUSSIAN_HATCHES[row["russian_engagement"]]
    return colours[row[shown[0]]], hatch


def _forms(
    row: pd.Series, shown: Sequence[str], name: str, events: pd.DataFrame | None, spelt: bool
) -> list[Block]:
    """Return the label of a country, wide and narrow: its name, then each state worth saying."""
    if not spelt:
        return [Block((Row(name),), style.LABEL_PT, optional=True)]
    stated = [theme for theme in shown if row["covered"] and row[theme] != "none_recorded"]
    wide, narrow = [Row(name, bold=True)], [Row(name, bold=True)]
    for theme in stated:
        words, when = style.SHORT_LABELS[theme][row[theme]], month(since(row, theme, events))
        sign = style.FRENCH_SYMBOLS[row[theme]] if theme == "french_posture" else ""
        comma = "" if when.startswith("by ") else ","
        wide.append(Row(f"{words}{comma} {when}" if when else words, symbol=sign))
        narrow += [Row(words + comma if when else words, symbol=sign)]
        narrow += [Row(when)] if when else []
    if not row["covered"]:
        wide.append(Row(style.NOT_COVERED_LABEL))
    elif not stated:
        wide.append(Row(style.NONE_RECORDED_LABEL))
    across = style.ink_on(fill_of(row, shown)[0]) == style.INK
    forms = [Block(tuple(wide), style.LABEL_PT, across=across)]
    return [*forms, Block(tuple(narrow), style.LABEL_PT, across=across)] if stated else forms


def _capitals(places: pd.DataFrame | None, keys: pd.Index) -> np.ndarray:
    """Return the capitals of the countries drawn, metres, shape (n, 2)."""
    if places is None:
        return np.empty((0, 2))
    rows = places[(places["kind"] == "capital") & places["iso3"].isin(keys)]
    return shapely.get_coordinates(places_frame(rows).geometry.to_numpy())


def _cut(
    outlines: gpd.GeoSeries, countries: pd.DataFrame, panel: Panel
) -> tuple[np.ndarray, gpd.GeoSeries]:
    """Return the land around and the countries drawn, cut to the view and as coarse as it shows."""
    scale = panel.metres_per_point
    west, south, east, north = panel.view
    slack = 4 * scale  # so that cut edges stay out of sight
    everything = boundaries().geometry
    cut = shapely.clip_by_rect(
        everything.to_numpy(), west - slack, south - slack, east + slack, north + slack
    )
    seen = ~shapely.is_empty(cut)
    coarse = shapely.coverage_simplify(cut[seen], _DETAIL_PT * scale)
    coarse = pd.Series(coarse, index=everything.index[seen])
    numbers = countries["iso_n3"].reindex(outlines.index)
    shapes = gpd.GeoSeries(coarse.reindex(numbers).to_numpy(), index=outlines.index, crs=CRS)
    return coarse.drop(index=numbers).to_numpy(), shapes


def _placed(
    blocks: Mapping[str, Sequence[Block]],
    shapes: gpd.GeoSeries,
    countries: pd.DataFrame,
    capitals: np.ndarray,
    size: tuple[float, float],
    panel: Panel,
) -> dict[str, Place]:
    """Return the places of the labels, points."""
    rows = countries.reindex(shapes.index)
    wanted = gpd.GeoSeries(
        gpd.points_from_xy(rows["label_lon"], rows["label_lat"], crs="EPSG:4326"), index=rows.index
    ).to_crs(CRS)
    inner = shapes.representative_point()
    anchors = wanted.where(shapes.contains(wanted), inner)
    return place(
        blocks,
        {key: shapely.transform(shape, panel.points) for key, shape in shapes.items()},
        {key: tuple(panel.points(shapely.get_coordinates(p)[0])) for key, p in anchors.items()},
        size,
        [tuple(xy) for xy in panel.points(capitals)],
    )


def _box(spot: Place, panel: Panel) -> tuple[float, ...]:
    """Return the box of a label in metres, a little widened."""
    corners = np.reshape(spot.box, (2, 2)) + [[-1.2, 0], [1.2, 0]]
    return tuple(panel.metres(corners).ravel())


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


def _write(ax: Axes, spot: Place, ink: str, panel: Panel) -> None:
    """Write the lines of a label and draw its leader line."""
    x0, _, x1, top = spot.box
    block = spot.block
    for number, row in enumerate(block.rows):
        wide = row_width(row, block.size)
        x = {"left": x0, "right": x1 - wide, "center": (x0 + x1 - wide) / 2}[spot.align]
        y = top - block.size * (LEADING * number + 0.93)
        if row.symbol:
            left = panel.metres(np.array([x + 0.33 * block.size, y + 0.32 * block.size]))
            ax.add_line(symbol(*left, row.symbol, 0.6 * block.size, ink, zorder=8))
            x += symbol_room(block.size)
        at = panel.metres(np.array([x, y]))
        weight = "bold" if row.bold else "normal"
        ax.text(*at, row.text, size=block.size, weight=weight, color=ink, zorder=8)
    if spot.leader is not None:
        ends = panel.metres(np.array(spot.leader))
        pen = {"color": style.INK, "linewidth": style.LEADER_PT, "zorder": 7}
        ax.add_line(Line2D(ends[:, 0], ends[:, 1], solid_capstyle="butt", **pen))


def _frame(ax: Axes, limits: View) -> None:
    """Set the limits and draw a thin frame without ticks."""
    ax.set_xlim(limits[0], limits[2])
    ax.set_ylim(limits[1], limits[3])
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor(style.SEA_COLOUR)
    for spine in ax.spines.values():
        spine.set(visible=True, color=style.INK_SOFT, linewidth=0.5)
