"""Changes: what moved between two days, and which rows differ between two states of the tables."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..errors import ParameterError, shown
from ..tables.loading import FRAMES, Tables
from ..tables.vocabulary import EVENT_TYPES, FRENCH_STATES, POSTURE_THEMES, ROOTS, RUSSIAN_STATES
from .actors import family
from .bases import bases
from .posture import followed, states_of
from .record import Record, public_from, visible_events, visible_figures

_COUNT_MONTHS = 24  # a count that is older says nothing of how things stand


@dataclass(frozen=True)
class Changes:
    """What moved between two days.

    Attributes
    ----------
    before, after : Record
        What was on record on the two days, with the events and figures that counted.
    posture : pandas.DataFrame
        Posture of the countries compared on the second day; see `posture.posture`.
    states : pandas.DataFrame
        A row for each country and side whose state moved, or whose state is no longer confirmed
        or is again: ``iso3``, ``theme``, ``before``, ``after``, ``confirmed_before``,
        ``confirmed``, ``event_id`` (the event behind it, empty where none is), ``date_edtf``.
    bases : pandas.DataFrame
        A row for each base opened or left: ``root``, ``place_id``, ``name_en``, ``iso3``,
        ``change`` (``opened`` or ``left``), ``date_edtf``, ``to``, ``event_id``.
    counts : pandas.DataFrame
        A row for each side and country with a newer count of people: ``root``, ``iso3``,
        ``before`` (key of the figure, or empty), ``after``.
    judgements : pandas.DataFrame
        A row for each judgement ``opened``, ``moved`` (of a question that had one before),
        ``renewed`` (its likelihood is as before) or ``settled``: ``judgement_id``, ``change``,
        ``before`` (key of the one before, or empty), ``day``.
    events : pandas.DataFrame
        The events that count on the second day and did not on the first.
    """

    before: Record
    after: Record
    posture: pd.DataFrame
    states: pd.DataFrame
    bases: pd.DataFrame
    counts: pd.DataFrame
    judgements: pd.DataFrame
    events: pd.DataFrame


def changes(
    since: date,
    until: date,
    evidence: str,
    tables: Tables,
    countries: Sequence[str] | None = None,
) -> Changes:
    """Return what moved from the end of one day to the end of another.

    Parameters
    ----------
    since, until : datetime.date
        The two days, the earlier first.
    evidence : {"checked", "article"}
        As in `posture.posture`.
    tables : Tables
        The tables, or the extract of the later day.
    countries : sequence of str, optional
        ISO 3166-1 alpha-3; all that are followed without it.

    Raises
    ------
    ValueError
        If the second day is not after the first.
    """
    if until <= since:
        message = f"from {since} to {until}: the second day must come after the first"
        raise ValueError(message)
    countries = followed(tables) if countries is None else list(countries)
    before, after = (_on(day, evidence, tables) for day in (since, until))
    new = after.events[~after.events.index.isin(before.events.index)]
    days = [pd.Timestamp(since), pd.Timestamp(until)]
    both = states_of(countries, days, evidence, tables)
    was, now = (both.xs(day, level="as_of") for day in days)
    return Changes(
        before,
        after,
        now,
        _states(was, now, after, new),
        _bases(before, after, countries),
        _counts(before, after, countries),
        _judgements(since, until, evidence, tables, [*countries, "region"]),
        new[[not cell or not set(countries).isdisjoint(cell) for cell in new["iso3"]]],
    )


def _on(day: date, evidence: str, tables: Tables) -> Record:
    """Return what counted on a day, without the extract's digests, which nobody asks for here."""
    stamp = pd.Timestamp(day)
    events, figures = visible_events(tables, evidence), visible_figures(tables, evidence)
    events = events[(events["visible_from"] <= stamp) & ~(events["visible_until"] <= stamp)]
    return Record(day, evidence, tables, events, figures[~(figures["visible_from"] > stamp)])


