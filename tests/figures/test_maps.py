"""Promises about the maps: all can be read, everywhere and by everybody, and nothing is miscounted."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.posture import followed
from sahel_analysis.evidence.record import record
from sahel_analysis.figures import maps, style
from sahel_analysis.figures.situation import alt_text, country_rows, site_rows, table
from sahel_analysis.tables import vocabulary

DAY = "2023-12-04"
FRENCH = [state for state in style.FRENCH_COLOURS if state in vocabulary.FRENCH_STATES]
RUSSIAN = list(vocabulary.RUSSIAN_STATES)
DATES = ("2018", "2023-09", "../2012-01-01", "2017-08-10/2017-12-31", "2023-12-04")


def posture(**states: tuple) -> pd.DataFrame:
    """Return a posture frame from (french, since, russian, since[, confirmed]); None: not covered."""
    rows = {}
    for iso3, state in states.items():
        french, first, russian, second, *sure = state or ("none_recorded", "", "none_recorded", "")
        rows[iso3] = {"covered": state is not None}
        for theme, value, since in (
            ("french_posture", french, first), ("russian_engagement", russian, second)
        ):  # fmt: skip
            rows[iso3] |= {
                theme: value,
                f"{theme}_since": since,
                f"{theme}_attested": since,
                f"{theme}_confirmed": sure[0] if sure else True,
                f"{theme}_event_ids": (),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("iso3")


def at_random(seed: int, scope: list[str]) -> pd.DataFrame:
    """Return all countries, or some, in states drawn by chance."""
    dice = np.random.default_rng(seed)
    size = len(scope) if seed % 3 == 0 else int(dice.integers(1, len(scope)))
    states = {}
    for iso3 in sorted(dice.choice(scope, size, replace=False), key=scope.index):
        french, russian = str(dice.choice(FRENCH)), str(dice.choice(RUSSIAN))
        first = "" if french == "none_recorded" else str(dice.choice(DATES))
        second = "" if russian == "none_recorded" else str(dice.choice(DATES))
        known = dice.random() < 0.85
        states[iso3] = (french, first, russian, second, dice.random() < 0.7) if known else None
    return posture(**states)


@pytest.fixture(scope="module")
def scope(tables) -> list[str]:
    """Return the codes of the countries that maps of several countries draw."""
    countries = tables.countries
    return list(countries.index[countries["in_scope"] & countries["on_map"]])


@pytest.fixture(scope="module")
def article_map(tables) -> maps.Situation:
    """Return the rows of the map of the article's day."""
    return maps.situation(DAY, tables=tables)


def shown_by(tables, frame: pd.DataFrame, kind: str = "combined", day: str = DAY) -> maps.Situation:
    """Return a situation of some countries in given states."""
    record_ = record(day, "checked", tables=tables)
    sites, russian = (site_rows(record_, frame, root) for root in ("france", "russia"))
    return maps.Situation(record_, kind, country_rows(record_, frame), sites, russian)


def parts(figure: Figure) -> list:
    """Return the axes of a figure, those in them included."""
    found = list(figure.axes)
    for ax in figure.axes:
        found += ax.child_axes
    return found


def extents(figure: Figure, texts: list[Text]) -> list[tuple]:
    """Return each text with its extent in points."""
    with style.figure_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        return [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text()]


def signs(ax) -> list[Line2D]:
    """Return the signs on a map, without the ends of the scale bar."""
    return [line for line in ax.lines if line.get_marker() in {"o", "^", "s"}]


def check_texts(figure: Figure) -> None:
    """Assert that no text of a map meets another, a sign of a base or the frame."""
    for ax in parts(figure):
        frame, labels = ax.get_window_extent(), extents(figure, ax.texts)
        for text, box in labels:
            assert frame.x0 - 0.5 < box.x0 < box.x1 < frame.x1 + 0.5, text
            assert frame.y0 - 0.5 < box.y0 < box.y1 < frame.y1 + 2, text
        for (first, a), (second, b) in combinations(labels, 2):
            wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            # Extents hold room above and below the letters; lines of one label touch by a hair.
            assert wide < 0.3 or high < 1.5, f"'{first}' and '{second}'"
        for sign in signs(ax):
            x, y = ax.transData.transform(sign.get_xydata()[0])
            reach = sign.get_markersize() / 2 - 1
            for text, box in labels:
                inside = box.x0 < x + reach and x - reach < box.x1
                inside &= box.y0 + 1.5 < y + reach and y - reach < box.y1 - 1.5
                own = text.isdigit() and abs((box.x0 + box.x1) / 2 - x) < 1
                assert own or not inside, text


