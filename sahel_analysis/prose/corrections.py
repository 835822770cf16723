"""Corrections: where the article and the checked evidence part, in words."""

from __future__ import annotations

import pandas as pd

from ..evidence.record import Record, told_claims
from .markdown import bullets, escape
from .narrative import STATES, country_names, deciding, event_marks, listed
from .notes import marks


def contradicted_claims(record: Record) -> str:
    """Return every contradicted claim with its correction, gravest first."""
    checks = record.tables.checks
    wrong = checks[checks["verdict"] == "contradicted"]
    told = wrong[wrong.index.isin(told_claims(record).index)]
    rank = told["gravity"].map({"high": 0, "moderate": 1, "low": 2})
    order = told.assign(rank=rank).sort_values(["rank"], kind="stable").index
    if order.empty:
        return "No claim of the article that refers to this period is contradicted."
    return bullets(_correction(record, claim_id) for claim_id in order)


def _correction(record: Record, claim_id: str) -> str:
    """Return one contradicted claim and what the sources say instead."""
    tables = record.tables
    claim, check = tables.claims.loc[claim_id], tables.checks.loc[claim_id]
    return (
        f"The article: {escape(claim.statement_en)} {marks([claim_id], tables)} "
        f"**The sources:** {escape(check.finding_en)} {marks(check.source_ids, tables)}"
    )


def differences(article: Record, checked: Record, left: pd.DataFrame, right: pd.DataFrame) -> str:
    """Return in words where the article's record and the checked one differ, and why.

    Parameters
    ----------
    article, checked : Record
        The two worlds on the same day.
    left, right : pandas.DataFrame
        Their postures, same rows.
    """
    items, silent = [], {}
    for iso3 in left.index:
        name = country_names([iso3], article.tables)[0]
        for column, subject in (
            ("french_posture", "French forces"),
            ("russian_engagement", "Russian engagement"),
        ):
            said, found = left.at[iso3, column], right.at[iso3, column]
            if said == found:
                continue
            found_marks = event_marks(
                deciding(right.at[iso3, f"{column}_event_ids"]), checked.tables
            )
            if said == "none_recorded":
                silent.setdefault(name, []).append(f"{STATES[found]} {found_marks}")
                continue
            said_marks = event_marks(left.at[iso3, f"{column}_event_ids"], article.tables)
            items.append(
                f"**{name}, {subject}.** The article: *{STATES[said]}* {said_marks}. "
                + f"The checked evidence: *{STATES[found]}* {found_marks}".rstrip()
                + "."
            )
    if silent:
        told = [f"{name} ({'; '.join(states)})" for name, states in silent.items()]
        items.append(
            f"**Silent.** The article says nothing of what the record shows in {listed(told)}."
        )
    if not items:
        return "The article and the checked evidence draw the same map on this day."
    return bullets(items)
