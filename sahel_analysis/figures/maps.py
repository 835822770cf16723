"""Maps of French posture and Russian engagement; each takes a frame and axes, and never saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..prose.captions import drawn_from, map_note, themes
from ..tables.dates import day_in_words
from ..tables.loading import load_tables
from . import style
from .geography import MAP_BASIS, continent, with_geometry
from .legends import LOCATOR_PT, POINTS_PER_MM, draw_furniture
from .panels import Panel, draw_panel
from .signs import key_columns
from .views import size_points, view_of

_FURNITURE_PT = LOCATOR_PT + 16
_NARROW_PT, _NOTE_PT = 420, 36  # on a narrower figure the note stands below the key
_TITLE_PT = 14
_PROPORTION = 0.56  # height over width that the belt from Senegal to Sudan fills
_EDGE_PT = 1
_GUTTER_PT = 10


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
    matplotlib.figure.Figure, matplotlib.axes.Axes or numpy.ndarray
        One Axes, or an array in reading order where there are several.
    """
    width = width_mm * POINTS_PER_MM
    title = _TITLE_PT if columns * rows > 1 else _EDGE_PT
    wide = (width - 2 * _EDGE_PT - (columns - 1) * _GUTTER_PT) / columns
    below = _FURNITURE_PT + (_NOTE_PT if width < _NARROW_PT else 0)
    if height_mm is None:
        high = wide * _PROPORTION
        height = rows * (high + title) + (rows - 1) * _GUTTER_PT + below
    else:
        height = height_mm * POINTS_PER_MM
        high = (height - below - (rows - 1) * _GUTTER_PT) / rows - title
    with style.figure_style():
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        axes = []
        for row, column in product(range(rows), range(columns)):
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
    countries: pd.DataFrame | None = None,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Draw where French forces are present, leaving or gone.

    Colour and a round sign (filled, half, hollow) give the state; the label says it.

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
    countries : pandas.DataFrame, optional
        Rows of the table ``countries``; ``label_lon`` and ``label_lat`` (degrees) place the labels.
        Read from the package's own data where not given.
    places : pandas.DataFrame, optional
        Rows of the table ``places``; the capitals among them are drawn.
    events : pandas.DataFrame, optional
        Rows of the table ``events``, for the number of sources.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes, in metres of the projection.

    Raises
    ------
    DataError
        If a row has no outline.
    ParameterError
        If there is no row.
    """
    return _plate("french", posture, ax, as_of, evidence, countries, places, events)


def plot_russian_engagement(
    posture: pd.DataFrame,
    *,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame | None = None,
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
    countries: pd.DataFrame | None = None,
    places: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Draw French posture as colour, Russian engagement as hatch; see `plot_french_posture`."""
    return _plate("combined", posture, ax, as_of, evidence, countries, places, events)


def plot_pair(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    axes: Sequence[Axes],
    as_of: date,
    countries: pd.DataFrame | None = None,
    exhibit: str = "combined",
    events: pd.DataFrame | None = None,
    titles: tuple[str, str] = ("As the article tells it", "As checked against other sources"),
) -> Sequence[Axes]:
    """Draw the article's record beside the checked one; names in bold mark what differs.

    Parameters
    ----------
    left, right : pandas.DataFrame
        Posture in article and in checked evidence, with the same index.
    axes : sequence of matplotlib.axes.Axes
        Two axes of one figure (see `canvas`).
    as_of : datetime.date
        Cut-off date of both.
    countries : pandas.DataFrame, optional
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
    """
    differ = _changed(left, right, exhibit)
    frames = [(titles[0], left, differ), (titles[1], right, differ)]
    worlds = {"article": left, "checked": right}
    counted = [drawn_from([frame], exhibit, name, events) for name, frame in worlds.items()]
    bold = "Names in bold: where the two differ." if differ else "The two do not differ."
    note = f"Drawn from {' and '.join(counted)} as of {day_in_words(as_of)}. {bold}"
    return _panels(frames, axes, exhibit, countries, note)


