"""Promises of the notebooks in a running JupyterLab: they open, run, show and export."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from browser import Opener, faults, wait_until

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
EARLIER = "2022-09-01"
FORMATS = {"Briefing_html", "Briefing_pdf", "Briefing_docx", "Briefing_pptx"}
QUIET = {"@jupyterlab/apputils-extension/notification": '{"fetchNews": "false"}'}
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.textContent)"


class Lab:
    """A JupyterLab server over copies of the notebooks, with settings of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.notebooks = folder / "notebooks"
        shutil.copytree(ROOT / "notebooks", self.notebooks)
        for name, text in QUIET.items():
            path = folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.root = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.token = secrets.token_hex()
        options = {
            "ServerApp.allow_root": True,
            "ServerApp.open_browser": False,
            "ServerApp.port": self.root.rsplit(":", 1)[1],
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.notebooks,
        }
        self.environment = (
            os.environ
            | environment
            | {
                "IPYTHONDIR": str(folder / "ipython"),
                "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
                "JUPYTER_CONFIG_DIR": str(folder / "config"),
                "JUPYTER_DATA_DIR": str(folder / "data"),
                "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
                "JUPYTER_TOKEN": self.token,
            }
        )
        command = [*_JUPYTER, "lab", *(f"--{name}={value}" for name, value in options.items())]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def wait(self, seconds: float = 90) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                return urlopen(f"{self.root}/api?token={self.token}").close()
            except OSError:
                assert self.server.poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.1)

    def open(self, opener: Opener, name: str, view: str = "lab"):
        """Open a notebook and wait until its kernel is ready."""
        page = opener(f"{self.root}/{view}/tree/{name}?token={self.token}", offline=False)
        page.set_default_timeout(30_000)
        wait_until(page, "/\\| Idle/.test(document.body.innerText)", 60)
        return page

    def read(self, name: str = "briefing") -> nbformat.NotebookNode:
        """Return a notebook as it was saved."""
        return nbformat.read(self.notebooks / f"{name}.ipynb", 4)

    def jupyter(self, *command: str) -> bytes:
        """Return what a Jupyter command prints in the folder of the notebooks."""
        whole = [*_JUPYTER, *command]
        return subprocess.run(
            whole, cwd=self.notebooks, env=self.environment, capture_output=True, check=True
        ).stdout


