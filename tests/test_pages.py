"""Promises of the reports as pages: accessible, quiet, whole without a network."""

from __future__ import annotations

from pathlib import Path

import papermill
import pytest
from browser import axe, faults

from sahel_analysis.exporters import export

ROOT = Path(__file__).resolve().parent.parent
ASKED = {"as_of": "2023-12-04", "evidence": "checked", "country": "NER"}


@pytest.fixture(scope="session")
def brief(tmp_path_factory) -> Path:
    """Return a country brief, executed and exported as users do it."""
    executed = papermill.execute_notebook(
        ROOT / "notebooks/country_brief.ipynb",
        None,
        ASKED,
        kernel_name="python3",
        progress_bar=False,
    )
    path = tmp_path_factory.mktemp("pages") / "country_brief.html"
    path.write_bytes(export(executed, ["html"], name="country_brief")["html"])
    return path


@pytest.fixture
def opened(brief, open_page):
    """Return a function that opens the brief; it is made before the browser starts."""

    def open_brief(**options):
        return open_page(brief, **options)

    return open_brief


@pytest.mark.parametrize("width", [1440, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_meets_wcag(opened, scheme, width):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(scheme=scheme, width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_report_asks_for_nothing_and_says_nothing(opened):
    """No request leaves the file and the console stays empty."""
    page = opened()
    page.mouse.wheel(0, 20_000)
    assert faults(page) == []


def test_report_has_a_language_landmarks_and_one_title(opened):
    """A reader who cannot see the page can find the way through it."""
    page = opened()
    assert page.get_attribute("html", "lang") == "en"
    for landmark in ("header", "main", "nav", "footer"):
        assert page.locator(landmark).count() >= 1, landmark
    assert page.locator("h1").count() == 1
    assert all(image.get_attribute("alt") for image in page.locator("img").all())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


@pytest.mark.parametrize("width", [1440, 400])
def test_note_opens_on_hover_and_on_focus(opened, width):
    """A citation shows its note to the pointer and to the keyboard, within the window."""
    page = opened(width=width)
    mark = page.locator(".cite").first
    note = mark.locator(".tip")
    assert not note.is_visible()
    mark.locator("a").first.hover()
    assert note.is_visible()
    box = note.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    note.hover()
    assert note.is_visible(), "the pointer may go to the note without losing it"
    page.mouse.move(0, 0)
    assert not note.is_visible()
    mark.locator("a").first.focus()
    assert note.is_visible()
    assert mark.locator("a").first.get_attribute("aria-describedby") == note.get_attribute("id")


def test_figures_keep_a_light_ground_in_the_dark(opened):
    """Maps keep their colours: a dark page sets them on white."""
    page = opened(scheme="dark")
    look = "e => getComputedStyle(e).backgroundColor"
    assert page.locator("figure img").first.evaluate(look) == "rgb(255, 255, 255)"
    assert page.locator("body").evaluate(look) != "rgb(255, 255, 255)"
