"""Rich outputs of the notebooks: what JupyterLab shows and what the exporters publish.

Each object holds the same content twice: HTML for JupyterLab, and the form from which `exporters`
makes HTML, PDF and DOCX (Markdown in the dialect of `markdown`, SVG, or the cover's JSON). Nothing
else that a cell shows is published.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from numbers import Real
from typing import TYPE_CHECKING, Any

from ..prose import markdown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COVER_TYPE = "application/vnd.sahel.cover+json"
NARROW_TYPE = "application/vnd.sahel.narrow+svg"  # a figure's drawing for telephones
TABLES_TYPE = "application/vnd.sahel.tables+json"  # file name to content, for the PDF

# JupyterLab typesets $...$ in HTML outputs; this class keeps MathJax away from literal text.
_LITERAL = "mathjax_ignore tex2jax_ignore"
_LONGEST = 60  # characters; a longer cell breaks its lines instead of widening its column


@dataclass(frozen=True)
class Output:
    """Something a notebook cell shows.

    Attributes
    ----------
    data : dict
        MIME type to content.
    metadata : dict
        MIME type to its metadata, such as the alt text of a figure.
    """

    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return the kinds of content alone: IPython stores this text with every output."""
        return f"Output({', '.join(self.data)})"

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return dict(self.data), dict(self.metadata)


def cover(
    *,
    title: str,
    subtitle: str = "",
    edition: Mapping[str, str],
    bottom_line: str = "",
    imprint: str = "",
    as_of: date | str = "",
    pages: int = 0,
    layout: str = "report",
) -> Output:
    """Return the cover: the first thing a report notebook shows.

    Parameters
    ----------
    title : str
        Plain text; the report's only heading of level 1.
    subtitle : str
        Plain text.
    edition : mapping of str to str
        What distinguishes this edition, label to value, plain text, in order, e.g.
        ``{"Country": "Niger", "As of": "4 December 2023", "Evidence": "article"}``.
    bottom_line : str
        Markdown, one or two sentences.
    imprint : str
        Plain text, one line: number of the edition, version of the data, how to cite.
    as_of : date or str
        The edition's date, ISO 8601; it also dates the PDF and DOCX files.
    pages : int
        Pages that the report may fill; 0: as many as it takes.
    layout : {"report", "brief"}
        How the pages are set: a report, or a country brief on two pages.

    Raises
    ------
    ValueError
        If the title or the edition is empty, or the date is not an ISO date.
    """
    if not title.strip() or not edition:
        message = "a cover needs a title and an edition, e.g. {'Country': 'Niger'}"
        raise ValueError(message)
    day = date.fromisoformat(str(as_of)).isoformat() if as_of else ""
    content = {
        "title": title,
        "subtitle": subtitle,
        "edition": [[str(label), str(value)] for label, value in edition.items()],
        "bottom_line": bottom_line,
        "imprint": imprint,
        "as_of": day,
        "pages": pages,
        "layout": layout,
    }
    rows = "".join(
        f"<dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd>"
        for label, value in content["edition"]
    )
    below = f"<p><em>{html.escape(subtitle)}</em></p>" if subtitle else ""
    page = (
        f"<h1>{html.escape(title)}</h1>{below}<dl>{rows}</dl>"
        f"<blockquote>{markdown.to_html(bottom_line)}</blockquote>"
        f"<p><small>{html.escape(imprint)}</small></p>"
    )
    edition_line = ", ".join(f"{label}: {value}" for label, value in content["edition"])
    return Output(
        {
            COVER_TYPE: content,
            "text/html": _div(page),
            "text/markdown": f"# {markdown.escape(title)}\n\n{markdown.escape(edition_line)}"
            f"\n\n{bottom_line}",
        }
    )


