"""Promises about time: a page dated on a day tells nothing of later days."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from dates_in_text import dates_in, later_than, visible_text

from sahel_analysis.cli import main
from sahel_analysis.evidence.posture import countries_told

# What judges the days to come, the note that a judgement was written after its day, the edition line.
EXEMPT = {"horizon", "afterwards", "imprint"}
REGION = ["briefing", "french_withdrawal", "russian_engagement", "regional_realignment"]
SCOPES = ("NER", "MLI", "BFA", "TCD", "CAF", "SDN", "SEN", "CIV")
DAY = date(2023, 12, 4)


def days(text: str) -> list[str]:
    """Return the earliest days of the dates in a text, ISO 8601."""
    return [str(mention.day) for mention in dates_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 4 December 2023.", ["2023-12-04"]),
        ("on 4 Dec 2023,", ["2023-12-04"]),
        ("4 DEC 2023", ["2023-12-04"]),
        ("04 Dec. 2023", ["2023-12-04"]),
        ("the 4th of December 2023", ["2023-12-04"]),
        ("December 4, 2023", ["2023-12-04"]),
        ("Dec 4 2023", ["2023-12-04"]),
        ("4\u00a0December\u202f2023", ["2023-12-04"]),
        ("4 to 6 December 2023", ["2023-12-04", "2023-12-06"]),
        ("4–6 December 2023", ["2023-12-04", "2023-12-06"]),
        ("29 November to 2 December 2023", ["2023-11-29", "2023-12-02"]),
        ("30 December to 2 January 2024", ["2023-12-30", "2024-01-02"]),
        ("2023-12-04", ["2023-12-04"]),
        ("(2023-12-04T10:00:00Z)", ["2023-12-04"]),
        ("2023-11-29/2023-12-02", ["2023-11-29", "2023-12-02"]),
        ("https://example.org/2024/05/17/gone", ["2024-05-17"]),
        ("31 February 2024", ["2024-02-01"]),
    ],
)
def test_a_day_is_found_in_every_form(text, expected):
    """Of a stretch of days both ends."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "December 2023", "Dec 2023", "Dec. 2023", "DEC 2023", "December, 2023", "2023-12",
        "by December 2023, at last", "mid-December 2023",
    ],
)  # fmt: skip
def test_a_month_counts_from_its_first_day(text):
    """Whatever day of it is meant."""
    assert days(text) == ["2023-12-01"]


@pytest.mark.parametrize("month", ["Sept 2023", "Sep 2023", "September 2023", "SEPTEMBER 2023"])
def test_september_has_three_names(month):
    """And its longest is not cut."""
    assert days(month) == ["2023-09-01"]


@pytest.mark.parametrize(
    "text",
    [
        "in 2024", "2024.", "2024:", "(2024)", "early 2024", "mid-2024", "since-2024", "2024–",
        "end of 2024, then", "by 2024.", "2024-XX", "the 2024 elections", "“2024”", "2024's",
    ],
)  # fmt: skip
def test_a_year_counts_from_the_first_of_january(text):
    """However it is hedged."""
    assert days(text) == ["2024-01-01"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-2014", ["2012-01-01", "2014-01-01"]),
        ("2012–2014", ["2012-01-01", "2014-01-01"]),
        ("2012/2014", ["2012-01-01", "2014-01-01"]),
        ("the 2020s", ["2020-01-01"]),
        ("April and November 2024", ["2024-11-01"]),
        ("In May 2023 they came, in 2024 they left", ["2023-05-01", "2024-01-01"]),
    ],
)
def test_several_dates_are_found_each(text, expected):
    """In the order of the text."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "EV-2024", "S-2024", "a2024", "20240", "120240", "12,024", "1,2024", "3.2024", "2024,5",
        "2,024 soldiers", "1400 soldiers", "2145 soldiers", "4 December", "they may go", "20.24",
    ],
)  # fmt: skip
def test_a_number_that_is_no_date_is_left_alone(text):
    """Keys, counts, and days without a year."""
    assert days(text) == []


def test_a_mention_has_its_words_and_those_around():
    """So that who reads a failure finds the place."""
    [mention] = dates_in("The last soldiers left Niger on 22 December 2023, by air.")
    assert mention.words == "22 December 2023"
    assert "left Niger on 22 December 2023, by air" in mention.context


PAGE = """<!doctype html>
<html><head><title>As of 4 December 2023</title><meta name="date" content="2026-01-01">
<style>/* 2026 */</style><script>var built = "2026-01-02";</script></head>
<body class="report">
<h1>Niger</h1>
<p>They leave by <b>April</b> 2024<sup>12</sup>.
<p class="small horizon">To be held until <i>30 June 2025</i>.</p>
<div class="plans"><p>In 2030<br>or <span>later</span>, 2031.</p></div>
<table><tr><td>12</td><td>May 2025</td></tr></table>
<img src="map_2027.png" alt="Map of 5 June 2024">
<svg><metadata>2026-01-03</metadata><path d="M 2026 2027"/><text><tspan>7 Feb</tspan>
<tspan>2024</tspan></text></svg>
<p hidden>2028</p><p style="display: none">2029</p>
<p>Aug&shy;ust&nbsp;2024</p>
<!-- 2032 -->
</body></html>"""


def test_what_a_reader_sees_of_a_page_is_its_text():
    """Not its scripts, comments, attributes and hidden parts; pictures by their alternative."""
    found = [(mention.words, str(mention.day)) for mention in later_than(PAGE, DAY)]
    assert found == [
        ("April 2024", "2024-04-01"),
        ("30 June 2025", "2025-06-30"),
        ("2030", "2030-01-01"),
        ("2031", "2031-01-01"),
        ("May 2025", "2025-05-01"),
        ("5 June 2024", "2024-06-05"),
        ("7 Feb 2024", "2024-02-07"),
        ("August 2024", "2024-08-01"),
    ]


def test_elements_of_exempt_classes_are_left_out_with_all_that_is_in_them():
    """And what follows them counts again."""
    words = [mention.words for mention in later_than(PAGE, DAY, exempt={"horizon", "plans"})]
    assert words == ["April 2024", "May 2025", "5 June 2024", "7 Feb 2024", "August 2024"]
    assert later_than(PAGE, DAY, exempt={"report"}) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p class="horizon">2025</p>2024',
        '<p class="horizon">2025<p>2024',
        '<div class="horizon"><p>2025<b></div>2024',
        '<div class="horizon"><br><img alt="2025"><hr></div></span>2024',
        '<div class="horizon"><svg><path/><g class="x"/></svg>2025</div>2024',
        '<p class="horizons">2024</p>',
    ],
)
def test_an_exempt_element_ends_where_it_ends(html):
    """Whether or not every tag is closed; a class is a whole word."""
    assert [mention.words for mention in later_than(html, DAY, exempt={"horizon"})] == ["2024"]


def test_words_of_two_elements_are_not_read_as_one_date():
    """A count in one column and a month in the next are no day; emphasis within a date is."""
    assert visible_text("<td>4</td><td>May 2024</td>").split() == [
        "¶",
        "4",
        "¶",
        "¶",
        "May",
        "2024",
        "¶",
    ]
    assert days(visible_text("<p>4 <b>May</b> <i>2024</i></p>")) == ["2024-05-04"]
    assert days(visible_text("<ul><li>4<li>May 2024</ul>")) == ["2024-05-01"]


def test_the_day_itself_is_not_later():
    """Nor are its month and its year; the next day, month and year are."""
    assert later_than("<p>4 December 2023, December 2023, 2023</p>", DAY) == []
    late = later_than("<p>5 December 2023, January 2024, 2024</p>", DAY)
    assert [mention.words for mention in late] == ["5 December 2023", "January 2024", "2024"]


def too_late(html: str, day: date) -> list[str]:
    """Return what a page tells of later days; an address is no telling."""
    bare = re.sub(r"https?://[^\s<\"]+", "", html)
    return [mention.context for mention in later_than(bare, day, EXEMPT)]


def drawn_days(count: int = len(SCOPES), seed: int = 12) -> list[date]:
    """Return seeded days from 2013 to the last edition's."""
    draw = random.Random(seed)
    first, last = date(2013, 1, 1), date(2026, 1, 29)
    span = (last - first).days
    return [first + timedelta(draw.randrange(span)) for _ in range(count)]


