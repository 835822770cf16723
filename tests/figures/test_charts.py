"""Promises about charts: nothing lost, nothing overlapping, nothing said by colour alone."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pandas as pd
import pytest
from matplotlib.transforms import Bbox

from sahel_analysis.figures import forces, style, timelines, verdicts
from sahel_analysis.figures.timelines import SYMBOLS, symbol_of
from sahel_analysis.tables.dates import bounds_frame

AS_OF = date(2023, 12, 4)
ACTORS = pd.DataFrame(
    [
        ("france", "France", "", ()),
        ("russia", "Russia", "", ()),
        ("european_union", "European Union", "", ("EU",)),
        ("barkhane", "Operation Barkhane", "france", ()),
        ("corps", "Africa Corps", "russia", ()),
        ("niger", "Niger", "", ()),
        ("eucap", "EU civilian mission", "european_union", ("EUCAP",)),
    ],
    columns=["actor_id", "name_en", "parent_id", "aliases"],
).set_index("actor_id")
COUNTRIES = pd.DataFrame(
    {"iso3": ["NER", "MLI", "BFA"], "name_en": ["Niger", "Mali", "Burkina Faso"]}
).set_index("iso3")
KNOWN = {"actors": ACTORS, "as_of": AS_OF}
SHOWN = {**KNOWN, "countries": COUNTRIES}
EUCAP = {**KNOWN, "missions": ["eucap"]}


def events(*rows: tuple) -> pd.DataFrame:
    """Return events from (date, type, iso3s, actors, counterparts)."""
    frame = pd.DataFrame(
        [
            {
                "event_id": f"EV-{number:03}",
                "date_edtf": when,
                "event_type": kind,
                "iso3": tuple(iso3s.split()),
                "actor_ids": tuple(acting.split()),
                "counterpart_ids": tuple(others.split()),
                "summary_en": f"What happened, {number}.",
            }
            for number, (when, kind, iso3s, acting, others) in enumerate(rows, 1)
        ]
    ).set_index("event_id")
    dates = bounds_frame(frame["date_edtf"])
    return frame.assign(earliest=dates["earliest"], latest=dates["latest"])


def figures(*rows: tuple) -> pd.DataFrame:
    """Return figures from (date, iso3s, actor, low, best, high, qualifier)."""
    columns = ["date_edtf", "iso3", "actor_id", "low", "best", "high", "qualifier"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["figure_id"] = [f"FG-{number:03}" for number in range(1, len(frame) + 1)]
    frame["iso3"] = [tuple(cell.split()) for cell in frame["iso3"]]
    frame = frame.assign(unit="people", label_en="soldiers").set_index("figure_id")
    frame[["low", "best", "high"]] = frame[["low", "best", "high"]].astype("float64")
    dates = bounds_frame(frame["date_edtf"])
    return frame.assign(earliest=dates["earliest"], latest=dates["latest"])


CROWD = events(
    ("../2012-01-01", "deployment", "NER", "barkhane", ""),
    ("2018", "visit", "MLI", "russia", "niger"),
    ("2023-07-26", "coup", "NER", "niger", ""),
    ("2023-08-03", "agreement_denounced", "NER", "niger", "france"),
    ("2023-09-16", "alliance_formed", "NER MLI BFA", "niger", ""),
    ("2023-09-24", "withdrawal_announced", "NER", "france", ""),
    ("2023-10", "agreement_signed", "MLI", "russia", "niger"),
    ("2023-12-02", "visit", "BFA", "russia", ""),
    ("2023-12-04", "agreement_signed", "NER", "corps", "niger"),
    ("2023-12-04", "agreement_denounced", "NER", "niger", "european_union"),
    ("2023-12-04", "agreement_denounced", "NER", "niger", "eucap"),
    ("2023-12-04", "visit", "NER", "corps", "niger"),
)
MISSION = events(
    ("2012-07-16", "mission_launched", "NER", "eucap", ""),
    ("2023-12-04", "agreement_denounced", "NER", "niger", "eucap"),
)
COUNTS = figures(
    ("2014-08", "NER", "barkhane", None, 1000, None, "about"),
    ("2023-08-03", "NER", "france", None, 1500, None, "about"),
    ("2023-09-24", "NER", "france", None, 1500, None, "at_least"),
    ("2023-10-22", "NER", "france", 100, None, 200, "about"),
    ("2023-11", "NER", "corps", None, 100, None, "claimed"),
    ("2020-02", "NER MLI", "barkhane", None, 5100, None, "about"),
)
CLAIMS = pd.DataFrame(
    {"claim_id": ["CL-1", "CL-2", "CL-3", "CL-4"], "paragraph": [1, 1, 2, 2]}
).set_index("claim_id")
CHECKS = pd.DataFrame(
    {"claim_id": ["CL-1", "CL-2", "CL-3"], "verdict": ["corroborated", "contradicted", "partly"]}
).set_index("claim_id")

CHARTS = {
    "timeline": lambda ax: timelines.plot_timeline(CROWD, ax=ax, **SHOWN),
    "agreements": lambda ax: timelines.plot_agreements(CROWD, ax=ax, **SHOWN),
    "missions": lambda ax: timelines.plot_missions(MISSION, ax=ax, **EUCAP),
    "forces": lambda ax: forces.plot_force_levels(COUNTS, ax=ax, **SHOWN),
    "verdicts": lambda ax: verdicts.plot_verdicts(CLAIMS, CHECKS, ax=ax),
}
NONE = CROWD.iloc[:0]
EMPTY = {
    "timeline": lambda ax: timelines.plot_timeline(NONE, ax=ax, **SHOWN),
    "agreements": lambda ax: timelines.plot_agreements(NONE, ax=ax, **SHOWN),
    "missions": lambda ax: timelines.plot_missions(NONE, ax=ax, **EUCAP),
    "forces": lambda ax: forces.plot_force_levels(COUNTS.iloc[:0], ax=ax, **SHOWN),
    "verdicts": lambda ax: verdicts.plot_verdicts(CLAIMS.iloc[:0], CHECKS, ax=ax),
}


def drawn(draw, height_mm: float = 90):
    """Return the figure and axes of a chart."""
    figure, ax = timelines.canvas(height_mm)
    assert draw(ax) is ax
    return figure, ax


def boxes(ax) -> dict:
    """Return the extent of every text, in points, a little narrower than measured."""
    with style.figure_style():
        return {text: text.get_window_extent().padded(-0.7) for text in ax.texts if text.get_text()}


def texts(ax) -> list[str]:
    """Return what is written."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("height_mm", [70, 90, 130])
