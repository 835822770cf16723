"""Charts through time: what happened in a country, exits from order to last unit, missions, agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..errors import require_one_of
from ..evidence.actors import whose
from ..evidence.posture import states_of
from ..evidence.record import Record, record
from ..prose.bottom_line import weight
from ..prose.words import in_letters, listed, value_in_words
from ..tables import vocabulary
from ..tables.dates import MONTHS, bounds, day_in_words
from ..tables.loading import Tables
from . import style
from .frame import Frame, Key, new_axes
from .geography import size_points
from .labels import text_width, wrapped
from .situation import followed_among, newest_counts, short_date

SIDES = ("", "france", "russia", "others")
_EVENTS, _EVENTS_OF_ONE = 9, 5  # at most so many are told
_ENOUGH = 6  # a window is long enough once it holds so many that moved something
_WINDOWS_DAYS = (183, 365, 730, 1461, 2922)
_NEWS_DAYS, _OTHERS_LESS, _SMALL = 7, 3, 3
_PAST_SHARE = 0.2  # of the width, for all that lies before the window
_LINE_PT = style.LEAST_PT * 1.24
_BAR_PT, _ROW_GAP_PT, _TICKS_PT = 9.0, 3.0, 13.0
_COLOURS = {"france": style.BASE_COLOUR, "russia": style.RUSSIAN_COLOUR, "other": style.INK}
_SHAPES = {"france": "^", "russia": "s", "other": "o"}


def told_events(record_: Record, countries: Sequence[str], side: str = "") -> pd.DataFrame:
    """Return the events that a timeline tells: those that moved most in the latest window.

    Parameters
    ----------
    record_ : Record
        Events that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes; an event that names none of them is not told. Of one country
        fewer are told, beside the bars of its states.
    side : {"", "france", "russia", "others"}, optional
        Of whose events alone.

    Returns
    -------
    pandas.DataFrame
        Rows of ``record_.events`` in order, with ``owner`` (``france``, ``russia``, ``other``) and
        ``weight``.
    """
    events = record_.events
    named = events["iso3"].map(lambda iso3s: not set(countries).isdisjoint(iso3s))
    drawn = events["event_type"].map(lambda kind: vocabulary.EVENT_TYPES[kind].is_drawn)
    events = events[named.astype(bool) & drawn.astype(bool)]
    events = events.assign(owner=whose(events, record_.tables.actors))
    if side:
        events = events[events["owner"] == side.removesuffix("s")]
    day = pd.Timestamp(record_.as_of)
    moved = pd.Series([_moved(row, record_) for row in events.itertuples()], events.index, "int")
    for days in _WINDOWS_DAYS:
        recent = events["latest"] >= day - pd.Timedelta(days=days)
        if (moved[recent] > _SMALL).sum() >= _ENOUGH:
            events = events[recent]
            break
    order = pd.DataFrame({"weight": moved, "latest": events["latest"]}).dropna()
    order = order.sort_values(["weight", "latest"], kind="stable", ascending=False)
    most = _EVENTS_OF_ONE if len(countries) == 1 else _EVENTS
    return events.assign(weight=moved)[events.index.isin(order.index[:most])]


def _moved(event: object, record_: Record) -> int:
    """Return how much an event weighs here: less where it moves neither side, more if it is news."""
    if event.owner == "other" and event.event_type != "coup":
        return weight(event, record_) - _OTHERS_LESS
    day = pd.Timestamp(record_.as_of)
    return weight(event, record_) + (event.latest >= day - pd.Timedelta(days=_NEWS_DAYS))


def state_spans(record_: Record, iso3: str) -> pd.DataFrame:
    """Return the states of one country as spans of time.

    Parameters
    ----------
    record_ : Record
        Events that count; the last spans end on its day.
    iso3 : str
        Country, ISO 3166-1 alpha-3.

    Returns
    -------
    pandas.DataFrame
        Columns ``theme``, ``state``, ``since`` (EDTF), ``start`` and ``end`` (datetime64): from the
        latest possible day on which the state began, however late that became public;
        none_recorded left out.
    """
    events = record_.events
    named = events["iso3"].map(lambda iso3s: iso3 in iso3s).astype(bool)
    day = pd.Timestamp(record_.as_of)
    days = sorted({*events["latest"][named], day})
    states = states_of([iso3], days, record_.evidence, record_.tables, events)
    series = states.xs(iso3, level="iso3")
    spans = []
    for theme in vocabulary.POSTURE_THEMES:
        states = series[theme]
        turned = states[states != states.shift()]
        sinces = series.loc[turned.index, f"{theme}_since"]
        starts = [
            pd.Timestamp(bounds(since)[1]) if since else turn for turn, since in sinces.items()
        ]
        ends = [*starts[1:], day]
        spans += [
            (theme, state, since, start, end)
            for state, since, start, end in zip(turned, sinces, starts, ends, strict=True)
            if state != "none_recorded"
        ]
    return pd.DataFrame(spans, columns=["theme", "state", "since", "start", "end"])


@style.figure_style()
def plot_timeline(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    side: str = "",
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw what happened up to a day: the latest events in words, the years before compressed.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    countries : str or sequence of str, optional
        ISO 3166-1 alpha-3 codes, or ``"all"`` for all that reports follow. Of one country the
        chart shows the states as bars too.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    ax : matplotlib.axes.Axes, optional
        Axes in whose place the chart, its title and its note are drawn.
    side : {"", "france", "russia", "others"}, optional
        Of whose events alone.
    width_mm : float, optional
        Width of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the chart.

    Raises
    ------
    ParameterError
        If `as_of` is no day, a country is not followed, or `evidence` or `side` is not one of
        those named.

    Examples
    --------
    >>> ax = plot_timeline("2022-09-01", countries="MLI")
    >>> ax.figure.texts[0].get_text()
    'Mali: from French agreement denounced to French exit completed in 105 days'
    """
    style.require_canvas(ax, width_mm)
    require_one_of("side", side, SIDES)
    record_ = record(as_of, evidence, tables=tables)
    wanted = followed_among(record_.tables, countries)
    events = told_events(record_, wanted, side=side)
    spans = state_spans(record_, wanted[0]) if len(wanted) == 1 else pd.DataFrame()
    frame = _timeline_frame(record_, wanted, events)
    width = width_mm * 72 / 25.4 - 2 if ax is None else size_points(ax)[0]
    left = _NAME_PT if len(spans) else 4.0
    scale = _Time(width - left - 6, events, spans, pd.Timestamp(record_.as_of))
    named = len(wanted) > 1
    words = [
        _beside(scale, row, _told(row, record_.tables, named, record_.as_of.year))
        for row in events.itertuples()
    ]
    bars = 2 * (_BAR_PT + _ROW_GAP_PT) + 14 if len(spans) else 4.0
    body = bars + sum(len(lines) * _LINE_PT + _ROW_GAP_PT for _, lines in words) + _TICKS_PT
    if ax is None:
        ax = new_axes(frame, width_mm, max(body, 40))
    frame.draw(ax)
    if events.empty:
        return say(ax, "No such event on record.")
    own, (wide, high) = ax.get_position(), ax.figure.get_size_inches() * 72
    ticks = _TICKS_PT / high
    ax.set_position((own.x0 + left / wide, own.y0 + ticks, scale.width / wide, own.height - ticks))
    scale.draw(ax)
    if len(spans):
        _draw_states(ax, scale, spans, record_, wanted[0])
    y = bars
    for row, (side, lines) in zip(events.itertuples(), words, strict=True):
        _draw_event(ax, scale, row, side, lines, y, bars - 2 if len(spans) else None)
        y += len(lines) * _LINE_PT + _ROW_GAP_PT
    return ax


