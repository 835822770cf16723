"""Promises of the exhibits with the real rows, at any day and for any countries."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sahel_analysis import Report
from sahel_analysis.figures import style
from sahel_analysis.report.parameters import date_range, scope

MAPS = (
    Report.map, Report.map_pair, lambda report: report.map("french"), Report.map_series,
    lambda report: report.map("russian"),
)  # fmt: skip
CHARTS = (
    Report.timeline, *(partial(Report.timeline, side=side) for side in ("france", "russia", "others")),
    Report.agreements, Report.missions, Report.exits,
    *(partial(Report.force_levels, side=side) for side in ("france", "russia")),
)  # fmt: skip


class Sketch(Report):
    """A report that hands its figures out before they become pictures."""

    def figure(self, fig, **told) -> Figure:
        """Return the figure; it has a caption and an alternative text."""
        assert told["caption"]
        assert told["alt"]
        return fig


def report_at_random(seed: int, tables) -> Sketch:
    """Return a report of a random day and selection; every third takes all countries."""
    dice = random.Random(seed)
    first, last = date_range(tables)
    followed = list(scope(tables))
    size = len(followed) if seed % 3 == 0 else dice.randint(1, len(followed))
    asked = {
        "as_of": first + timedelta(days=dice.randrange((last - first).days + 1)),
        "evidence": "article" if seed % 4 == 3 else "checked",
        "countries": sorted(dice.sample(followed, size), key=followed.index),
    }
    return Sketch("Trial", tables=tables, **asked)


def words(figure: Figure) -> list[tuple]:
    """Return every text of a figure and the box around it."""
    with style.figure_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        return [
            (text, text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]


def misplaced(figure: Figure, *, framed: bool = False) -> list[str]:
    """Return the texts that overlap another or are cut off by the figure, or by their map."""
    found, faults = words(figure), []
    for (one, a), (other, b) in combinations(found, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Boxes hold room above and below the letters; lines of one label touch by a hair.
        if wide > 0.3 and high > 1.5:
            faults.append(f"'{one.get_text()}' on '{other.get_text()}'")
    for text, box in found:
        on_map = framed and text.axes is not None and text in text.axes.texts
        frame = text.axes.bbox if on_map else figure.bbox
        beyond = max(frame.x0 - box.x0, box.x1 - frame.x1, frame.y0 - box.y0, box.y1 - frame.y1)
        if beyond > (0 if on_map else 0.5):
            faults.append(f"'{text.get_text()}' is cut off")
    return faults


@pytest.mark.parametrize("seed", range(40))
def test_labels_of_maps_neither_overlap_nor_are_cut_off(seed, tables):
    """At forty random days and selections, each kind of map in turn."""
    figure = MAPS[seed % len(MAPS)](report_at_random(seed, tables))
    assert len(words(figure)) > 5
    assert misplaced(figure, framed=True) == []


@pytest.mark.parametrize("seed", range(24))
def test_words_of_charts_neither_overlap_nor_are_cut_off(seed, tables):
    """Timelines, missions, agreements and force levels at random days and selections."""
    assert misplaced(CHARTS[seed % len(CHARTS)](report_at_random(seed, tables))) == []


@pytest.mark.parametrize("exhibit", [*MAPS, *CHARTS])
def test_exhibit_of_a_day_before_all_events_of_the_article_is_drawn(exhibit, tables):
    """Where nothing is known an exhibit says so; it does not fail."""
    asked = {"as_of": date_range(tables)[0], "evidence": "article", "countries": ["TGO"]}
    figure = exhibit(Sketch("Trial", tables=tables, **asked))
    assert words(figure)
    assert misplaced(figure) == []


def test_the_last_day_of_all_countries_fits_every_exhibit(tables):
    """The fullest maps and charts there are."""
    asked = {"as_of": date_range(tables)[1], "evidence": "checked", "countries": "all"}
    report = Sketch("Trial", tables=tables, **asked)
    for exhibit in (*MAPS, *CHARTS):
        assert misplaced(exhibit(report), framed=exhibit in MAPS) == []
