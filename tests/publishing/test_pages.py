"""Promises of the reports as pages: accessible, quiet, whole without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import axe, faults

from sahel_analysis.batch.build import build
from sahel_analysis.batch.jobs import expand, reports
from sahel_analysis.report.parameters import date_range

REPORT_BYTES = 1_500_000


@pytest.fixture(scope="session")
def built(tables, tmp_path_factory) -> Path:
    """Return a folder with a page of each kind about one country, and the longest there is."""
    folder = tmp_path_factory.mktemp("pages")
    last = date_range(tables)[1].isoformat()
    few = {"notebook": list(reports()), "country": ["NER"], "as_of": [last], "format": ["html"]}
    whole = {"notebook": ["french_withdrawal"], "as_of": [last], "format": ["html"]}
    assert not build([*expand(tables, few), *expand(tables, whole)], folder).failed
    return folder


@pytest.fixture
def opened(built, open_page):
    """Return a function that opens a report; all are made before the browser starts."""

    def open_report(name: str = "country_brief", **options):
        [path] = built.rglob(f"{name}.html" if name == "source_audit" else f"{name}_NER.html")
        return open_page(path, **options)

    return open_report


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", reports())
def test_every_kind_of_report_meets_wcag(opened, name, scheme):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(name, scheme=scheme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_meets_wcag_on_a_telephone(opened, scheme):
    """A narrow window changes the layout, not what can be read."""
    page = opened(scheme=scheme, width=400)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_every_report_is_light_enough_to_send(built):
    """Even the French withdrawal on the last day, the longest of all, fits into a mail."""
    sizes = {path.stem: path.stat().st_size for path in built.rglob("*.html")}
    assert {"french_withdrawal", "source_audit"} <= set(sizes)
    assert max(sizes.values()) < REPORT_BYTES, sizes


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
