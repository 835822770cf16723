"""What settles a judgement: an event of a named type, side and country within a window.

Each entry of ``settles_if`` is an indicator to watch; the judgements recorded before their window are
the forecasts, and once ten of them are settled they are scored.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..tables.loading import Tables
from ..tables.vocabulary import EVENT_TYPES, LIKELIHOODS
from .actors import FRANCE, RUSSIA, family
from .record import public_from

LEAST_SETTLED = 10  # forecasts; with fewer a score says nothing
STATUSES = ("not seen", "partly", "seen")
# Events that lead to one of another type without being it.
_STEPS = {
    "deployment": {"agreement_signed", "assistance"},
    "withdrawal_completed": {"withdrawal_announced", "withdrawal_ordered", "agreement_denounced",
                             "base_handover", "presence_reduced"},
    "mission_ended": {"withdrawal_announced", "withdrawal_ordered", "agreement_denounced"},
    "agreement_denounced": {"withdrawal_ordered"},
    "withdrawal_ordered": {"agreement_denounced"},
}  # fmt: skip


@dataclass(frozen=True)
class Settling:
    """One entry of the column ``settles_if``, such as ``deployment russia NER 2023-12-05/2024-12-31 true``.

    Attributes
    ----------
    event_type, side, iso3 : str
        Type of the event, key of an actor who takes part (or of one it descends from), country.
    first, last : pandas.Timestamp
        The window; the event's latest possible day lies in it.
    outcome : str
        ``"true"`` or ``"false"``: how the judgement comes out if there is such an event.
    """

    event_type: str
    side: str
    iso3: str
    first: pd.Timestamp
    last: pd.Timestamp
    outcome: str

    @classmethod
    def parse(cls, text: str) -> Settling:
        """Return an entry; its form was held to the schema's pattern when it was read."""
        event_type, side, iso3, window, outcome = text.split()
        first, last = map(pd.Timestamp, window.split("/"))
        return cls(event_type, side, iso3, first, last, outcome)

    @property
    def state(self) -> str:
        """The state of the country that such an event brings about; empty where it moves none."""
        moves = EVENT_TYPES[self.event_type]
        if moves.attests:
            return ""
        return {FRANCE: moves.french, RUSSIA: moves.russian}.get(self.side, "")

    @property
    def column(self) -> str:
        """The column of a posture frame that holds that state."""
        return "french_posture" if self.side == FRANCE else "russian_engagement"

    def events(self, tables: Tables) -> pd.DataFrame:
        """Return the reference events that settle it, in the order of the table.

        Parameters
        ----------
        tables : Tables
            The tables.
        """
        return self._fitting(tables, {self.event_type})

    def _fitting(self, tables: Tables, kinds: set[str]) -> pd.DataFrame:
        """Return the reference events of some types on this side, there, within the window."""
        events = tables.events
        events = events[
            events["event_type"].isin(kinds)
            & (events["basis"] == "reference")
            & events["latest"].between(self.first, self.last)
        ]
        members = family(tables.actors, self.side)
        sides = zip(events["actor_ids"], events["counterpart_ids"], strict=True)
        fits = [
            self.iso3 in named and not members.isdisjoint((*acting, *others))
            for named, (acting, others) in zip(events["iso3"], sides, strict=True)
        ]
        return events[pd.Series(fits, index=events.index, dtype="bool")]

    def status(self, tables: Tables, day: pd.Timestamp) -> tuple[str, str]:
        """Return how far the indicator had been seen by a day, and the event that shows it.

        Parameters
        ----------
        tables : Tables
            The tables.
        day : pandas.Timestamp
            Last day that counts; an event counts once it is public.

        Returns
        -------
        tuple of str
            ``seen`` where such an event is on record; ``partly`` where it is of low confidence, or
            only a step that leads there is on record, such as the order before the exit; else
            ``not seen``. The key of the first such event, empty without one.
        """
        public = public_from(tables, "events")
        for kinds in ({self.event_type}, _STEPS.get(self.event_type, set())):
            events = self._fitting(tables, kinds)
            events = events[public.reindex(events.index) <= day]
            sure = events[events["confidence"] != "low"]
            if len(sure):
                return ("seen" if kinds == {self.event_type} else "partly"), sure.index[0]
            if len(events):
                return "partly", events.index[0]
        return "not seen", ""


def watch_list(tables: Tables, evidence: str, since: object, until: object) -> pd.DataFrame:
    """Return the indicators of the judgements held on a day, with their status then and before.

    Parameters
    ----------
    tables : Tables
        The tables.
    evidence : str
        As in `posture.posture`.
    since, until : datetime.date
        Two days; a judgement is watched from its first day to its horizon.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator of a judgement held on one of the two days or between:
        ``judgement_id``, ``indicator`` (a `Settling`), ``before`` and ``after`` (of `STATUSES`),
        ``event_id`` (the event that shows it on the second day, or empty).
    """
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    table = tables.judgements
    held = table[
        (table["evidence"] == evidence)
        & (table["valid_from"] <= last)
        & ~(table["horizon_end"] < first)
    ]
    rows = []
    for key, entries in held["settles_if"].items():
        for indicator in map(Settling.parse, entries):
            before, _ = indicator.status(tables, first)
            after, event = indicator.status(tables, last)
            rows.append((key, indicator, before, after, event))
    columns = ["judgement_id", "indicator", "before", "after", "event_id"]
    return pd.DataFrame(rows, columns=columns)


def forecasts(tables: Tables) -> pd.DataFrame:
    """Return the judgements that were recorded before their window, with what came of them.

    Parameters
    ----------
    tables : Tables
        The tables.

    Returns
    -------
    pandas.DataFrame
        By key of the judgement: ``likelihood``, ``chance`` (the middle of its band, 0 to 1) and
        ``outcome`` (1 true, 0 false, NaN where open or undecided). One written afterwards is left
        out.
    """
    table = tables.judgements
    table = table[table["likelihood"] != ""]
    opens = [
        min((Settling.parse(entry).first for entry in entries), default=pd.NaT)
        for entries in table["settles_if"]
    ]
    ahead = table[table["recorded_on"] < pd.Series(opens, table.index, dtype="datetime64[ns]")]
    bands = [LIKELIHOODS[word] for word in ahead["likelihood"]]
    return pd.DataFrame(
        {
            "likelihood": ahead["likelihood"],
            "chance": [(band.low + band.high) / 200 for band in bands],
            "outcome": ahead["outcome"].map({"true": 1.0, "false": 0.0}),
        }
    )


def brier(forecasts: pd.DataFrame) -> float | None:
    """Return the Brier score of the settled forecasts: 0 is best, 0.25 a coin, 1 worst.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        What `forecasts` returns.

    Returns
    -------
    float or None
        None while fewer than `LEAST_SETTLED` are settled.
    """
    settled = forecasts.dropna(subset="outcome")
    if len(settled) < LEAST_SETTLED:
        return None
    return float(((settled["chance"] - settled["outcome"]) ** 2).mean())


def calibration(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return how often each word of likelihood came true: ``settled``, ``chance``, ``true``."""
    settled = forecasts.dropna(subset="outcome")
    grouped = settled.groupby("likelihood")
    return pd.DataFrame(
        {
            "settled": grouped.size(),
            "chance": grouped["chance"].mean(),
            "true": grouped["outcome"].mean(),
        }
    )
