"""Markdown and figures to HTML, PDF, DOCX and PPTX, by pandoc and Typst out of their wheels."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from sahel_analysis.errors import ExportError
from sahel_analysis.publishing import slides
from sahel_analysis.publishing.typesetting import (
    UNDATED,
    font_rules,
    page_count,
    rasterised,
    reason,
    typeset,
)

TEMPLATES = Path(__file__).parent / "templates"

# CommonMark has no raw TeX, no citations and no maths, so text has few ways to be anything else.
READER = (
    "commonmark+attributes+bracketed_spans+definition_lists+fenced_divs+gfm_auto_identifiers"
    "+pipe_tables"
)

# What the templates say themselves.
_WORDS = {
    "back": "Back to the text",
    "bottom-line": "Bottom line",
    "contents": "Contents",
    "edition": "This edition",
    "figure": "Figure",
    "of": "of",
    "page": "Page",
    "skip": "Skip to the report",
    "table": "Table",
}

# What may stand in a data address within double quotes as it is.
_PLAIN = "'!$()*+,-./;=?@_~"
# Where blanks of an SVG can go, or be commas: a blank takes three characters in an address.
_PATH, _STYLE = re.compile(r" d='[^']*'"), re.compile(r"(?<=[:;]) ")
_STEP = re.compile(r" ?([A-Za-z])(?: |(?='))")
# What the pages of a report are written in; one typeface for all of them is cut once.
_CHARACTERS = (
    "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)])) + "–—‘’“”•…†←↑→↓−≈≤≥›\u202f"
)
_TELEPHONE = "screen and (max-width: 40rem)"
FORMATS = ("html", "pdf", "docx", "pptx")
# What pandoc writes for a format, and what `pages.lua` puts between two of them.
_WRITERS = {"html": "html5", "pdf": "typst"}
_BETWEEN = b"\0"
# How what it writes begins and ends, as our templates have it.
_FRAMES = {"html": (b"<!DOCTYPE html>", b"</html>"), "pdf": (b"#", b"")}
_PATIENCE = 300  # seconds; pandoc takes less than one
# For pandoc's runtime: memory rather than garbage collection, which took a quarter of its time. A
# pandoc built without such options says so and goes on.
_COLLECTING = "-A16m -H16m -F8"
_PDF_STANDARDS = ["a-3a", "ua-1"]  # A-3 is the first that carries files of any kind
_OLDEST = (1980, 1, 1, 0, 0, 0)
_DOCX_TEXT, _PANDOC_TEXT = 9866, 7920  # width of text, twentieths of a point
_DROP = re.compile(r'\bdrop="(\d+)"')
_LOG = logging.getLogger(__name__)
_COLUMN = re.compile(rb'(<w:gridCol w:w=")([0-9]+)')
_WHOLE_ROW = b"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>"  # no page ends within it


@dataclass(frozen=True)
class Document:
    """A report on its way to pages.

    Attributes
    ----------
    name : str
        Name of the notebook, for messages.
    markdown : str
        The report in the dialect `READER`.
    title : str
        Plain text.
    subtitle : str
        Plain text.
    edition : str
        The edition on one line, plain text.
    as_of : str
        ISO date, or empty.
    pages : int
        Most pages that its PDF may have; 0 where there is no such budget.
    layout : str
        ``brief``, two dense pages, or ``report``.
    figures : mapping of str to str
        File name as the Markdown has it, to SVG.
    narrow : mapping of str to str
        The same for figures of which there is a drawing for telephones too.
    beside : tuple of str
        What stands beside the page and its address: the evidence annex, or from there the report.
    attachments : mapping of str to str
        File name to content of what the PDF carries.
    """

    name: str
    markdown: str
    title: str
    subtitle: str = ""
    edition: str = ""
    as_of: str = ""
    pages: int = 0
    layout: str = "report"
    figures: Mapping[str, str] = field(default_factory=dict)
    narrow: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    attachments: Mapping[str, str] = field(default_factory=dict)


def convert(document: Document, formats: Iterable[str]) -> dict[str, bytes]:
    """Return a report in several formats.

    Parameters
    ----------
    document : Document
        The report.
    formats : iterable of str
        Of `FORMATS`: ``html``, one file that holds its style and figures and loads nothing;
        ``pdf``, tagged, conforming to PDF/A-3a and PDF/UA-1, with its attachments; ``docx``,
        with real headings, captions, alt texts and table headers; ``pptx``, six slides at most.

    Returns
    -------
    dict of str to bytes
        Format to file content, in the order asked for.

    Raises
    ------
    ExportError
        If pandoc or Typst fails.
    """
    wanted = list(formats)
    written, dropped = _fitting(document, [target for target in wanted if target in _WRITERS])
    make = {
        "html": lambda: _with_figures(document, written["html"]),
        "pdf": lambda: _set(document, written["pdf"]),
        "docx": lambda: _word_file(document, dropped),
        "pptx": lambda: _slide_file(document),
    }
    return {target: make[target]() for target in wanted}


def _fitting(document: Document, formats: Sequence[str]) -> tuple[dict[str, bytes], int]:
    """Return what pandoc writes within the budget of pages, and the last step of leaving out."""
    steps = sorted({int(number) for number in _DROP.findall(document.markdown)})
    for step in (0, *steps):
        written = _written(document, formats, step)
        if not document.pages or "pdf" not in written:
            return written, step
        pages = page_count(written["pdf"], document.figures, document.name)
        if pages <= document.pages:
            if step:
                _LOG.info("%s: left out what is marked up to drop=%s to fit", document.name, step)
            return written, step
    message = f"'{document.name}' takes {pages} pages; its budget is {document.pages}"
    if "SAHEL_DATA" not in os.environ:
        raise ExportError(message)
    _LOG.warning(message)
    return written, step


def _written(document: Document, formats: Sequence[str], dropped: int) -> dict[str, bytes]:
    """Return what pandoc writes for some formats after one reading, some parts left out."""
    if not formats:
        return {}
    targets = " ".join(_WRITERS[target] for target in formats)
    options = ("-M", f"targets={targets}", "-M", f"dropped={dropped}")
    pages = _pandoc(document, str(TEMPLATES / "pages.lua"), *options)
    written = dict(zip(formats, pages.split(_BETWEEN), strict=False))
    for target in formats:
        begin, end = _FRAMES[target]
        page = written.get(target, b"").strip()
        if not (page.startswith(begin) and page.endswith(end)):
            message = f"pandoc wrote something else than the {target} of '{document.name}'"
            raise ExportError(message)
    return written


def _with_figures(document: Document, page: bytes) -> bytes:
    """Return an HTML page that holds its figures, those for telephones too, and its typeface."""
    label = _WORDS["figure"]

    def inlined(image: re.Match) -> str:
        name = image[1]
        drawn = f'<img src="{_data_address(document.figures[name])}"{image[2]}>'
        if name not in document.narrow:
            # Its type would be too small on a telephone, where it is larger than the window.
            return (
                f'<div class="wide" role="region" aria-label="{label}" tabindex="0">{drawn}</div>'
            )
        narrow = _data_address(document.narrow[name])
        source = f'<source media="{_TELEPHONE}" srcset="{narrow}">'
        return f"<picture>{source}{drawn}</picture>"

    # Quotation marks in text are written as entities, so only an attribute can look like this.
    page = page.replace(b"@font-face{}", _fonts().encode(), 1)
    return re.sub(r'<img src="(figure-\d+\.svg)"(.*?) ?/>', inlined, page.decode()).encode()


@cache
def _fonts() -> str:
    """Return the typeface of the pages as style rules."""
    return font_rules(_CHARACTERS)


def _data_address(svg: str) -> str:
    """Return a figure as a data address for a double-quoted attribute.

    Percent-encoded rather than base64, which is a quarter longer.
    """
    bare = re.sub(r"<!--.*?-->|\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    one_line = " ".join(bare.replace("'", "&#39;").split()).replace('"', "'").replace("> <", "><")
    one_line = _PATH.sub(_shorter, one_line)
    one_line = _STYLE.sub("", one_line)
    # A page that loads nothing should not even look as if it did: clip paths are url(#...) too.
    return f"data:image/svg+xml,{quote(one_line, safe=_PLAIN).replace('url(', 'url%28')}"


def _shorter(path: re.Match) -> str:
    """Return the path of an SVG without blanks."""
    return " " + _STEP.sub(r"\1", path[0][1:]).replace(" ", ",")


def _set(document: Document, source: bytes) -> bytes:
    """Return the PDF of a Typst source."""
    day = document.as_of or UNDATED
    files = {**document.figures, **document.attachments}
    carried = "".join(_attached(name) for name in document.attachments).encode()
    return typeset(carried + source, files, document.name, day, pdf_standards=_PDF_STANDARDS)


def _attached(name: str) -> str:
    """Return the Typst that attaches a file to a PDF."""
    kind = "text/csv" if name.endswith(".csv") else "application/json"
    told = f"{name}: rows behind this report" if kind == "text/csv" else "What the columns mean"
    options = f'relationship: "data", mime-type: "{kind}", description: "{told}"'
    return f'#pdf.attach("{name}", {options})\n'


def _word_file(document: Document, dropped: int) -> bytes:
    """Return a Word file."""
    written = _office_file(
        document, "docx", "briefing.lua", _reference(), "-M", f"dropped={dropped}"
    )
    return _unzipped(document, "docx", lambda: _dated(written, document))


def _slide_file(document: Document) -> bytes:
    """Return a presentation of six slides at most."""
    written = _office_file(document, "pptx", "slides.lua", _slide_reference(), "--slide-level=2")
    return _unzipped(document, "pptx", lambda: slides.finished(written, document.as_of or UNDATED))


def _office_file(
    document: Document, target: str, filter_: str, reference: bytes, *options: str
) -> bytes:
    """Return what pandoc writes with PNG pictures, since Office does not show every SVG."""
    with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
        place = Path(folder) / f"reference.{target}"
        place.write_bytes(reference)
        pages = Path(folder) / "figures"
        pages.mkdir()
        for name, drawn in rasterised(document.figures, document.name).items():
            (pages / name).write_bytes(drawn)
        return _pandoc(
            document,
            target,
            *("--lua-filter", str(TEMPLATES / filter_)),
            *("--reference-doc", str(place), "-M", f"figure-folder={pages}"),
            *options,
        )


def _unzipped(document: Document, target: str, finish: Callable[[], bytes]) -> bytes:
    """Return what pandoc wrote, finished; refuse it where it is no such file."""
    try:
        return finish()
    except zipfile.BadZipFile as fault:
        message = f"pandoc wrote something else than the {target} of '{document.name}'"
        raise ExportError(message) from fault


@cache
def _slide_reference() -> bytes:
    """Return the presentation whose layouts pandoc copies, from the one in its wheel."""
    command = [_pandoc_path(), "--print-default-data-file", "reference.pptx"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=True)
        return slides.reference(run.stdout)
    except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as fault:
        message = f"pandoc gave no presentation to start from: {fault}"
        raise ExportError(message) from fault


def _pandoc(document: Document, target: str, *options: str) -> bytes:
    """Return what pandoc makes of a document."""
    values = {
        "title": document.title,
        "subtitle": document.subtitle,
        # It also stands in an attribute, where pandoc's templates leave quotation marks as they are.
        "edition-line": document.edition.replace('"', "”"),
        "as-of": document.as_of,
        "brief": "true" if document.layout == "brief" else "",
        **dict(zip(("beside-words", "beside"), document.beside, strict=False)),
        "lang": "en",
        **{f"word-{key}": word for key, word in _WORDS.items()},
    }
    metadata = [part for key, text in values.items() if text for part in ("-M", f"{key}={text}")]
    command = [
        *(_pandoc_path(), "--from", READER, "--to", target, "--output", "-", "--wrap=none"),
        "--sandbox",
        *options,
        *metadata,
    ]
    try:
        run = subprocess.run(
            _arguments(command),
            input=document.markdown.encode(),
            env={**os.environ, "LC_ALL": "C.UTF-8", "GHCRTS": _COLLECTING},
            capture_output=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        message = f"pandoc could not be run for '{document.name}': {fault}"
        raise ExportError(message) from fault
    if run.returncode:
        said = reason(run.stderr.decode(errors="replace"))
        message = f"pandoc could not convert '{document.name}': {said}"
        raise ExportError(message)
    return run.stdout


def _arguments(command: list[str]) -> list[str] | list[bytes]:
    """Return a command in UTF-8, which pandoc is told to expect, whatever the locale is here."""
    return (
        command if os.name == "nt" else [part.encode(errors="surrogateescape") for part in command]
    )


@cache
def _pandoc_path() -> str:
    """Return where the wheel put pandoc."""
    try:
        import pypandoc

        own = Path(pypandoc.__file__).parent / "files" / f"pandoc{'.exe' * (os.name == 'nt')}"
        # pypandoc would take any newer pandoc of the machine, which may write other bytes.
        return os.environ.get("PYPANDOC_PANDOC") or (
            str(own) if own.is_file() else pypandoc.get_pandoc_path()
        )
    except (ImportError, OSError) as fault:
        message = "pandoc was not found: install the package 'pypandoc_binary'"
        raise ExportError(message) from fault


@cache
def _reference() -> bytes:
    """Return the Word file whose styles and page pandoc copies, zipped from its parts."""
    archive = io.BytesIO()
    folder = TEMPLATES / "docx"
    with zipfile.ZipFile(archive, "w") as parts:
        for path in sorted(folder.rglob("*.xml")) + sorted(folder.rglob("*.rels")):
            parts.write(path, path.relative_to(folder).as_posix())
    return archive.getvalue()


def _dated(written: bytes, document: Document) -> bytes:
    """Return a Word file with the report's date and head, tables as wide as its text, rows whole.

    Pandoc's sandbox knows no date but 1970, and its tables are made for a narrower page.
    """
    target = io.BytesIO()
    day = document.as_of or UNDATED
    head = " · ".join(filter(None, (document.title, document.edition)))
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = content.replace(b"1970-01-01T", f"{day}T".encode())
            if part.filename == "word/document.xml":
                content = _COLUMN.sub(_widened, content).replace(b"<w:tr><w:tc>", _WHOLE_ROW)
            if part.filename == "word/header1.xml":
                content = content.replace(b"RUNNING HEAD", escape(head).encode())
            # Pandoc's are of the local clock and of our template's files on this disk.
            part.date_time, part.external_attr = _OLDEST, 0o600 << 16
            new.writestr(part, content)
    return target.getvalue()


def _widened(column: re.Match) -> bytes:
    """Return a table's column with its share of the template's width of text."""
    return b"%s%d" % (column[1], round(int(column[2]) * _DOCX_TEXT / _PANDOC_TEXT))
