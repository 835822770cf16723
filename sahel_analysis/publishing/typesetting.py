"""Typst sources and figures to pages, by Typst out of its wheel."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from ..errors import ExportError

T = TypeVar("T")
# A page without a date still needs one fixed moment; ZIP archives know none earlier.
UNDATED = "1980-01-01"
_WEIGHTS = {400: "Regular", 700: "Bold"}
_WORD_PIXELS_PER_INCH = 220
_THUMBNAIL_PT = 120
_THUMBNAIL_PIXELS_PER_INCH = 144  # two pixels to a point, for fine screens
_SHEET = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"


def typeset(
    source: bytes, figures: Mapping[str, str], name: str, day: str = UNDATED, **options: object
) -> bytes | list[bytes]:
    """Return what Typst makes of a source.

    Parameters
    ----------
    source : bytes
        The source, UTF-8.
    figures : mapping of str to str
        File name as the source has it, to SVG, and to the text of a file to be attached.
    name : str
        Name of the report, for messages.
    day : str
        ISO date that the file carries, so that equal reports are equal files.
    **options : object
        For `typst.compile`.

    Raises
    ------
    ExportError
        If Typst or the typeface is not installed, or the source cannot be set.
    """
    return _with_typst(
        lambda typst, main, shared: typst.compile(
            main,
            timestamp=int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()),
            **shared,
            **options,
        ),
        source,
        figures,
        name,
    )


def page_count(source: bytes, figures: Mapping[str, str], name: str) -> int:
    """Return on how many pages Typst sets a source that says so itself under ``<pages>``.

    Parameters
    ----------
    source, figures, name
        As in `typeset`.

    Raises
    ------
    ExportError
        As in `typeset`.
    """
    answer = _with_typst(
        lambda typst, main, shared: typst.query(main, "<pages>", field="value", one=True, **shared),
        source,
        figures,
        name,
    )
    return int(json.loads(answer))


def _with_typst(
    ask: Callable[[ModuleType, str, dict], T], source: bytes, figures: Mapping[str, str], name: str
) -> T:
    """Return Typst's answer about a source, which lies in a folder with its figures."""
    try:
        import typst

        fonts = _fonts()
    except ImportError as fault:
        message = f"'{name}' needs the module '{fault.name}', which is not installed"
        raise ExportError(message) from fault

    with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
        for file, drawn in figures.items():
            (Path(folder) / file).write_bytes(drawn.encode())
        main = Path(folder) / "main.typ"
        main.write_bytes(source)
        shared = {"root": folder, "font_paths": fonts, "ignore_system_fonts": True}
        try:
            return ask(typst, str(main), shared)
        except RuntimeError as fault:
            message = f"Typst could not set '{name}': {reason(str(fault))}"
            raise ExportError(message) from fault


@cache
def _fonts():
    """Return the typeface of the pages, out of its wheel."""
    import font_source_sans_pro
    import typst

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def font_rules(characters: str) -> str:
    """Return style rules that hold the typeface, cut down to some characters.

    Parameters
    ----------
    characters : str
        Each once, sorted; a browser sets any other in a face of its own.
    """
    import font_source_sans_pro
    from fontTools import subset
    from fontTools.ttLib import TTFont

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    rules = []
    for weight, name in _WEIGHTS.items():
        options = subset.Options(
            flavor="woff", notdef_outline=True, hinting=False, layout_features=["kern", "liga"]
        )
        font = TTFont(folder / f"SourceSansPro-{name}.ttf", recalcTimestamp=False)
        cut = subset.Subsetter(options)
        cut.populate(text=characters)
        cut.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
        source = base64.b64encode(buffer.getvalue()).decode()
        rules.append(
            f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};'
            f'src:url(data:font/woff;base64,{source}) format("woff")}}'
        )
    return "\n".join(rules)


def rasterised(figures: Mapping[str, str], name: str) -> dict[str, bytes]:
    """Return each figure as PNG, under its name with that suffix.

    Parameters
    ----------
    figures : mapping of str to str
        File name to SVG.
    name : str
        Name of the report, for messages.
    """
    if not figures:
        return {}
    sheets = "\n#pagebreak()\n".join(f'#image("{file}")' for file in figures)
    source = f"{_SHEET}{sheets}".encode()
    drawn = typeset(source, figures, name, format="png", ppi=_WORD_PIXELS_PER_INCH)
    pages = drawn if isinstance(drawn, list) else [drawn]
    return dict(zip((file.replace(".svg", ".png") for file in figures), pages, strict=True))


def thumbnail(svg: str) -> bytes:
    """Return a figure as a small PNG for lists of reports; nothing for no figure.

    Parameters
    ----------
    svg : str
        The figure, or an empty text.
    """
    if not svg:
        return b""
    source = f'{_SHEET}#image("figure.svg", width: {_THUMBNAIL_PT}pt)'.encode()
    ppi = _THUMBNAIL_PIXELS_PER_INCH
    return typeset(source, {"figure.svg": svg}, "thumbnail", format="png", ppi=ppi)


def reason(message: str) -> str:
    """Return the line of a tool's message that says what is wrong."""
    said = message.split("stack traceback:")[0]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
