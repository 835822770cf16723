"""Promises about the audit: every claim, every error, and what is open, each once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sahel_analysis.evidence.record import one_article, record
from sahel_analysis.prose.audit import (
    article_errors,
    bottom_line,
    claim_table,
    errors_by_gravity,
    known_since,
    provenance,
    unverified,
)
from sahel_analysis.prose.markdown import escape
from sahel_analysis.prose.notes import anchor
from sahel_analysis.tables.vocabulary import VERDICTS


@pytest.fixture
def tables(tables):
    """Return the tables as if they held the first article alone."""
    return one_article(tables)


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
    """With its correction."""
    told = errors_by_gravity(tables)
    wrong = tables.checks[tables.checks["verdict"].isin(["contradicted", "partly"])]
    for claim_id in wrong.index:
        assert told.count(f'rows="{claim_id}"') == 1
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
    """All of those whose scope is the article."""
    assert len(provenance(tables)) == (tables.judgements["scope"] == "article").sum()


def test_where_the_article_errs_is_told_from_its_day_on(tables):
    """Of the region the three gravest, each error once; of a country what is said of it."""
    day, before = (record(day, tables=tables) for day in ("2023-12-04", "2023-12-03"))
    gravest = article_errors(day)
    assert [re.search(r"CL-\d+", cell)[0] for cell in gravest["The article"]] == [
        "CL-029", "CL-039", "CL-049",
    ]  # fmt: skip
    assert article_errors(before).empty
    chad = article_errors(record("2023-12-04", "checked", "TCD", tables), "TCD")
    assert "Chad" in chad["The article"].iloc[0]
    assert article_errors(record("2023-12-04", "checked", "DJI", tables), "DJI").empty


def test_what_came_out_later_stands_in_a_box_of_its_own(tables):
    """And in no finding."""
    box = known_since(tables)
    later = tables.checks[tables.checks["since_en"] != ""]
    assert box.startswith("::: since\n")
    for row in later.itertuples():
        assert escape(row.since_en) in box
        assert escape(row.since_en) not in errors_by_gravity(tables)
        assert not any(article_errors(record("2026-01-31", tables=tables), most=99)
                       ["The record"].str.contains(escape(row.since_en), regex=False))  # fmt: skip


def test_the_bottom_line_names_who_acts_in_the_gravest_errors(tables):
    """A row that is changed changes the sentence, or takes it away."""
    wrong = tables.checks.query("verdict == 'contradicted' and gravity == 'high'")
    assert f"most are {len(wrong)} contradicted assertions" in bottom_line(tables)
    assert 'on France, on Chad and on the United States.]{rows="CL-029;' in bottom_line(tables)
    checks = tables.checks.copy()
    checks.loc["CL-049", "gravity"] = "low"
    assert "United States" not in bottom_line(replace(tables, checks=checks))
    checks["gravity"] = "low"
    assert "mislead" not in bottom_line(replace(tables, checks=checks))
