"""Promises about reports gone wrong: the build ends, says how, and nothing runs on."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import nullcontext

import psutil
import pytest
from command import BRIEF, brief
from trial import contents, put_brief

from sahel_analysis.batch import jobs, workers
from sahel_analysis.batch.execute import execute
from sahel_analysis.batch.jobs import Outcome, expand
from sahel_analysis.batch.kernel_app import MOST_MESSAGES, MOST_MIB

pytestmark = pytest.mark.skipif(not workers.CAN_FORK, reason="this platform forks no processes")


@pytest.fixture(scope="module")
def processes():
    """Return what starts processes, kept from one test to the next."""
    with workers._processes() as processes:
        yield processes


@pytest.fixture
def job(tables):
    """Return the brief of Niger as HTML."""
    matrix = {"notebook": ["country_brief"], "country": ["NER"], "format": ["html"]}
    return expand(tables, matrix)[0]


@pytest.fixture
def ran(job, processes, monkeypatch, tmp_path):
    """Return a function that makes a trial brief with a cell."""
    monkeypatch.setattr(workers, "_processes", lambda: nullcontext(processes))
    monkeypatch.setattr(jobs, "notebook_folder", lambda: tmp_path)

    def ran(*cells: str, timeout: int = 60) -> Outcome:
        put_brief(tmp_path, *cells)
        (outcome,) = workers.made_here([job], 1, timeout)
        return outcome

    return ran


def test_kernel_has_its_imports_done_before_it_is_forked(ran):
    """On Python 3.11 a fork server that cannot import what it should says nothing of it."""
    cell = (
        "import sys\n\nloaded = set(sys.modules)\nfrom sahel_analysis.batch import preload\n\n"
        "assert {'sahel_analysis.batch.preload', *preload._IMPORTS} <= loaded\npreload._warm_up()"
    )
    assert ran(cell).failure is None


def test_ordinary_kernel_gives_the_same_report(ran, job):
    """Byte for byte: to fork saves time and changes nothing."""
    forked = ran("report.map()")
    ordinary = execute(job, job.source())
    assert forked.failure is ordinary.failure is None
    assert forked.files == ordinary.files


def test_kernel_talks_over_sockets_that_nobody_else_can_take(ran):
    """Files in a private folder; no port."""
    told = ran("print(get_ipython().kernel.parent.transport)").files["ipynb"]
    assert json.loads(told)["cells"][3]["outputs"][0]["text"] == ["ipc\n"]


def test_kernel_does_not_see_the_caller_s_folder_or_earlier_kernels(ran):
    """Each report has an empty folder and a process of its own."""
    cell = (
        "from pathlib import Path\n\nassert not list(Path().iterdir())\n"
        "assert 'seen' not in dir(report)\ntype(report).seen = True\nPath('left').touch()"
    )
    for _ in range(2):
        assert ran(cell).failure is None


def test_parameters_reach_the_notebook(ran):
    """The injected cell stands under its name, with no random id."""
    text = ran().files["ipynb"].decode()
    assert '"id": "injected-parameters"' in text
    assert 'as_of = \\"2023-12-04\\"' in text
    for word in ("start_time", "/tmp/", "execution_state", "iopub"):
        assert word not in text


HANGS = {
    "sleeps": "import time\n\ntime.sleep(1000)",
    "turns": "while True:\n    pass",
    "is stopped": "import os, signal\n\nos.kill(os.getpid(), signal.SIGSTOP)",
    "hears no signal": (
        "import signal, time\n\nfor number in (1, 2, 15):\n"
        "    signal.signal(number, signal.SIG_IGN)\ntime.sleep(1000)"
    ),
    "closes what it shows by": "get_ipython().kernel.iopub_socket.close()",
}


@pytest.mark.parametrize("cell", HANGS.values(), ids=HANGS)
def test_kernel_that_hangs_is_ended_by_the_time_out(cell, ran):
    """Whatever it does to stay."""
    began = time.monotonic()
    failure = ran(cell, timeout=2).failure
    assert (failure.stage, failure.cell) == ("time-out", 4)
    assert "2 s" in failure.message
    assert time.monotonic() - began < 20


@pytest.mark.long
def test_worker_that_was_stopped_is_ended_and_its_report_made(ran, tmp_path):
    """Within the time a cell may take and half a minute."""
    seen = tmp_path / "stopped"
    cell = (
        "import os, pathlib, signal, time\n\n"
        f"seen = pathlib.Path({str(seen)!r})\n"
        "if not seen.exists():\n    seen.touch()\n"
        "    os.kill(os.getppid(), signal.SIGSTOP)\n    time.sleep(1000)"
    )
    began = time.monotonic()
    assert ran(cell, timeout=5).failure is None
    assert seen.exists()
    assert time.monotonic() - began < 35 + 20  # and the making itself


DEATHS = {
    "import os\n\nos._exit(0)": "exit code 0",
    "import os\n\nos._exit(7)": "exit code 7",
    "import os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
    "import os\n\nos.closerange(3, 4096)": "SIGABRT",
    "import ctypes\n\nctypes.string_at(0)": "SIGSEGV",
}


@pytest.mark.parametrize(("cell", "told"), DEATHS.items(), ids=DEATHS.values())
def test_kernel_that_ends_itself_is_told_with_how(cell, told, ran):
    """Exit code 0 included: a report is whole when its last cell is."""
    outcome = ran(cell)
    assert (outcome.failure.stage, outcome.failure.cell) == ("dead kernel", 4)
    assert told in outcome.failure.message
    assert b"report.cover()" in outcome.files["ipynb"]


def test_kernel_that_closes_its_standard_streams_makes_the_same_report(ran):
    """What it shows goes another way."""
    cell = "import os\n\nfor number in (0, 1, 2):\n    os.close(number)"
    closed, plain = ran(cell), ran("import os")
    assert closed.failure is plain.failure is None
    assert closed.files["html"] == plain.files["html"]


def test_exit_in_a_cell_is_a_failure(ran):
    """Not the end of a short report."""
    failure = ran("import sys\n\nsys.exit(0)").failure
    assert "cell 4" in failure.message
    assert "SystemExit" in failure.message


@pytest.mark.long
def test_kernel_that_prints_a_gigabyte_is_stopped_before_it_is_done(ran):
    """At the limit, not when the memory is full."""
    outcome = ran("for _ in range(1000):\n    print('x' * 1_000_000)")
    assert (outcome.failure.stage, outcome.failure.cell) == ("output", 4)
    assert f"{MOST_MIB} MiB" in outcome.failure.message
    assert len(outcome.files["ipynb"]) < 2 * MOST_MIB * 2**20


@pytest.mark.long
def test_flood_around_the_notebook_does_not_reach_the_terminal(tmp_path):
    """What is written to the file behind the standard error is output like any other."""
    cell = "import os\n\nfor _ in range(1000):\n    os.write(2, b'x' * 1_000_000)"
    run = brief(tmp_path / "reports", notebooks=put_brief(tmp_path, cell))
    assert run.code == 1
    assert "OutputError" in run.stdout
    assert len(run.stderr) < 2000
    assert f"failed/{BRIEF}.json" in contents(tmp_path / "reports")


def test_long_word_in_an_output_is_kept_in_no_time(ran):
    """As long as the limit allows; warnings among it still name no path of this machine."""
    cell = "import os, warnings\n\nprint('x' * 8_000_000)\nwarnings.warn('told')"
    began = time.monotonic()
    outcome = ran(cell)
    assert outcome.failure is None
    assert time.monotonic() - began < 20
    text = outcome.files["ipynb"].decode()
    assert "cell.py:" in text
    assert "ipykernel_" not in text


@pytest.mark.long
def test_many_small_outputs_are_stopped_too(ran):
    """A million of them would fit into the bytes."""
    failure = ran(f"for number in range({MOST_MESSAGES + 1}):\n    display(number)").failure
    assert (failure.stage, failure.cell) == ("output", 4)


def test_outputs_that_come_quickly_all_arrive(ran):
    """More of them than a kernel by default holds back for a listener that does not listen."""
    cell = (
        "import os, signal, time\n\nos.kill(os.getppid(), signal.SIGSTOP)\n"
        "for number in range(6000):\n    display(str(number) * 50)\n"
        "time.sleep(1)\nos.kill(os.getppid(), signal.SIGCONT)"
    )
    outcome = ran(cell)
    assert outcome.failure is None
    assert len(json.loads(outcome.files["ipynb"])["cells"][3]["outputs"]) == 6000


def living(mark: str) -> list[psutil.Process]:
    """Return the processes with a word on their command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("then", ["", "import os\n\nos._exit(1)"], ids=["ends", "dies"])
