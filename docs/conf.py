"""The documentation: pages made from the data package, the codebook and the docstrings."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

import pypandoc
from sphinx.application import Sphinx

import sahel_analysis
from sahel_analysis.evidence.record import record
from sahel_analysis.prose.method import MARKS_EXPLAINED, sources_and_method
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.schema import Field, TableSchema, read_package, read_schema
from sahel_analysis.tables.writing import as_text

project = "Sahel analysis"
author = "sahel-analysis"
copyright = "MIT; tables and text CC BY 4.0"  # noqa: A001
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = []
default_role = "code"
napoleon_google_docstring = False
autodoc_typehints = "none"  # the docstrings say it
autodoc_member_order = "bysource"
html_theme = "alabaster"
html_theme_options = {"description": "What every table, name and command is", "page_width": "70rem"}
html_copy_source = html_show_sourcelink = html_show_sphinx = False

# Of the codebook what says how the tables are to be read; its columns have pages of their own.
_SECTIONS = ("How to read the tables", "Posture", "Words and marks")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_COMMON, _SHOWN = 24, 3  # so many values are listed with counts, or else so many are shown


def setup(app: Sphinx) -> None:
    """Write the pages that follow from the data before Sphinx reads the folder."""
    app.connect("builder-inited", write_pages)


def write_pages(app: Sphinx) -> None:
    """Write a page for each table and each kind of name, the list of tables, and the method."""
    folder, tables = Path(app.srcdir), load_tables()
    schema = read_schema(tables.folder)
    (folder / "tables").mkdir(exist_ok=True)
    for name, table in schema.items():
        cells = as_text(getattr(tables, name), table)
        _put(folder / "tables" / f"{name}.rst", _table_page(table, cells))
    package = read_package(tables.folder)
    rows = [
        (f":doc:`{name} <tables/{name}>`", str(len(getattr(tables, name))), table.description)
        for name, table in schema.items()
    ]
    listed = "\n".join(f"   tables/{name}" for name in schema)
    _put(
        folder / "tables.rst",
        f"{_heading('Tables', '=')}{package['description']}\n\n"
        f"{_grid(('table', 'rows', 'one row is'), rows)}\n"
        f".. toctree::\n   :hidden:\n\n{listed}\n",
    )
    names = "".join(
        f".. auto{'class' if isinstance(value, type) else 'function'}:: sahel_analysis.{name}\n"
        f"{'   :members:' if isinstance(value, type) else ''}\n\n"
        for name in sahel_analysis.__all__
        for value in [getattr(sahel_analysis, name)]
    )
    _put(folder / "names.rst", f"{_heading('Names', '=')}{names}")
    codebook = (tables.folder / "README.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", codebook, flags=re.MULTILINE)
    kept = [part for part in parts if part.split("\n", 1)[0] in _SECTIONS]
    method = (
        f"{sources_and_method(record(tables.events['latest'].max().date()))}\n\n{MARKS_EXPLAINED}"
    )
    text = "\n\n".join([method, *(f"## {part}" for part in kept)])
    text = _LINK.sub(lambda link: _relinked(link, schema), text)
    body = pypandoc.convert_text(text, "rst", "gfm", ["--shift-heading-level-by=0", "--wrap=none"])
    _put(folder / "method.rst", f"{_heading('Method', '=')}{body}")


def _table_page(table: TableSchema, cells) -> str:
    """Return the page of a table: what a row is, and of each column what it holds."""
    rows = [
        (
            f"``{field.name}``",
            f"list of {field.type}" if field.separator else field.type,
            f"{int((cells[field.name] != '').sum())} of {len(cells)}",
            _escaped(field.description),
            _values(field, cells[field.name]),
        )
        for field in table.fields
    ]
    heads = ("column", "type", "filled", "meaning", "values and examples")
    return (
        f"{_heading(table.name, '=')}{table.description}\n\n{len(cells)} rows; key "
        f"``{table.key}``; file ``data/{table.path}``.\n\n{_grid(heads, rows)}"
    )


def _values(field: Field, cells) -> str:
    """Return the values of a column with their counts where they are few, else some of them."""
    filled = cells[cells != ""]
    members = filled.str.split(field.separator).explode() if field.separator else filled
    leads = field.references.partition(".")[0]
    told = (
        f"Keys of :doc:`{leads}`. " if leads and leads in read_schema(load_tables().folder) else ""
    )
    counts = members.value_counts(sort=False).sort_index()
    if "enum" in field.constraints or (0 < len(counts) <= _COMMON and counts.max() > 1):
        known = {value: 0 for value in field.constraints.get("enum", counts.index)}
        known |= counts.to_dict()
        return told + ", ".join(f"``{_plain(v)}`` ({n})" for v, n in known.items())
    examples = members.drop_duplicates()[:_SHOWN]
    return told + ", ".join(f"``{_plain(value)}``" for value in examples)


def _plain(value: str) -> str:
    """Return a value that can stand between two grave accents, not too long."""
    short = value if len(value) <= 80 else f"{value[:79]}…"
    return short.replace("`", "'").strip()


def _relinked(link: re.Match, schema: dict[str, TableSchema]) -> str:
    """Return a link of the codebook as one of the site, or its text alone."""
    text, target = link.groups()
    if target.startswith("http"):
        return link[0]
    name = target.removeprefix("#")
    return f"[{text}](tables/{name}.html)" if name in schema else text


def _escaped(text: str) -> str:
    """Return a description, whose grave accents mark words of the tables, as reStructuredText."""
    parts = text.split("`")
    plain = [re.sub(r"([*|_\\])", r"\\\1", part) for part in parts[::2]]
    words = [f"``{part}``\\ " for part in parts[1::2]]
    return "".join(part for pair in zip_longest(plain, words, fillvalue="") for part in pair)


def _heading(text: str, line: str) -> str:
    """Return a heading."""
    return f"{text}\n{line * len(text)}\n\n"


def _grid(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table."""
    widths = "18 9 9 34 30" if len(heads) == 5 else "15 10 75"
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in (heads, *rows):
        lines += [f"   {'*' if place == 0 else ' '} - {cell}" for place, cell in enumerate(row)]
    return "\n".join(lines) + "\n"


def _put(path: Path, text: str) -> None:
    """Write a page if it is another one."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
