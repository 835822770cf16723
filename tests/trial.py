"""Trial notebooks, cheap to run, in the place of the country brief; and what builds leave."""

from __future__ import annotations

from pathlib import Path

import nbformat

PARAMETERS = 'as_of = "2023-12-04"\nevidence = "checked"\ncountry = "NER"\narticle = ""'
END = ("report.key_sources()", "report.notes()", "report.signature()")
COVER = """from sahel_analysis import Report

report = Report("{place}, {day}", as_of=as_of, evidence=evidence, country=country)
report.cover()"""


def put_brief(folder: Path, *cells: str) -> Path:
    """Write a country brief with a cover, some cells, sources, notes and a signature; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python"}}
    )
    for number, source in enumerate((PARAMETERS, COVER, *cells, *END)):
        tags = {"tags": ["parameters"]} if number == 0 else {}
        cell = nbformat.v4.new_code_cell(source, id=f"trial-{number}", metadata=tags)
        notebook.cells.append(cell)
    nbformat.write(notebook, folder / "country_brief.ipynb")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
