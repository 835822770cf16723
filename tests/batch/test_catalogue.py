"""Promises about the catalogue and the crate: every report with its files, for people and machines."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import axe, faults
from click.testing import CliRunner
from command import sahel
from trial import contents, put_brief

from sahel_analysis.batch.build import list_reports
from sahel_analysis.batch.store import Store
from sahel_analysis.cli import main

CELL = """
from sahel_analysis.report import exhibits

if country == "MLI" and as_of == "2023-12-04":
    raise ValueError("<b>no</b> & 'no'")
exhibits.combined_map(report) if country == "NER" else None
"""
DAYS = ("2022-09-01", "2023-12-04")
SHOWN = "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.report)"


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """Return a folder with the reports of two countries on two days, one of which failed."""
    folder = tmp_path_factory.mktemp("a folder é") / "reports"
    notebooks = put_brief(folder.parent / "notebooks", CELL)
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
    """Reports in all formats, thumbnails, and the notebook of the report that failed."""
    files = {name for name in contents(reports) if "/" in name and not name.startswith(".")}
    assert len([name for name in files if name.endswith(".thumbnail.png")]) == 2
    assert set(links(reports)) == files - {"failed/2023-12-04_checked_en/country_brief_MLI.json"}


def test_links_open_from_the_disk(opened):
    """A click on a title leads to the report, without a network."""
    page = opened()
    page.get_by_role("link", name="Niger, 1 September 2022", exact=True).click()
    page.wait_for_url("**/2022-09-01_checked_en/country_brief_NER.html")
    assert page.locator("h1").inner_text() == "Niger, 1 September 2022"


def test_page_says_nothing_and_asks_for_nothing(opened):
    """And every thumbnail is drawn."""
    page = opened()
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 120
    assert page.locator("img").count() == 2
    assert faults(page) == []


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_meets_wcag(opened, scheme, width):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(scheme=scheme, width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_page_can_be_read_without_a_script(opened):
    """All reports, and no control that would do nothing."""
    page = opened(script=False)
    assert page.locator("tbody tr").count() == 4
    assert all(row.is_visible() for row in page.locator("tbody tr").all())
    assert not page.locator("form").is_visible()
    assert page.locator("button").count() == 0


def test_filters_narrow_the_list_and_say_how_far(opened):
    """By word and by column, together."""
    page = opened()
    rows = page.locator("tbody tr")
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


def test_columns_sort_by_pointer_and_keyboard(opened):
    """Up, then down; the header says which."""
    page = opened()
    rows, header = page.locator("tbody tr"), page.get_by_role("columnheader", name="Report")
    page.get_by_role("button", name="Report").click()
    assert header.get_attribute("aria-sort") == "ascending"
    up = rows.evaluate_all(SHOWN)
    assert up == sorted(up, key=str.lower)
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert rows.evaluate_all(SHOWN) == up[::-1]
    page.get_by_role("button", name="Size").click()
    sizes = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.size))")
    assert sizes == sorted(sizes)
    assert header.get_attribute("aria-sort") is None


def test_report_that_failed_is_listed_with_its_cause(opened):
    """As text, never as markup; beside it the notebook as far as it ran."""
    row = opened().locator('tr[data-status="failed"]')
    assert "cell 4, ValueError: <b>no</b> & 'no'" in row.inner_text()
    assert row.locator("b").count() == 0
    link = row.get_by_role("link", name="Notebook as far as it ran")
    assert link.get_attribute("href") == "failed/2023-12-04_checked_en/country_brief_MLI.ipynb"


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
def entities(reports) -> dict[str, dict]:
    """Return what the crate describes, by id."""
    crate = json.loads((reports / "ro-crate-metadata.json").read_bytes())
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    found = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(found) == len(crate["@graph"])
    assert all(entity["@type"] for entity in found.values())
    return found


def references(value: object) -> Iterator[str]:
    """Yield every id that a value refers to."""
    if isinstance(value, dict) and set(value) == {"@id"}:
        yield value["@id"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from references(part)


def test_crate_is_whole(entities):
    """It describes itself and its root, and all that it refers to."""
    head, root = entities["ro-crate-metadata.json"], entities["./"]
    assert head["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert head["about"] == {"@id": "./"}
    for name in ("name", "description", "datePublished", "license", "hasPart"):
        assert root[name], name
    told = {reference for entity in entities.values() for reference in references(entity)}
    known = ("https://w3id.org/ro/crate/", "http://schema.org/")
    assert [name for name in told - set(entities) if not name.startswith(known)] == []
    reached = told | {"ro-crate-metadata.json"}
    assert [name for name in entities if name not in reached] == []


def test_crate_describes_every_file_with_its_hash(entities, reports):
    """As it stands on the disk; the index itself is without a hash, and so is what failed."""
    files = {name: entity for name, entity in entities.items() if entity["@type"] == "File"}
    assert set(references(entities["./"]["hasPart"])) == set(files)
    hashed = {name: entity for name, entity in files.items() if name.startswith("20")}
    assert len(hashed) == 3 * 3 + 2
    for name, data in contents(reports).items():
        if name in hashed:
            assert hashed[name]["sha256"] == hashlib.sha256(data).hexdigest()
            assert hashed[name]["contentSize"] == str(len(data))
            assert "/" in hashed[name]["encodingFormat"]
    assert all((reports / name).is_file() for name in files)


def test_crate_tells_of_every_report_what_it_was_made_from_and_by(entities):
    """One CreateAction each, made or failed; inputs, program and outputs by hash."""
    actions = [entity for entity in entities.values() if entity["@type"] == "CreateAction"]
    assert set(references(entities["./"]["mentions"])) == {action["@id"] for action in actions}
    assert len(actions) == 4
    for action in actions:
        used = [entities[name] for name in references(action["object"])]
        given = {used["name"]: used["value"] for used in used if used["@type"] == "PropertyValue"}
        assert action["name"].endswith(f"country_brief_{given['country']}")
        assert given["as_of"] in action["name"]
        inputs = [entity for entity in used if entity["@type"] != "PropertyValue"]
        assert [entity["@type"] for entity in inputs] == ["SoftwareSourceCode", *["Dataset"] * 2]
        program = entities[action["instrument"]["@id"]]
        packages = entities[program["softwareRequirements"]["@id"]]
        for entity in (*inputs, program, packages):
            assert re.fullmatch("[0-9a-f]{64}", entity["sha256"]), entity["@id"]
        suffixes = {Path(name).suffix for name in references(action["result"])}
        failed = "error" in action
        status = "FailedActionStatus" if failed else "CompletedActionStatus"
        assert action["actionStatus"] == {"@id": f"http://schema.org/{status}"}
        assert suffixes >= ({".ipynb"} if failed else {".ipynb", ".html", ".pdf"})
    [failed] = [action for action in actions if "error" in action]
    assert failed["error"] == "cell 4, ValueError: <b>no</b> & 'no'"
