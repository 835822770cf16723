"""Promises about the repository as a whole: its layout, its notebooks, its metadata."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from sahel_analysis.evidence.record import articles

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "sahel_analysis"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# What conda-forge calls differently from the package index.
CONDA_NAMES = {"pypandoc": "pypandoc-binary", "python-duckdb": "duckdb", "typst-py": "typst"}
# The build backend and what it needs for an editable install.
BUILD_NAMES = {"hatchling", "editables"}


def tracked() -> list[Path]:
    """Return the files that git tracks, or would once they are added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone")
    names = [name for name in listing.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Return the text of every tracked text file, by its path in the repository."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return found


def pyproject() -> dict:
    """Return ``pyproject.toml``."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> dict[str, SpecifierSet]:
    """Return every direct requirement of ``pyproject.toml`` by its normalised name."""
    project = pyproject()
    lines = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(line for extra in project["project"]["optional-dependencies"].values() for line in extra),
        *project["dependency-groups"]["test"],
        *project["dependency-groups"]["docs"],
    ]
    return {normalised(r.name): r.specifier for r in map(Requirement, lines)}


def normalised(name: str) -> str:
    """Return a distribution's name as the packaging standard compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_imports_run_in_one_direction():
    """A room imports only from rooms nearer to the tables; words need no pictures."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    """Return each notebook in turn."""
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook) -> list:
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_parameters(cell) -> bool:
    """Return whether a cell is tagged ``parameters``."""
    return "parameters" in cell.metadata.get("tags", [])


def test_notebooks_are_stripped_and_run_on_python3(notebook):
    """A notebook holds no outputs, no counts, and names the kernel that everybody has."""
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_notebooks_have_one_cell_of_commented_literal_parameters(notebook):
    """Parameters are literals, each with a comment that says what values it takes."""
    tagged = [cell for cell in notebook.cells if is_parameters(cell)]
    if not tagged:
        pytest.skip("no report: nothing is tagged as its parameters")
    [cell] = tagged
    tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    assert comments, "a report without parameters says so"
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign), "only assignments stand in this cell"
        ast.literal_eval(statement.value)
        lines = range(statement.lineno - 1, statement.end_lineno + 1)
        assert comments.intersection(lines), f"line {statement.lineno} has no comment"


def test_notebook_cells_are_calls_of_at_most_five_lines(notebook):
    """A notebook defines nothing, loops over nothing and reads no file."""
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.comprehension)
    for cell in code_cells(notebook):
        if not is_parameters(cell):
            assert len(cell.source.splitlines()) <= 5, cell.source
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, forbidden), cell.source
            name = getattr(node, "attr", getattr(node, "id", ""))
            assert name != "open", cell.source
            assert not name.startswith("read_"), cell.source


def test_notebooks_of_reports_import_report_alone(notebook):
    """Whoever writes one needs to know no other name of the package."""
    if not any(map(is_parameters, notebook.cells)):
        pytest.skip("no report")
    sources = [cell.source for cell in code_cells(notebook)]
    lines = [line for source in sources for line in source.splitlines() if "import " in line]
    assert lines == ["from sahel_analysis import Report"]


def test_conda_environment_has_the_constraints_of_pyproject():
    """``environment.yml`` and ``pyproject.toml`` ask for the same."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    lines = []
    for entry in environment["dependencies"]:
        lines.extend(entry["pip"] if isinstance(entry, dict) else [entry])
    asked = {}
    for requirement in map(Requirement, lines):
        name = normalised(requirement.name)
        asked[CONDA_NAMES.get(name, name)] = requirement.specifier
    assert asked.pop("python") == SpecifierSet(pyproject()["project"]["requires-python"])
    del asked["pip"], asked["editables"]
    assert asked == requirements()


def test_lock_pins_and_hashes_all_that_pyproject_asks_for():
    """``requirements.lock`` meets every constraint, by hash, and holds no address."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pins: dict[str, list[str]] = {}
    for entry in text.replace("\\\n", " ").splitlines():
        requirement = Requirement(entry.partition(" --hash")[0])
        assert "--hash=sha256:" in entry, f"'{requirement.name}' has no hash"
        [pin] = requirement.specifier
        assert pin.operator == "=="
        pins.setdefault(normalised(requirement.name), []).append(pin.version)
    assert pins.keys() >= BUILD_NAMES
    for name, specifier in requirements().items():
        assert name in pins, f"'{name}' is not locked; run 'make lock'"
        for version in pins[name]:
            assert version in specifier, f"'{name}' is locked at {version}; run 'make lock'"


def test_versions_agree():
    """Package, tables, citation and changelog name one version."""
    version = pyproject()["project"]["version"]
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert package["version"] == version
    assert str(citation["version"]) == version
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == version


def test_make_help_lists_every_target():
    """``make help`` names each target that a user may ask for."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    try:
        run = subprocess.run(
            ["make", "--no-print-directory", "help"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        pytest.skip("make is not installed")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()) - {"moved"}
    assert {"help", "report", "test", "test-all", "lab", "check", "bench", "clean"} <= targets
    assert targets == set(re.findall(r"^ +make ([\w-]+) ", run.stdout, re.MULTILINE))


def test_no_file_names_a_machine_or_a_package_index():
    """Nothing in the repository depends on where it was written or where packages come from."""
    # Put together here, so that this file does not hold what it looks for.
    words = ("/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/", r"\\Us" + "ers", "/wo" + "rk/")
    indexes = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "deb" + "ian.org")
    for name, text in texts().items():
        for word in (*words, *indexes):
            assert word not in text, f"'{name}' holds '{word}'"


def test_every_file_of_the_data_folder_is_declared():
    """A file in ``data/`` is a table of the package or is named in a README there."""
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    declared = {resource["path"] for resource in package["resources"]}
    readmes = [ROOT / "data/README.md", ROOT / "data/boundaries/README.md"]
    prose = "".join(path.read_text(encoding="utf-8") for path in readmes)
    for path in tracked():
        if path.is_relative_to(ROOT / "data") and path.name != "README.md":
            name = path.relative_to(ROOT / "data").as_posix()
            assert name in declared or f"`{path.name}`" in prose, f"'{name}' is not declared"


def test_no_file_repeats_thirteen_words_of_the_article():
    """The repository holds phrases of the article of at most 12 words, never its sentences."""
    if "SAHEL_ARTICLE" not in os.environ:
        pytest.skip("SAHEL_ARTICLE names no copy of the article")
    article = runs_of_words(Path(os.environ["SAHEL_ARTICLE"]).read_text(encoding="utf-8"))
    assert article
    for name, text in texts().items():
        shared = article & runs_of_words(text)
        assert not shared, f"'{name}' repeats: {' '.join(min(shared))}"


def runs_of_words(text: str, length: int = 13) -> set[tuple[str, ...]]:
    """Return every run of so many words, without their case and the punctuation around them."""
    words = [re.sub(r"^\W+|\W+$", "", word) for word in text.casefold().split()]
    words = [word for word in words if word]
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def test_what_is_optional_is_loaded_by_those_who_ask_for_it():
    """Neither the help of the command nor a report's notebook loads a package of an extra."""
    optional = ("xlsxwriter", "ipywidgets", "distributed", "sqlite3", "sphinx", "openpyxl")
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from sahel_analysis.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "assert 'pandas' not in sys.modules\n"
        "from sahel_analysis import Report\n"
        "Report('Niger', country='NER').annex()\n"
        f"print(*(name for name in {optional} if name in sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


def test_no_code_or_template_names_the_first_article(tables):
    """Neither its key nor its day, outside docstrings and the examples of days in messages."""
    first = articles(tables)[0]
    day = tables.sources.at[first, "article_day"]
    words = re.compile(rf"\b{first}\b|\b{day.day} {day.month_name()} {day.year}\b")
    for path in (ROOT / "sahel_analysis").rglob("*"):
        if path.suffix not in {".py", ".html", ".js", ".css", ".typ", ".lua"}:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            tree = ast.parse(text)
            told = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and ast.get_docstring(node) is not None
            }
            constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
            text = "\n".join(str(node.value) for node in constants if id(node) not in told)
        assert not words.search(text), f"{path}: {words.search(text)[0]}"
