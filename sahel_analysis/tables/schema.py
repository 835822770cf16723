"""The data package's schema, read from ``datapackage.json``, and the codebook made from it.

``python -m sahel_analysis.tables.schema`` renews the column tables of ``data/README.md``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import DataError, Problem, shown
from ..files import misfits, parsed, read, sound_path

FILE = "datapackage.json"
CODEBOOK = "README.md"
VARIABLE = "SAHEL_DATA"  # environment variable that names a data folder of the user's own
_PACKAGE = Path(__file__).resolve().parents[1]
_OWN = (_PACKAGE / "data", _PACKAGE.parent / "data")  # in an installed package, and in a clone
LAYERS = ("countries.geojson", "disputed_lines.geojson")  # outlines beside the tables
_LONGEST = 500  # characters of a pattern
_KEYS = {"fields": [str], "reference": {"resource": str, "fields": [str]}}
_FIELD = {
    "name": str,
    "type": {"string", "integer", "number", "boolean", "date"},
    "description?": str,
    "references?": str,
    "separator?": str,
    "constraints?": {
        "required?": bool, "unique?": bool, "enum?": [str], "pattern?": str,
        "minimum?": float, "maximum?": float,
    },
}  # fmt: skip
# The part of the Data Package standard that the tables are read by; see `files.misfits`.
_SHAPE = {
    "name": str,
    "version": str,
    "title?": str,
    "description?": str,
    "licenses?": [dict],
    "resources": [
        {
            "name": str,
            "path": str,
            "description?": str,
            "schema": {"fields": [_FIELD], "primaryKey": [str]},
        }
    ],
}
_MARKED = re.compile(r"<!-- columns: (?P<table>\w+) -->\n.*?<!-- end columns -->", re.DOTALL)


@dataclass(frozen=True)
class Field:
    """One column of one table.

    Attributes
    ----------
    name : str
        Column name.
    type : str
        Frictionless type: ``string``, ``integer``, ``number``, ``boolean`` or ``date``.
    description : str
        What the column holds, for readers of the codebook.
    constraints : dict
        Frictionless constraints: ``required``, ``unique``, ``enum``, ``pattern``, ``minimum``,
        ``maximum``.
    references : str
        ``table.column`` that each member of the cell must name; empty where there is none.
    separator : str
        What parts the members of a list cell; empty where the cell holds one value.
    """

    name: str
    type: str
    description: str
    constraints: dict
    references: str = ""
    separator: str = ""

    @property
    def is_date(self) -> bool:
        """Whether the column holds EDTF strings."""
        return self.name.endswith("_edtf") or self.name == "known_from"


@dataclass(frozen=True)
class TableSchema:
    """One table of the package.

    Attributes
    ----------
    name, path, description : str
        Resource name, file name, and what one row is.
    fields : tuple of Field
        Columns in their order.
    key : str
        Name of the key column.
    """

    name: str
    path: str
    description: str
    fields: tuple[Field, ...]
    key: str

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [field.name for field in self.fields]


def data_folder(folder: str | Path | None = None) -> Path:
    """Return the folder that holds the tables.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A folder of the user's own. Without it: the folder that the environment variable
        ``SAHEL_DATA`` names, else the data of the package.

    Raises
    ------
    DataError
        If there is no such folder, or no ``datapackage.json`` in it.
    """
    if folder is None:
        folder = os.environ.get(VARIABLE) or None
    if folder is not None:
        folder = sound_path(folder, "the tables", _NoFolder)
    candidates = _OWN if folder is None else [folder]
    for candidate in candidates:
        if (candidate / FILE).is_file():
            return candidate
    places = "' and '".join(shown(candidate, 1000) for candidate in candidates)
    message = f"no data folder with this file was found; looked in '{places}'."
    raise DataError([Problem(FILE, "", "", message)])


class _NoFolder(DataError):
    """What was given names no folder."""

    def __init__(self, message: str) -> None:
        super().__init__([Problem(FILE, "", "", message)])

    def __reduce__(self):
        """Pickle as what it is a case of."""
        return DataError, (self.problems,)


def environment() -> dict[str, str]:
    """Return ``SAHEL_DATA`` with its path made absolute, for a process in another folder."""
    folder = os.environ.get(VARIABLE)
    return {VARIABLE: str(Path(folder).absolute())} if folder else {}


def outlines_file(folder: Path, name: str) -> Path:
    """Return the file of a layer of outlines: a data folder's own, else the package's.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.
    name : str
        File name, such as ``countries.geojson``.
    """
    places = [place / "boundaries" / name for place in (folder, *_OWN)]
    return next((path for path in places if path.is_file()), places[0])


def read_package(folder: Path) -> dict:
    """Return ``datapackage.json`` as it stands.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.

    Raises
    ------
    DataError
        If the file is missing or is not JSON.
    """
    path = folder / FILE
    try:
        return parsed(read(path))
    except FileNotFoundError as fault:
        message = f"not found; looked for it in '{folder}'. Name the folder that holds it."
        raise DataError([Problem(FILE, "", "", message)]) from fault
    except OSError as fault:
        message = f"cannot be read ({fault.strerror}); looked for it in '{folder}'."
        raise DataError([Problem(FILE, "", "", message)]) from fault
    except ValueError as fault:
        message = f"is not JSON in UTF-8 ({shown(fault)}). Mend the file."
        raise DataError([Problem(f"{folder.name}/{FILE}", "", "", message)]) from fault


def read_schema(folder: Path) -> dict[str, TableSchema]:
    """Return the schema of every table, by name.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.

    Raises
    ------
    DataError
        If ``datapackage.json`` is missing, is not JSON, or lacks what a table needs.
    """
    return schema_of(read_package(folder), folder.name)


def schema_of(package: object, folder: str) -> dict[str, TableSchema]:
    """Return the schema of every table of a ``datapackage.json`` that was read.

    Parameters
    ----------
    package : object
        Its content.
    folder : str
        Name of the data folder, for messages.

    Raises
    ------
    DataError
        With one sentence for each fault, which names its place.
    """
    faults = list(misfits(package, _SHAPE))
    schema: dict[str, TableSchema] = {}
    if not faults:
        for number, resource in enumerate(package["resources"]):
            place = f"resources[{number}]"
            faults += _resource_faults(resource, place, schema)
            if not faults:
                schema[resource["name"]] = _table(resource)
    if not faults:
        faults = list(_dangling(schema))
    if faults:
        raise DataError(Problem(f"{folder}/{FILE}", "", *fault) for fault in faults)
    return schema


def _resource_faults(
    resource: dict, place: str, before: dict[str, TableSchema]
) -> Iterator[tuple[str, str]]:
    """Yield place and message for what is wrong with one resource beyond its shape."""
    path, schema = resource["path"], resource["schema"]
    if resource["name"] in before:
        yield f"{place}.name", f"'{shown(resource['name'])}' stands twice."
    pure = PurePosixPath(path)
    if not path.isprintable() or pure.is_absolute() or ".." in pure.parts or path != str(pure):
        yield f"{place}.path", f"'{shown(path)}' leads elsewhere; expected such as 'events.csv'."
    names = [field["name"] for field in schema["fields"]]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{place}.schema.fields", f"'{shown(name)}' stands {names.count(name)} times."
    if schema["primaryKey"][0] not in names or len(schema["primaryKey"]) > 1:
        yield f"{place}.schema.primaryKey", "is no column of the table."
    keys = schema.get("foreignKeys", [_KEYS_OF_NONE])
    yield from misfits(keys, [_KEYS], f"{place}.schema.foreignKeys")
    for number, field in enumerate(schema["fields"]):
        where = f"{place}.schema.fields[{number}]"
        pattern = field.get("constraints", {}).get("pattern", "")
        try:
            sound = len(pattern) <= _LONGEST and re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            sound = None
        if not sound:
            message = f"'{shown(pattern)}' is no pattern of {_LONGEST} characters or fewer."
            yield f"{where}.constraints.pattern", message
        if field.get("separator") == "":
            yield f"{where}.separator", "is empty; leave it out, or name the sign."


_KEYS_OF_NONE = {"fields": [""], "reference": {"resource": "", "fields": [""]}}


def _dangling(schema: dict[str, TableSchema]) -> Iterator[tuple[str, str]]:
    """Yield place and message for each reference to the key of no table."""
    keys = {f"{table.name}.{table.key}" for table in schema.values()}
    for table in schema.values():
        for field in table.fields:
            if field.references and field.references not in keys:
                place = f"resources.{table.name}.{field.name}"
                yield place, f"refers to '{shown(field.references)}', which is the key of no table."


def _table(resource: dict) -> TableSchema:
    """Return one table's schema from its resource, with foreign keys put on their columns."""
    schema = resource["schema"]
    foreign = {}
    for key in schema.get("foreignKeys", []):
        target = key["reference"]["resource"] or resource["name"]
        foreign[key["fields"][0]] = f"{target}.{key['reference']['fields'][0]}"
    fields = tuple(
        Field(
            name=field["name"],
            type=field["type"],
            description=field.get("description", ""),
            constraints=field.get("constraints", {}),
            references=field.get("references", foreign.get(field["name"], "")),
            separator=field.get("separator", ""),
        )
        for field in schema["fields"]
    )
    return TableSchema(
        name=resource["name"],
        path=resource["path"],
        description=resource.get("description", ""),
        fields=fields,
        key=schema["primaryKey"][0],
    )


