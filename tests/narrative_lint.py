"""A lint for the narrative: hedges, likelihoods among facts, numbers and marks without a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sahel_analysis.errors import Problem
from sahel_analysis.prose.notes import key_of
from sahel_analysis.prose.wording import hedges, likelihoods, mixed, numbers
from sahel_analysis.tables.loading import Tables

_MEASURE = re.compile(
    r"\*(?:(?P<words>[A-Z][a-z ]+), \d+ to \d+ per cent|Confidence: (?:low|moderate|high))"
    r"; (?:new|strengthened|weakened|unchanged)\.\*"
)
_REPORTED = re.compile(
    r"\baccording to\b|\b(?:say|said|tell|told|warn|report|claim|announc|accus|denie|deny|threaten)"
    r"\w*\b[^.;]*\bthat\b",
    re.I,
)
_OURS = re.compile(
    r"\b(?:in our reading|our (?:inference|guess|judgement)|we (?:take|infer|judge))\b"
)
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


def lint_narrative(markdown: str, label: str, tables: Tables) -> list[Problem]:
    """Return what is wrong with the wording of a piece of narrative.

    Parameters
    ----------
    markdown : str
        Markdown as the narrative functions give it, one block per line.
    label : str
        What it is, for the messages.
    tables : Tables
        The rows that its marks lead to.

    Returns
    -------
    list of Problem
        By line: a vague hedge, a word of the other ICD 203 row or a likelihood in a sentence of
        ours; likelihood and confidence in one sentence; a key judgement whose word is not that of
        its measure; a numeral without a mark; a mark that leads to no row. Exempt are quotations,
        dates, counts of our own rows, and what a sentence reports: ``according to``, ``warns
        that``, or a mark of a claim that is a forecast, an opinion, an aim or an allegation. A mark
        within a sentence vouches for that sentence; marks behind a full stop vouch for the
        sentences before it, back to the mark before. Numbers in words are not seen.
    """
    return [
        Problem(label, f"line {number}", "", message)
        for number, line in enumerate(markdown.splitlines(), 1)
        if line.strip() and not line.startswith("#")
        for message in _line_faults(line, tables)
    ]


def _line_faults(line: str, tables: Tables) -> Iterator[str]:
    """Yield a message for each fault of one block."""
    text = block_text(line)
    if measure := _MEASURE.search(text):
        yield from _judgement_faults(text[: measure.start()], measure["words"] or "")
        text = text[measure.end() :]
    for sentence in sentences_of(text):
        for message in _sentence_faults(sentence, tables):
            yield f"{message} In: '{sentence.start}'"


def _judgement_faults(text: str, words: str) -> Iterator[str]:
    """Yield the faults of a key judgement's own sentence."""
    expected = [words.lower()] if words else []
    if (held := likelihoods(text)) != expected:
        yield f"the judgement holds {held}; its measure expects {expected}."
    for part in [sentence.unquoted for sentence in sentences_of(text)]:
        yield from (*hedges(part), *mixed(part))


def _sentence_faults(sentence: Sentence, tables: Tables) -> Iterator[str]:
    """Yield the faults of a sentence that is no judgement."""
    for anchor in sentence.marks:
        if not _leads(anchor, tables):
            yield f"the mark '{anchor}' leads to no row."
    text = sentence.unquoted
    yield from mixed(text)
    if not sentence.vouched and (numerals := numbers(text)):
        yield f"'{numerals[0]}' has no mark behind it."
    if _reports(sentence, tables):
        return
    yield from hedges(text)
    if (words := likelihoods(text)) and not _OURS.search(text):
        yield f"'{words[0]}' judges among facts; make it a key judgement or say whose it is."


def _reports(sentence: Sentence, tables: Tables) -> bool:
    """Return whether a sentence tells what somebody else expects, thinks or alleges."""
    if _REPORTED.search(sentence.unquoted):
        return True
    claims = [key_of(anchor) for anchor in sentence.marks if anchor[0] == "c"]
    known = [key for key in claims if key in tables.claims.index]
    return bool((tables.claims.loc[known, "modality"] != "fact").any())


def _leads(anchor: str, tables: Tables) -> bool:
    """Return whether an anchor stands for a row."""
    key = key_of(anchor)
    kinds = (tables.claims, tables.events, tables.figures, tables.sources, tables.judgements)
    return any(key in frame.index for frame in kinds)
