"""Promises about text from tables: in every output it is the literal text, and nothing but text.

One copy of the clone, whose tables hold every string of `injections`, is built once.
"""

from __future__ import annotations

import csv
import html
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import faults
from factory import data_copy, put, rewrite
from injections import ADDRESSES, LITERAL, REFUSED
from pypdf import PdfReader

from sahel_analysis.errors import DataError
from sahel_analysis.tables.loading import load_tables

ROOT = Path(__file__).resolve().parents[2]
COUNTRIES = [
    "NER", "MLI", "BFA", "TCD", "CAF", "SDN", "SEN", "CIV", "GAB", "MRT", "TGO", "BEN", "GNB", "GNQ",
]  # fmt: skip
# Where readers meet text of the tables; the number says in which row the first string stands.
COLUMNS = (
    ("checks", "finding_en", 1), ("events", "summary_en", 1), ("sources", "title", 2),
    ("sources", "publisher", 2), ("sources", "note", 2), ("judgements", "text_en", 1),
    ("judgements", "basis_en", 1), ("actors", "name_en", 4), ("places", "name_en", 1),
    ("figures", "label_en", 1), ("claims", "attributed_to", 1),
)  # fmt: skip
EDITIONS = f"""
[editions.audit]
notebook = "source_audit"
format = ["html", "pdf", "docx"]

[editions.names]
notebook = "regional_realignment"
country = {json.dumps(COUNTRIES)}
format = ["html", "pdf", "docx"]
"""
COMMAND = "from sahel_analysis.cli import main; main()"
# All that our own pages are made of.
TAGS = """
    a abbr article aside b blockquote body br button caption circle clippath code col colgroup dd defs details
    div dl dt em fieldset figcaption figure footer form g h1 h2 h3 h4 h5 head header hr html img
    input label legend li line link main meta nav noscript ol optgroup option output p path pattern
    polygon polyline rect small script section select span strong style summary sup svg symbol table
    tbody td text th thead time title tr tspan ul use
"""
# Quotation marks and ellipses are set as a typesetter sets them.
SET = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "..."})


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """Return a copy of the clone with hostile tables, its reports, index, atlas and exports."""
    folder = tmp_path_factory.mktemp("hostile")
    for name in ("sahel_analysis", "data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for table, column, first in COLUMNS:
        fill(folder / f"data/{table}.csv", column, LITERAL, first)
    names = [" ".join(LITERAL[start :: len(COUNTRIES)]) for start in range(len(COUNTRIES))]
    for iso3, name in zip(COUNTRIES, names, strict=True):
        put(folder / "data/countries.csv", iso3, name_en=name)
    fill(folder / "data/sources.csv", "url", ADDRESSES, 2)
    (folder / "editions.toml").write_text(EDITIONS, encoding="utf-8")
    for words in (
        ("build", "--editions", "editions.toml"),
        ("atlas",),
        ("export", "--format", "csv", "--output", "events.csv"),
    ):
        run = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    return folder


def fill(path: Path, column: str, texts: tuple[str, ...], first: int) -> None:
    """Put texts into a column from a row on, as many as there are rows."""

    def change(rows: list[list[str]]) -> None:
        for row, text in zip(rows[first:], texts, strict=False):
            row[rows[0].index(column)] = text

    rewrite(path, change)


class Parsed(HTMLParser):
    """A page as a parser sees it: its elements, and its text without scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep text, unless it is the page's own script or style."""
        if not self.elements or self.cdata_elem is None:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """Keep a comment."""
        self.comments.append(data)

    def hold(self) -> None:
        """Assert that nothing in the page came out of a string."""
        assert {tag for tag, _ in self.elements} <= set(TAGS.split())
        for tag, attributes in self.elements:
            assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
            for name in ("href", "src", "action", "xlink:href"):
                address = attributes.get(name, "#")
                assert re.match(r"#|https?://|data:(image|font)/|[\w./-]+$", address), address
            assert "expression(" not in attributes.get("style", "")
            assert "url(//" not in attributes.get("style", "")


def squeezed(text: str) -> str:
    """Return a text without white space and as it was typed."""
    return re.sub(r"\s+", "", text.translate(SET))


def missing(text: str) -> list[str]:
    """Return the strings that a text does not hold literally."""
    found = squeezed(text)
    return [string for string in LITERAL if squeezed(string) not in found]


def reports(clone: Path, suffix: str) -> list[Path]:
    """Return the reports of a kind."""
    return sorted((clone / "reports").glob(f"*/*.{suffix}"))


def with_annex(path: Path) -> list[Path]:
    """Return a report's file and that of its annex."""
    return [path, path.with_stem(f"{path.stem}_evidence")]


def test_every_string_is_literal_in_html(clone):
    """In a report and its annex; no element, attribute or address of them comes out of one."""
    for path in reports(clone, "ipynb"):
        files = with_annex(path.with_suffix(".html"))
        pages = [Parsed(file.read_text(encoding="utf-8")) for file in files]
        for page in pages:
            page.hold()
            assert not [tag for tag, _ in page.elements if tag == "script"]
        assert missing(" ".join(text for page in pages for text in page.texts)) == []


def test_every_string_is_literal_in_the_notebook(clone):
    """In what JupyterLab shows of it."""
    for path in reports(clone, "ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        shown = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
        page = Parsed("".join(shown))
        page.hold()
        assert missing(" ".join(page.texts)) == []
        assert not [tag for tag, _ in page.elements if tag in {"script", "form", "input", "link"}]


@pytest.mark.parametrize("place", [0, 1])
def test_every_string_is_literal_in_the_pdf(clone, place):
    """In a report and its annex; neither holds a script or an address of another kind."""
    files = with_annex(reports(clone, "ipynb")[place].with_suffix(".pdf"))
    readers = [PdfReader(file) for file in files]
    pages = [page for pdf in readers for page in pdf.pages]
    assert missing("".join(page.extract_text() for page in pages)) == []
    actions = [
        annotation.get_object().get("/A", {})
        for page in pages
        for annotation in page.get("/Annots", [])
    ]
    assert {str(action.get("/S", "/GoTo")) for action in actions} <= {"/URI", "/GoTo"}
    addresses = {str(action["/URI"]) for action in actions if "/URI" in action}
    assert {each for each in addresses if not each.startswith("http")} <= {files[1].name}
    for pdf in readers:
        assert not {"/JavaScript", "/OpenAction", "/AA"} & set(pdf.trailer["/Root"])


@pytest.mark.parametrize("place", [0, 1])
def test_every_string_is_literal_in_the_word_file(clone, place):
    """As runs of text, without a field that Word would evaluate: all that the page holds."""
    path = reports(clone, "docx")[place]
    with zipfile.ZipFile(path) as parts:
        document = parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/document.xml.rels").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", document, flags=re.DOTALL)
    runs = ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", part)) for part in paragraphs]
    page = Parsed(path.with_suffix(".html").read_text(encoding="utf-8"))
    on_page = set(LITERAL) - set(missing(" ".join(page.texts)))
    assert on_page
    assert not on_page & set(missing(html.unescape(" ".join(runs))))
    assert not re.search(r"<w:(fldSimple|altChunk|object)\b", document)
    # A source cited again refers to its footnote; no other field is there.
    fields = re.findall(r"<w:instrText[^>]*>([^<]*)<", document)
    assert all(re.fullmatch(r" *NOTEREF \w+( \\[hf])* *", field) for field in fields), fields
    outward = re.findall(r'Target="([^"]*)" TargetMode="External"', links)
    assert outward
    annex = with_annex(path.with_suffix(".html"))[1].name
    assert {target for target in outward if not target.startswith("http")} <= {annex}


def test_every_string_is_literal_in_the_index(clone):
    """Which lists the countries of the reports."""
    page = Parsed((clone / "reports/index.html").read_text(encoding="utf-8"))
    page.hold()
    assert missing(" ".join(page.texts)) == []
    assert len([tag for tag, _ in page.elements if tag == "script"]) == 1


def test_every_string_is_literal_in_the_atlas(clone):
    """Which lists every event and source."""
    page = Parsed((clone / "reports/atlas.html").read_text(encoding="utf-8"))
    page.hold()
    assert missing(" ".join(page.texts)) == []
    assert not [comment for comment in page.comments if "seven" in comment or "eight" in comment]


@pytest.mark.parametrize("name", ["index.html", "atlas.html", "report"])
def test_no_string_does_anything_in_a_browser(clone, open_page, name):
    """No dialog, no error, no request; what the page shows are the strings."""
    folder = clone / "reports"
    path = reports(clone, "html")[0] if name == "report" else folder / name
    page = open_page(path)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.reload()
    if name == "atlas.html":
        page.wait_for_selector("html[data-ready]", state="attached")
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(300)
    assert (dialogs, faults(page)) == ([], [])
    assert missing(page.evaluate("document.body.textContent")) == []
    doubtful = "iframe, math, object, embed, [onerror], [onload], [onclick], [onmouseover]"
    assert page.locator(doubtful).count() == 0


def test_no_string_ran_as_code(clone):
    """No file stands where a command in a string would have put one, and nothing was added up."""
    known = {"sahel_analysis", "data", "notebooks", "reports", "editions.toml", "events.csv"}
    assert {path.name for path in clone.iterdir()} == known
    text = " ".join(Parsed(reports(clone, "html")[-1].read_text(encoding="utf-8")).texts)
    assert "{{ 7*7 }} {% import os %} {# 34 #}" in text


def test_no_cell_of_the_export_runs_in_a_spreadsheet(clone):
    """A cell that would begin a formula begins with an apostrophe."""
    with (clone / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    number = re.compile(r"-?[0-9]+(\.[0-9]+)?")
    assert not [c for c in cells if c[:1] in "=+-@\t\r\n" and c and not number.fullmatch(c)]
    for string in LITERAL:
        assert string in cells or f"'{string}" in cells


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_what_no_reader_could_see_is_refused(tmp_path, text):
    """By file, row and column."""
    data = data_copy(tmp_path)
    put(data / "events.csv", "EV-002", summary_en=text)
    with pytest.raises(DataError, match=r"^data/events.csv EV-002, summary_en: "):
        load_tables(data)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//example.org", "https://",
     "https:///x", "https://[x", "http://a b", "file:///etc/passwd", "https://\u202eexample.org"],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_refused(tmp_path, address):
    """By file, row and column."""
    data = data_copy(tmp_path)
    put(data / "sources.csv", "S-002", url=address)
    with pytest.raises(DataError, match=r"^data/sources.csv S-002, url: "):
        load_tables(data)
