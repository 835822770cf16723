"""Promises about the form: a choice changes the page, and the command shown makes the same one."""

from __future__ import annotations

import builtins
import re
import shlex
from html import unescape

import papermill
import pytest
from papermill.cli import papermill as papermill_command
from trial import put_brief

from sahel_analysis import Report
from sahel_analysis.errors import ParameterError
from sahel_analysis.report.form import command, page


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """Return a country brief with a table and a form."""
    folder = tmp_path_factory.mktemp("form")
    cells = ["report.tiles()", "report.form()", "report.events_table()"]
    return put_brief(folder, *cells) / "country_brief.ipynb"


@pytest.fixture
def form(notebook, monkeypatch):
    """Return the form as a report in JupyterLab shows it: the kernel knows its notebook."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    monkeypatch.chdir(notebook.parent)
    return Report("Niger", as_of="2023-12-04", country="NER").form()


def shown(form) -> str:
    """Return the page of a form."""
    return "".join(output["data"]["text/html"] for output in form.children[-1].outputs)


def test_menus_offer_what_reports_can_be_asked_for(form):
    """Set as the report is; days are limited to the range."""
    day, evidence, country = form.children[:3]
    assert (str(day.value), evidence.value, country.value) == ("2023-12-04", "checked", "NER")
    assert day.min < day.value < day.max
    assert evidence.options == ("article", "checked")
    assert ("Mali", "MLI") in country.options


def test_a_choice_changes_the_page_and_its_command_makes_the_same(form, notebook, tmp_path):
    """By the very words shown, in papermill's own reading of them."""
    before = shown(form)
    form.children[2].value = "MLI"
    after = shown(form)
    assert "<h1>Mali, 4 December 2023</h1>" in after
    assert before != after
    words = shlex.split(unescape(re.search("<pre>(.*)</pre>", form.children[-2].value)[1]))
    assert words[:3] == ["papermill", "country_brief.ipynb", "out.ipynb"]
    out = tmp_path / "out.ipynb"
    papermill_command.main(
        ["country_brief.ipynb", str(out), *words[3:], "--no-progress-bar"], standalone_mode=False
    )
    made = papermill.iorw.load_notebook_node(str(out))
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    assert after == "".join(output.data["text/html"] for output in outputs)


def test_what_cannot_be_made_is_told_in_the_form(form):
    """And the menus stay."""
    form.children[0].value = None
    assert "as_of: 'None' is not allowed" in unescape(form.children[-2].value)


def test_the_command_quotes_what_a_shell_would_part(tmp_path):
    """A folder with a space in its name."""
    path = tmp_path / "my notebooks" / "a.ipynb"
    told = shlex.split(command(path, {"as_of": "2023-12-04"}))
    assert told == ["papermill", str(path), "out.ipynb", "-p", "as_of", "2023-12-04"]


def test_a_page_leaves_the_annex_out(tmp_path):
    """It is a document of its own."""
    put_brief(tmp_path, "report.annex()")
    [cover, *rest] = page(tmp_path / "country_brief.ipynb", {"country": "NER"})
    assert "text/html" in cover.data
    assert not any(output.metadata.get("sahel") for output in rest)


def test_outside_jupyterlab_the_notebook_is_asked_for(monkeypatch):
    """In one sentence."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(ParameterError, match=r"report.form\('country_brief.ipynb'\)"):
        Report("Niger", country="NER").form()


def test_without_ipywidgets_one_sentence_says_what_to_install(monkeypatch):
    """And nothing else happens."""
    load = builtins.__import__

    def without(name, *rest):
        if name == "ipywidgets":
            raise ImportError(name)
        return load(name, *rest)

    report = Report("Niger", country="NER")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ParameterError, match=r"pip install 'sahel-analysis\[form\]'"):
        report.form()
