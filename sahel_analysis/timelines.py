"""Timelines: events by country, missions from launch to end, agreements signed and denounced.

Every chart has three companions computed from the same plan: its height, its alternative text and
its table. Rows given are rows drawn plus rows named in the table as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from . import style
from .dates import MONTHS, day_in_words, in_words
from .lanes import Mark, Sheet, draw_lanes, ideal_height_mm, say_empty, sheet, span
from .markdown import escape
from .posture import family
from .symbols import OTHER_FACE, SHORT, SYMBOLS, Symbol, whose

PARTNERS = {
    "russia": "Russia",
    "france": "France",
    "european_union": "European Union",
    "united_states": "United States",
    "other": "others",
}
_SIGNED, _DENOUNCED = ("signed", "o", "full"), ("denounced", "X", "hollow")
_MISSION_TYPES = {
    "mission_launched", "deployment", "agreement_denounced", "withdrawal_announced",
    "withdrawal_ordered", "withdrawal_completed", "mission_ended",
}  # fmt: skip
_BAR_PT, _BAR_ROOM_PT = 4.0, 9.0
_OPEN_BARS = "An open bar covers all days that an imprecise date may mean; its symbol stands at the last."
_ADJECTIVES = {"france": "French ", "russia": "Russian ", "other": ""}


@dataclass(frozen=True)
class _Plan:
    """What a chart draws and says: lanes by key, marks, and one row of `rows` for each event."""

    lanes: dict[str, str]
    marks: list[Mark]
    rows: pd.DataFrame
    days: tuple[date, date]
    symbols: list[Symbol]
    as_of: date
    head: float = 0.0

    @property
    def extra(self) -> list[str]:
        """Sentences under the legend."""
        return [_OPEN_BARS] if any(mark.earliest != mark.latest for mark in self.marks) else []

    @property
    def empty(self) -> str:
        """What a chart without marks says."""
        return f"No such event by {day_in_words(self.as_of)} in this evidence."

    def height_mm(self, width_mm: float) -> float:
        """Return the height that gives the marks room; see `ideal_height_mm`."""
        if not self.marks:
            return 40.0
        return ideal_height_mm(
            self.lanes, self.marks, self.days, width_mm=width_mm,
            symbols=self.symbols, extra=self.extra, head=self.head,
        )  # fmt: skip

    def draw(self, ax: Axes) -> tuple[Sheet, dict[str, float], list[tuple[Mark, float]]]:
        """Draw lanes and marks."""
        names = list(self.lanes.values())
        paper = sheet(ax, names, self.days, self.as_of, self.symbols, self.extra)
        return paper, *draw_lanes(paper, self.lanes, self.marks, head=self.head)

    def alt(self, kind: str) -> str:
        """Return the alternative text: what, how many, and the count of each sign in each lane."""
        out = int((self.rows["number"] == 0).sum())
        left = f" {out} {'row is' if out == 1 else 'rows are'} left out; the table names them." if out else ""
        if not self.marks:
            return f"{kind}. {self.empty}{left}"
        drawn = len({mark.key for mark in self.marks})
        texts = [f"{kind} with {drawn} event{'s' if drawn > 1 else ''} up to {day_in_words(self.as_of)}."]
        for lane, name in self.lanes.items():
            counts: dict[str, int] = {}
            for mark in self.marks:
                if mark.lane == lane:
                    counts[mark.symbol.label] = counts.get(mark.symbol.label, 0) + 1
            told = ", ".join(f"{label} {count}" for label, count in counts.items())
            texts.append(f"{name}: {told or 'none'}.")
        bars = len({mark.key for mark in self.marks if mark.earliest != mark.latest})
        if bars:
            texts.append(f"{bars} with an imprecise date.")
        return " ".join(texts) + left + " The table lists every event."

    def table(self) -> pd.DataFrame:
        """Return one row per event, drawn or left out, in the order of the numbers."""
        rows = self.rows
        return pd.DataFrame(
            {
                "Sign": [str(n) if n else "–" for n in rows["number"]],
                "Date": [_capital(in_words(text)) for text in rows["date_edtf"]],
                "Where": rows["where"],
                "What": [escape(text) for text in rows["summary_en"]],
                "On the chart": rows["note"],
            },
            index=rows.index,
        )


def _plan(
    events: pd.DataFrame,
    lanes: dict[str, str],
    choose: Callable[[object], tuple[Sequence[str], Sequence[Symbol], str]],
    as_of: date,
    since: date | None = None,
    **options: object,
) -> _Plan:
    """Return the plan of a chart; `choose` gives lanes and symbols of a row, or why it has none."""
    as_of = pd.Timestamp(as_of).date()
    since = pd.Timestamp(since).date() if since is not None else None
    events = events.sort_values("latest", kind="stable", na_position="last")
    notes, numbers, places, marks = [], [], [], []
    for row in events.itertuples():
        keys, symbols, reason = choose(row)
        if pd.isna(row.latest):
            reason = "left out: no latest day"
        elif row.latest.date() > as_of:
            reason = f"left out: after {day_in_words(as_of)}"
        elif since and row.latest.date() < since:
            reason = f"left out: before {day_in_words(since)}"
        number = 0 if reason else max(numbers, default=0) + 1
        numbers.append(number)
        notes.append(reason or symbols[0].label)
        places.append("; ".join(lanes[key] for key in keys) if keys else "–")
        if number:
            earliest = None if pd.isna(row.earliest) else row.earliest.date()
            for key, symbol in zip(keys, symbols, strict=True):
                labels = _labels(number, symbol, row)
                marks.append(Mark(row.Index, key, symbol, earliest, row.latest.date(), labels))
    rows = events[["date_edtf", "summary_en"]].assign(number=numbers, note=notes, where=places)
    order = rows["number"].where(rows["number"] > 0, len(rows) + 1).sort_values(kind="stable").index
    days = span((mark.earliest or mark.latest for mark in marks), as_of, since)
    listed = {mark.symbol for mark in marks}
    ranks = list(SYMBOLS.values())
    symbols = sorted(listed, key=lambda s: (ranks.index(s) if s in ranks else 0, s.label))
    options = {"symbols": symbols} | options
    return _Plan(lanes, marks, rows.loc[order], days, as_of=as_of, **options)


def _labels(number: int, symbol: Symbol, row: object) -> tuple[str, ...]:
    """Return the labels of a mark, fullest first; the number alone comes last."""
    short = SHORT[row.event_type]
    when = in_words(row.date_edtf)
    for month in MONTHS:
        when = when.replace(month, month[:3])
    return (
        f"{number} {_ADJECTIVES[symbol.whose]}{short}, {when}",
        f"{number} {short}",
        f"{number}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _timeline(
    events: pd.DataFrame,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None,
) -> _Plan:
    lanes = dict(countries["name_en"])
    owners = whose(events, actors)

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [iso3 for iso3 in lanes if iso3 in row.iso3]
        if row.event_type == "force_level":
            return keys, (), "left out: a count of forces, not an event in time"
        if not keys:
            return (), (), "left out: names none of these countries"
        return keys, [SYMBOLS[owners[row.Index], row.event_type]] * len(keys), ""

    return _plan(events, lanes, choose, as_of, since)


@style.figure_style()
def plot_timeline(
    events: pd.DataFrame,
    *,
    ax: Axes,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> Axes:
    """Draw events in one lane per country, one symbol per kind of event.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``World.events``.
    ax : matplotlib.axes.Axes
        Axes in their final place; names, ticks and legend stay within it.
    actors : pandas.DataFrame
        The actors table; families of actors decide what is French and what Russian.
    countries : pandas.DataFrame
        Countries that get a lane, in this order: rows of the countries table.
    as_of : datetime.date
        Right end of the axis.
    since : datetime.date, optional
        Left end; earlier events are named as left out. Without it: the first event.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.

    Notes
    -----
    Hollow: announced or ordered. Filled: done. Crossed: ended. An event that names three
    countries stands in three lanes under one number, which the table takes up.
    """
    plan = _timeline(events, actors, countries, as_of, since)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    plan.draw(ax)
    return ax


@style.figure_style()
def timeline_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_timeline` has room for most labels."""
    return _timeline(events, actors, countries, as_of, since).height_mm(width_mm)