def _beside(scale: _Time, row: object, text: str) -> tuple[str, list[str]]:
    """Return on which side of its sign an event is told, and its lines: where it needs fewest."""
    x = scale.x(row.latest)
    rooms = {"left": scale.width - x - 5, "right": x - 5}  # of text aligned to that side
    forms = {
        side: wrapped(text, min(room, 0.72 * scale.width), style.LEAST_PT)
        for side, room in rooms.items()
        if room > 60
    }
    side = min(forms, key=lambda side: (len(forms[side]), -rooms[side]))
    return side, forms[side]


_NAME_PT = 52.0  # room for the names of the bars


class _Time:
    """An axis of time: linear in a window at the right, compressed before it; points."""

    def __init__(
        self, width: float, events: pd.DataFrame, spans: pd.DataFrame, end: pd.Timestamp
    ) -> None:
        self.width = width
        first = events["latest"].min() if len(events) else end - pd.Timedelta(days=365)
        start = min([first, *spans["start"]]) if len(spans) else first
        self.window = max((end - first).days, 30)
        near = first - pd.Timedelta(days=round(self.window * 0.06) + 1)
        self.has_past = (near - start).days > self.window * 0.25
        share = _PAST_SHARE * width if self.has_past else 0.0
        self._days = [mdates.date2num(day) for day in (start if self.has_past else near, near, end)]
        self._x = [0.0, share, width]

    def x(self, day: pd.Timestamp | float) -> float:
        """Return points from the left edge of a day or of its number in matplotlib."""
        number = day if isinstance(day, float) else mdates.date2num(day)
        return float(np.interp(number, self._days, self._x))

    def draw(self, ax: Axes) -> None:
        """Draw ticks, a grey ground under what is compressed, and set y to points, downwards."""
        first, middle, last = self._days
        start, near, end = (mdates.num2date(day) for day in self._days)
        ax.set(xlim=(0, self.width), ylim=(size_points(ax)[1], 0), yticks=[])
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        days = mdates.AutoDateLocator(minticks=4, maxticks=9).tick_values(near, end)
        ticks = [
            (day, _tick(mdates.num2date(day), self.window)) for day in days if middle < day <= last
        ]
        if self.has_past:
            share = self._x[1]
            ax.axvspan(0, share, color=style.LAND_COLOUR, zorder=0)
            dots = {"linewidth": 0.6, "linestyle": (0, (2, 2)), "zorder": 0}
            ax.axvline(share, color=style.INK_SOFT, **dots)
            days = mdates.AutoDateLocator(minticks=2, maxticks=5).tick_values(start, near)
            ticks = [(d, f"{mdates.num2date(d):%Y}") for d in days if first <= d < middle] + ticks
        free, kept = -np.inf, []
        for day, words in ticks:  # a tick that has no room for its words is left out
            x, half = self.x(day), text_width(words, style.LEAST_PT) / 2 + 3
            if x - half > free and x + half < self.width + 6:
                kept.append((x, words))
                free = x + half
                ax.axvline(x, color=style.RULE_COLOUR, linewidth=0.5, zorder=0)
        ax.set_xticks([x for x, _ in kept], [w for _, w in kept], fontsize=style.LEAST_PT)