def plot_small_multiples(
    frames_by_date: Mapping[date, pd.DataFrame],
    *,
    axes: Sequence[Axes],
    evidence: str,
    countries: pd.DataFrame | None = None,
    exhibit: str = "combined",
    events: pd.DataFrame | None = None,
) -> Sequence[Axes]:
    """Draw one panel per date in one frame and scale; bold names mark changes.

    Parameters
    ----------
    frames_by_date : mapping of datetime.date to pandas.DataFrame
        Posture as of each date, all with the same index; drawn in order of date.
    axes : sequence of matplotlib.axes.Axes
        As many axes of one figure as there are dates (see `canvas`).
    evidence : str
        ``article`` or ``checked``.
    countries : pandas.DataFrame, optional
        Rows of the table ``countries``.
    exhibit : str, optional
        ``french``, ``russian`` or ``combined``.
    events : pandas.DataFrame, optional
        Rows of the table ``events``.

    Returns
    -------
    sequence of matplotlib.axes.Axes
    """
    frames, before = [], None
    for day in sorted(frames_by_date):
        frame = frames_by_date[day]
        changed = frozenset() if before is None else _changed(before, frame, exhibit)
        frames.append((day_in_words(day), frame, changed))
        before = frame
    told = drawn_from([frame for _, frame, _ in frames], exhibit, evidence, events)
    note = f"Drawn from {told}. Names in bold: what changed since the panel before."
    return _panels(frames, axes, exhibit, countries, note)


def _plate(
    exhibit: str,
    posture: pd.DataFrame,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame | None,
    places: pd.DataFrame | None,
    events: pd.DataFrame | None,
) -> Axes:
    """Draw one map and what stands under it."""
    countries = load_tables().countries if countries is None else countries
    with style.figure_style():
        panel = draw_panel(posture, exhibit, ax, countries=countries, places=places)
        note = map_note(
            posture,
            exhibit=exhibit,
            as_of=as_of,
            evidence=evidence,
            events=events,
            unlabelled=list(countries["name_en"].reindex(panel.unlabelled)),
        )
        _furnish([ax], [posture], exhibit, panel, f"{note} {MAP_BASIS}")
    return ax


def _panels(
    frames: Sequence[tuple[str, pd.DataFrame, frozenset[str]]],
    axes: Sequence[Axes],
    exhibit: str,
    countries: pd.DataFrame | None,
    note: str,
) -> Sequence[Axes]:
    """Draw titled panels in one frame and scale, one key and note for all."""
    countries = load_tables().countries if countries is None else countries
    with style.figure_style():
        outlines = with_geometry(frames[0][1], countries).geometry
        view = view_of(outlines, size_points(axes[0]), steps=1)
        for ax, (title, frame, spelt) in zip(axes, frames, strict=True):
            panel = draw_panel(frame, exhibit, ax, countries=countries, view=view, spelt=spelt)
            ax.set_title(title, pad=3)
            if panel.unlabelled:
                names = ", ".join(countries["name_en"].reindex(panel.unlabelled))
                note += f" {title}: no room for {names}."
        _furnish(axes, [frame for _, frame, _ in frames], exhibit, panel, f"{note} {MAP_BASIS}")
    return axes


def _changed(before: pd.DataFrame, after: pd.DataFrame, exhibit: str) -> frozenset[str]:
    """Return the countries whose state or coverage differs between two frames."""
    columns = [*themes(exhibit), "covered"]
    differ = (before[columns] != after[columns].reindex(before.index)).any(axis=1)
    return frozenset(before.index[differ])


def _furnish(
    axes: Sequence[Axes], frames: Sequence[pd.DataFrame], exhibit: str, panel: Panel, note: str
) -> None:
    """Draw what stands under the axes."""
    columns = key_columns(pd.concat(frames), exhibit, panel.signs)
    draw_furniture(axes, columns=columns, note=note, africa=continent(), view=panel.view)
