"""Promises of the exports: what reaches a page, what must not, and what stops the build."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pandas as pd
import pypdf
import pytest
from matplotlib.figure import Figure
from nbconvert.exporters import get_exporter
from nbformat import v4

from sahel_analysis.errors import ExportError
from sahel_analysis.prose import markdown
from sahel_analysis.publishing import documents
from sahel_analysis.publishing.documents import FORMATS
from sahel_analysis.publishing.exporters import export
from sahel_analysis.report import outputs

ALT = 'Two bars: "Niger" and Mali \\ <b>'
ATTACK = "<script>alert(1)</script> $x^2$ [a](b) #strong[c] \\emph{d} @e &amp; ::: | `f`"


def cell(*shown: outputs.Output | nbformat.NotebookNode, source: str = "secret", **metadata):
    """Return an executed code cell with outputs."""
    made = []
    for output in shown:
        if isinstance(output, outputs.Output):
            data, told = output._repr_mimebundle_()
            output = v4.new_output("display_data", data=data, metadata=told)
        made.append(output)
    return v4.new_code_cell(source, outputs=made, execution_count=7, metadata=metadata)


def bars(**told: str) -> outputs.Output:
    """Return a small figure."""
    fig = Figure(figsize=(3, 2))
    fig.subplots().barh(["Niger", "Mali"], [1, 2])
    return outputs.figure(fig, **{"caption": "Bars.", "alt": ALT, **told})


def cover(**told) -> outputs.Output:
    """Return a cover."""
    plain = {
        "title": "Niger & its neighbours",
        "edition": {"Country": "Niger", "As of": "4 December 2023"},
        "bottom_line": f"French forces leave. {markdown.mark('c1')}",
        "as_of": "2023-12-04",
    }
    return outputs.cover(**{**plain, **told})


def report(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook: a cover, the cells given, and two notes."""
    notes = outputs.notes([("c1", "The first note."), ("c2", "Another, see [c1](#c1).")])
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# The notebook's own title"),
            cell(source='country = "NER"', tags=["parameters"]),
            cell(source='country = "MLI"', tags=["injected-parameters"]),
            cell(cover()),
            *cells,
            v4.new_markdown_cell("## Notes"),
            cell(notes),
        ]
    )


def html_of(*cells: nbformat.NotebookNode) -> str:
    """Return a report as HTML."""
    return export(report(*cells), ["html"], name="tiny")["html"].decode()


def pdf_of(*cells: nbformat.NotebookNode) -> pypdf.PdfReader:
    """Return a report as PDF, opened."""
    return pypdf.PdfReader(io.BytesIO(export(report(*cells), ["pdf"], name="tiny")["pdf"]))


def pdf_text(reader: pypdf.PdfReader) -> str:
    """Return the text of a PDF with its lines joined."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def word_of(*cells: nbformat.NotebookNode) -> zipfile.ZipFile:
    """Return a report as a Word file, opened."""
    return zipfile.ZipFile(io.BytesIO(export(report(*cells), ["docx"], name="tiny")["docx"]))


def tagged(reader: pypdf.PdfReader, *tags: str) -> list[pypdf.generic.DictionaryObject]:
    """Return the elements of a PDF's structure that have one of some tags, in reading order."""
    found, left = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while left:
        element = left.pop().get_object()
        if not isinstance(element, dict):
            continue
        if element.get("/S") in tags:
            found.append(element)
        below = element.get("/K", [])
        below = below.get_object() if hasattr(below, "get_object") else below
        left.extend(reversed(below if isinstance(below, list) else [below]))
    return found


@pytest.fixture(scope="module")
def everything() -> nbformat.NotebookNode:
    """Return a report with one of each."""
    table = pd.DataFrame({"Country": ["Niger", "Mali"], "Troops": [1500, 2400]})
    return report(
        v4.new_markdown_cell("## Where they stand\n\n### Niger"),
        cell(outputs.prose(f"It said so. {markdown.mark('c1')} {markdown.mark('c2')}")),
        cell(bars(title="Two states."), outputs.table(table, caption="Troops.")),
    )


@pytest.fixture(scope="module")
def files(everything) -> dict[str, bytes]:
    """Return that report in the three formats."""
    return export(everything, FORMATS, name="everything")


def test_equal_notebooks_are_equal_files(everything, files):
    """A second export gives the same bytes, whatever the format."""
    assert export(everything, FORMATS, name="everything") == files


def test_export_leaves_the_notebook_as_it_was(everything):
    """The executed notebook stays whole beside its pages."""
    before = nbformat.writes(everything)
    export(everything, ["html"], name="everything")
    assert nbformat.writes(everything) == before