def test_no_text_covers_another(name, height_mm):
    """Labels, names, ticks and legend keep apart, whatever the height."""
    _, ax = drawn(CHARTS[name], height_mm)
    for (one, first), (other, second) in combinations(boxes(ax).items(), 2):
        assert not first.overlaps(second), (one.get_text(), other.get_text())


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_covers_a_sign(name):
    """A label stands beside its sign and off all others."""
    _, ax = drawn(CHARTS[name])
    signs = [
        ax.transData.transform(spot)
        for line in ax.lines
        if line.get_marker() not in {"None", None, ""}
        for spot in line.get_xydata()
    ]
    for text, box in boxes(ax).items():
        for x, y in signs:
            assert not box.overlaps(Bbox.from_bounds(x - 2.5, y - 2.5, 5, 5)), text.get_text()


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_is_cut_off(name):
    """Everything written lies within the figure."""
    figure, ax = drawn(CHARTS[name])
    for text, box in boxes(ax).items():
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text.get_text()


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_rows_give_the_same_bytes(name):
    """A chart drawn twice is the same file, and another chart between them changes nothing."""
    first = style.svg(drawn(CHARTS[name])[0])
    drawn(CHARTS["timeline"])
    assert style.svg(drawn(CHARTS[name])[0]) == first


def test_the_order_of_the_rows_given_does_not_matter():
    """Marks and numbers follow the dates; only rows of one day keep the order given."""
    few = CROWD.iloc[:8]
    turned = few.iloc[::-1]
    first = drawn(lambda ax: timelines.plot_timeline(few, ax=ax, **SHOWN))
    second = drawn(lambda ax: timelines.plot_timeline(turned, ax=ax, **SHOWN))
    assert style.svg(first[0]) == style.svg(second[0])


@pytest.mark.parametrize("name", EMPTY)
def test_a_chart_without_rows_says_so(name):
    """An honest sentence stands instead of empty axes."""
    _, ax = drawn(EMPTY[name], 40)
    assert len(texts(ax)) == 1
    assert texts(ax)[0].startswith("No such ")
    assert texts(ax)[0].replace("\n", " ").endswith("in this evidence.")


