"""Actors: families of them, and whose an event is."""

from __future__ import annotations

import pandas as pd

from ..tables.vocabulary import EVENT_TYPES, ROOTS

FRANCE, RUSSIA = ROOTS


def family(actors: pd.DataFrame, root: str) -> frozenset[str]:
    """Return the ids of an actor and of all that descend from it.

    Parameters
    ----------
    actors : pandas.DataFrame
        The actors table.
    root : str
        Key of the ancestor.
    """
    members = {root}
    while True:
        children = set(actors.index[actors["parent_id"].isin(members)])
        if children <= members:
            return frozenset(members)
        members |= children


def concerning(events: pd.DataFrame, actors: pd.DataFrame, root: str) -> pd.DataFrame:
    """Return the events that are a matter of an actor or of one that descends from it.

    Parameters
    ----------
    events, actors : pandas.DataFrame
        Rows of those tables.
    root : str
        Key of an actor, e.g. ``"france"``.

    Notes
    -----
    Whether those acted upon count beside those who act depends on the type of the event:
    ``concerns`` in `sahel_analysis.tables.vocabulary.EventType`.
    """
    members = family(actors, root)
    kept = [any(not members.isdisjoint(side) for side in sides) for sides in _sides(events)]
    return events[pd.Series(kept, index=events.index, dtype="bool")]


def whose(events: pd.DataFrame, actors: pd.DataFrame) -> pd.Series:
    """Return for each event whether it is a French, a Russian or another matter.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, indexed by ``event_id``.
    actors : pandas.DataFrame
        The actors table; what a child does counts as done by its parent.

    Returns
    -------
    pandas.Series of str
        ``france``, ``russia`` or ``other``. Of an event that concerns both, who acts decides
        before who is acted upon, and France before Russia.
    """
    families = {root: family(actors, root) for root in ROOTS}
    owners = [
        next(
            (root for side in sides for root in ROOTS if not families[root].isdisjoint(side)),
            "other",
        )
        for sides in _sides(events)
    ]
    return pd.Series(owners, index=events.index, dtype="object")


def _sides(events: pd.DataFrame) -> list[tuple[tuple[str, ...], ...]]:
    """Return for each event the actors that decide whose it is, those who act first."""
    columns = ("event_type", "actor_ids", "counterpart_ids")
    return [
        {"all": (acting, others), "actors": (acting,), "nobody": ()}[EVENT_TYPES[kind].concerns]
        for kind, acting, others in zip(*(events[column] for column in columns), strict=True)
    ]
