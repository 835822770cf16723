"""Method: what the article does not tell, how a report was made, and from what."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd

from ..evidence.posture import family, followed
from ..evidence.record import Record, article_day, contradicted, told_claims
from ..tables.dates import day_in_words
from ..tables.loading import FRAMES, Tables
from ..tables.schema import read_package
from .markdown import bullets, escape
from .notes import marks
from .words import counted, country_names, in_letters, listed

MARKS_EXPLAINED = (
    "A mark such as c40 leads to the note of a claim of the article, e101 to an event, f3 to a "
    "figure, s12 to a source. A dagger (†) marks a claim that other sources contradict."
)


def gaps(record: Record) -> str:
    """Return what the article does not tell, as a list; each point stands while the rows bear it.

    Parameters
    ----------
    record : Record
        The evidence of the report.
    """
    tables = record.tables
    points = (
        _missing_dates(tables),
        *_missing_else(tables),
        _missing_names(tables),
        _missing_numbers(tables),
        _missing_countries(tables),
    )
    return bullets(filter(None, points)) or "The tables show no gap in what the article tells."


def _missing_dates(tables: Tables) -> str:
    """Return which year the article leaves to be inferred, and how much of it has no date."""
    claims = tables.claims
    own_day = claims[claims["latest"] == article_day(tables)]
    inferred = claims.loc[claims["date_basis"] == "inferred", "latest"].dropna()
    parts = []
    if not inferred.empty and not (own_day["date_basis"] == "stated").any():
        years = listed(map(str, sorted(set(inferred.dt.year))))
        parts.append(f"It gives no year. We infer {years} from its events")
    if undated := int((claims["date_basis"] == "none").sum()):
        parts.append(f"{undated} of its {len(claims)} assertions carry no date at all")
    return "; ".join(parts) + "." * bool(parts)


def _missing_else(tables: Tables) -> list[str]:
    """Return what the table of unknowns says that the article does not tell."""
    unknowns = tables.unknowns[tables.unknowns["scope"] == "article"].sort_values("rank")
    return [
        f"{escape(row.text_en.rstrip('.'))} {marks(row.row_ids, tables)}."
        for row in unknowns.itertuples()
    ]


def _missing_names(tables: Tables) -> str:
    """Return how much rests on speakers whom the article does not name, where it names none."""
    speakers = tables.claims["attributed_to"]
    unnamed = speakers[speakers.str.startswith("unnamed ")]
    points = []
    for nouns, claims in unnamed.groupby(unnamed.str.removeprefix("unnamed ")):
        number = counted(len(claims), "assertion")
        rest = "rests" if len(claims) == 1 else "rest"
        named = speakers.str.contains(nouns.rstrip("s"), regex=False) & ~speakers.isin(unnamed)
        if not named.any():
            points.append(
                f"It names none of the {escape(nouns)} it cites; {number} {rest} on them "
                f"{marks(claims.index, tables)}."
            )
    return " ".join(points)


def _missing_numbers(tables: Tables) -> str:
    """Return how many numbers of French troops the article gives, if none is of one country."""
    figures = tables.figures
    french = figures["actor_id"].isin(family(tables.actors, "france"))
    troops = figures[(figures["basis"] == "article") & (figures["subject"] == "troops") & french]
    if troops["iso3"].map(bool).any():
        return ""
    if troops.empty:
        return "It gives no number of French troops."
    noun = "number" if len(troops) == 1 else "numbers"
    return (
        f"It gives {in_letters(len(troops))} {noun} of French troops for the whole Sahel and none "
        f"for any country {marks(troops['claim_ids'].explode().dropna(), tables)}."
    )


def _missing_countries(tables: Tables) -> str:
    """Return which countries in scope no event of the article names."""
    article = tables.events[tables.events["basis"] == "article"]
    named = {iso3 for cell in article["iso3"] for iso3 in cell}
    silent = country_names([iso3 for iso3 in followed(tables) if iso3 not in named], tables)
    return f"It says nothing of {listed(silent, 'or')}." if silent else ""


def sources_and_method(record: Record) -> str:
    """Return how the report was made, in a few sentences."""
    tables = record.tables
    documents = len({key for cell in record.events["source_ids"] for key in cell})
    wrong = len(contradicted(tables))
    first = (
        f"The article was cut into {len(tables.claims)} assertions, each tied to a phrase and its "
        "place. "
    )
    if tables.sources["article_day"].isna().all():
        first = ""
        second = f"This report uses events from {documents} documents, and no article. "
    elif record.is_checked:
        second = (
            f"Each was held against independent sources; {wrong} assertions are contradicted. "
            "This report uses the article's events whose claims are not contradicted, and events "
            f"from {documents} other documents. "
        )
    else:
        second = (
            "This report draws what the article says and nothing else, wrong or right; "
            f"{wrong} of its assertions are contradicted by other sources and carry a dagger (†). "
        )
    third = (
        "Maps and tables fold the events in order of date; an event whose day is not known counts "
        "from its latest possible day. Judgements are ours and are set apart from reported fact. "
        "Source reliability (A to F) and the credibility of claims (1 to 6) follow the Admiralty "
        "code; words of likelihood follow ICD 203."
    )
    return first + second + third


def _rows_used(record: Record) -> dict[str, str]:
    """Return how many rows of its extract the report used and left out, and why."""
    tables, events = record.tables, record.events
    by_then = len(told_claims(record))
    hidden = len(tables.events) - len(events)
    return {
        "Claims": f"{by_then} of {len(tables.claims)} refer to this day or before",
        "Events": f"{len(events)} of {len(tables.events)} seen are used; {hidden} left out as "
        "later, of the other evidence, or told better by another row",
        "Figures": f"{len(record.figures)} of {len(tables.figures)} seen are used",
    }


def _keys(tables: Tables) -> set[str]:
    """Return the keys of all rows."""
    return {key for name in FRAMES for key in getattr(tables, name).index}


def signature(record: Record, parameters: dict[str, str]) -> pd.DataFrame:
    """Return the table that signs a report: from what it was made.

    Parameters
    ----------
    record : Record
        The evidence of the report.
    parameters : dict of str
        Parameters by name.

    Returns
    -------
    pandas.DataFrame
        Columns ``Item`` and ``Value``; cells Markdown.
    """
    tables = record.tables
    articles = tables.sources[tables.sources["text_sha256"] != ""]["text_sha256"]
    read = [f"{key}, SHA-256 of the text {text}" for key, text in articles.items()]
    package = read_package(tables.folder)
    rows = {
        "Article": "; ".join(read) or "none in the tables",
        "Data": f"{package['name']} {package['version']}, SHA-256 of the rows seen {tables.sha256}",
        "Release": " ".join(tables.release.told(_keys(tables))),
        "Code": f"sahel_analysis {version('sahel-analysis')}",
        "Parameters": "; ".join(f"{name} = {value}" for name, value in parameters.items()),
        "Evidence ends": day_in_words(record.as_of),
        **_rows_used(record),
    }
    return pd.DataFrame({"Item": list(rows), "Value": [escape(value) for value in rows.values()]})
