"""Outlines of countries, disputed lines and places, projected, and the part of them a map shows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from ..errors import DataError, Problem, shown
from ..files import read
from ..tables.loading import load_tables
from ..tables.schema import data_folder, outlines_file

# Lambert azimuthal equal-area, because the maps compare fills. Its centre is the middle of the
# frame, Dakar to Djibouti and southern Gabon to northern Mauritania, moved a little north so that
# the belt from Mali to Sudan lies level: distances are true within 4 per cent everywhere in it.
_CENTRE_LAT, _CENTRE_LON = 13, 12
CRS = f"+proj=laea +lat_0={_CENTRE_LAT} +lon_0={_CENTRE_LON} +datum=WGS84 +units=m +no_defs"
PROJECTION_EN = f"Lambert azimuthal equal-area, centred on {_CENTRE_LAT}° N {_CENTRE_LON}° E"
BOUNDARIES_EN = "Natural Earth 4.1"
MAP_BASIS = f"{PROJECTION_EN}. Boundaries: {BOUNDARIES_EN}; no opinion on legal status implied."

_COLUMNS = {"iso3": ["name", "region"], "line_id": ["name_en", "note_en"]}  # by key
_WGS84 = "EPSG:4326"


def boundaries(folder: str | Path | None = None) -> gpd.GeoDataFrame:
    """Return the outlines of Africa and its surroundings, projected.

    One row is one country or territory; Natural Earth 4.1 at 1:50 million, simplified. How it was
    cut and what it leaves out: ``data/boundaries/README.md``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; see `tables.data_folder`.

    Returns
    -------
    geopandas.GeoDataFrame
        Indexed by ``iso3``; columns ``name``, ``region`` (``Africa`` or empty) and ``geometry``
        (polygons, metres, `CRS`).

    Raises
    ------
    DataError
        If the file is missing or cannot be read.
    """
    return _layer(data_folder(folder), "countries.geojson", "iso3").copy()


def disputed(folder: str | Path | None = None) -> gpd.GeoDataFrame:
    """Return the lines whose course or status is disputed, projected.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; see `tables.data_folder`.

    Returns
    -------
    geopandas.GeoDataFrame
        Indexed by ``line_id``; columns ``name_en``, ``note_en`` and ``geometry`` (lines, metres,
        `CRS`).

    Raises
    ------
    DataError
        If the file is missing or cannot be read.
    """
    return _layer(data_folder(folder), "disputed_lines.geojson", "line_id").copy()


def places_frame(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return places as points, projected.

    Parameters
    ----------
    places : pandas.DataFrame
        Rows of the table ``places``, with ``lon`` and ``lat`` in degrees, WGS 84.

    Returns
    -------
    geopandas.GeoDataFrame
        Same rows and columns, with ``geometry`` (points, metres, `CRS`).
    """
    points = gpd.points_from_xy(places["lon"], places["lat"], crs=_WGS84)
    return gpd.GeoDataFrame(places, geometry=points).to_crs(CRS)


def with_geometry(
    frame: pd.DataFrame,
    countries: pd.DataFrame | None = None,
    folder: str | Path | None = None,
) -> gpd.GeoDataFrame:
    """Join each row of a frame to the outline of its country.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by ISO 3166-1 alpha-3 code.
    countries : pandas.DataFrame, optional
        Rows of the table ``countries``; read from `folder` where not given.
    folder : str or pathlib.Path, optional
        Data folder; see `tables.data_folder`.

    Returns
    -------
    geopandas.GeoDataFrame
        Same rows in the same order, with ``geometry`` (polygons, metres, `CRS`).

    Raises
    ------
    DataError
        If a row has no country in `countries`, or its country no outline; names all of them.
    """
    if countries is None:
        countries = load_tables(folder).countries
    outlines = boundaries(folder).geometry
    problems = []
    for iso3 in frame.index:
        message = ""
        if iso3 not in countries.index:
            message = f"'{iso3}' is not in countries.csv; add the row there."
        elif iso3 not in outlines.index:
            message = (
                f"'{iso3}' has no outline in data/boundaries/countries.geojson; "
                "expected the ISO 3166-1 alpha-3 code of a country in Africa or near."
            )
        if message:
            problems.append(Problem("data/countries.csv", str(iso3), "iso3", message))
    if problems:
        raise DataError(problems)
    geometry = gpd.GeoSeries(outlines.reindex(frame.index).to_numpy(), index=frame.index, crs=CRS)
    return gpd.GeoDataFrame(frame, geometry=geometry)


