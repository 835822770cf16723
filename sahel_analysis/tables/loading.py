"""The curated tables as typed, validated frames; every fault of every file reported at once."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, fields, replace
from errno import ENOENT
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ..errors import DataError, ParameterError, Problem, shown
from .reading import check_references, read_rows, type_columns
from .rules import REQUIRED, by_article, check_basis, check_rules
from .schema import FILE, LAYERS, data_folder, read_package, schema_of
from .sealing import Release, content_of, layer_sha256, released
from .vocabulary import unknown_words


@dataclass(frozen=True, eq=False, repr=False)  # frames do not compare; one object is one state
class Tables:
    """All tables of one data folder.

    Every attribute but `folder`, `sha256` and `release` is a frame indexed by its key, in key order. List
    cells are tuples of str, missing text is ``""``, missing numbers and dates are NaN and NaT.
    A column ``date_edtf`` is joined by ``earliest`` and ``latest`` (datetime64).

    Attributes
    ----------
    folder : pathlib.Path
        Where the tables were read.
    sha256 : str
        Hash over the files, to tell one state of the tables from another.
    release : Release
        How the files differ from the release whose seal they carry.
    seen : tuple or None
        Of an extract: the day and the countries of the report that may see these rows.
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
    release: Release = Release()
    seen: tuple | None = None

    def __repr__(self) -> str:
        """Return the folder and the number of rows of each table."""
        rows = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in FRAMES)
        return f"Tables({str(self.folder)!r}: {rows})"


_NO_TABLES = {"folder", "sha256", "release", "seen"}
FRAMES = tuple(field.name for field in fields(Tables) if field.name not in _NO_TABLES)


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
    return separate(_read(data_folder(folder)))


def separate(tables: Tables) -> Tables:
    """Return the same tables for somebody else to change: pandas copies what is written to."""
    return replace(tables, **{name: getattr(tables, name).copy(deep=False) for name in FRAMES})


def _read(folder: Path) -> Tables:
    """Return the tables in a folder, one object as long as its files are the same."""
    unread: list[Problem] = []
    contents: list[bytes | None] = []
    package = read_package(folder)
    for table in schema_of(package, folder.name).values():
        try:
            if table.name in REQUIRED and not (folder / table.path).exists():
                raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
            contents.append(content_of(folder, table))
        except OSError as fault:
            contents.append(None)
            message = f"cannot be read ({fault.strerror}); looked for it in '{folder}'."
            unread.append(Problem(f"{folder.name}/{table.path}", "", "", message))
    outlines = tuple(layer_sha256(folder, name) for name in LAYERS)
    written = json.dumps(package, sort_keys=True)
    return _typed(folder, written, tuple(contents), tuple(unread), outlines)


@lru_cache(maxsize=1)
def _typed(
    folder: Path,
    written: str,
    contents: tuple[bytes | None, ...],
    unread: tuple[Problem, ...],
    outlines: tuple[str, ...],
) -> Tables:
    """Return the tables of some files' contents; the same contents are typed once.

    So a process that has read the tables hands them on to the processes that it forks.
    """
    package = json.loads(written)
    schema = schema_of(package, folder.name)
    if set(schema) != set(FRAMES):
        message = f"describes {', '.join(schema)}; expected {', '.join(FRAMES)}."
        raise DataError([Problem(f"{folder.name}/{FILE}", "", "resources", message)])
    problems = [*unknown_words(schema, folder.name), *unread]
    frames: dict[str, pd.DataFrame] = {}
    cells: dict[str, pd.DataFrame] = {}
    digest = hashlib.sha256(written.encode())
    for (name, table), content in zip(schema.items(), contents, strict=True):
        if content is not None:
            digest.update(hashlib.sha256(content).digest())
            label = f"{folder.name}/{table.path}"
            rows = read_rows(content, label, table, problems)
            if rows is not None:
                cells[name] = rows
                frames[name] = type_columns(rows, label, table, problems)
    check_references(frames, schema, folder.name, problems)
    labels = {name: f"{folder.name}/{table.path}" for name, table in schema.items()}
    problems.extend(check_basis(frames, labels, problems))
    if not problems:
        # Rules speak of sound cells only; with faulty ones they would report the same fault twice.
        problems.extend(check_rules(frames, labels))
    if problems:
        raise DataError(by_article(problems, frames))
    files = dict(zip(schema, contents, strict=True))
    release = released(package, schema, files, cells, dict(zip(LAYERS, outlines, strict=True)))
    return Tables(folder=folder, sha256=digest.hexdigest(), release=release, **frames)


def require_tables(tables: object) -> Tables:
    """Return tables as given, or those of `load_tables` where None was given, to be read only.

    Raises
    ------
    ParameterError
        If something else was given.
    """
    if tables is None:
        return _read(data_folder(None))
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
