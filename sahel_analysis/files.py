"""Files written whole and read with care; and whether a folder holds what its list says."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .errors import ExportError, SahelError, shown

LARGEST = 256 * 2**20  # bytes of a file that is read
SUMS = "SHA256SUMS"
_DEEPEST, _LONGEST = 100, 255  # parts of a path, and bytes of each
_WRITTEN_INTO = (stat.S_ISCHR, stat.S_ISFIFO)  # a terminal, /dev/null, a pipe to another program
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class FolderError(SahelError, ValueError):
    """A folder has no list of sums, or one that cannot be read."""


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Give a file beside the wanted one to write into; put it in place when the block ends well.

    Parameters
    ----------
    path : str or pathlib.Path
        The file wanted; folders above it are made. A link is followed. A device or pipe is written
        into and stays what it is.

    Yields
    ------
    pathlib.Path
        A file of the same name in a folder of its own on the same disk, so that the last step is
        one rename.

    Raises
    ------
    ExportError
        If the file cannot be written, or the path names none.
    """
    path = sound_path(path, "the file", ExportError)
    folder = None
    try:
        kind = path.stat().st_mode if path.exists() else stat.S_IFREG
        special = any(is_kind(kind) for is_kind in _WRITTEN_INTO)
        if not special and not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "it is a folder or another thing that is no file")
        if not special:
            path = path.resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=None if special else path.parent))
        written = folder / path.name
        yield written
        if special:
            _pour(written, path)
        else:
            sync(written)
            written.replace(path)
            sync(path.parent)
    except OSError as fault:
        message = f"'{shown(path, 1000)}' cannot be written ({fault.strerror or fault})."
        raise ExportError(message) from fault
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _pour(source: Path, target: Path) -> None:
    """Write a file's bytes into a device or pipe; a pipe that nobody reads is refused."""
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(descriptor, True)
    with source.open("rb") as data, os.fdopen(descriptor, "wb") as sink:
        shutil.copyfileobj(data, sink)