@lru_cache(maxsize=8)
def _layer(folder: Path, file: str, key: str) -> gpd.GeoDataFrame:
    """Read and project one layer once per folder: projecting costs more than drawing."""
    path = outlines_file(folder, file)
    label = f"{folder.name}/boundaries/{file}"
    if not path.is_file():
        message = f"there is no such file; looked for it in '{path.parent}'."
        raise DataError([Problem(label, "", "", message)])
    try:
        read(path)  # a pipe or device would never end
        layer = gpd.read_file(path)
        return layer.set_index(key)[[*_COLUMNS[key], "geometry"]].to_crs(CRS)
    except Exception as fault:  # GDAL raises errors of its own, one class per driver and failure
        said = shown(fault)
        message = f"cannot be read as GeoJSON ({said}); make it again by boundaries/README.md."
        raise DataError([Problem(label, "", "", message)]) from fault


_MARGIN_M = 200_000  # around the outlines, so that a map of one country shows its neighbours
_GROWTH = 1.06  # one step back for more room
_DETAIL_PT = 0.5  # what is finer than this is not seen
_SLACK_PT = 4  # so that cut edges stay out of sight
_DISPUTED_M = 9_000  # a plain border this near to a disputed line gives way to it


class View(NamedTuple):
    """Limits of a map and its scale, metres and metres per point."""

    west: float
    south: float
    east: float
    north: float
    scale: float

    @property
    def limits(self) -> tuple[float, float, float, float]:
        """West, south, east and north, metres."""
        return self[:4]

    def points(self, xy: np.ndarray) -> np.ndarray:
        """Turn metres into points from the lower left corner of the axes."""
        return (xy - (self.west, self.south)) / self.scale

    def metres(self, xy: np.ndarray) -> np.ndarray:
        """Turn points into metres."""
        return xy * self.scale + (self.west, self.south)


def size_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of axes in points."""
    wide, high = ax.figure.get_size_inches() * 72
    box = ax.get_position()
    return box.width * wide, box.height * high


def view_of(
    shapes: gpd.GeoSeries, size: tuple[float, float], steps: int = 0, side: float = 0.5
) -> View:
    """Return a view that holds all shapes with a margin, in the proportions of the axes.

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
    """
    margin = np.array([-_MARGIN_M, -_MARGIN_M, _MARGIN_M, _MARGIN_M])
    west, south, east, north = (float(edge) for edge in shapes.total_bounds + margin)
    scale = max((east - west) / size[0], (north - south) / size[1]) * _GROWTH**steps
    left = west - (size[0] * scale - (east - west)) * (1 - side)
    low = (south + north - size[1] * scale) / 2
    return View(left, low, left + size[0] * scale, low + size[1] * scale, scale)


def seen(
    view: View,
    keys: pd.Index,
    folder: str | Path | None = None,
) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return the outlines that a view shows, cut to it and simplified as one coverage.

    Parameters
    ----------
    view : View
        What the map shows.
    keys : pandas.Index
        ISO 3166-1 alpha-3 codes of the countries drawn.
    folder : str or pathlib.Path, optional
        Data folder; see `tables.data_folder`.

    Returns
    -------
    geopandas.GeoSeries, geopandas.GeoSeries
        The countries drawn, by `keys`, None for one out of sight; the land around, by name.
    """
    slack = _SLACK_PT * view.scale * np.array([-1, -1, 1, 1])
    everything = boundaries(folder)
    cut = shapely.clip_by_rect(everything.geometry.to_numpy(), *(np.array(view.limits) + slack))
    there = ~shapely.is_empty(cut)
    coarse = shapely.coverage_simplify(cut[there], _DETAIL_PT * view.scale)
    coarse = gpd.GeoSeries(coarse, index=everything.index[there], crs=CRS)
    land = coarse.drop(index=keys, errors="ignore")
    names = everything["name"].reindex(land.index)
    return coarse.reindex(keys), land.set_axis(names)


def near_disputed(lines: shapely.Geometry, metres: float = 1.0) -> shapely.Geometry:
    """Return the ground on which a plain border gives way to disputed lines.

    Parameters
    ----------
    lines : shapely.Geometry
        Disputed lines.
    metres : float, optional
        Length of one unit of their coordinates, metres.
    """
    return shapely.buffer(lines, _DISPUTED_M / metres, quad_segs=2)
