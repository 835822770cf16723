"""The audit: the article claim by claim, in words."""

from __future__ import annotations

import pandas as pd

from ..evidence.record import record
from ..tables.loading import Tables
from .judgements import key_judgements
from .markdown import bullets, escape
from .notes import VERDICTS, marks

_GRAVITY = {"high": "High gravity", "moderate": "Moderate gravity", "low": "Low gravity"}


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
    """Return the outcome of the checks in two sentences: counts, and the gravest errors."""
    checks = tables.checks
    counts = checks["verdict"].value_counts()
    wrong = checks[(checks["verdict"] == "contradicted") & (checks["gravity"] == "high")]
    told = ", ".join(f"{counts[verdict]} {words.lower()}" for verdict, words in VERDICTS.items())
    return (
        f"Of the article's {len(tables.claims)} assertions, held against other sources: {told}. "
        f"Those that would mislead a reader most are {len(wrong)} contradicted assertions on the "
        f"French operation, on Chad and on the United States {marks(wrong.index, tables)}."
    )


def errors_by_gravity(tables: Tables) -> str:
    """Return what is wrong or only partly right, gravest first, each with its correction."""
    checks = tables.checks
    blocks = []
    for gravity, title in _GRAVITY.items():
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
