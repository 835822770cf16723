"""Trial notebooks, cheap to run, in the place of the country brief; and the processes they leave."""

from __future__ import annotations

from pathlib import Path

import nbformat
import psutil

PARAMETERS = 'as_of = "2023-12-04"\nevidence = "checked"\ncountry = "NER"\nlang = "en"'
END = ("report.notes()", "report.signature()")
COVER = 'from sahel_analysis import Report\n\nreport = Report("country_brief", globals())\nreport.cover()'


def put_brief(folder: Path, *cells: str) -> Path:
    """Write a country brief with a cover, some cells, notes and a signature; return its folder."""
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


def use_notebooks(monkeypatch, folder: Path) -> None:
    """Let builds in this process take their notebooks from a folder."""
    for module in ("build", "freshness"):
        monkeypatch.setattr(f"sahel_analysis.batch.{module}.notebook_folder", lambda: folder)


def kernels(below: int | None = None) -> list[psutil.Process]:
    """Return the nurseries and the kernels forked from them, of this machine or below a process."""
    root = psutil.Process(below) if below else None
    processes = root.children(recursive=True) if root else psutil.process_iter()
    found = []
    for process in processes:
        try:
            if "sahel_analysis.batch.nursery" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
