"""Maps of French forces and Russian engagement: of all countries, of one, and through time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, product
from operator import attrgetter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from ..errors import require_one_of
from ..evidence.changes import Changes
from ..evidence.posture import posture_of
from ..evidence.record import Record, record
from ..prose.words import in_letters, listed
from ..tables import vocabulary
from ..tables.dates import day_in_words
from ..tables.loading import Tables
from . import style
from .frame import Frame, Key, new_axes
from .geography import (
    BOUNDARIES_EN,
    CRS,
    View,
    disputed,
    near_disputed,
    places_frame,
    seen,
    size_points,
    view_of,
    with_geometry,
)
from .labels import (
    DEAR,
    LEADING,
    Block,
    Box,
    Place,
    Point,
    Row,
    place,
    row_starts,
    row_width,
    symbol_room,
    text_width,
    worst,
    wrapped,
)
from .situation import (
    bases_finding,
    country_rows,
    finding,
    followed_among,
    handover,
    short_date,
    site_rows,
)

KINDS = (*vocabulary.EXHIBITS, "bases")
BOUNDARIES = f"Boundaries: {BOUNDARIES_EN}; no opinion on legal status implied."
_LONG_NAME = 11  # letters; a longer one is broken where a label must be narrow
_LEAST_SHAPE, _MOST_SHAPE, _BARE_SHAPE = 0.46, 0.66, 0.42  # height over width of a map
_BARS_KM = (50, 100, 200, 250, 500, 1000)
_NARROW_PT = 300  # on a narrower figure insets would hide what is around them
_NOTE_LINES = 4  # above a small map
_GUTTER_PT = 8.0  # between small maps
_PARTS_PT = 6.0  # between two maps, one above the other
_FAR_M = 18_000  # metres to a point beyond which labels and bases crowd
_STUB_PT = 4.0  # a shorter leader line is not drawn
_FIRST_ORDERS, _ORDERS = 2, 5  # in which labels are placed: at first, and where room is short
_GOOD = DEAR + 40  # what the label that stands worst may cost
_INSET_KM2 = 420_000  # a country that is larger stays on the map itself
_INSET_GAIN = 1.06  # how much larger everything else must become


@dataclass(frozen=True)
class Situation:
    """What a map is drawn from: the record, and rows for its countries and bases.

    Attributes
    ----------
    record : Record
        Day, evidence, events and figures.
    kind : str
        ``combined``, ``french``, ``russian`` or ``bases``.
    rows : pandas.DataFrame
        What `situation.country_rows` returns, for the countries drawn.
    sites, russian_sites : pandas.DataFrame
        What `situation.site_rows` returns.
    off_map : tuple of str
        Countries asked for that lie off every map; the words name them, the map does not.
    outlined : frozenset of str
        Countries whose state moved, drawn with a thick outline.
    since : datetime.date or None
        The day since which it did.
    """

    record: Record
    kind: str
    rows: pd.DataFrame
    sites: pd.DataFrame
    russian_sites: pd.DataFrame
    off_map: tuple[str, ...] = ()
    outlined: frozenset[str] = frozenset()
    since: date | None = None

    @property
    def themes(self) -> tuple[str, ...]:
        """Columns of the posture that the map shows."""
        return vocabulary.EXHIBITS.get(self.kind, vocabulary.EXHIBITS["combined"])


def situation(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    kind: str = "combined",
    tables: Tables | None = None,
    posture: pd.DataFrame | None = None,
) -> Situation:
    """Return what a map of some countries is drawn from.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    countries : str or sequence of str, optional
        ISO 3166-1 alpha-3 codes, or ``"all"`` for all that reports follow.
    kind : {"combined", "french", "russian", "bases"}
        What is shown.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    posture : pandas.DataFrame, optional
        Posture on that day, where it is at hand.

    Raises
    ------
    ParameterError
        If there is no such kind of map, or a country is not followed.
    """
    require_one_of("kind", kind, KINDS)
    record_ = record(as_of, evidence, tables=tables)
    frame = posture_of(record_) if posture is None else posture
    wanted = [iso3 for iso3 in followed_among(record_.tables, countries) if iso3 in frame.index]
    frame = frame.loc[wanted]
    table = record_.tables.countries
    on_map = table["on_map"].reindex(wanted) if "on_map" in table else pd.Series(True, wanted)
    on_map = on_map.to_numpy(dtype=bool)
    shown = frame[on_map] if on_map.any() else frame  # one that lies far off has a map of its own
    return Situation(
        record_,
        kind,
        country_rows(record_, shown),
        site_rows(record_, shown),
        site_rows(record_, shown, "russia"),
        tuple(table["name_en"].reindex(frame.index.difference(shown.index))),
    )


def plot_map(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    kind: str = "combined",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw where French forces are, and were, and how far Russia is engaged, on one day.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    countries : str or sequence of str, optional
        ISO 3166-1 alpha-3 codes, or ``"all"`` for all that reports follow.
    kind : {"combined", "french", "russian", "bases"}
        What is shown; ``"bases"`` names every base, and suits one country.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    ax : matplotlib.axes.Axes, optional
        Axes in whose place the map, its title, key and note are drawn. Without it they are drawn
        on a new figure.
    width_mm : float, optional
        Width of a new figure: 162 fills the column of the page, 88 suits a telephone.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the map, in metres of the projection.

    Raises
    ------
    ParameterError
        If there is no such kind of map, or a country is not followed.

    Examples
    --------
    >>> ax = plot_map("2022-09-01", countries="MLI")
    >>> ax.figure.texts[0].get_text()
    'French forces are gone from Mali; Russia has people there'
    """
    style.require_canvas(ax, width_mm)
    return draw_map(situation(as_of, evidence, countries, kind, tables), ax, width_mm=width_mm)


def plot_changes(moved: Changes, *, width_mm: float = style.COLUMN_MM) -> Axes:
    """Draw the map of the second of two days, the countries whose state moved outlined.

    Parameters
    ----------
    moved : Changes
        What `evidence.changes.changes` returns.
    width_mm : float, optional
        As in `plot_map`.
    """
    after, countries = moved.after, list(moved.posture.index)
    shown = situation(after.as_of, after.evidence, countries, tables=after.tables)
    states = moved.states[moved.states["before"] != moved.states["after"]]
    outlined = frozenset(states["iso3"])
    return draw_map(replace(shown, outlined=outlined, since=moved.before.as_of), width_mm=width_mm)