def test_alt_text_reaches_every_format(files):
    """A reader who cannot see a figure is told what it shows, to the letter."""
    page = files["html"].decode()
    assert 'alt="Two bars: &quot;Niger&quot; and Mali \\ &lt;b&gt;"' in page
    [figure] = tagged(pypdf.PdfReader(io.BytesIO(files["pdf"])), "/Figure")
    assert figure["/Alt"] == ALT
    text = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    assert 'descr="Two bars: &quot;Niger&quot; and Mali \\ &lt;b&gt;"' in text


def test_a_figure_leaves_no_hole_and_stays_below_the_title():
    """What does not fit goes to the next page, and the text that follows fills its room."""
    tall = Figure(figsize=(4, 7))
    tall.subplots().plot([1, 2])
    before, after = (
        cell(outputs.prose("\n\n".join([f"{word} soldiers left. " * 60] * 4)))
        for word in ("Some", "More")
    )
    drawn = cell(outputs.figure(tall, caption="Late.", alt=ALT))
    found: list[tuple[str, int, float]] = []
    for number, page in enumerate(pdf_of(cell(bars()), before, drawn, after).pages):
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_, n=number: found.append(
                (text.strip(), n, tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
            )
        )
    places = {text: (number, -height) for text, number, height in reversed(found)}
    assert places["Niger & its neighbours"] < places["Bars."] < places["Late."]
    assert places["Late."][0] == 1
    lowest = min(height for text, number, height in found if number == 0 and "soldiers" in text)
    assert lowest < 80, "text runs on to the foot of the first page"


@pytest.mark.parametrize("part", ["alt", "caption"])
def test_figure_without_alt_or_caption_stops_the_build(part):
    """The message names the notebook, the cell, the figure and what is missing."""
    data, told = bars()._repr_mimebundle_()
    told["image/svg+xml"][part] = ""
    bare = v4.new_output("display_data", data=data, metadata=told)
    with pytest.raises(ExportError, match=f"'tiny', cell 6: figure 2 has no '{part}'"):
        html_of(cell(bars()), cell(bare))


def test_no_code_prompt_or_parameter_is_published(files):
    """A reader sees the report, not how it was computed."""
    page = files["html"].decode()
    pages = pdf_text(pypdf.PdfReader(io.BytesIO(files["pdf"])))
    word = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    for text in (page, pages, word):
        for hidden in ("secret", "country =", "[7]", "NER", "own title"):
            assert hidden not in text


def test_streams_and_plain_text_are_not_published():
    """What a cell prints, and the last line's repr, stay in the notebook."""
    page = html_of(
        cell(
            v4.new_output("stream", name="stderr", text="noise"),
            v4.new_output("execute_result", data={"text/plain": "<Axes>"}, execution_count=7),
        )
    )
    assert "noise" not in page
    assert "Axes" not in page


@pytest.mark.parametrize("kind", ["image/png", "text/html"])
def test_output_that_cannot_be_published_stops_the_build(kind):
    """A picture or a table that bypassed `display` is not left out in silence."""
    stray = v4.new_output("display_data", data={kind: "x", "text/plain": "x"})
    with pytest.raises(ExportError, match=f"'tiny', cell 5 shows {kind}.*report.figure"):
        html_of(cell(stray))


def test_failed_cell_stops_the_build():
    """A notebook that failed is no report."""
    fault = v4.new_output("error", ename="KeyError", evalue="'NER'", traceback=[])
    with pytest.raises(ExportError, match="'tiny', cell 5 failed with KeyError: 'NER'"):
        html_of(cell(fault))


def test_one_heading_of_level_one_is_the_title(files):
    """The title heads the page; sections begin at level 2 and skip no level."""
    page = files["html"].decode()
    assert re.findall("<h1[^>]*>(.*?)</h1>", page) == ["Niger &amp; its neighbours"]
    deep = html_of(v4.new_markdown_cell("# Another\n\n## One\n\n##### Deep"))
    assert re.findall("<h([1-6])", deep) == ["1", "2", "2", "3", "2"]


def test_page_loads_nothing_and_runs_nothing(files):
    """No address that a browser would load, no script, and a policy that forbids both."""
    page = files["html"].decode()
    assert re.search("Content-Security-Policy\" content=\"default-src 'none';", page)
    assert "<script" not in page
    assert not re.search(r"(src|srcset|poster)=\"(?!data:)|<link|@import|url\((?!data:)", page)


def test_page_has_a_language_landmarks_and_contents(files):
    """The page can be walked without being seen."""
    page = files["html"].decode()
    assert '<html lang="en">' in page
    for landmark in ("<header>", "<nav ", "<main ", "<footer>", 'class="skip"'):
        assert page.count(landmark) == 1, landmark
    assert '<a href="#where-they-stand"' in page


