"""A small data folder and a notebook of a user's own, to begin with."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ..errors import ParameterError
from ..files import write_text
from .loading import Tables
from .schema import FILE, read_package, read_schema
from .vocabulary import ROOTS
from .writing import as_csv, table_cells

_EVENTS = (2, 1)  # events of the first country, and of the second
_CELLS = (
    "report = Report('My report', '{place}, {day}', as_of=as_of, evidence=evidence, "
    "countries=countries)\nreport.cover()",
    "report.map()",
    "report.timeline()",
    "report.events_table()",
    "report.key_sources()",
    "report.notes()",
    "report.annex()",
)


def start(folder: str | Path, tables: Tables) -> str:
    """Write a data folder of three events in two countries, without an article, and a notebook.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where ``data/`` and ``notebooks/`` go; made if it is not there.
    tables : Tables
        Tables from which the rows are taken.

    Returns
    -------
    str
        What was written, and what to do next.

    Raises
    ------
    ParameterError
        If something is in the folder already.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"'{folder}' is not empty; name a folder that is empty or not there yet."
        raise ParameterError(message)
    kept, events = _kept(tables)
    for name, table in read_schema(tables.folder).items():
        header, *rows = table_cells(tables.folder / table.path) or [table.columns]
        rows = [dict(zip(header, row, strict=True)) for row in rows if row[0] in kept.get(name, ())]
        for row in rows:
            if name == "events":
                row |= {"claim_ids": "", "same_as": ""}
            if name == "countries" and row["iso3"] not in set(events["iso3"].explode()):
                row["in_scope"] = "false"
            if name == "sources":
                row |= {"article_day": "", "text_sha256": ""}
        cells = [header, *([row[column] for column in header] for row in rows)]
        write_text(folder / "data" / table.path, as_csv(cells))
    told = "Three events to begin with; put rows of your own in their place."
    package = read_package(tables.folder) | {
        "name": "my-tables", "title": "My tables", "description": told, "version": "0.1.0",
    }  # fmt: skip
    write_text(folder / "data" / FILE, json.dumps(package, indent=2, ensure_ascii=False) + "\n")
    day = events["latest"].max().date().isoformat()
    notebook = json.dumps(_notebook(day), indent=1, ensure_ascii=False) + "\n"
    write_text(folder / "notebooks" / "my_report.ipynb", notebook)
    return (
        f"{folder / 'data'}: {len(events)} events in two countries.\n"
        f"{folder / 'notebooks' / 'my_report.ipynb'}: a report of your own.\n"
        f"Next: sahel validate {folder / 'data'}\n"
        f"      sahel --data {folder / 'data'} build --notebooks {folder / 'notebooks'}"
    )


def _kept(tables: Tables) -> tuple[dict[str, set[str]], pd.DataFrame]:
    """Return the keys of the rows to begin with, by table, and the events among them."""
    countries = tables.countries[tables.countries["in_scope"]].sort_values("rank").index[:2]
    known = tables.events[tables.events["basis"] == "reference"].sort_values("latest")
    events = pd.concat(
        known[known["iso3"].map(lambda cell, iso3=iso3: cell == (iso3,))][-number:]
        for iso3, number in zip(countries, _EVENTS, strict=True)
    )
    actors = set(ROOTS) | {*events["actor_ids"].explode(), *events["counterpart_ids"].explode()}
    while parents := set(tables.actors["parent_id"].reindex([*actors]).dropna()) - actors - {""}:
        actors |= parents
    actors &= set(tables.actors.index)
    places = set(events["place_id"]) - {""}
    places |= set(tables.places["within"].reindex([*places])) - {""}
    named = {
        *countries,
        *tables.actors.loc[[*actors], "iso3"],
        *tables.places.loc[[*places], "iso3"],
    }
    kept = {
        "events": set(events.index),
        "actors": actors,
        "places": places,
        "countries": named - {""},
        "sources": set(events["source_ids"].explode()),
    }
    return kept, events


def _notebook(day: str) -> dict:
    """Return a notebook that makes a report, as nbformat has it."""
    parameters = (
        f'as_of = "{day}"  # last day that counts\n'
        'evidence = "checked"\n'
        'countries = "all"  # or a list of ISO 3166-1 alpha-3 codes'
    )
    sources = [parameters, "from sahel_analysis import Report", *_CELLS]
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {"tags": ["parameters"]} if source == parameters else {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
