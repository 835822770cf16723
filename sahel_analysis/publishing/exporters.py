"""Executed notebooks to HTML, PDF, DOCX and PPTX, for nbconvert, JupyterLab and `build`.

One road: outputs to Markdown by our nbconvert template, Markdown to pages by `documents`. Only what
`outputs` made is published; code, prompts and the parameters cells are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbconvert.exporters import Exporter, TemplateExporter
from nbconvert.preprocessors import Preprocessor
from traitlets import Bool
from traitlets.config import Config

from sahel_analysis.errors import ExportError
from sahel_analysis.prose.markdown import escape
from sahel_analysis.publishing.documents import FORMATS, TEMPLATES, Document, convert
from sahel_analysis.report.outputs import COVER_TYPE, NARROW_TYPE, TABLES_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

SVG = "image/svg+xml"
# Cells that set a report up and are no part of it; `remove-cell` is nbconvert's own custom.
ANNEX_FORMATS = ("html", "pdf")
# The last line of a report leads to its annex; the filter adds the ending of the format.
_LINK = (
    "\n::: annex\n[Evidence annex]({}_evidence){{.annex}}: every row, note and source behind this "
    "report.\n:::\n"
)
# A sentence's mark, and the entry of the list of sources that it leads to.
_MARK, _ENTRY = re.compile(r"\]\(#source-(\d+)\)"), re.compile(r"\{#source-(\d+)\}")
UNPUBLISHED = {"parameters", "injected-parameters", "remove-cell"}


class Publisher(Preprocessor):
    """Keeps what a report publishes and refuses what it cannot."""

    enabled = Bool(True)
    annex = Bool(False, help="Keep what belongs to the evidence annex, and nothing else.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the notebook without set-up cells, its cover and figures in the resources."""
        name = _name(resources)
        resources["cover"] = None
        resources["figures"], resources["narrow"] = {}, {}
        resources["has_annex"], resources["is_annex"] = False, self.annex
        resources["attachments"] = {}
        cells = []
        for number, cell in enumerate(nb.cells, start=1):
            if UNPUBLISHED & set(cell.metadata.get("tags", [])):
                continue
            if cell.cell_type == "code":
                place = f"'{name}', cell {number}"
                kept = [self._published(output, place, resources) for output in cell.outputs]
                cell.outputs = [output for output in kept if output is not None]
            if cell.cell_type == "code" or not self.annex:
                cells.append(cell)
        nb.cells = cells
        return nb, resources

    def _published(self, output: NotebookNode, place: str, resources: dict) -> NotebookNode | None:
        """Return an output if it is published, None if it is not."""
        if output.output_type == "error":
            message = f"{place} failed with {output.ename}: {output.evalue}"
            raise ExportError(message)
        if output.output_type not in {"display_data", "execute_result"}:
            return None
        if COVER_TYPE in output.data:
            if resources["cover"] is not None:
                message = f"{place} shows a second cover; a report has one"
                raise ExportError(message)
            resources["cover"] = output.data[COVER_TYPE]
            return None
        is_annex = bool(output.metadata.get("sahel", {}).get("annex"))
        resources["has_annex"] |= is_annex
        resources["attachments"] |= output.data.get(TABLES_TYPE, {})
        if is_annex != self.annex:
            return None
        if "text/markdown" in output.data:
            return output
        if SVG in output.data:
            return self._figure(output, place, resources)
        if set(output.data) <= {"text/plain"}:
            self.log.warning("%s shows plain text, which is not published", place)
            return None
        message = (
            f"{place} shows {', '.join(sorted(output.data))}, which cannot be published: "
            "show it with 'report.figure', 'report.table' or 'report.prose'"
        )
        raise ExportError(message)

    def _figure(self, output: NotebookNode, place: str, resources: dict) -> NotebookNode:
        """Return a figure under its file name; its SVG goes to the resources."""
        metadata = output.metadata.get(SVG, {})
        figures = resources["figures"]
        for part in ("alt", "caption"):
            if not str(metadata.get(part, "")).strip():
                message = (
                    f"{place}: figure {len(figures) + 1} has no '{part}' in its metadata: "
                    "show it with 'report.figure'"
                )
                raise ExportError(message)
        metadata["file"] = f"figure-{len(figures) + 1}.svg"
        figures[metadata["file"]] = "".join(output.data[SVG])
        if NARROW_TYPE in output.data:
            resources["narrow"][metadata["file"]] = "".join(output.data[NARROW_TYPE])
        return output


