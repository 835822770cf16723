"""Maps of French posture and Russian engagement; each takes a frame and axes, and never saves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from ..errors import ParameterError
from ..prose.captions import drawn_from, map_note, month, since, themes
from ..tables import vocabulary
from ..tables.dates import day_in_words
from ..tables.loading import load_tables
from . import style
from .geography import (
    CRS,
    MAP_BASIS,
    View,
    continent,
    disputed,
    near_disputed,
    places_frame,
    seen,
    size_points,
    view_of,
    with_geometry,
)
from .labels import DEAR, Block, Place, Row, place, row_starts, row_width, symbol_room, worst
from .map_key import (
    LOCATOR_PT,
    POINTS_PER_MM,
    Entry,
    capital_dot,
    draw_furniture,
    outline_path,
    symbol,
)

_LONG_NAME = 11  # letters; a longer one is broken where a label must be narrow


def fill_of(row: pd.Series, shown: Sequence[str]) -> tuple[str, str]:
    """Return fill colour and hatch of a country.

    Parameters
    ----------
    row : pandas.Series
        One row of a posture frame.
    shown : sequence of str
        Posture columns that the map shows; the first gives the colour.
    """
    if not row["covered"]:
        return style.NOT_COVERED_COLOUR, ""
    colours = style.FRENCH_COLOURS if shown[0] == "french_posture" else style.RUSSIAN_COLOURS
    hatched = "russian_engagement" in shown
    hatch = style.RUSSIAN_HATCHES[row["russian_engagement"]] if hatched else ""
    return colours[row[shown[0]]], hatch


def _label_forms(row: pd.Series, shown: Sequence[str], name: str) -> list[Block]:
    """Return the label of a country, wide and narrow: its name, then each state with its date."""
    stated = _stated(row, shown)
    wide, narrow = [], []
    for theme in stated:
        words, when = (
            vocabulary.POSTURE_THEMES[theme].states[row[theme]].short,
            month(since(row, theme)),
        )
        sign = _symbol(row, theme)
        wide.append(Row(f"{words}, {when}" if when else words, symbol=sign))
        narrow.append(Row(f"{words}," if when else words, symbol=sign))
        narrow += [Row(when)] if when else []
    if not stated:
        wide = [
            Row(vocabulary.NONE_RECORDED_LABEL if row["covered"] else vocabulary.NOT_COVERED_LABEL)
        ]
    names = [[Row(name, bold=True)], [Row(part, bold=True) for part in _broken(name)]]
    forms = [names[0] + wide, names[0] + (narrow or wide), names[1] + (narrow or wide)]
    unlike = [form for n, form in enumerate(forms) if form not in forms[:n]]
    across = _across(row, shown)
    return [Block(tuple(rows), style.LABEL_PT, across=across) for rows in unlike]


def _panel_forms(row: pd.Series, shown: Sequence[str], name: str) -> list[Block]:
    """Return the label of a country on a small panel: the sign of its posture and its name."""
    theme = shown[0]
    sign = _symbol(row, theme) if theme in _stated(row, shown) else ""
    first, *rest = _broken(name)
    forms = [(Row(name, bold=True, symbol=sign),)]
    if rest:
        forms.append((Row(first, bold=True, symbol=sign), Row(rest[0], bold=True)))
    return [Block(rows, style.LABEL_PT, across=_across(row, shown)) for rows in forms]


def _name_form(name: str, size: float = style.LABEL_PT) -> list[Block]:
    """Return the plain name of a country as a label that may be left out."""
    return [Block((Row(name),), size, optional=True)]


def _key_columns(rows: pd.DataFrame, exhibit: str, signs: Collection[str]) -> list[list[Entry]]:
    """Return the columns of the key: only what is drawn."""
    covered, shown = rows[rows["covered"]], themes(exhibit)
    columns = []
    for theme in shown:
        column = []
        for state, word in reversed(vocabulary.POSTURE_THEMES[theme].states.items()):
            # On the combined map no hatch means none recorded; white is taken by the French row.
            unseen = state == "none_recorded" and theme != shown[0]
            if unseen or not (covered[theme] == state).any():
                continue
            if theme == "french_posture":
                sign = style.FRENCH_SYMBOLS.get(state, "")
                column.append(Entry(word.label, fill=style.FRENCH_COLOURS[state], symbol=sign))
            else:
                fill = style.RUSSIAN_COLOURS[state] if theme == shown[0] else style.PAPER
                column.append(Entry(word.label, fill=fill, hatch=style.RUSSIAN_HATCHES[state]))
        columns.append(column)
    shortest = min(columns, key=len)
    if not rows["covered"].all():
        shortest.append(Entry(vocabulary.NOT_COVERED_LABEL, fill=style.NOT_COVERED_COLOUR))
    if "dot" in signs:
        shortest.append(Entry("capital", sign="dot"))
    if "dash" in signs:
        shortest.append(Entry("disputed boundary", sign="dash"))
    return [column for column in columns if column]


def _stated(row: pd.Series, shown: Sequence[str]) -> list[str]:
    """Return the columns whose state is worth a line."""
    return [theme for theme in shown if row["covered"] and row[theme] != "none_recorded"]


def _symbol(row: pd.Series, theme: str) -> str:
    return style.FRENCH_SYMBOLS[row[theme]] if theme == "french_posture" else ""


def _across(row: pd.Series, shown: Sequence[str]) -> bool:
    """Tell whether a label may cross its border: white words would vanish beyond it."""
    return style.ink_on(fill_of(row, shown)[0]) == style.INK


def _broken(name: str) -> list[str]:
    """Return a long name in two lines."""
    return name.rsplit(" ", 1) if len(name) > _LONG_NAME else [name]


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
class _Panel:
    """What was drawn: the view, the keys that got no label, and the signs for the key."""

    view: View
    unlabelled: tuple[str, ...]
    signs: frozenset[str]


def _draw_panel(
    posture: pd.DataFrame,
    exhibit: str,
    ax: Axes,
    *,
    countries: pd.DataFrame,
    places: pd.DataFrame | None = None,
    view: View | None = None,
    spelt: Collection[str] | None = None,
) -> _Panel:
    """Draw one map on axes."""
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
            blocks |= {name: _name_form(name, style.QUIET_PT) for name in land.index}
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
    beside = near_disputed(lines)
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
    return _Panel(view, missing, frozenset(signs))


def _forms(
    posture: pd.DataFrame, shown: Sequence[str], names: pd.Series, spelt: Collection[str] | None
) -> dict[str, list[Block]]:
    """Return the forms that each label may take."""
    forms = {}
    for key, row in posture.iterrows():
        if spelt is None:
            forms[key] = _label_forms(row, shown, names[key])
        elif key in spelt:
            forms[key] = _panel_forms(row, shown, names[key])
        else:
            forms[key] = _name_form(names[key])
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
        panel = _draw_panel(posture, exhibit, ax, countries=countries, places=places)
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
            panel = _draw_panel(frame, exhibit, ax, countries=countries, view=view, spelt=spelt)
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
    axes: Sequence[Axes], frames: Sequence[pd.DataFrame], exhibit: str, panel: _Panel, note: str
) -> None:
    """Draw what stands under the axes."""
    columns = _key_columns(pd.concat(frames), exhibit, panel.signs)
    draw_furniture(axes, columns=columns, note=note, africa=continent(), view=panel.view)
