"""Promises about pandoc, Typst and fonts that are absent or fail: one message, no page of theirs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from command import BRIEF, brief
from trial import contents, put_brief

from sahel_analysis.batch import jobs, workers
from sahel_analysis.errors import ExportError
from sahel_analysis.publishing import documents
from sahel_analysis.publishing.documents import Document, convert

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name == "nt", reason="the stand-ins are scripts of the shell"),
]

DOCUMENT = Document("trial", "# Title\n\nText.\n", "Title", as_of="2023-12-04")
MAP = "report.map()"
PANDOCS = {
    "fails": ("exit 1", "it gave no reason"),
    "fails with a reason": ("echo 'Unknown option' >&2; exit 6", "Unknown option"),
    "fails in no known letters": ("printf '\\377\\376' >&2; exit 3", "could not convert"),
    "is killed": ("kill -9 $$", "could not convert"),
    "writes nothing": ("exit 0", "something else"),
    "writes garbage": ("head -c 9999 /dev/urandom", "something else"),
    "writes half a page": ("echo '<!DOCTYPE html>'", "something else"),
    "hangs": ("exec sleep 1000", "timed out"),
}


@pytest.fixture
def pandoc(monkeypatch, tmp_path) -> Callable[[str], Path]:
    """Return a function that puts a script in the place of pandoc."""
    monkeypatch.setenv("PYPANDOC_PANDOC", str(tmp_path / "pandoc"))
    monkeypatch.setattr(documents, "_PATIENCE", 1)
    documents._pandoc_path.cache_clear()

    def pandoc(script: str) -> Path:
        path = tmp_path / "pandoc"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    yield pandoc
    documents._pandoc_path.cache_clear()


@pytest.mark.parametrize("target", ["html", "pdf", "docx"])
@pytest.mark.parametrize(("script", "told"), PANDOCS.values(), ids=PANDOCS)
def test_pandoc_that_fails_is_told_and_gives_no_page(script, told, target, pandoc):
    """Even if it says that all went well."""
    pandoc(script)
    with pytest.raises(ExportError, match=told) as refused:
        convert(DOCUMENT, [target])
    assert "'trial'" in str(refused.value)


def test_pandoc_that_is_missing_is_told(pandoc):
    """With what it was wanted for."""
    with pytest.raises(ExportError, match="pandoc could not be run for 'trial'"):
        convert(DOCUMENT, ["html"])


def test_pandoc_of_the_wheel_is_used_whatever_else_the_machine_has(monkeypatch, tmp_path):
    """Another release writes other bytes."""
    other = tmp_path / "pandoc"
    other.write_text("#!/bin/sh\necho 'pandoc 99.1'\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("PYPANDOC_PANDOC", raising=False)
    documents._pandoc_path.cache_clear()
    assert Path(documents._pandoc_path()) != other
    assert b"<h1" in convert(DOCUMENT, ["html"])["html"]


def test_failed_format_leaves_the_earlier_report_as_it_was(tmp_path):
    """All formats of a report are of one run."""
    reports = tmp_path / "reports"
    notebooks = put_brief(tmp_path / "notebooks")
    assert brief(reports, "--format", "html,pdf", notebooks=notebooks).code == 0
    before = contents(reports)
    broken = tmp_path / "pandoc"
    broken.write_text("#!/bin/sh\nkill -9 $$\n")
    broken.chmod(0o755)
    changed = put_brief(tmp_path / "changed", "assert report")
    run = brief(reports, notebooks=changed, env={"PYPANDOC_PANDOC": str(broken)})
    assert run.code == 1
    assert "ExportError: pandoc could not convert" in run.stdout
    after = contents(reports)
    assert after.keys() - before.keys() == {f"failed/{BRIEF}.{form}" for form in ("ipynb", "json")}
    for suffix in ("html", "pdf", "ipynb"):
        assert after[f"{BRIEF}.{suffix}"] == before[f"{BRIEF}.{suffix}"]


@pytest.mark.parametrize("module", ["typst", "font_source_sans_pro"])
def test_missing_typst_or_font_is_told(module, tmp_path):
    """By the name of what is to be installed, and no page is set in another typeface."""
    absent = tmp_path / "absent" / f"{module}.py"
    absent.parent.mkdir()
    absent.write_text(f'raise ModuleNotFoundError("No module named {module!r}", name="{module}")\n')
    path = os.pathsep.join(filter(None, [str(absent.parent), os.environ.get("PYTHONPATH")]))
    reports = tmp_path / "reports"
    notebooks = put_brief(tmp_path / "notebooks", MAP)
    run = brief(reports, "--format", "pdf", notebooks=notebooks, env={"PYTHONPATH": path})
    assert run.code == 1
    assert f"'{module}'" in run.stdout
    assert not [name for name in contents(reports) if name.startswith(BRIEF)]


@pytest.mark.skipif(not workers.CAN_FORK, reason="this platform forks no processes")
@pytest.mark.parametrize(
    ("script", "told"),
    [("kill -9 $PPID; sleep 1000", "died by SIGKILL"), ("exec sleep 1000", "longer than 2 s")],
    ids=["kills", "hangs"],
)
def test_conversion_that_dies_or_hangs_costs_its_report_only(
    script, told, tables, monkeypatch, tmp_path
):
    """As a fault in Typst or pandoc might; the executed notebook is kept aside."""
    pandoc = tmp_path / "pandoc"
    pandoc.write_text(f"#!/bin/sh\ngrep -q MLI || exit 3\n{script}\n")
    pandoc.chmod(0o755)
    monkeypatch.setenv("PYPANDOC_PANDOC", str(pandoc))
    monkeypatch.setattr(workers, "_CONVERSION_S", 2)
    monkeypatch.setattr(jobs, "notebook_folder", lambda: tmp_path)
    put_brief(tmp_path, "report.prose(country)")
    matrix = {"notebook": ["country_brief"], "country": ["MLI", "NER"], "format": ["html"]}
    outcomes = {
        outcome.job.parameters.country: outcome
        for outcome in workers.made_here(jobs.expand(tables, matrix), 2, 60)
    }
    failure = outcomes["MLI"].failure
    assert (failure.stage, failure.error) == ("export", workers.DIED)
    assert told in failure.message
    assert b"report.prose(country)" in outcomes["MLI"].files["ipynb"]
    assert outcomes["NER"].failure.error == "ExportError"  # by the pandoc that gives up