@pytest.fixture(scope="module")
def editions(tmp_path_factory) -> Path:
    """Return the folder of one build of a brief and a briefing on each drawn day."""
    folder = tmp_path_factory.mktemp("editions")
    wanted = folder / "editions.toml"
    wanted.write_text(
        "".join(
            f'[editions.{country}]\nas_of = "{day}"\ncountry = "{country}"\n'
            'notebook = ["briefing", "country_brief"]\nformat = "html"\n'
            for day, country in zip(drawn_days(), SCOPES, strict=True)
        ),
        encoding="utf-8",
    )
    arguments = ["build", "--editions", str(wanted), "--output", str(folder / "reports")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return folder / "reports"


@pytest.mark.parametrize("day", drawn_days(), ids=str)
def test_an_edition_tells_nothing_later_than_its_day(editions, day):
    """Neither on its pages nor in its annex."""
    pages = sorted((editions / f"{day}_checked").glob("*.html"))
    assert len(pages) >= 4
    late = {page.name: too_late(page.read_text(encoding="utf-8"), day) for page in pages}
    assert {name: words for name, words in late.items() if words} == {}


def test_a_later_date_on_a_page_is_found(editions):
    """One is planted in the story of a brief."""
    day = date(2023, 8, 24)
    page = editions / f"{day}_checked" / "country_brief_NER.html"
    html = page.read_text(encoding="utf-8")
    planted = html.replace("</p>", " The last left on 22 December 2023.</p>", 1)
    [context] = too_late(planted, day)
    assert "22 December 2023" in context


@pytest.mark.long
@pytest.mark.parametrize("day", drawn_days(30, seed=30), ids=str)
def test_every_kind_of_report_tells_nothing_later_than_its_day(tables, tmp_path, day):
    """The region whole, each theme, a brief, and the annex of each; the audit has no day."""
    country = random.Random(str(day)).choice(countries_told(day, "checked", tables))
    wanted = tmp_path / "editions.toml"
    common = f'as_of = "{day}"\nformat = "html"\n'
    wanted.write_text(
        f"[editions.region]\n{common}notebook = {REGION}\n"
        f'[editions.brief]\n{common}notebook = "country_brief"\ncountry = "{country}"\n',
        encoding="utf-8",
    )
    arguments = ["build", "--editions", str(wanted), "--output", str(tmp_path / "reports")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    folder = tmp_path / "reports" / f"{day}_checked"
    reports = [*REGION, f"country_brief_{country}"]
    expected = [f"{name}{part}.html" for name in reports for part in ("", "_evidence")]
    assert sorted(page.name for page in folder.glob("*.html")) == sorted(expected)
    late = {name: too_late((folder / name).read_text(encoding="utf-8"), day) for name in expected}
    assert {name: words for name, words in late.items() if words} == {}