@style.figure_style()
def draw_map(
    shown: Situation, ax: Axes | None = None, *, width_mm: float = style.COLUMN_MM
) -> Axes:
    """Draw a map from rows already at hand; see `plot_map`."""
    tables = shown.record.tables
    outlines = with_geometry(shown.rows, tables.countries, tables.folder).geometry
    width = width_mm * 72 / 25.4 - 2 if ax is None else size_points(ax)[0]
    frame = _frame_of(shown, narrow=width < _NARROW_PT)
    parts = _parts(outlines, width)
    shares = np.array(
        [_proportion(outlines[_divided(outlines[keys], width)[0]], width) for keys in parts]
    )
    if shown.kind == "bases" and shown.sites.empty and shown.russian_sites.empty:
        shares = np.minimum(shares, _BARE_SHAPE)  # no base to tell: no more than where it lies
    if ax is None:
        ax = new_axes(frame, width_mm, width * shares.sum() + _PARTS_PT * (len(parts) - 1))
    frame.draw(ax)
    own, high = ax.get_position(), size_points(ax)[1]
    gap = own.height * _PARTS_PT / high
    heights = (own.height - gap * (len(parts) - 1)) * shares / shares.sum()
    top = own.y1
    for number, (keys, height) in enumerate(zip(parts, heights, strict=True)):
        box = (own.x0, top - height, own.width, height)
        top -= height + gap
        part = ax if number == 0 else ax.figure.add_axes(box)
        part.set_position(box)
        draw = _draw_bases if shown.kind == "bases" else _draw_part
        draw(part, shown, outlines[keys])
    return ax


def _draw_part(ax: Axes, shown: Situation, outlines: gpd.GeoSeries) -> None:
    """Draw one map with its insets, from a little further off where labels find no room."""
    size = size_points(ax)
    main, groups = _divided(outlines, size[0])
    best = None
    for steps, side in ((0, 0.5), (1, 0.2), (2, 0.2), (4, 0.4), (7, 0.4)):
        view = view_of(outlines[main], size, steps, side)
        tried = _layout(shown, main, view, size, [outlines[keys] for keys in groups])
        if best is None or tried.rank < best.rank:
            best = tried
        if best.rank <= (0, _GOOD + 20 * steps):
            break
    for brief in (best.missing, main):  # names alone: the table has what they leave out
        if best.missing:
            views = [outlines[keys] for keys in groups]
            best = _layout(shown, main, best.view, size, views, brief=brief)
    _draw(ax, shown, best)
    _draw_bar(ax, best)
    for keys, box in zip(groups, best.insets, strict=True):
        _draw_inset(ax, shown, outlines[keys], box)


def _draw_bases(ax: Axes, shown: Situation, outlines: gpd.GeoSeries) -> None:
    """Draw countries with every base by name, and what is known of Russians where no site is."""
    tables, size = shown.record.tables, size_points(ax)
    view = view_of(outlines, size)
    shapes, land = seen(view, shown.rows.index, tables.folder)
    shapes = shapes[shapes.notna() & ~shapes.is_empty]
    ours, theirs = (
        rows[rows["iso3"].isin(outlines.index)] for rows in (shown.sites, shown.russian_sites)
    )
    french = _as_sites(ours, view)
    russian = _as_sites(theirs[theirs["in_use"]], view, "russia")
    sites = _apart([*french, *russian])
    boxes = [_around(site) for site in sites]
    whole = shapely.simplify(shapely.union_all(shapes.to_numpy()), 5_000)
    furniture, note = [], [] if russian else _russian_note(shown.rows.loc[outlines.index])
    if note:
        wide = max(text_width(line, style.TEXT_PT) for line in note) + 10
        wanted = (wide, len(note) * style.TEXT_PT * LEADING + 8)
        furniture.append(_least_hiding(wanted, whole, view, size, boxes))
    bar = (_bar_km(view) * 1000 / view.scale + 8, 18.0)
    furniture.append(_least_hiding(bar, whole, view, size, boxes + furniture))
    rows = pd.concat([shown.sites.assign(root="france"), shown.russian_sites.assign(root="russia")])
    rows.index = [f"{root} {key}" for root, key in zip(rows["root"], rows.index, strict=True)]
    narrow = size[0] < _NARROW_PT
    blocks = {site.key: _site_forms(rows.loc[site.key], shown.record, narrow) for site in sites}
    blocks |= {n: [Block((Row(n),), style.LEAST_PT, optional=True)] for n in land.index}
    disks = {site.key: shapely.Point(site.at).buffer(site.radius) for site in sites}
    plain = pd.concat([shapes, land])
    labels = place(
        blocks,
        disks,
        {site.key: site.at for site in sites}
        | {
            k: tuple(view.points(np.array(p.coords[0])))
            for k, p in plain.representative_point().items()
        },
        size,
        [*boxes, *furniture],
        {key: shapely.transform(shape, view.points) for key, shape in plain.items()},
        orders=_ORDERS,
    )
    by_key = {site.key: site for site in sites}
    labels = {key: _trimmed(spot, by_key.get(key)) for key, spot in labels.items()}
    missing = tuple(site.key for site in sites if site.key not in labels)
    layout = _Layout(view, shapes, land, sites, labels, missing, furniture[:-1], furniture[-1])
    _draw(ax, shown, layout)
    _draw_bar(ax, layout)
    if note:
        _draw_note(ax, view, furniture[0], note)


def _draw_note(ax: Axes, view: View, box: Box, lines: Sequence[str]) -> None:
    """Draw lines of text in a box on the map."""
    (x0, y0), (x1, y1) = view.metres(np.array([box[:2], box[2:]]))
    look = {"facecolor": style.PAPER, "edgecolor": style.RUSSIAN_COLOUR, "linewidth": 0.7}
    ax.add_artist(Rectangle((x0, y0), x1 - x0, y1 - y0, zorder=8, **look))
    for number, line in enumerate(lines):
        y = box[3] - 4 - style.TEXT_PT * (LEADING * number + 0.93)
        at = view.metres(np.array([box[0] + 5, y]))
        ax.text(*at, line, size=style.TEXT_PT, color=style.RUSSIAN_COLOUR, zorder=9)


