"""Promises of a user's own tables and notebooks: no name of the package needs an edit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nbformat
import papermill
import pytest
from command import sahel
from factory import data_copy, put, rewrite
from nbformat import v4
from papermill.exceptions import PapermillExecutionError

from sahel_analysis import Report, load_tables
from sahel_analysis.batch.jobs import expand
from sahel_analysis.batch.store import Inputs
from sahel_analysis.errors import DataError
from sahel_analysis.evidence.consistency import inconsistencies
from sahel_analysis.evidence.record import articles
from sahel_analysis.tables.loading import FRAMES, REQUIRED

PARAMETERS = 'as_of = "2023-12-04"\ncountry = "NER"'
CALL = "from sahel_analysis import Report\n\nreport = Report('Ports', as_of=as_of, country=country)"


@pytest.fixture
def bare(tmp_path) -> Path:
    """Return a data folder with the required files alone, and no article."""
    folder = data_copy(tmp_path)
    for name in set(FRAMES) - set(REQUIRED):
        (folder / f"{name}.csv").unlink()

    def without_article(rows: list[list[str]]) -> None:
        basis, claims = rows[0].index("basis"), rows[0].index("claim_ids")
        retold = rows[0].index("same_as")
        rows[1:] = [row for row in rows[1:] if row[basis] == "reference"]
        for row in rows[1:]:
            row[claims] = row[retold] = ""

    rewrite(folder / "events.csv", without_article)
    for key in articles(load_tables()):
        put(folder / "sources.csv", key, text_sha256="", article_day="")
    return folder


@pytest.fixture
def notebooks(tmp_path) -> Path:
    """Return a folder with one notebook of a user's own."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [
        v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        v4.new_code_cell(f"{CALL}\nreport.cover()"),
        v4.new_code_cell("report.events_table()"),
        v4.new_code_cell("report.key_sources()"),
        v4.new_code_cell("report.notes()"),
        v4.new_code_cell("report.annex()"),
    ]
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, folder / "ports.ipynb")
    return folder


def test_tables_but_five_may_be_absent(bare):
    """They are empty then, and a table that is needed is named."""
    assert load_tables(bare).claims.empty
    (bare / "places.csv").unlink()
    with pytest.raises(DataError, match=r"places\.csv: cannot be read"):
        load_tables(bare)


def test_a_missing_root_is_one_sentence(bare):
    """Posture cannot be traced to an actor that is not there."""
    rewrite(
        bare / "actors.csv", lambda rows: rows.remove(next(r for r in rows if r[0] == "russia"))
    )
    with pytest.raises(DataError) as caught:
        load_tables(bare)
    assert "'russia'" in str(caught.value)


def test_without_an_article_the_audit_says_so(bare):
    """In one sentence."""
    report = Report("Audit", subject="article", tables=load_tables(bare))
    assert "hold no article" in report.verdicts()._repr_mimebundle_()[0]["text/markdown"]
    assert report.annex()._repr_mimebundle_()


def test_a_folder_s_tables_make_the_report_and_its_key(bare, notebooks, tmp_path):
    """In workers and kernels too, whatever folder they work in; nothing is built twice."""
    put(bare / "countries.csv", "NER", name_en="Nigeria Minor")
    asked = ["--data", bare, "build", "--notebooks", notebooks, "--country", "NER"]
    reports = tmp_path / "reports"
    made = sahel(*asked, "--as-of", "2023-12-04", "--output", reports)
    assert made.code == 0, made.stdout + made.stderr
    page = (reports / "2023-12-04_checked/ports_NER.html").read_text(encoding="utf-8")
    assert "Nigeria Minor" in page
    for name in ("ports_NER.pdf", "ports_NER_evidence.html", "ports_NER_evidence.pdf"):
        assert (reports / "2023-12-04_checked" / name).is_file()
    again = sahel(
        "build", "--notebooks", notebooks.name, "--country", "NER", "--as-of", "2023-12-04",
        "--output", reports, "--dry-run", env={"SAHEL_DATA": bare.name}, cwd=tmp_path,
    )  # fmt: skip
    assert "0 of 1 would run." in again.stdout
    elsewhere = sahel(
        "build", "--notebooks", notebooks, "--country", "NER", "--as-of", "2023-12-04",
        "--output", reports, "--dry-run",
    )  # fmt: skip
    assert "rows that it shows changed" in elsewhere.stdout


def test_another_notebook_makes_no_other_stale(notebooks, tables):
    """A key holds its own notebook alone."""
    before = [Inputs(tables).key(job) for job in expand(tables, {})]
    assert [job.notebook for job in expand(tables, {"country": ["NER"]}, notebooks)] == ["ports"]
    assert [Inputs(tables).key(job) for job in expand(tables, {})] == before


def test_papermill_is_refused_a_misspelt_parameter(notebooks, tmp_path):
    """Else the default would be in force, unseen."""
    with pytest.raises(PapermillExecutionError, match="contry"):
        papermill.execute_notebook(
            notebooks / "ports.ipynb", None, parameters={"contry": "MLI"}, progress_bar=False
        )


@pytest.mark.parametrize(
    ("file", "key", "cells", "told"),
    [
        ("events", "EV-101", {"source_ids": "S-101; S-102"}, "has a blank beside ';'"),
        ("events", "EV-101", {"iso3": "TCX", "source_ids": ""}, "is empty; expected what a row"),
    ],
)
def test_a_silent_fault_of_a_cell_is_named(file, key, cells, told, tmp_path):
    """By file, row and column, together with others of its row."""
    folder = data_copy(tmp_path)
    put(folder / f"{file}.csv", key, **cells)
    with pytest.raises(DataError) as caught:
        load_tables(folder)
    assert f"data/{file}.csv {key}, source_ids: " in str(caught.value)
    assert told in str(caught.value)
    assert len(caught.value.problems) == len(cells)


def test_a_file_parted_by_semicolons_is_named_as_such(tmp_path):
    """In one sentence, not one for each column."""
    folder = data_copy(tmp_path)
    path = folder / "places.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    with pytest.raises(DataError) as caught:
        load_tables(folder)
    assert str(caught.value) == (
        "data/places.csv: is parted by semicolons; save it with commas between the columns."
    )


def test_a_day_after_today_is_named(tmp_path):
    """Of an event, and of a source."""
    folder = data_copy(tmp_path)
    put(folder / "events.csv", "EV-101", date_edtf="2999-07-01")
    put(folder / "sources.csv", "S-002", published_edtf="2999-07")
    told = "\n".join(map(str, inconsistencies(load_tables(folder))))
    assert "data/events.csv EV-101, date_edtf: '2999-07-01' lies after today" in told
    assert "data/sources.csv S-002, published_edtf: '2999-07' lies after today" in told


def test_a_country_without_outline_is_named(tmp_path):
    """Under the code that it has in a folder's own outlines."""
    folder = data_copy(tmp_path)
    (folder / "boundaries").mkdir()
    ring = [[-4, 17], [-3, 17], [-3, 18], [-4, 17]]
    feature = {
        "type": "Feature",
        "properties": {"iso3": "MLI", "region": "Africa"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    outlines = {"type": "FeatureCollection", "features": [feature]}
    (folder / "boundaries/countries.geojson").write_text(json.dumps(outlines))
    told = "\n".join(map(str, inconsistencies(load_tables(folder))))
    assert "data/countries.csv NER, iso3: has no outline" in told
    assert "data/countries.csv MLI, iso3: has no outline" not in told