def sync(path: Path) -> None:
    """Make sure that a file, or the list of a folder's files, is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: str | Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text file whole and return its path.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; see `whole`.
    text : str
        What it holds, with the line ends it is to have.
    encoding : str
        ``utf-8``, or ``utf-8-sig`` with a byte order mark.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    with whole(path) as file:
        file.write_bytes(text.encode(encoding))
    return Path(path)


def read(path: str | Path, most: int = LARGEST) -> bytes:
    """Return what a file holds; a pipe, device or folder, and a file too large, are refused.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; a link is followed.
    most : int
        Bytes that it may hold.

    Raises
    ------
    OSError
        If it cannot be read; ``strerror`` says why.
    """
    # Without O_NONBLOCK, opening a pipe waits for whoever writes to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb", closefd=True) as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is no file", str(path))
        if facts.st_size > most:
            reason = f"it has more than {most // 2**20} MiB, the most that is read"
            raise OSError(errno.EFBIG, reason, str(path))
        return file.read()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def parsed(content: bytes) -> object:
    """Return the value of some JSON in UTF-8.

    Raises
    ------
    ValueError
        If it is none, or nested too deep to be read.
    """
    try:
        return json.loads(content.decode("utf-8"))
    except RecursionError as fault:
        message = "nested too deep"
        raise ValueError(message) from fault


def misfits(value: object, shape: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield place and message for each part of a JSON value that has not the shape expected.

    Parameters
    ----------
    value : object
        What was read.
    shape : object
        A type; a set of the texts allowed; ``[shape]`` for a list of one or more; a dict of the
        shapes of its keys, where ``?`` ends the name of one that may be missing and the key `str`
        stands for any. Keys that are not named may hold anything.
    place : str
        Where the value stands, such as ``resources[2].path``.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield place, f"is {_kind(value)}; expected an object."
            return
        for name, inner in shape.items():
            bare = name if name is str else name.rstrip("?")
            for key in value if name is str else [bare]:
                where = f"{place}.{shown(key)}".lstrip(".")
                if key in value:
                    yield from misfits(value[key], inner, where)
                elif name == bare:
                    yield where, "is missing."
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield place, f"is {_kind(value)}; expected a list of one or more."
            return
        for number, member in enumerate(value):
            yield from misfits(member, shape[0], f"{place}[{number}]")
    elif isinstance(shape, set):
        if not isinstance(value, str) or value not in shape:
            yield place, f"is '{shown(value)}'; expected one of {', '.join(sorted(shape))}."
    elif type(value) is not shape and not (shape is float and type(value) is int):
        yield place, f"is {_kind(value)}; expected {_KINDS[shape]}."


_KINDS = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false",
    dict: "an object", list: "a list", type(None): "null",
}  # fmt: skip


def _kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    return "empty" if value == [] else _KINDS[type(value)]


def sound_path(path: object, what: str, error: type[Exception]) -> Path:
    """Return a path that names something; refuse one that is empty, too deep or no path.

    Parameters
    ----------
    path : object
        What was given.
    what : str
        What it is to name, for the message: ``the folder of the reports``.
    error : type
        The error raised if it does not.
    """
    if isinstance(path, str | Path) and path != "":
        path = Path(path)
        try:
            longest = max((len(os.fsencode(part)) for part in path.parts), default=0)
        except UnicodeError:
            longest = _LONGEST + 1
        if "\0" not in str(path) and len(path.parts) <= _DEEPEST and longest <= _LONGEST:
            return path
    message = f"'{shown(path)}' names no place for {what}; give a path of one to {_DEEPEST} parts."
    raise error(message)


def sums(digests: Mapping[str, str]) -> bytes:
    """Return the content of a ``SHA256SUMS``, which ``sha256sum --check`` reads too.

    Parameters
    ----------
    digests : mapping of str to str
        File name to SHA-256, hexadecimal.
    """
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def against_sums(folder: str | Path) -> tuple[int, list[str]]:
    """Hold a folder against its ``SHA256SUMS``, or each folder in it that has one.

    Parameters
    ----------
    folder : str or pathlib.Path
        The folder; nothing else is read.

    Returns
    -------
    int, list of str
        How many files are listed; a line for each that is missing, changed, or there and not listed.

    Raises
    ------
    FolderError
        If there is no such list, or a line of one is no sum of a file in its folder.
    """
    folder = Path(folder)
    lists = sorted(folder.rglob(SUMS)) if not (folder / SUMS).is_file() else [folder / SUMS]
    if not lists:
        message = f"'{folder}' holds no {SUMS}; name the folder of an edition that was handed on."
        raise FolderError(message)
    count, faults = 0, []
    for listed in lists:
        wanted = _listed(listed)
        count += len(wanted)
        there = {
            path.relative_to(listed.parent).as_posix()
            for path in listed.parent.rglob("*")
            if not path.is_dir() and path != listed
        }
        for name in sorted(wanted.keys() | there):
            path = listed.parent / name
            if name not in there:
                faults.append(f"{path}: missing")
            elif name not in wanted:
                faults.append(f"{path}: not listed")
            elif _file_sha256(path) != wanted[name]:
                faults.append(f"{path}: changed")
    return count, faults


def _listed(path: Path) -> dict[str, str]:
    """Return what a list of sums says: name to SHA-256."""
    wanted, faults = {}, []
    for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1):
        match = _SUM.fullmatch(line)
        if not match or match[2].startswith("/") or ".." in match[2].split("/"):
            faults.append(
                f"'{path}', line {number}: '{shown(line)}' is not allowed; expected 64 hexadecimal "
                "digits, two spaces and the name of a file in that folder."
            )
        else:
            wanted[match[2]] = match[1]
    if faults:
        raise FolderError("\n".join(faults))
    return wanted


def _file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file; nothing for one that leads nowhere."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
