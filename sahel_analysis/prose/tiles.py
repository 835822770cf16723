"""Four tiles: how France, Russia, foreign missions and governments stand, in a word and a number."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..evidence.actors import FRANCE, RUSSIA
from ..evidence.posture import posture_of
from ..evidence.record import Record
from ..tables.dates import in_words, since_in_words
from ..tables.vocabulary import NONE_RECORDED_LABEL, POSTURE_THEMES
from .bottom_line import coups, gone_of, missions, names_or_number, newest
from .listings import doubt
from .narrative import REGION
from .words import in_letters, on_words, plain_names, value_in_words

_HEADS = ("French forces", "Russia", "EU and UN missions", "Government")
_RUSSIAN = {"deployed": "personnel there", "contact": "visits"}
_DORMANT = "dormant agreement"


@dataclass(frozen=True)
class Tile:
    """A head, a state in a word or two, one or two short facts, and the rows behind them."""

    head: str
    state: str
    facts: str
    rows: tuple[str, ...]


def tiles(record: Record, scope: str) -> list[Tile]:
    """Return four tiles for a country or the region: French forces, Russia, missions, government.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scope : str
        ``"region"`` or a country, ISO 3166-1 alpha-3.
    """
    posture = posture_of(record)
    if scope == REGION:
        return [
            _hosts(record, posture),
            _russian_hosts(record, posture),
            _missions(record, posture, scope),
            _governments(record, posture),
        ]
    row = posture.loc[scope]
    return [
        _french(record, scope, row),
        _russian(record, scope, row),
        _missions(record, posture.loc[[scope]], scope),
        _government(record, scope),
    ]


def _tile(place: int, state: str, facts: list[str], rows: tuple[str, ...] = ()) -> Tile:
    """Return the tile in a place."""
    return Tile(_HEADS[place], state, "; ".join(filter(None, facts)), tuple(dict.fromkeys(rows)))


def _french(record: Record, iso3: str, row: pd.Series) -> Tile:
    """Return the tile of the French forces in a country."""
    state, ids = row["french_posture"], row["french_posture_event_ids"]
    if state == "none_recorded":
        return _tile(0, NONE_RECORDED_LABEL, [])
    word = POSTURE_THEMES["french_posture"].states[state].word
    facts, rows = [_since(row["french_posture_since"])], list(ids)
    gone = gone_of(record, iso3) if state == "leaving" else None
    count = newest(record, FRANCE, iso3) if state != "withdrawn" else None
    if gone is not None:
        number, when = gone.text.split("|")
        facts.append(f"{number} gone {when}")
        rows += gone.rows
    elif count is not None:
        facts.append(f"{value_in_words(count)} {on_words(count.date_edtf)}")
        rows.append(count.Index)
    if not row["french_posture_confirmed"]:
        facts.append(doubt(record, row, "french_posture"))
    return _tile(0, "gone" if state == "withdrawn" else word, facts, tuple(rows))


def _since(edtf: str) -> str:
    """Return since when, short: of a span the day by which it had begun."""
    words = since_in_words(edtf)
    return f"by {words.split(' and ')[-1]}" if " between " in words else words


def _russian(record: Record, iso3: str, row: pd.Series) -> Tile:
    """Return the tile of Russia in a country."""
    state, ids = row["russian_engagement"], row["russian_engagement_event_ids"]
    fresh = row["russian_engagement_confirmed"]
    if state == "none_recorded":
        return _tile(1, NONE_RECORDED_LABEL, [])
    word = _RUSSIAN.get(state, POSTURE_THEMES["russian_engagement"].states[state].word)
    attested = in_words(row["russian_engagement_attested"])
    facts, rows = [_since(row["russian_engagement_since"])], list(ids)
    if state == "deployed":
        count = newest(record, RUSSIA, iso3)
        if count is not None:
            facts.append(f"{value_in_words(count)} {on_words(count.date_edtf)}")
            rows.append(count.Index)
        word = word if fresh else "unconfirmed"
    elif state == "agreement":
        word = word if fresh else _DORMANT
        facts = [f"newest: {attested}", "no personnel on record"]
    else:
        word = word if fresh else "none of late"
        facts = [f"newest: {attested}"]
    if not fresh and state != "contact":
        facts.append(doubt(record, row, "russian_engagement"))
    return _tile(1, word, facts, tuple(rows))


def _missions(record: Record, posture: pd.DataFrame, scope: str) -> Tile:
    """Return the tile of the missions of the European Union and the United Nations."""
    known = missions(record, posture.index)
    if known.empty:
        return _tile(2, NONE_RECORDED_LABEL, [])
    groups = [known[known["state"] == state] for state in ("running", "denounced", "ended")]
    running, denounced, ended = groups
    actors = record.tables.actors
    if scope == REGION:
        state = f"{in_letters(len(running))} running" if len(running) else "none running"
        facts = [
            f"{in_letters(len(group))} {verb} in "
            f"{names_or_number(list(dict.fromkeys(group['iso3'])), record)}"
            for group, verb in ((denounced, "told to go"), (ended, "ended"))
            if len(group)
        ]
        return _tile(2, state, facts, tuple(known["event_id"]))
    state = next(
        word
        for group, word in zip(groups, ("there", "told to go", "ended"), strict=True)
        if len(group)
    )
    newest_ = known[::-1][:2]
    facts = [
        f"{short_name(actors.loc[key])}: {_MISSION_VERBS[row.state]} {in_words(row.date_edtf)}"
        for key, row in newest_.iterrows()
    ]
    return _tile(2, state, facts, tuple(newest_["event_id"]))


_MISSION_VERBS = {"running": "since", "denounced": "ground ended", "ended": "ended"}


def short_name(mission: pd.Series) -> str:
    """Return a mission by its acronym, or by its name without its country."""
    acronyms = [name for name in mission["aliases"] if name.isupper()]
    return acronyms[0] if acronyms else mission["name_en"].split(" in ")[0]


def _government(record: Record, iso3: str) -> Tile:
    """Return the tile of a country's government: its coups of the last years."""
    made = coups(record, [iso3])
    if made.empty:
        return _tile(3, "no coup", ["in the five years before"])
    days = [in_words(day) for day in made["date_edtf"]]
    state = "coup" if len(days) == 1 else f"{in_letters(len(days))} coups"
    return _tile(3, state, [" and ".join(days[-2:])], tuple(made.index))