def _trimmed(spot: Place, site: _Site | None) -> Place:
    """Return a label whose leader line ends at the rim of its sign, without one right beside it."""
    if spot.leader is None or site is None:
        return spot
    start, end = (np.array(xy) for xy in spot.leader)
    long = float(np.hypot(*(end - start)))
    if long < site.radius + _STUB_PT:
        return replace(spot, leader=None)
    rim = end + (start - end) * (site.radius + 0.5) / long
    return replace(spot, leader=(tuple(start), tuple(rim)))


def _russian_note(rows: pd.DataFrame) -> list[str]:
    """Return what is known of Russians in countries without a Russian site on record."""
    lines = []
    for _, row in rows.iterrows():
        state = vocabulary.RUSSIAN_STATES[row["russian_engagement"]]
        if not row["covered"] or russian_sign_of(row) is None:
            text = "no Russian engagement confirmed"
        else:
            since = short_date(row["russian_engagement_attested"], day=True)
            text = f"{state.word}, newest row {since}; no site on record"
        name = f"{row['name_en']}: " if len(rows) > 1 else "Russia: "
        lines += wrapped(name + text, 150, style.TEXT_PT)
    return lines


def _rooted(rows: pd.DataFrame, heading: str) -> pd.DataFrame:
    """Return the rows of a list of sites: those on the map, in their order."""
    root = heading.split()[0].lower()
    if root == "russian":
        return rows[rows["in_use"]].assign(root="russia", number=0)
    return rows.assign(root="france").sort_values(
        "number", kind="stable", key=lambda n: n.mask(n == 0, 999)
    )


def _site_words(row: pd.Series, record_: Record) -> str:
    """Return an entry of a list of sites: ``5 Ménaka, 13 Jun 2022, to Malian army``."""
    number = f"{row['number']} " if row["number"] else ""
    return f"{number}{row['base_en'] or row['name_en']}: {_site_text(row, record_)}"


def _site_text(row: pd.Series, record_: Record) -> str:
    """Return what is known of a base: since when it is in use, or when and to whom it passed."""
    names = record_.tables.actors
    # A mission goes by its acronym.
    names = names["name_en"].where(names["kind"] != "mission", names["aliases"].str[0])
    if row["in_use"]:
        seen_ = "" if row["confirmed"] else f", last seen {row['attested'].year}"
        text = f"since {short_date(row['opened'])}{seen_}".replace("since by", "by")
        if row["root"] == "russia":
            text = f"{listed(names.reindex(list(row['forces'])).to_list())}, {text}"
        return text
    if row["number"]:
        to = f", to {listed(names.reindex(list(row['to'])).to_list())}" if row["to"] else ""
        return f"{short_date(row['closed'], day=True)}{to}"
    return f"seen until {row['attested'].year}; no day of return on record"


def _site_forms(row: pd.Series, record_: Record, narrow: bool) -> list[Block]:
    """Return the label of a base: its name and, where there is room, what is known of it."""
    name = row["name_en"] if narrow else row["base_en"] or row["name_en"]
    text = "" if narrow else _bound(_site_text(row, record_))
    forms = []
    for width in (130, 90, 62):
        rows = [Row(part, bold=True) for part in wrapped(name, width, style.TEXT_PT, True)]
        rows += [Row(part) for part in wrapped(text, width, style.TEXT_PT) if part]
        if rows not in forms:
            forms.append(rows)
    return [Block(tuple(rows), style.TEXT_PT) for rows in forms]