def sizes(figure: Figure) -> list[float]:
    """Return the size of every text that says something, points."""
    return [text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()]


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 40))]
)
@pytest.mark.parametrize("width", [style.COLUMN_MM, style.PHONE_MM])
def test_every_label_stands_and_meets_nothing(seed, width, scope, tables):
    """At any states of any selection every country is named, on the page and on a telephone."""
    frame = at_random(seed, scope)
    ax = maps.draw_map(shown_by(tables, frame), width_mm=width)
    check_texts(ax.figure)
    written = " ".join(text.get_text() for part in parts(ax.figure) for text in part.texts)
    for name in tables.countries["name_en"].reindex(frame.index):
        assert all(word in written for word in name.split()), name


@pytest.mark.parametrize("day", ["2013-06-01", "2021-06-01", "2022-09-01", "2026-01-29"])
def test_all_countries_can_be_read_on_days_that_matter(day, tables):
    """The maps that reports print."""
    ax = maps.plot_map(day, tables=tables)
    check_texts(ax.figure)


@pytest.mark.parametrize("kind", maps.KINDS)
@pytest.mark.parametrize("width", [style.COLUMN_MM, style.PHONE_MM])
def test_no_type_is_smaller_than_seven_points(kind, width, tables):
    """Seven points in print; at 88 mm on 390 pixels that is eleven pixels."""
    countries = ["MLI"] if kind == "bases" else "all"
    ax = maps.plot_map(DAY, countries=countries, kind=kind, tables=tables, width_mm=width)
    assert min(sizes(ax.figure)) >= 7
    assert 7 * 390 / (style.PHONE_MM * 72 / 25.4) >= 10.9
    assert ax.figure.get_size_inches()[0] == pytest.approx(width / 25.4)


@pytest.mark.parametrize("country", ["MLI", "NER", "CAF", "TCD"])
@pytest.mark.parametrize("width", [style.COLUMN_MM, style.PHONE_MM])
def test_every_base_of_a_country_is_named(country, width, tables):
    """A map of bases names each, and a narrow one lists below it what its labels leave out."""
    shown = maps.situation("2026-01-31", countries=country, kind="bases", tables=tables)
    ax = maps.draw_map(shown, width_mm=width)
    check_texts(ax.figure)
    written = " ".join(text.get_text() for text in ax.texts)
    below = " ".join(text.get_text() for text in ax.figure.texts)
    for _, site in shown.sites.iterrows():
        full = site["base_en"] or site["name_en"]
        name = full if width == style.COLUMN_MM else site["name_en"]
        assert all(word in written for word in name.split())
        assert width == style.COLUMN_MM or full in below


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
def test_bases_can_be_read_on_any_day(seed, tables):
    """Of a country drawn by lot on a day drawn by lot, and of every country followed in turn."""
    dice = np.random.default_rng(seed)
    countries = followed(tables)
    iso3 = countries[seed] if seed < len(countries) else str(dice.choice(countries))
    day = str(pd.Timestamp("2013-01-01").date() + pd.Timedelta(days=int(dice.integers(0, 4776))))
    for width in (style.COLUMN_MM, style.PHONE_MM):
        shown = maps.situation(day, countries=iso3, kind="bases", tables=tables)
        ax = maps.draw_map(shown, width_mm=width)
        check_texts(ax.figure)
        assert min(sizes(ax.figure)) >= 7
        written = " ".join(text.get_text() for text in ax.texts)
        for _, site in shown.sites.iterrows():
            is_wide = width == style.COLUMN_MM
            name = (site["base_en"] if is_wide else "") or site["name_en"]
            assert all(word in written for word in name.split()), (day, iso3, width, name)


def test_signs_on_the_map_are_those_that_the_words_count(article_map, tables):
    """As many circles as entries in the list, as many triangles as bases in use."""
    ax = maps.draw_map(article_map)
    drawn = [line for part in parts(ax.figure) for line in signs(part)]
    left, used = (article_map.sites["number"] > 0).sum(), article_map.sites["in_use"].sum()
    assert sum(line.get_marker() == "o" for line in drawn) == left > 0
    assert sum(line.get_marker() == "^" for line in drawn) == used > 0
    squares = [maps.russian_sign_of(row) for _, row in article_map.rows.iterrows()]
    assert sum(line.get_marker() == "s" for line in drawn) == sum(map(bool, squares)) > 0
    foot = " ".join(text.get_text() for text in ax.figure.texts)
    alt = alt_text(article_map.record, article_map.rows, article_map.sites, article_map.themes)
    numbers = sorted(int(t.get_text()) for p in parts(ax.figure) for t in p.texts
                     if t.get_text().isdigit() and len(t.get_text()) < 3)  # fmt: skip
    assert numbers == list(range(1, left + 1))
    for number in numbers:
        assert f"{number} " in foot
    for name in article_map.sites["name_en"]:
        assert name in alt