def timeline_alt(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> str:
    """Return the alternative text of `plot_timeline`: each lane with the count of each sign."""
    return _timeline(events, actors, countries, as_of, since).alt("Timeline")


def timeline_table(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> pd.DataFrame:
    """Return the rows of `plot_timeline`, drawn and left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``event_id``, one row per event; columns ``Sign`` (number on the chart),
        ``Date``, ``Where``, ``What`` (Markdown) and ``On the chart`` (kind of sign, or why the
        row is left out).
    """
    return _timeline(events, actors, countries, as_of, since).table()


def _missions(
    events: pd.DataFrame, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> _Plan:
    # The acronym by which a mission is known is shorter than its name.
    lanes = {m: (actors.at[m, "aliases"] or (actors.at[m, "name_en"],))[0] for m in missions}

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [m for m in lanes if m in row.actor_ids or m in row.counterpart_ids]
        if not keys:
            return (), (), "left out: names none of these missions"
        if row.event_type not in _MISSION_TYPES:
            return keys, (), "left out: neither launch, denunciation nor end"
        return keys, [_MISSION_SYMBOLS[row.event_type]] * len(keys), ""

    return _plan(events, lanes, choose, as_of, head=_BAR_ROOM_PT)


_MISSION_SYMBOLS = {
    "mission_launched": Symbol("launched", ">", "full", "other"),
    "deployment": Symbol("launched", ">", "full", "other"),
    "agreement_denounced": Symbol("agreement denounced by the host", "X", "hollow", "other"),
    "withdrawal_announced": Symbol("exit announced or ordered", "v", "hollow", "other"),
    "withdrawal_ordered": Symbol("exit announced or ordered", "v", "hollow", "other"),
    "withdrawal_completed": Symbol("staff left", "v", "full", "other"),
    "mission_ended": Symbol("ended", "s", "full", "other"),
}


@style.figure_style()
def plot_missions(
    events: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> Axes:
    """Draw missions as bars from launch to end, with what happened to them below.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``World.events``.
    ax : matplotlib.axes.Axes
        Axes in their final place.
    actors : pandas.DataFrame
        The actors table; names the missions.
    as_of : datetime.date
        Right end of the axis.
    missions : sequence of str
        Keys of the missions, in the order of their lanes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.

    Raises
    ------
    KeyError
        If a mission is not among the actors.

    Notes
    -----
    A bar fades in from the left where no launch is recorded, fades where a date is imprecise,
    and ends in an arrow where the mission is still open on the day of the cut-off.
    """
    plan = _missions(events, actors, as_of, missions)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    paper, heads, placed = plan.draw(ax)
    for lane, y in heads.items():
        marks = [mark for mark in plan.marks if mark.lane == lane]
        if marks:
            _draw_mission(paper, y, marks, plan.as_of)
    for mark, y in placed:
        x, top = paper.x(mark.latest), heads[mark.lane] + _BAR_PT / 2
        ax.plot([x, x], [top, y], color=style.INK_SOFT, linewidth=style.LEADER_PT, zorder=2)
    return ax


def _draw_mission(paper: Sheet, y: float, marks: Sequence[Mark], as_of: date) -> None:
    """Draw the bar of one mission at height y."""
    launches = [mark for mark in marks if mark.symbol.label == "launched"]
    ends = [mark for mark in marks if mark.symbol.label == "ended"]
    if launches:
        start = paper.x(launches[0].latest)
        _fade(paper, y, paper.x(launches[0].earliest), start)
    else:
        start = paper.x(ends[0].earliest if ends else as_of) * 0.4
        _fade(paper, y, 0.0, start)
    if ends:
        stop = paper.x(ends[-1].earliest or launches[0].latest if launches else ends[-1].latest)
        _fade(paper, y, paper.x(ends[-1].latest), stop)
    else:
        stop = paper.x(as_of)
        paper.ax.plot(
            [stop], [y], marker=9, markersize=6, color=style.INK_SOFT, clip_on=False, zorder=3,
            linestyle="none", markeredgewidth=0,
        )  # fmt: skip
    _bar(paper, y, start, stop, OTHER_FACE)


def _fade(paper: Sheet, y: float, pale: float, dark: float) -> None:
    """Draw a bar that fades in from paper at one end to grey at the other."""
    steps = 8
    for step in range(steps):
        grey = 255 - round((255 - int(OTHER_FACE[1:3], 16)) * (step + 0.5) / steps)
        x = pale + (dark - pale) * step / steps
        _bar(paper, y, x, pale + (dark - pale) * (step + 1) / steps, f"#{grey:02X}{grey:02X}{grey:02X}")


def _bar(paper: Sheet, y: float, start: float, stop: float, colour: str) -> None:
    low, high = min(start, stop), max(start, stop)
    if high > low:
        patch = Rectangle((low, y - _BAR_PT / 2), high - low, _BAR_PT, facecolor=colour, linewidth=0, zorder=2)
        paper.ax.add_patch(patch)


@style.figure_style()
def missions_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    as_of: date,
    missions: Sequence[str],
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_missions` has room for most labels."""
    return _missions(events, actors, as_of, missions).height_mm(width_mm)


def missions_alt(
    events: pd.DataFrame, *, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> str:
    """Return the alternative text of `plot_missions`: each mission, what happened, if still open."""
    plan = _missions(events, actors, as_of, missions)
    told = {mark.lane for mark in plan.marks}
    ended = {mark.lane for mark in plan.marks if mark.symbol.label == "ended"}
    still = [name for lane, name in plan.lanes.items() if lane in told - ended]
    tail = f" No end recorded by {day_in_words(plan.as_of)}: {', '.join(still)}." if still else ""
    return plan.alt("Bars of missions") + tail


def missions_table(
    events: pd.DataFrame, *, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of `plot_missions`, drawn and left out; columns as in `timeline_table`."""
    return _missions(events, actors, as_of, missions).table()


def _agreements(
    events: pd.DataFrame, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> _Plan:
    families = {root: family(actors, root) for root in PARTNERS if root != "other"}
    kinds = {"agreement_signed": _SIGNED, "agreement_denounced": _DENOUNCED}
    names = dict(countries["name_en"])
    lanes = {f"{i}|{p}": f"{names[i]}, {PARTNERS[p]}" for i in names for p in PARTNERS}

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        sides = {*row.actor_ids, *row.counterpart_ids}
        partners = [r for r, members in families.items() if not members.isdisjoint(sides)] or ["other"]
        pairs = [(i, p) for i in names if i in row.iso3 for p in partners]
        keys = [f"{iso3}|{partner}" for iso3, partner in pairs]
        if row.event_type not in kinds:
            return keys, (), "left out: neither signed nor denounced"
        if not keys:
            return (), (), "left out: names none of these countries"
        return keys, [Symbol(*kinds[row.event_type], _owner(p)) for _, p in pairs], ""

    plan = _plan(events, lanes, choose, as_of)
    used = {mark.lane for mark in plan.marks}
    legend = [Symbol(*look, "other") for look in (_SIGNED, _DENOUNCED)
              if any(mark.symbol.label == look[0] for mark in plan.marks)]  # fmt: skip
    kept = {lane: name for lane, name in lanes.items() if lane in used}
    return _Plan(kept, plan.marks, plan.rows, plan.days, legend, plan.as_of)


def _owner(partner: str) -> str:
    return partner if partner in {"france", "russia"} else "other"


@style.figure_style()
def plot_agreements(
    events: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> Axes:
    """Draw agreements signed and denounced, one lane per country and partner.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``World.events``; other types than the two are named as left out.
    ax : matplotlib.axes.Axes
        Axes in their final place.
    actors : pandas.DataFrame
        The actors table; families of actors decide who the partner is.
    countries : pandas.DataFrame
        Countries shown, in this order. A pair without an event has no lane.
    as_of : datetime.date
        Right end of the axis.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.
    """
    plan = _agreements(events, actors, countries, as_of)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    plan.draw(ax)
    return ax


@style.figure_style()
def agreements_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_agreements` has room for most labels."""
    return _agreements(events, actors, countries, as_of).height_mm(width_mm)


def agreements_alt(
    events: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> str:
    """Return the alternative text of `plot_agreements`: each pair with what was signed and denounced."""
    return _agreements(events, actors, countries, as_of).alt("Agreements by country and partner")


def agreements_table(
    events: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the rows of `plot_agreements`, drawn and left out; columns as in `timeline_table`."""
    return _agreements(events, actors, countries, as_of).table()
