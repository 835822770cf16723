"""Promises about what is handed on and what is installed: contents, hashes, licences."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from command import Run, brief
from test_repository import ROOT, pyproject, tracked
from trial import contents

NAME = "sahel_analysis-{version}".format(**pyproject()["project"])
# Under these, anybody may use, change and pass on; the first word of each kind as it is written.
PERMISSIVE = (
    r"0BSD|Apache|Artistic|BSD|CC0|CC-BY-4\.0|ISC|MIT|Mozilla Public|MPL|PSF|Python Software"
    r"|Public Domain|SIL Open Font|Unlicense|Zlib"
)


def git_files(*folders: str) -> set[str]:
    """Return the tracked files, or those below some folders, by their path in the repository."""
    names = {path.relative_to(ROOT).as_posix() for path in tracked()}
    return {name for name in names if not folders or name.startswith(folders)}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Return the folder of a wheel and an sdist, built without a network and apart from the clone."""
    if find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed; 'make' installs it from the lock")
    folder = tmp_path_factory.mktemp("built")
    for name in git_files():
        target = folder / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    # What a clone in use holds besides, none of which is to be handed on.
    for name in ("reports/2023/a.html", "sahel_analysis/__pycache__/a.pyc", "notes.txt", ".env"):
        target = folder / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("mine")
    command = [sys.executable, "-m", "hatchling", "build", "-d", folder / "dist"]
    run = Run(program=command, cwd=folder / "clone", offline=True).end()
    assert run.code == 0, run.stderr
    return folder / "dist"


def test_wheel_holds_package_tables_and_notebooks_and_nothing_else(built):
    """Every tracked file of them, at its place."""
    inside = {
        name if name.startswith("sahel_analysis/") else f"sahel_analysis/{name}"
        for name in git_files("sahel_analysis/", "data/", "notebooks/")
    }
    told = ("METADATA", "WHEEL", "RECORD", "entry_points.txt")
    licence = ("licenses/LICENSE", "licenses/LICENSE-DATA")
    told = {f"{NAME}.dist-info/{name}" for name in (*told, *licence)}
    with zipfile.ZipFile(built / f"{NAME}-py3-none-any.whl") as wheel:
        assert set(wheel.namelist()) == inside | told
        for name in git_files("data/"):
            assert wheel.read(f"sahel_analysis/{name}") == (ROOT / name).read_bytes()


def test_sdist_holds_what_wheel_and_tests_are_made_from_and_nothing_else(built):
    """No report, no cache, nobody's notes."""
    top = (
        ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA",
        "Makefile", "README.md", "SECURITY.md", "editions.toml", "environment.yml",
        "pyproject.toml", "requirements.lock",
    )  # fmt: skip
    inside = git_files("sahel_analysis/", "data/", "notebooks/", "docs/", "tests/")
    with tarfile.open(built / f"{NAME}.tar.gz") as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names == inside | {*top, "PKG-INFO"}


def test_equal_sources_give_equal_distributions(built, tmp_path):
    """Built again from the sdist, the wheel is the same to the byte."""
    with tarfile.open(built / f"{NAME}.tar.gz") as sdist:
        sdist.extractall(tmp_path, filter="data")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"]
    run = Run(program=command, cwd=tmp_path / NAME, offline=True).end()
    assert run.code == 0, run.stderr
    wheel = f"{NAME}-py3-none-any.whl"
    assert (tmp_path / "dist" / wheel).read_bytes() == (built / wheel).read_bytes()


@pytest.fixture(scope="module")
def pip() -> list[str]:
    """Return pip's command; an environment need not hold it."""
    for python in (sys.executable, sys._base_executable):
        command = [python, "-m", "pip"]
        if not subprocess.run([*command, "--version"], capture_output=True).returncode:
            return command
    return pytest.skip("no pip was found")


