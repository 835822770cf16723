"""Method: what the article leaves open, how a report was made, and what it was made from."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd

from ..evidence.posture import followed
from ..evidence.record import Record, contradicted, told_claims
from ..tables.dates import day_in_words
from ..tables.schema import read_package
from .markdown import bullets, escape
from .narrative import country_names
from .notes import marks


def gaps(record: Record) -> str:
    """Return what the article does not tell, each point computed from the tables.

    Parameters
    ----------
    record : Record
        The evidence of the report.
    """
    tables = record.tables
    claims = tables.claims
    undated = int((claims["date_basis"] == "none").sum())
    unnamed = claims[claims["attributed_to"] == "unnamed analysts"].index
    secret = claims[(claims["theme"] == "agreement") & (claims["modality"] == "forecast")].index
    troops = tables.figures[
        (tables.figures["basis"] == "article") & (tables.figures["subject"] == "troops")
    ]
    by_country = troops[[bool(cell) for cell in troops["iso3"]]]
    points = [
        f"It gives no year. We infer 2023 from its events; {undated} of its {len(claims)} "
        "assertions carry no date at all.",
        "It does not give the terms of the agreement; what it says of them is its own guess "
        f"{marks(secret, tables)}.",
        f"It names none of the analysts it cites; {len(unnamed)} assertions rest on them "
        f"{marks(unnamed, tables)}.",
    ]
    if by_country.empty:
        points.append(
            "It gives one number of French troops for the whole Sahel and none for any country "
            f"{marks(troops['claim_ids'].explode().dropna(), tables)}."
        )
    silent = _silent(record)
    if silent:
        points.append(f"It says nothing of {silent}.")
    return bullets(points)


def _silent(record: Record) -> str:
    """Return the countries in scope that no article event names."""
    tables = record.tables
    article = tables.events[tables.events["basis"] == "article"]
    named = {iso3 for cell in article["iso3"] for iso3 in cell}
    names = country_names([iso3 for iso3 in followed(tables) if iso3 not in named], tables)
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def sources_and_method(record: Record) -> str:
    """Return how the report was made, in a few sentences."""
    tables = record.tables
    wrong = len(contradicted(tables))
    first = (
        f"The article was cut into {len(tables.claims)} assertions, each tied to a phrase and its "
        "place. "
    )
    if record.is_checked:
        second = (
            f"Each was held against independent sources; {wrong} assertions are contradicted. "
            "This report uses the article's events whose claims are not contradicted, and events "
            f"from {_cited_sources(record)} other documents. "
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


def _cited_sources(record: Record) -> int:
    """Return how many documents the visible events rest on."""
    return len({key for cell in record.events["source_ids"] for key in cell})


def rows_used(record: Record) -> dict[str, str]:
    """Return how many rows of its extract the report used and left out, and why."""
    tables, events = record.tables, record.events
    told = len(told_claims(record))
    hidden = len(tables.events) - len(events)
    return {
        "Claims": f"{told} of {len(tables.claims)} refer to this day or before",
        "Events": f"{len(events)} of {len(tables.events)} seen are used; {hidden} left out as "
        "later, of the other evidence, or told better by another row",
        "Figures": f"{len(record.figures)} of {len(tables.figures)} seen are used",
    }


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
    article = tables.sources.query("text_sha256 != ''").iloc[0]
    package = read_package(tables.folder)
    rows = {
        "Article": f"{article.name}, SHA-256 of the text {article.text_sha256}",
        "Data": f"{package['name']} {package['version']}, SHA-256 of the rows seen {tables.sha256}",
        "Code": f"sahel_analysis {version('sahel-analysis')}",
        "Parameters": "; ".join(f"{name} = {value}" for name, value in parameters.items()),
        "Evidence ends": day_in_words(record.as_of),
        **rows_used(record),
    }
    return pd.DataFrame({"Item": list(rows), "Value": [escape(value) for value in rows.values()]})
