"""Promises about the network: nothing asks it for anything, neither on import nor at work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from command import Run, brief, sahel
from trial import put_brief

from sahel_analysis.batch.workers import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kernels talk over ports on this platform")

# Runs in every Python process before anything else; refuses, and writes down what was tried, for
# whoever asked may go on without.
GUARD = """
import os, sys

def guard(event, arguments):
    asked = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
    if event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple) or str(address[0]).startswith(("127.", "::1")):
            return
    elif event not in asked or arguments[0] in {None, "localhost", "127.0.0.1", "::1"}:
        return
    with open(os.environ["SAHEL_TEST_TRIED"], "a") as file:
        file.write(f"{sys.argv[:3]}: {event} {arguments[1:]}\\n")
    raise OSError("a test keeps the network shut")

sys.addaudithook(guard)
"""
MODULES = """
import importlib, pkgutil
import sahel_analysis

for found in pkgutil.walk_packages(sahel_analysis.__path__, "sahel_analysis."):
    importlib.import_module(found.name)
"""


@pytest.fixture
def tried(tmp_path) -> Path:
    """Return the file that tells who asked the network for what."""
    return tmp_path / "tried"


@pytest.fixture
def guarded(tried, tmp_path) -> dict[str, str]:
    """Return the environment of processes that are watched."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard/sitecustomize.py").write_text(GUARD)
    root = Path(__file__).resolve().parents[2]
    return {"PYTHONPATH": f"{tmp_path / 'guard'}:{root}", "SAHEL_TEST_TRIED": str(tried)}


def test_no_module_asks_the_network_on_import(guarded, tried):
    """Not one of the package, nor what it imports."""
    command = [sys.executable, "-c", MODULES]
    run = Run(program=command, env=guarded, offline=True).end()
    assert run.code == 0
    assert not tried.exists(), tried.read_text()


def test_a_real_report_in_all_formats_asks_the_network_for_nothing(guarded, tried, tmp_path):
    """Neither the build nor its workers and kernels; and it is made where there is none."""
    reports = tmp_path / "reports"
    run = brief(reports, "--format", "html,pdf,docx", env=guarded, offline=True)
    assert run.code == 0
    assert not tried.exists(), tried.read_text()


@pytest.mark.parametrize(
    "command", [pytest.param("atlas", marks=pytest.mark.long), "validate", "export"]
)
def test_no_other_command_asks_the_network(command, guarded, tried, tmp_path):
    """With no network at all they do what they do."""
    asked = {
        "atlas": ["--output", tmp_path],
        "validate": [],
        "export": ["--format", "gpkg", "--output", tmp_path / "layers.gpkg"],
    }
    assert sahel(command, *asked[command], env=guarded, offline=True).code == 0
    assert not tried.exists(), tried.read_text()


@pytest.mark.parametrize(
    "cell",
    [
        "import urllib.request\n\nurllib.request.urlopen('http://example.invalid')",
        "import socket\n\nsocket.create_connection(('192.0.2.1', 80), timeout=1)",
    ],
    ids=["name", "address"],
)
def test_the_guard_sees_what_a_kernel_tries(cell, guarded, tried, tmp_path):
    """Else the promises above would be empty."""
    run = brief(tmp_path / "reports", notebooks=put_brief(tmp_path / "trial", cell), env=guarded)
    assert run.code == 1
    assert "socket." in tried.read_text()
