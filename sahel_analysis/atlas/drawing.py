"""Drawing: countries and bases as SVG that a browser can colour, mark and focus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..evidence.posture import followed
from ..figures import style
from ..figures.geography import (
    CRS,
    boundaries,
    disputed,
    near_disputed,
    with_geometry,
)
from ..figures.labels import LEADING, Block, Place, Row, place, symbol_room
from ..tables.loading import Tables

_WIDTH = 1000  # of the drawing, in its own units
_MARGIN = 0.035
_DETAIL = 0.7  # what is finer than this is not seen
# Type size in units: 12 to 13 px on a wide screen, 10 px on a telephone.
_WIDE, _NARROW = 15.5, 25.0
_BASE = 5  # less than half the width of the sign of a base


@dataclass(frozen=True)
class _Label:
    """A name on the map: lines with their places, the sign before the first, a leader line.

    `count` is where the line below the name begins, which says how many or since when; empty where
    there is no room for one.
    """

    iso3: str
    lines: tuple[tuple[str, float, float], ...]
    size: float
    sign: tuple[float, float, float]
    leader: str
    count: tuple[float, ...]


@dataclass(frozen=True)
class _Country:
    """A country that can be chosen: its outline and where it lies from west to east."""

    iso3: str
    name: str
    path: str


@dataclass(frozen=True)
class _Site:
    """A place that ever was a French base."""

    key: str
    iso3: str
    x: float
    y: float


@dataclass(frozen=True)
class _Drawing:
    """The parts of the map, in drawing order; every path is the ``d`` of an SVG path."""

    width: int
    height: int
    land: str
    land_borders: str
    countries: tuple[_Country, ...]
    borders: str
    disputed: str
    sites: tuple[_Site, ...]
    wide: tuple[_Label, ...]
    narrow: tuple[_Label, ...]


def draw(tables: Tables, bases: Iterable[str], counts: Mapping[str, str]) -> _Drawing:
    """Return the map of the countries in scope, without their states.

    Parameters
    ----------
    tables : Tables
        Tables; ``countries`` gives names and the places of labels.
    bases : iterable of str
        Keys of the places that ever were bases.
    counts : mapping of str to str
        The longest words that ever stand under the name of a country, by its code.

    Returns
    -------
    Drawing
        In the projection of `geography`, simplified, countries from west to east.
    """
    scope = tables.countries.loc[followed(tables)]
    if "on_map" in scope and scope["on_map"].any():
        scope = scope[scope["on_map"]]  # one that lies far off is told, not drawn
    outlines = with_geometry(scope, tables.countries, tables.folder).geometry
    west, south, east, north = outlines.total_bounds
    edge = _MARGIN * (east - west)
    view = np.array([west - edge, south - 1.3 * edge, east + edge, north + 0.5 * edge])
    unit = (view[2] - view[0]) / _WIDTH  # metres
    height = round((view[3] - view[1]) / unit)

    def units(xy: np.ndarray) -> np.ndarray:
        """Turn metres into units, y downwards."""
        return (xy - [view[0], view[3]]) / [unit, -unit]

    slack = 6 * unit
    everything = boundaries(tables.folder).geometry
    cut = shapely.clip_by_rect(everything.to_numpy(), *(view + np.array([-1, -1, 1, 1]) * slack))
    seen = ~shapely.is_empty(cut)
    coarse = shapely.coverage_simplify(cut[seen], _DETAIL * unit)
    coarse = pd.Series(shapely.transform(coarse, units), index=everything.index[seen])
    shapes = pd.Series(coarse.reindex(scope.index).to_numpy(), index=scope.index)
    land = coarse.drop(index=scope.index).to_numpy()

    lines = shapely.union_all(disputed(tables.folder).geometry.to_numpy())
    lines = shapely.transform(shapely.clip_by_rect(lines, *view), units)
    beside = near_disputed(lines, unit)
    size = (_WIDTH, height)
    sites = _sites(tables, bases, units)
    order = sorted(scope.index, key=lambda iso3: shapely.centroid(shapes[iso3]).x)
    return _Drawing(
        width=_WIDTH,
        height=height,
        land=_path(shapely.union_all(land, grid_size=0.1)),
        land_borders=_path(_borders(land).difference(beside)),
        countries=tuple(_Country(i, scope.at[i, "name_en"], _path(shapes[i])) for i in order),
        borders=_path(_borders(shapes.to_numpy()).difference(beside)),
        disputed=_path(lines),
        sites=sites,
        wide=_labels(scope, shapes, units, size, _WIDE, sites, counts),
        narrow=_labels(scope, shapes, units, size, _NARROW, sites, {}),
    )


def _path(shape: shapely.Geometry) -> str:
    """Return the ``d`` of an SVG path: polygons closed, lines open, one decimal."""
    parts = []
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon):
            rings = [part.exterior, *part.interiors]
            parts += [f"{_moves(shapely.get_coordinates(ring)[:-1])}Z" for ring in rings]
        elif isinstance(part, shapely.LineString):
            parts.append(_moves(shapely.get_coordinates(part)))
    return "".join(parts)


def _moves(xy: np.ndarray) -> str:
    """Return a move and the lines after it, in steps of a tenth from point to point."""
    tenths = np.rint(xy * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    drawn = " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps)
    return f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}l{drawn}"


def _borders(shapes: Iterable[shapely.Geometry]) -> shapely.Geometry:
    """Return the outlines of shapes as lines, each common border once."""
    return shapely.line_merge(shapely.union_all(shapely.boundary(np.asarray(shapes))))


@style.figure_style()
def _labels(
    scope: pd.DataFrame,
    shapes: pd.Series,
    units: object,
    size: tuple[float, float],
    type_size: float,
    sites: Iterable[_Site],
    counts: Mapping[str, str],
) -> tuple[_Label, ...]:
    """Return the names where none touches another, at one type size."""
    wide, high = size

    def upwards(xy: np.ndarray) -> np.ndarray:
        """Turn units into those of `labels`, whose y runs upwards."""
        return xy * [1, -1] + [0, high]

    wanted = gpd.GeoSeries(
        gpd.points_from_xy(scope["label_lon"], scope["label_lat"], crs="EPSG:4326"),
        index=scope.index,
    ).to_crs(CRS)
    wanted = {iso3: units(shapely.get_coordinates(point)) for iso3, point in wanted.items()}
    anchors = {}
    for iso3, shape in shapes.items():
        inside = shapely.Point(wanted[iso3][0]).within(shape)
        point = wanted[iso3] if inside else shapely.get_coordinates(shape.representative_point())
        anchors[iso3] = tuple(upwards(point)[0])
    forms = {}
    for iso3, name in scope["name_en"].items():
        west, _, east, _ = shapes[iso3].bounds
        forms_ = _rows(iso3 if type_size == _NARROW else name)
        if counts.get(iso3):
            forms_ = [(*rows, Row(counts[iso3])) for rows in forms_]
        blocks = [Block(rows, type_size) for rows in forms_]
        # A name may run over a border a little, but not over both.
        forms[iso3] = [replace(block, across=block.width < east - west) for block in blocks]
    outlines = {iso3: shapely.transform(shape, upwards) for iso3, shape in shapes.items()}
    boxes = [
        (site.x - _BASE, high - site.y - _BASE, site.x + _BASE, high - site.y + _BASE)
        for site in sites
    ]
    placed = place(forms, outlines, anchors, (wide, high), boxes)
    # A name that found no room inside gets smaller type, which may find some.
    for iso3, spot in placed.items():
        if spot.leader is not None:
            forms[iso3] = [replace(form, size=0.88 * type_size) for form in forms[iso3][::-1]]
    placed = place(forms, outlines, anchors, (wide, high), boxes)
    # Where there is no room for what stands under a name, or beside bases, the name stands alone.
    for boxes_ in (boxes, []):
        for iso3 in forms.keys() - placed.keys():
            alone = _rows(iso3 if type_size == _NARROW else scope.at[iso3, "name_en"])
            forms[iso3] = [Block(rows, 0.88 * type_size) for rows in alone]
        if len(placed) < len(forms):
            placed = place(forms, outlines, anchors, (wide, high), boxes_)
    return tuple(_label(iso3, spot, high, counts.get(iso3)) for iso3, spot in placed.items())


def _sites(tables: Tables, bases: Iterable[str], units: object) -> tuple[_Site, ...]:
    """Return where bases lie, in the units of the drawing."""
    rows = tables.places.loc[list(bases)]
    points = gpd.GeoSeries(
        gpd.points_from_xy(rows["lon"], rows["lat"], crs="EPSG:4326"), rows.index
    )
    spots = zip(rows.index, rows["iso3"], points.to_crs(CRS), strict=True)
    return tuple(
        _Site(key, iso3, *(round(float(v), 1) for v in units(shapely.get_coordinates(point))[0]))
        for key, iso3, point in spots
    )


def _rows(name: str) -> list[tuple[Row, ...]]:
    """Return the forms of a name: in one line and, where it has two words, in two."""
    forms = [(Row(name, bold=True, symbol="full"),)]
    if " " in name:
        first, last = name.rsplit(" ", 1)
        # Room for a sign in both lines, so that the second starts where the first does.
        forms.append(tuple(Row(part, bold=True, symbol="full") for part in (first, last)))
    return forms


def _label(iso3: str, spot: Place, high: float, counted: str | None) -> _Label:
    """Return a label in the units of the drawing."""
    x, _, _, top = spot.box
    size = spot.block.size
    lines = []
    counted = counted and spot.block.rows[-1].text == counted
    rows = spot.block.rows[:-1] if counted else spot.block.rows
    for number, row in enumerate(rows):
        left = x + symbol_room(size) if row.symbol else x
        base = high - top + size * (LEADING * number + 0.93)
        lines.append((row.text, round(left, 1), round(base, 1)))
    sign = (x + 0.33 * size, lines[0][2] - 0.32 * size, 0.3 * size)
    leader = ""
    if spot.leader is not None:
        (x0, y0), (x1, y1) = spot.leader
        leader = f"M{x0:.1f} {high - y0:.1f}L{x1:.1f} {high - y1:.1f}"
    below = (round(x, 1), round(lines[-1][2] + 0.95 * size, 1)) if counted else ()
    return _Label(iso3, tuple(lines), size, tuple(round(v, 1) for v in sign), leader, below)
