"""Promises of the Markdown: text stays literal, links lead where they say."""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata

import mistune
import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sahel_analysis.prose import markdown
from sahel_analysis.publishing.documents import READER

SIGNS = "".join(map(chr, range(33, 127)))
ANYTHING = st.text(st.one_of(st.sampled_from(SIGNS + " \n\t"), st.characters()), max_size=40)
ATTACKS = (
    "<script>alert(1)</script>",
    "<!-- hidden -->",
    "[text](https://example.org) ![x](y.png) <https://example.org>",
    "$x^2$ and \\(y\\) and $$z$$",
    "`code`{=html} and ```",
    "@key [^1] [@key]",
    "&lt; &copy; &#65;",
    "# heading",
    "- item",
    "12. item",
    "::: {.figure}",
    "a | b || c",
    "text {#anchor .class}",
    "https://example.org",
    "___ *** ~~gone~~ ^up^",
)


def pandoc(text: str, target: str = "html") -> str:
    """Return what pandoc makes of Markdown in our dialect."""
    command = [pypandoc.get_pandoc_path(), "-f", READER, "-t", target, "--wrap=none", "--sandbox"]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout


def shown(page: str) -> str:
    """Return the text of a page that is one paragraph without markup."""
    inner = re.sub(r"^<p>(.*)</p>$", r"\1", page.strip(), flags=re.DOTALL)
    assert "<" not in inner
    return html.unescape(inner)


@pytest.mark.parametrize("attack", ATTACKS)
def test_escaped_text_is_literal_in_pandoc_and_in_the_lab(attack):
    """Text that looks like markup is shown as it was typed."""
    assert shown(pandoc(markdown.escape(attack))) == attack
    assert shown(mistune.html(markdown.escape(attack))) == attack


@settings(max_examples=80, deadline=None)
@given(ANYTHING)
def test_escaped_text_keeps_every_printable_character(text):
    """Whatever the text, both renderers show it; only white space and controls change."""
    escaped = markdown.escape(text)
    literal = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).strip(" ")
    expected = unicodedata.normalize("NFC", literal)
    for page in (pandoc(escaped), mistune.html(escaped)):
        assert unicodedata.normalize("NFC", shown(page.strip("\n"))) == expected


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x9f", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_controls_and_reordering_characters_become_visible(sign):
    """A character that no reader can see is replaced by one that every reader sees."""
    assert markdown.escape(f"a{sign}b") == "a\ufffdb"


def test_escaped_text_is_one_line():
    """Line breaks cannot start a new block; non-breaking spaces stay."""
    assert markdown.escape("a\n\n# b\r\n\tc\u2028d 5\u202f000") == r"a \# b c d 5" + "\u202f000"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:,x", "x"])
def test_link_refuses_addresses_that_are_not_of_the_web(address):
    """A link leads to the web, to a mailbox or to an anchor."""
    with pytest.raises(ValueError, match="cannot be linked"):
        markdown.link("text", address)


def test_link_keeps_its_address():
    """Signs that mean something in Markdown do not end or change an address."""
    address = "https://example.org/a_b*c(d)?x=1&copy=2#e"
    for page in (pandoc(markdown.link("t", address)), mistune.html(markdown.link("t", address))):
        target = html.unescape(re.search('href="([^"]*)"', page)[1])
        assert target == address.replace("(", "%28").replace(")", "%29")


def test_mark_leads_to_its_note():
    """A mark is a link to the anchor that the list of notes carries."""
    text = f"{markdown.mark('c40')}\n\n{markdown.notes([('c40', 'Text.')])}"
    page = pandoc(text)
    assert '<a href="#c40">c40</a>' in page
    assert page.count('id="c40"') == 1


@pytest.mark.parametrize("anchor", ["", "C40", "4", "c 40", "c40)", "c40}{"])
def test_malformed_anchor_is_refused(anchor):
    """An anchor that could break out of its link or its attribute is refused."""
    for make in (markdown.mark, lambda name: markdown.notes([(name, "Text.")])):
        with pytest.raises(ValueError, match="is not an anchor"):
            make(anchor)


def test_note_listed_twice_is_refused():
    """Each anchor has one note."""
    with pytest.raises(ValueError, match="'c1' is listed twice"):
        markdown.notes([("c1", "One."), ("c1", "Two.")])
