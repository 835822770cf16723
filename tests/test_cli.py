"""Promises about the command line: what is sound exits 0, what is not is told and exits 1."""

from __future__ import annotations

import json
import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from factory import data_copy, put

from sahel_analysis.cli import FORMATS, export_record, main

READERS = {
    "gpkg": lambda path: gpd.read_file(path, layer="posture"),
    "geojson": gpd.read_file,
    "csv": pd.read_csv,
    "csl-json": lambda path: json.loads(path.read_text(encoding="utf-8")),
    "xlsx": lambda path: pd.read_excel(path, sheet_name="Posture", header=3),
    "sqlite": lambda path: pd.read_sql("SELECT * FROM posture_on", sqlite3.connect(path)),
}


def run(*words: object) -> tuple[int, str, str]:
    """Return exit code, output and messages of a command."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


def test_validate_says_what_was_found_sound(tmp_path):
    """Folder, tables, rows."""
    folder = data_copy(tmp_path)
    code, told, _ = run("validate", folder)
    assert code == 0
    assert told.startswith(f"{folder}: 16 tables, ")


def test_validate_names_every_fault_and_exits_1(tmp_path):
    """On the error stream, without a trace of the stack."""
    folder = data_copy(tmp_path)
    put(folder / "events.csv", "EV-002", place_id="niamee")
    put(folder / "figures.csv", "FG-001", best="many")
    code, told, faults = run("validate", folder)
    assert (code, told) == (1, "")
    assert len(faults.splitlines()) == 2
    assert "data/events.csv EV-002, place_id: 'niamee' is not in places.csv." in faults


def test_validate_names_a_judgement_that_hedges(tmp_path):
    """The lint is part of it."""
    folder = data_copy(tmp_path)
    put(folder / "judgements.csv", "KJ-101", alternative_en="The documents might stay paper.")
    code, _, faults = run("validate", folder)
    assert code == 1
    assert "data/judgements.csv KJ-101, alternative_en: 'might' does not say how likely" in faults


def test_validate_names_a_word_that_the_data_package_does_not_list(tmp_path):
    """And how to mend it."""
    package = data_copy(tmp_path) / "datapackage.json"
    text = package.read_text(encoding="utf-8")
    package.write_text(text.replace('"almost_no_chance",', ""), encoding="utf-8")
    code, _, faults = run("validate", package.parent)
    assert code == 1
    assert faults == (
        "data/datapackage.json: likelihood 'almost_no_chance' of tables/vocabulary.py is not "
        "listed: add it to the enum, or take it out of the vocabulary.\n"
    )


def test_validate_names_a_folder_that_is_not_there(tmp_path):
    """With where it was looked for."""
    code, _, faults = run("validate", tmp_path / "nowhere")
    assert code == 1
    assert f"looked in '{tmp_path / 'nowhere'}'" in faults


def test_audit_of_the_article_finds_nothing_open(article):
    """26 of 26 sentences covered, every claim checked."""
    code, told, _ = run("article", "check", article)
    assert code == 0
    assert "26 of 26 sentences covered." in told
    assert "82 of 82 claims checked" in told


def test_audit_of_a_changed_article_names_the_sentence(article, tmp_path):
    """One word, outside every phrase."""
    copy = tmp_path / "copy.txt"
    text = article.read_text(encoding="utf-8")
    assert text.count("vast and arid") == 1
    copy.write_text(text.replace("vast and arid", "vast and dry"), encoding="utf-8")
    code, told, faults = run("article", "check", copy)
    assert (code, told) == (1, "")
    [line] = faults.splitlines()
    assert line.startswith(f"{copy} paragraph 4, sentence 2: ")


def test_audit_asks_for_the_article():
    """The repository has no copy."""
    code, _, faults = run("article", "check")
    assert code == 2
    assert "TEXT" in faults


def test_export_offers_every_format():
    """The list of the command is the list of the package."""
    [option] = [option for option in export_record.params if option.name == "form"]
    assert list(option.type.choices) == list(FORMATS) == list(READERS)


@pytest.mark.parametrize("form", READERS)
def test_an_export_opens_in_a_real_reader(form, tmp_path):
    """And the command says what it wrote."""
    path = tmp_path / f"out{FORMATS[form][0]}"
    code, told, _ = run("export", "--format", form, "--as-of", "2023-12-04", "--output", path)
    assert code == 0
    assert told.startswith(f"{path}: ")
    assert told.endswith("as of 4 December 2023, checked evidence.\n")
    assert len(READERS[form](path)) > 0


def test_an_export_without_a_name_is_named_by_its_day(tmp_path, monkeypatch):
    """Day and evidence, in the current folder."""
    monkeypatch.chdir(tmp_path)
    code, _, _ = run("export", "--format", "csv", "--as-of", "2023-12-04", "--evidence", "article")
    assert code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sahel_2023-12-04_article.csv"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--as-of", "2023-02-30"], "as_of: '2023-02-30' is not allowed; expected a day of the"),
        (["--as-of", "1999-01-01"], "expected a day from 2012-01-01 to"),
        (["--evidence", "chekced"], "Did you mean 'checked'?"),
        (["--output", "."], "'.' cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_told(words, told, tmp_path, monkeypatch):
    """Nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, _, faults = run("export", "--format", "csv", *words)
    assert code == 1
    assert told in faults
    assert list(tmp_path.iterdir()) == []


def test_diff_tells_what_happened_in_three_forms():
    """As text, as Markdown, as JSON."""
    days = ("diff", "--from", "2023-12-04", "--to", "2025-09-01")
    assert run(*days)[1].startswith("What changed from 4 December 2023 to 1 September 2025\n")
    assert run(*days, "--format", "markdown")[1].startswith("# What changed")
    assert json.loads(run(*days, "--json")[1])["to"] == "2025-09-01"


def test_diff_refuses_days_that_the_tables_do_not_reach():
    """Every fault in one message."""
    code, told, faults = run(
        "diff", "--from", "2023-12-04", "--to", "2199-01-01", "--evidence", "x"
    )
    assert (code, told) == (1, "")
    assert [line.split(":")[0] for line in faults.splitlines()] == ["to", "evidence"]
    assert "expected a day from" in faults


@pytest.mark.parametrize(
    "words",
    [(), ("--from", "2023-12-04", "--tables", "a", "b"), ("--tables", "a", "b", "--map", "m")],
)
def test_diff_asks_for_days_or_for_tables(words):
    """Not for both, not for neither."""
    assert run("diff", *words)[0] == 2


def test_diff_of_tables_tells_what_was_corrected(tmp_path):
    """Old value and new one."""
    old, new = data_copy(tmp_path / "old"), data_copy(tmp_path / "new")
    put(new / "events.csv", "EV-212", confidence="low")
    code, told, _ = run("diff", "--tables", old, new)
    assert code == 0
    assert "- EV-212: confidence: “high” is now “low”." in told


def test_diff_draws_a_map_of_what_moved(tmp_path):
    """Whole, as SVG."""
    path = tmp_path / "moved.svg"
    assert run("diff", "--from", "2023-12-04", "--to", "2024-01-31", "--map", path)[0] == 0
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_watch_tells_how_indicators_stand():
    """What moved between two days, and how many forecasts there are."""
    code, told, _ = run("watch", "--from", "2024-10-01", "--to", "2025-09-01")
    assert code == 0
    assert "not seen, now seen (EV-254" in told
    assert "Forecasts recorded before their window: " in told