def test_kinds_of_events_differ_by_shape_and_fill_not_by_colour_alone():
    """Two signs with different words never share marker and look."""
    looks = {}
    for symbol in SYMBOLS.values():
        looks.setdefault((symbol.marker, symbol.look), set()).add(symbol.label)
    assert all(len(labels) == 1 for labels in looks.values())


def test_verdicts_differ_by_hatch_or_lightness_not_by_hue_alone():
    """No two verdicts share a hatch unless one is filled and the other pale."""
    hatches = [hatch for _, hatch in verdicts.VERDICT_LOOKS.values() if hatch]
    assert len(set(hatches)) == len(hatches) == 3


def test_announced_is_hollow_and_completed_is_filled():
    """A promise does not look like a fact."""
    for whose_ in ("france", "other"):
        assert symbol_of(whose_, "withdrawal_announced").look == "hollow"
        assert symbol_of(whose_, "withdrawal_ordered").look == "hollow"
    assert SYMBOLS["france", "withdrawal_completed"].look == "full"


def test_an_event_in_three_countries_stands_in_three_lanes_under_one_number():
    """One row, three marks, one number."""
    row = events(("2023-09-16", "alliance_formed", "NER MLI BFA", "niger", ""))
    _, ax = drawn(lambda ax: timelines.plot_timeline(row, ax=ax, **SHOWN))
    assert sum(text.startswith("1 alliance formed") for text in texts(ax)) == 3
    alt = timelines.timeline_alt(row, **SHOWN)
    assert alt.startswith("Timeline with 1 event up to")
    assert all(f"{name}: alliance formed 1." in alt for name in COUNTRIES["name_en"])


@pytest.mark.parametrize(
    ("when", "bars"), [("2023-10-05", 0), ("2023-10", 1), ("../2023-10-05", 1)]
)
def test_only_an_imprecise_date_is_drawn_as_a_bar(when, bars):
    """A month or an open start is a bar, never a false exact point."""
    row = events((when, "visit", "NER", "russia", ""))
    _, ax = drawn(lambda ax: timelines.plot_timeline(row, ax=ax, **SHOWN))
    assert len(ax.patches) == bars
    assert any("open bar" in text for text in texts(ax)) == bool(bars)


def test_the_legend_shows_only_what_is_drawn():
    """No sign in the legend that is not on the chart."""
    row = events(("2023-07-26", "coup", "NER", "niger", ""))
    _, ax = drawn(lambda ax: timelines.plot_timeline(row, ax=ax, **SHOWN))
    assert {symbol.label for symbol in SYMBOLS.values()} & set(texts(ax)) == {"coup"}


@pytest.mark.parametrize(("since", "tick"), [(date(2023, 7, 1), "Aug"), (date(2012, 1, 1), "2016")])
def test_ticks_suit_the_span(since, tick):
    """Months for half a year, years for fourteen."""
    _, ax = drawn(lambda ax: timelines.plot_timeline(CROWD, ax=ax, since=since, **SHOWN))
    assert tick in texts(ax)


def test_rows_given_are_rows_drawn_plus_rows_counted_as_left_out():
    """No row is lost: what is not drawn is counted."""
    rows = events(
        ("2023-07-26", "coup", "NER", "niger", ""),
        ("2024-01-01", "coup", "NER", "niger", ""),
        ("2023-07-26", "coup", "TCD", "niger", ""),
        ("2023-07-26", "force_level", "NER", "france", ""),
        ("2011-07-26", "coup", "NER", "niger", ""),
    )
    assert "Rows left out and named in the table: 4." in timelines.timeline_alt(
        rows, since=date(2012, 1, 1), **SHOWN
    )


def test_alternative_text_counts_every_event():
    """What is heard is what is drawn."""
    alt = timelines.timeline_alt(CROWD, **SHOWN)
    assert f"Timeline with {len(CROWD)} events" in alt
    for name in COUNTRIES["name_en"]:
        assert f"{name}: " in alt


def test_a_mission_without_an_end_is_said_to_be_open():
    """An open bar is told in words too."""
    assert "No end recorded by 4 December 2023: EUCAP." in timelines.missions_alt(MISSION, **EUCAP)
    ended = pd.concat([MISSION, events(("2023-06", "mission_ended", "NER", "eucap", ""))])
    ended.index = ["EV-001", "EV-002", "EV-003"]
    assert "No end recorded" not in timelines.missions_alt(ended, **EUCAP)


