"""The data package's schema: what each table's columns are, read from ``datapackage.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, Problem

FILE = "datapackage.json"


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
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        message = f"not found; looked for it in '{folder}'. Name the folder that holds it."
        raise DataError([Problem(FILE, "", "", message)]) from fault
    except ValueError as fault:
        message = f"is not JSON in UTF-8 ({fault}). Mend the file."
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
    package = read_package(folder)
    try:
        return {resource["name"]: _table(resource) for resource in package["resources"]}
    except (KeyError, TypeError, IndexError) as fault:
        message = f"lacks {fault} in one of its resources; see the Data Package standard."
        raise DataError([Problem(f"{folder.name}/{FILE}", "", "", message)]) from fault


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