def test_tables_have_captions_and_headers(files):
    """Each header says what it heads, and a wide table can be scrolled by keyboard."""
    page = files["html"].decode()
    assert re.search('<caption><span id="table-1-caption">.*Troops', page)
    assert len(re.findall('<th [^>]*scope="col"', page)) == 2
    assert len(re.findall('<th [^>]*scope="row"', page)) == 2
    assert 'role="region" tabindex="0" aria-labelledby="table-1-caption"' in page
    word = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    assert "<w:tblHeader" in word
    assert 'w:val="TableCaption"' in word


def test_identifiers_are_unique_and_marks_lead_to_them(files):
    """Every link inside the page has exactly one target; each note leads back."""
    page = files["html"].decode()
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    targets = re.findall(r'href="#([^"]+)"', page)
    assert {"c1", "c2", "cited-c1", "cited-c2"} <= set(targets)
    assert set(targets) <= set(identifiers)
    assert set(re.findall(r'aria-describedby="([^"]+)"', page)) <= set(identifiers)


def test_note_opens_beside_its_mark(files):
    """The note's words follow the mark, without links of their own."""
    page = files["html"].decode()
    assert page.count('role="tooltip">The first note.</span>') == 2
    assert page.count('role="tooltip">Another, see c1.</span>') == 1


@pytest.mark.parametrize("format_", FORMATS)
def test_mark_that_leads_nowhere_stops_the_build(format_):
    """The message names the notebook and the anchor."""
    lost = report(cell(outputs.prose(markdown.mark("c99"))))
    with pytest.raises(ExportError, match="'tiny': the text refers to 'c99', but no note"):
        export(lost, [format_], name="tiny")


def test_markup_in_text_is_literal_on_every_page():
    """Text from a table is shown, never obeyed: in prose, cell, caption, alt, note and cover."""
    safe = markdown.escape(ATTACK)
    frame = pd.DataFrame({ATTACK: [safe]})
    made = report(
        cell(outputs.prose(f"Prose {safe}")),
        cell(bars(caption=f"Caption {safe}", alt=ATTACK), outputs.table(frame, caption=safe)),
    )
    made.cells[3] = cell(cover(title=ATTACK, edition={ATTACK: ATTACK}, bottom_line=safe))
    made.cells.append(cell(outputs.notes([("c9", safe)])))
    made.cells[-2:-1] = []
    pages = export(made, FORMATS, name="tiny")
    page = pages["html"].decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; $x^2$ [a](b) #strong[c]") >= 9
    reader = pypdf.PdfReader(io.BytesIO(pages["pdf"]))
    assert pdf_text(reader).count("<script>alert(1)</script> $x^2$ [a](b) #strong[c]") >= 7
    assert tagged(reader, "/Figure")[0]["/Alt"] == ATTACK
    assert reader.metadata.title == ATTACK
    word = zipfile.ZipFile(io.BytesIO(pages["docx"])).read("word/document.xml").decode()
    assert word.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 7


def test_raw_html_in_a_markdown_cell_is_text():
    """A notebook's own Markdown cannot put a tag into the page."""
    page = html_of(v4.new_markdown_cell("Before <img src=x onerror=y> after\n\n<div>\n"))
    assert "&lt;img src=x onerror=y&gt;" in page
    assert "&lt;div&gt;" in page


def test_pdf_has_title_language_bookmarks_links_and_standards(files):
    """The PDF says what it is, and its bookmarks follow the headings."""
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    assert reader.metadata.title == "Niger & its neighbours"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    first, below, last = reader.outline
    assert (first.title, [mark.title for mark in below], last.title) == (
        "Where they stand",
        ["Niger"],
        "Notes",
    )
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search("pdfaid:part>3<.*pdfaid:conformance>A<", metadata)
    assert "pdfuaid:part>1<" in metadata
    assert reader.metadata.creation_date.date().isoformat() == "2023-12-04"
    assert len(tagged(reader, "/Link")) >= 6
    assert len(tagged(reader, "/TH")) == 2


def test_pdf_reads_in_order(files):
    """Text taken out of the PDF is the narrative in order, and so is its structure with the figure."""
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    text = pdf_text(reader)
    steps = ["Niger & its", "This edition", "Bottom line", "Where they", "Table 1."]
    assert [text.index(step) for step in steps] == sorted(text.index(step) for step in steps)
    order = [element["/S"] for element in tagged(reader, "/H1", "/Figure", "/Table")]
    assert order[:3] == ["/H1", "/Figure", "/Table"]  # wherever on the page the figure floats
    assert "Page 1 of" in text


