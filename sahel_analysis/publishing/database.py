"""Database: a record as one SQLite file with views, for Datasette, DB Browser and DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd

from ..errors import ExportError
from ..evidence.posture import CONFIRMED_MONTHS, followed, states_of
from ..evidence.record import Record, visible_events
from ..files import whole
from ..report.attachments import TABLES
from ..tables.loading import Tables
from ..tables.schema import TableSchema, read_package, read_schema
from ..tables.writing import as_text
from .spreadsheet import base_rows, rows_of

_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_BOOLEANS = {"true": "1", "false": "0"}
# Plain SQL without functions, so that other engines read them out of the file as they stand.
VIEWS = {
    "posture_on": "SELECT days.day, spells.* FROM days JOIN posture_spells AS spells "
    "ON days.day >= spells.from_day AND days.day <= spells.to_day",
    "claims_with_checks": "SELECT claims.*, checks.verdict, checks.credibility, checks.gravity, "
    "checks.finding_en, checks.checked_on FROM claims LEFT JOIN checks "
    "ON checks.claim_id = claims.claim_id",
    "bases_in_use": "SELECT * FROM bases WHERE in_use = 1",
}


def write_sqlite(path: str | Path, record: Record) -> Path:
    """Write a record as an SQLite database: its tables, long tables of lists, three views.

    ``posture_on`` has a row for each country and day, from the first event to the record's day;
    ``claims_with_checks`` the article's claims with what sources say; ``bases_in_use`` where forces
    stand on the record's day. A list column such as ``actor_ids`` of ``events`` is joined by a
    table ``events_actor_ids`` with a row for each member. Equal records give equal bytes.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    tables = rows_of(record)
    with whole(path) as file:
        try:
            with closing(sqlite3.connect(file, isolation_level=None)) as database:
                database.execute("BEGIN")
                for statement, rows in _contents(record, tables):
                    database.executemany(statement, rows) if rows else database.execute(statement)
                database.execute("COMMIT")
        except sqlite3.Error as fault:
            message = f"'{path}' cannot be written ({fault})."
            raise ExportError(message) from fault
    return Path(path)


def _contents(record: Record, tables: Tables) -> Iterator[tuple[str, list[tuple]]]:
    """Yield each statement with the rows that it takes; none for one that takes no row."""
    schema = read_schema(tables.folder)
    package = read_package(tables.folder)
    about = {
        "title": package["title"],
        "version": package["version"],
        "as_of": record.as_of.isoformat(),
        "evidence": record.evidence,
        "licence": ", ".join(licence["name"] for licence in package.get("licenses", [])),
    }
    yield from _table("about", pd.DataFrame(about.items(), columns=["name", "value"]))
    for name in TABLES:
        frame, table = getattr(tables, name), schema[name]
        yield from _table(name, _cells(frame, table), table)
        for field in table.fields:
            if field.separator:
                members = frame[field.name].explode().dropna()
                long = pd.DataFrame({table.key: members.index, "member": members.to_numpy()})
                yield from _table(f"{name}_{field.name}", long)
    yield from _table("bases", base_rows(record).reset_index())
    spells = _spells(record)
    yield from _table("posture_spells", spells)
    first = spells["from_day"].min()
    days = pd.date_range(first, record.as_of).strftime("%Y-%m-%d")
    yield from _table("days", pd.DataFrame({"day": days}))
    for name, query in VIEWS.items():
        yield f"CREATE VIEW {name} AS {query}", []


def _cells(frame: pd.DataFrame, table: TableSchema) -> pd.DataFrame:
    """Return the cells of a table as text, with the bounds of its dates."""
    cells = as_text(frame, table)
    for end in ("earliest", "latest"):
        if end in frame:
            days = frame[end].dt.strftime("%Y-%m-%d")
            cells[end] = days.fillna("").to_numpy()
    return cells


def _table(
    name: str, frame: pd.DataFrame, table: TableSchema | None = None
) -> Iterator[tuple[str, list[tuple]]]:
    """Yield the statements that make a table; what is empty becomes NULL."""
    fields = {field.name: field for field in table.fields} if table else {}
    columns = []
    for column in frame:
        field = fields.get(column)
        kind = _TYPES.get(field.type, "TEXT") if field else _kind(frame[column])
        key = " PRIMARY KEY" if table and column == table.key else ""
        columns.append(f'"{column}" {kind}{key}')
    yield f'CREATE TABLE "{name}" ({", ".join(columns)})', []
    if rows := list(
        zip(*(_values(frame[column], fields.get(column)) for column in frame), strict=True)
    ):
        yield f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})', rows


def _kind(column: pd.Series) -> str:
    """Return the type of a column that is in no schema."""
    if column.dtype == bool:
        return "INTEGER"
    return "REAL" if pd.api.types.is_float_dtype(column) else "TEXT"


def _values(column: pd.Series, field: object) -> list:
    """Return the cells of a column as SQLite keeps them."""
    if column.dtype == bool:
        return [int(value) for value in column]
    if field is not None and field.type == "boolean":
        column = column.map(_BOOLEANS)
    return [None if pd.isna(value) or value == "" else value for value in column]


def _spells(record: Record) -> pd.DataFrame:
    """Return the posture of each country, a row for each stretch of days on which it is the same."""
    days = _turning_days(record)
    series = states_of(followed(record.tables), days, record.evidence, record.tables)
    series = series.reset_index()
    for name in series:
        if name.endswith("_event_ids"):
            series[name] = series[name].map(";".join)
    series["day"] = series.pop("as_of").dt.strftime("%Y-%m-%d")
    series = series.sort_values(["iso3", "day"], kind="stable")
    states = series.drop(columns="day")
    series["spell"] = (states != states.shift()).any(axis="columns").cumsum()
    kept = series.groupby("spell").first().rename(columns={"day": "from_day"})
    following = pd.to_datetime(kept.groupby("iso3")["from_day"].shift(-1))
    until = following - pd.Timedelta(days=1)
    kept["to_day"] = until.dt.strftime("%Y-%m-%d").fillna(record.as_of.isoformat())
    kept.insert(1, "evidence", record.evidence)
    return kept


def _turning_days(record: Record) -> list[pd.Timestamp]:
    """Return the days on which a posture may change, the first of all days among them.

    An event comes to be seen, another tells it better, or two years have passed since it.
    """
    events = visible_events(record.tables, record.evidence)
    lapsed = events["latest"] + pd.DateOffset(months=CONFIRMED_MONTHS)
    # Months differ in length: two years before a day may be one date for several days.
    lapses = [lapsed + pd.Timedelta(days=after) for after in range(4)]
    days = pd.concat([events["visible_from"], events["visible_until"], *lapses]).dropna()
    first, last = record.tables.events["earliest"].min(), pd.Timestamp(record.as_of)
    return sorted({first, last, *days[(days > first) & (days < last)]})
