"""Maps of French posture and Russian engagement; each takes a frame and axes, and never saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from . import style
from .captions import map_alt, map_note, map_table, month, since, themes
from .geography import CRS, boundaries, continent, disputed, places_frame, with_geometry
from .labels import LEADING, Block, Place, Row, place, row_width, symbol_room
from .legends import (
    LOCATOR_PT,
    POINTS_PER_MM,
    Entry,
    capital_dot,
    draw_furniture,
    outline_path,
    symbol,
)

__all__ = [
    "canvas",
    "map_alt",
    "map_note",
    "map_table",
    "plot_combined",
    "plot_french_posture",
    "plot_pair",
    "plot_russian_engagement",
    "plot_small_multiples",
]

_FURNITURE_PT = LOCATOR_PT + 22
_TITLE_PT = 14
_EDGE_PT = 1
_GUTTER_PT = 10
_NARROWEST_M = 1_500_000  # a map of Togo alone still shows its neighbours
_DETAIL_PT = 0.45  # what is finer than this is not seen


def canvas(
    *,
    width_mm: float = 170,
    height_mm: float | None = None,
    columns: int = 1,
    rows: int = 1,
) -> tuple[Figure, Axes | np.ndarray]:
    """Return an empty figure with room for one map or a grid of maps and what stands under them.

    Parameters
    ----------
    width_mm : float, optional
        Width of the figure; 170 fills the text width of an A4 page.
    height_mm : float, optional
        Height of the figure; by default such that the belt from Senegal to Sudan fits.
    columns, rows : int, optional
        Number of maps.

    Returns
    -------
    matplotlib.figure.Figure, matplotlib.axes.Axes or numpy.ndarray of Axes
        One Axes, or a flat array in reading order where there are several.
    """
    width = width_mm * POINTS_PER_MM
    title = _TITLE_PT if columns * rows > 1 else _EDGE_PT
    wide = (width - 2 * _EDGE_PT - (columns - 1) * _GUTTER_PT) / columns
    if height_mm is None:
        high = wide * 0.6
        height = rows * (high + title) + (rows - 1) * _GUTTER_PT + _FURNITURE_PT
    else:
        height = height_mm * POINTS_PER_MM
        high = (height - _FURNITURE_PT - (rows - 1) * _GUTTER_PT) / rows - title
    with style.figure_style():
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        axes = []
        for row in range(rows):
            for column in range(columns):
                x = _EDGE_PT + column * (wide + _GUTTER_PT)
                y = height - (row + 1) * (high + title) - row * _GUTTER_PT
                box = (x / width, y / height, wide / width, high / height)
                axes.append(figure.add_axes(box))
    return figure, axes[0] if len(axes) == 1 else np.array(axes)


def plot_french_posture(
    posture: pd.DataFrame,
    *,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Draw where French forces are present, leaving or gone.

    Colour and a round sign (filled, half, hollow) give the state, the label gives it in words.

    Parameters
    ----------
    posture : pandas.DataFrame
        What `posture.posture` returns, or some of its rows; indexed by ISO 3166-1 alpha-3 code.
    ax : matplotlib.axes.Axes
        Axes to draw on; below them some 30 mm must be free (see `canvas`).
    as_of : datetime.date
        Cut-off date.
    evidence : str
        ``article`` or ``checked``.
    countries : pandas.DataFrame
        Rows of the table ``countries``; ``label_lon`` and ``label_lat`` (degrees) place the labels.
    places : pandas.DataFrame, optional
        Rows of the table ``places``; the capitals among them are drawn.
    events : pandas.DataFrame, optional
        Rows of the table ``events``, for the precision of dates and the number of sources.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes, in metres of the projection.

    Raises
    ------
    DataError
        If a row has no outline.
    """
    return _plate("french", posture, ax, as_of, evidence, countries, places, events)


def plot_russian_engagement(
    posture: pd.DataFrame,
    *,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Draw the highest level of Russian engagement in force, by colour and hatch.

    Parameters, result and errors are those of `plot_french_posture`.
    """
    return _plate("russian", posture, ax, as_of, evidence, countries, places, events)


def plot_combined(
    posture: pd.DataFrame,
    *,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Draw French posture as colour and Russian engagement as hatch.

    Parameters, result and errors are those of `plot_french_posture`.
    """
    return _plate("combined", posture, ax, as_of, evidence, countries, places, events)


def plot_pair(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    axes: Sequence[Axes],
    as_of: date,
    countries: pd.DataFrame,
    exhibit: str = "combined",
    events: pd.DataFrame | None = None,
    titles: tuple[str, str] = ("As the article tells it", "As checked against other sources"),
) -> Sequence[Axes]:
    """Draw the article's world beside the checked one; only what differs is spelt out.

    Parameters
    ----------
    left, right : pandas.DataFrame
        Posture in article and in checked evidence, with the same index.
    axes : sequence of matplotlib.axes.Axes
        Two axes of one figure (see `canvas`).
    as_of : datetime.date
        Cut-off date of both.
    countries : pandas.DataFrame
        Rows of the table ``countries``.
    exhibit : str, optional
        ``french``, ``russian`` or ``combined``.
    events : pandas.DataFrame, optional
        Rows of the table ``events``.
    titles : tuple of str, optional
        Titles of the panels.

    Returns
    -------
    sequence of matplotlib.axes.Axes
        The same axes.
    """
    differ = _changed(left, right, exhibit)
    frames = [(titles[0], left, differ), (titles[1], right, differ)]
    note = f"As of {as_of.day} {as_of:%B %Y}. "
    note += "Labels spell out the countries in which the two differ." if differ else "No difference."
    return _panels(frames, axes, exhibit, countries, events, note)


def plot_small_multiples(
    frames_by_date: Mapping[date, pd.DataFrame],
    *,
    axes: Sequence[Axes],
    evidence: str,
    countries: pd.DataFrame,
    exhibit: str = "combined",
    events: pd.DataFrame | None = None,
) -> Sequence[Axes]:
    """Draw one panel per date in one frame and scale; labels spell out what changed.

    Parameters
    ----------
    frames_by_date : mapping of datetime.date to pandas.DataFrame
        Posture as of each date, all with the same index; drawn in order of date.
    axes : sequence of matplotlib.axes.Axes
        As many axes of one figure as there are dates (see `canvas`).
    evidence : str
        ``article`` or ``checked``.
    countries : pandas.DataFrame
        Rows of the table ``countries``.
    exhibit : str, optional
        ``french``, ``russian`` or ``combined``.
    events : pandas.DataFrame, optional
        Rows of the table ``events``.

    Returns
    -------
    sequence of matplotlib.axes.Axes
        The same axes.
    """
    frames, before = [], None
    for day in sorted(frames_by_date):
        frame = frames_by_date[day]
        changed = frozenset() if before is None else _changed(before, frame, exhibit)
        frames.append((f"{day.day} {day:%B %Y}", frame, changed))
        before = frame
    note = f"{evidence.capitalize()} evidence. Labels spell out what changed since the panel before."
    return _panels(frames, axes, exhibit, countries, events, note)
