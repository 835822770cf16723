"""The curated tables as typed, validated frames; every fault of every file reported at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ..errors import DataError, ParameterError, Problem, shown
from .reading import check_references, read_rows, type_columns
from .rules import by_article, check_basis, check_rules
from .schema import FILE, data_folder, read_schema
from .vocabulary import unknown_words


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
    themes: pd.DataFrame
    claims: pd.DataFrame
    checks: pd.DataFrame
    relations: pd.DataFrame
    events: pd.DataFrame
    figures: pd.DataFrame
    actors: pd.DataFrame
    countries: pd.DataFrame
    places: pd.DataFrame
    judgements: pd.DataFrame
    phases: pd.DataFrame
    narrative: pd.DataFrame
    unknowns: pd.DataFrame
    corrections: pd.DataFrame

    def __repr__(self) -> str:
        """Return the folder and the number of rows of each table."""
        rows = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in FRAMES)
        return f"Tables({str(self.folder)!r}: {rows})"


REQUIRED = ("sources", "events", "actors", "countries", "places")  # the others may be empty
FRAMES = tuple(field.name for field in fields(Tables) if field.name not in {"folder", "sha256"})


def load_tables(folder: str | Path | None = None) -> Tables:
    """Read, type and validate every table of the data package.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder of your own, with its ``datapackage.json``. Without it: the folder that the
        environment variable ``SAHEL_DATA`` names, else the package's. The files of events, actors,
        countries, places and sources must be there; a table without a file is empty.

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
        except FileNotFoundError as fault:
            needed = table.name in REQUIRED
            # A table that is not there is as empty as one with a header alone.
            contents.append(None if needed else ",".join(table.columns).encode())
            if needed:
                message = f"cannot be read ({fault.strerror}); looked for it in '{folder}'."
                unread.append(Problem(f"{folder.name}/{table.path}", "", "", message))
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
    for (name, table), content in zip(schema.items(), contents, strict=True):
        if content is not None:
            digest.update(hashlib.sha256(content).digest())
            label = f"{folder.name}/{table.path}"
            rows = read_rows(content, label, table, problems)
            if rows is not None:
                frames[name] = type_columns(rows, label, table, problems)
    check_references(frames, schema, folder.name, problems)
    labels = {name: f"{folder.name}/{table.path}" for name, table in schema.items()}
    problems.extend(check_basis(frames, labels, problems))
    if not problems:
        # Rules speak of sound cells only; with faulty ones they would report the same fault twice.
        problems.extend(check_rules(frames, labels))
    if problems:
        raise DataError(by_article(problems, frames))
    return Tables(folder=folder, sha256=digest.hexdigest(), **frames)


def require_tables(tables: object) -> Tables:
    """Return tables as given, or those of `load_tables` where None was given.

    Raises
    ------
    ParameterError
        If something else was given.
    """
    if tables is None:
        return load_tables()
    if not isinstance(tables, Tables):
        message = f"tables: '{shown(tables)}' is not allowed; expected what load_tables() returns."
        raise ParameterError(message)
    return tables


def load_events(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the events: one row is one dated occurrence, told by an article or by references.

    Article rows stand as their article has them, wrong ones included. Fighting and casualties are
    left out. Indexed by ``event_id``; `folder` and errors as in `load_tables`.

    Examples
    --------
    >>> load_events().loc["EV-012", ["date_edtf", "event_type", "iso3"]].to_list()
    ['2023-04', 'withdrawal_completed', ('TCD',)]

    A cell of ``iso3`` may hold several countries, as a tuple: filter by country after `explode`.

    >>> events = load_events().explode("iso3")
    >>> events[events["iso3"] == "TCD"].at["EV-012", "date_edtf"]
    '2023-04'
    """
    return load_tables(folder).events


def load_claims(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the claims: one row is one atomic assertion of an article, right or wrong.

    Made by two independent readings and a settlement of their differences. An article's text is
    left out but for a phrase of 3 to 12 words per claim. Indexed by ``claim_id``; `folder` and
    errors as in `load_tables`.

    Examples
    --------
    >>> load_claims().at["CL-040", "quote"]
    'Chad, which expelled the French troops'
    """
    return load_tables(folder).claims


def load_checks(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the checks: one row is what independent sources say of one claim.

    Credibility is Admiralty 1 to 6; 1 needs two sources. Indexed by ``claim_id``; `folder` and
    errors as in `load_tables`.

    Examples
    --------
    >>> load_checks().at["CL-040", "verdict"]
    'contradicted'
    """
    return load_tables(folder).checks


def load_figures(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the figures: one row is one quantity, as low, best and high where stated.

    Nothing is interpolated or rounded. The column ``unit`` says what is counted. Indexed by
    ``figure_id``; `folder` and errors as in `load_tables`.

    Examples
    --------
    >>> troops = load_figures().loc["FG-001"]
    >>> print(troops["qualifier"], troops["best"], troops["unit"])
    about 5000.0 people
    """
    return load_tables(folder).figures
