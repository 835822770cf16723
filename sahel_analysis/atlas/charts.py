"""Charts of the atlas: the states of every country through time, and counts of forces, in Vega-Lite.

Each chart has parameters that the page sets and nothing that a reader does in it alone: what a
click does, the page decides. The compiled charts run under Vega's expression interpreter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import altair as alt
import pandas as pd

from ..evidence.posture import followed
from ..figures import style
from ..report.parameters import date_range
from ..tables import vocabulary
from ..tables.loading import Tables
from .entries import Entry
from .states import segments

# How much of its band a state fills: height repeats what colour says.
_SHARES = {
    "present": 1.0,
    "leaving": 0.6,
    "reduced": 0.4,
    "withdrawn": 0.25,
    "contact": 0.25,
    "agreement": 0.5,
    "assistance": 0.75,
    "deployed": 1.0,
}
_BANDS = {"french_posture": (0.08, 0.42), "russian_engagement": (0.6, 0.94)}
_EXHIBIT = {"french_posture": "french", "russian_engagement": "russian"}
_LANE_PX = 30
_COUNTS_PX = 190
_DAY_MS = 86_400_000
_SHAPES = {"french": "triangle-up", "russian": "square", "other": "circle"}


def states_chart(states: Mapping[str, dict], events: list[Entry], tables: Tables) -> dict:
    """Return the chart of states: one lane per country, French band above, Russian below.

    Parameters
    ----------
    states : mapping
        What `states.states_by_day` returns.
    events : list of Entry
        Events; each is a small sign between the two bands.
    tables : Tables
        The tables.

    Returns
    -------
    dict
        Vega-Lite specification with the parameters ``day`` (milliseconds), ``evidence``,
        ``exhibit`` (as in `vocabulary.EXHIBITS`), ``chosen`` (ISO 3166-1 alpha-3 or empty), and the
        colours ``ink``, ``rule``, ``tint`` and ``edge``.
    """
    scope = followed(tables)
    last = date_range(tables)[1]
    lanes = alt.InlineData([{"iso3": iso3, "row": row} for row, iso3 in enumerate(scope)])
    chosen = (
        alt.Chart(lanes)
        .mark_rect(fill=alt.expr("tint"))
        .encode(y=_lane("row", scope, tables), y2="below:Q")
        .transform_calculate(below="datum.row + 1")
        .transform_filter("datum.iso3 == chosen")
    )
    frame = pd.concat(
        segments(states[evidence], last).assign(evidence=evidence) for evidence in states
    )
    rows = frame["iso3"].map(scope.index)
    low = [_BANDS[theme][1] for theme in frame["theme"]]
    high = [
        _BANDS[theme][1] - _SHARES[value] * (_BANDS[theme][1] - _BANDS[theme][0])
        for theme, value in zip(frame["theme"], frame["value"], strict=True)
    ]
    spans = pd.DataFrame(
        {
            "exhibit": frame["theme"].map(_EXHIBIT),
            "value": frame["value"],
            "confirmed": frame["confirmed"],
            "evidence": frame["evidence"],
            "start": frame["start"].map(_milliseconds),
            "end": frame["end"].map(_milliseconds),
            "top": (rows + high).round(3),
            "bottom": (rows + low).round(3),
        }
    )
    drawn = {**style.RUSSIAN_TINTS, **style.FRENCH_COLOURS}
    known = {**vocabulary.RUSSIAN_STATES, **vocabulary.FRENCH_STATES}
    palette = {state: colour for state, colour in drawn.items() if state in known}
    bars = (
        alt.Chart(_inline(spans))
        .mark_rect(stroke=alt.expr("edge"), strokeWidth=0.5)
        .encode(
            x=_time("start", tables),
            x2="end:T",
            y="top:Q",
            y2="bottom:Q",
            color=alt.Color("value:N", legend=None, scale=_colours(palette)),
            opacity=alt.condition("datum.confirmed", alt.value(1), alt.value(0.5)),
        )
        .transform_filter("datum.evidence == evidence")
        .transform_filter("exhibit == 'combined' || exhibit == datum.exhibit")
    )
    signs = pd.DataFrame(
        [
            {
                "side": entry.side,
                "evidence": " ".join(span.evidence for span in entry.spans),
                "day": _milliseconds(entry.day),
                "middle": scope.index(iso3) + 0.51,
            }
            for entry in events
            for iso3 in entry.iso3.split()
            if iso3 in scope
        ]
    )
    ticks = (
        alt.Chart(_inline(signs))
        .mark_point(filled=True, size=13, opacity=1, color=alt.expr("ink"))
        .encode(x="day:T", y="middle:Q", shape=_shape())
        .transform_filter("indexof(datum.evidence, evidence) >= 0")
    )
    chart = alt.layer(chosen, bars, ticks, _today(tables)).properties(height=_LANE_PX * len(scope))
    return _finished(chart)


def counts_chart(entries: list[Entry], tables: Tables) -> dict:
    """Return the chart of counts of French and Russian people, as sources gave them.

    Parameters
    ----------
    entries : list of Entry
        Counts, as from `entries.count_entries`; those without a date cannot be drawn.
    tables : Tables
        The tables.

    Returns
    -------
    dict
        Vega-Lite specification with the parameters of `states_chart`. Counts are not joined by lines:
        one may be of a whole force, the next of those at one base.
    """
    figures = tables.figures
    rows = []
    for entry in entries:
        figure = figures.loc[entry.key]
        if pd.isna(figure["latest"]):
            continue
        values = [figure[column] for column in ("low", "best", "high")]
        known = [value for value in values if not pd.isna(value)]
        rows += [  # one for each evidence that shows it; the chart draws those of one
            {
                "iso3": entry.iso3,
                "side": entry.side,
                "evidence": span.evidence,
                "from": _milliseconds(span.start) if span.start else 0,
                "day": _milliseconds(figure["latest"].date().isoformat()),
                "low": known[0],
                "best": known[-1] if pd.isna(figure["best"]) else figure["best"],
                "high": known[-1],
                "soft": vocabulary.QUALIFIERS[figure["qualifier"]].soft,
            }
            for span in entry.spans
        ]
    tall = alt.Y(
        "best:Q",
        title=None,
        scale=alt.Scale(nice=True, zero=True),
        axis=alt.Axis(tickCount=4, format=",d", grid=True, **_extent(tables)),
    )
    base = (
        alt.Chart(_inline(pd.DataFrame(rows)))
        .transform_filter("datum.evidence == evidence && datum.from <= day")
        .transform_filter("chosen == '' || indexof(datum.iso3, chosen) >= 0")
        .transform_filter("exhibit == 'combined' || exhibit == datum.side")
    )
    hue = alt.Color("side:N", legend=None, scale=_sides())
    ranges = base.mark_rule(strokeWidth=3).encode(
        x=_time("day", tables), y=alt.Y("low:Q"), y2="high:Q", color=hue
    )
    points = base.mark_point(size=70, strokeWidth=1.6, opacity=1).encode(
        x="day:T",
        y=tall,
        color=hue,
        shape=_shape(),
        fill=alt.condition("datum.soft", alt.value("transparent"), hue),
    )
    chart = alt.layer(ranges, points, _today(tables)).properties(height=_COUNTS_PX)
    return _finished(chart)


def _finished(chart: alt.LayerChart) -> dict:
    """Return a chart as a specification with its parameters and its look."""
    texts = {"day": 0, "evidence": "", "exhibit": "", "chosen": ""}
    inks = {
        "ink": style.INK,
        "rule": style.INK_SOFT,
        "tint": style.LAND_COLOUR,
        "edge": style.EDGE_COLOUR,
        "blue": style.BASE_COLOUR,
        "purple": style.RUSSIAN_COLOUR,
    }
    params = [alt.param(name=name, value=value) for name, value in {**texts, **inks}.items()]
    ink = alt.expr("ink")
    return (
        chart.add_params(*params)
        .properties(width="container", padding={"left": 0, "right": 12, "top": 6, "bottom": 0})
        .configure(background="transparent", font=style.FONT, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink,
            labelFontSize=13,
            titleColor=ink,
            gridColor=alt.expr("rule"),
            gridOpacity=0.28,
            domain=False,
            tickColor=alt.expr("rule"),
        )
        .to_dict()
    )


def _inline(frame: pd.DataFrame) -> alt.InlineData:
    """Return a frame as rows inside the specification, whatever Altair's settings."""
    return alt.InlineData(frame.to_dict("records"))


