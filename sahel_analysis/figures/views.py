"""The part of the world that a map shows, its scale, and the outlines as coarse as it needs."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from .geography import CRS, boundaries

_MARGIN_M = 200_000  # around the outlines, so that a map of one country shows its neighbours
_GROWTH = 1.06  # one step back for more room
_DETAIL_PT = 0.5  # what is finer than this is not seen
_SLACK_PT = 4  # so that cut edges stay out of sight


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
    view: View, keys: pd.Index, countries: pd.DataFrame
) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return the outlines that a view shows, cut to it and simplified as one coverage.

    Parameters
    ----------
    view : View
        What the map shows.
    keys : pandas.Index
        ISO 3166-1 alpha-3 codes of the countries drawn.
    countries : pandas.DataFrame
        Rows of the table ``countries``.

    Returns
    -------
    geopandas.GeoSeries, geopandas.GeoSeries
        The countries drawn, by `keys`; the land around them, by name.
    """
    slack = _SLACK_PT * view.scale * np.array([-1, -1, 1, 1])
    everything = boundaries()
    cut = shapely.clip_by_rect(everything.geometry.to_numpy(), *(np.array(view.limits) + slack))
    there = ~shapely.is_empty(cut)
    coarse = shapely.coverage_simplify(cut[there], _DETAIL_PT * view.scale)
    coarse = gpd.GeoSeries(coarse, index=everything.index[there], crs=CRS)
    numbers = countries["iso_n3"].reindex(keys)
    land = coarse.drop(index=numbers)
    names = everything["name"].reindex(land.index)
    return coarse.reindex(numbers).set_axis(keys), land.set_axis(names)