def column_table(table: TableSchema) -> str:
    """Return one table's columns as a Markdown table.

    Parameters
    ----------
    table : TableSchema
        The table.

    Returns
    -------
    str
        One line per column: name, type, whether a cell must be filled, meaning, allowed values.
    """
    lines = [
        "| column | type | filled | meaning | values |",
        "| --- | --- | --- | --- | --- |",
    ]
    for field in table.fields:
        kind = f"list of {field.type}" if field.separator else field.type
        filled = "always" if field.constraints.get("required") else ""
        cells = (f"`{field.name}`", kind, filled, field.description, _values(field))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _values(field: Field) -> str:
    """Return in Markdown what a cell may hold beyond its type; empty where anything may stand."""
    rules = field.constraints
    if "enum" in rules:
        return ", ".join(f"`{value}`" for value in rules["enum"])
    if field.references:
        table, column = field.references.split(".")
        return f"`{column}` of `{table}`"
    if "minimum" in rules and "maximum" in rules:
        return f"{rules['minimum']} to {rules['maximum']}"
    if "minimum" in rules:
        return f"{rules['minimum']} or more"
    return f"`{rules['pattern']}`" if "pattern" in rules else ""


def with_column_tables(text: str, schema: dict[str, TableSchema]) -> str:
    """Return a codebook with the column tables between its markers made anew.

    Parameters
    ----------
    text : str
        The codebook. A table stands between ``<!-- columns: NAME -->`` and
        ``<!-- end columns -->``.
    schema : dict of TableSchema
        Schema of every table, by name.

    Returns
    -------
    str
        The codebook; what stands outside the markers is untouched.

    Raises
    ------
    DataError
        If a table of the schema has no place in the codebook, or more than one, or a marker
        names no table.
    """
    places = [match["table"] for match in _MARKED.finditer(text)]
    wrong = [name for name in schema if places.count(name) != 1]
    wrong += [name for name in dict.fromkeys(places) if name not in schema]
    if wrong:
        message = "expected '<!-- columns: {0} -->' and '<!-- end columns -->' once per table."
        raise DataError(Problem(CODEBOOK, "", name, message.format(name)) for name in wrong)
    return _MARKED.sub(
        lambda match: (
            f"<!-- columns: {match['table']} -->\n"
            f"{column_table(schema[match['table']])}\n<!-- end columns -->"
        ),
        text,
    )


def rewrite_codebook(folder: str | Path | None = None) -> Path:
    """Rewrite the column tables of a data folder's codebook.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; see `data_folder`.

    Returns
    -------
    pathlib.Path
        The codebook.

    Raises
    ------
    DataError
        If the schema cannot be read or the codebook lacks a marker.
    """
    folder = data_folder(folder)
    path = folder / CODEBOOK
    text = with_column_tables(path.read_text(encoding="utf-8"), read_schema(folder))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    rewrite_codebook()
