"""Rich outputs of the notebooks: what JupyterLab shows and what the exporters publish.

Each object carries two tellings of the same content: HTML for JupyterLab, and the form from which
`exporters` makes HTML, PDF and DOCX (Markdown in the dialect of `markdown`, SVG, or the cover's
JSON). Nothing else that a cell shows is published.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from ..prose import markdown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COVER_TYPE = "application/vnd.sahel.cover+json"

# JupyterLab typesets $...$ in HTML outputs; this class keeps MathJax away from literal text.
_LITERAL = "mathjax_ignore tex2jax_ignore"


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
    as_of: date | str = "",
    lang: str = "en",
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
    as_of : date or str
        The edition's date, ISO 8601; it also dates the PDF and DOCX files.
    lang : str
        Language of the report, a BCP 47 tag.

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
        "as_of": day,
        "lang": lang,
    }
    rows = "".join(
        f"<dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd>"
        for label, value in content["edition"]
    )
    below = f"<p><em>{html.escape(subtitle)}</em></p>" if subtitle else ""
    shown = (
        f"<h1>{html.escape(title)}</h1>{below}<dl>{rows}</dl>"
        f"<blockquote>{markdown.to_html(bottom_line)}</blockquote>"
    )
    telling = ", ".join(f"{label}: {value}" for label, value in content["edition"])
    return Output(
        {
            COVER_TYPE: content,
            "text/html": _div(shown),
            "text/markdown": f"# {markdown.escape(title)}\n\n{markdown.escape(telling)}"
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
    listed = list(entries)
    rows = "".join(
        f'<dt id="{anchor}">{anchor}</dt><dd>{markdown.to_inline_html(text)}</dd>'
        for anchor, text in listed
    )
    return Output({"text/markdown": markdown.notes(listed), "text/html": _div(f"<dl>{rows}</dl>")})


def figure(fig: Figure, *, caption: str, alt: str, title: str | None = None) -> Output:
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

    Raises
    ------
    ValueError
        If the caption or the alternative text is empty.
    """
    from matplotlib import pyplot

    _require(caption, "a figure", "caption")
    _require(alt, "a figure", "alt")
    told = f"**{title}** {caption}" if title else caption
    svg = _svg(fig)
    pyplot.close(fig)
    source = base64.b64encode(svg.encode()).decode()
    shown = (
        '<figure style="margin:0"><img style="background:#fff;max-width:100%" '
        f'alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{source}">'
        f"<figcaption>{markdown.to_inline_html(told)}</figcaption></figure>"
    )
    return Output(
        {"image/svg+xml": svg, "text/html": _div(shown)},
        {"image/svg+xml": {"alt": " ".join(alt.split()), "caption": " ".join(told.split())}},
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
    from .grids import Grid

    grid = Grid.of(frame)
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


def _div(shown: str) -> str:
    """Return HTML in a container that MathJax leaves alone."""
    return f'<div class="{_LITERAL}">{shown}</div>'
