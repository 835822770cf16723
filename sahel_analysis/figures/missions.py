"""Missions: bars from launch to end, with what happened to each mission below its bar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..tables.dates import day_in_words
from . import style
from .lanes import Mark
from .plans import Plan, make_plan
from .sheets import Sheet, say_empty
from .symbols import OTHER_FACE, Symbol

_BAR_PT, _BAR_ROOM_PT = 4.0, 9.0
_SYMBOLS = {
    "mission_launched": Symbol("launched", ">", "full", "other"),
    "deployment": Symbol("launched", ">", "full", "other"),
    "agreement_denounced": Symbol("agreement denounced by the host", "X", "hollow", "other"),
    "withdrawal_announced": Symbol("exit announced or ordered", "v", "hollow", "other"),
    "withdrawal_ordered": Symbol("exit announced or ordered", "v", "hollow", "other"),
    "withdrawal_completed": Symbol("staff left", "v", "full", "other"),
    "mission_ended": Symbol("ended", "s", "full", "other"),
}


def _missions(
    events: pd.DataFrame, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> Plan:
    # The acronym by which a mission is known is shorter than its name.
    lanes = {m: (actors.at[m, "aliases"] or (actors.at[m, "name_en"],))[0] for m in missions}

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [m for m in lanes if m in row.actor_ids or m in row.counterpart_ids]
        if not keys:
            return (), (), "left out: names none of these missions"
        if row.event_type not in _SYMBOLS:
            return keys, (), "left out: neither launch, denunciation nor end"
        return keys, [_SYMBOLS[row.event_type]] * len(keys), ""

    return make_plan(events, lanes, choose, as_of, head=_BAR_ROOM_PT)


@style.figure_style()
def plot_missions(
    events: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> Axes:
    """Draw missions as bars from launch to end, with what happened to them below.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``Record.events``.
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
    paper, heads = plan.draw(ax)
    for lane, y in heads.items():
        marks = [mark for mark in plan.marks if mark.lane == lane]
        if marks:
            _draw_mission(paper, y, marks, plan.as_of)
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
        stop = max(start, paper.x(ends[-1].earliest))
        _fade(paper, y, paper.x(ends[-1].latest), stop)
    else:
        stop = paper.x(as_of)
        paper.ax.plot(
            [stop], [y], marker=9, markersize=6, color=style.INK_SOFT, clip_on=False, zorder=3,
            linestyle="none", markeredgewidth=0,
        )  # fmt: skip
    _bar(paper, y, start, stop, OTHER_FACE)
    for mark in marks:  # a notch shows which point of the bar a symbol below speaks of
        x = paper.x(mark.latest)
        ends = [y - _BAR_PT / 2, y + _BAR_PT / 2]
        paper.ax.plot([x, x], ends, color=style.INK, linewidth=style.EDGE_PT, zorder=3)


def _fade(paper: Sheet, y: float, pale: float, dark: float) -> None:
    """Draw a bar that fades in from paper at one end to grey at the other."""
    steps = 8
    for step in range(steps):
        grey = 255 - round((255 - int(OTHER_FACE[1:3], 16)) * (step + 0.5) / steps)
        x = pale + (dark - pale) * step / steps
        _bar(
            paper,
            y,
            x,
            pale + (dark - pale) * (step + 1) / steps,
            f"#{grey:02X}{grey:02X}{grey:02X}",
        )


def _bar(paper: Sheet, y: float, start: float, stop: float, colour: str) -> None:
    low, high = min(start, stop), max(start, stop)
    if high > low:
        patch = Rectangle(
            (low, y - _BAR_PT / 2), high - low, _BAR_PT, facecolor=colour, linewidth=0, zorder=2
        )
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
    """Return the alternative text of `plot_missions`: what happened to each."""
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