def test_processes_that_a_cell_started_end_with_its_report(then, ran, tmp_path):
    """As far as they remain in its group."""
    mark = uuid.uuid4().hex
    seen = tmp_path / "seen"
    program = f"import pathlib, time; pathlib.Path({str(seen)!r}).touch(); time.sleep(1000)"
    cell = (
        "import pathlib, subprocess, sys, time\n\n"
        f"subprocess.Popen([sys.executable, '-c', {program!r}, {mark!r}])\n"
        f"while not pathlib.Path({str(seen)!r}).exists():\n    time.sleep(0.01)\n{then}"
    )
    ran(cell)
    assert seen.exists()
    deadline = time.monotonic() + 3
    while living(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not living(mark)


def test_kernel_ends_with_the_process_that_forked_it(ran, tmp_path):
    """Even where it left its group and holds the interpreter."""
    seen = tmp_path / "seen"
    cell = (
        "import ctypes, os, pathlib, signal\n\n"
        f"pathlib.Path({str(seen)!r}).write_text(str(os.getpid()))\n"
        "os.setpgid(0, 0)\nos.kill(os.getppid(), signal.SIGKILL)\n"
        "ctypes.PyDLL(None).sleep(1000)"
    )
    failure = ran(cell).failure
    assert (failure.stage, failure.error) == ("worker", workers.DIED)
    _, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in [int(seen.read_text())] if psutil.pid_exists(pid)],
        timeout=3,
    )
    assert not alive


def test_build_goes_on_without_its_fork_server(tmp_path):
    """Reports after the one that killed it are made from another."""
    cell = (
        "import os, signal, psutil\n\nif country == 'NER':\n"
        "    psutil.Process(os.getppid()).parent().kill()\n    signal.pause()"
    )
    notebooks = put_brief(tmp_path, cell)
    began = time.monotonic()
    run = brief(tmp_path / "reports", "--country", "NER,MLI", "--jobs", "1", notebooks=notebooks)
    assert run.stdout.endswith("1 made, 0 unchanged, 1 failed.\n")
    assert time.monotonic() - began < 40
