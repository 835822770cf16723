"""The audit: the article claim by claim, in words."""

from __future__ import annotations

import re

import pandas as pd

from ..evidence.record import Record, record, told_claims
from ..tables.loading import Tables
from ..tables.vocabulary import GRAVITIES, VERDICTS
from .judgements import in_force
from .listings import naming
from .markdown import bullets, escape
from .notes import marks
from .words import counted, in_sentence, listed

_RELATIONS = {"agrees": "Agrees", "contradicts": "Contradicts", "changed": "Changed since"}
_WRONG = ["contradicted", "partly"]  # the graver first


def claim_table(tables: Tables) -> pd.DataFrame:
    """Return every claim of the article with its check, in the article's order.

    Returns
    -------
    pandas.DataFrame
        Columns ``Place``, ``Claim``, ``Verdict``, ``Finding``; cells Markdown, one row per claim.
    """
    joined = tables.claims.join(tables.checks, how="left")
    ordered = joined.sort_values(["paragraph", "sentence"], kind="stable")
    return pd.DataFrame(
        [
            {
                "Place": f"P{row.paragraph} S{row.sentence} {marks([row.Index], tables)}",
                "Claim": f"{escape(row.statement_en)} *“{escape(row.quote)}”*"
                + ("" if row.attributed_to == "article" else f" ({escape(row.attributed_to)})"),
                **_verdict(row, tables),
            }
            for row in ordered.itertuples()
        ]
    )


def _verdict(row: object, tables: Tables) -> dict[str, str]:
    """Return the cells of a claim's check."""
    if pd.isna(row.verdict):
        return {"Verdict": "Not checked", "Finding": ""}
    finding = f"{escape(row.finding_en)} {marks(row.source_ids, tables)}".strip()
    return {"Verdict": f"{VERDICTS[row.verdict]}, {row.credibility}", "Finding": finding}


