"""Markdown as pure functions over text: escape, link, mark, list, notes, and HTML for JupyterLab.

The dialect is CommonMark with the pandoc extensions that `documents.READER` names. Every piece of
table text passes through `escape`; everything else in these functions is ours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from urllib.parse import quote, urlsplit

_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")

# CommonMark lets a backslash make any ASCII punctuation literal. The five left out (, ' % / ?) open
# nothing in CommonMark or in mistune, and leaving them keeps the Markdown readable.
_PUNCTUATION = re.compile(r"[!\"#$&()*+\-.:;<=>@\[\\\]^_`{|}~]")
_BREAKS = re.compile(r"[\t\n\v\f\r \x85\u2028\u2029]+")
# What pandoc knows and CommonMark does not: boxes, spans with attributes, attributes of links.
# `escape` leaves none of the kind in table text.
_FENCE = re.compile(r"^:::.*$", re.MULTILINE)
_SPAN = re.compile(
    r"(?<!\\)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\]\([^)]*\)(?:\{[^{}\n]*\})?)*)\]\{[^{}\n]*\}"
)
_ATTRIBUTES = re.compile(r"\)\{[^{}\n]*\}")
# Controls, lone surrogates, non-characters and the characters that reorder a line: a reader must
# see that they stood there, and no renderer may obey them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def escape(text: object) -> str:
    r"""Return Markdown that shows a text literally.

    Parameters
    ----------
    text : object
        Text of a table cell; ``str`` is applied first.

    Returns
    -------
    str
        One line. Runs of white space and line breaks become one space; control and bidirectional
        override characters become U+FFFD; ASCII punctuation is backslash-escaped.

    Examples
    --------
    >>> escape("<b>1. *Niger*</b>")
    '\\<b\\>1\\. \\*Niger\\*\\</b\\>'
    """
    line = _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", str(text)))
    return _PUNCTUATION.sub(r"\\\g<0>", line)


def link(text: str, address: str) -> str:
    """Return a link.

    Parameters
    ----------
    text : str
        Markdown, on one line.
    address : str
        An ``https:``, ``http:`` or ``mailto:`` address, or ``#`` and an anchor.

    Raises
    ------
    ValueError
        If the address is none of these.
    """
    scheme = urlsplit(address).scheme
    if not address.startswith("#") and scheme not in {"http", "https", "mailto"}:
        message = f"'{address}' cannot be linked: expected an http, https or mailto address or '#'"
        raise ValueError(message)
    safe = quote(address, safe="%/:?#[]@!$&'*+,;=~-._")
    return f"[{text}]({_PUNCTUATION.sub(lambda sign: chr(92) + sign[0], safe)})"


def mark(anchor: str, text: str | None = None) -> str:
    """Return a citation mark: a link to the note with that anchor.

    Parameters
    ----------
    anchor : str
        Anchor of a note, e.g. ``c40``.
    text : str, optional
        Markdown shown in its place; the anchor itself by default.

    Raises
    ------
    ValueError
        If the anchor is not a lower-case letter followed by letters, digits and hyphens.
    """
    return f"[{text or anchor}](#{_checked(anchor)})"


def bullets(items: Iterable[str]) -> str:
    """Return a bullet list block.

    Parameters
    ----------
    items : iterable of str
        Markdown, one line each.
    """
    return "\n".join(f"- {item}" for item in items)


def notes(entries: Iterable[tuple[str, str]]) -> str:
    """Return the list of notes at the end of a report, each with the anchor its marks lead to.

    Parameters
    ----------
    entries : iterable of (anchor, text)
        Anchor of each note and its Markdown on one line.

    Raises
    ------
    ValueError
        If an anchor is malformed or occurs twice.
    """
    listed = list(entries)
    seen: set[str] = set()
    for anchor, _ in listed:
        if _checked(anchor) in seen:
            message = f"note '{anchor}' is listed twice; each anchor needs one note"
            raise ValueError(message)
        seen.add(anchor)
    body = "\n\n".join(f"[{anchor}]{{#{anchor}}}\n:   {text}" for anchor, text in listed)
    return f"::: {{.notes}}\n{body}\n:::"


def to_html(text: str) -> str:
    """Return the HTML that JupyterLab shows for Markdown; HTML in it stays text.

    Boxes, spans and attributes of pandoc, which say how a page is set, are left out.
    """
    bare = _FENCE.sub("", text)
    while (plain := _SPAN.sub(r"\1", bare)) != bare:
        bare = plain
    return _renderer()(_ATTRIBUTES.sub(")", bare))


@lru_cache(maxsize=4096)  # a table's cells are asked for twice: for their widths, and as they stand
def to_inline_html(text: str) -> str:
    """Return the HTML of one paragraph of Markdown without the paragraph."""
    return re.sub(r"^<p>(.*)</p>$", r"\1", to_html(text).strip(), flags=re.DOTALL)


def plain(text: str) -> str:
    """Return what one paragraph of Markdown says, without its markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", to_inline_html(text)))


@cache
def _renderer() -> Callable[[str], str]:
    """Return mistune's renderer with tables, which shows HTML as text."""
    import mistune

    return mistune.create_markdown(renderer=mistune.HTMLRenderer(escape=True), plugins=["table"])


def _checked(anchor: str) -> str:
    """Return the anchor if it is one."""
    if not _ANCHOR.fullmatch(anchor):
        message = (
            f"'{anchor}' is not an anchor: expected a lower-case letter, then letters, digits "
            "and hyphens, e.g. 'c40'"
        )
        raise ValueError(message)
    return anchor
