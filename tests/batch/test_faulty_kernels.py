"""Promises about kernels gone wrong: the build ends, says how, and nothing runs on."""

from __future__ import annotations

import json
import time
import uuid

import psutil
import pytest
from command import BRIEF, brief
from sahel_analysis.batch.matrix import expand
from sahel_analysis.batch.runs import run
from trial import contents, put_brief

from sahel_analysis.batch import channels
from sahel_analysis.batch.jobs import Order, Outcome
from sahel_analysis.batch.workers import CAN_FORK, Nursery

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this platform starts ordinary kernels")


@pytest.fixture(scope="module")
def nursery():
    """Return a nursery."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def ran(tables, nursery, tmp_path):
    """Return a function that runs a trial brief with a cell."""
    matrix = {"notebook": ["country_brief"], "country": ["NER"], "format": ["html"]}
    (job,) = expand(tables, matrix)

    def ran(cell: str, timeout: int = 60) -> Outcome:
        source = (put_brief(tmp_path, cell) / "country_brief.ipynb").read_text(encoding="utf-8")
        return run(Order(job, source, nursery.address, timeout))

    return ran


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


DEATHS = {
    "import os\n\nos._exit(0)": "exit code 0",
    "import os\n\nos._exit(7)": "exit code 7",
    "import os\n\nos.closerange(3, 4096)": "SIGABRT",
    "import ctypes\n\nctypes.string_at(0)": "SIGSEGV",
}


@pytest.mark.parametrize(("cell", "told"), DEATHS.items(), ids=DEATHS.values())
def test_kernel_that_ends_itself_is_told_with_how(cell, told, ran):
    """Exit code 0 included: a report is whole when its last cell is."""
    failure = ran(cell).failure
    assert (failure.stage, failure.cell) == ("dead kernel", 4)
    assert told in failure.message


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


def test_kernel_that_prints_a_gigabyte_is_stopped_before_it_is_done(ran):
    """At the limit, not when the memory is full; without one it took four times as much."""
    cell = "for _ in range(1000):\n    print('x' * 1_000_000)"
    before = psutil.Process().memory_info().rss
    outcome = ran(cell)
    assert (outcome.failure.stage, outcome.failure.cell) == ("output", 4)
    assert f"{channels.MOST_MIB} MiB" in outcome.failure.message
    assert len(outcome.files["ipynb"]) < 2 * channels.MOST_MIB * 2**20
    # One message holds what a kernel prints in a fifth of a second, before anybody can stop it.
    assert psutil.Process().memory_info().rss - before < 900 * 2**20


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


def test_many_small_outputs_are_stopped_too(ran, monkeypatch):
    """A million of them would fit into the bytes."""
    monkeypatch.setattr(channels, "MOST_MESSAGES", 200)
    failure = ran("for number in range(1000):\n    display(number)").failure
    assert (failure.stage, failure.cell) == ("output", 4)


def test_outputs_that_come_quickly_all_arrive(ran, monkeypatch):
    """More of them than a kernel by default holds back for a slow listener."""
    receive = channels.OutputChannel._recv

    async def slowly(channel, **kwargs):
        if channel._messages == 50:
            time.sleep(2)
        return await receive(channel, **kwargs)

    monkeypatch.setattr(channels.OutputChannel, "_recv", slowly)
    outcome = ran("for number in range(4000):\n    display(str(number) * 50)")
    cells = json.loads(outcome.files["ipynb"])["cells"]
    assert len(cells[3]["outputs"]) == 4000


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


CHILDREN = {
    "child": "subprocess.Popen({command})",
    "in a session of its own": "subprocess.Popen({command}, start_new_session=True)",
    "of a kernel that dies": (
        "subprocess.Popen({command}, start_new_session=True)\nimport os\n\nos._exit(1)"
    ),
    "daemon": (
        "import os\n\nif not os.fork():\n    os.setsid()\n"
        "    subprocess.Popen({command}, start_new_session=True)\n    os._exit(0)"
    ),
}


@pytest.mark.parametrize("cell", CHILDREN.values(), ids=CHILDREN)
def test_processes_that_a_cell_started_end_with_its_kernel(cell, ran, tmp_path):
    """Wherever they hid."""
    mark = uuid.uuid4().hex
    seen = tmp_path / "seen"
    program = f"import pathlib, time; pathlib.Path({str(seen)!r}).touch(); time.sleep(1000)"
    command = f"[sys.executable, '-c', {program!r}, {mark!r}]"
    wait = f"while not pathlib.Path({str(seen)!r}).exists():\n    time.sleep(0.01)"
    start = cell.format(command=command)
    if "os._exit(1)" in cell:
        start = start.replace("import os", f"{wait}\nimport os")
        wait = ""
    ran(f"import pathlib, subprocess, sys, time\n\n{start}\n{wait}")
    assert seen.exists()
    deadline = time.monotonic() + 3
    while living(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not living(mark)


def test_build_goes_on_without_its_nursery(tmp_path):
    """Reports after the one that killed it are made by ordinary kernels."""
    cell = "import os, signal\n\nif country == 'NER':\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    notebooks = put_brief(tmp_path, f"{cell}    import time\n\n    time.sleep(5)")
    began = time.monotonic()
    run = brief(tmp_path / "reports", "--country", "NER,MLI", "--jobs", "1", notebooks=notebooks)
    assert run.stdout.endswith("1 made, 0 unchanged, 1 failed.\n")
    assert time.monotonic() - began < 40
