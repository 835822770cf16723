"""Which colour, hatch, symbol and words stand for a row of a posture frame."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from ..prose.captions import month, since, themes
from ..tables import vocabulary
from . import style
from .labels import Block, Row
from .legends import Entry

_LONG_NAME = 11  # letters; a longer one is broken where a label must be narrow


def fill_of(row: pd.Series, shown: Sequence[str]) -> tuple[str, str]:
    """Return fill colour and hatch of a country.

    Parameters
    ----------
    row : pandas.Series
        One row of a posture frame.
    shown : sequence of str
        Posture columns that the map shows; the first gives the colour.
    """
    if not row["covered"]:
        return style.NOT_COVERED_COLOUR, ""
    colours = style.FRENCH_COLOURS if shown[0] == "french_posture" else style.RUSSIAN_COLOURS
    hatched = "russian_engagement" in shown
    hatch = style.RUSSIAN_HATCHES[row["russian_engagement"]] if hatched else ""
    return colours[row[shown[0]]], hatch


def label_forms(row: pd.Series, shown: Sequence[str], name: str) -> list[Block]:
    """Return the label of a country, wide and narrow: its name, then each state with its date.

    Parameters
    ----------
    row : pandas.Series
        One row of a posture frame.
    shown : sequence of str
        Posture columns that the map shows.
    name : str
        Name of the country.
    """
    stated = _stated(row, shown)
    wide, narrow = [], []
    for theme in stated:
        words, when = vocabulary.SHORT_LABELS[theme][row[theme]], month(since(row, theme))
        sign = _symbol(row, theme)
        wide.append(Row(f"{words}, {when}" if when else words, symbol=sign))
        narrow.append(Row(f"{words}," if when else words, symbol=sign))
        narrow += [Row(when)] if when else []
    if not stated:
        wide = [
            Row(vocabulary.NONE_RECORDED_LABEL if row["covered"] else vocabulary.NOT_COVERED_LABEL)
        ]
    names = [[Row(name, bold=True)], [Row(part, bold=True) for part in _broken(name)]]
    forms = [names[0] + wide, names[0] + (narrow or wide), names[1] + (narrow or wide)]
    unlike = [form for n, form in enumerate(forms) if form not in forms[:n]]
    across = _across(row, shown)
    return [Block(tuple(rows), style.LABEL_PT, across=across) for rows in unlike]


def panel_forms(row: pd.Series, shown: Sequence[str], name: str) -> list[Block]:
    """Return the label of a country on a small panel: the sign of its posture and its name.

    Parameters are those of `label_forms`.
    """
    theme = shown[0]
    sign = _symbol(row, theme) if theme in _stated(row, shown) else ""
    first, *rest = _broken(name)
    forms = [(Row(name, bold=True, symbol=sign),)]
    if rest:
        forms.append((Row(first, bold=True, symbol=sign), Row(rest[0], bold=True)))
    return [Block(rows, style.LABEL_PT, across=_across(row, shown)) for rows in forms]


def name_form(name: str, size: float = style.LABEL_PT) -> list[Block]:
    """Return the plain name of a country as a label that may be left out."""
    return [Block((Row(name),), size, optional=True)]


def key_columns(rows: pd.DataFrame, exhibit: str, signs: Collection[str]) -> list[list[Entry]]:
    """Return the columns of the key: only what is drawn.

    Parameters
    ----------
    rows : pandas.DataFrame
        All rows drawn, of one or several posture frames.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    signs : collection of str
        ``dot`` where capitals, ``dash`` where disputed lines are drawn.
    """
    covered, shown = rows[rows["covered"]], themes(exhibit)
    columns = []
    for theme in shown:
        column = []
        for state, words in reversed(vocabulary.POSTURE_THEMES[theme].states.items()):
            label = words.label
            # On the combined map no hatch means none recorded; white is taken by the French row.
            unseen = state == "none_recorded" and theme != shown[0]
            if unseen or not (covered[theme] == state).any():
                continue
            if theme == "french_posture":
                sign = style.FRENCH_SYMBOLS.get(state, "")
                column.append(Entry(label, fill=style.FRENCH_COLOURS[state], symbol=sign))
            else:
                fill = style.RUSSIAN_COLOURS[state] if theme == shown[0] else style.PAPER
                column.append(Entry(label, fill=fill, hatch=style.RUSSIAN_HATCHES[state]))
        columns.append(column)
    shortest = min(columns, key=len)
    if not rows["covered"].all():
        shortest.append(Entry(vocabulary.NOT_COVERED_LABEL, fill=style.NOT_COVERED_COLOUR))
    if "dot" in signs:
        shortest.append(Entry("capital", sign="dot"))
    if "dash" in signs:
        shortest.append(Entry("disputed boundary", sign="dash"))
    return [column for column in columns if column]


def _stated(row: pd.Series, shown: Sequence[str]) -> list[str]:
    """Return the columns whose state is worth a line."""
    return [theme for theme in shown if row["covered"] and row[theme] != "none_recorded"]


def _symbol(row: pd.Series, theme: str) -> str:
    return style.FRENCH_SYMBOLS[row[theme]] if theme == "french_posture" else ""


def _across(row: pd.Series, shown: Sequence[str]) -> bool:
    """Tell whether a label may cross its border: white words would vanish beyond it."""
    return style.ink_on(fill_of(row, shown)[0]) == style.INK


def _broken(name: str) -> list[str]:
    """Return a long name in two lines."""
    return name.rsplit(" ", 1) if len(name) > _LONG_NAME else [name]
