"""A frame as the table of a report: Markdown for the exporters, HTML for JupyterLab."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import pandas as pd

from ..prose.markdown import escape, to_inline_html

_LONGEST = 60  # characters; a longer cell breaks its lines instead of widening its column


@dataclass(frozen=True)
class Grid:
    """A table cut into its texts.

    Attributes
    ----------
    columns : tuple of str
        Names, plain text.
    cells : tuple of tuple of str
        Markdown, row by row.
    numeric : tuple of bool
        Whether a column holds numbers and nothing else.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Grid:
        """Return the grid of a frame, without its index."""
        rows = frame.itertuples(index=False, name=None)
        return cls(
            tuple(str(name) for name in frame.columns),
            tuple(tuple(_cell(value) for value in row) for row in rows),
            tuple(_is_numeric(frame.iloc[:, place]) for place in range(frame.shape[1])),
        )

    def widths(self) -> list[int]:
        """Return a width for each column: its longest text, but not all of the page."""
        shown = [
            [re.sub(r"<[^>]*>", "", to_inline_html(cell)) for cell in row] for row in self.cells
        ]
        columns = zip(self.columns, *shown, strict=True)
        return [min(max(map(len, column)), _LONGEST) + 3 for column in columns]

    def markdown(self, caption: str, widths: Sequence[float]) -> str:
        """Return a pipe table in a div that holds its caption and its widths."""
        shares = " ".join(f"{width / sum(widths):.4f}" for width in widths)
        lines = [
            [escape(name) for name in self.columns],
            ["---:" if number else ":---" for number in self.numeric],
            *self.cells,
        ]
        rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f'::: {{.table widths="{shares}"}}\n{caption}\n\n{rows}\n:::'

    def html(self, caption: str) -> str:
        """Return a table with a caption, and headers that say what they head."""
        align = [f' style="text-align:{"right" if number else "left"}"' for number in self.numeric]
        head = "".join(
            f'<th scope="col"{style}>{html.escape(name)}</th>'
            for name, style in zip(self.columns, align, strict=True)
        )
        body = "".join(
            f'<tr><th scope="row"{align[0]}>{to_inline_html(row[0])}</th>'
            + "".join(
                f"<td{style}>{to_inline_html(cell)}</td>"
                for cell, style in zip(row[1:], align[1:], strict=True)
            )
            + "</tr>"
            for row in self.cells
        )
        return (
            f'<table><caption style="text-align:left">{to_inline_html(caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _cell(value: object) -> str:
    """Return the Markdown of one cell on one line."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if _is_number(value):
        # A missing value turns a column of whole numbers into floats.
        whole = isinstance(value, float) and value.is_integer()
        return escape(f"{value:,.0f}" if whole else f"{value:,}")
    return " ".join(str(value).split())


def _is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers and nothing else."""
    values = column.dropna()
    return len(values) > 0 and all(map(_is_number, values))


def _is_number(value: object) -> bool:
    """Return whether a value is a number, which True is not."""
    return isinstance(value, Real) and not isinstance(value, bool)
