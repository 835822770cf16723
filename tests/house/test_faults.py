"""Promises about faults of the machine: whole reports or one message, and nothing in between."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import BRIEF, Run, brief, sahel, tmpfs
from trial import contents, put_brief

from sahel_analysis.batch.jobs import Failure, Outcome, expand
from sahel_analysis.batch.store import Store, StoreError
from sahel_analysis.batch.workers import CAN_FORK

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CAN_FORK, reason="mounts, links and locks are those of Unix"),
]

FILL = 'dd if=/dev/zero of="$0"/filler bs=4k 2>/dev/null || true'


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory) -> Path:
    """Return a folder with a trial brief."""
    return put_brief(tmp_path_factory.mktemp("notebooks"))


@pytest.fixture(scope="module")
def earlier(notebooks, tmp_path_factory) -> Path:
    """Return the folder of a brief that was made before the fault came."""
    reports = tmp_path_factory.mktemp("earlier") / "reports"
    assert brief(reports, notebooks=notebooks).code == 0
    return reports


@pytest.fixture
def changed(tmp_path) -> Path:
    """Return a folder with another trial brief, which makes the earlier report stale."""
    return put_brief(tmp_path / "changed", "assert report")


def refused(run: Run, *words: str) -> None:
    """Hold a run to exit code 1 and one message of one line."""
    assert run.code == 1
    assert run.stdout == ""
    assert len(run.stderr.strip().splitlines()) == 1, run.stderr
    for word in words:
        assert word in run.stderr


def test_folder_that_is_a_mount_takes_reports(notebooks, earlier, tmp_path):
    """Although nothing can be prepared beside it and moved in."""
    reports, copy = tmp_path / "reports", tmp_path / "copy"
    reports.mkdir()
    run = brief(
        reports, notebooks=notebooks, mount=tmpfs(reports), after=f'cp -r "{reports}" "{copy}"'
    )
    assert run.code == 0
    assert contents(copy) == contents(earlier)


def test_full_disk_is_told_and_the_earlier_report_stands(changed, earlier, tmp_path):
    """To the byte; and nothing half written lies beside it."""
    reports, copy = tmp_path / "reports", tmp_path / "copy"
    reports.mkdir()
    disk = tmpfs(reports, "size=256k", f'cp -r "{earlier}/." "$0" && {FILL}')
    after = f'rm "{reports}/filler" && cp -r "{reports}" "{copy}"'
    run = brief(reports, notebooks=changed, mount=disk, after=after)
    refused(run, str(reports), "No space left on device")
    assert contents(copy) == contents(earlier)


WRITERS = {
    "layers.gpkg": ["export", "--format", "gpkg", "--output", "layers.gpkg"],
    "layers.geojson": ["export", "--format", "geojson", "--output", "layers.geojson"],
    "atlas.html": ["atlas", "--output", "."],
}


@pytest.mark.parametrize(("name", "command"), WRITERS.items(), ids=WRITERS)
def test_full_disk_is_told_by_every_command_that_writes(name, command, tmp_path):
    """And what was there before still is."""
    folder, copy = tmp_path / "folder", tmp_path / "copy"
    folder.mkdir()
    disk = tmpfs(folder, "size=64k", f'cd "$0" && echo old > {name}')
    run = sahel(*command, mount=disk, after=f'cp -r "{folder}" "{copy}"')
    refused(run, "cannot be written")
    assert contents(copy)[name] == b"old\n"
    assert all(other in {name, ".lock"} for other in contents(copy))


def test_read_only_folder_is_refused_before_anything_is_run(changed, earlier, tmp_path):
    """In a second, not after the last report."""
    reports = tmp_path / "reports"
    reports.mkdir()
    disk = tmpfs(reports, then=f'cp -r "{earlier}/." "$0" && mount -o remount,ro "$0"')
    run = brief(reports, notebooks=changed, mount=disk)
    refused(run, str(reports), "Read-only file system")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """Return a temporary folder with a short path, which sockets need."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_full_temporary_folder_is_told(notebooks, scratch, tmp_path):
    """Where not even a process can be started."""
    run = brief(
        tmp_path / "reports",
        notebooks=notebooks,
        mount=tmpfs(scratch, "nr_inodes=2"),
        env={"TMPDIR": str(scratch)},
    )
    refused(run, "No space left on device", "temporary folder")


def test_temporary_folder_that_fills_up_costs_the_report(notebooks, scratch, tmp_path):
    """Its failure is recorded, and no part of it stands."""
    reports = tmp_path / "reports"
    disk = tmpfs(scratch, "size=8k")
    env = {"TMPDIR": str(scratch)}
    run = brief(reports, "--format", "docx", notebooks=notebooks, mount=disk, env=env)
    assert run.code == 1
    assert "No space left on device" in run.stdout
    assert f"failed/{BRIEF}.json" in contents(reports)
    assert not [name for name in contents(reports) if name.startswith(BRIEF)]


