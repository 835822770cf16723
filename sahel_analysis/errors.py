"""Errors that say where, what, what was expected and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one place of one table.

    Attributes
    ----------
    table : str
        Path of the file as the user knows it, e.g. ``data/events.csv``.
    row : str
        Key of the row, or ``line 12`` where the key itself is at fault; empty for the whole table.
    column : str
        Column name; empty when the fault is not one column's.
    message : str
        What is there, what was expected, what to do.
    """

    table: str
    row: str
    column: str
    message: str

    def __str__(self) -> str:
        """Return ``file row, column: message``."""
        place = f"{self.table} {self.row}".strip()
        if self.column:
            place = f"{place}, {self.column}"
        return f"{place}: {self.message}"


_COMPARED = 10_000  # names that a misspelt one is compared with; more take seconds
MOST = 50  # faults listed of one column; a file of two million faulty rows is refused as briefly


def collect(problems: list[Problem], found: Iterable[Problem]) -> None:
    """Append the first problems of each column of each file, and how many more there are.

    Parameters
    ----------
    problems : list of Problem
        Problems are appended here.
    found : iterable of Problem
        What was found, in order.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for problem in found:
        place = problem.table, problem.column
        counts[place] += 1
        if counts[place] <= MOST:
            problems.append(problem)
    for (table, column), count in counts.items():
        if count > MOST:
            rest = f"has {count - MOST:,} more faults; mend those named and try again."
            problems.append(Problem(table, "", column, rest))


class SahelError(Exception):
    """Base of every error this package raises on purpose.

    Examples
    --------
    >>> import sahel_analysis
    >>> try:
    ...     sahel_analysis.posture("04/12/2023")
    ... except sahel_analysis.SahelError as fault:
    ...     print(fault)
    '04/12/2023' is not a day; expected one of the calendar such as '2023-12-04'.
    """


class DataError(SahelError, ValueError):
    """The tables are wrong; lists every fault at once.

    Parameters
    ----------
    problems : iterable of Problem
        All faults found; at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self):
        """Pickle by the problems, so that the error survives a process boundary."""
        return type(self), (self.problems,)


class ParameterError(SahelError, ValueError):
    """A report was asked for with parameters that are unknown or out of range."""


class ExportError(SahelError, RuntimeError):
    """A report could not be turned into HTML, PDF or DOCX, or a file could not be written."""


def shown(value: object, longest: int = 80) -> str:
    """Return a value as a message shows it: one line of printable characters, not too long.

    Parameters
    ----------
    value : object
        What was given, by whomever.
    longest : int
        Characters shown of it.
    """
    try:
        text = str(value)
    except Exception:  # numbers of too many digits, nests too deep, objects that cannot be told
        return f"a value of type {type(value).__name__}"
    cut = text[:longest]
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
    return cut + ("..." if len(text) > longest else "")


def did_you_mean(value: object, allowed: Iterable[str]) -> str:
    """Return a hint such as ``" Did you mean 'gao'?"``, or an empty string.

    Parameters
    ----------
    value : object
        What was given.
    allowed : iterable of str
        What would have been accepted.
    """
    options = {str(option).casefold(): str(option) for option in allowed}
    if len(options) > _COMPARED:
        return ""
    close = get_close_matches(shown(value).casefold(), options, n=1, cutoff=0.6)
    return f" Did you mean '{options[close[0]]}'?" if close else ""


def require_one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value of a parameter that is none of those allowed, and name them.

    Parameters
    ----------
    name : str
        Name of the parameter.
    value : object
        What was given.
    allowed : iterable of str
        What may be given; an empty text is allowed, not named.

    Raises
    ------
    ParameterError
        If `value` is none of them.
    """
    options = list(allowed)
    if value not in options:
        named = "', '".join(option for option in options if option)
        message = f"{name}: '{shown(value)}' is not allowed; expected one of '{named}'."
        raise ParameterError(message + did_you_mean(value, options))