def _milliseconds(day: str) -> int:
    """Return a day as milliseconds since 1970, UTC: what a browser counts in."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * _DAY_MS


def _time(field: str, tables: Tables) -> alt.X:
    """Return the axis of time: the whole range, in every state of the page."""
    days = [_milliseconds(day.isoformat()) for day in date_range(tables)]
    # As an expression: Vega-Lite would read the same two numbers in two ways and join both.
    domain = alt.expr(f"[{days[0]}, {days[1]}]")
    axis = alt.Axis(format="%Y", tickCount=alt.expr("width < 480 ? 5 : 14"), labelFlush=False)
    scale = alt.Scale(type="utc", domain=domain, nice=False)
    return alt.X(f"{field}:T", title=None, scale=scale, axis=axis)


def _lane(field: str, scope: list[str], tables: Tables) -> alt.Y:
    """Return the axis of countries: a lane each, named, or by their codes on a narrow page."""
    names = dict(enumerate(tables.countries.loc[scope, "name_en"]))
    codes = dict(enumerate(scope))
    # The interpreter knows arrays; a list of names in the expression itself needs no parameter.
    wide, narrow = (json.dumps(list(texts.values())) for texts in (names, codes))
    place = "[floor(datum.value)]"
    axis = alt.Axis(
        values=[row + 0.5 for row in range(len(scope))],
        tickCount=len(scope),  # Vega drops values beyond the count it would choose
        labelExpr=f"(containerSize()[0] < 560 ? {narrow} : {wide}){place}",
        grid=False,
        ticks=False,
        labelPadding=8,
        labelLimit=200,
        labelOverlap=False,
        **_extent(tables),
    )
    scale = alt.Scale(domain=[0, len(scope)], reverse=True, nice=False, zero=False)
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)


def _extent(tables: Tables) -> dict[str, object]:
    """Return the room for the labels of a vertical axis: the same in both charts."""
    longest = max(len(name) for name in tables.countries.loc[followed(tables), "name_en"])
    room = alt.expr(f"containerSize()[0] < 560 ? 44 : {round(6.6 * min(longest, 30)) + 8}")
    return {"minExtent": room, "maxExtent": room}


def _today(tables: Tables) -> alt.Chart:
    """Return the line at the day shown."""
    return (
        alt.Chart(alt.InlineData([{}]))
        .mark_rule(color=alt.expr("ink"), strokeWidth=2)
        .transform_calculate(today="day")
        .encode(x=_time("today", tables))
    )


def _colours(colours: Mapping[str, str]) -> alt.Scale:
    """Return the scale of states."""
    kept = {value: colour for value, colour in colours.items() if value in _SHARES}
    return alt.Scale(domain=list(kept), range=list(kept.values()))


def _sides() -> alt.Scale:
    """Return the scale of French and Russian, whose colours follow the page."""
    return alt.Scale(domain=["french", "russian"], range=[alt.expr("blue"), alt.expr("purple")])


def _shape() -> alt.Shape:
    """Return the shapes of French, Russian and other rows; they do without colour."""
    scale = alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))
    return alt.Shape("side:N", legend=None, scale=scale)
