"""Two readings of one article: paired, their agreement measured, their differences settled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem
from ..files import write_text
from .article import CLAIM_COLUMNS
from .dates import bounds
from .reading import read_rows
from .schema import Field, TableSchema
from .vocabulary import MODALITIES
from .writing import as_csv

FIELDS = ("sentence", "theme", "modality", "date_edtf", "attributed_to")  # held against each other
DIFFERENCES = ("pair", "paragraph", "sentence", "column", "a", "b", "decision", "reason")
_ALONE = "assertion"  # the column of a difference where one reading alone has the assertion
_LEAST = 0.3  # share of words, of phrase and statement on average, that makes a pair
_FEWEST = 3  # words of a phrase in the table of claims
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Agreement:
    """How far two readings of one article agree.

    Attributes
    ----------
    a, b : pandas.DataFrame
        The readings: the columns of a claims sheet, as text.
    pairs : list of (int, int)
        Rows of `a` and `b` that make one assertion, in the order of `a`.
    """

    a: pd.DataFrame
    b: pd.DataFrame
    pairs: list[tuple[int, int]]

    @property
    def cut(self) -> float:
        """Share of all assertions of both readings that have a partner, from 0 to 1."""
        return 2 * len(self.pairs) / (len(self.a) + len(self.b))

    def same(self, column: str) -> int:
        """Return in how many pairs both readings have the same in a column."""
        return sum(first == second for first, second in self._values(column))

    def alpha(self, column: str) -> float | None:
        """Return Krippendorff's alpha of a column over the pairs; None where nothing varies.

        Notes
        -----
        For nominal data without gaps: 1 - D_o / D_e, where D_o is the share of pairs that differ and
        D_e the share of all pairs of values that would, whoever gave them (K. Krippendorff,
        *Content Analysis*, 4th ed., 2019, chapter 12). The one maintained package is under a
        licence that this one cannot join.
        """
        values = self._values(column)
        counts = Counter(value for pair in values for value in pair)
        if len(counts) < 2:
            return None
        total = counts.total()
        alike = sum(count * (count - 1) for count in counts.values()) / (total * (total - 1))
        return 1 - (1 - self.same(column) / len(values)) / (1 - alike)

    def _values(self, column: str) -> list[tuple[str, str]]:
        """Return what the readings have in a column, pair by pair."""
        first, second = self.a[column], self.b[column]
        return [(first[i], second[j]) for i, j in self.pairs]

    def differences(self) -> pd.DataFrame:
        """Return what is to be decided, one row each, with room for decision and reason.

        Returns
        -------
        pandas.DataFrame
            Columns `DIFFERENCES`, as text. ``pair`` names rows of the two readings, counted from 1:
            ``3-4``, or ``3-`` and ``-4`` where the assertion stands in one reading alone.
        """
        rows = []
        for i, j in self.pairs:
            one, other = self.a.loc[i], self.b.loc[j]
            for column in FIELDS:
                if one[column] != other[column]:
                    cells = (one["paragraph"], one["sentence"], column, one[column], other[column])
                    rows.append((f"{i + 1}-{j + 1}", *cells, "", ""))
        for frame, at, side in ((self.a, 0, "{}-"), (self.b, 1, "-{}")):
            paired = {pair[at] for pair in self.pairs}
            for row in frame[~frame.index.isin(paired)].itertuples():
                told = [row.statement_en, ""] if at == 0 else ["", row.statement_en]
                name = side.format(row.Index + 1)
                rows.append((name, row.paragraph, row.sentence, _ALONE, *told, "", ""))
        return pd.DataFrame(rows, columns=list(DIFFERENCES), dtype="str")

    def settled(self, decided: pd.DataFrame, label: str) -> pd.DataFrame:
        """Return the settled reading: what both have, and of the rest what was decided.

        Parameters
        ----------
        decided : pandas.DataFrame
            `differences` with ``decision`` filled: ``a``, ``b`` or another value; of an assertion
            that one reading alone has, ``keep`` or ``drop``. ``reason`` says why.
        label : str
            The file it came from, for messages.

        Returns
        -------
        pandas.DataFrame
            A reading, in the order of the text. Where both have the assertion, phrase and statement
            are those of `a`; of a phrase too short for the table of claims, that of `b`.

        Raises
        ------
        DataError
            If a difference is missing, or has no decision that it can have, or no reason.
        """
        key = ["pair", "column"]
        choices = {
            tuple(row[:2]): row[2:] for row in decided[[*key, "decision", "reason"]].to_numpy()
        }
        rows = {f"{i + 1}-{j + 1}": self.a.loc[i].copy() for i, j in self.pairs}
        for i, j in self.pairs:
            if len(self.a.at[i, "quote"].split()) < _FEWEST:
                rows[f"{i + 1}-{j + 1}"]["quote"] = self.b.at[j, "quote"]
        problems = []
        for row in self.differences().itertuples():
            choice, reason = choices.get((row.pair, row.column), ("", ""))
            alone = row.column == _ALONE
            if alone and choice not in {"keep", "drop"}:
                problems.append(_open(label, row, "decision", "expected 'keep' or 'drop'."))
            elif not choice:
                expected = "expected 'a', 'b' or what is to stand."
                problems.append(_open(label, row, "decision", expected))
            elif not reason:
                problems.append(_open(label, row, "reason", "expected why."))
            elif not alone:
                rows[row.pair][row.column] = {"a": row.a, "b": row.b}.get(choice, choice)
            elif choice == "keep":
                i, _, j = row.pair.partition("-")
                rows[row.pair] = self.a.loc[int(i) - 1] if i else self.b.loc[int(j) - 1]
        if problems:
            raise DataError(problems)
        settled = pd.DataFrame(list(rows.values()), columns=list(CLAIM_COLUMNS))
        place = settled[["paragraph", "sentence"]].astype("int64")
        order = place.sort_values(["paragraph", "sentence"], kind="stable").index
        return settled.loc[order].reset_index(drop=True)

    def report(self) -> str:
        """Return the numbers of agreement, a line each."""
        a, b, pairs = len(self.a), len(self.b), len(self.pairs)
        lines = [
            f"{a} and {b} assertions, {pairs} of them paired; {a - pairs} and {b - pairs} stand alone.",
            f"Cut: {self.cut:.2f} of all assertions have a partner.",
        ]
        for column in FIELDS:
            alpha = self.alpha(column)
            told = "alpha not defined, nothing varies" if alpha is None else f"alpha {alpha:.2f}"
            lines.append(f"{column}: {self.same(column)} of {pairs} the same, {told}.")
        return "\n".join(lines)


def _open(label: str, row: object, column: str, expected: str) -> Problem:
    """Return the fault of a difference that is not decided."""
    place = f"pair {row.pair}, {row.column}" if row.column != _ALONE else f"assertion {row.pair}"
    return Problem(label, place, column, f"is open; {expected}")


def read_reading(path: str | Path) -> pd.DataFrame:
    """Return one reading of an article.

    Parameters
    ----------
    path : str or pathlib.Path
        CSV with the columns of a claims sheet; keys of claims and sources may stand in it too.

    Returns
    -------
    pandas.DataFrame
        Cells as text, in the order of the file; rows without a phrase are left out.

    Raises
    ------
    DataError
        With every fault: columns, places that are no number, words outside the closed list of
        modalities, dates that are none, a phrase without an assertion.
    """
    label, problems = str(path), []
    rows = _read(path, CLAIM_COLUMNS, problems)
    if rows is not None:
        rows = rows[rows["quote"] != ""].reset_index(drop=True)
        problems += [
            Problem(label, f"line {r.line}", *f) for r in rows.itertuples() for f in _faults(r)
        ]
        if rows.empty:
            problems.append(Problem(label, "", "quote", "holds no phrase; expected a reading."))
    if problems:
        raise DataError(problems)
    return rows.drop(columns="line")


def read_differences(path: str | Path) -> pd.DataFrame:
    """Return a file of differences as it stands; errors as in `read_reading`."""
    problems: list[Problem] = []
    rows = _read(path, DIFFERENCES, problems)
    if rows is None:
        raise DataError(problems)
    return rows.drop(columns="line")


def _read(
    path: str | Path, columns: tuple[str, ...], problems: list[Problem]
) -> pd.DataFrame | None:
    """Return the cells of a file with some columns; others that a claims sheet has are left out."""
    try:
        content = Path(path).read_bytes()
    except OSError as fault:
        problems.append(Problem(str(path), "", "", f"cannot be read ({fault.strerror})."))
        return None
    header = content.decode("utf-8-sig", errors="replace").partition("\n")[0].strip().split(",")
    more = [name for name in ("claim_id", "source_id", "date_basis") if name in header]
    fields = tuple(Field(name, "string", "", {}) for name in (*columns, *more))
    rows = read_rows(content, str(path), TableSchema("", "", "", fields, columns[0]), problems)
    return None if rows is None else rows.drop(columns=more)


def _faults(row: object) -> Iterator[tuple[str, str]]:
    """Yield column and message for each fault of one row of a reading."""
    for column in ("paragraph", "sentence"):
        if not re.fullmatch("[1-9][0-9]*", getattr(row, column)):
            yield column, f"'{getattr(row, column)}' is not a number counted from 1."
    if not re.fullmatch(r"\S+( \S+){0,11}", row.quote):
        yield "quote", "is longer than 12 words, or holds a doubled blank."
    for column in ("statement_en", "attributed_to", "theme"):
        if not getattr(row, column):
            yield column, "is empty."
    if row.modality not in MODALITIES:
        yield (
            "modality",
            f"'{row.modality}' is not allowed; expected one of {', '.join(MODALITIES)}.",
        )
    try:
        bounds(row.date_edtf) if row.date_edtf else None
    except ValueError as fault:
        yield "date_edtf", f"{fault}."


def agree(a: pd.DataFrame, b: pd.DataFrame, label: str = "") -> Agreement:
    """Return how far two readings of one article agree.

    Parameters
    ----------
    a, b : pandas.DataFrame
        As from `read_reading`.
    label : str, optional
        Their files, for messages.

    Raises
    ------
    DataError
        If fewer than half of the assertions of the shorter reading find a partner: then the two
        are readings of different texts.

    Notes
    -----
    Assertions of one paragraph are paired by the words that their phrases and statements share,
    the closest first, each once. Alpha is Krippendorff's for nominal data (K. Krippendorff,
    *Content Analysis*, 4th ed., 2019, chapter 12).
    """
    scores = [
        (-score, abs(i - j), i, j)
        for i, j in _candidates(a, b)
        if (score := _closeness(a.loc[i], b.loc[j])) >= _LEAST
    ]
    pairs: dict[int, int] = {}
    for _, _, i, j in sorted(scores):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    if 2 * len(pairs) < min(len(a), len(b)):
        message = (
            f"share {len(pairs)} of {min(len(a), len(b))} assertions; they are readings of "
            "different texts."
        )
        raise DataError([Problem(label, "", "", message)])
    return Agreement(a, b, sorted(pairs.items()))


def _candidates(a: pd.DataFrame, b: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield the rows of two readings that lie in one paragraph."""
    for i, paragraph in a["paragraph"].items():
        for j in b.index[b["paragraph"] == paragraph]:
            yield i, j


