"""Promises about the vocabulary: it and the enums of the data package hold the same words."""

from dataclasses import replace

import pytest

from sahel_analysis.errors import DataError
from sahel_analysis.tables import vocabulary
from sahel_analysis.tables.loading import data_folder, load_tables
from sahel_analysis.tables.schema import FILE, read_schema
from sahel_analysis.tables.vocabulary import EVENT_TYPES, unknown_words, unlisted_words
from tests.factory import data_copy

SCHEMA = read_schema(data_folder())


def with_enum(table: str, column: str, words: list[str]) -> dict:
    """Return the schema with another closed list for one column."""
    fields = tuple(
        replace(field, constraints={**field.constraints, "enum": words})
        if field.name == column
        else field
        for field in SCHEMA[table].fields
    )
    return {**SCHEMA, table: replace(SCHEMA[table], fields=fields)}


def test_vocabulary_and_data_package_hold_the_same_words():
    """Of the package's own data no word stands in one and not in the other."""
    assert list(unknown_words(SCHEMA, "data")) == []
    assert list(unlisted_words(SCHEMA, "data")) == []


def test_a_word_that_the_vocabulary_lacks_is_one_sentence():
    """The message says what must be added and where."""
    words = [*EVENT_TYPES, "airstrike"]
    [problem] = unknown_words(with_enum("events", "event_type", words), "data")
    assert str(problem) == (
        "data/datapackage.json: event type 'airstrike' is not in tables/vocabulary.py: add it there "
        "with its order, label and what it moves."
    )


def test_a_word_that_the_data_package_lacks_is_one_sentence():
    """A word kept for nothing is told as well."""
    words = [word for word in vocabulary.QUALIFIERS if word != "claimed"]
    [problem] = unlisted_words(with_enum("figures", "qualifier", words), "data")
    assert str(problem).startswith("data/datapackage.json: qualifier 'claimed' of tables/")


def test_tables_with_an_unknown_word_are_refused(tmp_path):
    """Who adds a word to the data package alone reads so at once, and not in a map."""
    folder = data_copy(tmp_path)
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text.replace('"force_level"', '"force_level", "airstrike"'))
    with pytest.raises(DataError, match="event type 'airstrike' is not in tables/vocabulary.py"):
        load_tables(folder)


def test_words_of_an_event_type_are_words_of_the_vocabulary():
    """Owners and states named by event types exist."""
    for kind in EVENT_TYPES.values():
        assert kind.concerns in {"all", "actors", "nobody"}
        assert kind.french in {"", *vocabulary.FRENCH_STATES}
        assert {kind.russian, kind.ends_russian} <= {"", *vocabulary.RUSSIAN_STATES}
        assert set(kind.timelines) <= {"france", "russia"}


def test_bands_of_likelihood_follow_each_other():
    """Each band begins where the one before ends, as in ICD 203."""
    bands = list(vocabulary.LIKELIHOODS.values())
    assert [band.high for band in bands[:-1]] == [band.low for band in bands[1:]]
