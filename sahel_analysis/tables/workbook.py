"""A workbook of claims: which sentences of an article are covered, and claims entered one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import DataError, Problem
from ..files import sha256, write_text
from .article import next_number, read_text, sentences
from .loading import Tables, load_tables
from .reading import cell_fault
from .schema import read_schema
from .vocabulary import MODALITIES
from .writing import as_csv, table_cells

if TYPE_CHECKING:
    from ipywidgets import Widget

_BASES = ("none", "stated", "inferred")


class Workbook:
    """An article's sentences beside its claims; what is entered goes into a table of the user's.

    Parameters
    ----------
    text : str or pathlib.Path
        A copy of the article; nothing of it but phrases is stored.
    source_id : str
        Its key in the table of sources.
    folder : str or pathlib.Path, optional
        Data folder; see `load_tables`.

    Raises
    ------
    DataError
        If the text is not the one whose sentences the tables hold.
    """

    def __init__(self, text: str | Path, source_id: str, folder: str | Path | None = None) -> None:
        self.source_id = source_id
        self._given = sentences(read_text(text))
        self.tables: Tables = load_tables(folder)
        own = self.tables.sentences[self.tables.sentences["source_id"] == source_id]
        hashes = dict(
            zip(
                zip(own["paragraph"], own["sentence"], strict=True), own["text_sha256"], strict=True
            )
        )
        if hashes != {place: sha256(given.encode()) for place, given in self._given.items()}:
            message = (
                f"is not the text of {source_id} that was read; enter it with 'sahel article add', "
                "or see with 'sahel article check' where it differs."
            )
            raise DataError([Problem(str(text), "", "", message)])
        self._fields = read_schema(self.tables.folder)["claims"].fields

    @property
    def claims(self) -> pd.DataFrame:
        """The article's claims so far."""
        return self.tables.claims[self.tables.claims["source_id"] == self.source_id]

    @property
    def next_key(self) -> str:
        """The next free key of a claim."""
        return f"CL-{next_number(self.tables.claims.index):03}"

    @property
    def themes(self) -> list[str]:
        """The article's themes, in their order."""
        themes = self.tables.themes
        return list(themes[themes["source_id"] == self.source_id].sort_values("rank")["theme"])

    def coverage(self) -> pd.DataFrame:
        """Return each sentence with the number of its claims; one without any is not covered.

        Returns
        -------
        pandas.DataFrame
            Columns ``paragraph``, ``sentence``, ``claims``, ``text``; for the eye, not to be kept.
        """
        counts = self.claims.groupby(["paragraph", "sentence"]).size()
        return pd.DataFrame(
            [(*place, int(counts.get(place, 0)), text) for place, text in self._given.items()],
            columns=["paragraph", "sentence", "claims", "text"],
        )

    def faults(self, **cells: object) -> list[str]:
        """Return what is wrong with a claim, ``column: message`` each; parameters as for `add`."""
        row = self._row(cells)
        found = [
            f"{field.name}: {message}"
            for field in self._fields
            if (message := cell_fault(row[field.name], field))
        ]
        found += [f"{name}: no column of the table of claims." for name in cells if name not in row]
        sentence = self._given.get(_place(row))
        if sentence is None:
            found.append("sentence: the article has no such place.")
        elif row["quote"] and row["quote"] not in sentence:
            found.append("quote: does not stand in that sentence.")
        if row["theme"] and row["theme"] not in self.themes:
            listed = ", ".join(self.themes) or "a row in themes.csv"
            found.append(f"theme: '{row['theme']}' is not of the article; expected {listed}.")
        if (row["date_basis"] == "none") != (row["date_edtf"] == ""):
            found.append(
                f"date_basis: '{row['date_basis']}' does not fit date '{row['date_edtf']}'."
            )
        same = self.claims[self.claims["statement_en"] == row["statement_en"]]
        if row["statement_en"] and _place(row) in set(
            zip(same["paragraph"], same["sentence"], strict=True)
        ):
            found.append("statement_en: stands in that sentence already.")
        return found

    def add(self, **cells: object) -> str:
        """Write a claim into the table of claims, and return its key.

        Parameters
        ----------
        **cells : str or int
            Columns of the table of claims; key and source are filled in.

        Raises
        ------
        DataError
            With every fault; then nothing is written.
        """
        path = self.tables.folder / "claims.csv"
        key = self.next_key
        if found := self.faults(**cells):
            label = f"{self.tables.folder.name}/claims.csv"
            raise DataError(Problem(label, key, *line.split(": ", 1)) for line in found)
        row = self._row(cells)
        rows = table_cells(path) or [[field.name for field in self._fields]]
        write_text(path, as_csv([*rows, [row[column] for column in rows[0]]]))
        self.tables = load_tables(self.tables.folder)
        return key

    def _row(self, cells: dict[str, object]) -> dict[str, str]:
        """Return a claim as cells of the table."""
        row = {field.name: "" for field in self._fields} | {"date_basis": "none"}
        given = {name: str(value) for name, value in cells.items() if name in row}
        return row | given | {"claim_id": self.next_key, "source_id": self.source_id}

    def form(self) -> Widget | str:
        """Return a form for one claim after another; without ipywidgets a sentence instead."""
        try:
            import ipywidgets as w
        except ImportError:
            return "ipywidgets is not installed; enter a claim with book.add(paragraph=1, sentence=1, ...)."
        wide = w.Layout(width="40em")
        places = w.Dropdown(description="Sentence", layout=wide)
        shown, phrase, told = w.HTML(), w.HTML(), w.HTML()
        words = w.SelectionRangeSlider(options=["-"], description="Phrase", layout=wide)
        inputs = {
            "statement_en": w.Text(description="Statement", layout=wide),
            "attributed_to": w.Text(value="article", description="Whose", layout=wide),
            "modality": w.Dropdown(options=MODALITIES, description="Modality"),
            "theme": w.Dropdown(options=self.themes, description="Theme"),
            "date_as_stated": w.Text(description="Date stated"),
            "date_edtf": w.Text(description="Date, EDTF"),
            "date_basis": w.Dropdown(options=_BASES, description="Date basis"),
        }
        button = w.Button(description="Write the claim", button_style="primary")

        def cells() -> dict[str, object]:
            paragraph, sentence = places.value
            split = self._given[places.value].split()
            first, last = words.index
            quote = " ".join(split[first : last + 1]).strip('“”«»".,;: ')
            rest = {name: widget.value for name, widget in inputs.items()}
            return {"paragraph": paragraph, "sentence": sentence, "quote": quote, **rest}

        def list_places() -> None:
            rows = self.coverage().itertuples()
            options = [
                (f"P{r.paragraph} S{r.sentence}: {f'covered by {r.claims}' if r.claims else 'not covered'}",
                 (r.paragraph, r.sentence))
                for r in rows
            ]  # fmt: skip
            kept = places.value
            places.options = options
            places.value = kept or options[0][1]

        def choose(_change: object = None) -> None:
            split = self._given[places.value].split()
            shown.value = _plain(self._given[places.value])
            words.options = [(word, at) for at, word in enumerate(split)]
            words.index = (0, min(5, len(split) - 1))
            judge()

        def judge(_change: object = None) -> None:
            given = cells()
            phrase.value = f"Phrase: <q>{_plain(given['quote'])}</q>"
            found = "".join(f"<li>{_plain(line)}</li>" for line in self.faults(**given))
            told.value = f"<ul>{found}</ul>" if found else "No fault."
            button.disabled = bool(found)

        def write(_button: object) -> None:
            key = self.add(**cells())
            inputs["statement_en"].value = ""
            list_places()
            told.value = f"{key} is written. {told.value}"

        list_places()
        choose()
        places.observe(choose, "value")
        for widget in (words, *inputs.values()):
            widget.observe(judge, "value")
        button.on_click(write)
        return w.VBox([places, shown, words, phrase, *inputs.values(), told, button])


def _place(row: dict[str, str]) -> tuple[int, int]:
    """Return the place that a claim names; (0, 0) where that is none."""
    named = row["paragraph"], row["sentence"]
    return tuple(map(int, named)) if all(part.isdecimal() for part in named) else (0, 0)


def _plain(text: str) -> str:
    """Return a text as HTML shows it literally."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