def _closeness(one: pd.Series, other: pd.Series) -> float:
    """Return how close two assertions are: the words their phrases share, and their statements."""
    return sum(_shared(one[column], other[column]) for column in ("quote", "statement_en")) / 2


def _shared(one: str, other: str) -> float:
    """Return the share of the words of the shorter text that stand in the other, from 0 to 1."""
    words = [set(_WORD.findall(text.lower())) for text in (one, other)]
    return len(words[0] & words[1]) / max(1, min(map(len, words)))


def settle(
    a: str | Path,
    b: str | Path,
    differences: str | Path,
    settled: str | Path,
    tell: Callable[[str], object],
) -> None:
    """Hold two readings against each other, and settle them once every difference is decided.

    Parameters
    ----------
    a, b : str or pathlib.Path
        The readings.
    differences : str or pathlib.Path
        File of differences: written where it is not there, read with its decisions where it is.
    settled : str or pathlib.Path
        File of the settled reading, written when all is decided.
    tell : callable
        Is handed what there is to say.

    Raises
    ------
    DataError
        If a file is at fault, or a difference is open; then nothing is written.
    """
    agreement = agree(read_reading(a), read_reading(b), f"{a} and {b}")
    tell(agreement.report())
    if not Path(differences).is_file():
        frame = agreement.differences()
        write_text(differences, as_csv([list(frame), *frame.to_numpy().tolist()]))
        tell(f"{differences}: {len(frame)} differences to decide; then run the same command again.")
        return
    frame = agreement.settled(read_differences(differences), str(differences))
    write_text(settled, as_csv([list(frame), *frame.to_numpy().tolist()]))
    tell(f"{settled}: {len(frame)} assertions.")
