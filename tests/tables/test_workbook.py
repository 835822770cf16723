"""Promises about entering an article: the text is cut, the sheet filled, the rows written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from factory import rewrite

from sahel_analysis.errors import DataError, ParameterError
from sahel_analysis.tables.article import add, hold_against, sentences
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.starter import start
from sahel_analysis.tables.workbook import Workbook

TEXT = Path(__file__).parents[1] / "fourth_article.txt"
KEY = "S-950"
PLACES = [(1, n) for n in range(1, 6)] + [(2, n) for n in range(1, 6)]
CLAIM = {"paragraph": 2, "sentence": 5, "quote": "The list ends here", "theme": "lists",
         "statement_en": "There the list is over.", "attributed_to": "article",
         "modality": "fact"}  # fmt: skip


@pytest.fixture
def folder(tmp_path, tables) -> Path:
    """Return a user's own data folder with the row of an article's source, and its theme."""
    start(tmp_path / "own", tables)
    data = tmp_path / "own" / "data"
    row = {"source_id": KEY, "published_edtf": "2026-01-10", "language": "en", "title": "Lists",
           "source_type": "blog", "reliability": "F", "reliability_basis_en": "a text for tests",
           "seen_as": "original"}  # fmt: skip
    rewrite(data / "sources.csv", lambda rows: rows.append([row.get(name, "") for name in rows[0]]))
    return data


@pytest.fixture
def entered(folder, tmp_path) -> Path:
    """Return the folder once the text is entered."""
    add(load_tables(folder), TEXT, KEY, tmp_path / "claims.csv")
    rewrite(folder / "themes.csv", lambda rows: rows.append(["TH-001", KEY, "lists", "1", "Lists"]))
    return folder


def test_quotations_footnotes_abbreviations_initials_accents_and_hours_end_no_sentence():
    """Ten sentences in two paragraphs."""
    cut = sentences(TEXT.read_text(encoding="utf-8"))
    assert list(cut) == PLACES
    assert cut[1, 4] == "“The map is old. It still serves,” this text says of maps."
    assert cut[1, 5].startswith("État-major")
    assert cut[2, 2] == "« Le train part. Il revient », the timetable adds."
    assert cut[2, 4] == "No. 4 on the list of this text is Niger."
    assert len(sentences("He left at 5 p.m. The rest stayed.")) == 2


def test_adding_stores_places_and_hashes_and_no_text(folder, tmp_path):
    """And a sheet with a row for each sentence."""
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    told = add(load_tables(folder), TEXT, KEY, tmp_path / "claims.csv")
    assert "10 sentences of 2 paragraphs" in told
    changed = {p.name for p in folder.glob("*.csv") if p.read_bytes() != before[p.name]}
    assert changed == {"sentences.csv", "sources.csv"}
    stored = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.csv"))
    stored += (tmp_path / "claims.csv").read_text(encoding="utf-8")
    assert not any(text[:20] in stored for text in sentences(TEXT.read_text("utf-8")).values())
    assert len((tmp_path / "claims.csv").read_text().splitlines()) == 11
    assert str(load_tables(folder).sources.at[KEY, "article_day"])[:10] == "2026-01-10"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"caf\xe9.", "is not UTF-8 from byte 4 on"),
        (b" \n", "is empty"),
        (b"A word. " * 131_072, "line 1 has 1,048,576 characters"),
        (b"no stop at all", "holds no end of a sentence"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(content, told, folder, tmp_path):
    """And nothing is written."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(DataError) as refused:
        add(load_tables(folder), path, KEY, tmp_path / "claims.csv")
    assert told in str(refused.value)
    assert len(refused.value.problems) == 1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert not (tmp_path / "claims.csv").exists()


def test_a_source_with_sentences_and_another_text_are_refused(entered, tmp_path):
    """By the key of the source, and by the file."""
    with pytest.raises(DataError, match="has sentences already"):
        add(load_tables(entered), TEXT, KEY, tmp_path / "again.csv")
    other = tmp_path / "other.txt"
    other.write_text(TEXT.read_text(encoding="utf-8").replace("old", "new"), encoding="utf-8")
    with pytest.raises(DataError, match="is not the text of S-950 that was read"):
        Workbook(other, KEY, entered)
    with pytest.raises(DataError, match="paragraph 1, sentence 4: .* is not the sentence"):
        hold_against(load_tables(entered), other, KEY)


def test_a_claim_is_judged_and_written_under_the_next_free_key(entered):
    """What is covered is counted; a fault is named by column, and nothing is written."""
    book = Workbook(TEXT, KEY, entered)
    assert book.coverage()["claims"].sum() == 0
    assert book.faults(**{**CLAIM, "quote": "The list ends there"}) == [
        "quote: does not stand in that sentence."
    ]
    assert [line.split(":")[0] for line in book.faults(**{**CLAIM, "theme": "coup", "modality": ""})] == [
        "modality", "theme",
    ]  # fmt: skip
    with pytest.raises(DataError, match="CL-001, quote: is empty"):
        book.add(**{**CLAIM, "quote": ""})
    assert book.add(**CLAIM) == "CL-001"
    assert book.coverage()["claims"].tolist() == [0] * 9 + [1]
    assert load_tables(entered).claims.at["CL-001", "quote"] == CLAIM["quote"]
    assert book.faults(**CLAIM) == ["statement_en: stands in that sentence already."]


def test_the_form_writes_what_the_call_writes(entered):
    """The phrase is picked from the words of the sentence."""
    book = Workbook(TEXT, KEY, entered)
    places, _, words, phrase, statement, *_, told, button = book.form().children
    places.value = (2, 5)
    words.index = (0, 3)
    assert phrase.value == "Phrase: <q>The list ends here</q>"
    assert "statement_en: is empty" in told.value
    assert button.disabled
    statement.value = CLAIM["statement_en"]
    assert told.value == "No fault."
    button.click()
    assert book.claims.at["CL-001", "quote"] == CLAIM["quote"]


def test_without_widgets_the_form_is_a_sentence(entered, monkeypatch):
    """It says what to call instead."""
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert "book.add(" in Workbook(TEXT, KEY, entered).form()


def test_a_folder_that_holds_something_is_left_alone(tmp_path, tables):
    """Whatever it is."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ParameterError, match="is not empty"):
        start(tmp_path, tables)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
