"""Form: a report's parameters as menus in JupyterLab, with the page they stand for."""

from __future__ import annotations

import ast
import html
import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ParameterError, SahelError
from ..evidence.record import EVIDENCE
from .outputs import Output
from .parameters import date_range, notebook_parameters, scope

if TYPE_CHECKING:
    from ipywidgets import VBox

    from .report import Report

_SESSION = "JPY_SESSION_NAME"  # in which JupyterLab tells a kernel its notebook
_CALL = ".form("  # a cell that shows a form is no part of the page
_ALL = "all"


def page(notebook: Path, values: Mapping[str, object]) -> list[Output]:
    """Return what the cells of a notebook show with other parameters, run in this process.

    Parameters
    ----------
    notebook : pathlib.Path
        With a cell tagged ``parameters``.
    values : mapping
        Parameters by name, set after that cell, as papermill does.
    """
    namespace: dict[str, object] = {}
    shown_ = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or _CALL in source:
            continue
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, notebook.name, "exec"), namespace)
        if "parameters" in cell["metadata"].get("tags", []):
            namespace |= values
        if last is not None:
            value = eval(compile(ast.Expression(last.value), notebook.name, "eval"), namespace)
            shown_ += [value] if isinstance(value, Output) else []
    # The annex is a document of its own.
    return [output for output in shown_ if not output.metadata.get("sahel", {}).get("annex")]


def command(notebook: Path, values: Mapping[str, object]) -> str:
    """Return the `papermill` command that runs a notebook with some parameters."""
    path = notebook.relative_to(Path.cwd()) if notebook.is_relative_to(Path.cwd()) else notebook
    given = [word for name, value in values.items() for word in ("-p", name, str(value))]
    return shlex.join(["papermill", str(path), "out.ipynb", *given])


def form(report: Report, notebook: str | Path = "") -> VBox:
    """Return the form of a report; see `report.Report.form`."""
    try:
        import ipywidgets
    except ImportError as fault:
        message = "A form needs ipywidgets: pip install 'sahel-analysis[form]'."
        raise ParameterError(message) from fault
    path, takes = _notebook(notebook)
    menus = _menus(report, takes)
    said, shows = ipywidgets.HTML(), ipywidgets.Output()

    def refresh(_change: object = None) -> None:
        values = {name: _literal(menu.value) for name, menu in menus.items()}
        said.value = "<p>One moment …</p>"
        try:
            outputs = page(path, values)
        except SahelError as fault:
            said.value = f"<pre>{html.escape(str(fault))}</pre>"
            return
        said.value = (
            f"<p>The same page by papermill:</p><pre>{html.escape(command(path, values))}</pre>"
        )
        shows.outputs = [
            {
                "output_type": "display_data",
                "data": {"text/html": output.data["text/html"]},
                "metadata": {},
            }
            for output in outputs
        ]

    for menu in menus.values():
        menu.observe(refresh, names="value")
    refresh()
    return ipywidgets.VBox([*menus.values(), said, shows])


def _notebook(notebook: str | Path) -> tuple[Path, tuple[str, ...]]:
    """Return the notebook of a form and the names of its parameters."""
    name = notebook or os.environ.get(_SESSION, "")
    path = Path(name).absolute()
    if not str(name).endswith(".ipynb") or not path.is_file():
        message = (
            f"'{name}' is no saved notebook; expected one by name, such as "
            "report.form('country_brief.ipynb')."
        )
        raise ParameterError(message)
    takes = notebook_parameters(path)
    if not takes:
        message = f"'{path.name}' has no cell tagged 'parameters', so there is nothing to choose."
        raise ParameterError(message)
    return path, takes


def _menus(report: Report, takes: tuple[str, ...]) -> dict:
    """Return a menu for each parameter that a notebook takes, set as the report is."""
    from ipywidgets import DatePicker, Dropdown

    from ..tables.loading import load_tables

    tables = load_tables()  # the report itself sees its own rows alone
    first, last = date_range(tables)
    asked = report.parameters
    countries = [(name, iso3) for iso3, name in scope(tables).items()]
    several = asked.countries[0] if len(asked.countries) == 1 else _ALL
    menus = {
        "as_of": lambda: DatePicker(description="Day", value=asked.as_of, min=first, max=last),
        "evidence": lambda: Dropdown(
            description="Evidence", options=EVIDENCE, value=asked.evidence
        ),
        "countries": lambda: Dropdown(
            description="Country", options=[("All countries", _ALL), *countries], value=several
        ),
        "country": lambda: Dropdown(
            description="Country", options=countries, value=asked.country or countries[0][1]
        ),
    }
    return {name: menus[name]() for name in takes if name in menus}


def _literal(value: object) -> object:
    """Return the choice of a menu as a notebook's cell would hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
