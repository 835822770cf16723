"""Progress: what a build tells while it runs, to a terminal, to a pipe and to a log."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from ..errors import SahelError

_LINES = 8  # as many running reports as are shown one by one
_COLUMNS, _ROWS = 80, 24


class LogError(SahelError, RuntimeError):
    """The log cannot be written; a build that cannot tell what it does stops."""


class Progress:
    """Shows a total with the time left and a line per running report, and keeps the log.

    Parameters
    ----------
    total : int
        Number of reports to be made.
    log : pathlib.Path, optional
        File that gets one JSON line per event; made anew.
    stream : file, optional
        Where to write; the lines are redrawn in place if it is a terminal.
    """

    def __init__(self, total: int, log: Path | None = None, stream: TextIO | None = None) -> None:
        self.total, self.done, self.failed = total, 0, 0
        self.stream = stream or sys.stderr
        self._log = log.open("w", encoding="utf-8") if log else None
        self._started: dict[str, float] = {}
        self._bar: tqdm | None = None
        self._lines: list[tqdm] = []

    def __enter__(self) -> Progress:
        """Start to show."""
        if self.stream.isatty() and self.total:
            shape = "{n_fmt} of {total_fmt} reports |{bar}| {elapsed}, {remaining} left"
            self._bar = tqdm(
                total=self.total,
                file=self.stream,
                bar_format=shape,
                leave=False,
                position=0,
                **self._room(),
            )
        self.note("build started", reports=self.total)
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the lines and close the log."""
        self.note("build ended", made=self.done - self.failed, failed=self.failed)
        for line in [*reversed(self._lines), *([self._bar] if self._bar else [])]:
            line.close()
        if self._log:
            self._log.close()

    def start(self, report: str) -> None:
        """Tell that a report is being made."""
        self._started[report] = time.monotonic()
        self.note("report started", report=report)
        self.refresh()

    def finish(self, report: str, told: str, **facts: object) -> None:
        """Tell what came of a report: ``made``, or why it failed."""
        self._started.pop(report, None)
        self.done += 1
        self.failed += told != "made"
        self.note("report ended", report=report, outcome=told, **facts)
        told = told.splitlines()[0]
        if self._bar:
            if told != "made":
                self._bar.write(f"{report}: {told}", file=self.stream)
            self._bar.update()
            self.refresh()
        else:
            seconds = facts.get("seconds")
            took = f" ({seconds:.1f} s)" if isinstance(seconds, float) else ""
            print(f"[{self.done}/{self.total}] {report}: {told}{took}", file=self.stream)  # noqa: T201
            self.stream.flush()

    def refresh(self) -> None:
        """Redraw the lines of the running reports."""
        if self._bar is None:
            return
        now, room = time.monotonic(), self._room()
        running = []
        for name, since in self._started.items():
            taken = f", {now - since:.0f} s"
            running.append(f"  {name}"[: max(0, room["ncols"] - len(taken))] + taken)
        while len(self._lines) < min(len(running), _LINES):
            place = len(self._lines) + 1
            line = tqdm(file=self.stream, bar_format="{desc}", leave=False, position=place, **room)
            self._lines.append(line)
        for place, line in enumerate(self._lines):
            line.set_description_str(running[place] if place < len(running) else "")
        self._bar.ncols = room["ncols"]
        self._bar.refresh()

    def _room(self) -> dict[str, int]:
        """Return how much of the terminal, as it is now, may be written on.

        A line that runs over the edge would be redrawn below itself, again and again. A terminal
        that does not know its size says 0.
        """
        size = os.get_terminal_size(self.stream.fileno())
        return {"ncols": (size.columns or _COLUMNS) - 1, "nrows": (size.lines or _ROWS) - 1}

    def note(self, event: str, **facts: object) -> None:
        """Write one line of the log."""
        if self._log:
            told = {"time": datetime.now(UTC).isoformat(), "event": event, **facts}
            try:
                self._log.write(json.dumps(told, ensure_ascii=False) + "\n")
                self._log.flush()
            except OSError as fault:
                message = f"The log '{self._log.name}' cannot be written ({fault.strerror})."
                raise LogError(message) from fault