def prose(text: str) -> Output:
    """Return paragraphs, headings and lists.

    Parameters
    ----------
    text : str
        Markdown; table text in it has gone through `markdown.escape`.

    Raises
    ------
    ValueError
        If the text is empty.
    """
    _require(text, "prose", "text")
    return Output({"text/markdown": text, "text/html": _div(markdown.to_html(text))})


def notes(entries: Iterable[tuple[str, str]]) -> Output:
    """Return the list of notes that citation marks lead to.

    Parameters
    ----------
    entries : iterable of (anchor, text)
        Anchor of each note and its Markdown on one line.
    """
    entries = list(entries)
    rows = "".join(
        f'<dt id="{anchor}">{anchor}</dt><dd>{markdown.to_inline_html(text)}</dd>'
        for anchor, text in entries
    )
    return Output({"text/markdown": markdown.notes(entries), "text/html": _div(f"<dl>{rows}</dl>")})


def figure(
    fig: Figure,
    *,
    caption: str,
    alt: str,
    title: str | None = None,
    narrow: Figure | None = None,
) -> Output:
    """Return a figure with its caption and alternative text, and close it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Saved as SVG with text as outlines, so that every machine shows the same.
    caption : str
        Markdown on one line, shown below the figure.
    alt : str
        Plain text that says what the figure shows to somebody who cannot see it.
    title : str, optional
        Markdown on one line: the finding, set in bold before the caption.
    narrow : matplotlib.figure.Figure, optional
        The same for a telephone, 88 mm wide; HTML pages show it in narrow windows.

    Raises
    ------
    ValueError
        If the caption or the alternative text is empty.
    """
    from matplotlib import pyplot

    _require(caption, "a figure", "caption")
    _require(alt, "a figure", "alt")
    heading = f"**{title}** {caption}" if title else caption
    svg = _svg(fig)
    pyplot.close(fig)
    source = base64.b64encode(svg.encode()).decode()
    page = (
        '<figure style="margin:0"><img style="background:#fff;max-width:100%" '
        f'alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{source}">'
        f"<figcaption>{markdown.to_inline_html(heading)}</figcaption></figure>"
    )
    drawings = {"image/svg+xml": svg}
    if narrow is not None:
        drawings[NARROW_TYPE] = _svg(narrow)
        pyplot.close(narrow)
    return Output(
        {**drawings, "text/html": _div(page)},
        {"image/svg+xml": {"alt": " ".join(alt.split()), "caption": " ".join(heading.split())}},
    )


def table(frame: pd.DataFrame, *, caption: str, widths: Sequence[float] | None = None) -> Output:
    """Return a table with its caption; the first column heads each row.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per table row; the index is not shown. Text cells are Markdown: whatever came from
        a table has gone through `markdown.escape`. Numbers are set right-aligned with thousands
        separators; missing values are left empty. Column names are plain text.
    caption : str
        Markdown on one line.
    widths : sequence of float, optional
        Relative width of each column; by default the longest cell decides, within bounds.

    Raises
    ------
    ValueError
        If the caption is empty, the frame has no column, or the widths are not one per column.
    """
    _require(caption, "a table", "caption")
    grid = _Grid.of(frame)
    if not grid.columns:
        message = "a table needs at least one column"
        raise ValueError(message)
    if widths is not None and len(widths) != len(grid.columns):
        message = f"{len(widths)} widths were given for {len(grid.columns)} columns; give one each"
        raise ValueError(message)
    line = " ".join(caption.split())
    return Output(
        {
            "text/markdown": grid.markdown(line, grid.widths() if widths is None else widths),
            "text/html": _div(grid.html(line)),
        }
    )


