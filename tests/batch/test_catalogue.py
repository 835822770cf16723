"""Promises about the index: every report with its files, for people and programs."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import axe, faults, nu
from click.testing import CliRunner
from command import sahel
from trial import contents, put_brief

from sahel_analysis.batch.build import list_reports
from sahel_analysis.batch.store import Store
from sahel_analysis.cli import main
from sahel_analysis.evidence.posture import countries_told, followed
from sahel_analysis.prose.words import listed

CELL = """
if country == "MLI" and as_of == "2023-12-04":
    raise ValueError("<b>no</b> & 'no'")
report.map() if country == "NER" else None
"""
DAYS = ("2022-09-01", "2023-12-04")
SHOWN = "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.report)"


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """Return a folder with the reports of two countries on two days, one of which failed."""
    folder = tmp_path_factory.mktemp("a folder é") / "reports"
    notebooks = put_brief(folder.parent / "notebooks", CELL, "report.annex()")
    matrix = ["--notebook", "country_brief", "--country", "NER,MLI", "--as-of", ",".join(DAYS)]
    run = sahel("build", *matrix, "--output", folder, notebooks=notebooks)
    assert run.stdout.endswith("3 made, 0 unchanged, 1 failed.\n")
    return folder


@pytest.fixture
def opened(reports, open_page):
    """Return a function that opens the catalogue from the disk, with the network off."""
    return lambda **options: open_page(reports / "index.html", **options)


def links(folder: Path) -> list[str]:
    """Return what the catalogue links to and shows."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    return [unquote(unescape(link)) for link in re.findall(r'(?:href|src)="([^"]*)"', page)]


def test_every_link_leads_to_a_file_and_every_file_is_linked(reports):
    """Reports and their annexes in all formats, thumbnails, and the notebook that failed."""
    files = {name for name in contents(reports) if "/" in name and not name.startswith(".")}
    files = {name for name in files if not name.endswith("/SHA256SUMS")}  # for programs
    assert len([name for name in files if name.endswith(".thumbnail.png")]) == 2
    files |= {"corrections.html"}
    assert set(links(reports)) == files - {"failed/2023-12-04_checked/country_brief_MLI.json"}


def test_links_open_from_the_disk(opened):
    """A click on a title leads to the report, without a network."""
    page = opened()
    page.get_by_role("link", name="Niger, 1 September 2022", exact=True).click()
    page.wait_for_url("**/2022-09-01_checked/country_brief_NER.html")
    assert page.locator("h1").inner_text() == "Niger, 1 September 2022"


def test_page_says_nothing_and_asks_for_nothing(opened):
    """And every thumbnail is drawn."""
    page = opened()
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 120
    assert page.locator("img").count() == 2
    assert faults(page) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_meets_wcag(opened, scheme, width):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(scheme=scheme, width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_page_can_be_read_without_a_script(opened):
    """All reports, and no control that would do nothing."""
    page = opened(script=False)
    assert page.locator(".card").count() == 4
    assert all(card.is_visible() for card in page.locator(".card").all())
    assert not page.locator("form").is_visible()
    assert page.locator("button").count() == 0


def test_filters_narrow_the_list_and_say_how_far(opened):
    """By word and by column, together."""
    page = opened()
    rows = page.locator(".card")
    assert page.get_by_role("status").inner_text() == "4 of 4 shown"
    page.get_by_label("As of").select_option("2022-09-01")
    assert page.get_by_role("status").inner_text() == "2 of 4 shown"
    page.get_by_label("Search").fill("NIGER")
    assert rows.evaluate_all(SHOWN) == ["Niger, 1 September 2022"]
    page.get_by_label("As of").select_option("all")
    page.get_by_label("Search").fill("")
    page.get_by_label("Status").select_option("failed")
    assert rows.evaluate_all(SHOWN) == ["country_brief"]
    assert page.get_by_role("status").inner_text() == "1 of 4 shown"


def test_cards_stand_in_reading_order_under_their_edition(opened):
    """The latest edition first, its countries as reports follow them: Niger before Mali."""
    page = opened()
    headings = page.locator("h2, h3").all_text_contents()
    assert headings == [
        "4 December 2023, checked evidence",
        "Countries",
        "1 September 2022, checked evidence",
        "Countries",
    ]
    titles = page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.report)")
    assert titles[2:] == ["Niger, 1 September 2022", "Mali, 1 September 2022"]


def test_card_has_map_bottom_line_day_and_files(opened):
    """Sizes stand behind one more click."""
    card = opened().locator(".card", has_text="Niger, 4 December 2023")
    assert card.locator("img").is_visible()
    assert "Yevkurov" in card.locator(".line").inner_text()
    assert "[" not in card.locator(".line").inner_text()
    assert card.locator("time").get_attribute("datetime") == "2023-12-04"
    assert card.locator(".main a").all_text_contents() == ["HTML", "PDF"]
    assert " kB" not in card.inner_text()
    card.locator("summary").click()
    assert " kB" in card.inner_text()


def test_what_was_not_made_is_told_with_its_reason(opened, tables):
    """Of a country of which fewer than two events are on record there is a line."""
    page = opened()
    for day in DAYS:
        section = page.locator(f"section:has(> [id='e-{day}_checked'])")
        [line] = [
            text for text in section.locator(".why").all_text_contents() if "No brief" in text
        ]
        assert "fewer than two events" in line
        told = set(countries_told(day, "checked", tables))
        few = [iso3 for iso3 in followed(tables) if iso3 not in told]
        assert line.startswith(f"No brief on {listed(list(tables.countries.loc[few, 'name_en']))}:")


def test_index_is_valid_html(reports):
    """The Nu HTML checker finds no error."""
    assert nu(reports / "index.html") == []


def test_report_that_failed_is_listed_with_its_cause(opened):
    """As text, never as markup; beside it the notebook as far as it ran."""
    row = opened().locator('.card[data-status="failed"]')
    row.locator("summary").click()
    assert "cell 4, ValueError: <b>no</b> & 'no'" in row.inner_text()
    assert row.locator("b").count() == 0
    link = row.get_by_role("link", name="Notebook as far as it ran")
    assert link.get_attribute("href") == "failed/2023-12-04_checked/country_brief_MLI.ipynb"


def test_atlas_is_linked_where_it_stands(reports, tables, monkeypatch):
    """From the moment it is there, and no longer."""
    assert "atlas.html" not in links(reports)
    monkeypatch.setattr("sahel_analysis.atlas.page.atlas_html", lambda _: b"<p>a map</p>")
    assert CliRunner().invoke(main, ["atlas", "--output", str(reports)]).exit_code == 0
    assert "atlas.html" in links(reports)
    (reports / "atlas.html").unlink()
    store = Store(reports)
    with store.locked():
        list_reports(store, tables)
    assert "atlas.html" not in links(reports)


@pytest.fixture(scope="module")
def listing(reports) -> list[dict]:
    """Return what the index lists for programs."""
    return json.loads((reports / "index.json").read_bytes())["reports"]


def test_listing_holds_what_the_page_lists(listing, opened):
    """The same reports in the same order, with title, place, day, evidence and status."""
    rows = opened().locator(".card")
    shown = "rows => rows.map(({dataset: d}) => [d.report, d.country, d.day, d.evidence, d.status])"
    columns = ("title", "place", "day", "evidence", "status")
    assert rows.evaluate_all(shown) == [[row[column] for column in columns] for row in listing]
    assert [row["why"] for row in listing if row["status"] == "failed"] == [
        "cell 4, ValueError: <b>no</b> & 'no'"
    ]


def test_listing_names_every_file_with_its_hash(listing, reports):
    """As it stands on the disk; the partial notebook of a failed report is without."""
    files = {file["name"]: file for row in listing for file in row["files"]}
    assert set(files) == set(links(reports)) - {"atlas.html", "corrections.html"}
    data = contents(reports)
    for name, file in files.items():
        if not name.startswith("failed/"):
            assert file["sha256"] == hashlib.sha256(data[name]).hexdigest()
            assert file["bytes"] == len(data[name])
    assert len([file for file in files.values() if "sha256" in file]) == 3 * 5 + 2
