"""Promises about the charts: nothing lost, nothing overlapping, a departure is no strength."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from factory import countries, event, frame, tiny
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.record import one_article, record
from sahel_analysis.figures import forces, style, timelines, verdicts
from sahel_analysis.tables.vocabulary import EVENT_TYPES

DAY = "2023-12-04"
LAST = "2026-01-31"
CHARTS = {
    "timeline": lambda tables, **more: timelines.plot_timeline(DAY, tables=tables, **more),
    "timeline of a country": lambda tables, **more: timelines.plot_timeline(
        DAY, countries="NER", tables=tables, **more
    ),
    "exits": lambda tables, **more: timelines.plot_exits(LAST, tables=tables, **more),
    "missions": lambda tables, **more: timelines.plot_missions(LAST, tables=tables, **more),
    "agreements": lambda tables, **more: timelines.plot_agreements(LAST, tables=tables, **more),
    "forces": lambda tables, **more: forces.plot_force_levels(LAST, tables=tables, **more),
    "Russian forces": lambda tables, **more: forces.plot_force_levels(
        LAST, tables=tables, root="russia", **more
    ),
    "verdicts": lambda tables, **more: verdicts.plot_verdicts(LAST, tables, **more),
}


def axes_of(figure: Figure) -> list:
    """Return the axes of a figure, those in them included."""
    return [*figure.axes, *(child for ax in figure.axes for child in ax.child_axes)]


def boxes(figure: Figure) -> list[tuple]:
    """Return every text with its extent in points, a little narrower than measured."""
    with style.figure_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        texts = [*figure.texts]
        for ax in axes_of(figure):
            texts += [*ax.texts, *ax.get_xticklabels()]
        shown = [t for t in texts if t.get_text().strip() and t.get_visible()]
        return [(t.get_text(), t.get_window_extent(renderer).padded(-0.8)) for t in shown]


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_covers_another_or_is_cut_off(name, tables):
    """Names, words, ticks, title and key keep apart and within the figure."""
    figure = CHARTS[name](tables).figure
    for (one, first), (other, second) in combinations(boxes(figure), 2):
        assert not first.overlaps(second), (one, other)
    for text, box in boxes(figure):
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text


@pytest.mark.parametrize("name", CHARTS)
def test_no_type_is_smaller_than_seven_points(name, tables):
    """Drawn at the width of the column, seven points are seven points in print."""
    figure = CHARTS[name](tables).figure
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()]
    assert min(sizes) >= 7
    assert figure.get_size_inches()[0] == pytest.approx(style.COLUMN_MM / 25.4)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_in_the_place_of_given_axes(name, tables):
    """Whoever composes a figure gets the chart, its title and its key where the axes were."""
    figure = Figure(figsize=(9, 8), dpi=72)
    ax = figure.add_axes((0.3, 0.1, 0.65, 0.85))
    assert CHARTS[name](tables, ax=ax) is ax
    after = ax.get_position()
    assert after.x0 >= 0.299
    assert after.y0 >= 0.099
    assert after.x1 <= 0.951
    assert after.y1 <= 0.951


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_rows_give_the_same_bytes(name, tables):
    """A chart drawn twice is the same file."""
    first, second = (style.svg(CHARTS[name](tables).figure) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "verdicts"])
def test_day_evidence_credit_and_licence_stand_in_the_picture(name, tables):
    """A chart that travels alone says what it is."""
    written = " ".join(text.get_text() for text in CHARTS[name](tables).figure.texts)
    for part in (" 202", "as checked against other sources", "CC BY 4.0"):
        assert part in written


def test_a_chart_without_rows_says_so():
    """An honest sentence stands instead of empty axes."""
    bare = tiny()
    for draw in (timelines.plot_timeline, timelines.plot_exits, timelines.plot_missions,
                 timelines.plot_agreements, forces.plot_force_levels):  # fmt: skip
        ax = draw("2023-12-04", tables=bare)
        [text] = [text.get_text() for text in ax.texts]
        assert text.endswith("on record.")


def test_a_country_that_is_not_followed_is_refused(tables):
    """One sentence says what would have been accepted."""
    with pytest.raises(ParameterError, match="'FRA' is not followed"):
        timelines.plot_timeline(DAY, countries=["NER", "FRA"], tables=tables)


def test_a_timeline_tells_the_news_and_what_moved_most(tables):
    """The coup, the announced exit and the signature of the day stand on it, in order."""
    record_ = record(DAY, "checked", tables=tables)
    events = timelines.told_events(record_, ["NER"])
    assert len(events) <= 9
    assert events["latest"].is_monotonic_increasing
    assert {"coup", "withdrawal_announced", "agreement_signed"} <= set(events["event_type"])
    assert events["latest"].iloc[-1] == pd.Timestamp(DAY)
    alt = timelines.timeline_alt(record_, ["NER"])
    for summary in events["summary_en"]:
        assert summary.rstrip(".") in alt


def test_every_sign_on_a_timeline_has_its_words(tables):
    """As many signs as events told, and each event in full."""
    record_ = record(DAY, "checked", tables=tables)
    events = timelines.told_events(record_, ["NER"])
    ax = timelines.plot_timeline(DAY, countries="NER", tables=tables)
    markers = [line for line in ax.lines if line.get_marker() in {"^", "s", "o"}]
    assert len(markers) == len(events)
    written = " ".join(text.get_text() for text in ax.texts)
    for summary in events["summary_en"]:
        assert summary.split()[0] in written
        assert summary.rstrip(".").split()[-1] in written


def test_an_unknown_kind_of_event_is_told_too():
    """What the timeline tells does not hang on a list of types."""
    rows = [event(kind, f"2023-0{number}-01") for number, kind in enumerate(
        [kind for kind, word in EVENT_TYPES.items() if word.is_drawn][:8], 1)]  # fmt: skip
    told = timelines.told_events(
        record("2023-12-04", "checked", tables=tiny(*rows)), ["NER", "MLI"]
    )
    assert len(told) == 8


def test_an_exit_lasts_from_the_order_to_the_last_unit():
    """The days are those between the two events, and the Russians' coming is told beside them."""
    rows = (
        event("deployment", "2013-01-01"),
        event("withdrawal_ordered", "2023-08-03", "niger", counterpart_ids="france"),
        event("withdrawal_completed", "2023-12-22"),
        event("deployment", "2024-04-10", "corps"),
    )
    record_ = record("2024-12-31", "checked", tables=tiny(*rows))
    [row] = timelines.exits(record_, ["NER", "MLI"]).itertuples()
    assert row.words == "141 days; Russians 4 months after"
    assert row.state == "withdrawn"
    assert "Ner: 141 days" in timelines.exits_alt(record_, ["NER", "MLI"])
    before = record("2023-10-01", "checked", tables=tiny(*rows))
    [row] = timelines.exits(before, ["NER"]).itertuples()
    assert (row.words, pd.isna(row.out)) == ("not out yet", True)


