"""Promises about the audit: every claim, every error, and what is open, each once."""

from __future__ import annotations

from dataclasses import replace

from sahel_analysis.prose.audit import (
    bottom_line,
    claim_table,
    errors_by_gravity,
    provenance,
    unverified,
)
from sahel_analysis.prose.notes import anchor
from sahel_analysis.tables.vocabulary import VERDICTS


def test_every_claim_stands_in_the_table_of_claims_with_its_check(tables):
    """In the order of the article."""
    table = claim_table(tables)
    assert len(table) == len(tables.claims)
    for claim_id, claim in tables.claims.iterrows():
        marked = table["Place"].str.contains(f"(#{anchor(claim_id)})", regex=False)
        [row] = table[marked].itertuples()
        assert row.Place.startswith(f"P{claim.paragraph} S{claim.sentence} ")
        assert VERDICTS[tables.checks.at[claim_id, "verdict"]] in row.Verdict


def test_every_error_is_told_once_gravest_first(tables):
    """With its correction and the sources of it."""
    told = errors_by_gravity(tables)
    wrong = tables.checks[tables.checks["verdict"].isin(["contradicted", "partly"])]
    for claim_id in wrong.index:
        assert told.count(f"(#{anchor(claim_id)})") == 1
    assert [line for line in told.splitlines() if line.startswith("###")] == [
        "### High gravity",
        "### Moderate gravity",
        "### Low gravity",
    ]


def test_what_could_not_be_verified_is_told_once(tables):
    """And nothing else among it."""
    open_ = tables.checks.index[tables.checks["verdict"] == "unverifiable"]
    assert len(unverified(tables).splitlines()) == len(open_)


def test_where_the_text_comes_from_is_told_as_judgements(tables):
    """Each with its confidence."""
    lines = provenance(tables).splitlines()
    assert len(lines) == (tables.judgements["scope"] == "article").sum()
    assert all("Confidence: " in line for line in lines)


def test_the_bottom_line_names_who_acts_in_the_gravest_errors(tables):
    """A row that is changed changes the sentence, or takes it away."""
    wrong = tables.checks.query("verdict == 'contradicted' and gravity == 'high'")
    assert f"most are {len(wrong)} contradicted assertions" in bottom_line(tables)
    assert "on France, on Chad and on the United States [c29†](#c29)" in bottom_line(tables)
    checks = tables.checks.copy()
    checks.loc["CL-049", "gravity"] = "low"
    assert "United States" not in bottom_line(replace(tables, checks=checks))
    checks["gravity"] = "low"
    assert "mislead" not in bottom_line(replace(tables, checks=checks))
