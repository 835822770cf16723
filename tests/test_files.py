"""Promises about files: a reader finds the old one or the new one, never half of it."""

import hashlib
import shutil
import subprocess

import pytest
from command import sahel

from sahel_analysis.errors import ExportError
from sahel_analysis.files import SUMS, FolderError, against_sums, sums, whole, write_text


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
