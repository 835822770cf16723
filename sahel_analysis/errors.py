"""Errors that say where, what, what was expected and what to do."""

from __future__ import annotations

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


class SahelError(Exception):
    """Base of every error this package raises on purpose."""


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


class ExecutionError(SahelError, RuntimeError):
    """A notebook cell failed; names notebook, parameters, cell and error."""


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
    close = get_close_matches(str(value).casefold(), options, n=1, cutoff=0.6)
    return f" Did you mean '{options[close[0]]}'?" if close else ""