@style.figure_style()
def draw_series(
    shown: Sequence[Situation],
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw small maps from rows already at hand, each with the names of what is new in it.

    Parameters
    ----------
    shown : sequence of Situation
        What the maps are drawn from, all of the same countries.
    ax, width_mm
        As in `plot_map`.
    """
    changes = [_changes(before, each) for before, each in pairwise([None, *shown])]
    width = width_mm * 72 / 25.4 - 2 if ax is None else size_points(ax)[0]
    columns = min(3 if width > _NARROW_PT else 1, len(shown))
    wide = (width - _GUTTER_PT * (columns - 1)) / columns
    tables = shown[0].record.tables
    outlines = with_geometry(shown[0].rows, tables.countries, tables.folder).geometry
    high = wide * float(np.clip(_proportion(outlines, wide), 0.5, 0.75))
    notes = [_note(words, wide) for words in changes]
    head = style.TEXT_PT * 1.3 + max(len(lines) for lines in notes) * style.LEAST_PT * 1.24 + 4
    rows = -(-len(shown) // columns)
    frame = _series_frame(shown)
    if ax is None:
        ax = new_axes(frame, width_mm, rows * (high + head) + (rows - 1) * _GUTTER_PT)
    frame.draw(ax)
    ax.set_axis_off()
    own, (_, tall) = ax.get_position(), size_points(ax)
    for number, each in enumerate(shown):
        row, column = divmod(number, columns)
        left, top = column * (wide + _GUTTER_PT), tall - row * (high + head + _GUTTER_PT)
        share = (left / width, (top - head - high) / tall, wide / width, high / tall)
        box = (own.x0 + share[0] * own.width, own.y0 + share[1] * own.height,
               share[2] * own.width, share[3] * own.height)  # fmt: skip
        part = ax.figure.add_axes(box)
        named = [key for key in changes[number] if key in outlines.index]
        _draw_small(part, each, outlines, named)
        bold = {"fontsize": style.TEXT_PT, "fontweight": "bold", "va": "top"}
        title = day_in_words(each.record.as_of)
        part.annotate(title, (0, 1), (0, head), "axes fraction", "offset points", **bold)
        for line, text in enumerate(notes[number]):
            down = head - style.TEXT_PT * 1.3 - line * style.LEAST_PT * 1.24
            look = {"fontsize": style.LEAST_PT, "va": "top", "color": style.INK_SOFT}
            part.annotate(text, (0, 1), (0, down), "axes fraction", "offset points", **look)
    return ax


def _note(changes: Mapping[str, str], width: float) -> list[str]:
    """Return what is new in few lines; what has no room in them is counted."""
    words = list(changes.values()) or ["No change"]
    for kept in range(len(words), 0, -1):
        more = [f"{in_letters(len(words) - kept)} more"] if kept < len(words) else []
        lines = wrapped("; ".join([*words[:kept], *more]), width, style.LEAST_PT)
        if len(lines) <= _NOTE_LINES:
            break
    return lines


def _changes(before: Situation | None, now: Situation) -> dict[str, str]:
    """Return what is new in each country since the map before, in words, by country."""
    if before is None:
        return {"": finding(now.rows, now.record.tables, now.themes)}
    words: dict[str, list[str]] = {}
    for theme, states in ((t, vocabulary.POSTURE_THEMES[t].states) for t in now.themes):
        old, new = before.rows[theme], now.rows[theme]
        for iso3 in new.index[(old.reindex(new.index) != new)]:
            if theme == "french_posture" or "deployed" in {old.get(iso3), new[iso3]}:
                words.setdefault(iso3, []).append(states[new[iso3]].short)
    names = now.rows["name_en"]
    return {key: f"{names[key]}: {', '.join(parts)}" for key, parts in words.items()}


def _draw_small(ax: Axes, shown: Situation, outlines: gpd.GeoSeries, named: Sequence[str]) -> None:
    """Draw a small map: fills, Russian personnel, and some names."""
    size, tables = size_points(ax), shown.record.tables
    deployed = shown.rows.index[shown.rows["russian_engagement"] == "deployed"]
    for steps in range(4):  # from a little further off where names find no room
        view = view_of(outlines, size, steps)
        shapes, land = seen(view, shown.rows.index, tables.folder)
        anchors = _anchors(shapes, land, tables.countries, view)
        squares = {key: anchors[key] for key in deployed}
        labels = place(
            {key: _name_forms(shown.rows.at[key, "name_en"]) for key in named},
            {key: shapely.transform(shape, view.points) for key, shape in shapes.items()},
            anchors,
            size,
            [(x - 4, y - 4, x + 4, y + 4) for x, y in squares.values()],
            {key: shapely.transform(shape, view.points) for key, shape in land.items()},
            orders=_ORDERS,
        )
        if len(labels) == len(named):
            break
    _draw(ax, shown, _Layout(view, shapes, land, [], labels, ()))
    for key, at in squares.items():
        sure = bool(shown.rows.at[key, "russian_engagement_confirmed"])
        sign = style.russian_sign("deployed", confirmed=sure, size=5.5)
        xy = view.metres(np.array(at))
        sign.set_data([xy[0]], [xy[1]])
        sign.set_zorder(6)
        ax.add_line(sign)


def _series_frame(shown: Sequence[Situation]) -> Frame:
    """Return the words and the key around small maps."""
    ends = [shown[0].rows, shown[-1].rows]
    stay = ["present", "leaving", "reduced"]
    there = [
        int((rows["french_posture"].isin(stay) & rows["french_posture_confirmed"]).sum())
        for rows in ends
    ]
    came = [
        int(
            (
                (rows["russian_engagement"] == "deployed") & rows["russian_engagement_confirmed"]
            ).sum()
        )
        for rows in ends
    ]
    french = " countries, then in ".join(in_letters(number) for number in there)
    russian = ", then in ".join(in_letters(number) if number else "none" for number in came)
    title = f"French forces in {french}; Russian personnel in {russian}"
    last = shown[-1].record
    subtitle = (
        "Area: French forces. Squares: Russian personnel. Names: what changed since the map before. "
        f"{day_in_words(last.as_of)}, {vocabulary.EVIDENCE[last.evidence].phrase}."
    )
    states = vocabulary.FRENCH_STATES
    rows = pd.concat([each.rows for each in shown])
    rows = rows[rows["covered"]]
    edge = {"edgecolor": style.EDGE_COLOUR, "linewidth": style.EDGE_PT}
    handles: list = [
        Patch(facecolor=style.FRENCH_COLOURS[state], label=states[state].word, **edge)
        for state in [*list(states)[1:], "none_recorded"]
        if (rows["french_posture"] == state).any()
    ]
    if (rows["russian_engagement"] == "deployed").any():
        handles.append(_labelled(style.russian_sign("deployed", size=5.5), "Russian personnel"))
        handles.append(
            _labelled(style.russian_sign("deployed", confirmed=False, size=5.5), "unconfirmed")
        )
    return Frame(title, subtitle, [Key("", handles, min(len(handles), 7))], note=BOUNDARIES)


def _parts(outlines: gpd.GeoSeries, width: float) -> list[list[str]]:
    """Return the countries of one map or, where one would be too small, of a western and an eastern."""
    keys = list(outlines.index)
    west, _, east, _ = outlines.total_bounds
    if (east - west) / width < _FAR_M:
        return [keys]
    order = sorted(keys, key=lambda key: outlines[key].centroid.x)
    size = (width, width)
    cuts = range(1, len(order))
    scales = [
        max(view_of(outlines[part], size).scale for part in (order[:cut], order[cut:]))
        for cut in cuts
    ]
    cut = cuts[int(np.argmin(scales))]
    return [[k for k in keys if k in part] for part in (order[:cut], order[cut:])]


def _proportion(outlines: gpd.GeoSeries, width: float) -> float:
    """Return the height over width that holds outlines with a margin."""
    view = view_of(outlines, (width, width))
    west, south, east, north = outlines.total_bounds
    margin = view.east - view.west - max(east - west, north - south)
    most = _MOST_SHAPE if width > _NARROW_PT else 1.2
    return float(np.clip((north - south + margin) / (east - west + margin), _LEAST_SHAPE, most))


def _divided(outlines: gpd.GeoSeries, width: float) -> tuple[list[str], list[list[str]]]:
    """Return the countries of the map itself, and groups of small ones that get insets.

    A small country at the edge goes into an inset if everything else becomes larger by it; not on
    a narrow figure, where the inset would hide it again.
    """
    if width < _NARROW_PT:
        return list(outlines.index), []
    size = (100, 60)
    main, out = list(outlines.index), []
    start = scale = view_of(outlines, size).scale
    small = list(outlines.index[outlines.area < _INSET_KM2 * 1e6])
    while len(main) > 4 and set(small) & set(main):
        scales = {
            key: view_of(outlines[[k for k in main if k != key]], size).scale
            for key in small
            if key in main
        }
        best = min(scales, key=scales.get)
        if scales[best] >= scale * 0.999:
            break
        main.remove(best)
        out.append(best)
        scale = scales[best]
    if start / scale < _INSET_GAIN:
        return list(outlines.index), []
    groups: list[list[str]] = []
    for key in sorted(out, key=list(outlines.index).index):
        near = [g for g in groups if outlines[g].distance(outlines[key]).min() < 400_000]
        groups = [g for g in groups if g not in near] + [[k for g in near for k in g] + [key]]
    return main, groups


@dataclass(frozen=True)
class _Layout:
    """Where everything on one map stands; boxes and places are points."""

    view: View
    shapes: gpd.GeoSeries
    land: gpd.GeoSeries
    sites: Sequence[_Site]
    labels: Mapping[str, Place]
    missing: tuple[str, ...]
    insets: Sequence[Box] = ()
    bar: Box | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """How bad it is: labels without a place, and what the worst one costs."""
        return len(self.missing), worst(self.labels)


def _layout(
    shown: Situation,
    keys: Sequence[str],
    view: View,
    size: tuple[float, float],
    insets: Sequence[gpd.GeoSeries] | None = None,
    brief: Collection[str] = (),
) -> _Layout:
    """Return a map of a view with labels for some countries, those in `brief` by name if need be.

    Without `insets` it is one itself, and has no scale bar.
    """
    tables = shown.record.tables
    shapes, land = seen(view, shown.rows.index, tables.folder)
    shapes = shapes[shapes.notna() & ~shapes.is_empty]
    keys = [key for key in keys if key in shapes.index]
    sites = _sites(shown, keys, view)
    boxes = [_around(site) for site in sites]
    furniture: list[Box] = []
    if insets is not None:
        whole = shapely.simplify(shapely.union_all(shapes.to_numpy()), 20_000)
        bar = (_bar_km(view) * 1000 / view.scale + 8, 18.0)
        for wanted in [*(_inset_size(shown, outlines, view) for outlines in insets), bar]:
            furniture.append(_least_hiding(wanted, whole, view, size, boxes + furniture))
    forms = {key: _label_forms(shown.rows.loc[key], shown.kind) for key in keys}
    forms |= {key: [*forms[key], *_name_forms(shown.rows.at[key, "name_en"])] for key in brief}
    quiet = {n: [Block((Row(n),), style.LEAST_PT, optional=True)] for n in land.index}
    blocks = forms | (quiet if insets is not None else {})
    labels = place(
        blocks,
        {key: shapely.transform(shape, view.points) for key, shape in shapes.items()},
        _anchors(shapes, land, tables.countries, view),
        size,
        [*boxes, *furniture],
        {key: shapely.transform(shape, view.points) for key, shape in land.items()},
        orders=_ORDERS if brief or insets is None else _FIRST_ORDERS,
    )
    missing = tuple(key for key in forms if key not in labels)
    bar_box = furniture[-1] if furniture else None
    return _Layout(view, shapes, land, sites, labels, missing, furniture[:-1], bar_box)


def _anchors(
    shapes: gpd.GeoSeries, land: gpd.GeoSeries, countries: pd.DataFrame, view: View
) -> dict[str, Point]:
    """Return where each label would best be centred, points."""
    rows = countries.reindex(shapes.index)
    points = gpd.points_from_xy(rows["label_lon"], rows["label_lat"], crs="EPSG:4326")
    wanted = gpd.GeoSeries(points, index=rows.index).to_crs(CRS)
    inner = pd.concat([shapes, land]).representative_point()
    anchors = inner.where(~shapes.contains(wanted).reindex(inner.index, fill_value=False), wanted)
    return {key: tuple(view.points(shapely.get_coordinates(p)[0])) for key, p in anchors.items()}


def _sites(shown: Situation, keys: Sequence[str], view: View) -> list[_Site]:
    """Return the signs of the bases in points, moved apart where they would overlap."""
    if "french_posture" not in shown.themes:
        return []
    rows = shown.sites
    return _apart(
        _as_sites(rows[rows["iso3"].isin(keys) & (rows["in_use"] | (rows["number"] > 0))], view)
    )


def _inset_size(shown: Situation, outlines: gpd.GeoSeries, view: View) -> tuple[float, float]:
    """Return width and height of an inset: twice as near for tiny countries, with their labels."""
    west, south, east, north = outlines.total_bounds
    extent = np.array([east - west, north - south]) / view.scale
    extent *= np.clip(45 / extent.max(), 1.0, 2.5)
    forms = [_label_forms(shown.rows.loc[key], shown.kind)[-1] for key in outlines.index]
    widest = max(form.width for form in forms)
    # Labels stand beside the outlines where these are too narrow for them.
    beside = widest if widest > 0.7 * extent[0] or len(forms) > 1 else 0
    return extent[0] + beside + 14, max(extent[1], sum(form.height + 5 for form in forms)) + 12


def _least_hiding(
    wanted: tuple[float, float],
    coloured: shapely.Geometry,
    view: View,
    size: tuple[float, float],
    taken: Sequence[Box],
) -> Box:
    """Return a box at the edge of the map that hides as little as can be, the lowest of equals."""
    (wide, high), (most_x, most_y) = wanted, (size[0] - wanted[0] - 2, size[1] - wanted[1] - 2)
    across, upwards = np.linspace(2, most_x, 40), np.linspace(2, most_y, 25)
    corners = [(x, y) for y in (2, most_y) for x in across]
    corners += [(x, y) for x in (2, most_x) for y in upwards]
    boxes = np.array([(x, y, x + wide, y + high) for x, y in corners])
    grown = shapely.box(*(boxes + [-3, -3, 3, 3]).T)
    covers = shapely.area(shapely.intersection(shapely.transform(coloured, view.points), grown))
    for other in taken:
        covers = covers + 5 * shapely.area(shapely.intersection(shapely.box(*other), grown))
    return tuple(float(edge) for edge in boxes[int(np.argmin(np.round(covers)))])


def _draw(ax: Axes, shown: Situation, layout: _Layout) -> None:
    """Draw land, states, borders, signs and labels."""
    view, rows = layout.view, shown.rows
    words = _ground(layout.labels.values(), view)
    lines = shapely.union_all(disputed(shown.record.tables.folder).geometry.to_numpy())
    lines = shapely.clip_by_rect(lines, *view.limits)
    beside = near_disputed(lines)
    _draw_land(ax, layout.land.to_numpy(), beside | words)
    for key, shape in layout.shapes.items():
        fill = _fill(rows.loc[key], shown.themes)
        ax.add_artist(PathPatch(_outline_path(shape), facecolor=fill, linewidth=0, zorder=3))
    border = shapely.union_all(shapely.boundary(layout.shapes.to_numpy()))
    _stroke(ax, border.difference(beside | words), style.EDGE_COLOUR, style.EDGE_PT, zorder=4)
    for key in shown.outlined.intersection(layout.shapes.index):
        rim = shapely.boundary(layout.shapes[key]).difference(beside | words)
        _stroke(ax, rim, style.INK, style.CHANGED_PT, zorder=4.5)
    dashes = {"linestyle": (0, (3, 2)), "zorder": 5}
    _stroke(ax, lines.difference(words), style.DISPUTED_COLOUR, style.EDGE_PT, **dashes)
    for site in layout.sites:
        site.draw(ax, view)
    for key, spot in layout.labels.items():
        signed = key in rows.index and "russian_engagement" in shown.themes
        quiet = key in layout.land.index
        look = {"color": style.QUIET_INK, "style": "italic"} if quiet else {"color": style.INK}
        _write(ax, spot, view, russian_sign_of(rows.loc[key]) if signed else None, **look)
    ax.set(xlim=(view.west, view.east), ylim=(view.south, view.north), xticks=[], yticks=[])
    ax.set_facecolor(style.SEA_COLOUR)
    for spine in ax.spines.values():
        spine.set(visible=True, color=style.INK_SOFT, linewidth=0.5)


def _draw_bar(ax: Axes, layout: _Layout) -> None:
    """Draw the scale bar in its box."""
    x0, y0, x1, _ = layout.bar
    ends = layout.view.metres(np.array([[x0 + 4, y0 + 5], [x1 - 4, y0 + 5]]))
    ax.plot(*ends.T, color=style.INK_SOFT, linewidth=0.9, marker="|", markersize=4, zorder=6)
    at = layout.view.metres(np.array([(x0 + x1) / 2, y0 + 9]))
    look = {"fontsize": style.LEAST_PT, "color": style.INK_SOFT, "ha": "center", "zorder": 6}
    ax.text(*at, f"{_bar_km(layout.view):,} km", **look)


def _draw_inset(ax: Axes, shown: Situation, outlines: gpd.GeoSeries, box: Box) -> None:
    """Draw countries that lie far off in a box on the map, as near as their labels allow."""
    own, (wide, high) = ax.get_position(), size_points(ax)
    (x0, y0), size = box[:2], (box[2] - box[0], box[3] - box[1])
    share = (own.x0 + x0 / wide * own.width, own.y0 + y0 / high * own.height)
    inset = ax.figure.add_axes((*share, size[0] / wide * own.width, size[1] / high * own.height))
    west, south, east, north = outlines.total_bounds
    extent = np.array([east - west, north - south])
    nearest = max(extent / (np.array(size) - 12))
    keys, views = list(outlines.index), []
    for step, side in product(range(0, 10, 2), (0.5, 0.1, 0.9)):
        scale = nearest * 1.1**step
        spare = np.array(size) * scale - extent
        corner = np.array([west, south]) - spare * (side, 0.5)
        views.append(View(*corner, *(corner + np.array(size) * scale), scale))
    best = None
    for view in views:
        tried = _layout(shown, keys, view, size)
        if best is None or tried.rank < best.rank:
            best = tried
        if best.rank <= (0, DEAR):
            break
    for brief in (best.missing, keys):  # names alone, as on the map itself
        for view in (best.view, *views):
            if best.missing:
                best = min(
                    best, _layout(shown, keys, view, size, brief=brief), key=attrgetter("rank")
                )
    _draw(inset, shown, best)


@dataclass(frozen=True)
class _Site:
    """A base on the map: where it is, where its sign stands, and how it is drawn; points."""

    key: str
    home: tuple[float, float]
    at: tuple[float, float]
    number: int
    confirmed: bool
    approximate: bool
    in_use: bool
    root: str = "france"

    @property
    def radius(self) -> float:
        """Half the size of its sign."""
        return style.NUMBER_PT / 2 + 0.5 if self.number else style.BASE_PT / 2 + 0.6

    @property
    def sign(self) -> Line2D:
        """Return its sign, without a place."""
        if self.root == "russia":
            return style.russian_sign("deployed", confirmed=self.confirmed, size=style.BASE_PT)
        if self.number:
            return style.number_sign(approximate=self.approximate)
        if not self.in_use:
            return style.lapsed_sign()
        return style.base_sign(confirmed=self.confirmed, approximate=self.approximate)

    def draw(self, ax: Axes, view: View) -> None:
        """Draw its sign, its number, and a line to where it is if it stands elsewhere."""
        xy = view.metres(np.array(self.at))
        if np.hypot(self.at[0] - self.home[0], self.at[1] - self.home[1]) > 2:
            ends = view.metres(np.array([self.home, self.at]))
            ax.plot(*ends.T, color=style.BASE_COLOUR, linewidth=0.5, zorder=5.5)
        sign = self.sign
        sign.set_data([xy[0]], [xy[1]])
        sign.set_zorder(6)
        ax.add_line(sign)
        if self.number:
            look = {"fontsize": style.LEAST_PT, "fontweight": "bold", "color": style.BASE_COLOUR}
            look |= {"ha": "center", "va": "center_baseline", "zorder": 6.5}
            ax.text(*view.metres(np.array(self.at)), str(self.number), **look)


def _as_sites(rows: pd.DataFrame, view: View, root: str = "france") -> list[_Site]:
    """Return bases as signs in points of a view, those handed over first, in their order."""
    points = view.points(shapely.get_coordinates(places_frame(rows).geometry.to_numpy()))
    sites = [
        _Site(
            f"{root} {row.Index}", tuple(xy), tuple(xy), row.number if root == "france" else 0,
            row.confirmed, row.approximate, row.in_use, root,
        )
        for row, xy in zip(rows.itertuples(), points, strict=True)
    ]  # fmt: skip
    return sorted(sites, key=lambda site: (site.number == 0, site.number, site.key))


def _apart(sites: Sequence[_Site], rounds: int = 60) -> list[_Site]:
    """Return sites moved apart, each a little, until no sign covers another."""
    if not sites:
        return []
    at = np.array([site.at for site in sites])
    # Two at one point need a direction: the later one goes up and to the right.
    at = at + np.arange(len(sites))[:, None] * np.array([0.01, 0.013])
    radius = np.array([site.radius for site in sites])
    for _ in range(rounds):
        step = at[:, None] - at[None]
        away = np.hypot(step[..., 0], step[..., 1])
        lack = np.clip(radius[:, None] + radius[None] + 0.6 - away, 0, None)
        np.fill_diagonal(lack, 0)
        if not lack.any():
            break
        push = step / np.maximum(away, 0.01)[..., None] * lack[..., None] / 2
        at = at + push.sum(axis=1)
    return [replace(site, at=tuple(xy)) for site, xy in zip(sites, at, strict=True)]


def _around(site: _Site) -> tuple[float, float, float, float]:
    """Return the box of a sign, points."""
    (x, y), r = site.at, site.radius
    return x - r, y - r, x + r, y + r


def _bar_km(view: View) -> int:
    """Return the length of the scale bar: round, and at most a seventh of the map's width."""
    most = (view.east - view.west) / 7000
    return max((km for km in _BARS_KM if km <= most), default=_BARS_KM[0])


def _fill(row: pd.Series, themes: Sequence[str]) -> str:
    """Return the fill of a country: its French state, or that of land where nothing is known."""
    if not row["covered"]:
        return style.LAND_COLOUR
    if "french_posture" not in themes:
        return style.FRENCH_COLOURS["none_recorded"]
    state = row["french_posture"]
    pale = not row["french_posture_confirmed"] and state in style.UNCONFIRMED_COLOURS
    return (style.UNCONFIRMED_COLOURS if pale else style.FRENCH_COLOURS)[state]


def russian_sign_of(row: pd.Series) -> Line2D | None:
    """Return the sign of a country's Russian engagement, None where none is drawn.

    Parameters
    ----------
    row : pandas.Series
        One row of `situation.country_rows`. A contact that is not confirmed is not drawn.
    """
    level, confirmed = row["russian_engagement"], row["russian_engagement_confirmed"]
    if level == "none_recorded" or (level == "contact" and not confirmed):
        return None
    return style.russian_sign(level, confirmed=confirmed)


def _label_forms(row: pd.Series, kind: str) -> list[Block]:
    """Return the label of a country, wide and narrow: its name, then newest counts or dates."""
    themes = vocabulary.EXHIBITS.get(kind, vocabulary.EXHIBITS["combined"])
    signed = "russian_engagement" in themes and russian_sign_of(row) is not None
    if row["covered"]:
        words = {"french_posture": row["french_words"], "russian_engagement": row["russian_words"]}
        lines = {theme: _bound(words[theme]) for theme in themes if words[theme]}
    else:
        lines = {"": vocabulary.NOT_COVERED_LABEL}
    # The sign stands before the Russian line or, where there is none, before the name.
    before_name = "sign" if signed and "russian_engagement" not in lines else ""
    name = row["name_en"]
    broken = name.rsplit(" ", 1) if len(name) > _LONG_NAME else [name]
    forms = []
    for width, parts in ((200, [name]), (62, [name]), (62, broken), (44, broken)):
        rows = [
            Row(part, bold=True, symbol="" if n else before_name) for n, part in enumerate(parts)
        ]
        for theme, line in lines.items():
            sign = "sign" if theme == "russian_engagement" else ""
            for number, part in enumerate(wrapped(line, width, style.TEXT_PT)):
                rows.append(Row(part, symbol="" if number else sign))
        if rows not in forms:
            forms.append(rows)
    return [Block(tuple(rows), style.TEXT_PT) for rows in forms]


def _name_forms(name: str) -> list[Block]:
    """Return the plain name of a country as a label, in one line and in two."""
    broken = name.rsplit(" ", 1)
    forms = [tuple(Row(part, bold=True) for part in parts) for parts in ([name], broken)]
    return [Block(rows, style.LEAST_PT) for rows in forms]


def _bound(line: str) -> str:
    """Return a line whose month and whose count are not broken over two lines."""
    return re.sub(r"(?<=\(\w{3}) (?=\d{4}\))|(?<=about|least|.most|since) (?=\d)", "\u00a0", line)


def _ground(places: Iterable[Place], view: View) -> shapely.Geometry:
    """Return the ground under the lines of labels, metres: borders leave it free."""
    boxes = []
    for spot in places:
        for row, (x, y) in zip(spot.block.rows, row_starts(spot), strict=True):
            size, wide = spot.block.size, row_width(row, spot.block.size)
            boxes.append((x - 1.2, y - 0.23 * size, x + wide + 1.2, y + 0.93 * size))
    corners = view.metres(np.reshape(boxes, (-1, 2))).reshape(-1, 4)
    return shapely.union_all(shapely.box(*corners.T))


def _draw_land(ax: Axes, land: np.ndarray, cleared: shapely.Geometry) -> None:
    """Draw the countries around: one quiet fill, thin borders."""
    whole = _outline_path(shapely.union_all(land, grid_size=1))
    ax.add_artist(PathPatch(whole, facecolor=style.LAND_COLOUR, edgecolor="none", zorder=1))
    border = shapely.union_all(shapely.boundary(land)).difference(cleared)
    _stroke(ax, border, style.LAND_EDGE_COLOUR, style.LAND_EDGE_PT, zorder=2)


def _outline_path(shape: shapely.Geometry) -> Path:
    """Return polygons or lines as one matplotlib path; holes stay holes."""
    parts = shapely.get_parts(shapely.orient_polygons(shape))
    polygons = parts[shapely.get_type_id(parts) == 3]
    lines = parts[shapely.get_type_id(parts) == 1]
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygons)]
    runs = [(xy, True) for xy in rings] + [(shapely.get_coordinates(line), False) for line in lines]
    if not runs:
        return Path(np.empty((0, 2)))
    codes = []
    for xy, closed in runs:
        code = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
        code[0] = Path.MOVETO
        if closed:
            code[-1] = Path.CLOSEPOLY
        codes.append(code)
    return Path(np.concatenate([xy for xy, _ in runs]), np.concatenate(codes))


