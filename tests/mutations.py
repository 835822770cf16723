"""Tables as they come from strangers: each of the ten with one or several things done to it.

``mutants()`` is the strategy. A `Mutant` holds the bytes of one file and what must come of them:
``same`` where nothing that counts was touched, ``refused`` where a fault is certain, and ``open``
where the file itself decides: it either says something else, which must be loaded exactly so, or
something impossible.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from factory import SCHEMA
from hypothesis import strategies as st

from sahel_analysis.tables.loading import data_folder

ORIGINALS = {name: (data_folder() / f"{name}.csv").read_bytes() for name in SCHEMA}
SHEETS = {
    name: list(csv.reader(io.StringIO(content.decode(), newline="")))
    for name, content in ORIGINALS.items()
}
KEYS = {name: [row[0] for row in sheet[1:]] for name, sheet in SHEETS.items()}

# No column takes these: what cannot be seen, breaks a line, hides at an end, or never ends.
NEVER = (
    "a\x00b", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\xadb", "a\u061cb", "a\u200bb", "a\u202eb",
    "a\u2028b", "a\u2060b", "a\u2067b", "\ufeffa", "a\ufffdb", "a\ue000b", "a\U000e0041b",
    "a\nb", "a\rb", "a\r\nb", "a\tb", " a", "a ", "\xa0a", "a\u3000", "a" * 2001, "b" * 140_000,
)  # fmt: skip
# These are right in some column and wrong in most.
SOMETIMES = (
    "", "x", "0", "-0", "7", "007", "-1", "+1", "1,000", "1 000", "1.000,5", "1.5", "1.", ".5",
    "1e3", "1E-3", "NaN", "nan", "inf", "-inf", "\uff11\uff12", "\u0663", "\xb2", "0x10", "1_000",
    "9" * 15, "9" * 40, "0.1234567890123456", "true", "TRUE", "yes", "None", "null", "NA", "#N/A",
    "2023-12-04", "2023-02-30", "2024-02-29", "2023-13-01", "0000-00-00", "0001-01-01",
    "9999-12-31", "2023-12", "2023", "2023-12~", "2023-XX", "201X", "2023-21", "2023-W49-1",
    "2023-12-04/2023-12-01", "2023-12-01/2023-12-04", "2023/..", "../2023", "../..", "/", "2023/",
    "04.12.2023", "20231204", "2023-12-04T10:00:00", "\uff12\uff10\uff12\uff13-12-04", "[2022,2023]",
    "S-002", "S-002;", ";S-002", "S-002;;S-003", "S-002;S-002", "S-002; S-003", "S-999", "s-002",
    "CL-001", "CL-999", "CL\u2011001", "EV-001", "EV-001;EV-002", "KJ-001", "france", "Russia",
    "russia;france", "NER", "MLI;NER", "ner", "XXX", "region", "gao", "=1+1", "@x", "'", '"', '""',
    'say "no"', ",", "a;b", "a;;b", ";", "; ", "e\u0301", "\u00e9", "<b>x</b>", "{{x}}", "\U0001f600",
    "https://example.org/x", "https://[x", "https://", "http:///x", "javascript:x",
    "one two three", "a" * 2000,
)  # fmt: skip


@dataclass
class Sheet:
    """One table while things are done to it: cells first, then text, then bytes."""

    name: str
    rows: list[list[str]]
    quoting: int = csv.QUOTE_MINIMAL
    text: Callable[[str], str] = str
    encoding: str = "utf-8"
    done: list[str] = field(default_factory=list)

    def content(self) -> bytes:
        """Return the file."""
        told = io.StringIO(newline="")
        csv.writer(told, lineterminator="\n", quoting=self.quoting).writerows(self.rows)
        return self.text(told.getvalue()).encode(self.encoding, "replace")


@dataclass(frozen=True)
class Mutant:
    """One file of a table, what was done to it, and what must come of it.

    If it must be refused, the message must point to `row` and `column`, unless these are empty.
    """

    name: str
    content: bytes = field(repr=False)
    done: tuple[str, ...]
    outcome: str
    row: str = ""
    column: str = ""


Done = tuple[str, str, str]  # outcome, row, column


def _row(draw, sheet: Sheet) -> list[str]:
    """Draw a row that is not the header."""
    return sheet.rows[draw(st.integers(1, len(sheet.rows) - 1))]


def _put(row: list[str], place: int, text: str) -> None:
    """Put text into a cell, if an earlier mutation has left the row that long."""
    row[place : place + 1] = [text] if place < len(row) else []


def _shuffled(draw, length: int) -> list[int]:
    """Draw an order; a seed is one draw where a permutation of 200 rows is 200."""
    return random.Random(draw(st.integers(0, 2**32))).sample(range(length), length)


def rows_in_another_order(draw, sheet: Sheet) -> Done:
    """Change what carries nothing."""
    sheet.rows[1:] = [sheet.rows[1 + place] for place in _shuffled(draw, len(sheet.rows) - 1)]
    return "same", "", ""


def columns_in_another_order(draw, sheet: Sheet) -> Done:
    """Change what carries no more."""
    order = _shuffled(draw, len(sheet.rows[0]))
    for row in sheet.rows:
        row[: len(order)] = [row[place] for place in order if place < len(row)]
    return "same", "", ""


def a_spreadsheets_bytes(draw, sheet: Sheet) -> Done:
    """Give a byte order mark, Windows or old line ends, quotes around all, no last line end."""
    sheet.quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    if sheet.encoding == "utf-8":
        sheet.encoding = draw(st.sampled_from(["utf-8", "utf-8-sig"]))
    end, last, before = draw(st.sampled_from(["\n", "\r\n", "\r"])), draw(st.booleans()), sheet.text
    sheet.text = lambda text: before(text).removesuffix("" if last else "\n").replace("\n", end)
    return "same", "", ""


def a_row_dropped(draw, sheet: Sheet) -> Done:
    """Leave a smaller table, or references to nowhere."""
    sheet.rows.remove(_row(draw, sheet))
    return "open", "", ""


def a_row_doubled(draw, sheet: Sheet) -> Done:
    """Repeat a row, near or far."""
    row = _row(draw, sheet)
    sheet.rows.insert(draw(st.integers(1, len(sheet.rows))), list(row))
    return "refused", "".join(row[:1]), sheet.rows[0][0]


def a_column_dropped(draw, sheet: Sheet) -> Done:
    """Take away what is needed, empty or not."""
    place = draw(st.integers(0, len(sheet.rows[0]) - 1))
    gone = sheet.rows[0][place]
    for row in sheet.rows:
        del row[place : place + 1]
    return "refused", "", gone


def a_column_doubled(draw, sheet: Sheet) -> Done:
    """Leave open which of two would count."""
    place = draw(st.integers(0, len(sheet.rows[0]) - 1))
    for row in sheet.rows:
        row.append(row[place] if place < len(row) else "")
    return "refused", "", sheet.rows[0][place]


def a_column_renamed(draw, sheet: Sheet) -> Done:
    """Change a letter, a space, its case, or all of it."""
    place = draw(st.integers(0, len(sheet.rows[0]) - 1))
    name = sheet.rows[0][place]
    sheet.rows[0][place] = draw(
        st.sampled_from(
            [name.upper(), f" {name}", f"{name}s", f"{name}\u200b", "", "x", f"{name}\x00"]
        )
    )
    return "refused", "", name


def a_column_added(draw, sheet: Sheet) -> Done:
    """Add what no reader would see if it were passed over."""
    name = draw(st.sampled_from(["", "x", "line", "note2", "Unnamed: 0", "a\nb", "=1", "\x1b[2J"]))
    for number, row in enumerate(sheet.rows):
        row.append("" if number else name)
    return "refused", "", ""


def a_row_of_another_length(draw, sheet: Sheet) -> Done:
    """Leave a cell too many, a cell too few, or none at all."""
    row = _row(draw, sheet)
    row[:] = draw(st.sampled_from([[*row, ""], row[:-1], [""], [*row, *row], row[:1]]))
    return "refused", "", ""


def a_cell_that_no_column_takes(draw, sheet: Sheet) -> Done:
    """Put hidden characters, line breaks, spaces around, text without end."""
    row, text = _row(draw, sheet), draw(st.sampled_from(NEVER))
    place = draw(st.integers(0, len(sheet.rows[0]) - 1))
    _put(row, place, text)
    if text == "a\rb" or len(text) > csv.field_size_limit():
        return "refused", "", ""  # the writer leaves the one bare, the reader gives the other up
    return "refused", "" if place == 0 else "".join(row[:1]), sheet.rows[0][place]


def a_cell_of_another_kind(draw, sheet: Sheet) -> Done:
    """Put numbers, dates, keys, words and signs where they may or may not stand."""
    row, place = _row(draw, sheet), draw(st.integers(0, len(sheet.rows[0]) - 1))
    _put(row, place, draw(st.sampled_from(SOMETIMES) | st.text(max_size=6)))
    return "open", "", ""


def a_cell_of_another_row(draw, sheet: Sheet) -> Done:
    """Put a value that fits its column into a row that is not its own."""
    place = draw(st.integers(0, len(sheet.rows[0]) - 1))
    _put(_row(draw, sheet), place, "".join(_row(draw, sheet)[place : place + 1]))
    return "open", "", ""


def an_unknown_key(draw, sheet: Sheet) -> Done:
    """Refer to a row that is nowhere, alone or beside one that is."""
    fields = [f for f in SCHEMA[sheet.name].fields if f.references and f.name in sheet.rows[0]]
    if not fields:
        return a_row_doubled(draw, sheet)
    chosen = draw(st.sampled_from(fields))
    unknown = {"sources": "S-000", "claims": "CL-000", "events": "EV-000", "countries": "QQQ"}
    key = unknown.get(chosen.references.split(".")[0], "nobody_at_all")
    row, place = _row(draw, sheet), sheet.rows[0].index(chosen.name)
    known = "".join(row[place : place + 1])
    _put(row, place, f"{known};{key}" if chosen.separator and known else key)
    return "refused", "".join(row[:1]), chosen.name


def a_cycle(draw, sheet: Sheet) -> Done:
    """Make a row part of itself, near or far round, the same as itself, or based on itself."""
    header, row = sheet.rows[0], _row(draw, sheet)
    column = {"actors": "parent_id", "events": "same_as", "judgements": "event_ids"}.get(sheet.name)
    if column not in header or len(row) < len(header):
        return a_cell_of_another_row(draw, sheet)
    place, top = header.index(column), row
    if sheet.name == "actors":
        parents = {other[0]: other for other in sheet.rows[1:] if len(other) == len(header)}
        for _ in parents:
            top = parents.get(top[place], top)
    top[place] = row[0]
    return "refused", "", column


def bytes_of_another_encoding(draw, sheet: Sheet) -> Done:
    """Write what is no UTF-8, unless Latin-1 happens to be ASCII."""
    sheet.encoding = draw(
        st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
    )
    return "open" if sheet.encoding == "latin-1" else "refused", "", ""


def a_slip_in_the_text(draw, sheet: Sheet) -> Done:
    """Put a character in, cut a stretch out, lose the rest."""
    signs = st.sampled_from('"",,;\n\r\x00\ufeff\u202e \'\\\t=') | st.characters(codec="utf-8")
    part, sign, cut = draw(st.floats(0, 1)), draw(signs), draw(st.integers(0, 40))
    kind = draw(st.sampled_from(["put", "cut", "end"]))

    def slip(text: str) -> str:
        place = int(part * len(text))
        after = {"put": sign + text[place:], "cut": text[place + cut :], "end": ""}[kind]
        return text[:place] + after

    sheet.text = slip
    return "open", "", ""


def a_file_of_nothing(draw, sheet: Sheet) -> Done:
    """Leave nothing, blanks, or a header alone."""
    header = ",".join(sheet.rows[0])
    text = draw(st.sampled_from(["", "\n", " ", "\n\n\n", '"', ",", header, f"{header}\n"]))
    sheet.text = lambda _: text
    return "open" if text.startswith(header) else "refused", "", ""


MUTATIONS = (
    rows_in_another_order, columns_in_another_order, a_spreadsheets_bytes, a_row_dropped,
    a_row_doubled, a_column_dropped, a_column_doubled, a_column_renamed, a_column_added,
    a_row_of_another_length, a_cell_that_no_column_takes, a_cell_of_another_kind,
    a_cell_of_another_kind, a_cell_of_another_kind, a_cell_of_another_row, a_cell_of_another_row,
    an_unknown_key, a_cycle, bytes_of_another_encoding, a_slip_in_the_text, a_slip_in_the_text,
    a_file_of_nothing,
)  # fmt: skip
HARMLESS = {rows_in_another_order, columns_in_another_order, a_spreadsheets_bytes}


@st.composite
def mutants(draw) -> Mutant:
    """Draw a table and one to three things done to it."""
    name = draw(st.sampled_from(list(SCHEMA)))
    sheet = Sheet(name, [list(row) for row in SHEETS[name]])
    chosen = draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3, unique=True))
    # What counts on the columns' places goes before what moves or renames them.
    chosen = sorted(chosen, key=lambda mutate: mutate in HARMLESS)
    told = [mutate(draw, sheet) for mutate in chosen]
    done = tuple(mutate.__name__ for mutate in chosen)
    faults = [outcome for outcome in told if outcome[0] != "same"]
    # Two faults may mend each other, such as a row doubled and dropped: then the file decides.
    outcome, row, column = faults[0] if len(faults) == 1 else ("open", "", "")
    return Mutant(name, sheet.content(), done, "same" if not faults else outcome, row, column)
