"""Promises about the audit: what it finds in the tables, and in a reader's copy of the article."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from factory import frame, tiny

from sahel_analysis.errors import DataError
from sahel_analysis.prose.audit import (
    bottom_line,
    claim_table,
    errors_by_gravity,
    hold_against,
    provenance,
    sentences,
    unverified,
)
from sahel_analysis.prose.notes import anchor
from sahel_analysis.tables.vocabulary import VERDICTS

TEXT = "A first one here. It has “two of them.” Then a third!\nA second paragraph¹. And its end.\n"
PLACES = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
QUOTES = ["A first one", "two of them", "Then a third", "A second paragraph", "And its end"]


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_tables(**frames):
    """Return tables that hold the reading of `TEXT`: a checked claim for every sentence."""
    found = sentences(TEXT)
    keys = [f"CL-{number:03}" for number in range(1, 6)]
    where = [{"paragraph": str(place[0]), "sentence": str(place[1])} for place in PLACES]
    plain = {
        "sources": frame(
            "sources",
            {"source_id": "S-001", "text_sha256": digest(TEXT)},
            {"source_id": "S-002"},
        ),
        "sentences": frame(
            "sentences",
            *(
                {"sentence_id": f"ST-{n:03}", "text_sha256": digest(found[PLACES[n - 1]]), **at}
                for n, at in enumerate(where, 1)
            ),
        ),
        "claims": frame(
            "claims",
            *(
                {"claim_id": key, "source_id": "S-001", "quote": quote, **at}
                for key, quote, at in zip(keys, QUOTES, where, strict=True)
            ),
        ),
        "checks": frame(
            "checks",
            *({"claim_id": key, "verdict": "partly", "source_ids": "S-002"} for key in keys),
        ),
    }
    return tiny(**{**plain, **frames})


@pytest.fixture
def copy(tmp_path):
    """Return a function that writes a text and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "copy.txt"
        path.write_bytes(text.encode())
        return str(path)

    return write


def findings(tables, path: str) -> list[str]:
    """Return the lines with which an audit fails, without the path of the copy."""
    with pytest.raises(DataError) as refused:
        hold_against(tables, path)
    return str(refused.value).replace(path, "copy").splitlines()


def test_sentences_end_before_capitals_and_are_counted_by_paragraph():
    """Closing quotation marks and footnote signs end them too."""
    assert list(sentences(TEXT)) == PLACES
    assert sentences(TEXT)[(2, 1)] == "A second paragraph¹."
    assert list(sentences("It cost 3.5 or 5,000. it went on")) == [(1, 1)]


def test_a_sound_copy_is_told_in_counts(copy):
    """Every line says what was counted."""
    told = hold_against(read_tables(), copy(TEXT)).splitlines()
    assert told[0] == "The text is the one that was read (SHA-256)."
    assert told[1] == "5 of 5 sentences covered."
    assert told[3].startswith("5 of 5 claims checked: 0 corroborated, 5 partly borne out")


@pytest.mark.parametrize(
    "text", [TEXT.replace("\n", "\r\n"), TEXT.rstrip(), "\ufeff" + TEXT, TEXT.replace("\n", "\n\n")]
)
def test_white_space_around_sentences_does_not_make_another_text(text, copy):
    """It is told, and that is all."""
    told = hold_against(read_tables(), copy(text))
    assert told.startswith("The text is the one that was read, sentence by sentence")


def test_a_word_changed_outside_every_phrase_names_the_sentence(copy):
    """The hash of the sentence tells."""
    [line] = findings(read_tables(), copy(TEXT.replace("It has", "It had")))
    assert line == (
        "copy paragraph 1, sentence 2: 'It had “two of them.”' is not the sentence that was read "
        "(SHA-256)."
    )


def test_a_word_changed_within_a_phrase_names_the_claim_too(copy):
    """The phrase does not stand in its sentence any more."""
    lines = findings(read_tables(), copy(TEXT.replace("And its end", "And her end")))
    assert lines[0].startswith("copy paragraph 2, sentence 2: 'And her end.' is not")
    assert lines[1] == (
        "data/claims.csv CL-005, quote: 'And its end' does not stand in paragraph 2, sentence 2."
    )
    assert len(lines) == 2


def test_a_headline_or_a_lost_sentence_does_not_shift_the_rest(copy):
    """The copy is aligned as a diff would align it."""
    [line] = findings(read_tables(), copy(f"A headline\n{TEXT}"))
    assert line == "copy paragraph 1, sentence 1: 'A headline' is not in the text that was read."
    lines = findings(read_tables(), copy(TEXT.replace("A first one here. ", "")))
    assert lines[0] == "copy paragraph 1, sentence 1: is missing from the text."
    assert len(lines) == 2


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path):
    """Which file, and what is wrong with it."""
    path = tmp_path / "copy.txt"
    [line] = findings(read_tables(), str(path))
    assert line == "copy: cannot be read (No such file or directory)."
    path.write_bytes(b"caf\xe9")
    [line] = findings(read_tables(), str(path))
    assert line == "copy: is not UTF-8 from byte 4 on; save the file as UTF-8."


def test_what_the_tables_leave_open_is_named(copy):
    """A sentence without a claim, a claim without a check, a source that nothing cites."""
    tables = read_tables()
    tables = replace(
        tables,
        claims=tables.claims.drop("CL-002"),
        checks=tables.checks.drop(["CL-002", "CL-004"]),
        sources=frame(
            "sources",
            *({"source_id": f"S-00{n}", "text_sha256": "0" * 64 * (n == 1)} for n in (1, 2, 3)),
        ),
    )
    assert findings(tables, copy(TEXT)) == [
        "data/sentences.csv ST-002: paragraph 1, sentence 2 is covered by no claim.",
        "data/checks.csv CL-004, claim_id: the claim has no check.",
        "data/sources.csv S-003, source_id: nothing cites the source.",
    ]


def test_an_event_or_figure_that_rests_on_nothing_is_named(copy):
    """By its key."""
    figures = frame("figures", {"figure_id": "FG-001"})
    assert findings(read_tables(figures=figures), copy(TEXT)) == [
        "data/figures.csv FG-001, source_ids: rests on no claim and no source."
    ]


def test_the_article_is_audited_without_a_finding(tables, article):
    """26 of 26 sentences covered, every claim checked."""
    told = hold_against(tables, article)
    assert "26 of 26 sentences covered." in told
    assert f"{len(tables.claims)} of {len(tables.claims)} claims checked" in told


@pytest.mark.parametrize("place", [(1, 1), (4, 2), (8, 2), (12, 1)])
def test_one_word_of_the_article_changed_names_its_sentence(place, tables, article, copy):
    """Whichever word, in whichever sentence."""
    text = article.read_text(encoding="utf-8")
    sentence = sentences(text)[place]
    words = sentence.split()
    changed = " ".join([*words[:-2], "otherwise", words[-1]])
    lines = findings(tables, copy(text.replace(sentence, changed)))
    assert lines[0].startswith(f"copy paragraph {place[0]}, sentence {place[1]}: ")
    assert not any("copy" in line for line in lines[1:])


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