def test_word_file_can_be_edited_on(files):
    """Headings, captions and the page are Word's own; pictures are PNG."""
    opened = zipfile.ZipFile(io.BytesIO(files["docx"]))
    text = opened.read("word/document.xml").decode()
    for style in ("Title", "Heading1", "Heading2", "ImageCaption", "BottomLine", "Edition"):
        assert f'w:val="{style}"' in text, style
    assert 'w:w="11906"' in text
    assert [name for name in opened.namelist() if name.endswith((".png", ".svg"))] == [
        next(name for name in opened.namelist() if name.endswith(".png"))
    ]
    assert b"2023-12-04T00:00:00Z" in opened.read("docProps/core.xml")


def test_word_file_has_footnotes_a_running_head_and_a_labelled_bottom_line():
    """One footnote a source; where it is cited again, a reference to that one."""
    told = outputs.prose("Gone.[1](#source-1){.source} Seen.[1](#source-1){.source}")
    listed = outputs.prose("## Key sources\n\n::: sources\n1. [A paper]{#source-1}\n:::")
    word = word_of(cell(told), cell(listed))
    text, notes = (word.read(f"word/{part}.xml").decode() for part in ("document", "footnotes"))
    assert notes.count("A paper") == 1
    assert text.count("<w:footnoteReference ") == 1
    assert text.count("NOTEREF footnote_1 ") == 1
    assert "Key sources" not in text, "the footnotes hold them"
    assert "Niger &amp; its neighbours" in word.read("word/header1.xml").decode()
    assert text.index(">Bottom line<") < text.index("French forces leave")


def test_notebook_without_cover_has_its_name_for_a_title():
    """Somebody's own notebook exports too."""
    plain = v4.new_notebook(cells=[v4.new_markdown_cell("# Mine\n\nText.")])
    page = export(plain, ["html", "pdf"], name="my_notebook")["html"].decode()
    assert re.findall("<h1[^>]*>(.*?)</h1>", page) == ["my_notebook"]
    assert "<p>Text.</p>" in page


def test_second_cover_stops_the_build():
    """A report has one title."""
    with pytest.raises(ExportError, match="second cover"):
        html_of(cell(cover()))


def test_unknown_format_is_refused():
    """The message names the formats there are."""
    with pytest.raises(ExportError, match="format 'odt' is not one of html, pdf, docx, pptx"):
        export(report(), ["odt"], name="tiny")


@pytest.mark.parametrize("format_", FORMATS)
def test_exporters_stand_in_the_menu(format_, files, everything):
    """Nbconvert finds each by its name and knows its label; the bytes are the same."""
    exporter = get_exporter(f"briefing_{format_}")()
    assert exporter.export_from_notebook == f"Sahel briefing ({format_.upper()})"
    assert exporter.file_extension == f".{format_}"
    page, resources = exporter.from_notebook_node(everything, {"metadata": {"name": "everything"}})
    assert (page.encode() if isinstance(page, str) else page) == files[format_]
    assert resources["output_extension"] == f".{format_}"


def test_nbconvert_writes_the_file(tmp_path, everything, files):
    """The command line gives the same bytes as the builder."""
    nbformat.write(everything, tmp_path / "everything.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "briefing_pdf", "everything.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "everything.pdf").read_bytes() == files["pdf"]


def test_exporters_are_cheap_to_list():
    """Nbconvert loads every exporter to write its help: ours bring nothing heavy."""
    code = "import sys, sahel_analysis.publishing.exporters; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    heavy = {"pandas", "geopandas", "matplotlib", "typst", "pypandoc"}
    assert heavy & set(run.stdout.split()) == set()


@pytest.mark.parametrize("chosen", FORMATS)
def test_mark_of_a_source_that_is_not_listed_is_one_message(chosen):
    """In every format, and with what is to be shown; with the list there is none."""
    told = cell(outputs.prose("Troops left.[1](#source-1){.source}"))
    with pytest.raises(ExportError, match=r"^'tiny' has marks .*: show 'report\.key_sources\(\)'$"):
        export(report(told), [chosen], name="tiny")
    listed = cell(outputs.prose("1. [A paper]{#source-1}"))
    assert export(report(told, listed), [chosen], name="tiny")[chosen]


@pytest.mark.parametrize("tool", ["missing", "failing"])
def test_missing_or_failing_pandoc_is_one_message(monkeypatch, tool, tmp_path):
    """The message names the tool and the notebook."""
    path = tmp_path / "pandoc" if tool == "missing" else shutil.which("false")
    monkeypatch.setattr(documents, "_pandoc_path", lambda: str(path))
    with pytest.raises(ExportError, match="^pandoc could not .* 'tiny': "):
        html_of()


def test_failing_typst_is_one_message(monkeypatch):
    """The message names the tool, the notebook and what the tool said."""
    monkeypatch.setattr(documents, "_pandoc", lambda *arguments: b'#panic("broken")')
    with pytest.raises(ExportError, match="^Typst could not set 'tiny': .*broken"):
        pdf_of()
