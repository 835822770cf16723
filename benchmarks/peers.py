"""The other ways to make the same country briefs, each as a user would write it."""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

NOTEBOOK = "country_brief"
Edition = tuple[str, str]


def source() -> Path:
    """Return the notebook's path."""
    from sahel_analysis.batch.jobs import notebook_folder

    return notebook_folder() / f"{NOTEBOOK}.ipynb"


def commands(editions: list[Edition], output: Path) -> None:
    """Make each report by two commands, as a shell loop does."""
    notebook = source()
    binaries = Path(sys.executable).parent
    for day, country in editions:
        made = output / f"{country}_{day}.ipynb"
        given = ["-p", "as_of", day, "-p", "country", country]
        papermill = [str(binaries / "papermill"), "--no-progress-bar", *given]
        subprocess.run([*papermill, str(notebook), str(made)], check=True)
        nbconvert = [str(binaries / "jupyter"), "nbconvert", "--to", "html", str(made)]
        subprocess.run(nbconvert, check=True)


def loop(editions: list[Edition], output: Path) -> None:
    """Make each report in one process by the APIs of papermill and nbconvert."""
    import papermill
    from nbconvert import get_exporter

    exporters = {suffix: get_exporter(f"briefing_{suffix}")() for suffix in ("html", "pdf")}
    for day, country in editions:
        made = output / f"{country}_{day}.ipynb"
        given = {"as_of": day, "country": country}
        papermill.execute_notebook(source(), made, given, progress_bar=False)
        for suffix, exporter in exporters.items():
            pages, _ = exporter.from_filename(str(made))
            data = pages.encode() if isinstance(pages, str) else pages
            made.with_suffix(f".{suffix}").write_bytes(data)


def nbprint(editions: list[Edition], output: Path) -> None:
    """Make each report by nbprint's command, HTML as its own template has it.

    It takes parameters from a notebook's first cell only, so each report has a notebook written.
    """
    import nbformat

    for day, country in editions:
        notebook = nbformat.read(source(), as_version=4)
        given = f'as_of = "{day}"\nevidence = "checked"\ncountry = "{country}"\nlang = "en"'
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = given
        made = output / f"{country}_{day}.ipynb"
        nbformat.write(notebook, made)
        command = [str(Path(sys.executable).parent / "nbprint"), str(made)]
        subprocess.run([*command, f"++nbprint.outputs.root={output}/{made.stem}"], check=True)


def floor(editions: list[Edition], output: Path) -> None:
    """Make each report without papermill, kernel and messages, in as many processes as cores."""
    from sahel_analysis.batch.build import cores

    context = get_context("forkserver")
    context.set_forkserver_preload(
        ["sahel_analysis.publishing.exporters", "sahel_analysis.report.exhibits"]
    )
    with ProcessPoolExecutor(cores(), mp_context=context) as pool:
        list(pool.map(_bare, editions, [output] * len(editions)))


def _bare(edition: Edition, output: Path) -> None:
    """Run the notebook's cells in this process and export what they show."""
    import nbformat

    from sahel_analysis.publishing.exporters import export

    day, country = edition
    notebook = nbformat.read(source(), as_version=4)
    space: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        shown = _last_value(cell.source, space)
        if "parameters" in cell.metadata.get("tags", []):
            space |= {"as_of": day, "country": country}
        elif hasattr(shown, "_repr_mimebundle_"):
            data, metadata = shown._repr_mimebundle_()
            result = nbformat.v4.new_output("execute_result", data, metadata=metadata)
            cell.outputs = [result]
    for suffix, data in export(notebook, ("html", "pdf"), name=f"{country}_{day}").items():
        (output / f"{country}_{day}.{suffix}").write_bytes(data)


def _last_value(code: str, space: dict[str, object]) -> object:
    """Run a cell and return the value of its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), space)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space) if last else None


def main() -> None:
    """Run one way over a matrix."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("commands", "loop", "nbprint", "floor"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--countries", nargs="+", required=True)
    parser.add_argument("--days", nargs="+", required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    editions = list(product(options.days, options.countries))
    globals()[options.way](editions, options.output)


if __name__ == "__main__":
    main()
