"""What settles a judgement: an event of a named type, side and country within a window."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..tables.loading import Tables
from ..tables.vocabulary import EVENT_TYPES
from .actors import FRANCE, RUSSIA, family


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
        events = tables.events
        events = events[
            (events["event_type"] == self.event_type)
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
