"""Files written whole, never half of one; and whether a folder holds what its list says."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .errors import ExportError, SahelError, shown

SUMS = "SHA256SUMS"
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class FolderError(SahelError, ValueError):
    """A folder has no list of sums, or one that cannot be read."""


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Give a file beside the wanted one to write into; put it in place when the block ends well.

    Parameters
    ----------
    path : str or pathlib.Path
        The file wanted; folders above it are made.

    Yields
    ------
    pathlib.Path
        A file of the same name in a folder of its own on the same disk, so that the last step is
        one rename.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    path = Path(path)
    folder = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=path.parent))
        yield folder / path.name
        (folder / path.name).replace(path)
    except OSError as fault:
        message = f"'{path}' cannot be written ({fault.strerror or fault})."
        raise ExportError(message) from fault
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def write_text(path: str | Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text file whole and return its path.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
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
            elif _sha256(path) != wanted[name]:
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


def _sha256(path: Path) -> str:
    """Return the SHA-256 of a file; nothing for one that leads nowhere."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
