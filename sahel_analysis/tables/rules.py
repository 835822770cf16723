"""Rules that no single cell can break: what rows of the tables owe each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pandas as pd

from ..errors import Problem, collect, shown
from .vocabulary import ROOTS


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
        "themes": _themes,
        "claims": _claims,
        "checks": _checks,
        "relations": _relations,
        "events": _events,
        "figures": _figures,
        "actors": _actors,
        "countries": _countries,
        "places": _places,
        "judgements": _judgements,
    }
    problems: list[Problem] = []
    for name, frame in frames.items():
        collect(problems, (Problem(labels[name], *fault) for fault in _doubles(name, frame)))
    for name, rule in rules.items():
        faults = rule(frames)
        collect(problems, (Problem(labels[name], str(row), *fault) for row, *fault in faults))
    return problems


Fault = tuple[str, str, str]
# No user part, no look-alike letters, no address in numbers of another base.
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*\.?(?::[0-9]{1,5})?"
)
_PLAIN = "'https://example.org/page'"


REQUIRED = ("sources", "events", "actors", "countries", "places")  # tables that have rows


def _doubles(name: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """Check that a table has rows where it must, none twice under two keys, and no name twice."""
    if frame.empty and name in REQUIRED:
        yield "", "", "holds no row; expected at least one."
    same = frame.astype("str").duplicated(keep=False) if name != "corrections" else []
    for row in frame.index[same]:
        yield row, frame.index.name, "another row says the same under another key."
    if name in ("actors", "countries", "places"):
        twins = frame["name_en"].str.casefold().duplicated(keep=False)
        for row in frame.index[twins]:
            yield row, "name_en", f"'{frame.at[row, 'name_en']}' is the name of another row too."


def _sources(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that an article has both its day and the hash of its text, and that links lead on."""
    sources = frames["sources"]
    hashed, dated = sources["text_sha256"] != "", sources["article_day"].notna()
    for row in sources.index[dated & ~hashed]:
        yield row, "text_sha256", "is empty; an article has its day and the hash of its text."
    for row in sources.index[hashed & ~dated]:
        yield row, "article_day", "is empty; an article has its day and the hash of its text."
    for row, url in sources["url"].items():
        try:
            sound = not url or _HOST.fullmatch(urlsplit(url).netloc)
        except ValueError:  # brackets that do not close, characters that change into others
            sound = False
        if not sound or "://xn--" in url.lower() or ".xn--" in url.lower():
            yield (
                row,
                "url",
                f"'{shown(url)}' is no plain address of the web; expected such as {_PLAIN}.",
            )