def _stroke(
    ax: Axes, lines: shapely.Geometry, colour: str, width: float, **options: object
) -> None:
    """Draw lines as one path."""
    if lines.is_empty:
        return
    merged = shapely.line_merge(lines)
    pen = {"facecolor": "none", "edgecolor": colour, "linewidth": width, "capstyle": "butt"}
    ax.add_artist(PathPatch(_outline_path(merged), joinstyle="round", **pen, **options))


def _write(ax: Axes, spot: Place, view: View, sign: Line2D | None, **look: object) -> None:
    """Write the lines of a label, draw the sign before its name and its leader line."""
    size = spot.block.size
    for row, (x, y) in zip(spot.block.rows, row_starts(spot), strict=True):
        if row.symbol:
            at = view.metres(np.array([x + 0.26 * size, y + 0.32 * size]))
            sign.set_data([at[0]], [at[1]])
            sign.set_zorder(8)
            ax.add_line(sign)
            x += symbol_room(size)
        weight = "bold" if row.bold else "normal"
        ax.text(
            *view.metres(np.array([x, y])), row.text, size=size, weight=weight, zorder=8, **look
        )
    if spot.leader is not None:
        ends = view.metres(np.array(spot.leader))
        ax.plot(*ends.T, color=style.INK, linewidth=0.5, zorder=7, solid_capstyle="butt")