_JUPYTER = (sys.executable, "-m", "jupyter")


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory) -> Iterator[Lab]:
    """Return a running server; without a browser none is started."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    try:
        lab.wait()
        yield lab
    finally:
        lab.server.terminate()
        lab.server.wait(20)


@pytest.fixture(scope="module")
def opener(chromium) -> Iterator[Opener]:
    """Return what opens pages that stay open for all tests of this module."""
    opener = Opener(chromium)
    yield opener
    opener.close()


@pytest.fixture(scope="module")
def briefing(lab, opener):
    """Return the briefing, opened, run and saved in JupyterLab."""
    page = lab.open(opener, "briefing.ipynb")
    run_all(page)
    return page


def choose(page, *path: str) -> None:
    """Choose an entry of the menus."""
    page.locator(".lm-MenuBar-itemLabel", has_text=path[0]).click()
    for label in path[1:-1]:
        page.locator(".lm-Menu-itemLabel", has_text=label).hover()
    page.locator(".lm-Menu-itemLabel").get_by_text(path[-1], exact=True).click()


def run_all(page) -> None:
    """Run all cells by the menu, wait until all are done, and save."""
    before = page.evaluate(PROMPTS)
    choose(page, "Run", "Run All Cells")
    done = f"{PROMPTS}.every((now, k) => /\\d/.test(now) && now !== {before}[k])"
    wait_until(page, done, 60)
    page.keyboard.press("Control+s")
    wait_until(page, "!document.querySelector('.jp-mod-dirty')")


def exported(page, label: str = "Briefing_html") -> bytes:
    """Return the file that an entry of the export menu downloads."""
    with page.expect_download() as download:
        choose(page, "File", "Save and Export Notebook As", label)
    return download.value.path().read_bytes()


def test_names_of_exporters_can_stand_in_the_address_of_the_menu():
    """Jupyter Server answers 404 to a format with a hyphen, though the menu offers it."""
    names = {entry.name for entry in entry_points(group="nbconvert.exporters")}
    ours = {name for name in names if name.startswith("briefing")}
    assert {name.capitalize() for name in ours} == FORMATS
    assert all(re.fullmatch(r"\w+", name) for name in ours)


def test_briefing_runs_to_its_end_without_an_error(briefing, lab):
    """Every cell ran, in order, and none failed or warned."""
    cells = [cell for cell in lab.read().cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds == {"execute_result"}


def test_figures_are_seen_with_caption_and_alternative_text(briefing):
    """Every one is drawn, in a readable size, above its caption."""
    figures = briefing.locator(".jp-OutputArea figure")
    assert figures.count() >= 2
    for figure in figures.all():
        image, caption = figure.locator("img"), figure.locator("figcaption")
        image.scroll_into_view_if_needed()
        assert image.evaluate("e => e.complete && e.naturalWidth > 0")
        assert image.get_attribute("src").startswith("data:image/svg+xml")
        assert len(image.get_attribute("alt")) > 80
        drawn, below = image.bounding_box(), caption.bounding_box()
        assert drawn["width"] > 450
        assert drawn["height"] > 100
        assert drawn["y"] + drawn["height"] <= below["y"] + 1
        assert caption.inner_text().strip()


def test_tables_in_jupyterlab_have_captions_and_headers(briefing):
    """A table says what it is and what its rows and columns are, within the width of the page."""
    for table in briefing.locator(".jp-OutputArea table").all():
        assert table.locator("caption").text_content()
        assert table.locator("thead th[scope=col]").count() >= 2
        assert table.locator("tbody th[scope=row]").count() == table.locator("tbody tr").count()
        assert table.evaluate("e => e.scrollWidth <= e.closest('.jp-OutputArea').clientWidth")


def test_a_mark_leads_to_its_note(briefing):
    """Citation marks work as links inside JupyterLab too."""
    mark = briefing.locator(".jp-OutputArea a", has_text="e187").first
    mark.click()
    note = briefing.locator("dt#e187")
    briefing.wait_for_timeout(300)
    assert 0 <= note.bounding_box()["y"] <= 900


def test_jupyterlab_asks_nobody_but_its_server(briefing, lab):
    """Notebook and figures need no network."""
    asked = [told for told in faults(briefing) if told.startswith("asked for ")]
    assert asked
    assert all(told.startswith((f"asked for {lab.root}", "asked for ws://127")) for told in asked)


def test_export_menu_offers_the_formats(briefing):
    """HTML, PDF, DOCX and PPTX stand in the menu."""
    briefing.locator(".lm-MenuBar-itemLabel", has_text="File").click()
    briefing.locator(".lm-Menu-itemLabel", has_text="Save and Export Notebook As").hover()
    entries = briefing.locator(".lm-Menu-itemLabel", has_text="Briefing_")
    entries.first.wait_for()
    assert set(entries.all_inner_texts()) == FORMATS
    briefing.keyboard.press("Escape")
    briefing.keyboard.press("Escape")


def test_menu_command_line_and_build_give_the_same_page(briefing, lab, tmp_path):
    """Three ways to one report."""
    page = exported(briefing)
    assert page == lab.jupyter("nbconvert", "--to=briefing_html", "--stdout", "briefing.ipynb")
    asked = ["--notebook=briefing", "--as-of=2023-12-04", "--evidence=checked", "--format=html"]
    build = [Path(sys.executable).with_name("sahel"), "build", *asked, f"--output={tmp_path}"]
    subprocess.run(build, check=True, capture_output=True)
    [built] = tmp_path.rglob("briefing.html")
    assert page == built.read_bytes()


def test_parameter_changed_by_hand_gives_the_report_of_papermill(briefing, lab):
    """Typing a date in the parameters cell is as good as passing it."""
    cell = briefing.locator(".jp-CodeCell .cm-content").first
    source = next(c.source for c in lab.read().cells if "parameters" in c.metadata.get("tags", []))
    cell.click()
    briefing.keyboard.press("Control+a")
    briefing.keyboard.insert_text(source.replace("2023-12-04", EARLIER))
    run_all(briefing)
    page = exported(briefing)
    assert b"1 September 2022" in page
    # Under the same name, since a page leads to its annex by name.
    (lab.notebooks / "again").mkdir()
    asked = ("briefing.ipynb", "again/briefing.ipynb", "-p", "as_of", EARLIER)
    shutil.copy(ROOT / "notebooks/briefing.ipynb", lab.notebooks)
    whole = [sys.executable, "-m", "papermill", *asked, "--no-progress-bar"]
    subprocess.run(whole, cwd=lab.notebooks, env=lab.environment, capture_output=True, check=True)
    assert page == lab.jupyter(
        "nbconvert", "--to=briefing_html", "--stdout", "again/briefing.ipynb"
    )


def test_tables_of_a_user_are_used_where_the_environment_names_them(chromium, opener, tmp_path):
    """JupyterLab started with SAHEL_DATA reads them and no others."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    countries = data / "countries.csv"
    text = countries.read_text(encoding="utf-8")
    countries.write_text(text.replace("NER,Niger,", "NER,Nigeria Minor,"), encoding="utf-8")
    lab = Lab(tmp_path, SAHEL_DATA=str(data))
    try:
        lab.wait()
        cell = nbformat.v4.new_code_cell(
            "from sahel_analysis import load_tables\n\nload_tables().countries.name_en['NER']"
        )
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
        nbformat.write(notebook, lab.notebooks / "own.ipynb")
        run_all(lab.open(opener, "own.ipynb"))
        [output] = lab.read("own").cells[0].outputs
        assert output.data["text/plain"] == "'Nigeria Minor'"
    finally:
        lab.server.terminate()
        lab.server.wait(20)


