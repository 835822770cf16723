"""Plans: what a chart of events draws, says and lists, decided once for all three.

Rows given are rows drawn plus rows that the table names as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from ..prose.markdown import escape
from ..tables.dates import MONTHS, day_in_words, in_words
from .lanes import Mark, draw_lanes, ideal_height_mm
from .sheets import Sheet, sheet, span
from .symbols import SHORT, SYMBOLS, Symbol

OPEN_BARS = (
    "An open bar covers all days that an imprecise date may mean; its symbol stands at the last."
)
LONGEST_ALT = 12  # kinds of sign a lane's sentence names; beyond, the table must do
_ADJECTIVES = {"france": "French ", "russia": "Russian ", "other": ""}


@dataclass(frozen=True)
class Plan:
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
        return [OPEN_BARS] if any(mark.earliest != mark.latest for mark in self.marks) else []

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

    def draw(self, ax: Axes) -> tuple[Sheet, dict[str, float]]:
        """Draw lanes and marks; return the sheet and the free room above each lane's marks."""
        names = list(self.lanes.values())
        paper = sheet(ax, names, self.days, self.as_of, self.symbols, self.extra)
        return paper, draw_lanes(paper, self.lanes, self.marks, head=self.head)

    def alt(self, kind: str) -> str:
        """Return the alternative text: what, how many, and the count of each sign in each lane."""
        out = int((self.rows["number"] == 0).sum())
        left = f" Rows left out and named in the table: {out}." if out else ""
        if not self.marks:
            return f"{kind}. {self.empty}{left}"
        drawn = len({mark.key for mark in self.marks})
        texts = [
            f"{kind} with {drawn} event{'s' if drawn > 1 else ''} up to {day_in_words(self.as_of)}."
        ]
        for lane, name in self.lanes.items():
            counts: dict[str, int] = {}
            for mark in self.marks:
                if mark.lane == lane:
                    counts[mark.symbol.label] = counts.get(mark.symbol.label, 0) + 1
            told = ", ".join(f"{label} {count}" for label, count in counts.items())
            if len(counts) > LONGEST_ALT:
                told = f"{sum(counts.values())} events of {len(counts)} kinds"
            texts.append(f"{name}: {told or 'none'}.")
        bars = len({mark.key for mark in self.marks if mark.earliest != mark.latest})
        if bars:
            texts.append(f"Imprecise dates, drawn as bars: {bars}.")
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


def make_plan(
    events: pd.DataFrame,
    lanes: dict[str, str],
    choose: Callable[[object], tuple[Sequence[str], Sequence[Symbol], str]],
    as_of: date,
    *,
    since: date | None = None,
    named: bool = False,
    head: float = 0.0,
) -> Plan:
    """Return the plan of a chart.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, in any order.
    lanes : dict of str to str
        Names of the lanes by key, in order.
    choose : callable
        Given a row, returns the lanes it stands in, its symbol in each, and why it is left out
        (empty if it is not).
    as_of, since : datetime.date
        Right and left end of the axis; without `since` the first event.
    named : bool
        Whether labels say who is French and who Russian; needless where the lane does.
    head : float
        Room above the marks of each lane, points.

    Returns
    -------
    Plan
        Lanes, marks and rows.
    """
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
                labels = _labels(number, symbol, row, named)
                marks.append(Mark(row.Index, key, symbol, earliest, row.latest.date(), labels))
    rows = events[["date_edtf", "summary_en"]].assign(number=numbers, note=notes, where=places)
    order = rows["number"].where(rows["number"] > 0, len(rows) + 1).sort_values(kind="stable").index
    days = span((mark.earliest or mark.latest for mark in marks), as_of, since)
    ranks = {symbol: rank for rank, symbol in enumerate(dict.fromkeys(SYMBOLS.values()))}
    listed = sorted(
        dict.fromkeys(mark.symbol for mark in marks), key=lambda symbol: ranks.get(symbol, 0)
    )
    return Plan(lanes, marks, rows.loc[order], days, listed, as_of, head)


def _labels(number: int, symbol: Symbol, row: object, named: bool) -> tuple[str, ...]:
    """Return the labels of a mark, fullest first; the number alone comes last."""
    short, full = SHORT[row.event_type]
    adjective = _ADJECTIVES[symbol.whose] if named else ""
    when = in_words(row.date_edtf)
    for month in MONTHS:
        when = when.replace(month, month[:3])
    return (
        f"{number} {adjective}{full if named else short}, {when}",
        f"{number} {short}",
        f"{number}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
