"""Promises about maps: nothing lost, nothing overlapping, nothing said by colour alone."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from sahel_analysis.errors import DataError, ParameterError
from sahel_analysis.figures import maps, style
from sahel_analysis.figures.labels import place
from sahel_analysis.prose import captions
from sahel_analysis.tables import vocabulary
from sahel_analysis.tables.vocabulary import POSTURE_THEMES

AS_OF = date(2023, 12, 4)
FRENCH = tuple(vocabulary.FRENCH_STATES)
RUSSIAN = tuple(style.RUSSIAN_COLOURS)
DATES = ("", "2018", "2023-09", "../2012-01-01", "2017-08-10/2017-12-31", "2023-12-04")
DRAW = {
    "french": maps.plot_french_posture,
    "russian": maps.plot_russian_engagement,
    "combined": maps.plot_combined,
}


def posture(**states: tuple) -> pd.DataFrame:
    """Return a posture frame from (french, since, russian, since); None for not covered."""
    rows = {}
    for iso3, state in states.items():
        french, first, russian, second = state or ("none_recorded", "", "none_recorded", "")
        rows[iso3] = {
            "french_posture": french,
            "french_posture_since": first,
            "french_posture_event_ids": () if french == "none_recorded" else (f"EV-{iso3}",),
            "russian_engagement": russian,
            "russian_engagement_since": second,
            "russian_engagement_event_ids": () if russian == "none_recorded" else ("EV-900",),
            "covered": state is not None,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("iso3")


def drawn_at_random(seed: int, scope: list[str]) -> pd.DataFrame:
    """Return a random selection of countries in random states; every third draw takes all."""
    dice = np.random.default_rng(seed)
    size = len(scope) if seed % 3 == 0 else int(dice.integers(1, len(scope)))
    chosen = sorted(dice.choice(scope, size, replace=False), key=scope.index)
    states = {}
    for iso3 in chosen:
        french, russian = dice.choice(FRENCH), dice.choice(RUSSIAN)
        first = "" if french == "none_recorded" else dice.choice(DATES)
        second = "" if russian == "none_recorded" else dice.choice(DATES)
        covered = dice.random() < 0.85
        states[iso3] = (str(french), str(first), str(russian), str(second)) if covered else None
    return posture(**states)


@pytest.fixture(scope="module")
def known(tables):
    """Return what every map is given."""
    return {"countries": tables.countries}


@pytest.fixture(scope="module")
def scope(tables):
    """Return the codes of the countries in scope."""
    return list(tables.countries.index[tables.countries["in_scope"]])


def draw(frame: pd.DataFrame, known: dict, exhibit: str = "combined", **more: object):
    """Return a figure and the axes of one map."""
    figure, ax = maps.canvas()
    shown = {"as_of": AS_OF, "evidence": "checked", **known, **more}
    assert DRAW[exhibit](frame, ax=ax, **shown) is ax
    return figure, ax


def extents(figure, texts) -> list[tuple]:
    """Return each text with its extent in points."""
    with style.figure_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def under(figure) -> str:
    """Return all text below the map."""
    return " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("seed", range(6))
def test_labels_neither_overlap_nor_leave_the_map(seed, scope, known, tables):
    """At any states of any selection every country has a label, and all can be read."""
    frame = drawn_at_random(seed, scope)
    figure, ax = draw(frame, known, tuple(DRAW)[seed % 3], places=tables.places)
    labels = extents(figure, ax.texts)
    limits = ax.get_window_extent()
    for text, box in labels:
        assert limits.x0 < box.x0, text
        assert box.x1 < limits.x1, text
        assert limits.y0 < box.y0, text
        assert box.y1 < limits.y1, text
    for (first, a), (second, b) in combinations(labels, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Extents hold room above and below the letters; lines of one label touch by a hair.
        assert wide < 0.3 or high < 1.5, f"'{first}' and '{second}'"
    for text, box in extents(figure, figure.texts):
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.width + 0.5, text
        assert box.y0 >= 0, text
        assert box.y1 <= limits.y0, text
    written = " ".join(text for text, _ in labels)
    for name in tables.countries["name_en"].reindex(frame.index):
        assert all(word in written for word in name.split()), name


@pytest.mark.parametrize("exhibit", DRAW)
def test_alternative_text_names_every_country_under_its_state(exhibit, scope, known, tables):
    """Who cannot see the map gets the same rows."""
    frame = drawn_at_random(3, scope)
    alt = captions.map_alt(frame, exhibit=exhibit, as_of=AS_OF, evidence="article", **known)
    names = tables.countries["name_en"].reindex(frame.index)
    assert "as of 4 December 2023" in alt
    for theme in captions.themes(exhibit):
        states = POSTURE_THEMES[theme].states
        for iso3, row in frame.iterrows():
            label = states[row[theme]].label if row["covered"] else "not covered"
            listed = re.search(f"{label[0].upper()}{label[1:]}: ([^.]*)", alt)[1]
            assert names[iso3] in listed.split(", ")


def test_equal_frames_give_equal_bytes(known):
    """A map can be compared with the one of last week."""
    frame = posture(NER=("leaving", "2023-08-03", "agreement", "2023-12-04"), MLI=None)
    first, second = (style.svg(draw(frame, known)[0]) for _ in range(2))
    assert first == second
    assert "<dc:date>" not in first
    assert "Matplotlib" not in first


def test_figures_are_small_and_bring_no_idle_ids(scope, known, tables):
    """A page of maps stays light, and two maps in one page do not quarrel over names."""
    frame = posture(**dict.fromkeys(scope, ("present", "../2012-01-01", "contact", "2022-06")))
    svg = style.svg(draw(frame, known, places=tables.places)[0])
    assert len(svg) < 280_000
    ids = re.findall(r' id="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(f"#{name}" in svg for name in ids)


def test_label_gives_state_and_date_with_its_precision(known):
    """A label says what holds and since when, and no more than the source does."""
    frame = posture(SDN=("withdrawn", "2022-08-15", "deployed", "../2021-12-23"))
    _, ax = draw(frame, known)
    written = [text.get_text() for text in ax.texts]
    assert "French withdrawn, Aug 2022" in written
    assert "Russians deployed, as of Dec 2021" in written


def test_country_without_events_is_grey_and_says_so(known):
    """What no event names is not shown as if nothing had happened there."""
    frame = posture(NER=None, MLI=("none_recorded", "", "none_recorded", ""))
    figure, ax = draw(frame, known)
    written = [text.get_text() for text in ax.texts]
    assert "not covered" in written
    assert "none recorded" in written
    assert "not covered" in under(figure)
    fills = [maps.fill_of(row, ("french_posture",))[0] for _, row in frame.iterrows()]
    assert fills == [style.NOT_COVERED_COLOUR, style.FRENCH_COLOURS["none_recorded"]]


def test_key_holds_only_what_is_drawn(known, tables):
    """A reader does not look for signs that are not there."""
    frame = posture(NER=("leaving", "2023-08", "agreement", "2023-12-04"))
    key = under(draw(frame, known)[0])
    for label in ("French forces leaving", "Russian military agreement signed"):
        assert label in key
    for label in ("withdrawn", "deployed", "not covered", "capital", "disputed"):
        assert label not in key
    assert "capital" in under(draw(frame, known, places=tables.places)[0])


def test_note_counts_the_events_and_sources_of_the_rows_drawn(known):
    """The note is computed: other rows, other numbers."""
    events = pd.DataFrame(
        {"source_ids": [("S-001",), ("S-002", "S-003"), ("S-009",)]},
        index=["EV-NER", "EV-900", "EV-MLI"],
    )
    frame = posture(NER=("leaving", "2023-08", "agreement", "2023-12-04"))
    note = under(draw(frame, known, events=events)[0])
    assert "Drawn from 2 events of the checked record (3 sources) as of 4 December 2023." in note
    for part in ("Lambert azimuthal equal-area", "Natural Earth", "no opinion on legal status"):
        assert part in note
    french = under(draw(frame, known, "french", events=events, evidence="article")[0])
    assert "Drawn from 1 event of the article (1 source)" in french


def test_note_names_countries_for_which_there_was_no_room():
    """Rows in are rows drawn and rows named as left out."""
    frame = posture(NER=("leaving", "2023-08", "agreement", "2023-12-04"))
    note = captions.map_note(
        frame, exhibit="french", as_of=AS_OF, evidence="article", unlabelled=["Niger"]
    )
    assert "No room for a label: Niger; see the table." in note


def test_pair_marks_what_differs(known):
    """Bold names and the note say where the article and the checked evidence part."""
    left = posture(TCD=("withdrawn", "2023-04", "contact", "2022"), NER=None)
    right = posture(TCD=("present", "../2012-01-01", "contact", "2022"), NER=None)
    figure, axes = maps.canvas(columns=2)
    maps.plot_pair(left, right, axes=axes, as_of=AS_OF, **known)
    for ax in axes:
        bold = {text.get_text(): text.get_weight() == "bold" for text in ax.texts}
        assert bold == {"Chad": True, "Niger": False}
    assert "Names in bold: where the two differ." in under(figure)
    assert [ax.get_title("left") for ax in axes] == list(
        ("As the article tells it", "As checked against other sources")
    )


def test_small_multiples_share_frame_and_scale(known):
    """Only the variable changes from panel to panel, in order of date."""
    later = posture(TCD=("withdrawn", "2025-01", "contact", "2022"), NER=None)
    earlier = posture(TCD=("present", "../2012-01-01", "contact", "2022"), NER=None)
    figure, axes = maps.canvas(columns=2, rows=2)
    frames = {date(2025, 2, 1): later, date(2023, 1, 1): earlier}
    maps.plot_small_multiples(frames, axes=axes[:2], evidence="checked", **known)
    assert [ax.get_title("left") for ax in axes[:2]] == ["1 January 2023", "1 February 2025"]
    assert axes[0].get_xlim() == axes[1].get_xlim()
    assert axes[0].get_ylim() == axes[1].get_ylim()
    weights = [{t.get_text(): t.get_weight() for t in ax.texts} for ax in axes[:2]]
    assert [w["Chad"] for w in weights] == ["normal", "bold"]


def test_axes_keep_the_scale_in_both_directions(known):
    """A circle on the ground is a circle on the map."""
    _, ax = draw(posture(TGO=None), known)
    box = ax.get_window_extent()
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    assert (east - west) / box.width == pytest.approx((north - south) / box.height)


def test_labels_without_room_are_left_out_not_forced():
    """Placing says which labels it could not place."""
    from shapely import box

    from sahel_analysis.figures.labels import Block, Row

    with style.figure_style():
        wide = [Block((Row("a name much wider than the map"),), 6.6)]
        assert place({"A": wide}, {"A": box(5, 5, 20, 20)}, {"A": (12, 12)}, (40, 40)) == {}


def test_country_without_outline_is_refused(tables):
    """A row that cannot be drawn stops the map."""
    countries = tables.countries.assign(iso_n3="999")
    with pytest.raises(DataError, match="'999' has no outline"):
        draw(posture(NER=None), {"countries": countries})


def test_empty_frame_is_refused(known):
    """A map of nothing is a mistake of the caller's."""
    with pytest.raises(ParameterError, match="at least one country"):
        draw(posture(NER=None).iloc[:0], known)