def _sentences(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a place of an article has one sentence."""
    sentences = frames["sentences"]
    yield from _not_of_articles(frames, "sentences")
    for row in sentences.index[sentences.duplicated(_PLACE, keep=False)]:
        yield row, "sentence", "another row has the same paragraph and sentence."


_PLACE = ["source_id", "paragraph", "sentence"]


def _not_of_articles(frames: dict[str, pd.DataFrame], name: str) -> Iterator[Fault]:
    """Check that rows belong to an article."""
    sources, owners = frames["sources"], frames[name]["source_id"]
    for row, owner in owners[~owners.isin(sources.index[sources["text_sha256"] != ""])].items():
        yield row, "source_id", f"'{owner}' is no article; its row has no text_sha256."


def _themes(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a theme is a part of an article's story."""
    yield from _not_of_articles(frames, "themes")


def _claims(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a claim has a sentence and the date its basis calls for, and stands once."""
    claims = frames["claims"]
    themes = frames["themes"].groupby("source_id")["theme"].agg(list)
    places = set(frames["sentences"][_PLACE].itertuples(index=False, name=None))
    yield from _not_of_articles(frames, "claims")
    for row in claims.itertuples():
        if (row.date_basis == "none") != (row.date_edtf == ""):
            fault = f"'{row.date_basis}' does not fit date '{row.date_edtf}'."
            yield row.Index, "date_basis", fault
        if row.theme not in (known := themes.get(row.source_id, [])):
            expected = ", ".join(known) or "a row in themes.csv"
            yield row.Index, "theme", f"'{row.theme}' is not of its article; expected {expected}."
        if (row.source_id, row.paragraph, row.sentence) not in places:
            where = f"paragraph {row.paragraph}, sentence {row.sentence}"
            yield row.Index, "sentence", f"{where} is not in sentences.csv."
    doubled = claims.duplicated([*_PLACE, "statement_en"], keep=False)
    for row in claims.index[doubled]:
        yield row, "statement_en", "stands twice in one sentence."


def _checks(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a confirmation has two voices, any verdict but "unverifiable" one, none its own."""
    sources = frames["sources"]
    voices = sources["agency"].where(sources["agency"] != "", sources["publisher"])
    for row in frames["checks"].itertuples():
        if row.credibility == 1 and len({voices[key] or key for key in row.source_ids}) < 2:
            yield row.Index, "credibility", "1 needs two independent sources."
        told_by = frames["claims"].at[row.Index, "source_id"]
        if told_by in row.source_ids:
            yield row.Index, "source_ids", f"'{told_by}' cannot vouch for what it says itself."
        if not row.source_ids and row.verdict != "unverifiable":
            yield row.Index, "source_ids", f"is empty; '{row.verdict}' needs a source."
        if (row.gravity == "") != (row.verdict == "corroborated"):
            yield row.Index, "gravity", f"'{row.gravity}' does not fit verdict '{row.verdict}'."


def _relations(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a claim is held against one of an earlier article."""
    days = frames["sources"]["article_day"].reindex(frames["claims"]["source_id"])
    days = days.set_axis(frames["claims"].index)
    for row in frames["relations"].itertuples():
        if not days[row.earlier_claim_id] < days[row.claim_id]:
            fault = f"'{row.earlier_claim_id}' is not of an earlier article than {row.claim_id}."
            yield row.Index, "earlier_claim_id", fault


def _events(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that an event has a day, and lies where it says."""
    events, places, countries = frames["events"], frames["places"], frames["countries"]
    of_article = set(events.index[events["basis"] == "article"])
    owners = frames["claims"]["source_id"].to_dict()
    lies_in = places["iso3"].to_dict()
    followed = set(countries.index[countries["in_scope"]])
    told = _articles(frames)
    for row in events.itertuples():
        yield from _not_by_article(row, told)
        if pd.isna(row.latest):
            yield row.Index, "date_edtf", f"'{row.date_edtf}' has no latest day; close it."
        if row.basis == "article" and len({owners[key] for key in row.claim_ids}) > 1:
            yield row.Index, "claim_ids", "are of several articles; expected a row for each."
        if row.same_as and row.basis != "reference":
            yield row.Index, "same_as", "is for reference events."
        for other in row.same_as:
            if other not in of_article:
                yield row.Index, "same_as", f"'{other}' is not an article event."
        # A signature in Moscow concerns Mali; one in Bamako cannot leave Mali out.
        iso3 = lies_in.get(row.place_id, "")
        if iso3 in followed and iso3 not in row.iso3:
            yield row.Index, "place_id", f"'{row.place_id}' lies in {iso3}, which iso3 lacks."


def _articles(frames: dict[str, pd.DataFrame]) -> set[str]:
    """Return the keys of the sources that are articles."""
    sources = frames["sources"]
    return set(sources.index[sources["text_sha256"] != ""])


def _not_by_article(row: tuple, articles: set[str]) -> Iterator[Fault]:
    """Check that what other sources tell does not rest on articles that it is held against."""
    if row.basis == "reference" and row.source_ids and articles.issuperset(row.source_ids):
        own = ", ".join(f"'{key}'" for key in row.source_ids)
        yield row.Index, "source_ids", f"{own} is an article held against it; expected others too."


def _figures(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a figure has a value within its range."""
    told = _articles(frames)
    for row in frames["figures"].itertuples():
        yield from _not_by_article(row, told)
        values = [value for value in (row.low, row.best, row.high) if not pd.isna(value)]
        if not values:
            yield row.Index, "best", "is empty; expected low, best or high."
        if values != sorted(values):
            yield row.Index, "low", "low, best and high are not in rising order."


def check_basis(
    frames: dict[str, pd.DataFrame], labels: dict[str, str], known: list[Problem]
) -> list[Problem]:
    """Return each event and figure without the claim or source on which it says that it rests.

    Other faults in a row do not hide this one, so it is named in the same round as they are.

    Parameters
    ----------
    frames, labels
        As in `check_rules`; tables that could not be read are left out.
    known : list of Problem
        What is named already: a cell at fault was emptied, and is not named as empty too.
    """
    problems: list[Problem] = []
    named = {(problem.table, problem.row, problem.column) for problem in known}
    columns = {"article": "claim_ids", "reference": "source_ids"}
    for name in ("events", "figures"):
        faults = [
            Problem(labels[name], row.Index, column, f"is empty; expected what {words} rests on.")
            for row in (frames[name].itertuples() if name in frames else ())
            for basis, column in columns.items()
            if row.basis == basis and not getattr(row, column)
            for words in [f"a row of basis '{basis}'"]
            if (labels[name], row.Index, column) not in named
        ]
        collect(problems, faults)
    return problems


def _actors(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that the roots are there, and that no actor is part of itself, however far round."""
    parents = frames["actors"]["parent_id"].to_dict()
    for root in ROOTS:
        if root not in parents:
            yield (
                "",
                "actor_id",
                f"holds no actor '{root}', to whom posture is traced; add the row.",
            )
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


def _places(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a place lies in the country of the place around it."""
    places = frames["places"]
    for row in places[places["within"] != ""].itertuples():
        around = places.at[row.within, "iso3"]
        if around != row.iso3:
            yield row.Index, "within", f"'{row.within}' lies in {around}, this place in {row.iso3}."


def _judgements(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Check that a judgement says how sure it is, rests on rows, and ends after it begins."""
    judgements, countries = frames["judgements"], frames["countries"]
    for row in judgements.itertuples():
        for column in ("likelihood", "confidence", "confidence_en", "settles_if"):
            if not getattr(row, column):
                yield row.Index, column, "is empty; a judgement says how likely, how sure and why."
        for column in ("recorded_on", "horizon_end"):
            if pd.isna(getattr(row, column)):
                yield row.Index, column, "is empty; a judgement says when it was written and ends."
        if not row.claim_ids and not row.event_ids:
            yield row.Index, "claim_ids", "is empty, and so is event_ids; expected either."
        if not pd.isna(row.valid_to) and row.valid_to < row.valid_from:
            yield row.Index, "valid_to", "lies before valid_from."
        if row.scope not in {"region", "article", *countries.index}:
            yield row.Index, "scope", f"'{row.scope}' is not in countries.csv."


def by_article(problems: list[Problem], frames: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return problems in which those of an article's rows name the article, where there are several.

    Parameters
    ----------
    problems : list of Problem
        What was found.
    frames : dict of pandas.DataFrame
        Typed tables by name; those that could not be read are left out.
    """
    sources, claims = frames.get("sources"), frames.get("claims")
    if sources is None or (sources["text_sha256"] != "").sum() < 2:
        return problems
    owners = {
        f"{name}.csv": frames[name]["source_id"].to_dict()
        for name in ("sentences", "themes", "claims")
        if name in frames
    }
    if claims is not None:
        owners["checks.csv"] = claims["source_id"].to_dict()
        for name in ("events", "figures"):
            cited = (frames[name]["claim_ids"] if name in frames else pd.Series()).explode()
            owners[f"{name}.csv"] = cited.map(owners["claims.csv"]).dropna().to_dict()
    named = []
    for problem in problems:
        owner = owners.get(problem.table.rpartition("/")[2], {}).get(problem.row)
        message = f"{problem.message} (article {owner})" if owner else problem.message
        named.append(replace(problem, message=message))
    return named
