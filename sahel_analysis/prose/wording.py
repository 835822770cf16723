"""Wording of our Markdown: its sentences, and the citation marks that vouch for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"\[[^\]]*\]\(#([cefjs]\d+)\)")
_MARK = re.compile(r"⟦(\w+)⟧")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
# A sentence, its end, and the marks that follow it; the next one begins with no small letter.
_SENTENCE = re.compile(
    r"(?P<text>.+?(?:[.!?][*”\")]*|$))(?P<marks>(?:\s*⟦\w+⟧)*)(?:\s+(?![a-z])|$)", re.DOTALL
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a block.

    Attributes
    ----------
    text : str
        Its words, marks and emphasis left out.
    marks : tuple of str
        Anchors of the marks within it and behind its full stop.
    vouched : bool
        Whether some mark stands behind what it says.
    """

    text: str
    marks: tuple[str, ...]
    vouched: bool

    @property
    def unquoted(self) -> str:
        """The words without what stands in quotation marks."""
        return _QUOTED.sub(" ", self.text)

    @property
    def start(self) -> str:
        """The first words, for messages."""
        words = self.text.split()
        return " ".join(words[:8]) + (" ..." if len(words) > 8 else "")


def block_text(line: str) -> str:
    """Return a block of Markdown with plain punctuation and short marks.

    Parameters
    ----------
    line : str
        One line: a paragraph, a bullet, or the cells of a table row.
    """
    bare = _ESCAPE.sub(r"\1", _LINK.sub(r"⟦\1⟧", line))
    return bare.removeprefix("- ").replace("**", "").replace(" | ", " ").strip()


def sentences_of(text: str) -> list[Sentence]:
    """Return the sentences of a block.

    Parameters
    ----------
    text : str
        From `block_text`, or a plain text.

    Returns
    -------
    list of Sentence
        A mark within a sentence vouches for that sentence alone. Marks behind a full stop vouch
        for the sentences before it, back to the last one with a mark of its own.
    """
    found, vouched = [], False
    for match in reversed(list(_SENTENCE.finditer(text))):
        inner, outer = _MARK.findall(match["text"]), _MARK.findall(match["marks"])
        words = _MARK.sub("", match["text"]).replace("*", "")
        words = re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s+", " ", words)).strip()
        vouched = bool(outer) or (vouched and not inner)
        if words:
            found.append(Sentence(words, (*inner, *outer), vouched or bool(inner)))
    return found[::-1]
