"""Promises of the outputs: what JupyterLab shows, what is published, what is refused."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from matplotlib import pyplot

from sahel_analysis.prose import markdown
from sahel_analysis.report import outputs

FRAME = pd.DataFrame(
    {
        "Country": ["Niger", "Mali"],
        "Event | mark": [markdown.escape("a|b <i>") + " " + markdown.mark("c1"), "x\ny"],
        "Troops": [1500, None],
    }
)


def drawing():
    """Return a small figure."""
    fig, ax = pyplot.subplots(figsize=(2, 1))
    ax.bar(["a"], [1], hatch="//")
    return fig


def bundle(output: outputs.Output) -> tuple[dict, dict]:
    """Return what Jupyter is given."""
    return output._repr_mimebundle_()


def test_figure_carries_alt_and_caption_beside_its_svg():
    """The exporters find both in the metadata; JupyterLab shows both."""
    data, metadata = bundle(
        outputs.figure(drawing(), caption="Bars [c1](#c1).", alt='Bar "a"', title="One")
    )
    assert metadata["image/svg+xml"] == {"alt": 'Bar "a"', "caption": "**One** Bars [c1](#c1)."}
    assert data["image/svg+xml"].startswith("<svg")
    assert 'alt="Bar &quot;a&quot;"' in data["text/html"]
    assert '<figcaption><strong>One</strong> Bars <a href="#c1">c1</a>.' in data["text/html"]


@pytest.mark.parametrize("part", ["alt", "caption"])
def test_figure_without_alt_or_caption_is_refused(part):
    """A figure that some reader could not follow is refused."""
    told = {"alt": "Alt.", "caption": "Caption.", part: " "}
    with pytest.raises(ValueError, match=f"needs its '{part}'"):
        outputs.figure(drawing(), **told)
    pyplot.close("all")


def test_equal_figures_are_equal_files():
    """No date and no random identifier enters a figure."""
    first, second = (bundle(outputs.figure(drawing(), caption="C.", alt="A."))[0] for _ in range(2))
    assert first == second
    assert "<dc:date>" not in first["image/svg+xml"]


def test_shown_figure_is_closed():
    """The notebook's backend has nothing left to show a second time."""
    outputs.figure(drawing(), caption="C.", alt="A.")
    assert pyplot.get_fignums() == []


def test_table_is_readable_in_the_lab():
    """A table has a caption, and headers that say what they head."""
    shown = bundle(outputs.table(FRAME, caption="Two rows."))[0]["text/html"]
    assert re.search("<caption[^>]*>Two rows.</caption>", shown)
    assert len(re.findall('<th scope="col"', shown)) == 3
    assert len(re.findall('<th scope="row"', shown)) == 2
    assert 'a|b &lt;i&gt; <a href="#c1">c1</a>' in shown


def test_table_cells_cannot_break_the_table():
    """Bars and line breaks in cells stay in their cells; numbers are set right."""
    text = bundle(outputs.table(FRAME, caption="Two rows.", widths=[1, 2, 1]))[0]["text/markdown"]
    first, caption, blank, head, rule, *rows, last = text.splitlines()
    assert (first, last) == ('::: {.table widths="0.2500 0.5000 0.2500"}', ":::")
    assert (caption, blank, rule) == ("Two rows.", "", "| :--- | :--- | ---: |")
    assert head == r"| Country | Event \| mark | Troops |"
    assert rows == [r"| Niger | a\|b \<i\> [c1](#c1) | 1,500 |", "| Mali | x y |  |"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"caption": ""}, "needs its 'caption'"),
        ({"caption": "C.", "widths": [1]}, "1 widths were given for 3 columns"),
    ],
)
def test_table_without_caption_or_with_wrong_widths_is_refused(told, message):
    """A table says what it shows, and its widths fit its columns."""
    with pytest.raises(ValueError, match=message):
        outputs.table(FRAME, **told)


def test_notes_have_anchors_in_the_lab():
    """A mark in JupyterLab finds its note."""
    shown = bundle(outputs.notes([("c1", "One *note*.")]))[0]["text/html"]
    assert '<dt id="c1">c1</dt><dd>One <em>note</em>.</dd>' in shown


def test_prose_is_literal_in_the_lab():
    """Markup in table text is shown, and MathJax is told to leave the output alone."""
    text = "<b onclick=x>$y$ & `z`"
    data, _ = bundle(outputs.prose(markdown.escape(text)))
    assert f"<p>{html.escape(text)}</p>" in data["text/html"]
    assert "mathjax_ignore" in data["text/html"]
    assert "<b>" not in bundle(outputs.prose("<b>raw</b>"))[0]["text/html"]


def test_empty_prose_is_refused():
    """A cell that has nothing to say is a mistake."""
    with pytest.raises(ValueError, match="needs its 'text'"):
        outputs.prose(" ")


def test_cover_carries_what_the_templates_need():
    """Title, edition, date and bottom line travel as JSON."""
    data, _ = bundle(outputs.cover(title="T & U", edition={"Country": "Niger"}, as_of="2023-12-04"))
    assert data[outputs.COVER_TYPE] == {
        "title": "T & U",
        "subtitle": "",
        "edition": [["Country", "Niger"]],
        "bottom_line": "",
        "imprint": "",
        "as_of": "2023-12-04",
        "pages": 0,
        "layout": "report",
    }
    assert "<h1>T &amp; U</h1>" in data["text/html"]


@pytest.mark.parametrize("told", [{"title": ""}, {"edition": {}}, {"as_of": "4 December 2023"}])
def test_cover_without_title_edition_or_iso_date_is_refused(told):
    """A report says what it is, which edition, and when."""
    with pytest.raises(ValueError, match=r"a title and an edition|Invalid isoformat"):
        outputs.cover(**{"title": "T", "edition": {"Country": "Niger"}, **told})