def _tick(day: date, window: int) -> str:
    """Return the words of a tick: a month, or a year where the window is long."""
    if window > 1500:
        return str(day.year)
    if window < 75:
        return f"{day.day} {MONTHS[day.month - 1][:3]}"
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def _draw_states(ax: Axes, scale: _Time, spans: pd.DataFrame, record_: Record, iso3: str) -> None:
    """Draw one bar of French and one of Russian states, with counts above them."""
    y = 12.0
    counts = newest_counts(record_, iso3)
    taken = -np.inf
    for figure in counts.itertuples():
        x, text = scale.x(figure.latest), value_in_words(figure).split(" (")[0]
        half = text_width(text, style.LEAST_PT, True) / 2
        x = min(max(x, half), scale.width - half)
        if x - half > taken + 4:
            look = {"fontsize": style.LEAST_PT, "fontweight": "bold", "color": style.BASE_COLOUR}
            ax.text(x, y - 3, text, ha="center", **look)
            taken = x + half
    for theme, name, colours in (
        ("french_posture", "French forces", style.FRENCH_COLOURS),
        ("russian_engagement", "Russia", style.RUSSIAN_TINTS),
    ):
        rows = spans[spans["theme"] == theme]
        look = {"fontsize": style.LEAST_PT, "fontweight": "bold", "ha": "right", "clip_on": False}
        ax.text(-4, y + _BAR_PT / 2, name, va="center_baseline", **look)
        for span in rows.itertuples():
            left, right = scale.x(span.start), scale.x(span.end)
            edge = {"edgecolor": style.EDGE_COLOUR, "linewidth": 0.4}
            ax.broken_barh(
                [(left, right - left)], (y, _BAR_PT), facecolor=colours[span.state], **edge
            )
            word = vocabulary.POSTURE_THEMES[theme].states[span.state].word
            if text_width(word, style.LEAST_PT) + 4 < right - left:
                ink = style.PAPER if span.state == "deployed" else style.INK
                ax.text(left + 3, y + _BAR_PT / 2, word, va="center_baseline", color=ink,
                        fontsize=style.LEAST_PT)  # fmt: skip
        y += _BAR_PT + _ROW_GAP_PT


