"""Promises about files: a reader finds the old one or the new one, never half of it."""

import pytest

from sahel_analysis.errors import ExportError
from sahel_analysis.files import whole, write_text


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
