"""Promises about builds that are killed or stopped: whole reports, no stray process, and it goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from command import Run, sahel
from trial import contents, put_brief

from sahel_analysis.batch.jobs import Failure, Outcome, expand
from sahel_analysis.batch.store import Store
from sahel_analysis.batch.workers import CAN_FORK

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CAN_FORK, reason="signals and forks are those of Unix"),
]

DAYS = ("2022-09-01", "2023-12-04")
# A kernel waits here for as long as the file is there, and says where it is.
WAIT = """
import os, time
from pathlib import Path

gate = Path({gate!r})
if (country, as_of) == ("BFA", "2023-12-04") and gate.exists():
    gate.write_text(str(os.getpid()))
    while gate.exists():
        time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory) -> Path:
    """Return the file that holds the brief of Burkina Faso back; it is not there yet."""
    return tmp_path_factory.mktemp("gate") / "gate"


@pytest.fixture(scope="module")
def notebooks(gate) -> Path:
    """Return a folder with a trial brief that may wait at the gate."""
    return put_brief(gate.parent / "notebooks", WAIT.format(gate=str(gate)))


def words(output: Path, *countries: str) -> list[str | Path]:
    """Return the arguments of a build of some countries on two days, HTML only."""
    matrix = ["--notebook", "country_brief", "--format", "html", "--as-of", ",".join(DAYS)]
    return ["build", *matrix, "--country", ",".join(countries), "--output", output]


def until(condition: Callable[[], object], seconds: float = 180) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def suffixes(output: Path) -> dict[str, set[str]]:
    """Return the files of every report that stands, by suffix."""
    found = defaultdict(set)
    for name in contents(output):
        folder, _, file = name.partition("/")
        if file not in {"", "SHA256SUMS"} and folder not in {"failed", ".records"}:
            report, _, suffix = name.partition(".")
            found[report].add(suffix)
    return dict(found)


def foreground(run: Run) -> list[int]:
    """Return the processes of a build that a terminal would send Ctrl-C to."""
    group = os.getpgid(run.process.pid)
    return [process.pid for process in run.processes() if os.getpgid(process.pid) == group]


WHOLE = {"ipynb", "html"}


def test_killed_kernel_costs_no_report(notebooks, gate, tmp_path):
    """Somebody's kill is not the report's fault: it is made again by the same run."""
    reports = tmp_path / "reports"
    asked = words(reports, "NER", "MLI", "BFA", "TCD", "CAF", "SDN")
    gate.write_text("")
    run = Run(*asked, notebooks=notebooks)
    until(gate.read_text)
    os.kill(int(gate.read_text()), signal.SIGKILL)
    gate.unlink()
    assert run.end().code == 0
    standing = suffixes(reports)
    assert len(standing) == 12
    assert all(files == WHOLE for files in standing.values())


def test_report_whose_kernel_kills_itself_fails_alone(tmp_path):
    """It is tried a few times; then its failure is recorded, and the others stand."""
    cell = "import os, signal\n\nif country == 'BFA':\n    os.kill(os.getpid(), signal.SIGKILL)"
    reports, lost = tmp_path / "reports", "2023-12-04_checked/country_brief_BFA"
    run = sahel(*words(reports, "NER", "BFA"), notebooks=put_brief(tmp_path / "own", cell))
    assert run.code == 1
    assert run.stdout.endswith("2 made, 0 unchanged, 2 failed.\n")
    account = next(a for a in Store(reports).failures() if a["report"] == lost)
    failure = Failure(**account["failure"])
    assert (failure.stage, failure.cell, failure.error) == ("dead kernel", 4, "DeadKernelError")
    assert "SIGKILL" in failure.message
    assert "report.cover()" in (reports / account["partial"]).read_text(encoding="utf-8")


