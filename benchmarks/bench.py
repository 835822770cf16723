"""Measure the build beside its peers: the same matrix of country briefs, side by side in one run.

    python benchmarks/bench.py            54 reports: 9 countries x 6 days, HTML and PDF
    python benchmarks/bench.py --quick    4 reports: 2 countries x 2 days

Each way runs as a process of its own; time is wall time, memory the most that the process and all
below it held at once (shared pages counted once).
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
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
COUNTRIES = ("NER", "MLI", "BFA", "TCD", "CAF", "SDN", "SEN", "CIV", "GAB")
DAYS = ("2022-01-01", "2022-09-30", "2023-08-31", "2023-12-04", "2024-12-31", "2025-06-30")
_SAMPLE_S = 1.0


@dataclass
class Measure:
    """Wall time in seconds, and the most memory held, in MiB."""

    seconds: float
    peak_mib: float


def measure(command: list[str], log: Path) -> Measure:
    """Run a command and return what it took; stop the benchmark if it fails."""
    started, peak = time.monotonic(), 0
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _held(root))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLE_S)
    seconds = time.monotonic() - started
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed; see '{log}'.")
    return Measure(seconds, peak / 2**20)


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


def ways(folder: Path, countries: tuple[str, ...], days: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the command of each way, by what it is."""
    peers = [sys.executable, str(HERE / "peers.py")]
    matrix = ["--countries", *countries, "--days", *days]
    build = [
        sys.executable,
        "-c",
        "from sahel_analysis.cli import main; main()",
        "build",
        "--notebook",
        "country_brief",
    ]
    build += [part for country in countries for part in ("--country", country)]
    build += [part for day in days for part in ("--as-of", day)]

    def peer(name: str) -> list[str]:
        return [*peers, name, "--output", str(folder / name), *matrix]

    commands = {
        "a  papermill and nbconvert commands in a loop (HTML, stock template)": peer("commands"),
        "b  one process, papermill and nbconvert by their API (HTML, PDF)": peer("loop"),
        "c  nbprint": peer("nbprint"),
        "d  sahel build --jobs 1 (HTML, PDF)": [*build, "--jobs", "1", "--output", f"{folder}/d"],
        "e  sahel build (HTML, PDF)": [*build, "--output", f"{folder}/e"],
        "e' sahel build again, nothing changed": [*build, "--output", f"{folder}/e"],
        "f  floor: no notebook, warm processes (HTML, PDF)": peer("floor"),
    }
    if subprocess.run([sys.executable, "-c", "import nbprint"], capture_output=True).returncode:
        del commands["c  nbprint"]
        print("c  nbprint is not installed; left out.")
    return commands


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
        for name, command in ways(folder, countries, days).items():
            if options.only and name[0] not in options.only:
                continue
            letter = name[:2].strip()
            taken[letter] = measure(command, folder / f"{letter}.log")
            told = taken[letter]
            print(
                f"{name:<70} {told.seconds:8.2f} s  {told.seconds / count:6.2f} s each  "
                f"{told.peak_mib:6.0f} MiB",
                flush=True,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for told, above, below in (
        ("a / e", "a", "e"), ("b / e", "b", "e"), ("d / e", "d", "e"), ("e / f", "e", "f"),
        ("e' / e", "e'", "e"),
    ):  # fmt: skip
        if above in taken and below in taken:
            print(f"{told:<7} {taken[above].seconds / taken[below].seconds:6.3f}")


if __name__ == "__main__":
    main()
