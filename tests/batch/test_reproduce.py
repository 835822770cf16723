"""Promises about `sahel reproduce`: every byte that would be made otherwise now is named."""

from __future__ import annotations

from command import BRIEF, brief, sahel
from trial import put_brief


def test_reports_are_made_again_and_compared_byte_by_byte(tmp_path):
    """Nothing where they stand is touched; an altered file is named, and so is its report."""
    reports, notebooks = tmp_path / "reports", put_brief(tmp_path / "notebooks")
    assert brief(reports, notebooks=notebooks).code == 0
    sound = sahel("reproduce", "--output", reports, notebooks=notebooks)
    assert (sound.code, sound.stdout) == (0, "1 reports are the same, byte for byte.\n")
    handed_on = sahel("verify", (reports / BRIEF).parent)
    assert (handed_on.code, handed_on.stdout) == (0, "2 files are as listed.\n")
    page = reports / f"{BRIEF}.html"
    page.write_bytes(page.read_bytes() + b" ")
    before = page.read_bytes()
    altered = sahel("reproduce", "--output", reports, notebooks=notebooks)
    assert altered.code == 1
    assert altered.stdout.splitlines() == [
        f"{BRIEF}: '{BRIEF}.html' is missing or was altered",
        f"{BRIEF}: '{BRIEF}.html' is not what is made now",
    ]
    assert page.read_bytes() == before


def test_folder_without_reports_is_refused(tmp_path):
    """With what to do."""
    run = sahel("reproduce", "--output", tmp_path / "reports")
    assert run.code == 1
    assert "build some first" in run.stderr
