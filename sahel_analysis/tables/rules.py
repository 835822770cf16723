"""Rules that no single cell can break: what rows of the tables owe each other."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pandas as pd

from ..errors import Problem, collect, shown


def check_rules(frames: dict[str, pd.DataFrame], labels: dict[str, str]) -> list[Problem]:
    """Return every broken cross-row rule.

    Parameters
    ----------
    frames : dict of pandas.DataFrame
        Typed tables by name.
    labels : dict of str
        File of each table as the user knows it.

    Returns
    -------
    list of Problem
        Empty when the rows agree with each other.
    """
    rules = {
        "sources": _sources,
        "sentences": _sentences,
        "claims": _claims,
        "checks": _checks,
        "events": _events,
        "figures": _figures,
        "actors": _actors,
        "countries": _countries,
        "judgements": _judgements,
    }
    problems: list[Problem] = []
    for name, rule in rules.items():
        faults = rule(frames)
        collect(problems, (Problem(labels[name], str(row), *fault) for row, *fault in faults))
    return problems


Fault = tuple[str, str, str]


def _sources(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that one source is the article, the one whose text is hashed, and that links lead on."""
    sources = frames["sources"]
    hashed = sources.index[sources["text_sha256"] != ""]
    for row in hashed if len(hashed) > 1 else ():
        yield row, "text_sha256", f"is set on {len(hashed)} rows; expected the article alone."
    if hashed.empty:
        yield "", "text_sha256", "is set on no row; expected the article's."
    for row, url in sources["url"].items():
        try:
            sound = not url or bool(urlsplit(url).hostname)
        except ValueError:  # brackets that do not close, characters that change into others
            sound = False
        if not sound:
            yield row, "url", f"'{shown(url)}' is no address of the web."


def _sentences(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a place of the article has one sentence."""
    sentences = frames["sentences"]
    for row in sentences.index[sentences.duplicated(["paragraph", "sentence"], keep=False)]:
        yield row, "sentence", "another row has the same paragraph and sentence."


def _claims(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a claim has a sentence and the date its basis calls for, and stands once."""
    claims, sources, sentences = frames["claims"], frames["sources"], frames["sentences"]
    places = set(zip(sentences["paragraph"], sentences["sentence"], strict=True))
    article = set(sources.index[sources["text_sha256"] != ""])
    for row in claims.itertuples():
        if (row.date_basis == "none") != (row.date_edtf == ""):
            fault = f"'{row.date_basis}' does not fit date '{row.date_edtf}'."
            yield row.Index, "date_basis", fault
        if row.source_id not in article:
            yield row.Index, "source_id", f"'{row.source_id}' is not the article."
        if (row.paragraph, row.sentence) not in places:
            where = f"paragraph {row.paragraph}, sentence {row.sentence}"
            yield row.Index, "sentence", f"{where} is not in sentences.csv."
    doubled = claims.duplicated(["paragraph", "sentence", "statement_en"], keep=False)
    for row in claims.index[doubled]:
        yield row, "statement_en", "stands twice in one sentence."


def _checks(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a confirmation has two sources, any verdict but "unverifiable" one."""
    for row in frames["checks"].itertuples():
        if row.credibility == 1 and len(row.source_ids) < 2:
            yield row.Index, "credibility", "1 needs two independent sources."
        if not row.source_ids and row.verdict != "unverifiable":
            yield row.Index, "source_ids", f"is empty; '{row.verdict}' needs a source."
        if (row.gravity == "") != (row.verdict == "corroborated"):
            yield row.Index, "gravity", f"'{row.gravity}' does not fit verdict '{row.verdict}'."


def _events(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that an event has a day and the source its basis calls for, and lies where it says."""
    events, places, countries = frames["events"], frames["places"], frames["countries"]
    if events.empty:
        yield "", "", "holds no event; expected at least one."
    of_article = set(events.index[events["basis"] == "article"])
    lies_in = places["iso3"].to_dict()
    followed = set(countries.index[countries["in_scope"]])
    for row in events.itertuples():
        if pd.isna(row.latest):
            yield row.Index, "date_edtf", f"'{row.date_edtf}' has no latest day; close it."
        yield from _basis(row, "event")
        if row.same_as and row.basis != "reference":
            yield row.Index, "same_as", "is for reference events."
        for other in row.same_as:
            if other not in of_article:
                yield row.Index, "same_as", f"'{other}' is not an article event."
        # A signature in Moscow concerns Mali; one in Bamako cannot leave Mali out.
        iso3 = lies_in.get(row.place_id, "")
        if iso3 in followed and iso3 not in row.iso3:
            yield row.Index, "place_id", f"'{row.place_id}' lies in {iso3}, which iso3 lacks."


def _figures(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a figure has a value within its range and the source its basis calls for."""
    for row in frames["figures"].itertuples():
        values = [value for value in (row.low, row.best, row.high) if not pd.isna(value)]
        if not values:
            yield row.Index, "best", "is empty; expected low, best or high."
        if values != sorted(values):
            yield row.Index, "low", "low, best and high are not in rising order."
        yield from _basis(row, "figure")


def _basis(row: object, noun: str) -> Iterator[Fault]:
    """Check that an event or figure has the claim or source on which it says that it rests."""
    if row.basis == "article" and not row.claim_ids:
        yield row.Index, "claim_ids", f"is empty; an article {noun} rests on a claim."
    if row.basis == "reference" and not row.source_ids:
        yield row.Index, "source_ids", f"is empty; a reference {noun} rests on a source."


def _actors(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that no actor is part of itself, however far round."""
    parents = frames["actors"]["parent_id"].to_dict()
    ended = {""}  # what leads up to an actor without a parent, or was reported
    for actor in parents:
        path: dict[str, None] = {}
        while actor not in ended and actor not in path:
            path[actor] = None
            actor = parents[actor]
        if actor not in ended:
            for member in list(path)[list(path).index(actor) :]:
                yield member, "parent_id", f"'{parents[member]}' leads back to '{member}'."
        ended |= set(path)


def _countries(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that there is a country to report on."""
    if not frames["countries"]["in_scope"].any():
        yield "", "in_scope", "is true on no row; expected at least one."


def _judgements(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a judgement says how sure it is, rests on rows, and ends after it begins."""
    judgements, countries, events = (frames[n] for n in ("judgements", "countries", "events"))
    cited = {key for keys in judgements["event_ids"] for key in keys}
    latest = events.loc[sorted(cited), "latest"].to_dict()
    for row in judgements.itertuples():
        if bool(row.likelihood) == bool(row.confidence):
            yield row.Index, "likelihood", "set likelihood or confidence: one, not both."
        if not row.claim_ids and not row.event_ids:
            yield row.Index, "claim_ids", "is empty, and so is event_ids; expected either."
        if not pd.isna(row.valid_to) and row.valid_to < row.valid_from:
            yield row.Index, "valid_to", "lies before valid_from."
        for key in row.event_ids:
            if latest[key] > row.valid_from:
                yield row.Index, "event_ids", f"'{key}' lies after valid_from."
        if row.scope not in {"region", "article", *countries.index}:
            yield row.Index, "scope", f"'{row.scope}' is not in countries.csv."