@dataclass(frozen=True)
class _Grid:
    """A table cut into its texts.

    Attributes
    ----------
    columns : tuple of str
        Names, plain text.
    cells : tuple of tuple of str
        Markdown, row by row.
    numeric : tuple of bool
        Whether a column holds numbers and nothing else.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Grid:
        """Return the grid of a frame, without its index."""
        rows = frame.itertuples(index=False, name=None)
        return cls(
            tuple(str(name) for name in frame.columns),
            tuple(tuple(_cell(value) for value in row) for row in rows),
            tuple(_is_numeric(frame.iloc[:, place]) for place in range(frame.shape[1])),
        )

    def widths(self) -> list[int]:
        """Return a width for each column: its longest text, but not all of the page."""
        texts = [
            [re.sub(r"<[^>]*>", "", markdown.to_inline_html(cell)) for cell in row]
            for row in self.cells
        ]
        columns = zip(self.columns, *texts, strict=True)
        return [min(max(map(len, column)), _LONGEST) + 3 for column in columns]

    def markdown(self, caption: str, widths: Sequence[float]) -> str:
        """Return a pipe table in a div that holds its caption and its widths."""
        shares = " ".join(f"{width / sum(widths):.4f}" for width in widths)
        lines = [
            [markdown.escape(name) for name in self.columns],
            ["---:" if number else ":---" for number in self.numeric],
            *self.cells,
        ]
        rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f'::: {{.table widths="{shares}"}}\n{caption}\n\n{rows}\n:::'

    def html(self, caption: str) -> str:
        """Return a table with a caption, and headers that say what they head."""
        align = [f' style="text-align:{"right" if number else "left"}"' for number in self.numeric]
        head = "".join(
            f'<th scope="col"{style}>{html.escape(name)}</th>'
            for name, style in zip(self.columns, align, strict=True)
        )
        body = "".join(
            f'<tr><th scope="row"{align[0]}>{markdown.to_inline_html(row[0])}</th>'
            + "".join(
                f"<td{style}>{markdown.to_inline_html(cell)}</td>"
                for cell, style in zip(row[1:], align[1:], strict=True)
            )
            + "</tr>"
            for row in self.cells
        )
        return (
            f'<table><caption style="text-align:left">{markdown.to_inline_html(caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _cell(value: object) -> str:
    """Return the Markdown of one cell on one line."""
    import pandas as pd  # here: nbconvert lists the exporters in every JupyterLab

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if _is_number(value):
        # A missing value turns a column of whole numbers into floats.
        whole = isinstance(value, float) and value.is_integer()
        return markdown.escape(f"{value:,.0f}" if whole else f"{value:,}")
    return " ".join(str(value).split())


def _is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers and nothing else."""
    values = column.dropna()
    return len(values) > 0 and all(map(_is_number, values))


def _is_number(value: object) -> bool:
    """Return whether a value is a number, which True is not."""
    return isinstance(value, Real) and not isinstance(value, bool)


def joined(*parts: Output) -> Output:
    """Return several outputs of Markdown as one.

    Parameters
    ----------
    *parts : Output
        From `prose`, `table` and `notes`, in order.
    """
    return Output(
        {
            "text/markdown": "\n\n".join(part.data["text/markdown"] for part in parts),
            "text/html": "".join(part.data["text/html"] for part in parts),
        }
    )


def annex(output: Output, files: Mapping[str, str]) -> Output:
    """Return an output as the evidence annex, which is a document of its own.

    Parameters
    ----------
    output : Output
        From `joined`.
    files : mapping of str to str
        Name to content of what the PDF of the report and that of its annex carry as attachments.
    """
    data = {**output.data, TABLES_TYPE: dict(files)}
    return Output(data, {**output.metadata, "sahel": {"annex": True}})


def _svg(fig: Figure) -> str:
    """Return a figure as SVG that is the same for the same figure."""
    from ..figures.style import svg

    drawn = svg(fig)
    return drawn[drawn.index("<svg") :]


def _require(text: str, what: str, part: str) -> None:
    """Refuse an empty text."""
    if not str(text).strip():
        message = f"{what} needs its '{part}': it is empty"
        raise ValueError(message)


def _div(content: str) -> str:
    """Return HTML in a container that MathJax leaves alone."""
    return f'<div class="{_LITERAL}">{content}</div>'
