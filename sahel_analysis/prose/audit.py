"""The audit: the article claim by claim, in words."""

from __future__ import annotations

import pandas as pd

from ..evidence.record import record
from ..tables.loading import Tables
from ..tables.vocabulary import GRAVITIES, VERDICTS
from .judgements import key_judgements
from .markdown import bullets, escape
from .notes import marks
from .words import counted, in_sentence, listed


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
                "Verdict": f"{VERDICTS[row.verdict]}, {row.credibility}",
                "Finding": f"{escape(row.finding_en)} {marks(row.source_ids, tables)}".strip(),
            }
            for row in ordered.itertuples()
        ]
    )


def bottom_line(tables: Tables) -> str:
    """Return the outcome of the checks in two sentences: counts, and whom the gravest errors concern."""
    checks = tables.checks
    counts = checks["verdict"].value_counts()
    verdicts = [f"{counts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items()]
    first = (
        f"Of the article's {len(tables.claims)} assertions, held against other sources: "
        f"{', '.join(verdicts)}."
    )
    wrong = checks.index[(checks["verdict"] == "contradicted") & (checks["gravity"] == "high")]
    if wrong.empty:
        return first
    number = counted(len(wrong), "contradicted assertion")
    concerned = listed(f"on {name}" for name in _acting(wrong, tables))
    return (
        f"{first} Those that would mislead a reader most are {number} {concerned}".rstrip()
        + f" {marks(wrong, tables)}."
    )


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


def errors_by_gravity(tables: Tables) -> str:
    """Return what is wrong or only partly right, gravest first, each with its correction."""
    checks = tables.checks
    blocks = []
    for gravity, title in GRAVITIES.items():
        wrong = checks[
            (checks["gravity"] == gravity) & checks["verdict"].isin(["contradicted", "partly"])
        ]
        if not wrong.empty:
            lines = bullets(_error(tables, claim_id) for claim_id in wrong.index)
            blocks.append(f"### {title}\n\n{lines}")
    return "\n\n".join(blocks)


def unverified(tables: Tables) -> str:
    """Return the claims for which no source was found either way."""
    checks = tables.checks
    return bullets(
        _error(tables, claim_id) for claim_id in checks.index[checks["verdict"] == "unverifiable"]
    )


def provenance(tables: Tables) -> str:
    """Return our judgements on where the article's text comes from."""
    last = tables.events["latest"].max().date()
    return key_judgements(record(last, "checked", tables=tables), ["article"])


def _error(tables: Tables, claim_id: str) -> str:
    """Return one claim with verdict and finding on a line."""
    claim, check = tables.claims.loc[claim_id], tables.checks.loc[claim_id]
    return (
        f"**{escape(claim.statement_en)}** {marks([claim_id], tables)} "
        f"*{VERDICTS[check.verdict]}.* {escape(check.finding_en)} "
        f"{marks(check.source_ids, tables)}".rstrip()
    )
