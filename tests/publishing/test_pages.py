"""Promises of the reports as pages: accessible, quiet, whole without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from browser import axe, faults, nu

from sahel_analysis.batch.build import build
from sahel_analysis.batch.jobs import expand, reports
from sahel_analysis.prose.notes import key_of
from sahel_analysis.report.parameters import date_range

REPORT_BYTES = 1_500_000
PHONE = 390  # width in pixels


@pytest.fixture(scope="session")
def built(tables, tmp_path_factory) -> Path:
    """Return a folder with a page of each kind about one country, and the longest there is."""
    folder = tmp_path_factory.mktemp("pages")
    last = date_range(tables)[1].isoformat()
    few = {"notebook": list(reports()), "country": ["NER"], "as_of": [last], "format": ["html"]}
    longest = ["french_withdrawal", "briefing"]
    whole = {"notebook": longest, "as_of": [last], "format": ["html"]}
    assert not build([*expand(tables, few), *expand(tables, whole)], folder).failed
    return folder


@pytest.fixture
def opened(built, open_page):
    """Return a function that opens a report; all are made before the browser starts."""

    def open_report(name: str = "country_brief", **options):
        here = name if name == "source_audit" else name.replace("_evidence", "") + "_NER"
        here += "_evidence" * name.endswith("_evidence")
        [path] = built.rglob(f"{here}.html")
        return open_page(path, **options)

    return open_report


@pytest.mark.parametrize("width", [1280, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*reports(), "country_brief_evidence"])
def test_every_kind_of_page_meets_wcag(opened, name, scheme, width):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(name, scheme=scheme, width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


def test_every_kind_of_page_is_valid_html(built):
    """The Nu HTML checker finds no error in reports and their annexes."""
    assert nu(*sorted(built.rglob("*.html"))) == []


@pytest.mark.parametrize(("name", "most"), [("country_brief_NER", 14), ("briefing", 30)])
def test_report_is_short_on_a_telephone(built, open_page, name, most):
    """The brief on Niger takes at most 14 screens of 844 pixels, the briefing 30."""
    [path] = built.rglob(f"{name}.html")
    page = open_page(path, width=PHONE, height=844)
    assert page.evaluate("document.documentElement.scrollHeight") <= most * 844


def test_tables_are_cards_on_a_telephone(opened):
    """Each cell stands under the one before it, with the name of its column."""
    page = opened(width=PHONE)
    cells = page.locator("#table-1 tbody tr:first-child > *")
    lefts = {cell.bounding_box()["x"] for cell in cells.all()}
    assert len(lefts) == 1
    heads = page.locator("#table-1 thead th").all_text_contents()
    labels = cells.evaluate_all("cells => cells.map(cell => cell.dataset.label ?? '')")
    assert labels == ["", *heads[1:]]


def test_map_has_a_drawing_for_telephones_under_one_text(opened):
    """In a narrow window another picture is shown, of its own width; the alternative stands once."""
    ratios = {}
    for width in (1280, PHONE):
        image = opened(width=width).locator("picture img").first
        ratios[width] = image.evaluate(
            "i => i.decode().then(() => i.naturalWidth / i.naturalHeight)"
        )
        assert image.get_attribute("alt").startswith("Map of")
    assert ratios[PHONE] < 0.8 * ratios[1280]


def test_page_weighs_little_more_than_with_one_drawing(built):
    """The drawings for telephones add at most half to a page."""
    for path in built.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert len(page) <= 1.5 * len(re.sub(r"<source [^>]*>", "", page)), path.name


def test_contents_are_folded_or_beside_the_text(opened):
    """On a telephone one line that opens; in a wide window a column that takes none of the text."""
    small = opened(width=PHONE)
    assert not small.locator("nav a").first.is_visible()
    small.locator("nav summary").click()
    assert small.locator("nav a").first.is_visible()
    wide = opened(width=1280)
    link, text = (wide.locator(part).first.bounding_box() for part in ("nav a", "main"))
    assert link["x"] + link["width"] <= text["x"]


def test_annex_is_one_click_away_and_leads_back(opened):
    """From the top of the page, both ways."""
    page = opened()
    page.locator("header a", has_text="Evidence annex").click()
    assert page.url.endswith("country_brief_NER_evidence.html")
    page.locator("header a", has_text="The report").click()
    assert page.url.endswith("country_brief_NER.html")


@pytest.mark.parametrize("name", ["country_brief", "country_brief_evidence"])
def test_hover_note_names_source_day_and_grade(opened, tables, name):
    """Wherever a note rests on a source, it says which, of what day and how far it is trusted.

    One that appeared after the day of the edition is named by its key.
    """
    tips = opened(name).locator(".tip").all_text_contents()
    named = [tip for tip in tips if re.search(r"(\d{4}|undated)\. Grade\s[A-F]", tip)]
    assert len(named) >= 0.9 * len(tips) > 0
    last = pd.Timestamp(date_range(tables)[1])
    by_key = {key_of(mark) for tip in tips for mark in re.findall(r"\bs\d+\b", tip)}
    assert all(tables.sources.at[key, "published_latest"] > last for key in by_key)


def test_tap_opens_the_note_in_place(opened):
    """A finger on a mark shows its note and does not leap to the list."""
    page = opened(width=PHONE, touch=True)
    mark = page.locator(".cite").first
    mark.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    mark.tap()
    assert mark.locator(".tip").is_visible()
    assert page.evaluate("scrollY") == before
    assert "#" not in page.url


def test_text_is_set_in_the_face_of_the_maps(opened):
    """The page carries its typeface; it does not take what the machine has."""
    page = opened()
    assert page.evaluate("document.fonts.check('16px \"Source Sans Pro\"')")
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.weight).sort()"
    assert page.evaluate(loaded) == ["400", "700"]


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