def _states(was: pd.DataFrame, now: pd.DataFrame, after: Record, new: pd.DataFrame) -> pd.DataFrame:
    """Return the states that moved, those that decide most first."""
    rows = []
    for theme in POSTURE_THEMES:
        for iso3, two in now.iterrows():
            one = was.loc[iso3]
            moved = one[theme] != two[theme]
            sure = bool(one[f"{theme}_confirmed"]), bool(two[f"{theme}_confirmed"])
            if not moved and sure[0] == sure[1]:
                continue
            ids = [key for key in two[f"{theme}_event_ids"] if key in new.index]
            if moved and not ids:  # the side has less than before: what ended it stands behind it
                ids = _ended(new, iso3, one[theme])
            key = ids[0] if ids else ""
            edtf = new.at[key, "date_edtf"] if key else two[f"{theme}_attested"]
            rows.append((iso3, theme, one[theme], two[theme], *sure, key, edtf))
    columns = ["iso3", "theme", "before", "after", "confirmed_before", "confirmed", "event_id"]
    frame = pd.DataFrame(rows, columns=[*columns, "date_edtf"])
    order = {state: rank for states in (FRENCH_STATES, RUSSIAN_STATES) for rank, state in
             enumerate(states)}  # fmt: skip
    moved = frame["before"] != frame["after"]
    public = after.events["visible_from"].reindex(frame["event_id"]).to_numpy()
    ranks = frame.assign(moved=moved, rank=frame["after"].map(order), public=public)
    by = ["theme", "moved", "rank", "public"]
    ordered = ranks.sort_values(by, ascending=[True, False, False, True], kind="stable")
    return ordered[frame.columns].reset_index(drop=True)


def _ended(new: pd.DataFrame, iso3: str, state: str) -> list[str]:
    """Return the newest event of a country that ended what was there before; none or one."""
    ends = [
        iso3 in named and EVENT_TYPES[kind].ends_russian == state
        for named, kind in zip(new["iso3"], new["event_type"], strict=True)
    ]
    return list(new.index[ends][-1:])


def _bases(before: Record, after: Record, countries: list[str]) -> pd.DataFrame:
    """Return the bases opened and left, by side, then by day."""
    rows = []
    for root in ROOTS:
        old, new = bases(before, root), bases(after, root)
        held = set(old.index[old["in_use"]])
        for base in new.itertuples():
            was, known = base.Index in held, base.Index in old.index
            left_now = not base.in_use and (was or (not known and base.closed))
            if base.iso3 not in countries or was == base.in_use and not left_now:
                continue
            change, edtf = ("opened", base.opened) if base.in_use else ("left", base.closed)
            ids = [key for key in base.event_ids if key not in before.events.index]
            key = (ids[0] if base.in_use else ids[-1]) if ids else ""
            latest = after.events["latest"].get(key)
            rows.append(
                (root, base.Index, base.name_en, base.iso3, change, edtf, base.to, key, latest)
            )
    columns = ["root", "place_id", "name_en", "iso3", "change", "date_edtf", "to", "event_id"]
    frame = pd.DataFrame(rows, columns=[*columns, "latest"])
    ordered = frame.sort_values(["root", "change", "latest"], kind="stable")
    return ordered[columns].reset_index(drop=True)


def _counts(before: Record, after: Record, countries: list[str]) -> pd.DataFrame:
    """Return the newest counts that were not the newest on the first day."""
    old, new = _newest(before, countries), _newest(after, countries)
    rows = [
        (root, iso3, old.get((root, iso3), ""), key)
        for (root, iso3), key in new.items()
        if old.get((root, iso3)) != key
    ]
    return pd.DataFrame(rows, columns=["root", "iso3", "before", "after"])


def _newest(record: Record, countries: list[str]) -> dict[tuple[str, str], str]:
    """Return the newest count of people of each side in each country, no older than two years."""
    figures, day = record.figures, pd.Timestamp(record.as_of)
    fits = (figures["unit"] == "people") & (figures["measure"] == "stock")
    fits &= figures["latest"] > day - pd.DateOffset(months=_COUNT_MONTHS)
    fits &= pd.Series([len(cell) == 1 for cell in figures["iso3"]], figures.index, dtype="bool")
    counted = figures[fits].sort_values("latest", kind="stable")
    newest = {}
    for root in ROOTS:
        theirs = counted[counted["actor_id"].isin(family(record.tables.actors, root))]
        newest |= {(root, iso3): key for key, (iso3,) in theirs["iso3"].items()}
    return {key: newest[key] for key in sorted(newest) if key[1] in countries}