def test_alternative_text_and_table_come_from_the_same_rows(article_map):
    """Who cannot see the map reads the same."""
    rows, sites = article_map.rows, article_map.sites
    alt = alt_text(article_map.record, rows, sites, article_map.themes)
    cells = table(rows, sites)
    assert "as of 4 December 2023" in alt
    assert list(cells["Country"]) == list(rows["name_en"])
    for row in rows.itertuples():
        assert row.name_en in alt
        word = vocabulary.FRENCH_STATES[row.french_posture].word
        expected = word if row.covered else vocabulary.NOT_COVERED_LABEL
        assert cells.at[row.Index, "French forces"].startswith(expected)
        for words in (row.french_words, row.russian_words):
            assert words in alt


def test_title_day_evidence_credit_and_licence_stand_in_the_picture(article_map):
    """A map that travels alone says what it is."""
    ax = maps.draw_map(article_map)
    written = " ".join(text.get_text() for text in ax.figure.texts)
    for part in ("4 December 2023", "as checked against other sources", "CC BY 4.0", "Natural Earth",
                 "no opinion on legal status"):  # fmt: skip
        assert part in written


def test_an_unconfirmed_contact_is_not_drawn_and_the_rest_is_drawn_half(tables):
    """A visit of years ago is no engagement; a force not seen for years may be there."""
    frame = posture(
        NER=("none_recorded", "", "contact", "2018", False),
        TCD=("none_recorded", "", "deployed", "2018", False),
        MLI=("none_recorded", "", "deployed", "2023-09", True),
    )
    rows = shown_by(tables, frame).rows
    assert maps.russian_sign_of(rows.loc["NER"]) is None
    assert maps.russian_sign_of(rows.loc["TCD"]).get_fillstyle() == "left"
    assert maps.russian_sign_of(rows.loc["MLI"]).get_fillstyle() == "full"
    assert rows.at["TCD", "russian_words"] == "not attested since 2018"


def test_a_force_not_attested_is_paler_and_says_so(tables):
    """Colour and words agree."""
    frame = posture(NER=("present", "2018", "none_recorded", "", False))
    rows = shown_by(tables, frame).rows
    assert rows.at["NER", "french_words"] == "not attested since 2018"
    ax = maps.draw_map(shown_by(tables, frame))
    fills = {patch.get_facecolor()[:3] for patch in ax.patches + list(ax.artists)}
    assert to_rgb(style.UNCONFIRMED_COLOURS["present"]) in fills


def test_more_engagement_is_more_ink_and_more_troops_are_darker():
    """The order of states is the order of ink."""
    squares = [size**2 for size in style.RUSSIAN_SIZES.values()]
    assert list(style.RUSSIAN_SIZES) == RUSSIAN[1:]
    assert squares == sorted(squares)
    lightness = [lab(linear(colour))[0] for colour in style.FRENCH_COLOURS.values()]
    order = list(style.FRENCH_COLOURS)
    assert order == ["none_recorded", "withdrawn", "reduced", "leaving", "present"]
    assert lightness == sorted(lightness, reverse=True)


def test_every_state_of_the_vocabulary_has_a_colour():
    """A state without one would end as a KeyError in a map."""
    assert set(vocabulary.FRENCH_STATES) <= set(style.FRENCH_COLOURS)
    assert set(vocabulary.RUSSIAN_STATES) == {"none_recorded", *style.RUSSIAN_SIZES}
    assert set(style.RUSSIAN_TINTS) == set(style.RUSSIAN_SIZES)
    assert set(vocabulary.VERDICTS) == set(style.VERDICT_COLOURS) - {"not checked"}


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


@pytest.mark.parametrize("palette", [style.FRENCH_COLOURS, style.RUSSIAN_TINTS])
def test_states_stay_apart_in_grey_and_for_every_eye(palette):
    """Lightness alone tells the states apart, and colour does so for dichromats too."""
    for first, second in combinations(palette.values(), 2):
        assert abs(lab(linear(first))[0] - lab(linear(second))[0]) > 9, (first, second)
        for name, matrix in SIGHT.items():
            seen = [lab(np.array(matrix) @ linear(colour)) for colour in (first, second)]
            assert np.linalg.norm(seen[0] - seen[1]) > 11, (name, first, second)


