"""Promises of the atlas: one offline file that shows what `posture` says, to every reader."""

from __future__ import annotations

import base64
import hashlib
import html
import random
import re
from datetime import timedelta
from html.parser import HTMLParser

import pandas as pd
import pytest

from sahel_analysis import explore
from sahel_analysis.atlas.page import atlas_html
from sahel_analysis.atlas.states import state_on, states_by_day
from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.posture import posture, posture_series
from sahel_analysis.evidence.record import EVIDENCE
from sahel_analysis.report.parameters import date_range

THEMES = {"french": "french_posture", "russian": "russian_engagement"}


class Elements(HTMLParser):
    """Collects elements with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.found.append((tag, dict(attrs)))
        self.inside = tag
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_data(self, data):
        """Keep the text of a script or style."""
        if getattr(self, "inside", "") in self.texts:
            self.texts[self.inside][-1] += data

    def handle_endtag(self, tag):
        """Leave an element."""
        self.inside = ""


@pytest.fixture(scope="module")
def elements(atlas_page) -> Elements:
    """Return the elements of the page."""
    return Elements(atlas_page.decode())


def test_atlas_is_small_and_equal_tables_give_equal_bytes(atlas_page, tables):
    """One file of at most 2.5 MB, the same every time."""
    assert len(atlas_page) <= 2_500_000
    assert atlas_html(tables) == atlas_page


def test_atlas_loads_nothing_from_elsewhere(elements):
    """Addresses stand in links to sources alone; everything else is in the file."""
    for tag, attributes in elements.found:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attributes
        if "href" in attributes and not attributes["href"].startswith("#"):
            assert tag == "a"
            assert attributes["rel"] == "noopener noreferrer"
    for sheet in elements.texts["style"]:
        assert "@import" not in sheet
        assert all(re.match(r"#|data:", url) for url in re.findall(r"url\(([^)]*)\)", sheet))


def test_atlas_allows_its_own_scripts_and_no_others(elements):
    """The policy names each script by its hash and allows no address."""
    [policy] = [
        a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy"
    ]
    kinds = [attributes.get("type") for tag, attributes in elements.found if tag == "script"]
    for kind, text in zip(kinds, elements.texts["script"], strict=True):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert (f"'sha256-{digest}'" in policy) == (kind == "module")
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_states_by_day_give_the_state_of_every_day(tables):
    """Between two of the days nothing changes: what the page looks up is what `posture` says."""
    states = states_by_day(tables)
    first, last = date_range(tables)
    chance = random.Random(20231204)
    for number in range(60):
        day = first + timedelta(days=chance.randrange((last - first).days + 1))
        evidence = EVIDENCE[number % 2]
        for iso3, row in posture(day, evidence, tables).iterrows():
            state = state_on(states[evidence], iso3, day)
            assert state["covered"] == row["covered"]
            for theme in THEMES.values():
                assert state[theme]["value"] == row[theme]
                assert state[theme]["since"] == row[f"{theme}_since"]
                sure = row[theme] == "none_recorded" or row[f"{theme}_confirmed"]
                assert state[theme]["confirmed"] == sure
                assert tuple(state[theme]["events"]) == row[f"{theme}_event_ids"]


def test_states_by_day_leave_out_no_change(tables):
    """Each day on which a state changes is one of the days."""
    first, last = date_range(tables)
    for evidence, states in states_by_day(tables).items():
        every = pd.date_range(first, last, freq="D")
        series = posture_series(every, evidence, tables)[list(THEMES.values())].unstack()
        changed = series.index[(series != series.shift()).any(axis=1)]
        assert {day.date().isoformat() for day in changed} <= set(states["days"])


def test_explore_opens_where_it_is_told(tables):
    """A notebook's cell gets the same page in a frame that may run its own script."""
    shown = explore("2022-06-01", "article", country="MLI", tables=tables)
    frame = shown.data["text/html"]
    assert 'sandbox="allow-scripts ' in frame
    assert "allow-same-origin" not in frame
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])
    start = "date=2022-06-01&amp;evidence=article&amp;show=combined&amp;country=MLI"
    assert page.replace(start, "", 1).encode() == atlas_html(tables)


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ({"as_of": "1999-01-01"}, "expected a day from 2012-01-01"),
        ({"as_of": "yesterday"}, "'yesterday' is not a day; expected one of the calendar"),
        ({"evidence": "cheked"}, "Did you mean 'checked'?"),
        ({"country": "FRA"}, "expected one of 'NER'"),
        ({"exhibit": "both"}, "'combined'"),
    ],
)
def test_explore_refuses_what_it_does_not_know(tables, values, states):
    """A wrong value is named, with what is allowed."""
    with pytest.raises(ParameterError, match=re.escape(states)):
        explore(**values, tables=tables)
