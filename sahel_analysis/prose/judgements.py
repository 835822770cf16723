"""Key judgements: which of ours hold on a day, as a table, and what they rest on, as a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import pandas as pd

from ..evidence.record import Record
from ..evidence.settling import LEAST_SETTLED, STATUSES, brier, calibration
from ..tables.dates import day_in_words, in_words
from ..tables.loading import Tables
from ..tables.vocabulary import EVENT_TYPES, LIKELIHOODS
from .markdown import bullets, escape
from .notes import marks, row_marks
from .words import capital, counted, listed, plain_names


def in_force(record: Record, scopes: Iterable[str]) -> pd.DataFrame:
    """Return the judgements of some scopes that hold in a record on its day.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scopes : iterable of str
        ``"region"`` and countries, in the order in which they are to be read.

    Returns
    -------
    pandas.DataFrame
        Rows of the judgements table, by scope as given, then by rank.
    """
    table, day = record.tables.judgements, pd.Timestamp(record.as_of)
    held = table[
        (table["evidence"] == record.evidence)
        & (table["valid_from"] <= day)
        & ~(table["valid_to"] < day)
    ]
    order = {scope: position for position, scope in enumerate(scopes)}
    chosen = held[held["scope"].isin(order)]
    return (
        chosen.assign(position=chosen["scope"].map(order))
        .sort_values(["position", "rank"], kind="stable")
        .drop(columns="position")
    )


def recorded_since(record: Record, scopes: Iterable[str]) -> pd.DataFrame:
    """Return the judgements of some scopes that were recorded after the record's tables end.

    Parameters
    ----------
    record, scopes
        As for `in_force`. An earlier day than the last of the tables has none.
    """
    table = record.tables.judgements
    later = table[table["valid_from"] > pd.Timestamp(record.as_of)]
    later = later[(later["evidence"] == record.evidence) & later["scope"].isin(list(scopes))]
    return later.sort_values(["scope", "rank"], kind="stable")


def of_events(rows: pd.DataFrame, event_ids: Collection[str]) -> pd.DataFrame:
    """Return the judgements that cite one of some events."""
    cited = [not set(event_ids).isdisjoint(cell) for cell in rows["event_ids"]]
    return rows[pd.Series(cited, rows.index, dtype="bool")]


def judgement_table(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return judgements as a table: what we judge, the chance, what would be wrong with it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the judgements table.
    as_of : datetime.date
        Day of the report: a judgement held longer says since when.

    Returns
    -------
    pandas.DataFrame
        Columns ``Judgement``, ``Chance``, ``Wrong if``, ``Watch for``; cells Markdown.
    """
    return pd.DataFrame(
        [
            {
                "Judgement": f'[**{escape(row.text_en)}**]{{.horizon rows="{row.Index}"}}{_held(row, as_of)}',
                "Chance": _chance(row),
                "Wrong if": escape(row.alternative_en),
                "Watch for": escape("; ".join(row.indicators_en.split(";"))),
            }
            for row in rows.itertuples()
        ],
        columns=["Judgement", "Chance", "Wrong if", "Watch for"],
    )


def _held(row: object, as_of: date) -> str:
    """Return since when a judgement has been held, where that was before the report's day."""
    since = row.valid_from.date()
    return f" [held since {day_in_words(since)}]{{.held}}" if since < as_of else ""


def _chance(row: object) -> str:
    """Return how likely a judgement is, in words and per cent, with the bounds of its bar."""
    if not row.likelihood:
        return f"confidence: {row.confidence}"
    likely = LIKELIHOODS[row.likelihood]
    words = f"{likely.words}, {likely.low}–{likely.high} %"
    return f'[{words}]{{.chance low="{likely.low}" high="{likely.high}"}}'


def written_afterwards(rows: pd.DataFrame) -> str:
    """Return the note of judgements recorded after the day from which they speak; empty without."""
    late = rows[rows["recorded_on"] > rows["valid_from"]]
    days = [day_in_words(day.date()) for day in sorted(set(late["recorded_on"]))]
    if not days:
        return ""
    return f"[Written afterwards, on {listed(days)}.]{{.afterwards}}"


