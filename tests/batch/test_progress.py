"""Promises about what a build tells while it runs: to a terminal, to a pipe, beforehand."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from command import Run, sahel
from trial import contents, put_brief

from sahel_analysis.batch.build import _with_progress
from sahel_analysis.batch.jobs import Failure, Outcome, expand

MATRIX = ["build", "--notebook", "country_brief", "--format", "html", "--country", "NER,MLI"]
FAULT = 'if country == "MLI":\n    raise ValueError("one line\\nand another")'
NER, MLI = (f"2023-12-04_checked/country_brief_{iso3}" for iso3 in ("NER", "MLI"))


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory) -> Path:
    """Return the folder of a trial brief that fails for Mali."""
    return put_brief(tmp_path_factory.mktemp("trial"), FAULT)


@pytest.fixture(scope="module")
def built(notebooks, tmp_path_factory) -> tuple[Run, Path]:
    """Return a build of two of which one failed, and its folder."""
    reports = tmp_path_factory.mktemp("built") / "reports"
    run = sahel(*MATRIX, "--output", reports, notebooks=notebooks)
    assert run.code == 1
    return run, reports


def test_pipe_gets_one_plain_line_per_report(built):
    """Numbered, with what came of it and how long it took."""
    lines = sorted(built[0].stderr.splitlines(), key=lambda line: line.partition(" ")[2])
    shape = r"\[{}/2\] {} \(\d+\.\d s\)"
    assert len(lines) == 2
    assert re.fullmatch(shape.format("[12]", f"{MLI}: cell 4, ValueError: one line"), lines[0])
    assert re.fullmatch(shape.format("[12]", f"{NER}: made"), lines[1])
    assert {line[:5] for line in lines} == {"[1/2]", "[2/2]"}


def test_timings_are_not_among_the_reports(built):
    """A report that takes longer is the same report."""
    for name, data in contents(built[1]).items():
        assert b"seconds" not in data, name


def test_terminal_shows_one_bar_and_what_failed(tables, monkeypatch):
    """In its width; in the end only what failed is left."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    ner, mli = expand(tables, {"notebook": ["country_brief"], "country": ["NER", "MLI"]})
    failed = Outcome(mli, failure=Failure("cell", 4, "ValueError", "one line\nand another"))
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
    os.set_blocking(reader, False)
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        outcomes = _with_progress([Outcome(ner), failed], 2)
        next(outcomes)
        beginning = screen(written_to(reader))
        next(outcomes)
        monkeypatch.setattr(time, "time", lambda: 2e9)  # the bar is redrawn ten times a second
        assert list(outcomes) == []
        left = screen(written_to(reader))
    os.close(reader)
    assert len(beginning) == 1
    assert "0/2" in beginning[0]
    assert len(beginning[0]) <= 50
    assert left == [f"[2/2] {mli.path}: cell 4, ValueError: one line (0.0 s)"]


def written_to(reader: int) -> bytes:
    """Return all that has been written to a terminal since it was last read."""
    written = b""
    with suppress(BlockingIOError):
        while True:
            written += os.read(reader, 1 << 16)
    return written


def screen(written: bytes) -> list[str]:
    """Return the lines that stand on a screen after some writing, from the first to the last."""
    lines, row, column = {}, 0, 0
    for part in re.findall(r"\x1b\[A|\r|\n|[^\x1b\r\n]+", written.decode()):
        if part == "\x1b[A":
            row -= 1
        elif part == "\n":
            row += 1
        elif part == "\r":
            column = 0
        else:
            before = lines.get(row, "").ljust(column)
            lines[row] = before[:column] + part + before[column + len(part) :]
            column += len(part)
    return [text for _, line in sorted(lines.items()) if (text := line.rstrip())]


def test_dry_run_says_what_would_run_and_why_and_touches_nothing(built, notebooks):
    """Neither the reports nor, where there are none, their folder."""
    _, reports = built

    def seen() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in [reports, *reports.rglob("*")]}

    before = seen()
    asked = ["--country", "CAF", "--dry-run", "--output"]
    run = sahel(*MATRIX, *asked, reports, notebooks=notebooks)
    assert run.code == 0
    assert [line.split(maxsplit=2) for line in run.stdout.splitlines()[:-1]] == [
        ["fresh", NER],
        ["runs", MLI, "it failed last time; it is not there yet"],
        ["runs", NER.replace("NER", "CAF"), "it is not there yet"],
    ]
    assert run.stdout.splitlines()[-1] == "2 of 3 would run."
    assert seen() == before
    elsewhere = reports.parent / "elsewhere"
    sahel(*MATRIX, *asked, elsewhere, notebooks=notebooks)
    assert not elsewhere.exists()


def test_editions_of_a_file_are_asked_for_by_name(notebooks, tmp_path):
    """With the values that the file gives them; all of them without a name."""
    path = tmp_path / "editions.toml"
    path.write_text(
        '[editions.december]\nnotebook = "country_brief"\ncountry = "NER"\n'
        'as_of = 2023-12-04\nformat = "html"\n[editions.empty]\ncountry = "NGR"\n',
        encoding="utf-8",
    )
    asked = ["build", "--editions", path, "--output", tmp_path / "reports", "--dry-run"]
    run = sahel(*asked, "--edition", "december", notebooks=notebooks)
    assert run.code == 0
    assert run.stdout == f"runs   {NER}  it is not there yet\n1 of 1 would run.\n"
    all_of_them = sahel(*asked, notebooks=notebooks)
    assert all_of_them.code == 1
    assert "[editions.empty] country: 'NGR' is not allowed" in all_of_them.stderr
