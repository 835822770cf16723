"""Promises about kernels: warm ones start at once, show the same, and never outlive their build."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.utils import run_sync
from sahel_analysis.batch.matrix import expand
from sahel_analysis.batch.runs import run
from traitlets.config import Config
from trial import PARAMETERS, put_brief

from sahel_analysis.batch.jobs import Order
from sahel_analysis.batch.workers import CAN_FORK, Nursery, WarmKernelManager

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this platform starts ordinary kernels")


@pytest.fixture(scope="module")
def nursery():
    """Return a nursery that is ready."""
    with Nursery() as nursery:
        stop(start(nursery))
        yield nursery


def start(nursery) -> WarmKernelManager:
    """Return the manager of a kernel that runs."""
    manager = WarmKernelManager(config=Config(WarmProvisioner={"address": nursery.address}))
    run_sync(manager.start_kernel)()
    return manager


def stop(manager) -> None:
    """Kill a kernel."""
    run_sync(manager.shutdown_kernel)(now=True)


def clear(manager) -> None:
    """Close what a manager holds of a kernel that is dead."""
    manager.provisioner.process.poll()
    run_sync(manager.cleanup_resources)()


def gone(process: psutil.Process, seconds: float = 3) -> bool:
    """Return whether a process ends within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_kernel_starts_with_its_imports_done(nursery):
    """In a fraction of what the imports alone would take."""
    started = time.monotonic()
    manager = start(nursery)
    taken = time.monotonic() - started
    stop(manager)
    assert taken < 0.5


def test_kernel_talks_over_sockets_that_nobody_else_can_take(nursery):
    """Files in a private folder; no port."""
    manager = start(nursery)
    assert manager.transport == "ipc"
    assert len(f"{manager.ip}-5") < 100
    stop(manager)


def test_kernel_dies_when_nobody_holds_it(nursery):
    """Its connection is its life line."""
    manager = start(nursery)
    kernel = psutil.Process(manager.provisioner.pid)
    manager.provisioner.process._lines.close()
    manager.provisioner.process._connection.close()
    assert gone(kernel)
    clear(manager)


def test_kernels_die_with_their_nursery():
    """Even when it is killed."""
    with Nursery() as nursery:
        manager = start(nursery)
        kernel = psutil.Process(manager.provisioner.pid)
        nursery._process.kill()
        assert gone(kernel)
        clear(manager)


def test_nursery_and_its_folder_go_with_the_build():
    """Standard input closes however a build ends."""
    nursery = Nursery().__enter__()
    process = psutil.Process(nursery._process.pid)
    manager = start(nursery)
    kernel = psutil.Process(manager.provisioner.pid)
    nursery.__exit__()
    assert gone(process)
    assert gone(kernel)
    assert not Path(nursery.address).parent.exists()
    clear(manager)


def order(tables, folder, address) -> Order:
    """Return the order for a trial brief that shows its process and imports."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["NER"]})
    source = (folder / "country_brief.ipynb").read_text(encoding="utf-8")
    return Order(job, source, address)


def test_ordinary_kernel_gives_the_same_report(tables, nursery, tmp_path):
    """Byte for byte: the nursery saves time and changes nothing."""
    map_ = "report.map()"
    folder = put_brief(tmp_path, map_)
    warm, ordinary = (run(order(tables, folder, address)) for address in (nursery.address, ""))
    assert warm.failure is ordinary.failure is None
    assert warm.files == ordinary.files
    assert warm.peak_kb


def test_nursery_that_does_not_answer_is_done_without(tables, tmp_path):
    """The report is made by an ordinary kernel."""
    outcome = run(order(tables, put_brief(tmp_path), str(tmp_path / "nowhere" / "nursery")))
    assert outcome.failure is None


def test_kernel_does_not_see_the_caller_s_folder_or_earlier_kernels(tables, nursery, tmp_path):
    """Each report has an empty folder and a process of its own."""
    cell = (
        "from pathlib import Path\n\nassert not list(Path().iterdir())\n"
        "assert 'seen' not in dir(report)\ntype(report).seen = True\nPath('left').touch()"
    )
    folder = put_brief(tmp_path, cell)
    for _ in range(2):
        assert run(order(tables, folder, nursery.address)).failure is None


def test_dead_kernel_is_told_with_its_signal(tables, nursery, tmp_path):
    """And with the memory it held."""
    folder = put_brief(tmp_path, "import os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)")
    failure = run(order(tables, folder, nursery.address)).failure
    assert (failure.stage, failure.cell) == ("dead kernel", 4)
    assert signal.SIGKILL.name in failure.message
    assert "MiB" in failure.message


def test_parameters_reach_the_notebook(tables, nursery, tmp_path):
    """The injected cell stands under its name, with no random id."""
    outcome = run(order(tables, put_brief(tmp_path), nursery.address))
    text = outcome.files["ipynb"].decode()
    assert '"id": "injected-parameters"' in text
    assert PARAMETERS.splitlines()[0].replace('"', '\\"') in text
    for word in ("start_time", "/tmp/", "execution_state", "iopub"):
        assert word not in text