def key_judgements(rows: pd.DataFrame, record: Record) -> str:
    """Return judgements as a list with what they rest on; empty without any.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the judgements table.
    record : Record
        Their evidence.
    """
    return bullets(
        f"[**{escape(row.text_en)}**]{{.horizon}} *{_measure(row)}.* {escape(row.basis_en)} "
        f"{escape(row.confidence_en)} {_basis_marks(row, record)}"
        for row in rows.itertuples()
    )


def _measure(row: pd.Series | object) -> str:
    """Return how sure a judgement is: its likelihood with the band, or its confidence."""
    if row.likelihood:
        likely = LIKELIHOODS[row.likelihood]
        return f"{capital(likely.words)}, {likely.low} to {likely.high} per cent"
    return f"Confidence: {row.confidence}"


def _basis_marks(row: pd.Series | object, record: Record) -> str:
    """Return the marks of the claims and events that a judgement rests on."""
    tables = record.tables
    events = " ".join(row_marks(tables.events.loc[key], tables) for key in row.event_ids)
    return f"{marks(row.claim_ids, tables)} {events}".strip()


def words_of_judgement() -> pd.DataFrame:
    """Return the likelihood words with their bands in per cent, after ICD 203."""
    return pd.DataFrame(
        [
            {"Word": likely.words, "Chance": f"{likely.low} to {likely.high} per cent"}
            for likely in LIKELIHOODS.values()
        ]
    )


def watched(watch: pd.DataFrame, tables: Tables, since: date | None, until: date) -> str:
    """Return the watch-list as text: what moved between two days, or how each indicator stands.

    Parameters
    ----------
    watch : pandas.DataFrame
        What `evidence.settling.watch_list` returns.
    tables : Tables
        The tables.
    since : datetime.date or None
        First day; None where only the second is asked for.
    until : datetime.date
        The day.
    """
    judgements = tables.judgements
    statuses = watch["after"].value_counts()
    counts = ", ".join(f"{statuses.get(name, 0)} {name}" for name in reversed(STATUSES))
    number = watch["judgement_id"].nunique()
    head = (
        f"{counted(number, 'judgement')} watched by {day_in_words(until)}, "
        f"{counted(len(watch), 'indicator')}: {counts}."
    )
    shown = watch if since is None else watch[watch["before"] != watch["after"]]
    lines = [head]
    if since is not None:
        lines.append(
            f"{counted(len(shown), 'indicator')} moved since {day_in_words(since)}"
            f"{':' if len(shown) else '.'}"
        )
    for key, rows in shown.groupby("judgement_id", sort=False):
        lines += ["", f"{key}, {judgements.at[key, 'scope']}: {judgements.at[key, 'text_en']}"]
        lines += [f"- {_indicator(row, tables, since)}" for row in rows.itertuples()]
        lines += [f"  Watch for: {'; '.join(judgements.at[key, 'indicators_en'].split(';'))}."] * (
            since is None
        )
    return "\n".join(lines)


def _indicator(row: object, tables: Tables, since: date | None) -> str:
    """Return one indicator with its status, and the event that shows it."""
    what = row.indicator
    actor, country = tables.actors.at[what.side, "name_en"], plain_names([what.iso3], tables)[0]
    window = in_words(f"{what.first.date()}/{what.last.date()}")
    moved = row.after if since is None else f"{row.before}, now {row.after}"
    event = ""
    if row.event_id:
        found = tables.events.loc[row.event_id]
        event = f" ({row.event_id}, {in_words(found['date_edtf'])}: {found['summary_en']})"
    return (
        f"{EVENT_TYPES[what.event_type].label}, {actor}, {country}, {window}, would make it "
        f"{what.outcome}: {moved}{event}"
    )


def score_in_words(made: pd.DataFrame) -> str:
    """Return how good the forecasts were, or how many there are while too few are settled.

    Parameters
    ----------
    made : pandas.DataFrame
        What `evidence.settling.forecasts` returns.
    """
    settled = int(made["outcome"].notna().sum())
    text = (
        f"Forecasts recorded before their window: {len(made)}, of which {settled} settled. "
        "Judgements written afterwards are not among them."
    )
    score = brier(made)
    if score is None:
        return f"{text} A score is given once {LEAST_SETTLED} are settled."
    words = [
        f"{LIKELIHOODS[word].words}: {row['true']:.0%} of {row['settled']:.0f} came true, "
        f"{row['chance']:.0%} expected"
        for word, row in calibration(made).iterrows()
    ]
    return f"{text} Brier score {score:.2f} (0 is best). {capital('; '.join(words))}."