def test_explore_opens_the_atlas_in_a_cell(lab, opener):
    """The atlas works in a cell: its slider moves the map's day."""
    cell = nbformat.v4.new_code_cell("import sahel_analysis\n\nsahel_analysis.explore()")
    notebook = nbformat.v4.new_notebook(
        cells=[cell],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}},
    )
    nbformat.write(notebook, lab.notebooks / "atlas.ipynb")
    page = lab.open(opener, "atlas.ipynb", view="doc")
    run_all(page)
    atlas = page.frame_locator(".jp-OutputArea iframe")
    atlas.locator("html[data-ready]").wait_for(state="attached")
    assert atlas.locator("#day").input_value() == "2023-12-04"
    atlas.locator("#slider").press("ArrowRight")
    assert atlas.locator("#day-words").inner_text() == "5 December 2023"
    assert atlas.locator("#map-NER .fill").is_visible()


def test_a_form_changes_the_page_and_its_command_makes_the_same(lab, opener):
    """Another country is chosen by menu; papermill's outputs are what the form shows."""
    notebook = nbformat.read(ROOT / "notebooks/country_brief.ipynb", 4)
    notebook.cells.insert(4, nbformat.v4.new_code_cell("report.form()"))
    nbformat.write(notebook, lab.notebooks / "form.ipynb")
    page = lab.open(opener, "form.ipynb", view="doc")
    run_all(page)
    shows = page.locator(".widget-output")
    shows.locator("h1", has_text="Niger").wait_for()
    before = shows.locator("figure img").first.get_attribute("src")
    menu = page.locator(".widget-dropdown", has_text="Country").locator("select")
    menu.select_option(label="Mali")
    shows.locator("h1", has_text="Mali").wait_for()
    told = page.locator(".widget-html-content pre", has_text="MLI")
    told.wait_for()
    words = shlex.split(told.text_content())
    assert words[:2] == ["papermill", "form.ipynb"]
    whole = [sys.executable, "-m", *words, "--no-progress-bar"]
    subprocess.run(whole, cwd=lab.notebooks, env=lab.environment, capture_output=True, check=True)
    outputs = [output for cell in lab.read("out").cells for output in cell.get("outputs", [])]
    made = "".join(
        output.data["text/html"] for output in outputs if not output.metadata.get("sahel")
    )
    drawn = [image.get_attribute("src") for image in shows.locator("figure img").all()]
    assert drawn == re.findall('<img [^>]*src="([^"]*)"', made)
    assert before not in drawn
    paper = page.context.new_page()
    paper.set_content(made)
    said = ["".join(place.text_content().split()) for place in (shows, paper.locator("body"))]
    assert said[0] == said[1]
