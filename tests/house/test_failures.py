"""Promises about reports that fail: told with their cause, kept apart, tried again alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import sahel
from trial import put_brief

from sahel_analysis.batch.jobs import Failure
from sahel_analysis.batch.store import Store
from sahel_analysis.batch.workers import CAN_FORK

# Countries have faults of their own, for as long as the file is there.
CELL = """
import time
from pathlib import Path

if Path({broken!r}).exists():
    if country == "MLI":
        raise ValueError("a sum that\\ndoes not come out")
    if country == "BFA":
        time.sleep(600)
    if country == "TCD":
        display(report.cover())
"""
KILLER = """
import os, signal

if country == "MLI":
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()
"""


def words(output: Path, *countries: str) -> list[str | Path]:
    """Return the arguments of a build of briefs, HTML only."""
    matrix = ["--notebook", "country_brief", "--format", "html", "--country", ",".join(countries)]
    return ["build", *matrix, "--output", output]


def failures(reports: Path) -> dict[str, Failure]:
    """Return what a folder says of its failed reports, by country."""
    told = {account["report"]: account["failure"] for account in Store(reports).failures()}
    return {report.rsplit("_", 1)[1]: Failure(**failure) for report, failure in told.items()}


def test_each_failure_is_told_with_its_cause_and_tried_again_alone(tmp_path):
    """A cell that raises, one that takes too long, and a report that cannot be exported."""
    broken, reports = tmp_path / "broken", tmp_path / "reports"
    notebooks = put_brief(tmp_path / "notebooks", CELL.format(broken=str(broken)))
    asked = [*words(reports, "NER", "MLI", "BFA", "TCD"), "--timeout", "4"]
    broken.touch()
    first = sahel(*asked, notebooks=notebooks)
    assert first.code == 1
    assert first.stdout.endswith("1 made, 0 unchanged, 3 failed.\n")
    late = "took longer than 4 s; allow more with '--timeout'"
    second_cover = "'country_brief_TCD', cell 4 shows a second cover; a report has one"
    assert failures(reports) == {
        "MLI": Failure("cell", 4, "ValueError", "a sum that\ndoes not come out"),
        "BFA": Failure("time-out", 4, "CellTimeoutError", late),
        "TCD": Failure("export", None, "ExportError", second_cover),
    }
    for account in Store(reports).failures():
        partial = (reports / account["partial"]).read_text(encoding="utf-8")
        assert "time.sleep(600)" in partial
        assert not (reports / f"{account['report']}.html").exists()
    broken.unlink()
    again = sahel(*asked, notebooks=notebooks)
    assert again.code == 0
    assert again.stdout.endswith("3 made, 1 unchanged, 0 failed.\n")
    assert not (reports / "failed").exists()


@pytest.mark.skipif(not CAN_FORK, reason="this platform forks no processes")
def test_killed_process_costs_its_own_report_and_no_other(tmp_path):
    """Whatever ends the process in which a report is made, its failure is recorded."""
    reports = tmp_path / "reports"
    notebooks = put_brief(tmp_path / "notebooks", KILLER)
    first = sahel(*words(reports, "NER", "MLI", "BFA", "CAF"), "--jobs", "2", notebooks=notebooks)
    assert first.code == 1
    assert first.stdout.endswith("3 made, 0 unchanged, 1 failed.\n")
    message = (
        "the process that made it died by SIGKILL: somebody killed it, or the machine ran out of "
        "memory"
    )
    assert failures(reports) == {"MLI": Failure("worker", None, "WorkerDied", message)}