def test_no_shared_memory_is_needed(notebooks, earlier, tmp_path):
    """Where a container has none, reports are made all the same."""
    reports = tmp_path / "reports"
    run = brief(reports, notebooks=notebooks, mount=tmpfs(Path("/dev/shm"), "ro"))
    assert run.code == 0
    assert contents(reports) == contents(earlier)


def test_second_build_into_a_folder_is_refused_and_the_first_goes_on(earlier, tmp_path):
    """At once, in a sentence."""
    reports, gate = tmp_path / "reports", tmp_path / "gate"
    cell = (
        "import time\nfrom pathlib import Path\n\n"
        f"while not Path({str(gate)!r}).exists():\n    time.sleep(0.01)"
    )
    waiting = put_brief(tmp_path / "notebooks", cell)
    asked = ["build", "--notebook", "country_brief", "--country", "NER", "--format", "html"]
    first = Run(*asked, "--output", reports, notebooks=waiting)
    while not (reports / ".lock").exists():
        time.sleep(0.01)
    began = time.monotonic()
    second = brief(reports, notebooks=waiting)
    taken = time.monotonic() - began
    gate.touch()
    refused(second, "Another build", str(reports))
    assert taken < 10
    assert first.end().code == 0
    assert contents(reports).keys() == contents(earlier).keys()


# The command, whose n-th write, move, removal, new folder or fsync fails once.
FAULTY = """
import errno, itertools, os, sys
from pathlib import Path
from sahel_analysis.batch import build, jobs, store
from sahel_analysis.cli import main

step, notebooks, numbers = int(sys.argv.pop(1)), sys.argv.pop(1), itertools.count()
jobs.notebook_folder = lambda: Path(notebooks)

def faulty(real):
    def call(*given, **named):
        if next(numbers) == step:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*given, **named)
    return call

for owner, name in (
    (Path, "write_bytes"), (Path, "replace"), (Path, "mkdir"), (Path, "unlink"), (os, "fsync")
):
    setattr(owner, name, faulty(getattr(owner, name)))
main()
"""


def test_thirty_faults_of_a_build_leave_whole_reports_and_are_mended(
    notebooks, changed, earlier, tmp_path
):
    """Each at a step drawn by chance: the earlier report or the new one, and then the new one."""
    plain = tmp_path / "plain"
    shutil.copytree(earlier, plain)
    assert brief(plain, notebooks=changed).code == 0
    before, after = contents(earlier), contents(plain)
    for step in random.Random(7).sample(range(60), 30):
        reports = tmp_path / f"reports{step}"
        shutil.copytree(earlier, reports)
        run = brief(reports, program=[sys.executable, "-c", FAULTY, str(step), str(changed)])
        assert run.code == 0 or "cannot be written to" in run.stderr, (step, run.stderr)
        standing = contents(reports)
        report = {name: data for name, data in standing.items() if not name.startswith("index")}
        wholes = [
            {n: d for n, d in c.items() if not n.startswith("index")} for c in (before, after)
        ]
        assert report in wholes, step
        assert brief(reports, notebooks=changed).code == 0
        assert contents(reports) == after, step


@pytest.fixture
def outcome(tables) -> Outcome:
    """Return a whole report on Niger."""
    matrix = {"notebook": ["country_brief"], "country": ["NER"], "as_of": ["2023-12-04"]}
    (job,) = expand(tables, matrix)
    return Outcome(job, files={"ipynb": b"notebook", "html": b"page"})


@pytest.mark.parametrize("place", ["2023-12-04_checked", ".records", "failed", ".staging"])
def test_link_in_the_place_of_a_folder_is_refused(place, outcome, tmp_path):
    """Nothing is written or removed where it leads."""
    reports, outside = tmp_path / "reports", tmp_path / "outside"
    for name in ("country_brief_NER.html", "2023-12-04_checked/country_brief_NER.json"):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text("theirs")
    before = contents(outside)
    reports.mkdir()
    (reports / place).symlink_to(outside)
    store = Store(reports)
    with store.locked():
        if place == "failed":
            outcome.failure = Failure("cell", 1, "ValueError", "wrong")
        keep = store.set_aside if outcome.failure else store.keep
        with pytest.raises(StoreError, match=f"{place}.* is a link"):
            keep(outcome, {})
    assert contents(outside) == before


def test_link_in_the_place_of_a_report_is_replaced_and_not_followed(outcome, tmp_path):
    """What it led to stays as it was."""
    reports, theirs = tmp_path / "reports", tmp_path / "theirs.html"
    theirs.write_text("theirs")
    page = reports / f"{BRIEF}.html"
    page.parent.mkdir(parents=True)
    page.symlink_to(theirs)
    store = Store(reports)
    with store.locked():
        store.keep(outcome, {})
    assert page.read_bytes() == b"page"
    assert not page.is_symlink()
    assert theirs.read_text() == "theirs"


def test_link_to_the_folder_of_reports_is_followed(outcome, tmp_path):
    """It is the user's own."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "elsewhere")
    store = Store(tmp_path / "reports")
    with store.locked():
        store.keep(outcome, {})
    assert (tmp_path / f"elsewhere/{BRIEF}.html").read_bytes() == b"page"