def _draw_event(
    ax: Axes,
    scale: _Time,
    row: object,
    side: str,
    lines: Sequence[str],
    y: float,
    top: float | None,
) -> None:
    """Draw the sign of one event with its words beside it, and a line up to the bars."""
    x, middle = scale.x(row.latest), y + _LINE_PT / 2
    colour = _COLOURS[row.owner]
    if top is not None:
        ax.plot([x, x], [top, middle], color=colour, linewidth=0.4, alpha=0.5, zorder=1)
    if not pd.isna(row.earliest) and row.earliest < row.latest:
        ax.plot([scale.x(row.earliest), x], [middle] * 2, color=colour, linewidth=1.6, zorder=2)
    sign = {"marker": _SHAPES[row.owner], "markersize": 4.6, "color": colour, "linestyle": "none"}
    ax.plot([x], [middle], clip_on=False, zorder=4, **sign)
    at = x + 5 if side == "left" else x - 5
    for number, line in enumerate(lines):
        look = {"ha": side, "va": "center_baseline", "fontsize": style.LEAST_PT, "zorder": 3}
        ax.text(at, middle + number * _LINE_PT, line, **look)


def _told(row: object, tables: Tables, named: bool, year: int) -> str:
    """Return the words of one event: its day, the countries if several are shown, what happened.

    The year is left out where it is `year`.
    """
    when = short_date(row.date_edtf, day=True).removesuffix(f" {year}")
    where = ""
    if named:
        names = tables.countries["name_en"].reindex(list(row.iso3)).dropna()
        said = any(name in row.summary_en for name in names)
        where = "" if said or names.empty else f"{listed(names.to_list())}: "
    return f"{when}  {where}{row.summary_en.rstrip('.')}"


def _timeline_frame(record_: Record, countries: Sequence[str], events: pd.DataFrame) -> Frame:
    """Return the words around a timeline."""
    tables = record_.tables
    where = tables.countries.at[countries[0], "name_en"] if len(countries) == 1 else "The region"
    title = f"{where} up to {day_in_words(record_.as_of)}"
    if len(events) > 1:
        newest = events[events["latest"] == events["latest"].max()]
        first, last = events.iloc[0], newest.loc[newest["weight"].idxmax()]
        days = (last["latest"] - first["latest"]).days
        title = f"{where}: from {_called(first)} to {_called(last)} in {days:,} days"
    phrase = vocabulary.EVIDENCE[record_.evidence].phrase
    subtitle = (
        f"The {in_letters(len(events))} events that moved most of late; what lies before is "
        f"compressed, on grey. {day_in_words(record_.as_of)}, {phrase}."
    )
    handles = [
        Line2D([], [], marker=_SHAPES[owner], color=_COLOURS[owner], linestyle="none", markersize=4.6,
               label=label)
        for owner, label in (("france", "French"), ("russia", "Russian"), ("other", "other"))
        if (events["owner"] == owner).any()
    ]  # fmt: skip
    keys = [Key("", handles, len(handles))] if handles else []
    note = f"Events {', '.join(events.index)}." if len(events) else ""
    return Frame(title, subtitle, keys, note=note)


def _called(event: pd.Series) -> str:
    """Return what kind of event it is: ``French exit announced``."""
    adjective = {"france": "French ", "russia": "Russian ", "other": ""}[event["owner"]]
    return f"{adjective}{vocabulary.EVENT_TYPES[event['event_type']].full}"


def timeline_alt(record_: Record, countries: Sequence[str], side: str = "") -> str:
    """Return the alternative text of `plot_timeline`: every event that it tells, in order.

    Parameters
    ----------
    record_ : Record
        Events that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.
    """
    events = told_events(record_, countries, side=side)
    frame = _timeline_frame(record_, countries, events)
    told = "; ".join(
        _told(row, record_.tables, len(countries) > 1, 0) for row in events.itertuples()
    )
    return f"Timeline. {frame.title}. {told or 'No such event on record'}."


def say(ax: Axes, sentence: str) -> Axes:
    """Write a sentence where there is nothing to draw."""
    ax.set_axis_off()
    look = {"ha": "center", "va": "center", "fontsize": style.TEXT_PT, "color": style.INK_SOFT}
    ax.text(0.5, 0.5, sentence, transform=ax.transAxes, **look)
    return ax


