"""Markdown and figures to HTML, PDF and DOCX, by pandoc and Typst out of their wheels."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from sahel_analysis.errors import ExportError

TEMPLATES = Path(__file__).parent / "templates"

# CommonMark has no raw TeX, no citations and no maths, so text has few ways to be anything else.
READER = (
    "commonmark+attributes+bracketed_spans+definition_lists+fenced_divs+gfm_auto_identifiers"
    "+pipe_tables"
)

# What the templates say themselves, by language; another language's reports fall back on English.
WORDS = {
    "en": {
        "back": "Back to the text",
        "bottom-line": "Bottom line",
        "contents": "Contents",
        "edition": "This edition",
        "figure": "Figure",
        "of": "of",
        "page": "Page",
        "skip": "Skip to the report",
        "table": "Table",
    },
}

# What may stand in a data address within double quotes as it is.
_PLAIN = " '!$()*+,-./;=?@[]_{|}~"
_PDF_STANDARDS = ["a-2a", "ua-1"]
_DOCX_PIXELS_PER_INCH = 220
_THUMBNAIL_PT = 120
_THUMBNAIL_PIXELS_PER_INCH = 144  # two pixels to a point, for fine screens
# A report without a date still needs one fixed moment; ZIP archives know none earlier.
_UNDATED = "1980-01-01"


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
    lang : str
        BCP 47 tag.
    figures : mapping of str to str
        File name as the Markdown has it, to SVG.
    """

    name: str
    markdown: str
    title: str
    subtitle: str = ""
    edition: str = ""
    as_of: str = ""
    lang: str = "en"
    figures: Mapping[str, str] = field(default_factory=dict)


def to_html(document: Document) -> bytes:
    """Return one HTML file that holds its style and figures and loads nothing."""
    page = _pandoc(document, "html5", *_template("briefing.html"), "--toc", "--toc-depth=3")

    def inlined(found: re.Match) -> str:
        return f'src="{_data_address(document.figures[found[1]])}"'

    # Quotation marks in text are written as entities, so only an attribute can look like this.
    return re.sub(r'src="(figure-\d+\.svg)"', inlined, page.decode()).encode()


def _data_address(svg: str) -> str:
    """Return a figure as a data address for a double-quoted attribute.

    Percent-encoded rather than base64, which is a quarter longer.
    """
    bare = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).replace("'", "&#39;")
    one_line = " ".join(bare.split()).replace('"', "'")
    # A page that loads nothing should not even look as if it did: clip paths are url(#...) too.
    return f"data:image/svg+xml,{quote(one_line, safe=_PLAIN).replace('url(', 'url%28')}"


def to_pdf(document: Document) -> bytes:
    """Return a tagged PDF that conforms to PDF/A-2a and PDF/UA-1."""
    source = _pandoc(document, "typst", *_template("briefing.typ"))
    return _typst(document, source, pdf_standards=_PDF_STANDARDS)


def to_docx(document: Document) -> bytes:
    """Return a Word file with real headings, captions, alt texts and table headers."""
    with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
        reference = Path(folder) / "reference.docx"
        reference.write_bytes(_reference())
        pages = Path(folder) / "figures"
        pages.mkdir()
        for name, drawn in _rasterised(document).items():
            (pages / name).write_bytes(drawn)
        written = _pandoc(
            document, "docx", "--reference-doc", str(reference), "-M", f"figure-folder={pages}"
        )
    return _dated(written, document)


CONVERTERS = {"html": to_html, "pdf": to_pdf, "docx": to_docx}