def test_unknown_exhibit_is_refused_with_a_hint():
    """The message says what would have been accepted."""
    with pytest.raises(ParameterError, match="Did you mean 'combined'"):
        captions.themes("combind")


# Machado, Oliveira and Fernandes (2009): complete dichromacy, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deuteranopia": [
        [0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689],
    ],
    "tritanopia": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    """Return a colour in linear RGB."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return linear RGB as CIE L*a*b*, D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / (0.9505, 1, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours by WCAG 2."""
    low, high = sorted(linear(c) @ (0.2126, 0.7152, 0.0722) for c in (first, second))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [style.FRENCH_COLOURS, style.RUSSIAN_COLOURS])
def test_states_stay_apart_in_grey_and_for_every_eye(palette):
    """Lightness alone tells the states apart, and colour does so for dichromats too."""
    for first, second in combinations(palette.values(), 2):
        assert abs(lab(linear(first))[0] - lab(linear(second))[0]) > 10, (first, second)
        for name, matrix in SIGHT.items():
            seen = [lab(np.array(matrix) @ linear(colour)) for colour in (first, second)]
            assert np.linalg.norm(seen[0] - seen[1]) > 12, (name, first, second)


@pytest.mark.parametrize(
    "fill",
    [*style.FRENCH_COLOURS.values(), *style.RUSSIAN_COLOURS.values(), style.NOT_COVERED_COLOUR],
)
def test_words_and_hatches_read_on_every_fill(fill):
    """Text has the contrast that WCAG asks of text, hatches that of graphics."""
    assert contrast(style.ink_on(fill), fill) >= 4.5
    assert contrast(style.hatch_on(fill), fill) >= 3


def test_quiet_names_read_on_land():
    """Names of neighbours are quiet, not illegible."""
    assert contrast(style.INK_QUIET, style.LAND_COLOUR) >= 4.5


def test_every_state_has_a_colour_a_sign_and_words():
    """Colour is never alone."""
    assert set(style.FRENCH_COLOURS) == {"none_recorded", *style.FRENCH_SYMBOLS} >= set(FRENCH)
    assert set(RUSSIAN) == set(vocabulary.RUSSIAN_STATES) == set(style.RUSSIAN_HATCHES)
    assert len(set(style.FRENCH_SYMBOLS.values())) == len(style.FRENCH_SYMBOLS)
    assert len(set(style.RUSSIAN_HATCHES.values())) == len(style.RUSSIAN_HATCHES)