class _MarkdownExporter(TemplateExporter):
    """Executed notebook to the Markdown of a report."""

    default_preprocessors = [Publisher]
    extra_template_basedirs = [str(TEMPLATES)]

    def _template_name_default(self) -> str:
        return "briefing"

    def _file_extension_default(self) -> str:
        return ".md"

    def default_filters(self):
        """Add `escape` to nbconvert's filters."""
        yield from super().default_filters()
        yield "escape_markdown", escape

    def document(
        self, nb: NotebookNode, resources: dict | None, *, annex: bool = False
    ) -> tuple[Document, dict]:
        """Return the report, or its evidence annex, and nbconvert's resources."""
        text, resources = self.from_notebook_node(nb, resources)
        cover = resources["cover"] or {}
        name = _name(resources)
        # Typst would stop at such a mark with a word of its own, and a browser say nothing of it.
        if set(_MARK.findall(text)) - set(_ENTRY.findall(text)):
            message = (
                f"'{name}' has marks of sources that it does not list: show 'report.key_sources()'"
            )
            raise ExportError(message)
        title = cover.get("title") or name
        document = Document(
            name=f"{name}_evidence" if annex else name,
            markdown=text
            if annex or not resources["has_annex"]
            else f"{text}\n{_LINK.format(name)}",
            title=f"{title}: evidence" if annex else title,
            subtitle="Every row, note and source behind the report"
            if annex
            else cover.get("subtitle", ""),
            pages=0 if annex else cover.get("pages", 0),
            layout="report" if annex else cover.get("layout", "report"),
            edition=", ".join(value for _, value in cover.get("edition", [])),
            as_of=cover.get("as_of", ""),
            figures=resources["figures"],
            narrow=resources["narrow"],
            beside=("The report", f"{name}.html")
            if annex
            else ("Evidence annex", f"{name}_evidence.html")
            if resources["has_annex"]
            else (),
            attachments=resources["attachments"],
        )
        return document, resources


class _BriefingExporter(Exporter):
    """What the formats share."""

    format = ""

    def _file_extension_default(self) -> str:
        return f".{self.format}"

    def from_notebook_node(self, nb, resources=None, **kwargs) -> tuple[str | bytes, dict]:
        """Return the file, HTML as text and the others as bytes, and nbconvert's resources."""
        document, resources = _MarkdownExporter(config=self.config).document(nb, resources)
        resources["output_extension"] = self.file_extension
        page = convert(document, [self.format])[self.format]
        return page.decode() if self.format == "html" else page, resources


class BriefingHTMLExporter(_BriefingExporter):
    """Executed notebook to one HTML file."""

    format, output_mimetype = "html", "text/html"
    export_from_notebook = "Sahel briefing (HTML)"


class BriefingPDFExporter(_BriefingExporter):
    """Executed notebook to a tagged PDF."""

    format, output_mimetype = "pdf", "application/pdf"
    export_from_notebook = "Sahel briefing (PDF)"


class BriefingDOCXExporter(_BriefingExporter):
    """Executed notebook to a Word file."""

    format = "docx"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    export_from_notebook = "Sahel briefing (DOCX)"


class BriefingPPTXExporter(_BriefingExporter):
    """Executed notebook to slides."""

    format = "pptx"
    output_mimetype = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    export_from_notebook = "Sahel briefing (PPTX)"


def export(notebook: NotebookNode, formats: Iterable[str], *, name: str) -> dict[str, bytes]:
    """Return an executed notebook in several formats.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed; left as it is.
    formats : iterable of str
        Of ``html``, ``pdf``, ``docx`` and ``pptx``.
    name : str
        Name of the report, for messages, and its title where it has no cover.

    Returns
    -------
    dict of str to bytes
        Format to file content, in the order asked for, then the evidence annex as
        ``evidence.html`` and ``evidence.pdf`` where a cell shows one. Equal notebooks give equal
        bytes.

    Raises
    ------
    ExportError
        If a format is unknown, a cell failed, a figure lacks its alt text or caption, a mark leads
        nowhere, or pandoc or Typst fails.
    """
    wanted = list(dict.fromkeys(formats))
    for chosen in wanted:
        if chosen not in FORMATS:
            message = f"format '{chosen}' is not one of {', '.join(FORMATS)}"
            raise ExportError(message)
    document, resources = _MarkdownExporter().document(notebook, {"metadata": {"name": name}})
    files = convert(document, wanted)
    if resources["has_annex"]:
        named = {"metadata": {"name": name}}
        exporter = _MarkdownExporter(config=Config({"Publisher": {"annex": True}}))
        annex, _ = exporter.document(notebook, named, annex=True)
        pages = convert(annex, [chosen for chosen in wanted if chosen in ANNEX_FORMATS])
        files |= {f"evidence.{chosen}": page for chosen, page in pages.items()}
    return files


def cover_of(notebook: NotebookNode) -> dict:
    """Return the content of an executed notebook's cover: title, subtitle, edition and day; or {}.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if COVER_TYPE in output.get("data", {}):
                return dict(output["data"][COVER_TYPE])
    return {}


def _name(resources: dict) -> str:
    """Return the notebook's name as nbconvert knows it."""
    return resources.get("metadata", {}).get("name") or "notebook"
