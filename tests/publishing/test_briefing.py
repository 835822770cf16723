"""Promises of the flagship as it is published: marks lead home, errors of the article are named."""

from __future__ import annotations

import html
import io
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import papermill
import pytest
from frictionless import Package
from pptx import Presentation
from pptx.util import Pt
from pypdf import PdfReader

from sahel_analysis import Report, load_tables, record
from sahel_analysis.batch.build import build
from sahel_analysis.batch.jobs import expand
from sahel_analysis.evidence.posture import followed
from sahel_analysis.evidence.record import one_article
from sahel_analysis.prose.notes import anchor, key_of
from sahel_analysis.publishing.exporters import export
from sahel_analysis.report.parameters import date_range

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = 20
STORY = 0.85  # of the height of a report's pages
FOOTER = 34  # points from the edge of the paper


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
    return export(executed, ["html", "pdf", "pptx"], name=name)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return the briefing as HTML, PDF and slides."""
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
    checks = one_article(tables).checks
    wrong = checks.index[checks["verdict"] == "contradicted"]
    assert len(wrong)
    for key in wrong:
        assert anchor(key) in page.targets, key
        for source in checks.at[key, "source_ids"]:
            assert anchor(source) in page.targets, (key, source)


@pytest.fixture(scope="module")
def briefs(tables, tmp_path_factory) -> Path:
    """Return a folder with the brief of the article's day and those of twenty draws from 2013 on."""
    dice, first, last = random.Random(16), date(2013, 1, 1), date_range(tables)[1]
    drawn = {("NER", date(2023, 12, 4))}
    while len(drawn) < SAMPLE + 1:
        day = first + timedelta(days=dice.randrange((last - first).days + 1))
        country = dice.choice(followed(tables))
        if not Report("Brief", as_of=day, country=country).has_little:
            drawn.add((country, day))
    jobs = [
        job
        for country, day in sorted(drawn)
        for job in expand(
            tables,
            {"notebook": ["country_brief"], "country": [country], "as_of": [day.isoformat()]},
        )
    ]
    folder = tmp_path_factory.mktemp("briefs")
    assert not build(jobs, folder).failed
    return folder


def _reports(folder: Path, ending: str) -> list[Path]:
    """Return the reports of a folder without their annexes."""
    return list(folder.rglob(f"country_brief_???.{ending}"))


def _levels(page) -> Iterator[tuple[float, str]]:
    """Return each text of a PDF's page above its footer, with its height on the page; points."""
    found = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: found.append(
            (tm[4] * cm[1] + tm[5] * cm[3] + cm[5], text.strip())
        )
    )
    return ((level, text) for level, text in found if text and level > FOOTER)


@pytest.mark.long
def test_a_brief_keeps_to_two_pages_and_its_story_to_most_of_them(briefs):
    """On any day and of any country; what is no story is the list of sources and what follows."""
    pages = {path: PdfReader(path).pages for path in _reports(briefs, "pdf")}
    assert len(pages) == SAMPLE + 1
    for path, pages_ in pages.items():
        assert len(pages_) <= 2, path
        whole = apparatus = 0.0
        for page in pages_:
            levels = list(_levels(page))
            foot = min(level for level, _ in levels)
            whole += float(page.mediabox.height) - foot
            heads = [level for level, text in levels if text.startswith("Key sources")]
            apparatus += max((level - foot for level in heads), default=0)
        assert 0 <= apparatus < (1 - STORY) * whole, path


@pytest.mark.long
def test_the_brief_of_the_articles_day_is_prose(briefs):
    """350 words at least in its bottom line, story, phases and unknowns."""
    [path] = [path for path in _reports(briefs, "html") if path.stem.endswith("NER")
              and "2023-12-04" in path.as_posix()]  # fmt: skip
    page = path.read_text(encoding="utf-8")
    body = re.sub(r"(?s)<(table|figure|nav|header|footer|style|svg)\b.*?</\1>", " ", page)
    blocks = re.findall(r"(?s)<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", body)
    words = " ".join(re.sub(r"<[^>]*>", " ", block) for block in blocks).split()
    assert len(words) >= 350


@pytest.mark.long
def test_no_sentence_stands_twice_on_the_pages_of_a_report(briefs):
    """Neither one of the narrative nor one of an event."""
    for path in _reports(briefs, "html"):
        page = re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8"))
        text = " ".join(html.unescape(page).split())
        known = load_tables()
        for sentence in {*known.narrative["text_en"], *known.events["summary_en"]}:
            assert text.count(sentence) <= 1, (path, sentence)


