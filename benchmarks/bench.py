"""Measure the build beside its peers: the same matrix of country briefs, side by side in one run.

    python benchmarks/bench.py            54 reports: 9 countries x 6 days, HTML and PDF
    python benchmarks/bench.py --quick    4 reports: 2 countries x 2 days
    python benchmarks/bench.py --only eg  some of the ways

Each way runs as a process of its own; time is wall time. Memory is the most that the process and
all below it held at once (shared pages counted once), and what the process itself held at most.
The last way makes ten times as many reports. nbprint is no part of the environment: it is measured
where somebody has installed it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
COUNTRIES = ("NER", "MLI", "BFA", "TCD", "CAF", "SDN", "SEN", "CIV", "GAB")
DAYS = ("2022-01-01", "2022-09-30", "2023-08-31", "2023-12-04", "2024-12-31", "2025-06-30")
_SAMPLE_S = 1.0


@dataclass
class Measure:
    """Reports, wall time in seconds, most memory held by all processes and by the first, MiB."""

    reports: int
    seconds: float
    peak_mib: float
    own_mib: float

    @property
    def each(self) -> float:
        """Seconds for one report."""
        return self.seconds / self.reports


def measure(command: list[str], log: Path, reports: int) -> Measure:
    """Run a command and return what it took; stop the benchmark if it fails."""
    started, peak, own = time.monotonic(), 0, 0
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _held(root))
            with suppress(psutil.Error):
                own = max(own, root.memory_info().rss)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLE_S)
    seconds = time.monotonic() - started
    if process.returncode:
        said = log.read_text(errors="replace").splitlines()[-5:]
        sys.exit("\n".join([f"{' '.join(command)} failed:", *said]))
    return Measure(reports, seconds, peak / 2**20, own / 2**20)


def _held(root: psutil.Process) -> int:
    """Return the memory of a process and all below it, shared pages divided by those who share."""
    held = 0
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        try:
            told = process.memory_full_info()
        except psutil.Error:
            continue
        held += getattr(told, "pss", told.uss)
    return held


def ways(
    folder: Path, countries: tuple[str, ...], days: tuple[str, ...]
) -> dict[str, tuple[int, list[str]]]:
    """Return how many reports each way makes and by which command, by what it is."""
    count = len(countries) * len(days)
    matrix = ["--countries", *countries, "--days", *days]

    def peer(name: str) -> tuple[int, list[str]]:
        script = [sys.executable, str(HERE / "peers.py"), name]
        return count, [*script, "--output", str(folder / name), *matrix]

    def build(name: str, *more: str, asked: tuple[str, ...] = days) -> tuple[int, list[str]]:
        script = [sys.executable, "-c", "from sahel_analysis.cli import main; main()", "build"]
        script += ["--notebook", "country_brief", "--country", ",".join(countries)]
        script += ["--as-of", ",".join(asked), "--output", f"{folder}/{name}", *more]
        return len(countries) * len(asked), script

    commands = {
        "a  papermill and nbconvert commands in a loop (HTML, stock template)": peer("commands"),
        "b  one process, papermill and nbconvert by their API (HTML, PDF)": peer("loop"),
        "c  nbprint (HTML, its own template)": peer("nbprint"),
        "d  sahel build --jobs 1 (HTML, PDF)": build("d", "--jobs", "1"),
        "e  sahel build (HTML, PDF)": build("e"),
        "e' sahel build again, nothing changed": build("e"),
        "f  floor: no notebook, warm processes (HTML, PDF)": peer("floor"),
        "g  sahel build, ten times as many": build("g", asked=_tenfold(days)),
    }
    if subprocess.run([sys.executable, "-c", "import nbprint"], capture_output=True).returncode:
        del commands["c  nbprint (HTML, its own template)"]
        print("c  nbprint is not installed; left out.")
    return commands


def _tenfold(days: tuple[str, ...]) -> tuple[str, ...]:
    """Return each day and the nine before it: reports of the same weight, ten times as many."""
    firsts = [date.fromisoformat(day) for day in days]
    return tuple((day - timedelta(n)).isoformat() for day in firsts for n in range(10))


def main() -> None:
    """Run every way and print times, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="4 reports instead of 54")
    parser.add_argument("--only", help="letters of the ways to run, such as 'ef'")
    options = parser.parse_args()
    countries, days = (COUNTRIES[:2], DAYS[2:4]) if options.quick else (COUNTRIES, DAYS)
    count = len(countries) * len(days)
    print(f"{count} reports, {psutil.cpu_count(logical=True)} cores", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    taken: dict[str, Measure] = {}
    try:
        for name, (reports, command) in ways(folder, countries, days).items():
            if options.only and name[0] not in options.only:
                continue
            letter = name[:2].strip()
            told = taken[letter] = measure(command, folder / f"{letter}.log", reports)
            print(
                f"{name:<70} {told.seconds:8.2f} s {told.each:7.3f} s each "
                f"{told.peak_mib:6.0f} MiB {told.own_mib:5.0f} MiB itself",
                flush=True,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for above, below in (("a", "e"), ("b", "e"), ("c", "e"), ("d", "e"), ("e", "f"), ("g", "e")):
        if above in taken and below in taken:
            ratio = taken[above].each / taken[below].each
            print(f"{above} / {below}, a report  {ratio:6.2f}")
    if {"e", "e'"} <= set(taken):
        again = taken["e'"].seconds
        print(f"e' / e, the whole  {again / taken['e'].seconds:6.1%}")
    if {"e", "g"} <= set(taken):
        print(f"g / e, memory of the first process  {taken['g'].own_mib / taken['e'].own_mib:6.2f}")


if __name__ == "__main__":
    main()
