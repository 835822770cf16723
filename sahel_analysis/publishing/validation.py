"""Validation of a data folder for its maintainer: rules, wording, then the open standard."""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError, Problem
from ..prose.wording import lint_judgements
from ..tables.loading import data_folder, load_tables
from ..tables.schema import FILE, read_schema


def validate_folder(folder: str | Path | None = None) -> str:
    """Return a line that says what was found sound.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; the package's own without it.

    Raises
    ------
    DataError
        If anything is wrong by our rules, in the wording of our judgements, or by Frictionless.
    """
    tables = load_tables(folder)
    problems = [*lint_judgements(tables), *_frictionless(tables.folder)]
    if problems:
        raise DataError(problems)
    names = read_schema(tables.folder)
    rows = sum(len(getattr(tables, name)) for name in names)
    return f"{tables.folder}: {len(names)} tables, {rows} rows, no fault found."


def _frictionless(folder: Path):
    """Yield what the public validator finds: a second opinion by code that is not ours."""
    from frictionless import Package, system

    folder = data_folder(folder)
    # Trusted: absolute paths are ours, and the package names no remote resource.
    with system.use_context(trusted=True):
        report = Package(str(folder / FILE)).validate()
    for task in report.tasks:
        for error in task.errors:
            row = f"row {error.row_number}" if hasattr(error, "row_number") else ""
            yield Problem(f"{folder.name}/{task.place}", row, "", error.message)
