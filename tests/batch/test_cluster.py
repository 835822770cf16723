"""Promises about where reports are made: any folder, any number of jobs, a cluster; the same bytes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from command import Run, sahel
from factory import put
from trial import contents, put_brief

from sahel_analysis.batch.cluster import (
    ClusterError,
    execute_there,
    inputs_here,
    made_on_cluster,
)
from sahel_analysis.batch.jobs import expand

ROOT = Path(__file__).resolve().parents[2]
PORT = 8786
FORMATS = ("html", "pdf", "docx")
MATRIX = [
    *("--notebook", "country_brief", "--country", "NER,TCD"),
    *("--as-of", "2023-12-04", "--format", ",".join(FORMATS)),
]


def lines() -> tuple[str, str, str]:
    """Return the README's lines about a cluster: scheduler, workers, build."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    scheduler, worker, build = re.search(
        r"### On many machines\n.*?```sh\n(.*?)```", text, flags=re.DOTALL
    )[1].splitlines()
    return scheduler, worker, build


@contextmanager
def started(line: str, folder: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """Run a line of the shell for as long as the block lasts, and see that all of it ends."""
    words = shlex.split(line)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (folder / f"{words[1]}.log").open("a") as log:
        process = subprocess.Popen(
            [shutil.which(words[0], path=path), *words[1:]],
            env={**os.environ, "PATH": path, "TMPDIR": str(folder), **environment},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        alive = process.poll() is None
        below = psutil.Process(process.pid).children(recursive=True) if alive else []
        process.terminate()
        process.wait(timeout=30)
        _, left = psutil.wait_procs(below, timeout=10)
        assert left == []


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder for what the cluster writes, with a short name."""
    with tempfile.TemporaryDirectory(prefix="dask-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def cluster(folder) -> Iterator[None]:
    """Start scheduler and workers as the README does."""
    pytest.importorskip("distributed")
    with socket.socket() as trial:
        if trial.connect_ex(("localhost", PORT)) == 0:
            pytest.skip(f"port {PORT}, which the README names, is taken")
    scheduler, worker, _ = lines()
    with started(scheduler, folder), started(worker, folder):
        wait_for_workers(2)
        yield


def wait_for_workers(number: int, seconds: float = 60) -> None:
    """Wait until so many workers, and no more, have told the scheduler that they are there."""
    from distributed import Client

    with Client(f"tcp://localhost:{PORT}", timeout=seconds, set_as_default=False) as client:
        end = time.monotonic() + seconds
        while len(client.nthreads()) != number:
            assert time.monotonic() < end, client.nthreads()
            time.sleep(0.1)


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> dict[str, bytes]:
    """Return two reports in all formats, made one after the other."""
    reports = tmp_path_factory.mktemp("one") / "reports"
    assert sahel("build", *MATRIX, "--jobs", "1", "--output", reports).code == 0
    made = contents(reports)
    for iso3 in ("NER", "TCD"):
        for suffix in (*FORMATS, "ipynb", "thumbnail.png"):
            assert made[f"2023-12-04_checked/country_brief_{iso3}.{suffix}"]
    assert {"index.html", "index.json"} <= set(made)
    return made


def test_folder_surroundings_and_number_of_jobs_change_no_byte(local, tmp_path):
    """A folder with spaces and accents, another clock, another language, two jobs at once."""
    reports = tmp_path / "Rapports d’été (2)" / "reports é"
    reports.parent.mkdir()
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    words = ["build", *MATRIX, "--jobs", "2", "--output", reports]
    assert sahel(*words, env=elsewhere, cwd=reports.parent).code == 0
    assert differing(reports, local) == []


def test_readme_s_cluster_makes_the_same_bytes(cluster, local, tmp_path):
    """Its three lines as written; the last one with a matrix and a folder of ours."""
    command, *words = shlex.split(lines()[2])
    assert command == "sahel"
    reports = tmp_path / "reports"
    made = sahel(*words, *MATRIX, "--output", reports)
    assert made.stdout.endswith("2 made, 0 unchanged, 0 failed.\n")
    assert differing(reports, local) == []


def differing(reports: Path, others: dict[str, bytes]) -> list[str]:
    """Return the files that are not the same in a folder and among others."""
    made = contents(reports)
    return [name for name in sorted(made | others) if made.get(name) != others.get(name)]


def test_report_of_a_lost_worker_is_made_by_another(cluster, tmp_path):
    """And nothing of what was lost goes on running."""
    held = tmp_path / "held"
    held.write_text("")
    cell = (
        "import os, time\nfrom pathlib import Path\n\n"
        f"held = Path({str(held)!r})\n"
        "if held.exists():\n    held.write_text(str(os.getpid()))\n    time.sleep(600)"
    )
    notebooks = put_brief(tmp_path / "notebooks", cell)
    words = ["build", "--notebook", "country_brief", "--country", "NER", "--format", "html"]
    scheduler = f"tcp://localhost:{PORT}"
    build = Run(
        *words, "--scheduler", scheduler, "--output", tmp_path / "reports", notebooks=notebooks
    )
    end = time.monotonic() + 60
    while not held.read_text():
        assert time.monotonic() < end
        time.sleep(0.02)
    kernel = psutil.Process(int(held.read_text()))
    held.unlink()
    kernel.parent().kill()
    assert build.end().code == 0
    assert build.stdout.endswith("1 made, 0 unchanged, 0 failed.\n")
    assert psutil.wait_procs([kernel], timeout=5)[1] == []


def test_worker_with_other_tables_is_refused_before_anything_is_made(cluster, folder, tmp_path):
    """The message names the machine, what differs and what to do."""
    clone = tmp_path / "clone"
    for name in ("sahel_analysis", "data", "notebooks"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    put(clone / "data" / "events.csv", "EV-012", summary_en="Something else.")
    line = f"dask worker tcp://localhost:{PORT} --nthreads 1 --no-nanny"
    with started(line, folder, PYTHONPATH=str(clone)):
        wait_for_workers(3)
        words = [*shlex.split(lines()[2])[1:], *MATRIX, "--output", tmp_path / "reports"]
        refused = sahel(*words)
        assert refused.code == 1
        assert refused.stderr.splitlines() == [
            f"Worker on '{socket.gethostname()}': data differ from the build's; install the same "
            "version of the package and the same requirements.lock there, give it the same folder "
            "in SAHEL_DATA if the build has one, and start the worker anew."
        ]
        made = [name for name in contents(tmp_path / "reports") if "/" in name]
        assert [name for name in made if not name.startswith(".")] == []
    wait_for_workers(2)


@pytest.mark.parametrize("part", ["data", "code", "packages"])
def test_worker_that_comes_later_is_refused_too(tables, part):
    """Each order carries the hashes of what it is to be made from."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["NER"]})
    with pytest.raises(ClusterError, match=f"'{socket.gethostname()}': {part} differ"):
        execute_there({**inputs_here(), part: "other"}, job, "", None)


def test_scheduler_that_does_not_answer_is_named(monkeypatch, tables):
    """With its address."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("sahel_analysis.batch.cluster._TIMEOUT_S", 1)
    jobs = expand(tables, {"notebook": ["country_brief"], "country": ["NER"]})
    with pytest.raises(ClusterError, match="No Dask scheduler answers at 'tcp://localhost:1'"):
        list(made_on_cluster(jobs, "tcp://localhost:1", None))
