"""Promises of the atlas in a browser: every control, every reader, and what `posture` says."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from xml.etree import ElementTree

import pandas as pd
import pytest
from browser import axe, faults, nu, wait_until

from sahel_analysis import explore
from sahel_analysis.atlas.states import state_on, states_by_day
from sahel_analysis.evidence.posture import posture
from sahel_analysis.evidence.record import (
    EVIDENCE,
    record,
    visible_events,
)
from sahel_analysis.figures import style
from sahel_analysis.figures.maps import situation
from sahel_analysis.report.parameters import date_range, scope

DEFAULT = ("2023-12-04", "checked")
THEMES = {"french": "french_posture", "russian": "russian_engagement"}
REASONS = {"french": "French posture", "russian": "Russian engagement"}


@pytest.fixture(scope="session")
def atlas(atlas_page, tmp_path_factory):
    """Return the atlas as a file."""
    path = tmp_path_factory.mktemp("atlas") / "atlas.html"
    path.write_bytes(atlas_page)
    return path


@pytest.fixture
def opened(open_page, atlas):
    """Return a function that opens the atlas and waits until it is ready."""

    def open_atlas(address: str = "", **options):
        page = open_page(atlas, address=address, **options)
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    return open_atlas


def points(tables, number: int = 10) -> list[tuple[str, str, str]]:
    """Return days, countries and evidences at random, the same on every run."""
    chance = random.Random(20231204)
    first, last = date_range(tables)
    return [
        (
            (first + timedelta(days=chance.randrange((last - first).days + 1))).isoformat(),
            chance.choice(list(scope(tables))),
            EVIDENCE[number % 2],
        )
        for number in range(number)
    ]


def shown(page) -> dict[str, str]:
    """Return what the page's controls say."""
    return {
        "day": page.input_value("#day"),
        "words": page.inner_text("#day-words"),
        "evidence": page.input_value("input[name=evidence]:checked"),
        "exhibit": page.input_value("input[name=exhibit]:checked"),
        "country": page.input_value("#country"),
    }


def rows(page) -> dict[str, dict[str, str]]:
    """Return the rows of the table: codes of the states by country."""
    return page.eval_on_selector_all(
        "#table tbody tr",
        "rows => Object.fromEntries(rows.map(r => [r.dataset.iso3, {...r.dataset}]))",
    )


def sure(row: pd.Series, theme: str) -> str:
    """Return whether a state counts as confirmed, as the page writes it."""
    return str(row[theme] == "none_recorded" or bool(row[f"{theme}_confirmed"])).lower()


