"""Slides: pandoc's PowerPoint file made fit to be shown, the page it starts from and what it wrote."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from math import ceil

_OLDEST = (1980, 1, 1, 0, 0, 0)
# A title on one line at the left, and as much room below it as there is: widths and places in EMU.
_MASTER = (
    (b'x="457200" y="205979"', b'x="457200" y="150000"'),
    (b'cx="8229600" cy="857250"', b'cx="8229600" cy="560000"'),
    (b'x="457200" y="1200151"', b'x="457200" y="800000"'),
    (b'cx="8229600" cy="3394472"', b'cx="8229600" cy="3950000"'),
    (b'<p:titleStyle><a:lvl1pPr algn="ctr"', b'<p:titleStyle><a:lvl1pPr algn="l"'),
    (b'<a:defRPr sz="3300"', b'<a:defRPr sz="2400" b="1"'),
    (b'<a:defRPr sz="2400" kern', b'<a:defRPr sz="1800" kern'),
)
_TABLE = re.compile(rb"<p:graphicFrame>.*?</p:graphicFrame>", re.DOTALL)
_CAPTION = re.compile(rb'<p:sp><p:nvSpPr><p:cNvPr id="\d*" name="TextBox.*?</p:sp>', re.DOTALL)
_RUN = re.compile(rb"<a:rPr(?=[ />])")
_TEXT = re.compile(rb"<a:t>(.*?)</a:t>", re.DOTALL)
_COLUMN = re.compile(rb'<a:gridCol w="(\d+)"')
_FRAME = re.compile(rb'<a:ext cx="\d+" cy="(\d+)"')
_ROW = re.compile(rb"<a:tr .*?</a:tr>", re.DOTALL)
_CELL = re.compile(rb"<a:tc>.*?</a:tc>", re.DOTALL)
# Pandoc adds the file's name to what is told of a picture.
_FILE_NAME = re.compile(rb'\s*figure-\d+\.png"')
_SIZES = (16, 14, 12, 11, 10, 9, 8)  # points, tried in this order
_CAPTION_SIZE = 10
_EMU = 12_700  # to a point
_MARGIN_X, _MARGIN_Y = 14.4, 7.2  # of a cell, both sides together, points
_WIDE, _HIGH = 0.52, 1.2  # of a letter on average and of a line, by size of type


def reference(stock: bytes) -> bytes:
    """Return the presentation whose layouts pandoc copies, made from the one that it brings.

    Parameters
    ----------
    stock : bytes
        What ``pandoc --print-default-data-file reference.pptx`` prints.
    """

    def changed(name: str, part: bytes) -> bytes:
        if name == "ppt/slideMasters/slideMaster1.xml":
            for old, new in _MASTER:
                part = part.replace(old, new)
        return part

    return _rezipped(stock, changed)


def finished(written: bytes, day: str) -> bytes:
    """Return a presentation with its day, and text of tables and captions that fits its slide.

    Parameters
    ----------
    written : bytes
        What pandoc wrote.
    day : str
        ISO date.

    Raises
    ------
    zipfile.BadZipFile
        If it is something else.
    """

    def changed(name: str, part: bytes) -> bytes:
        if name == "docProps/core.xml":
            return re.sub(rb"1970-01-01T", f"{day}T".encode(), part)
        if re.fullmatch(r"ppt/slides/slide\d+\.xml", name):
            part = _FILE_NAME.sub(b'"', part)
            part = _TABLE.sub(lambda table: _set_small(table[0]), part)
            return _CAPTION.sub(lambda box: _sized(box[0], _CAPTION_SIZE), part)
        return part

    return _rezipped(written, changed)


def _set_small(table: bytes) -> bytes:
    """Return a table in the largest size of type that its text leaves room for."""
    widths = [int(width) / _EMU - _MARGIN_X for width in _COLUMN.findall(table)]
    room = int(_FRAME.search(table)[1]) / _EMU
    rows = [
        [sum(len(text.decode()) for text in _TEXT.findall(cell)) for cell in _CELL.findall(row)]
        for row in _ROW.findall(table)
    ]

    def height(size: int) -> float:
        lines = (
            max(ceil(n * size * _WIDE / width) for n, width in zip(row, widths, strict=True))
            for row in rows
        )
        return sum(max(1, most) * size * _HIGH + _MARGIN_Y for most in lines)

    size = next((size for size in _SIZES if height(size) <= room), _SIZES[-1])
    return _sized(table, size)


def _sized(part: bytes, size: int) -> bytes:
    """Return a shape whose runs have a size of type, points."""
    return _RUN.sub(b'<a:rPr sz="%d"' % (size * 100), part)


def _rezipped(archive: bytes, changed: Callable[[str, bytes], bytes]) -> bytes:
    """Return an archive with changed parts, and no clock in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            content = changed(part.filename, old.read(part))
            part.date_time, part.external_attr = _OLDEST, 0o600 << 16
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