def bottom_line(tables: Tables) -> str:
    """Return the outcome of the checks in two sentences: counts, and whom the gravest errors concern."""
    checks = tables.checks
    counts = checks["verdict"].value_counts()
    verdicts = [f"{counts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items()]
    if open_ := len(tables.claims) - len(checks):
        verdicts.append(f"{open_} not checked")
    first = (
        f"Of the article's {len(tables.claims)} assertions, held against other sources: "
        f"{', '.join(verdicts)}."
    )
    wrong = checks.index[(checks["verdict"] == "contradicted") & (checks["gravity"] == "high")]
    if wrong.empty:
        return first
    number = counted(len(wrong), "contradicted assertion")
    concerned = listed(f"on {name}" for name in _acting(wrong, tables))
    second = f"Those that would mislead a reader most are {number} {concerned}".rstrip()
    return f'{first} [{second}.]{{rows="{";".join(wrong)}"}}'


def _acting(claim_ids: pd.Index, tables: Tables) -> list[str]:
    """Return the states or bodies that act in the events of some claims, each once, as Markdown."""
    events, actors = tables.events.explode("claim_ids"), tables.actors
    acting = events.set_index("claim_ids")["actor_ids"].explode()
    names: dict[str, None] = {}
    for claim_id in claim_ids.intersection(acting.index, sort=False):
        for actor in acting.loc[[claim_id]]:
            while actors.at[actor, "parent_id"]:
                actor = actors.at[actor, "parent_id"]
            iso3, name = actors.at[actor, "iso3"], escape(actors.at[actor, "name_en"])
            names[in_sentence([iso3], tables)[0] if iso3 else name] = None
    return list(names)


def article_errors(record_: Record, iso3: str = "", most: int = 3) -> pd.DataFrame:
    """Return where the article errs, gravest first, one error for each of its paragraphs.

    Parameters
    ----------
    record_ : Record
        Evidence and day; before the article's own day there is nothing to return.
    iso3 : str, optional
        Only what is said of this country, by the events or the words of a sentence of the article.
    most : int, optional
        How many at most.

    Returns
    -------
    pandas.DataFrame
        Columns ``The article``, ``The record``; cells Markdown.
    """
    tables = record_.tables
    joined = told_claims(record_).join(tables.checks, how="inner")
    wrong = joined[joined["verdict"].isin(_WRONG)]
    if iso3:
        wrong = wrong[_of_country(wrong, joined, iso3, tables)]
    ranks = {gravity: rank for rank, gravity in enumerate(GRAVITIES)}
    order = wrong.assign(
        grave=wrong["gravity"].map(ranks), verdict=wrong["verdict"].map(_WRONG.index)
    ).sort_values(["grave", "verdict"], kind="stable")
    chosen = order.drop_duplicates("paragraph")[:most]
    return pd.DataFrame(
        [
            {
                "The article": f'[{escape(row.statement_en)}]{{rows="{row.Index}"}}',
                "The record": f"{escape(row.finding_en)}",
            }
            for row in chosen.itertuples()
        ],
        columns=["The article", "The record"],
    )


def _of_country(wrong: pd.DataFrame, claims: pd.DataFrame, iso3: str, tables: Tables) -> pd.Series:
    """Return which claims are about a country: by event, by name, or naming none beside one that is."""
    events = naming(tables.events, [iso3], regions=False)
    by_event = claims.index.isin(set(events["claim_ids"].explode().dropna()))
    name = re.escape(tables.countries.at[iso3, "name_en"])
    about = claims[by_event | claims["statement_en"].str.contains(rf"\b{name}\b")]
    places = set(zip(about["paragraph"], about["sentence"], strict=True))
    beside = [place in places for place in zip(wrong["paragraph"], wrong["sentence"], strict=True)]
    every = "|".join(map(re.escape, tables.countries["name_en"]))
    names_none = ~wrong["statement_en"].str.contains(rf"\b(?:{every})\b")
    return (names_none & pd.Series(beside, wrong.index, dtype="bool")) | wrong.index.isin(
        about.index
    )


def errors_by_gravity(tables: Tables) -> str:
    """Return what is wrong or only partly right, gravest first, with what came out later in a box."""
    checks = tables.checks
    blocks = []
    for gravity, title in GRAVITIES.items():
        wrong = checks[(checks["gravity"] == gravity) & checks["verdict"].isin(_WRONG)]
        if not wrong.empty:
            lines = bullets(_error(tables, claim_id) for claim_id in wrong.index)
            blocks.append(f"### {title}\n\n{lines}")
    return "\n\n".join(blocks) or "No claim that was checked is wrong."


def known_since(tables: Tables) -> str:
    """Return what came out on the article's claims after its day, in a box; empty without any."""
    later = tables.checks[tables.checks["since_en"] != ""]
    if later.empty:
        return ""
    lines = bullets(
        f"[**{escape(tables.claims.at[row.Index, 'statement_en'])}** {escape(row.since_en)}]"
        f'{{rows="{row.Index}"}}'
        for row in later.itertuples()
    )
    return f"::: since\n**Known since**\n\n{lines}\n:::"


def beside_others(tables: Tables) -> pd.DataFrame:
    """Return how the article stands to earlier ones, in its own order.

    Returns
    -------
    pandas.DataFrame
        Columns ``This article``, ``Earlier``; cells Markdown, one row per relation.
    """
    claims = tables.claims
    return pd.DataFrame(
        [
            {
                "This article": f"[{escape(claims.at[row.claim_id, 'statement_en'])}]"
                f'{{rows="{row.claim_id}"}}',
                "Earlier": f"*{_RELATIONS[row.relation]}.* {escape(row.note_en)}",
            }
            for row in tables.relations.sort_values("claim_id", kind="stable").itertuples()
        ],
        columns=["This article", "Earlier"],
    )


def unverified(tables: Tables) -> str:
    """Return the claims for which no source was found either way."""
    checks = tables.checks
    return (
        bullets(
            _error(tables, claim_id)
            for claim_id in checks.index[checks["verdict"] == "unverifiable"]
        )
        or "Of every claim that was checked, a source says something."
    )


def provenance(tables: Tables) -> pd.DataFrame:
    """Return our judgements on where the article's text comes from, as rows of their table."""
    last = tables.events["latest"].max().date()
    return in_force(record(last, "checked", tables=tables), ["article"])


def _error(tables: Tables, claim_id: str) -> str:
    """Return one claim with verdict and finding on a line."""
    claim, check = tables.claims.loc[claim_id], tables.checks.loc[claim_id]
    return (
        f"[**{escape(claim.statement_en)}** *{VERDICTS[check.verdict]}.* "
        f'{escape(check.finding_en)}]{{rows="{claim_id}"}}'
    )
