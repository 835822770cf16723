"""Promises of the flagship as it is published: marks lead home, errors of the article are named."""

from __future__ import annotations

import io
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import papermill
import pytest
from pypdf import PdfReader

from sahel_analysis import Report, load_tables
from sahel_analysis.prose.notes import anchor, key_of
from sahel_analysis.publishing.exporters import export

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = 20


class _Page(HTMLParser):
    """The ids of a page with the text inside them, and the targets of its links within itself."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        told = dict(attributes)
        if (told.get("href") or "").startswith("#"):
            self.targets.append(told["href"][1:])
        if told.get("id"):
            self._open.append(told["id"])
            self.texts[told["id"]] = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]] += data


def published(name: str) -> dict[str, bytes]:
    """Return a notebook's report and annex of the article's day in checked evidence."""
    executed = papermill.execute_notebook(
        ROOT / f"notebooks/{name}.ipynb", None, {}, kernel_name="python3", progress_bar=False
    )
    return export(executed, ["html", "pdf"], name=name)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return the briefing as HTML and PDF."""
    return published("briefing")


@pytest.fixture(scope="module")
def tables():
    """Return the package's own tables."""
    return load_tables()


def _grounded(key: str, tables) -> bool:
    """Return whether a row has the claim or source that ends the walk."""
    if key.startswith("CL-"):
        return bool(tables.claims.at[key, "quote"])
    if key.startswith("S-"):
        return key in tables.sources.index
    table = tables.events if key.startswith("EV-") else tables.figures
    return bool(table.at[key, "claim_ids"] or table.at[key, "source_ids"])


def test_twenty_marks_of_the_page_lead_to_a_row_with_a_source(files, tables):
    """In the annex a mark ends at a claim or event with a source, never nowhere."""
    page = _Page()
    page.feed(files["evidence.html"].decode())
    marks = [target for target in page.targets if re.fullmatch(r"[cefs]\d+", target)]
    assert len(set(marks)) > SAMPLE
    for target in random.Random(20231204).sample(sorted(set(marks)), SAMPLE):
        assert target in page.texts, target
        assert _grounded(key_of(target), tables), target


def test_twenty_marks_of_the_pdf_lead_to_a_place_in_it(files, tables):
    """The same walk in the PDF: each link has a target, and the notes name the row."""
    reader = PdfReader(io.BytesIO(files["evidence.pdf"]))
    links = [
        annotation.get_object()
        for page in reader.pages
        for annotation in page.get("/Annots", [])
        if annotation.get_object().get("/Subtype") == "/Link"
    ]
    inner = [link for link in links if "/Dest" in link or "/D" in link.get("/A", {})]
    assert len(inner) > SAMPLE
    names = set(reader.named_destinations)
    pages = {page.indirect_reference.idnum for page in reader.pages}
    text = "\n".join(page.extract_text() for page in reader.pages)
    for link in random.Random(20231204).sample(inner, SAMPLE):
        target = (link.get("/Dest") or link["/A"]["/D"]).get_object()
        if isinstance(target, list):
            assert target[0].idnum in pages, target
        else:
            assert str(target) in names, target
    noted = set(re.findall(r"^([cefs]\d+)\b", text, flags=re.MULTILINE))
    cited = [a for a in sorted(noted) if a[0] in "cef"]
    assert len(cited) > SAMPLE
    for found in random.Random(20231204).sample(cited, SAMPLE):
        assert _grounded(key_of(found), tables), found


def test_every_contradicted_claim_is_named_with_its_correction(tables):
    """The audit says where the article is wrong, claim by claim."""
    page = _Page()
    page.feed(published("source_audit")["evidence.html"].decode())
    checks = tables.checks
    wrong = checks.index[checks["verdict"] == "contradicted"]
    assert len(wrong)
    for key in wrong:
        assert anchor(key) in page.targets, key
        for source in checks.at[key, "source_ids"]:
            assert anchor(source) in page.targets, (key, source)


def test_the_two_worlds_stand_side_by_side():
    """The pair of maps says in its alternative text that the article and the record part on Chad."""
    report = Report("Two worlds", "4 December 2023", as_of="2023-12-04")
    told = report.map_pair().metadata["image/svg+xml"]["alt"]
    left, right = told.split(" Right. ")
    assert re.search(r"French forces withdrawn: [^.]*Chad", left)
    assert re.search(r"French forces present: [^.]*Chad", right)