def test_an_exit_stands_on_its_day_and_not_on_the_day_it_became_known():
    """What was told two years later is drawn where it happened."""
    rows = (
        event("deployment", "2013-01-01"),
        event("withdrawal_completed", "2020-01-31", known_from="2022-01-31"),
        event("coup", "2021-06-01", "niger"),
    )
    early, late = (
        record(day, "checked", tables=tiny(*rows)) for day in ("2021-12-31", "2022-12-31")
    )
    assert timelines.exits(early, ["NER"]).empty
    assert timelines.exits(late, ["NER"]).at["NER", "out"] == pd.Timestamp("2020-01-31")


def test_an_agreement_ends_with_its_denunciation():
    """A bar without an end goes on to the day."""
    rows = (
        event("agreement_signed", "2014-07-16", counterpart_ids="niger"),
        event("agreement_denounced", "2022-05-02", "niger", counterpart_ids="france"),
        event("agreement_signed", "2023-12-04", "russia", counterpart_ids="niger"),
    )
    record_ = record("2024-12-31", "checked", tables=tiny(*rows))
    bars = timelines.agreements(record_, ["NER"])
    assert list(bars.index) == ["NER france", "NER russia"]
    assert bars["end"].isna().tolist() == [False, True]
    assert bars["words"].tolist() == ["signed Jul 2014; denounced May 2022", "signed Dec 2023"]
    assert "no end on record" in timelines.bars_alt(bars, "agreements")


