"""The curated tables as typed, validated frames; every fault of every file reported at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem
from .cells import read_cells
from .columns import check_columns, check_references
from .rules import check_rules
from .schema import FILE, read_schema
from .vocabulary import unknown_words

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, eq=False, repr=False)  # frames do not compare; one object is one state
class Tables:
    """All tables of one data folder.

    Every attribute but `folder` and `sha256` is a frame indexed by its key, in key order. List
    cells are tuples of str, missing text is ``""``, missing numbers and dates are NaN and NaT.
    A column ``date_edtf`` is joined by ``earliest`` and ``latest`` (datetime64).

    Attributes
    ----------
    folder : pathlib.Path
        Where the tables were read.
    sha256 : str
        Hash over the files, to tell one state of the tables from another.
    """

    folder: Path
    sha256: str
    sources: pd.DataFrame
    sentences: pd.DataFrame
    claims: pd.DataFrame
    checks: pd.DataFrame
    events: pd.DataFrame
    figures: pd.DataFrame
    actors: pd.DataFrame
    countries: pd.DataFrame
    places: pd.DataFrame
    judgements: pd.DataFrame
    corrections: pd.DataFrame

    def __repr__(self) -> str:
        """Return the folder and the number of rows of each table."""
        rows = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in FRAMES)
        return f"Tables({str(self.folder)!r}: {rows})"


FRAMES = tuple(field.name for field in fields(Tables) if field.name not in {"folder", "sha256"})


def data_folder(folder: str | Path | None = None) -> Path:
    """Return the folder that holds the tables.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A folder of the user's own. Without it: the data inside an installed package, else the
        ``data`` folder of the clone.

    Raises
    ------
    DataError
        If there is no such folder, or no ``datapackage.json`` in it.
    """
    own = [_PACKAGE / "data", _PACKAGE.parent / "data"]
    candidates = own if folder is None else [Path(folder)]
    for candidate in candidates:
        if (candidate / FILE).is_file():
            return candidate
    looked = "' and '".join(str(candidate) for candidate in candidates)
    message = f"no data folder with this file was found; looked in '{looked}'."
    raise DataError([Problem(FILE, "", "", message)])


def load_tables(folder: str | Path | None = None) -> Tables:
    """Read, type and validate every table of the data package.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; see `data_folder`.

    Returns
    -------
    Tables
        One frame per table.

    Raises
    ------
    DataError
        If anything is wrong, with every fault of every table: unreadable files, missing or
        unknown columns, wrong types, values outside a closed list, unknown or doubled keys, and
        broken rules across rows. Of a column with very many the first are named, the rest counted.

    Examples
    --------
    >>> tables = load_tables()
    >>> tables.events.at["EV-012", "summary_en"]
    'Chad expelled French troops.'
    >>> load_tables("nowhere")
    Traceback (most recent call last):
        ...
    sahel_analysis.errors.DataError: ...
    """
    folder = data_folder(folder)
    unread: list[Problem] = []
    contents: list[bytes | None] = []
    for table in read_schema(folder).values():
        try:
            contents.append((folder / table.path).read_bytes())
        except OSError as fault:
            contents.append(None)
            message = f"cannot be read ({fault.strerror}); looked for it in '{folder}'."
            unread.append(Problem(f"{folder.name}/{table.path}", "", "", message))
    package = (folder / FILE).read_bytes()
    typed = _typed(folder, package, tuple(contents), tuple(unread))
    # Nothing that is done to these frames reaches those that are kept: pandas copies on write.
    return replace(typed, **{name: getattr(typed, name).copy(deep=False) for name in FRAMES})


@lru_cache(maxsize=1)
def _typed(
    folder: Path, package: bytes, contents: tuple[bytes | None, ...], unread: tuple[Problem, ...]
) -> Tables:
    """Return the tables of some files' contents; the same contents are typed once.

    So a process that has read the tables hands them on to the processes that it forks.
    """
    schema = read_schema(folder)
    if set(schema) != set(FRAMES):
        message = f"describes {', '.join(schema)}; expected {', '.join(FRAMES)}."
        raise DataError([Problem(f"{folder.name}/{FILE}", "", "resources", message)])
    problems = [*unknown_words(schema, folder.name), *unread]
    frames: dict[str, pd.DataFrame] = {}
    digest = hashlib.sha256(package)
    for name, content in zip(schema, contents, strict=True):
        if content is not None:
            digest.update(hashlib.sha256(content).digest())
            frame, faults = _frame(folder, package, name, content)
            problems.extend(faults)
            if frame is not None:
                frames[name] = frame
    check_references(frames, schema, folder.name, problems)
    if not problems:
        # Rules speak of sound cells only; with faulty ones they would report the same fault twice.
        labels = {name: f"{folder.name}/{table.path}" for name, table in schema.items()}
        problems.extend(check_rules(frames, labels))
    if problems:
        raise DataError(problems)
    return Tables(folder=folder, sha256=digest.hexdigest(), **frames)


@lru_cache(maxsize=len(FRAMES))
def _frame(folder: Path, package: bytes, name: str, content: bytes) -> tuple:
    """Return one file's contents typed, or None, and its faults: only what changed is typed anew."""
    table, problems = read_schema(folder)[name], []
    label = f"{folder.name}/{table.path}"
    rows = read_cells(content, label, table, problems)
    return None if rows is None else check_columns(rows, label, table, problems), problems
