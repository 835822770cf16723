"""Maps of French posture and Russian engagement; each takes a frame and axes, and never saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style
from .captions import THEMES, map_alt, map_note, map_table, themes
from .dates import day_in_words
from .geography import BOUNDARIES_EN, PROJECTION_EN, continent, with_geometry
from .legends import LOCATOR_PT, POINTS_PER_MM, Entry, draw_furniture
from .panels import Panel, draw_panel, fill_of, size_points, view_of

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

_FURNITURE_PT = LOCATOR_PT + 16
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
    matplotlib.figure.Figure, matplotlib.axes.Axes or numpy.ndarray of Axes
        One Axes, or a flat array in reading order where there are several.
    """
    width = width_mm * POINTS_PER_MM
    title = _TITLE_PT if columns * rows > 1 else _EDGE_PT
    wide = (width - 2 * _EDGE_PT - (columns - 1) * _GUTTER_PT) / columns
    if height_mm is None:
        high = wide * _PROPORTION
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
    note = f"As of {day_in_words(as_of)}. "
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
        frames.append((day_in_words(day), frame, changed))
        before = frame
    note = f"{evidence.capitalize()} evidence. Labels spell out what changed since the panel before."
    return _panels(frames, axes, exhibit, countries, events, note)


def _plate(
    exhibit: str,
    posture: pd.DataFrame,
    ax: Axes,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame,
    places: pd.DataFrame | None,
    events: pd.DataFrame | None,
) -> Axes:
    """Draw one map and what stands under it."""
    with style.figure_style():
        panel = draw_panel(posture, exhibit, ax, countries=countries, places=places, events=events)
        note = map_note(
            posture,
            exhibit=exhibit,
            as_of=as_of,
            evidence=evidence,
            events=events,
            unlabelled=list(countries["name_en"].reindex(panel.unlabelled)),
        )
        _furnish([ax], [posture], exhibit, panel, note)
    return ax


def _panels(
    frames: Sequence[tuple[str, pd.DataFrame, frozenset[str]]],
    axes: Sequence[Axes],
    exhibit: str,
    countries: pd.DataFrame,
    events: pd.DataFrame | None,
    note: str,
) -> Sequence[Axes]:
    """Draw titled panels in one frame and scale, with one key and note for all."""
    with style.figure_style():
        outlines = with_geometry(frames[0][1], countries).geometry
        view = view_of(outlines, size_points(axes[0]), steps=1)
        for ax, (title, frame, spelt) in zip(axes, frames, strict=True):
            panel = draw_panel(
                frame, exhibit, ax, countries=countries, events=events, view=view, spelt=spelt
            )
            ax.set_title(title, pad=3)
        note = f"{note} {PROJECTION_EN}. Boundaries: {BOUNDARIES_EN}; no opinion on legal status implied."
        _furnish(axes, [frame for _, frame, _ in frames], exhibit, panel, note)
    return axes


def _changed(before: pd.DataFrame, after: pd.DataFrame, exhibit: str) -> frozenset[str]:
    """Return the countries whose state or coverage differs between two frames."""
    columns = [*themes(exhibit), "covered"]
    differ = (before[columns] != after[columns].reindex(before.index)).any(axis=1)
    return frozenset(before.index[differ])


def _furnish(
    axes: Sequence[Axes], frames: Sequence[pd.DataFrame], exhibit: str, panel: Panel, note: str
) -> None:
    """Draw key, note, scale bar and locator under the axes."""
    figure = axes[0].figure
    wide, high = figure.get_size_inches() * 72
    boxes = [ax.get_position() for ax in axes]
    draw_furniture(
        figure,
        left=min(box.x0 for box in boxes) * wide,
        right=max(box.x1 for box in boxes) * wide,
        top=min(box.y0 for box in boxes) * high - 6,
        columns=_key(pd.concat(frames), exhibit, panel),
        note=note,
        metres_per_point=panel.metres_per_point,
        africa=continent(),
        view=panel.view,
    )


def _key(rows: pd.DataFrame, exhibit: str, panel: Panel) -> list[list[Entry]]:
    """Return the columns of the key: only what is drawn."""
    covered = rows[rows["covered"]]
    columns = []
    for theme in themes(exhibit):
        column = []
        for state, label in THEMES[theme][1].items():
            unseen = state == "none_recorded" and theme != themes(exhibit)[0]
            if (covered[theme] == state).any() and not unseen:
                fill, hatch = style.FRENCH_COLOURS.get(state, ""), ""
                if theme == "russian_engagement":
                    alone = exhibit == "russian"
                    fill = style.RUSSIAN_COLOURS[state] if alone else style.PAPER
                    hatch = style.RUSSIAN_HATCHES[state]
                sign = style.FRENCH_SYMBOLS.get(state, "") if theme == "french_posture" else ""
                column.append(Entry(label, fill=fill, hatch=hatch, symbol=sign))
        columns.append(column)
    shortest = min(columns, key=len)
    if not rows["covered"].all():
        shortest.append(Entry(style.NOT_COVERED_LABEL, fill=style.NOT_COVERED_COLOUR))
    if "dot" in panel.signs:
        shortest.append(Entry("capital", sign="dot"))
    if "dash" in panel.signs:
        shortest.append(Entry("disputed boundary", sign="dash"))
    return columns
