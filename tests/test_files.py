"""Promises about files: a reader finds the old one or the new one, never half of it."""

import hashlib
import os
import shutil
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from command import sahel

from sahel_analysis.cli import main
from sahel_analysis.errors import ExportError
from sahel_analysis.files import (
    SUMS,
    FolderError,
    against_sums,
    misfits,
    parsed,
    read,
    sums,
    whole,
    write_text,
)  # fmt: skip

UNIX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes are those of Unix")
EXPORT = ["export", "--format", "csv", "--output"]


def exported(target: str | Path) -> tuple[int, str]:
    """Return exit code and message of an export to a target."""
    result = CliRunner().invoke(main, [*EXPORT, str(target)])
    return result.exit_code, result.output


@UNIX
def test_a_link_is_written_through_and_stays(tmp_path):
    """The file that it leads to is whole; one that is not there is made."""
    for there in (True, False):
        theirs, link = tmp_path / f"theirs{there}.csv", tmp_path / f"link{there}"
        if there:
            theirs.write_text("old")
        link.symlink_to(theirs)
        assert exported(link)[0] == 0
        assert link.is_symlink()
        assert "event_id" in theirs.read_text("utf-8-sig")


@UNIX
def test_a_pipe_is_written_into_and_stays(tmp_path):
    """Whoever reads it gets the file; where nobody does, it is told."""
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    code, told = exported(pipe)
    assert code == 1
    assert "cannot be written" in told
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    while exported(pipe)[0]:  # until the reader has opened it
        pass
    reader.join(10)
    assert b"event_id" in got[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@UNIX
def test_a_device_is_written_into_and_stays(tmp_path):
    """A character node of our own that is as /dev/null."""
    node = tmp_path / "null"
    try:
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        node.write_bytes(b"")
    except OSError:
        pytest.skip("this user may make no devices")
    assert exported(node)[0] == 0
    assert stat.S_ISCHR(node.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["null"]


@pytest.mark.parametrize("command", [EXPORT, ["build", "--output"], ["atlas", "--output"]])
def test_an_empty_output_is_refused(command, tmp_path, monkeypatch):
    """As an unset variable gives it; nothing is made in the working folder."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [*command, ""])
    assert result.exit_code == 2
    assert "empty" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["", "a/" * 1800 + "b", "a\0b", 5, None])
def test_a_path_that_names_nothing_is_refused(path):
    """In one sentence, without a trace of the stack."""
    with pytest.raises(ExportError, match="names no place for the file"):
        write_text(path, "x")


@UNIX
def test_only_a_file_is_read_and_no_endless_one(tmp_path):
    """No pipe is waited for, no device fills the memory."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 100)
    for path in (tmp_path / "pipe", "/dev/zero", tmp_path):
        with pytest.raises(OSError, match="no file|directory"):
            read(path)
    with pytest.raises(OSError, match="the most that is read"):
        read(tmp_path / "large", most=99)


def test_json_of_another_shape_is_told_by_place():
    """One message for each part that does not fit."""
    shape = {"name": str, "rows?": int, "parts": [{"kind": {"a", "b"}}], "sizes": {str: float}}
    value = {"rows": True, "parts": [{"kind": "c"}, 5], "sizes": {"x": 1, "y": "2"}}
    assert list(misfits(value, shape)) == [
        ("name", "is missing."),
        ("rows", "is true or false; expected a whole number."),
        ("parts[0].kind", "is 'c'; expected one of a, b."),
        ("parts[1]", "is a whole number; expected an object."),
        ("sizes.y", "is a text; expected a number."),
    ]
    with pytest.raises(ValueError, match="nested too deep"):
        parsed(b"[" * 100_000)


def test_a_file_is_put_in_place_when_it_is_whole(tmp_path):
    """Folders above it are made, and nothing else is left."""
    path = write_text(tmp_path / "a" / "b.txt", "é\r\n")
    assert path.read_bytes() == "é\r\n".encode()
    assert [found.name for found in path.parent.iterdir()] == ["b.txt"]


def test_a_failure_leaves_the_earlier_file_as_it_was(tmp_path):
    """However far the writing came."""
    path = write_text(tmp_path / "a.txt", "old")

    def fail() -> None:
        with whole(path) as file:
            file.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["file/a.txt", "folder"])
def test_a_place_that_takes_no_file_is_named(name, tmp_path):
    """In one sentence."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match=rf"{name}' cannot be written \("):
        write_text(tmp_path / name, "x")


def test_a_file_can_be_read_by_others(tmp_path):
    """The folder it was written in was private; the file is not."""
    path = write_text(tmp_path / "a.txt", "x")
    other = tmp_path / "b.txt"
    other.write_text("x")
    assert path.stat().st_mode == other.stat().st_mode


@pytest.fixture
def edition(tmp_path):
    """Return a folder of three files with their sums."""
    folder = tmp_path / "an edition"
    files = {"a.html": b"a", "b c.pdf": b"b", "é.csv": "é".encode()}
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    (folder / SUMS).write_bytes(sums(digests))
    return folder


def test_a_folder_is_held_against_its_sums(edition):
    """What is missing, changed or not listed is named; from the folder above too."""
    assert against_sums(edition) == against_sums(edition.parent) == (3, [])
    (edition / "a.html").unlink()
    (edition / "b c.pdf").write_bytes(b"x")
    (edition / "sub").mkdir()
    (edition / "sub" / "new.txt").write_bytes(b"")
    count, faults = against_sums(edition)
    assert count == 3
    assert [fault.removeprefix(f"{edition}/") for fault in faults] == [
        "a.html: missing", "b c.pdf: changed", "sub/new.txt: not listed",
    ]  # fmt: skip


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="this machine has no sha256sum")
def test_sha256sum_reads_the_sums(edition):
    """Without anything of ours."""
    command = ["sha256sum", "--check", "--strict", SUMS]
    assert subprocess.run(command, cwd=edition, capture_output=True).returncode == 0
    (edition / "é.csv").write_bytes(b"x")
    assert subprocess.run(command, cwd=edition, capture_output=True).returncode == 1


@pytest.mark.parametrize(
    "line", ["", "abc  a.html", f"{'0' * 64}  ../a", f"{'0' * 64}  /etc/passwd"]
)
def test_a_list_that_is_none_is_refused(edition, line):
    """By line, and nothing outside the folder is read."""
    with (edition / SUMS).open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(FolderError, match="line 4"):
        against_sums(edition)


def test_the_command_needs_nothing_but_the_folder(edition, tmp_path):
    """No tables, no network; its exit code says whether all is as listed."""
    away = {"env": {"SAHEL_DATA": str(tmp_path / "nowhere")}, "offline": True}
    sound = sahel("verify", edition, **away)
    assert (sound.code, sound.stdout) == (0, "3 files are as listed.\n")
    (edition / "a.html").write_bytes(b"x")
    altered = sahel("verify", edition, **away)
    assert (altered.code, altered.stdout) == (1, f"{edition}/a.html: changed\n")
    none = sahel("verify", tmp_path / "an edition" / "..", **away)
    assert none.code == 1
    shutil.rmtree(edition)
    empty = sahel("verify", tmp_path, **away)
    assert empty.code == 1
    assert "holds no SHA256SUMS" in empty.stderr