_SHOWS = {
    "combined": "Area and triangles: French forces. Squares: Russian engagement.",
    "french": "Area and triangles: French forces.",
    "russian": "Squares: Russian engagement, the larger the more.",
    "bases": "French bases, and Russian sites where they are known.",
}


def subtitle_of(shown: Situation) -> str:
    """Return what a map shows, with its day and evidence."""
    phrase = vocabulary.EVIDENCE[shown.record.evidence].phrase
    return f"{_SHOWS[shown.kind]} {day_in_words(shown.record.as_of)}, {phrase}."


def _frame_of(shown: Situation, *, narrow: bool = False) -> Frame:
    """Return the words and the key around a map; a narrow one lists what its labels leave out."""
    bases_alone = shown.kind == "bases"
    title = finding(shown.rows, shown.record.tables, shown.themes)
    if bases_alone and (shown.sites["number"] > 0).sum() > 1:
        title = bases_finding(shown.sites, shown.rows, shown.record.tables)
    lists = []
    left = shown.sites[shown.sites["number"] > 0].sort_values("number")
    if bases_alone and narrow:
        for heading, rows in (
            ("French bases", shown.sites),
            ("Russian sites", shown.russian_sites),
        ):
            told = [_site_words(row, shown.record) for _, row in _rooted(rows, heading).iterrows()]
            lists += [(heading, told)] if told else []
    elif len(left) and "french_posture" in shown.themes and not bases_alone:
        entries = [handover(site) for site in left.itertuples()]
        lists.append(("The order in which France left its bases", entries))
    notes = [
        "A town stands for the bases in it."
        if bases_alone
        else "Counts: the newest on or before the day, at most two years old."
    ]
    if shown.since:
        notes.append(f"Thick outline: moved since {day_in_words(shown.since)}.")
    if shown.off_map:
        notes.append(f"Off the map: {', '.join(shown.off_map)}.")
    return Frame(title, subtitle_of(shown), _keys(shown), lists, " ".join([*notes, BOUNDARIES]))


