"""The command `sahel` in a process of its own, in surroundings of our choice, watched to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import psutil
import pytest

_MARK = "SAHEL_TEST_RUN"
_START = """
import sys
from sahel_analysis.cli import main

if folder := sys.argv.pop(1):
    from pathlib import Path
    from sahel_analysis.batch import jobs

    jobs.notebook_folder = lambda: Path(folder)
main()
"""
BRIEF = "2023-12-04_checked/country_brief_NER"


class Run:
    """A run of `sahel`, from its start on.

    Parameters
    ----------
    *arguments : str or pathlib.Path
        Of the command.
    notebooks : pathlib.Path, optional
        Folder of trial notebooks in the place of the package's own.
    env : mapping, optional
        Environment variables to be set, or unset where the value is None.
    shell : str
        How a shell is to start it, where it is ``"$@"``.
    offline : bool
        Whether it has no network at all, where the machine can take it away.
    mount : tuple of str and path, optional
        A file system that only this run sees: what the shell is to do before it, where ``$0`` is
        the path, and the path. See `tmpfs`.
    after : str
        What the shell is to do after it, while the file system is still there.
    cwd : pathlib.Path, optional
        Where to start.
    program : sequence of str or pathlib.Path, optional
        Another program in the place of the command.
    """

    def __init__(
        self,
        *arguments: str | Path,
        notebooks: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        shell: str = "",
        offline: bool = False,
        mount: tuple[str, Path] | None = None,
        after: str = "true",
        cwd: Path | None = None,
        program: Sequence[str | Path] = (),
    ) -> None:
        self.mark = uuid.uuid4().hex
        self.scratch = Path(tempfile.mkdtemp(prefix="run-"))
        own = {"TMPDIR": str(self.scratch), _MARK: self.mark}
        # A kernel that finds pytest's variable captures less than it does anywhere else.
        given = {**os.environ, "PYTEST_CURRENT_TEST": None, **own, **(env or {})}
        program = program or [sys.executable, "-c", _START, notebooks or ""]
        command = [str(word) for word in (*program, *arguments)]
        if shell:
            command = ["sh", "-c", shell, "sh", *command]
        if mount:
            before, place = mount
            script = f'{before} || exit 99; "$@"; code=$?; {after}; exit $code'
            command = [*namespace(), "sh", "-c", script, str(place), *command]
        if offline:
            command = [*namespace("--net", "true", needed=False), *command]
        self.process = subprocess.Popen(
            command,
            env={name: value for name, value in given.items() if value is not None},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def end(self, seconds: float = 60) -> Run:
        """Wait for the end; hold the run to one message, no stray process and no left file."""
        try:
            self.stdout, self.stderr = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            for process in self.processes():
                process.kill()
            self.process.communicate()
            raise
        self.code = self.process.returncode
        deadline = time.monotonic() + 3
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        files = [path.name for path in self.scratch.rglob("*")]
        shutil.rmtree(self.scratch, ignore_errors=True)
        assert not left, f"still running: {[process.cmdline() for process in left]}"
        assert "Traceback" not in self.stderr, self.stderr
        assert not files, f"left in the temporary folder: {files}"
        return self

    def processes(self) -> list[psutil.Process]:
        """Return every living process that this run started."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE:
                    found += [process] if process.environ().get(_MARK) == self.mark else []
            except psutil.Error:
                continue
        return found


def sahel(*arguments: str | Path, seconds: float = 60, **surroundings: object) -> Run:
    """Run the command to its end; see `Run`."""
    return Run(*arguments, **surroundings).end(seconds)


def brief(output: Path, *arguments: str, **surroundings: object) -> Run:
    """Build the brief on Niger as HTML, unless the arguments say otherwise."""
    form = [] if "--format" in arguments else ["--format", "html"]
    place = [] if "--country" in arguments else ["--country", "NER"]
    matrix = ["--notebook", "country_brief", *place, "--as-of", "2023-12-04", *form]
    return sahel("build", *matrix, "--output", output, *arguments, **surroundings)


def tmpfs(place: Path, options: str = "size=16m", then: str = "true") -> tuple[str, Path]:
    """Return a mount of a file system in memory, and what the shell is to do in it."""
    return f'mount -t tmpfs -o {options} tmpfs "$0" && {{ {then}; }}', place


@cache
def namespace(
    kind: str = "--mount", trial: str = "mount -t tmpfs tmpfs /mnt", *, needed: bool = True
) -> list[str]:
    """Return the command that gives a process mounts, or a network, of its own.

    Where that cannot be, the test is skipped, or the command is empty.
    """
    for command in (["unshare", kind], ["unshare", "--user", "--map-root-user", kind]):
        tried = [*command, "sh", "-c", trial]
        if shutil.which("unshare") and not subprocess.run(tried, capture_output=True).returncode:
            return command
    if needed:
        pytest.skip("this machine gives a process no file systems of its own")
    return []