def test_sixty_reports_are_made_though_a_process_is_killed_every_two_seconds(notebooks, tmp_path):
    """Workers and kernels at random; one run makes all, as if nothing had happened."""
    days = "2021-09-01,2022-09-01,2023-12-04,2024-06-30"
    countries = "NER,MLI,BFA,TCD,CAF,SDN,SEN,CIV,GAB,DJI,BEN,TGO,GIN,CMR,MRT"
    asked = [*words(tmp_path / "killed", countries), "--as-of", days, "--jobs", "2"]
    run, draw, killed = Run(*asked, notebooks=notebooks), random.Random(3), 0
    build = psutil.Process(run.process.pid)
    while run.process.poll() is None:
        time.sleep(2)
        with suppress(psutil.Error, IndexError):
            server = build.children()
            below = [child for one in server for child in one.children(recursive=True)]
            draw.choice(below).kill()
            killed += 1
    assert run.end(600).code == 0, run.stderr
    assert killed > 5
    plain = [*words(tmp_path / "plain", countries), "--as-of", days, "--jobs", "2"]
    assert sahel(*plain, notebooks=notebooks, seconds=900).code == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "plain")


def test_build_that_is_killed_leaves_whole_reports_and_no_process(notebooks, gate, tmp_path):
    """Each time: killed, terminated, by Ctrl-C. In the end all is as if nothing had happened."""
    reports, undisturbed = tmp_path / "killed" / "reports", tmp_path / "undisturbed" / "reports"
    standing: dict[str, set[str]] = {}
    gate.write_text("")
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        run = Run(*words(reports, "BFA", "NER"), notebooks=notebooks)
        until(lambda: gate.read_text() and len(suffixes(reports)) >= 2)
        gate.write_text("")
        started = time.monotonic()
        for pid in foreground(run) if number == signal.SIGINT else [run.process.pid]:
            os.kill(pid, number)
        assert run.process.wait(timeout=5) == (-number if number == signal.SIGKILL else 1)
        until(lambda run=run: not run.processes(), seconds=5)
        assert time.monotonic() - started < 5
        if number == signal.SIGKILL:  # nobody could sweep up
            run.process.communicate()
            shutil.rmtree(run.scratch, ignore_errors=True)
        else:
            told = run.end().stderr.splitlines()[-1]
            assert re.fullmatch(r"Stopped: [01] reports were made, [12] were not\. .*", told)
            assert [path.name for path in reports.parent.iterdir()] == ["reports"]
        assert standing.items() <= suffixes(reports).items()
        standing = suffixes(reports)
        assert 2 <= len(standing) <= 3
        assert all(files == WHOLE for files in standing.values())
    gate.unlink()
    last = sahel(*words(reports, "BFA", "NER"), notebooks=notebooks)
    assert last.code == 0
    made = 4 - len(standing)
    assert last.stdout.endswith(f"{made} made, {len(standing)} unchanged, 0 failed.\n")
    assert sahel(*words(undisturbed, "BFA", "NER"), notebooks=notebooks).code == 0
    assert contents(reports) == contents(undisturbed)


def killed_at(step: int, change: Callable[[], object]) -> bool:
    """Kill a fork of this process at its n-th move or removal; return whether it came to that."""
    pid = os.fork()
    if pid == 0:
        left = iter(range(step))
        for name in ("_move", "_remove"):
            real = getattr(Store, name)

            def counted(*given, real=real):
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                real(*given)

            setattr(Store, name, counted)
        try:
            change()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def test_report_that_stands_is_all_old_or_all_new_wherever_the_build_was_killed(tables, tmp_path):
    """The next build finishes what was begun, before it does anything else."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["MLI"]})
    old = Outcome(job, {"ipynb": b"old", "html": b"old", "pdf": b"old"})
    new = Outcome(job, {"ipynb": b"new", "html": b"new", "docx": b"new"})
    failed = Outcome(job, {"ipynb": b"half"}, failure=Failure("cell", 4, "ValueError", "no"))
    store = Store(tmp_path / "reports")

    def standing(*outcomes: Outcome) -> dict[str, bytes]:
        """Return the files of a folder into which these were put one after the other."""
        shutil.rmtree(store.folder, ignore_errors=True)
        put(*outcomes)
        return contents(store.folder)

    def put(*outcomes: Outcome) -> None:
        with store.locked():
            for outcome in outcomes:
                (store.set_aside if outcome.failure else store.keep)(outcome, {})

    for first, then in ((old, new), (old, failed), (failed, new)):
        before, after = standing(first), standing(first, then)
        assert before != after
        steps = 0
        while True:
            standing(first)
            killed = killed_at(steps, lambda then=then: put(then))
            put()
            seen = contents(store.folder)
            assert seen in (before, after), steps
            put(then)
            assert contents(store.folder) == after, steps
            if not killed:
                break
            steps += 1
        assert steps > 1