def _hosts(record: Record, posture: pd.DataFrame) -> Tile:
    """Return the tile of the French forces in the region: in how many countries they stand how."""
    sure = posture[posture["french_posture_confirmed"]]
    by_state = {state: sure[sure["french_posture"] == state] for state in
                ("present", "leaving", "reduced", "withdrawn")}  # fmt: skip
    facts = [
        f"{verb} {names_or_number(list(rows.index), record)}"
        for verb, rows in (
            ("leaving", by_state["leaving"]),
            ("reduced in", by_state["reduced"]),
            ("gone from", by_state["withdrawn"]),
        )
        if len(rows)
    ]
    doubted = posture.index[
        posture["french_posture"].isin(["present", "reduced"])
        & ~posture["french_posture_confirmed"]
    ]
    if len(doubted):
        facts.append(f"unconfirmed in {names_or_number(list(doubted), record)}")
    rows = tuple(ids[-1] for ids in sure["french_posture_event_ids"] if ids)
    number = len(by_state["present"])
    return _tile(0, f"in {_countries(number)}", facts, rows)


def _russian_hosts(record: Record, posture: pd.DataFrame) -> Tile:
    """Return the tile of Russia in the region: in how many countries it has what."""
    theme = "russian_engagement"
    there = posture[posture[theme] == "deployed"]
    sure = there[there[f"{theme}_confirmed"]]
    doubted = there.index.difference(sure.index, sort=False)
    paper = posture[
        posture[theme].isin(["agreement", "assistance"]) & posture[f"{theme}_confirmed"]
    ]
    facts = []
    if len(doubted):
        facts.append(f"unconfirmed in {names_or_number(list(doubted), record)}")
    if len(paper):
        facts.append(f"agreement or aid alone with {names_or_number(list(paper.index), record)}")
    if sure.empty and not facts:
        return _tile(1, NONE_RECORDED_LABEL, [])
    rows = tuple(ids[-1] for ids in (*there[f"{theme}_event_ids"], *paper[f"{theme}_event_ids"]))
    return _tile(1, f"people in {_countries(len(sure))}", facts, rows)


def _governments(record: Record, posture: pd.DataFrame) -> Tile:
    """Return the tile of the region's governments: the coups of the last years."""
    made = coups(record, posture.index)
    if made.empty:
        return _tile(3, "no coup", ["in the five years before"])
    last = made.iloc[-1]
    where = plain_names([last["iso3"]], record.tables)[0]
    number = len(dict.fromkeys(made["iso3"]))
    facts = ["in the five years before", f"newest: {where}, {in_words(last['date_edtf'])}"]
    return _tile(3, f"coups in {_countries(number)}", facts, tuple(made.index))


def _countries(number: int) -> str:
    """Return ``one country``, ``five countries``, ``no country``."""
    return f"{in_letters(number)} countr{'y' if number < 2 else 'ies'}"