def counted(*rows: tuple) -> object:
    """Return a record with figures from (day, measure, value, qualifier)."""
    cells = [
        {"figure_id": f"FG-{number:03}", "subject": "troops", "label_en": "soldiers",
         "actor_id": "france", "iso3": "NER", "date_edtf": day, "best": value,
         "qualifier": qualifier, "unit": "people", "basis": "reference"}
        for number, (day, _, value, qualifier) in enumerate(rows, 1)
    ]  # fmt: skip
    figures = frame("figures", *cells).assign(measure=[measure for _, measure, *_ in rows])
    return record("2024-12-31", "checked", tables=tiny(figures=figures, countries=countries("NER")))


def test_a_departure_is_never_a_strength():
    """Those who left are an arrow downwards, and no count of those who are there."""
    record_ = counted(
        ("2023-09-24", "stock", "1500", "about"), ("2023-12-01", "departure", "1300", "at_least")
    )
    rows = forces.counts(record_, ["NER"])
    assert rows["measure"].tolist() == ["stock", "departure"]
    ax = forces.plot_force_levels("2024-12-31", tables=record_.tables)
    [lane] = ax.child_axes
    signs = [line for line in lane.lines if line.get_marker() == "^"]
    assert len(signs) == 1
    assert "at least 1,300 gone" in [text.get_text() for text in lane.texts]
    written = " ".join(text.get_text() for text in ax.figure.texts)
    assert "the newest count: about 1,500" in written
    assert "at least 1,300 gone" in forces.force_levels_alt(record_, ["NER"])


def test_planned_and_claimed_counts_are_hollow():
    """A promise does not look like a count."""
    record_ = counted(
        ("2023-01-01", "stock", "100", "claimed"), ("2023-06-01", "stock", "90", "exact")
    )
    [lane] = forces.plot_force_levels("2024-12-31", tables=record_.tables).child_axes
    faces = [line.get_markerfacecolor() for line in lane.lines if line.get_marker() == "^"]
    assert faces == [style.PAPER, style.BASE_COLOUR]


def test_verdicts_add_up_and_an_unchecked_claim_is_not_hidden(tables):
    """Every claim is in the bars and the text, checked or not."""
    from dataclasses import replace

    claims = one_article(tables).claims
    fewer = replace(tables, checks=tables.checks.iloc[1:])
    counts = verdicts.tally(LAST, fewer)
    assert counts.to_numpy().sum() == len(claims)
    assert counts["not checked"].sum() == 1
    alt = verdicts.verdicts_alt(LAST, fewer)
    assert f"Of {len(claims)} assertions" in alt
    assert "1 not checked" in alt
    ax = verdicts.plot_verdicts(LAST, fewer)
    numbers = [int(t.get_text()) for t in ax.texts if t.get_text().isdigit()]
    assert sum(numbers) == len(claims)


def test_verdicts_before_the_article_say_that_there_are_none(tables):
    """No assertion speaks of 1990; the chart says so, as the others do."""
    ax = verdicts.plot_verdicts("1990-01-01", tables=tables)
    assert ax.figure.texts[0].get_text() == "No assertion of the article to check"
    assert [text.get_text() for text in ax.texts] == [
        "No assertion of the article speaks of this day or before."
    ]