def _judgements(
    since: date, until: date, evidence: str, tables: Tables, scopes: Iterable[str]
) -> pd.DataFrame:
    """Return the judgements opened, moved, renewed and settled between two days."""
    table, first, last = tables.judgements, pd.Timestamp(since), pd.Timestamp(until)
    table = table[(table["evidence"] == evidence) & table["scope"].isin(list(scopes))]
    rows = []
    for row in table.sort_values("valid_from", kind="stable").itertuples():
        if first < row.valid_from <= last:
            earlier = table[(table["question"] == row.question) & (row.question != "")]
            earlier = earlier[earlier["valid_from"] < row.valid_from].sort_values("valid_from")
            change, key = "opened", ""
            if len(earlier):
                key = earlier.index[-1]
                same = earlier["likelihood"].iloc[-1] == row.likelihood
                change = "renewed" if same and row.change == "unchanged" else "moved"
            rows.append((row.Index, change, key, row.valid_from))
        day = settled_on(row, tables)
        if day is not None and first < day <= last:
            rows.append((row.Index, "settled", "", day))
    return pd.DataFrame(rows, columns=["judgement_id", "change", "before", "day"])


def settled_on(judgement: object, tables: Tables) -> pd.Timestamp | None:
    """Return the day on which a judgement was settled; None where it is open.

    Parameters
    ----------
    judgement : named tuple
        A row of the table ``judgements``.
    tables : Tables
        The tables. Events settle it once all of them are public; without one its horizon does.
    """
    if not judgement.outcome:
        return None
    if not judgement.settled_by:
        return judgement.horizon_end
    days = public_from(tables, "events").reindex(judgement.settled_by)
    return None if days.isna().any() else days.max()


# Two states of the tables


@dataclass(frozen=True)
class TableChanges:
    """What differs between two states of one table.

    Attributes
    ----------
    table : str
        Its name.
    rows : tuple of int
        How many rows the old state and the new one have; -1 where there is no such table.
    added, withdrawn : list of str
        Keys of rows that are new, and of those that are gone.
    changed : pandas.DataFrame
        A row for each cell that differs: ``row_id``, ``column``, ``old``, ``new``, ``reason``
        (of the table ``corrections``, empty without one), facts before wording.
    columns_added, columns_gone : list of str
        Columns that the other state has not: their cells have no counterpart.
    reasons : dict of str to str
        Why rows were withdrawn, as far as ``corrections`` says so.
    """

    table: str
    rows: tuple[int, int]
    added: list[str]
    withdrawn: list[str]
    changed: pd.DataFrame
    columns_added: list[str]
    columns_gone: list[str]
    reasons: dict[str, str]


