"""Editions: the named days of which the clone's reports are made, and the line that names one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..errors import ParameterError, Problem, shown
from ..files import read
from ..prose.wording import sentence_faults
from ..tables.dates import day_in_words
from ..tables.loading import Tables
from ..tables.schema import read_package

FILE = "editions.toml"
# Keys of an edition that choose no report: they name it and say what its briefing says first.
NAMED_BY = ("number", "title", "written_on", "headline", "bottom_line", "row_ids")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Edition:
    """One edition of the clone's reports.

    Attributes
    ----------
    name : str
        Its key in the file.
    as_of : datetime.date or None
        Its day; None where the file names none, or several.
    evidence : str
        Its kind of evidence.
    number, title : str
        What it is called.
    written_on : datetime.date or None
        The day on which it was written.
    headline, bottom_line : str
        What its briefing says first, in place of what the tables yield; empty without.
    row_ids : tuple of str
        Keys of the rows that headline and bottom line rest on.
    """

    name: str
    as_of: date | None
    evidence: str = "checked"
    number: str = ""
    title: str = ""
    written_on: date | None = None
    headline: str = ""
    bottom_line: str = ""
    row_ids: tuple[str, ...] = field(default=())


def own_editions() -> Path | None:
    """Return the file of the clone's own editions; None in an installed package, which has none."""
    path = _ROOT / FILE
    return path if path.is_file() else None


def read_file(path: Path) -> dict[str, dict]:
    """Return what a file of editions says of each, by name.

    Parameters
    ----------
    path : pathlib.Path
        TOML with a table ``[editions.NAME]`` per edition.

    Raises
    ------
    ParameterError
        If the file cannot be read or names no edition.
    """
    try:
        content = tomllib.loads(read(path).decode("utf-8"))
    except OSError as fault:
        message = f"'{path}' cannot be read ({fault.strerror}); name a file of editions."
        raise ParameterError(message) from fault
    except (ValueError, RecursionError) as fault:
        message = f"'{path}' is not TOML: {shown(fault, 200)}. Mend the file."
        raise ParameterError(message) from fault
    editions = content.get("editions")
    if not isinstance(editions, dict) or not all(isinstance(e, dict) for e in editions.values()):
        message = f"'{path}' names no edition; expected tables such as [editions.december]."
        raise ParameterError(message)
    return editions


def editions_of(tables: Tables) -> list[Edition]:
    """Return the editions made of some tables, the earliest first; none of a user's own tables."""
    path = own_editions()
    if path is None or tables.folder.resolve() != _ROOT / "data":
        return []
    made = [_edition(name, facts) for name, facts in read_file(path).items()]
    return sorted((each for each in made if each.as_of), key=lambda each: each.as_of)


def _edition(name: str, facts: dict) -> Edition:
    """Return an edition from what the file says of it."""
    rows = facts.get("row_ids", ())
    return Edition(
        name,
        _day(facts.get("as_of")),
        str(facts.get("evidence", "checked")),
        *(str(facts.get(key, "")) for key in ("number", "title")),
        _day(facts.get("written_on")),
        *(str(facts.get(key, "")) for key in ("headline", "bottom_line")),
        tuple(map(str, rows)) if isinstance(rows, list) else (str(rows),),
    )


def _day(value: object) -> date | None:
    """Return a TOML date, or a text that is one; None of anything else."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def edition_of(as_of: date, evidence: str, tables: Tables) -> Edition | None:
    """Return the edition of a day and an evidence; None where none is named."""
    named = [
        each for each in editions_of(tables) if (each.as_of, each.evidence) == (as_of, evidence)
    ]
    return named[0] if named else None


def edition_before(as_of: date, evidence: str, tables: Tables) -> Edition | None:
    """Return the last edition before a day, of the same evidence; None without an earlier one."""
    named = [
        each for each in editions_of(tables) if each.as_of < as_of and each.evidence == evidence
    ]
    return named[-1] if named else None


def imprint(title: str, as_of: date, evidence: str, tables: Tables, *, dated: bool = True) -> str:
    """Return the line on a first page: number, day, version, when written, how to cite.

    Parameters
    ----------
    title : str
        Title of the report.
    as_of, evidence, tables
        Of which the report is made.
    dated : bool
        Whether the report is of a day; an audit of the article is of none.
    """
    edition = edition_of(as_of, evidence, tables)
    version = read_package(tables.folder)["version"]
    day = [f"as of {day_in_words(as_of)}"] if dated else []
    called = f"Edition {edition.number}, {edition.title}" if edition and edition.number else ""
    facts = [called, *day, f"data {version}"]
    if edition and edition.written_on:
        facts.append(f"written on {day_in_words(edition.written_on)}")
    which = f"edition {edition.number}" if called else f"data {version}"
    cite = ", ".join(["sahel_analysis", title, which, *([str(as_of)] if dated else [])])
    line = "; ".join(filter(None, facts))
    return f"{line[0].upper()}{line[1:]}. Cite as: {cite}."


def lint_editions(tables: Tables) -> list[Problem]:
    """Return what is wrong with headline and bottom line of the editions of some tables.

    Parameters
    ----------
    tables : Tables
        The tables; each line is held to the rows that its edition names, as the narrative is.
    """
    return [
        Problem(FILE, each.name, column, message)
        for each in editions_of(tables)
        for column in ("headline", "bottom_line")
        if (text := getattr(each, column))
        for message in sentence_faults(text, each.row_ids, tables)
    ]