@pytest.fixture(scope="module")
def elsewhere(built, pip, tmp_path_factory) -> Path:
    """Return the Python of an environment outside the clone that holds the wheel."""
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wheel = built / f"{NAME}-py3-none-any.whl"
    command = [*pip, "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, capture_output=True)
    # The locked packages; a path file there is not read, so that the clone stays out of sight.
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([python, "-c", query], check=True, capture_output=True, text=True)
    locked = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (Path(found.stdout.strip()) / "locked.pth").write_text("\n".join(locked) + "\n")
    return python


@pytest.mark.long
def test_installed_wheel_works_outside_the_clone_and_writes_the_same_bytes(elsewhere, tmp_path):
    """Tables, notebooks and templates included."""
    # nbconvert keeps its own templates with the environment that the locked packages are in.
    shared = {"JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter")}
    env = {"PYTHONPATH": None, "PYTHONNOUSERSITE": "1", **shared}

    def run(*words: str | Path) -> Run:
        command = [elsewhere.parent / "sahel", *words]
        return Run(program=command, cwd=tmp_path, env=env).end()

    query = "import sahel_analysis; print(sahel_analysis.__file__)"
    told = Run(program=[elsewhere, "-c", query], cwd=tmp_path, env=env).end()
    assert Path(told.stdout.strip()).is_relative_to(elsewhere.parent.parent)
    assert run("validate").code == 0
    matrix = ["--notebook", "country_brief", "--country", "NER", "--as-of", "2023-12-04"]
    made = run("build", *matrix, "--format", "html,pdf,docx", "--output", "there")
    assert made.code == 0, made.stdout
    assert run("atlas", "--output", "there").code == 0
    assert brief(tmp_path / "here", "--format", "html,pdf,docx").code == 0
    there, here = contents(tmp_path / "there"), contents(tmp_path / "here")
    assert there.keys() - here.keys() == {"atlas.html"}
    reports = [name for name in here if name.startswith("2023-12-04")]
    # Three formats, their notebook and thumbnail, the annex, which has no Word file, and the sums.
    assert len(reports) == 8
    for name in reports:
        assert there[name] == here[name], name


def test_make_installs_by_hash():
    """And a lock that is not there or has no hash for a package stops it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = makefile.replace("\\\n", " ").splitlines()
    lines = [line for line in commands if "pip install" in line]
    assert lines
    for line in lines:
        assert "--no-index" in line or re.search(r"--require-hashes .*requirements\.lock", line)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for entry in lock.replace("\\\n", " ").strip().splitlines():
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})(?= |$)", entry)
        assert hashes, entry
        assert len(hashes) == entry.count("--hash"), entry


@pytest.mark.parametrize("sound", [True, False], ids=["the hash locked", "another hash"])
def test_package_with_another_hash_is_refused(sound, built, pip, tmp_path):
    """By the very options that the Makefile gives."""
    wheel = (built / f"{NAME}-py3-none-any.whl").read_bytes()
    hashed = hashlib.sha256(wheel if sound else wheel + b"x").hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"{NAME.replace('-', '==')} --hash=sha256:{hashed}\n")
    options = ["--require-hashes", "--requirement", lock]
    where = ["--no-index", "--find-links", built, "--no-deps", "--target", tmp_path / "target"]
    run = subprocess.run([*pip, "install", *options, *where], capture_output=True, text=True)
    assert (run.returncode == 0) == sound, run.stderr
    if not sound:
        assert "DO NOT MATCH THE HASHES" in run.stderr


def test_licence_of_everything_installed_is_stated_and_permissive():
    """Nothing installed forbids use, change or passing on; pandoc, a program apart, is the GPL's."""
    pytest.importorskip("piplicenses")
    options = ["--from=mixed", "--with-system", "--with-license-file", "--no-license-path"]
    command = [sys.executable, "-m", "piplicenses", *options, "--format=json"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = {row["Name"].lower().replace("_", "-"): row for row in json.loads(run.stdout)}
    assert {"pandas", "typst", "sahel-analysis", "pypandoc-binary"} <= set(rows)
    for name, row in rows.items():
        # Where a package's metadata say nothing, the first words of its licence do.
        terms = row["License"] if row["License"] != "UNKNOWN" else row["LicenseText"].strip()
        # One of several that the user may choose from is enough; of several at once, each counts.
        choices = [re.split(r"\s+AND\s+", choice) for choice in re.split(r"\s+OR\s+|; ", terms)]
        free = [choice for choice in choices if all(re.match(PERMISSIVE, term) for term in choice)]
        assert free, f"'{name}' is under '{terms}'"


def test_pandoc_s_licence_is_the_one_that_the_readme_names():
    """The wheel brings it along."""
    assert "GPL-2.0-or-later" in (ROOT / "README.md").read_text(encoding="utf-8")
    pypandoc = find_spec("pypandoc")
    told = Path(pypandoc.origin).parent / "files" / "copyright.pandoc"
    if not told.is_file():
        pytest.skip("pypandoc was installed without its own pandoc")
    assert "GPL" in told.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_every_promise_names_tests_that_are_there(page):
    """A promise that nothing holds is none."""
    text = (ROOT / page).read_text(encoding="utf-8")
    [table] = re.findall(
        r"^\| (?:promise|against) .*\n\| ---.*\n((?:\| .*\n)+)", text, re.MULTILINE
    )
    for row in table.splitlines():
        named = re.findall(r"`(tests/[\w/]+\.py)`", row)
        assert named, row
        for name in named:
            assert (ROOT / name).is_file(), f"'{name}' is not there"


def test_readme_s_layout_names_every_room():
    """And no room that is gone."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "sahel_analysis").glob("*/__init__.py")}
    layout = re.search(r"## Layout\n\n```\n(.*?)```", text, re.DOTALL)[1]
    assert set(re.findall(r"^  (\w+)/", layout, re.MULTILINE)) == rooms
