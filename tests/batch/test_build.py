"""Promises of the build: every report its own, whole or not at all, the same bytes every time."""

from __future__ import annotations

import hashlib
import html
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from sahel_analysis import load_tables
from sahel_analysis.batch.build import build
from sahel_analysis.batch.jobs import expand
from sahel_analysis.publishing import documents
from sahel_analysis.publishing.documents import Document, convert

COUNTRIES = {
    "NER": "Niger",
    "MLI": "Mali",
    "BFA": "Burkina Faso",
    "TCD": "Chad",
    "CAF": "Central African Republic",
    "SDN": "Sudan",
}
DAYS = {"2022-09-01": "1 September 2022", "2023-12-04": "4 December 2023"}


@pytest.fixture(scope="module")
def tables():
    """Return the package's own tables."""
    return load_tables()


def wanted(tables, countries=tuple(COUNTRIES), days=tuple(DAYS), formats=("html", "pdf")):
    """Return the jobs of a matrix of country briefs."""
    return expand(
        tables,
        {
            "notebook": ["country_brief"],
            "country": list(countries),
            "as_of": list(days),
            "format": list(formats),
        },
    )


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def built(tables, tmp_path_factory) -> Path:
    """Return the folder of six countries at two days, built once."""
    folder = tmp_path_factory.mktemp("built") / "reports"
    summary = build(wanted(tables), folder)
    assert len(summary.made) == 12
    assert not summary.failed
    return folder


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("iso3", COUNTRIES)
def test_each_report_shows_its_own_country_and_day(built, iso3, day):
    """Title, subtitle and map of a brief are those of its parameters, in HTML and PDF."""
    stem = built / f"{day}_checked" / f"country_brief_{iso3}"
    page = html.unescape(stem.with_suffix(".html").read_text(encoding="utf-8"))
    name, said = COUNTRIES[iso3], DAYS[day]
    title = re.search(r"<h1[^>]*>(.*?)</h1>", page, flags=re.DOTALL)[1]
    assert title == name
    assert f"Country brief, {said}" in page
    map_alt = next(alt for alt in re.findall(r'alt="([^"]*)"', page) if alt.startswith("Map of 1 "))
    assert f"as of {said}" in map_alt
    assert name in map_alt
    assert not [other for other in COUNTRIES.values() if other != name and other in map_alt]
    first = PdfReader(io.BytesIO(stem.with_suffix(".pdf").read_bytes())).pages[0].extract_text()
    assert f"{name} Country brief, {said}" in " ".join(first.split())


def test_nothing_changed_makes_nothing(built, tables):
    """A second build of the same leaves every file as it is."""
    before = hashes(built)
    summary = build(wanted(tables), built)
    assert (len(summary.made), len(summary.fresh)) == (0, 12)
    assert hashes(built) == before


def test_a_missing_or_altered_file_is_made_again(built, tables, tmp_path):
    """What was tampered with is not taken for fresh, and comes back as it was."""
    folder = tmp_path / "reports"
    shutil.copytree(built, folder)
    before = hashes(folder)
    (folder / "2023-12-04_checked/country_brief_NER.html").write_text("altered")
    (folder / "2023-12-04_checked/country_brief_MLI.pdf").unlink()
    summary = build(wanted(tables), folder)
    assert sorted(path.rsplit("_", 1)[1] for path in summary.made) == ["MLI", "NER"]
    assert hashes(folder) == before


def test_word_file_does_not_tell_when_and_how_the_package_was_installed(tmp_path, monkeypatch):
    """Dates and modes of the template's files differ from disk to disk."""
    document = Document("trial", "# A heading", "A title")
    here = convert(document, ["docx"])
    templates = tmp_path / "templates"
    shutil.copytree(documents.TEMPLATES, templates, copy_function=shutil.copyfile)
    for path in templates.rglob("*.*"):
        path.chmod(0o755)
        os.utime(path, (1_500_000_000, 1_500_000_000))
    monkeypatch.setattr(documents, "TEMPLATES", templates)
    documents._reference.cache_clear()
    there = convert(document, ["docx"])
    documents._reference.cache_clear()
    assert here == there


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--country", "NGR"], "NER"),
        (["--as-of", "2023-02-30"], "2023-02-30"),
        (["--as-of", "1999-01-01"], "2012"),
        (["--notebook", "country_breif"], "country_brief"),
        (["--evidence", "cheked"], "checked"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(tmp_path, options, told):
    """Exit code 1, a message that says what is allowed, and no file."""
    folder = tmp_path / "reports"
    ended = subprocess.run(
        [sys.executable, "-c", "from sahel_analysis.cli import main; main()", "build"]
        + [*options, "--output", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not folder.exists() or not any(folder.iterdir())