def expected(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what the rows must hold, from a posture frame."""
    return {
        iso3: {
            "iso3": iso3,
            "covered": str(bool(row["covered"])).lower(),
            "french": row["french_posture"],
            "frenchSure": sure(row, "french_posture"),
            "russian": row["russian_engagement"],
            "russianSure": sure(row, "russian_engagement"),
        }
        for iso3, row in frame.iterrows()
    }


def test_atlas_is_readable_without_a_script(open_page, atlas, tables):
    """Map, table and events of the default day stand in the file itself."""
    page = open_page(atlas, script=False)
    frame = posture(*DEFAULT, tables)
    text = page.inner_text("#table")
    for iso3, name in scope(tables).items():
        assert name in text
        if not tables.countries.at[iso3, "on_map"]:
            continue
        state = page.locator(f"#map-{iso3}")
        assert state.get_attribute("data-french") == frame.at[iso3, "french_posture"]
    visible = [item for item in page.locator("#events > li").all() if item.is_visible()]
    assert {item.get_attribute("id") for item in visible} == set(
        record(*DEFAULT, tables=tables).events.index
    )
    assert not page.locator("form").is_visible()


def test_atlas_shows_what_posture_says(opened, tables):
    """Map, table, panel and list of events agree with `posture` at ten points chosen by chance."""
    page = opened()
    for day, iso3, evidence in points(tables):
        page.evaluate(f"location.hash = 'date={day}&evidence={evidence}&country={iso3}'")
        wait_until(page, f"document.getElementById('day').value === '{day}'")
        frame = posture(day, evidence, tables)
        assert rows(page) == expected(frame)
        for code, row in frame[tables.countries["on_map"].reindex(frame.index)].iterrows():
            country = page.locator(f"#map-{code}")
            assert country.get_attribute("data-french") == row["french_posture"]
            assert country.get_attribute("data-russian") == row["russian_engagement"]
            assert country.get_attribute("aria-selected") == str(code == iso3).lower()
        listed = page.eval_on_selector_all(
            "#events > li:not([hidden])",
            "all => all.map(i => [i.id, i.querySelector('.decides:not([hidden])')?.textContent])",
        )
        events = record(day, evidence, tables=tables).events
        assert {key for key, _ in listed} == {k for k, c in events["iso3"].items() if iso3 in c}
        for name, theme in THEMES.items():
            deciding = {key for key, why in listed if why and REASONS[name] in why}
            assert deciding == set(frame.at[iso3, f"{theme}_event_ids"])
    assert faults(page) == []


def event_days(tables, iso3: str = "") -> list[str]:
    """Return the days in the range from which the checked record shows an event."""
    events = visible_events(tables, "checked")
    if iso3:
        events = events[[iso3 in named for named in events["iso3"]]]
    first, last = date_range(tables)
    days = events["visible_from"].dropna().dt.date
    return sorted({day.isoformat() for day in days if first <= day <= last})


def test_page_keys_go_event_by_event(opened, tables):
    """Up to the next, down to the one before: of all events, or of those of the chosen country."""
    page = opened()
    page.locator("#slider").press("PageUp")
    assert shown(page)["day"] == min(day for day in event_days(tables) if day > DEFAULT[0])
    page.select_option("#country", "GAB")
    before = max(day for day in event_days(tables, "GAB") if day < shown(page)["day"])
    page.locator("#slider").press("PageDown")
    assert shown(page)["day"] == before


def test_headline_follows_the_chosen_country(opened, tables):
    """It says how France and Russia stand there, and of all countries where none is chosen."""
    page = opened("#country=NER")
    row = state_on(states_by_day(tables)["checked"], "NER", DEFAULT[0])
    headline = page.inner_text("#finding")
    assert headline.startswith("Niger. ")
    assert all(row[theme]["words"] in headline for theme in THEMES.values())
    page.click("#all")
    assert "countries" in page.inner_text("#finding")


@pytest.mark.parametrize("day", ["2022-09-01", "2023-12-04", "2025-08-01"])
def test_map_shows_bases_and_counts(opened, tables, day):
    """Those of the printed map of the day: in use, unconfirmed, handed over in order; and numbers."""
    page = opened(f"#date={day}")
    on = situation(day, tables=tables)
    looks = {
        site.Index: ("left", str(site.number)) if site.number
        else ("used" if site.confirmed else "unconfirmed", "") if site.in_use
        else ("undated", "")
        for site in on.sites.itertuples()
    }  # fmt: skip
    drawn = page.eval_on_selector_all(
        "g.site[id]",
        "all => Object.fromEntries(all.filter(s => s.dataset.look).map(s =>"
        " [s.id.slice(5), [s.dataset.look, s.querySelector('.order').textContent]]))",
    )
    assert {key: tuple(look) for key, look in drawn.items()} == looks
    counts = page.eval_on_selector_all(
        ".label .count", "all => all.map(c => [c.parentNode.dataset.iso3, c.textContent])"
    )
    assert len(counts) >= 8
    assert {iso3: on.rows.at[iso3, "french_words"] for iso3, _ in counts} == dict(counts)


def test_state_that_is_not_confirmed_is_shown_as_such(opened, tables):
    """Pale on the map, half a sign, and in words."""
    frame = posture("2026-01-29", "checked", tables)
    unsure = frame[~frame["french_posture_confirmed"] & (frame["french_posture"] == "present")]
    iso3 = next(code for code in unsure.index if tables.countries.at[code, "on_map"])
    page = opened(f"#date=2026-01-29&country={iso3}")
    fill = page.locator(f"#map-{iso3} .fill").evaluate("e => getComputedStyle(e).fill")
    assert fill == css_colour(style.UNCONFIRMED_COLOURS["present"])
    assert "unconfirmed, last attested" in page.inner_text("#panel-french")
    half = frame[
        ~frame["russian_engagement_confirmed"] & (frame["russian_engagement"] == "deployed")
    ]
    sign = page.locator(f".wide [data-iso3={half.index[0]}] .whole")
    assert sign.evaluate("e => getComputedStyle(e).fill") == css_colour("#FFFFFF")


def css_colour(code: str) -> str:
    """Return a colour as a browser computes it."""
    return f"rgb({', '.join(str(int(code[place : place + 2], 16)) for place in (1, 3, 5))})"


def test_view_is_taken_as_svg_and_csv(opened, tables, tmp_path):
    """The drawing stands alone; the rows are those listed, and none is run as a formula."""
    page = opened("#date=2023-12-04&country=NER")
    taken = {}
    for ending in ("svg", "csv"):
        with page.expect_download() as waiting:
            page.click(f"#take-{ending}")
        taken[ending] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(taken[ending])
    assert taken["svg"].name == "sahel_atlas_2023-12-04_checked_combined_NER.svg"
    root = ElementTree.parse(taken["svg"]).getroot()
    texts = [text.strip() for text in root.itertext() if text.strip()]
    assert any(text.startswith("Niger. ") for text in texts)
    assert {"Mali", "Chad"} <= set(texts)
    assert "class=" not in taken["svg"].read_text(encoding="utf-8")
    with taken["csv"].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    events = [row["key"] for row in rows if row["row"] == "event"]
    on_record = record("2023-12-04", tables=tables).events
    assert set(events) == {k for k, named in on_record["iso3"].items() if "NER" in named}
    assert {row["iso3"] for row in rows if row["row"] == "state"} == {"NER"}
    for row in rows:
        assert not any(value.startswith(tuple("=+-@")) for value in row.values())
        if row["row"] == "event":
            assert set(tables.events.at[row["key"], "source_ids"]) <= set(row["sources"].split())
    assert faults(page) == []


def test_key_is_folded_on_a_telephone(opened):
    """A tap on the map leads the eye to the panel below it, not to a key of twenty lines."""
    small, wide = opened(width=390), opened()
    assert not small.locator(".keys").is_visible()
    small.locator("#key summary").click()
    assert small.locator(".keys").is_visible()
    assert wide.locator(".keys").is_visible()


def test_atlas_is_valid_html(atlas):
    """The Nu HTML checker finds no error."""
    assert nu(atlas) == []


def test_slider_moves_the_day(opened, tables):
    """The slider goes by days; the buttons beside it from event to event."""
    page = opened()
    page.locator("#slider").press("ArrowRight")
    assert shown(page)["day"] == "2023-12-05"
    assert page.get_attribute("#slider", "aria-valuetext") == "5 December 2023"
    assert shown(page)["words"] == "5 December 2023"
    days = event_days(tables)
    page.click("#ahead")
    assert shown(page)["day"] == min(day for day in days if day > "2023-12-05")
    page.locator("#slider").press("Home")
    assert shown(page)["day"] == date_range(tables)[0].isoformat()
    page.click("#back")
    assert shown(page)["day"] == date_range(tables)[0].isoformat(), "nothing is before the first"
    page.fill("#day", "2024-05-01")
    assert shown(page)["words"] == "1 May 2024"
    assert rows(page) == expected(posture("2024-05-01", "checked", tables))


def test_play_runs_and_stops(opened):
    """Play goes on by months until it is stopped, and then says where it is."""
    page = opened("#date=2019-06-15")
    page.click("#play")
    wait_until(page, "document.getElementById('day').value >= '2019-09-01'")
    assert page.inner_text("#play") == "Pause"
    page.click("#play")
    day = shown(page)["day"]
    page.wait_for_timeout(700)
    assert shown(page)["day"] == day
    assert shown(page)["words"] in page.inner_text("#live")
    assert f"date={day}" in page.url


def test_play_with_less_motion_goes_from_event_to_event(opened, tables):
    """Who asked for less motion gets no transition and one step per event."""
    page = opened("#date=2019-06-15", motion="reduce")
    page.click("#play")
    wait_until(page, "document.getElementById('day').value > '2019-06-15'")
    page.click("#play")
    assert shown(page)["day"] in event_days(tables)
    fill = page.locator("#map-NER .fill")
    assert fill.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


def test_switches_change_evidence_and_theme(opened, tables):
    """Article or checked; French, Russian or both."""
    page = opened()
    page.check("input[value=article]", force=True)
    assert rows(page) == expected(posture(DEFAULT[0], "article", tables))
    assert "as the article tells it" in page.inner_text("#edition")
    fills = {}
    for exhibit in ("french", "russian", "combined"):
        page.check(f"input[value={exhibit}]", force=True)
        page.wait_for_timeout(400)
        fills[exhibit] = page.locator("#map-MLI .fill").evaluate("e => getComputedStyle(e).fill")
        sign = page.locator(".wide [data-iso3=MLI] .sign")
        assert sign.is_visible() == (exhibit != "french")
    assert fills["french"] == fills["combined"] != fills["russian"]


def test_click_on_a_country_shows_its_events_with_sources(opened, tables):
    """A click on the map opens the country; an event opens its sources."""
    page = opened()
    page.locator("#map-TCD .fill").click(force=True)
    assert page.inner_text("#panel-title") == "Chad"
    first = page.locator("#events > li:visible").first
    first.locator("summary").click()
    key = first.get_attribute("id")
    source = tables.sources.loc[tables.events.at[key, "source_ids"][0]]
    assert source["title"] in first.inner_text()
    assert source["publisher"] in first.inner_text()
    page.click("#all")
    assert page.inner_text("#panel-title") == "All countries"
    page.locator("#table button", has_text="Gabon").click()
    assert page.inner_text("#panel-title") == "Gabon"
    assert faults(page) == []


def test_keyboard_does_all_that_a_pointer_does(opened):
    """Tab reaches the map; arrows move, Enter chooses, Escape lets go; focus is seen."""
    page = opened()
    page.focus("#country")
    page.keyboard.press("Tab")
    here = "document.activeElement.dataset.iso3"
    west = page.evaluate(here)
    assert page.get_attribute("#focus", "d")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(here) != west
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert shown(page)["country"] == page.evaluate(here) == "DJI"
    wait_until(page, "document.getElementById('live').textContent.includes('Djibouti')")
    page.keyboard.press("Escape")
    assert shown(page)["country"] == ""
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id"))
    assert stops[0] == "take-svg"
    assert "panel" in stops
    page.focus("input[value=checked]")
    page.keyboard.press("ArrowRight")
    assert shown(page)["evidence"] == "article"
    # All that the article tells became public on its day: events are gone by in the other evidence.
    page.keyboard.press("ArrowLeft")
    page.focus("#slider")
    page.keyboard.press("PageUp")
    assert shown(page)["day"] > DEFAULT[0]


def test_timeline_and_map_are_linked(opened, tables):
    """A click on a lane of the timeline sets day and country; a drag goes through the days."""
    page = opened()
    page.locator("#timeline").scroll_into_view_if_needed()
    frame = page.locator("#timeline .role-frame path.background").first.bounding_box()
    lane = frame["height"] / len(scope(tables))
    page.mouse.click(frame["x"] + frame["width"] / 2, frame["y"] + 1.5 * lane)
    first, last = date_range(tables)
    middle = first + (last - first) / 2
    assert shown(page)["country"] == "MLI"
    assert abs(date.fromisoformat(shown(page)["day"]) - middle) < timedelta(days=10)
    assert page.get_attribute("#chosen", "d")
    page.mouse.move(frame["x"] + 50, frame["y"] + lane)
    page.mouse.down()
    page.mouse.move(frame["x"] + 90, frame["y"] + lane, steps=4)
    page.mouse.up()
    assert shown(page)["day"] < "2014-06-01"
    assert shown(page)["country"] == "MLI"
    assert faults(page) == []


def test_address_holds_the_state(opened):
    """A view that was sent opens the same; an address that makes no sense opens the default."""
    page = opened()
    page.select_option("#country", "SEN")
    page.check("input[value=russian]", force=True)
    page.fill("#day", "2025-07-17")
    wait_until(page, "location.hash.includes('2025-07-17')")
    other = opened("#" + page.url.split("#")[1])
    assert shown(other) == shown(page)
    assert rows(other) == rows(page)
    strange = opened("#date=2023-02-31&evidence=constructor&show=%3Cscript%3E&country=USA")
    assert shown(strange)["evidence"] == "checked"
    assert shown(strange)["country"] == ""
    assert faults(strange) == []
    page.evaluate("location.hash = 'table-title'")
    assert shown(page) == shown(other)


def test_frame_of_a_notebook_runs_on_its_own(open_page, tables):
    """The page works where it has neither an address nor an origin."""
    cell = explore("2025-01-31", country="TCD", tables=tables).data["text/html"]
    page = open_page(f"<!DOCTYPE html><title>cell</title>{cell}".encode())
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(state="attached")
    assert frame.locator("#panel-title").inner_text() == "Chad"
    assert frame.locator("#day-words").inner_text() == "31 January 2025"
    frame.locator("#map-NER .fill").click(force=True)
    assert frame.locator("#panel-title").inner_text() == "Niger"
    assert faults(page) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_atlas_meets_wcag(opened, scheme, width):
    """No violation of WCAG 2.2 A or AA, and nothing runs out sideways."""
    page = opened(scheme=scheme, width=width)
    assert axe(page) == []
    page.select_option("#country", "NER")
    page.locator("#events > li:visible summary").first.click()
    page.check("input[value=article]", force=True)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


def test_colours_of_the_map_are_the_same_in_the_dark(opened):
    """A dark page changes sea and land, never what a colour means."""
    look = "e => getComputedStyle(e).fill"
    seen = [opened(scheme=s).locator("#map-NER .fill").evaluate(look) for s in ("light", "dark")]
    assert seen[0] == seen[1]