@pytest.mark.long
def test_twenty_sentences_lead_to_rows_with_a_source(briefs, tables):
    """Each names its rows; every row stands in the annex and ends at a source or a phrase."""
    walks = []
    for path in _reports(briefs, "html"):
        annex = path.with_name(f"{path.stem}_evidence.html")
        page = _Page()
        page.feed(annex.read_text(encoding="utf-8"))
        for rows in re.findall(r'\brows="([^"]+)"', path.read_text(encoding="utf-8")):
            walks.append((rows.split(";"), page.texts))
    assert len(walks) > SAMPLE
    for rows, noted in random.Random(16).sample(walks, SAMPLE):
        for key in rows:
            assert key.startswith("KJ-") or (anchor(key) in noted and _grounded(key, tables)), key


@pytest.mark.parametrize("form", ["pdf", "evidence.pdf"])
def test_a_pdf_carries_the_rows_behind_it(form, files, tables, tmp_path):
    """A sound data package; every visible event, and no source that came later but by its key."""
    reader = PdfReader(io.BytesIO(files[form]))
    for name, contents in reader.attachments.items():
        (tmp_path / name).write_bytes(contents[0])
    described = Package(str(tmp_path / "datapackage.json"))
    report = described.validate()
    assert report.valid, report.flatten()
    assert {r.path for r in described.resources} == set(reader.attachments) - {"datapackage.json"}
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata

    def read(name):
        return pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=False, dtype="str")

    shown = record("2023-12-04", tables=tables)
    assert set(read("events")["event_id"]) >= set(shown.events.index)
    assert set(read("figures")["figure_id"]) >= set(shown.figures.index)
    assert read("checks")["claim_id"].tolist() == shown.tables.checks.index.tolist()
    assert set(read("checks")["since_en"]) == {""}
    sources = read("sources").set_index("source_id")
    late = sources.index[tables.sources.loc[sources.index, "published_earliest"] > "2023-12-04"]
    assert len(late)
    assert set(sources.loc[late, ["title", "url", "published_edtf"]].to_numpy().ravel()) == {""}
    cited = {key for cell in shown.events["source_ids"] for key in cell}
    assert cited <= set(sources.index)


def test_the_source_audit_carries_what_came_out_later(tables):
    """It weighs the text with all that is known, so nothing of it is left out."""
    annex = Report("Audit", subject="article", tables=tables).annex()
    files = annex.data["application/vnd.sahel.tables+json"]
    assert tables.checks["since_en"].iloc[0] in files["checks.csv"]


def test_slides_are_six_with_native_tables_and_alternative_texts(files):
    """Each with a title; a picture says what the map says, and no mark leads nowhere."""
    slides = list(Presentation(io.BytesIO(files["pptx"])).slides)
    assert len(slides) == 6
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert all(titles)
    assert titles[1] == "Bottom line"
    shapes = [shape for slide in slides for shape in slide.shapes]
    tables = [shape for shape in shapes if shape.has_table]
    assert len(tables) >= 2
    pictures = [shape for shape in shapes if hasattr(shape, "image")]
    assert pictures
    for picture in pictures:
        told = picture._element.nvPicPr.cNvPr.get("descr")
        assert told.startswith("Map of ")
        assert "png" not in told
    assert {"State", "Judgement"} <= {
        cell.text for shape in tables for cell in shape.table.iter_cells()
    }
    for slide in slides:
        assert not any(link.reltype.endswith("/hyperlink") for link in slide.part.rels.values())
    notes = slides[1].notes_slide.notes_text_frame.text
    assert "4 December 2023" in notes


def test_text_of_a_table_fits_its_slide(files):
    """By the size of its type: lines of all rows are no higher than its frame."""
    for slide in Presentation(io.BytesIO(files["pptx"])).slides:
        for shape in slide.shapes:
            if not shape.has_table:
                continue
            widths = [column.width / Pt(1) - 14 for column in shape.table.columns]
            height = 0
            for row in shape.table.rows:
                lines = []
                for cell, width in zip(row.cells, widths, strict=True):
                    runs = [run for p in cell.text_frame.paragraphs for run in p.runs]
                    size = max((run.font.size / Pt(1) for run in runs), default=8)
                    lines.append(-(-len(cell.text) * size // (2 * width)) * size * 1.2)
                height += max(lines) + 7
            assert height <= shape.height / Pt(1), slide.shapes.title.text_frame.text


def test_equal_notebooks_give_equal_slides(files):
    """Whenever they are written."""
    again = published("briefing")
    assert {name for name in files if files[name] != again[name]} == set()