@pytest.mark.parametrize(
    "fill",
    [*style.FRENCH_COLOURS.values(), *style.UNCONFIRMED_COLOURS.values(), style.SEA_COLOUR,
     style.LAND_COLOUR],
)  # fmt: skip
def test_words_read_on_every_ground(fill):
    """Text has the contrast that WCAG asks of text."""
    assert contrast(style.INK, fill) >= 4.5


def test_quiet_names_and_signs_stand_out():
    """Names of neighbours are quiet, not illegible; signs have the contrast of graphics."""
    assert contrast(style.QUIET_INK, style.LAND_COLOUR) >= 4.5
    for fill in style.FRENCH_COLOURS.values():
        assert contrast(style.RUSSIAN_COLOUR, fill) >= 2 or contrast(style.PAPER, fill) >= 3
    assert contrast(style.BASE_COLOUR, style.FRENCH_COLOURS["leaving"]) >= 3


def test_equal_rows_give_equal_bytes(article_map):
    """A map can be compared with the one of last week."""
    first, second = (style.svg(maps.draw_map(article_map).figure) for _ in range(2))
    assert first == second
    assert len(first) < 420_000
    ids = re.findall(r' id="([^"]*)"', first)
    assert len(ids) == len(set(ids))


def test_a_map_is_drawn_in_the_place_of_given_axes(tables):
    """Whoever composes a figure gets the map where the axes were."""
    figure = Figure(figsize=(9, 6), dpi=72)
    ax = figure.add_subplot(1, 2, 2)
    before = ax.get_position()
    assert maps.plot_map(DAY, tables=tables, ax=ax) is ax
    after = ax.get_position()
    assert before.x0 - 0.01 < after.x0 < after.x1 < before.x1 + 0.01
    assert before.y0 < after.y0 < after.y1 < before.y1
    for text, box in extents(figure, figure.texts):
        assert box.x0 >= before.x0 * figure.bbox.width - 1, text


def test_axes_keep_the_scale_in_both_directions(article_map):
    """A circle on the ground is a circle on the map."""
    ax = maps.draw_map(article_map)
    box = ax.get_window_extent()
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    assert (east - west) / box.width == pytest.approx((north - south) / box.height)


def test_countries_off_the_map_are_told_and_not_drawn(tables):
    """Madagascar would make everything else small."""
    countries = tables.countries.assign(on_map=tables.countries.index != "GAB")
    from dataclasses import replace

    shown = maps.situation(DAY, tables=replace(tables, countries=countries))
    assert "GAB" not in shown.rows.index
    assert shown.off_map == ("Gabon",)
    ax = maps.draw_map(shown)
    assert "Off the map: Gabon." in " ".join(text.get_text() for text in ax.figure.texts)


def test_a_country_that_lies_far_off_has_a_map_of_its_own(tables):
    """Asked for alone it is drawn; nothing is left out then."""
    shown = maps.situation(DAY, countries="MDG", tables=tables)
    assert list(shown.rows.index) == ["MDG"]
    assert shown.off_map == ()
    check_texts(maps.draw_map(shown).figure)


def test_a_title_names_a_single_country_once(tables):
    """The second clause says "there"."""
    frame = posture(MLI=("withdrawn", "2022-08", "deployed", "2021-12"))
    title = maps.draw_map(shown_by(tables, frame)).figure.texts[0].get_text()
    assert title == "French forces are gone from Mali; Russia has people there"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "combind"}, "Did you mean 'combined'"),
        ({"countries": "FRA"}, "'FRA' is not followed; expected 'all' or some of NER"),
        ({"countries": []}, "there is none; expected 'all'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(values, told, tables):
    """One sentence says what would have been accepted."""
    with pytest.raises(ParameterError, match=told):
        maps.plot_map(DAY, tables=tables, **values)


def test_small_maps_name_what_changed_and_nothing_else(tables):
    """A name on a small map means: look here."""
    days = ("2021-06-01", "2022-09-01")
    shown = [maps.situation(day, tables=tables) for day in days]
    ax = maps.draw_series(shown)
    first, second = ax.figure.axes[1:]
    assert [t.get_text() for t in first.texts if t.get_text() == "Niger"] == []
    assert "Mali" in [text.get_text() for text in second.texts]
    old, new = (each.rows["french_posture"] for each in shown)
    changed = set(new.index[old != new])
    named = {text.get_text() for text in second.texts} & set(shown[0].rows["name_en"])
    assert {shown[1].rows.at[key, "name_en"] for key in changed} <= named
    assert min(sizes(ax.figure)) >= 7
    assert first.get_xlim()[1] - first.get_xlim()[0] > 0