def exits(record_: Record, countries: Sequence[str]) -> pd.DataFrame:
    """Return the exits of French forces: from order to last unit, and when Russians came.

    Parameters
    ----------
    record_ : Record
        Events that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``iso3``, in order of the exits; columns ``name_en``, ``ordered``, ``out`` and
        ``russians`` (datetime64, ``NaT`` where there is none), ``state`` (``leaving``, ``reduced``
        or ``withdrawn``) and ``words``. Countries without an exit are left out.
    """
    rows = []
    for iso3 in countries:
        spans = state_spans(record_, iso3)
        french = spans[spans["theme"] == "french_posture"]
        last = french.iloc[-1] if len(french) else None
        if last is None or last["state"] == "present":
            continue
        stayed = french["end"][french["state"] == "present"].max()
        leaving = french["start"][(french["state"] == "leaving") & ~(french["start"] < stayed)]
        ordered = leaving.min()  # the first order since they were last there for good
        out = pd.NaT if last["state"] == "leaving" else last["start"]
        deployed = spans[(spans["theme"] == "russian_engagement") & (spans["state"] == "deployed")]
        russians = deployed["start"].iloc[0] if len(deployed) else pd.NaT
        name = record_.tables.countries.at[iso3, "name_en"]
        first, latest = bounds(last["since"])
        words = _exit_words(ordered, out, russians, last["state"], is_exact=first == latest)
        rows.append((iso3, name, ordered, out, russians, last["state"], words))
    columns = ["iso3", "name_en", "ordered", "out", "russians", "state", "words"]
    frame = pd.DataFrame(rows, columns=columns).set_index("iso3")
    for column in ("ordered", "out", "russians"):
        frame[column] = pd.to_datetime(frame[column])
    order = frame["out"].sort_values(kind="stable", na_position="last").index
    return frame.loc[order]


def _exit_words(
    ordered: pd.Timestamp,
    out: pd.Timestamp,
    russians: pd.Timestamp,
    state: str,
    *,
    is_exact: bool,
) -> str:
    """Return what a row of the ladder says: how long it took, and when Russians came."""
    parts = []
    if pd.isna(out):
        parts.append("not out yet")
    elif pd.isna(ordered):
        parts.append("no order on record")
    else:
        most = "" if is_exact else "at most "
        stay = ", some stay" if state == "reduced" else ""
        parts.append(f"{most}{(out - ordered).days} days{stay}")
    reference = out if not pd.isna(out) else ordered
    if not pd.isna(russians) and not pd.isna(reference):
        days = (russians - reference).days
        long = f"{abs(days)} days" if abs(days) < 60 else f"{round(abs(days) / 30.44)} months"
        if abs(days) > 730:
            long = f"{round(abs(days) / 365.25)} years"
        parts.append(f"Russians {long} {'after' if days > 0 else 'before'}")
    return "; ".join(parts)