def _pandoc(document: Document, target: str, *options: str) -> bytes:
    """Return what pandoc makes of a document."""
    words = WORDS.get(document.lang.split("-")[0], WORDS["en"])
    values = {
        "title": document.title,
        "subtitle": document.subtitle,
        "edition-line": document.edition,
        "as-of": document.as_of,
        "lang": document.lang,
        **{f"word-{key}": word for key, word in words.items()},
    }
    metadata = [part for key, text in values.items() if text for part in ("-M", f"{key}={text}")]
    command = [
        *(_pandoc_path(), "--from", READER, "--to", target, "--output", "-", "--wrap=none"),
        *("--sandbox", "--lua-filter", str(TEMPLATES / "briefing.lua")),
        *options,
        *metadata,
    ]
    try:
        run = subprocess.run(command, input=document.markdown.encode(), capture_output=True)
    except OSError as fault:
        message = f"pandoc could not be started for '{document.name}': {fault}"
        raise ExportError(message) from fault
    if run.returncode:
        message = f"pandoc could not convert '{document.name}': {_reason(run.stderr.decode())}"
        raise ExportError(message)
    return run.stdout


def _template(name: str) -> tuple[str, str]:
    """Return pandoc's option for a template of ours."""
    return "--template", str(TEMPLATES / name)


@cache
def _pandoc_path() -> str:
    """Return where the wheel put pandoc."""
    try:
        import pypandoc

        return pypandoc.get_pandoc_path()
    except (ImportError, OSError) as fault:
        message = "pandoc was not found: install the package 'pypandoc_binary'"
        raise ExportError(message) from fault


def _typst(document: Document, source: bytes, **options: object) -> bytes | list[bytes]:
    """Return what Typst makes of a source that may show the document's figures."""
    try:
        import typst

        fonts = _fonts()
    except ImportError as fault:
        message = f"'{document.name}' needs the module '{fault.name}', which is not installed"
        raise ExportError(message) from fault

    with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
        for name, drawn in document.figures.items():
            (Path(folder) / name).write_text(drawn, encoding="utf-8")
        main = Path(folder) / "main.typ"
        main.write_bytes(source)
        try:
            return typst.compile(
                str(main),
                root=folder,
                font_paths=fonts,
                ignore_system_fonts=True,
                timestamp=_timestamp(document),
                **options,
            )
        except RuntimeError as fault:
            message = f"Typst could not set '{document.name}': {_reason(str(fault))}"
            raise ExportError(message) from fault


@cache
def _fonts():
    """Return the typeface of the pages, out of its wheel."""
    import font_source_sans_pro
    import typst

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _rasterised(document: Document) -> dict[str, bytes]:
    """Return each figure as PNG; Word does not show every SVG."""
    if not document.figures:
        return {}
    sheets = "\n#pagebreak()\n".join(f'#image("{name}")' for name in document.figures)
    source = f"#set page(width: auto, height: auto, margin: 0pt, fill: white)\n{sheets}"
    drawn = _typst(document, source.encode(), format="png", ppi=_DOCX_PIXELS_PER_INCH)
    pages = drawn if isinstance(drawn, list) else [drawn]
    names = (name.replace(".svg", ".png") for name in document.figures)
    return dict(zip(names, pages, strict=True))


def thumbnail(svg: str) -> bytes:
    """Return a figure as a small PNG for lists of reports; nothing for no figure.

    Parameters
    ----------
    svg : str
        The figure, or an empty text.
    """
    if not svg:
        return b""
    document = Document("thumbnail", "", "", figures={"figure.svg": svg})
    source = (
        "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        f'#image("figure.svg", width: {_THUMBNAIL_PT}pt)'
    )
    return _typst(document, source.encode(), format="png", ppi=_THUMBNAIL_PIXELS_PER_INCH)


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
    """Return a Word file with the report's date; pandoc's sandbox knows no date but 1970."""
    target = io.BytesIO()
    day = document.as_of or _UNDATED
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = content.replace(b"1970-01-01T", f"{day}T".encode())
            new.writestr(part, content)
    return target.getvalue()


def _timestamp(document: Document) -> int:
    """Return the document's date as seconds since 1970, so that equal reports are equal files."""
    day = datetime.fromisoformat(document.as_of or _UNDATED)
    return int(day.replace(tzinfo=UTC).timestamp())


def _reason(message: str) -> str:
    """Return the line of a tool's message that says what is wrong."""
    said = message.split("stack traceback:")[0]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