@pytest.mark.parametrize("rows", [MISSION.iloc[1:], MISSION.iloc[:1]])
def test_a_mission_with_half_a_history_is_drawn(rows):
    """An unknown start or end fades or points on; nothing fails."""
    _, ax = drawn(lambda ax: timelines.plot_missions(rows, ax=ax, **EUCAP))
    assert ax.patches
    assert "EUCAP" in texts(ax)


def test_agreements_have_a_lane_for_each_pair_of_country_and_partner():
    """Signed and denounced stand with the partner they concern."""
    alt = timelines.agreements_alt(CROWD, **SHOWN)
    assert "Niger, France: denounced 1." in alt
    assert "Niger, European Union: denounced 2." in alt
    assert "Mali, Russia: signed 1." in alt
    assert "Rows left out and named in the table: 7." in alt


def test_force_levels_name_every_figure():
    """Drawn or left out, each figure is in the table, each drawn value in the text."""
    odd = figures(
        ("", "NER", "france", None, 5000, None, "about"),
        ("2023-01-01", "NER", "eucap", None, 50, None, "exact"),
        ("2023-01-01", "TCD", "france", None, 1000, None, "exact"),
    )
    odd.index = ["FG-101", "FG-102", "FG-103"]
    both = pd.concat([COUNTS, odd])
    alt = forces.force_levels_alt(both, **SHOWN)
    for value in ("about 1,000", "about 1,500", "at least 1,500", "about 5,100"):
        assert value in alt
    assert "Rows left out and named in the table: 3." in alt


def test_an_undated_count_is_owned_up_to_where_nothing_else_is_known():
    """The sentence of an empty chart says that a count without a date exists."""
    undated = figures(("", "", "barkhane", None, 5000, None, "about"))
    _, ax = drawn(lambda ax: forces.plot_force_levels(undated, ax=ax, **SHOWN), 40)
    assert "1 without a date in the table" in texts(ax)[0].replace("\n", " ")


def test_a_range_is_drawn_at_both_its_ends():
    """No middle is invented."""
    row = figures(("2023-10-22", "NER", "france", 100, None, 200, "about"))
    _, ax = drawn(lambda ax: forces.plot_force_levels(row, ax=ax, **SHOWN))
    signs = [line for line in ax.lines if line.get_marker() == "^" and len(line.get_ydata()) == 2]
    assert len(signs) == 1
    assert len(set(signs[0].get_ydata())) == 2


def test_verdicts_add_up_and_an_unchecked_claim_is_not_hidden():
    """Every claim is in the bars and the text, checked or not."""
    alt = verdicts.verdicts_alt(CLAIMS, CHECKS)
    assert f"verdicts on {len(CLAIMS)} claims" in alt
    assert "Paragraph 2: 1 partly, 1 not checked." in alt
    _, ax = drawn(CHARTS["verdicts"])
    assert "not checked" in texts(ax)


def test_a_chart_says_the_height_it_needs():
    """More rows ask for more height, within a page."""
    few = timelines.timeline_height_mm(CROWD.iloc[:3], **SHOWN)
    many = timelines.timeline_height_mm(CROWD, **SHOWN)
    assert 40 <= few < many <= 200
    assert timelines.missions_height_mm(NONE, **EUCAP) == 40
    assert 40 <= forces.force_levels_height_mm(COUNTS, **SHOWN) <= 200
    assert verdicts.verdicts_height_mm(CLAIMS) >= 20


def test_a_bar_that_runs_up_to_the_cut_off_still_has_its_label():
    """A row known only by its latest day is named on its own bar."""
    row = events(
        ("../2023-12-04", "withdrawal_ordered", "NER", "niger", "france"),
        *[("2012-07-16", "coup", "NER", "niger", "")],
    )
    _, ax = drawn(lambda ax: timelines.plot_timeline(row, ax=ax, **SHOWN))
    assert "2 French exit ordered, by 4 Dec 2023" in texts(ax)


def test_the_scale_under_a_short_name_is_not_cut_off():
    """The margin has room for the words under the name too."""
    row = figures(("2023-10-22", "MLI", "france", None, 5100, None, "about"))
    figure, ax = drawn(lambda ax: forces.plot_force_levels(row, ax=ax, **SHOWN), 40)
    assert "scale 0 to 5,100" in texts(ax)
    assert all(figure.bbox.x0 <= box.x0 for box in boxes(ax).values())