@style.figure_style()
def plot_exits(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw the exits of French forces, country by country, from the order to the last unit.

    Parameters, result and errors are those of `plot_timeline`.
    """
    record_ = record(as_of, evidence, tables=tables)
    rows = exits(record_, followed_among(record_.tables, countries))
    frame = _exits_frame(record_, rows)
    if ax is None:
        ax = new_axes(frame, width_mm, max(len(rows), 2) * 16.0 + _TICKS_PT + 4)
    frame.draw(ax)
    if rows.empty:
        return say(ax, "No French exit on record.")
    left = max(text_width(name, style.TEXT_PT, True) for name in rows["name_en"]) + 8
    scale, high = bar_axes(
        ax, left, rows[["ordered", "out", "russians"]], pd.Timestamp(record_.as_of)
    )
    step = high / len(rows)
    for number, row in enumerate(rows.itertuples()):
        y = (number + 0.5) * step
        _name_row(ax, y, row.name_en, scale)
        end = row.out if not pd.isna(row.out) else pd.Timestamp(record_.as_of)
        if not pd.isna(row.ordered):
            colour = style.FRENCH_COLOURS["leaving"]
            ax.barh(y, scale(end) - scale(row.ordered), 6, left=scale(row.ordered), color=colour)
        days = {"russians": row.russians, "ordered": row.ordered, row.state: row.out}
        xs = []
        for kind, day in days.items():
            if not pd.isna(day):
                xs.append(scale(day))
                sign = _exit_sign(kind)
                sign.set_data([xs[-1]], [y])
                ax.add_line(sign)
        wide = text_width(row.words, style.LEAST_PT)
        before, after = min([*xs, scale(end)]), max([*xs, scale(end)])
        fits = before - 7 - wide > 2
        at, align = (before - 7, "right") if fits else (after + 7, "left")
        if not fits and after + 7 + wide > scale.width:  # between the signs, on paper
            at, align = (before + after) / 2, "center"
        paper = {"boxstyle": "square,pad=0.1", "facecolor": style.PAPER, "linewidth": 0}
        look = {"va": "center_baseline", "fontsize": style.LEAST_PT, "bbox": paper, "zorder": 3}
        ax.text(at, y, row.words, ha=align, **look)
    return ax


_EXIT_SIGNS = {
    "ordered": ("v", style.BASE_COLOUR, "none", "order, denunciation or announcement"),
    "withdrawn": ("v", style.BASE_COLOUR, "full", "last unit gone"),
    "reduced": ("v", style.BASE_COLOUR, "left", "some stay by agreement"),
    "russians": ("s", style.RUSSIAN_COLOUR, "full", "first Russian personnel"),
}


def _exit_sign(kind: str) -> Line2D:
    """Return a sign of the ladder with its label, without its place."""
    marker, colour, fill, label = _EXIT_SIGNS[kind]
    sign = Line2D([], [], marker=marker, markersize=6, linestyle="none", color=colour, label=label)
    sign.set(fillstyle="full" if fill == "none" else fill, markerfacecoloralt=style.PAPER)
    sign.set(markerfacecolor=style.PAPER if fill == "none" else colour, clip_on=False, zorder=4)
    return sign


class _Linear:
    """Turns days into points of an axis."""

    def __init__(self, start: pd.Timestamp, end: pd.Timestamp, width: float) -> None:
        self.start, self.end, self.width = start, end, width

    def __call__(self, day: pd.Timestamp) -> float:
        """Return points from the left edge."""
        return (day - self.start) / (self.end - self.start) * self.width


def bar_axes(
    ax: Axes, left: float, days: pd.DataFrame, end: pd.Timestamp, right: float = 6.0
) -> tuple[_Linear, float]:
    """Lay out axes for named rows through time.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes; they are shrunk to leave room for names and ticks, and their units become points.
    left, right : float
        Room beside the rows, points.
    days : pandas.DataFrame
        Days that the axis must hold.
    end : pandas.Timestamp
        Right end of the axis.

    Returns
    -------
    scale, float
        What turns days into points, and the height of the rows in points.
    """
    wide, high = ax.figure.get_size_inches() * 72
    own, ticks = ax.get_position(), _TICKS_PT / high
    inner = (own.x0 + left / wide, own.y0 + ticks, own.width - (left + right) / wide)
    ax.set_position((*inner, own.height - ticks))
    width, height = size_points(ax)
    known = days.stack().dropna() if len(days) else pd.Series([end])
    first = min([*known, end - pd.Timedelta(days=365)])
    pad = (end - first) * 0.03
    scale = _Linear(first - pad, end, width)
    ax.set(xlim=(0, width), ylim=(height, 0), yticks=[])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=10)
    ticks = [
        pd.Timestamp(mdates.num2date(day)).tz_localize(None)
        for day in locator.tick_values(scale.start, end)
    ]
    ticks = [day for day in ticks if scale.start <= day <= end]
    window = (end - scale.start).days
    words = {scale(day): _tick(day, window) for day in ticks}
    edge = width + right  # a tick whose words would run out of the figure is left out
    kept = {
        x: word for x, word in words.items() if x + text_width(word, style.LEAST_PT) / 2 <= edge
    }
    ax.set_xticks(list(kept), list(kept.values()), fontsize=style.LEAST_PT)
    return scale, height


def _name_row(ax: Axes, y: float, name: str, scale: _Linear) -> None:
    """Write the name of a row and draw its line."""
    look = {"fontsize": style.TEXT_PT, "fontweight": "bold", "ha": "right", "clip_on": False}
    ax.text(-6, y, name, va="center_baseline", **look)
    ax.plot([0, scale.width], [y, y], color=style.RULE_COLOUR, linewidth=0.6, zorder=0)


def _exits_frame(record_: Record, rows: pd.DataFrame) -> Frame:
    """Return the words around the ladder of exits."""
    took = (rows["out"] - rows["ordered"]).dropna().dt.days
    title = "No French exit from order to last unit on record"
    if len(took):
        many = "country" if len(took) == 1 else "countries"
        title = (
            f"Once told to go, French forces were out within {took.max()} days, "
            f"in {in_letters(len(took))} {many}"
        )
    phrase = vocabulary.EVIDENCE[record_.evidence].phrase
    subtitle = f"From the order to the last unit. {day_in_words(record_.as_of)}, {phrase}."
    shown = {
        "ordered": rows["ordered"].notna().any(),
        "withdrawn": (rows["state"] == "withdrawn").any(),
        "reduced": (rows["state"] == "reduced").any(),
        "russians": rows["russians"].notna().any(),
    }
    handles = [_exit_sign(kind) for kind, is_shown in shown.items() if is_shown]
    note = "A date that is not known to the day stands at its last possible day."
    return Frame(title, subtitle, [Key("", handles, len(handles))], note=note)


def exits_alt(record_: Record, countries: Sequence[str]) -> str:
    """Return the alternative text of `plot_exits`: every row in words.

    Parameters
    ----------
    record_ : Record
        Events that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.
    """
    rows = exits(record_, countries)
    told = " ".join(f"{row.name_en}: {row.words}." for row in rows.itertuples())
    return f"Bars from order to last unit. {_exits_frame(record_, rows).title}. {told}"


def missions(record_: Record, countries: Sequence[str]) -> pd.DataFrame:
    """Return the international missions in some countries: from launch to end.

    Parameters
    ----------
    record_ : Record
        Events that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``actor_id``; columns ``name_en``, ``start``, ``end`` (datetime64, ``NaT`` where
        there is none) and ``words``: what happened to it, with its day.
    """
    actors, events = record_.tables.actors, record_.events
    named = events["iso3"].map(lambda iso3s: not set(countries).isdisjoint(iso3s)).astype(bool)
    rows = []
    for actor_id in actors.index[actors["kind"] == "mission"]:
        own = events["actor_ids"].map(lambda ids, key=actor_id: key in ids).astype(bool)
        about = events["counterpart_ids"].map(lambda ids, key=actor_id: key in ids).astype(bool)
        told = events[named & (own | about)]
        starts = told[own[told.index] & told["event_type"].isin(["mission_launched", "deployment"])]
        ends = told[
            own[told.index] & told["event_type"].isin(["mission_ended", "withdrawal_completed"])
        ]
        broken = told[told["event_type"].isin(["agreement_denounced", "withdrawal_ordered"])]
        if starts.empty and ends.empty and broken.empty:
            continue
        words = [
            f"{label} {short_date(edtf.iloc[0])}"
            for label, edtf in (
                ("consent withdrawn", broken["date_edtf"]),
                ("ended", ends["date_edtf"][-1:]),  # of a mandate and a departure the departure
            )
            if len(edtf)
        ]
        aliases = actors.at[actor_id, "aliases"]
        name = aliases[0] if aliases else actors.at[actor_id, "name_en"]
        start = starts["latest"].iloc[0] if len(starts) else pd.NaT
        end = ends["latest"].iloc[-1] if len(ends) else pd.NaT
        rows.append((actor_id, name, start, end, "; ".join(words)))
    return _bar_rows(rows, "actor_id")


def agreements(record_: Record, countries: Sequence[str]) -> pd.DataFrame:
    """Return the agreements of some countries with France and Russia: signed and denounced.

    Parameters, and the columns of the result, are those of `missions`; one row is one country with
    one partner, indexed by both.
    """
    tables, events = record_.tables, record_.events
    kinds = events[events["event_type"].isin(["agreement_signed", "agreement_denounced"])]
    owner = whose(kinds, tables.actors)
    rows = []
    for iso3 in countries:
        named = kinds["iso3"].map(lambda iso3s, key=iso3: key in iso3s).astype(bool)
        for root, partner in (("france", "France"), ("russia", "Russia")):
            told = kinds[named & (owner == root)]
            if told.empty:
                continue
            signed = told[told["event_type"] == "agreement_signed"]
            broken = told[told["event_type"] == "agreement_denounced"]
            last = told.iloc[-1]["event_type"] == "agreement_denounced"
            words = [
                f"{label} {', '.join(short_date(edtf) for edtf in rows_['date_edtf'])}"
                for label, rows_ in (("signed", signed), ("denounced", broken))
                if len(rows_)
            ]
            name = f"{tables.countries.at[iso3, 'name_en']}, {partner}"
            start = signed["latest"].iloc[0] if len(signed) else pd.NaT
            end = broken["latest"].iloc[-1] if last else pd.NaT
            rows.append((f"{iso3} {root}", name, start, end, "; ".join(words)))
    return _bar_rows(rows, "agreement")


def _bar_rows(rows: list[tuple], index: str) -> pd.DataFrame:
    """Return rows of bars in the order of their starts."""
    frame = pd.DataFrame(rows, columns=[index, "name_en", "start", "end", "words"])
    frame[["start", "end"]] = frame[["start", "end"]].apply(pd.to_datetime)
    return frame.set_index(index).sort_values("start", kind="stable", na_position="first")


@style.figure_style()
def plot_missions(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw international missions as bars from launch to end.

    Parameters, result and errors are those of `plot_timeline`.
    """
    record_ = record(as_of, evidence, tables=tables)
    rows = missions(record_, followed_among(record_.tables, countries))
    ended = int(rows["end"].notna().sum())
    title = f"{ended} of {len(rows)} international missions ended by {day_in_words(record_.as_of)}"
    subtitle = "From launch to end; no sign at the left: no launch on record."
    return _plot_bars(ax, record_, rows, title, subtitle, "#8C8C8C", width_mm)


@style.figure_style()
def plot_agreements(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw agreements with France and Russia as bars from signature to denunciation.

    Parameters, result and errors are those of `plot_timeline`.
    """
    record_ = record(as_of, evidence, tables=tables)
    rows = agreements(record_, followed_among(record_.tables, countries))
    gone = rows[rows["end"].notna()].index.str.endswith("france").sum()
    with_russia = rows[rows["end"].isna()].index.str.endswith("russia").sum()
    title = (
        f"Agreements with France denounced in {in_letters(int(gone))} countries, "
        f"with Russia on record in {in_letters(int(with_russia))}"
    )
    subtitle = "From the first signature to the last denunciation, as far as they are on record."
    return _plot_bars(ax, record_, rows, title, subtitle, None, width_mm)


def _plot_bars(
    ax: Axes | None,
    record_: Record,
    rows: pd.DataFrame,
    title: str,
    subtitle: str,
    colour: str | None,
    width_mm: float,
) -> Axes:
    """Draw one bar per row, open at the right while it lasts, with its words beside it."""
    phrase = vocabulary.EVIDENCE[record_.evidence].phrase
    subtitle = f"{subtitle} {day_in_words(record_.as_of)}, {phrase}."
    frame = Frame(title, subtitle, note="An arrow: no end on record.")
    if ax is None:
        ax = new_axes(frame, width_mm, max(len(rows), 2) * 13.0 + _TICKS_PT + 4)
    frame.draw(ax)
    if rows.empty:
        return say(ax, "Nothing of the kind on record.")
    end = pd.Timestamp(record_.as_of)
    left = max(text_width(name, style.TEXT_PT, True) for name in rows["name_en"]) + 8
    scale, high = bar_axes(ax, left, rows[["start", "end"]], end)
    step = high / len(rows)
    for number, row in enumerate(rows.itertuples()):
        y = (number + 0.5) * step
        _name_row(ax, y, row.name_en, scale)
        start = 0.0 if pd.isna(row.start) else scale(row.start)
        stop = scale.width if pd.isna(row.end) else scale(row.end)
        fill = colour or _COLOURS["russia" if str(row.Index).endswith("russia") else "france"]
        ax.barh(y, stop - start, 8, left=start, color=fill, alpha=0.5, linewidth=0)
        if not pd.isna(row.start):
            ax.plot([start], [y], marker="|", markersize=7, color=fill, clip_on=False)
        ends = {"marker": ">"} if pd.isna(row.end) else {"marker": "X"}
        ax.plot([stop], [y], markersize=5, color=fill, clip_on=False, linestyle="none", **ends)
        wide = text_width(row.words, style.LEAST_PT)
        at, align = (stop + 7, "left") if stop + 7 + wide < scale.width else (start - 6, "right")
        if align == "right" and at - wide < 0:
            at, align = stop - 8, "right"
        look = {"va": "center_baseline", "fontsize": style.LEAST_PT, "zorder": 3}
        ax.text(at, y, row.words, ha=align, **look)
    return ax


def bars_alt(rows: pd.DataFrame, what: str) -> str:
    """Return the alternative text of `plot_missions` and `plot_agreements`: every bar in words.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `missions` or `agreements` returns.
    what : str
        What the bars stand for.
    """
    told = []
    for row in rows.itertuples():
        start = "start not on record" if pd.isna(row.start) else f"from {row.start.year}"
        end = "no end on record" if pd.isna(row.end) else f"to {row.end.year}"
        told.append(f"{row.name_en}: {start} {end}" + (f" ({row.words})" if row.words else ""))
    return f"Bars of {what}. {'; '.join(told) or 'None on record'}."
