"""Files written whole: a reader finds the old one or the new one, never half of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ExportError


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