def _keys(shown: Situation) -> list[Key]:
    """Return the key: only what is drawn."""
    rows, sites = shown.rows, shown.sites
    covered = rows[rows["covered"]]
    keys = []
    edge = {"edgecolor": style.EDGE_COLOUR, "linewidth": style.EDGE_PT}
    if "french_posture" in shown.themes:
        states = vocabulary.FRENCH_STATES
        sure = covered["french_posture_confirmed"]
        handles = []
        for state in [*list(states)[1:], "none_recorded"]:
            those = covered["french_posture"] == state
            if those.any():
                fill = style.FRENCH_COLOURS[state]
                handles.append(Patch(facecolor=fill, label=states[state].word, **edge))
        pale = covered["french_posture"].isin(style.UNCONFIRMED_COLOURS) & ~sure
        for state in covered["french_posture"][pale].unique():
            label = f"{states[state].word}?"
            handles.append(Patch(facecolor=style.UNCONFIRMED_COLOURS[state], label=label, **edge))
        keys.append(Key("French forces", handles, -(-len(handles) // 2)))
        handles = []
        used, left = sites[sites["in_use"]], sites[sites["number"] > 0]
        for confirmed, label in ((True, "in use"), (False, "unconfirmed")):
            if (used["confirmed"] == confirmed).any():
                handles.append(_labelled(style.base_sign(confirmed=confirmed), label))
        if len(left):
            handles.append(_labelled(style.number_sign(), "handed over, in order"))
        drawn = pd.concat([used, left])
        if drawn["approximate"].any():
            handles.append(_labelled(style.base_sign(approximate=True), "place approximate"))
        if shown.kind == "bases" and (~sites["in_use"] & (sites["number"] == 0)).any():
            handles.append(_labelled(style.lapsed_sign(), "no day of return on record"))
        if handles:
            keys.append(Key("French bases", handles, -(-len(handles) // 2)))
    if shown.kind == "bases":
        used = shown.russian_sites[shown.russian_sites["in_use"]]
        handles = [
            _labelled(style.russian_sign("deployed", confirmed=sure, size=style.BASE_PT), label)
            for sure, label in ((True, "personnel seen"), (False, "unconfirmed"))
            if (used["confirmed"] == sure).any()
        ]
        keys += [Key("Russia", handles)] if handles else []
    elif "russian_engagement" in shown.themes:
        handles = []
        # By `loc`, and typed: a list of no booleans would otherwise choose no columns.
        seen_ = np.array([russian_sign_of(row) is not None for _, row in covered.iterrows()], bool)
        signs = covered.loc[seen_]
        for level in reversed(style.RUSSIAN_SIZES):
            if (signs["russian_engagement"] == level).any():
                handles.append(_labelled(style.russian_sign(level), _RUSSIAN_KEY[level]))
        if (~signs["russian_engagement_confirmed"]).any():
            half = style.russian_sign("deployed", confirmed=False)
            handles.append(_labelled(half, "half: unconfirmed"))
        if handles:
            keys.append(Key("Russia", handles, -(-len(handles) // 2)))
    return keys


_RUSSIAN_KEY = {
    "deployed": "personnel",
    "assistance": "arms, training",
    "agreement": "agreement",
    "contact": "visits, talks",
}


def _labelled(sign: Line2D, label: str) -> Line2D:
    """Return a sign with the label that it has in the key."""
    sign.set_label(label)
    return sign