def read_state(place: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a folder, a wheel or a commit as text, by name, indexed by their keys.

    Parameters
    ----------
    place : str
        A folder with the CSV files, a wheel (or another zip archive), or a commit of the clone
        in which the command runs. They are not held against a schema: an older state has another.

    Raises
    ------
    ParameterError
        If the place is none of the three or holds no table.
    """
    path = Path(place)
    if path.is_dir():
        contents = {file.stem: file.read_bytes() for file in sorted(path.glob("*.csv"))}
    elif path.is_file():
        contents = _of_archive(path)
    else:
        contents = _of_commit(place)
    frames = {}
    for name, content in contents.items():
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        if lines and name in FRAMES:
            head, rows = lines[0], [line for line in lines[1:] if line]
            frames[name] = pd.DataFrame(rows, columns=head, dtype="object").set_index(head[0])
    if not frames:
        message = f"'{shown(place)}' holds no table; expected CSV files such as events.csv."
        raise ParameterError(message)
    return frames


def _of_archive(path: Path) -> dict[str, bytes]:
    """Return the CSV files of a wheel's data folder, by name."""
    try:
        return _zipped(path)
    except (OSError, zipfile.BadZipFile) as fault:
        message = f"'{shown(path)}' is no wheel that can be read; name a folder, a wheel, a commit."
        raise ParameterError(message) from fault


def _of_commit(name: str) -> dict[str, bytes]:
    """Return the CSV files in the folder ``data`` of a commit, by name."""
    clone = Path(__file__).resolve().parents[2]
    git = ["git", "-C", str(clone)]
    fault = (
        f"'{shown(name)}' is no folder, no wheel and no commit of '{clone}'; "
        "expected one of the three."
    )
    if name.startswith("-"):
        raise ParameterError(fault)
    try:
        archive = subprocess.run(
            [*git, "archive", "--format=zip", name, "data"], capture_output=True, check=True
        )
    except (OSError, ValueError, subprocess.CalledProcessError) as reason:
        raise ParameterError(fault) from reason
    return _zipped(io.BytesIO(archive.stdout))


def _zipped(archive: Path | io.BytesIO) -> dict[str, bytes]:
    """Return the CSV files that stand in a folder ``data`` of an archive, by name."""
    with zipfile.ZipFile(archive) as files:
        paths = [Path(name) for name in files.namelist()]
        own = [path for path in paths if path.parent.name == "data" and path.suffix == ".csv"]
        return {path.stem: files.read(path.as_posix()) for path in own}


def compare(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> list[TableChanges]:
    """Return what differs between two states of the tables, table by table.

    Parameters
    ----------
    old, new : mapping of str to pandas.DataFrame
        What `read_state` returns. The reasons are those of the newer state's ``corrections``.
    """
    reasons = _reasons(new.get("corrections"))
    names = [name for name in FRAMES if name in old or name in new]
    empty = pd.DataFrame()
    return [
        _table_changes(name, old.get(name, empty), new.get(name, empty), reasons)
        for name in names
        if name != "corrections"
    ]


def _reasons(corrections: pd.DataFrame | None) -> dict[tuple[str, str, str], str]:
    """Return the reason of each correction by table, row and column; the newest counts."""
    if corrections is None:
        return {}
    keys = zip(*(corrections[name] for name in ("table", "row_id", "column")), strict=True)
    return dict(zip(keys, corrections["reason_en"], strict=True))


def _table_changes(
    name: str,
    old: pd.DataFrame,
    new: pd.DataFrame,
    reasons: Mapping[tuple[str, str, str], str],
) -> TableChanges:
    """Return what differs between two states of one table."""
    both = [column for column in new.columns if column in old.columns]
    kept = old.index.intersection(new.index, sort=False)
    cells = []
    for column in both:
        one, two = old.loc[kept, column], new.loc[kept, column]
        for key in kept[(one != two).to_numpy()]:
            reason = reasons.get((name, key, column), "")
            cells.append((key, column, one[key], two[key], reason))
    changed = pd.DataFrame(cells, columns=["row_id", "column", "old", "new", "reason"])
    changed = changed.assign(wording=[is_wording(column) for column in changed["column"]])
    changed = changed.sort_values(["wording", "row_id"], kind="stable").drop(columns="wording")
    gone = list(old.index.difference(new.index, sort=False))
    why = {
        key: reason
        for (table, key, column), reason in reasons.items()
        if table == name and key in set(gone)
    }
    return TableChanges(
        name,
        (len(old) if len(old.columns) else -1, len(new) if len(new.columns) else -1),
        list(new.index.difference(old.index, sort=False)),
        gone,
        changed.reset_index(drop=True),
        [column for column in new.columns if column not in old.columns] if len(old.columns) else [],
        [column for column in old.columns if column not in new.columns] if len(new.columns) else [],
        why,
    )


def is_wording(column: str) -> bool:
    """Return whether a column holds sentences of ours or the marks of editing, no fact."""
    return column.endswith("_en") or column in ("title", "access_note", "rank")
