"""Interchange: which formats a record can be handed on in, and who writes each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ..evidence.record import Record, edition

# Format: ending of the file, module and function that write it, what stands in it.
FORMATS = {
    "gpkg": (".gpkg", "layers", "write_gpkg", "map layers and their tables, for QGIS"),
    "geojson": (".geojson", "layers", "write_geojson", "posture and events, for web maps"),
    "csv": (".csv", "spreadsheets", "write_csv", "events, for spreadsheets"),
    "csl-json": (".csl.json", "references", "write_csl_json", "sources, for Zotero"),
    "jsonld": (".jsonld", "references", "write_jsonld", "claims, schema.org and W3C annotations"),
}


def export(record: Record, form: str, path: str | Path | None = None) -> str:
    """Write a record in one format.

    Parameters
    ----------
    record : Record
        Evidence and day.
    form : str
        Key of `FORMATS`.
    path : str or pathlib.Path, optional
        The file; ``sahel_<day>_<evidence>`` with the format's ending in the current folder
        without it.

    Returns
    -------
    str
        A line that says what was written where.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    ending, module, function, held = FORMATS[form]
    path = Path(path or f"sahel_{record.as_of}_{record.evidence}{ending}")
    # Here because geopandas is heavy and most formats do without it.
    write: Callable = getattr(import_module(f".{module}", __package__), function)
    return f"{write(path, record)}: {held}, {edition(record)}."
