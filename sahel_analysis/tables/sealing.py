"""The seal: what the tables held when a version was released, and how they differ from it now."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..errors import DataError, ParameterError, Problem, shown
from ..files import misfits, read, sha256, write_text
from .reading import read_rows
from .schema import FILE, LAYERS, TableSchema, outlines_file, read_package, schema_of

_SEAL = "seal"  # property of datapackage.json
_SHAPE = {
    "version": str,
    "package": str,
    "outlines": {str: str},
    "tables": {str: {"rows": int, "sha256": str, "digests": str}},
}
_DIGITS = 8  # of a row's digest: enough to tell that it changed; the file's SHA-256 is whole
_NAMED = 6  # keys that a sentence names
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


class Change(NamedTuple):
    """One way in which a file is not as released: ``fewer``, ``more`` or ``other`` rows, or bytes."""

    file: str
    how: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """How tables stand to the release whose seal they carry.

    Attributes
    ----------
    version : str
        Version of the tables.
    sealed : str
        Version of the release; empty where there is no seal.
    changes : tuple of Change
        What differs from it.
    """

    version: str = ""
    sealed: str = ""
    changes: tuple[Change, ...] = ()

    def lost(self) -> list[tuple[str, str]]:
        """Return file and key of the rows that the release had and the tables have not."""
        return [(c.file, key) for c in self.changes if c.how == "fewer" for key in c.keys]

    def told(self, seen: Collection[str] | None = None) -> list[str]:
        """Return in sentences how the tables differ from the release.

        Parameters
        ----------
        seen : collection of str, optional
            Keys of the rows that a report shows: of changed and new rows these alone are told, and
            nothing of files. All without it.
        """
        if not self.sealed:
            return [
                f"Tables of version {self.version}, not sealed: nothing tells whether rows were lost."
            ]
        sentences = []
        for file, how, keys in self.changes:
            if seen is not None and how != "fewer":
                keys = tuple(key for key in keys if key in seen)
            if keys:
                named = [*keys[:_NAMED], *([f"{len(keys) - _NAMED} more"] * (len(keys) > _NAMED))]
                listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
                rows = f"{len(keys)} row{'s' * (len(keys) > 1)}"
                than = "other than in" if how == "other" else f"{how} than"
                sentences.append(f"{file}: {rows} {than} {self.sealed}, {listed}.")
            elif how == "bytes" and seen is None:
                sentences.append(f"{file}: not as in {self.sealed}.")
        return sentences or [f"Tables as released in {self.sealed}."]


def content_of(folder: Path, table: TableSchema) -> bytes:
    """Return the file of a table; one that is not there is as empty as one with a header alone."""
    try:
        return read(folder / table.path)
    except FileNotFoundError:
        return ",".join(table.columns).encode()


def row_digests(rows: pd.DataFrame, table: TableSchema) -> dict[str, str]:
    """Return the digest of each row as written, by key.

    Parameters
    ----------
    rows : pandas.DataFrame of str
        Cells of one table, as `reading.read_rows` returns them.
    table : TableSchema
        Its schema.
    """
    cells = rows[table.columns].itertuples(index=False, name=None)
    return {
        key: sha256(json.dumps(row).encode())[:_DIGITS]
        for key, row in zip(rows[table.key], cells, strict=True)
    }


def released(
    package: Mapping,
    schema: Mapping[str, TableSchema],
    contents: Mapping[str, bytes],
    rows: Mapping[str, pd.DataFrame],
    outlines: Mapping[str, str],
) -> Release:
    """Return how the files of a data folder differ from the release whose seal they carry.

    Parameters
    ----------
    package : mapping
        Their ``datapackage.json``.
    schema : mapping of TableSchema
        Schema of every table.
    contents : mapping of bytes
        The file of every table.
    rows : mapping of pandas.DataFrame
        Cells of every table as written.
    outlines : mapping of str
        Digest of every layer of outlines; see `layer_sha256`.

    Raises
    ------
    DataError
        If the seal itself is damaged.
    """
    if _SEAL not in package:
        return Release(package["version"])
    seal = package[_SEAL]
    faults = list(misfits(seal, _SHAPE, _SEAL))
    if faults:
        raise DataError(Problem(FILE, "", *fault) for fault in faults)
    changes = list(_table_changes(seal["tables"], schema, contents, rows))
    now = {**outlines, FILE: _package_sha256(package)}
    was = {**seal["outlines"], FILE: seal["package"]}
    changes += [Change(name, "bytes") for name in now | was if now.get(name) != was.get(name)]
    return Release(package["version"], seal["version"], tuple(changes))


def _table_changes(
    sealed: Mapping[str, Mapping],
    schema: Mapping[str, TableSchema],
    contents: Mapping[str, bytes],
    rows: Mapping[str, pd.DataFrame],
) -> Iterator[Change]:
    """Yield how each table differs from what was sealed."""
    for name in dict.fromkeys([*sealed, *schema]):
        file = schema[name].path if name in schema else name
        was = sealed.get(name, {"rows": 0, "sha256": "", "digests": ""})
        if name in contents and sha256(contents[name]) == was["sha256"]:
            continue
        before = dict(line.rpartition(" ")[::2] for line in was["digests"].splitlines())
        after = row_digests(rows[name], schema[name]) if name in rows else {}
        fewer, more = (
            tuple(sorted(set(before) - set(after))),
            tuple(sorted(set(after) - set(before))),
        )
        other = tuple(key for key in before if after.get(key, before[key]) != before[key])
        found = {"fewer": fewer, "more": more, "other": other}
        yield from (Change(file, how, keys) for how, keys in found.items() if keys)
        if not any(found.values()):
            yield Change(file, "bytes")


def seal(folder: Path, version: str) -> Path:
    """Write version, row count and SHA-256 of each table into ``datapackage.json``; return its path.

    Parameters
    ----------
    folder : pathlib.Path
        A data folder whose tables were found sound.
    version : str
        The version that is released, such as ``2.0.0``.

    Raises
    ------
    ParameterError
        If it is no version of a release.
    """
    if not _VERSION.fullmatch(version):
        message = f"version: '{shown(version)}' is no version of a release; expected such as 2.0.0."
        raise ParameterError(message)
    package = {**read_package(folder), "version": version}
    schema = schema_of(package, folder.name)
    contents = {name: content_of(folder, table) for name, table in schema.items()}
    rows = {name: read_rows(contents[name], "", table, []) for name, table in schema.items()}
    package[_SEAL] = {
        "version": version,
        "package": _package_sha256(package),
        "outlines": {name: layer_sha256(folder, name) for name in LAYERS},
        "tables": {
            name: {
                "rows": len(rows[name]),
                "sha256": sha256(contents[name]),
                "digests": "\n".join(map(" ".join, row_digests(rows[name], table).items())),
            }
            for name, table in schema.items()
        },
    }
    text = json.dumps(package, indent=2, ensure_ascii=False)
    return write_text(folder / FILE, f"{text}\n")


def _package_sha256(package: Mapping) -> str:
    """Return the digest of ``datapackage.json`` without its version and its seal."""
    kept = {name: value for name, value in package.items() if name not in ("version", _SEAL)}
    return sha256(json.dumps(kept, sort_keys=True).encode())


def layer_sha256(folder: Path, name: str) -> str:
    """Return the digest of a layer of outlines; empty where there is none."""
    path = outlines_file(folder, name)
    return sha256(path.read_bytes()) if path.is_file() else ""
