"""Promise of the tour: whoever opens JupyterLab first can run it from top to bottom."""

from __future__ import annotations

from pathlib import Path

import geopandas
import nbformat
import papermill
import pytest

from sahel_analysis.batch.jobs import notebook_folder, reports

TOUR = notebook_folder() / "tour.ipynb"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[nbformat.NotebookNode, Path]:
    """Return the tour after it was run, and the folder in which it ran."""
    folder = tmp_path_factory.mktemp("tour")
    made = papermill.execute_notebook(
        TOUR, None, kernel_name="python3", progress_bar=False, cwd=str(folder)
    )
    return made, folder


def test_every_cell_of_the_tour_shows_something(run):
    """Each is there to be looked at."""
    made, _ = run
    for cell in made.cells:
        if cell.cell_type == "code":
            assert cell.outputs, cell.source


def test_the_tour_leaves_layers_and_a_report(run):
    """Both open."""
    _, folder = run
    assert len(geopandas.read_file(folder / "tour.gpkg", layer="posture")) > 10
    [page] = (folder / "tour").rglob("country_brief_MLI.html")
    assert "Mali, 4 December 2023" in page.read_text(encoding="utf-8")


def test_the_tour_says_one_sentence_before_each_cell_and_is_no_report():
    """It has no parameters, so that no build makes it."""
    assert TOUR.stem not in reports()
    cells = nbformat.read(TOUR, as_version=4).cells[1:]
    for words, code in zip(cells[::2], cells[1::2], strict=True):
        assert (words.cell_type, code.cell_type) == ("markdown", "code")
        assert words.source.count(".") == 1
        assert words.source.endswith(".")
