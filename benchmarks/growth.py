"""Measure how the package grows with the table of events, beside pyarrow reading the same file.

    python benchmarks/growth.py                          10,000, 100,000 and 1,000,000 events
    python benchmarks/growth.py --rows 1000 10000        any numbers
    python benchmarks/growth.py --only load posture      some of the steps

Each step runs in a process of its own on synthetic events (`synthetic.py`). Seconds are those of
the processor, so that other work on the machine counts little, the least of up to three runs; they
leave out the imports and what a step needs beforehand. Memory is the most that the process held,
tables loaded and all. What 100 events cost is the fixed cost: growth is told without it.

    µs/event    seconds above the fixed cost, for one event
    x first     that, against the smallest number of events asked for: 1 is linear growth
    x arrow     seconds, against pyarrow reading the same file in one thread
    x CSV       memory above the fixed cost, against the size of the file

Pyarrow is only the yardstick and no part of the environment, because pandas keeps text in another
way where it is installed. It is looked for in `.venv/bench`; `pip install --require-hashes
--target .venv/bench --requirement benchmarks/requirements.lock` puts it there. With `--arrow` the
steps run as they do for a user who has it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from synthetic import SEED, write_folder

ROOT = Path(__file__).resolve().parent.parent
YARDSTICK = ROOT / ".venv" / "bench"
ROWS = (10_000, 100_000, 1_000_000)
_FEW = 100
_DAY = "2023-12-04"
_MIB = 2**20
_REPEATS, _ENOUGH_S = 3, 5


def read(folder: Path) -> Callable:
    """Read the events with pyarrow's CSV reader."""
    from pyarrow import csv

    return lambda: csv.read_csv(folder / "events.csv", csv.ReadOptions(use_threads=False))


def load(folder: Path) -> Callable:
    """Load all tables."""
    from sahel_analysis.tables.loading import load_tables

    return lambda: load_tables(folder)


def validate(folder: Path) -> Callable:
    """Do what `sahel validate` does."""
    from click.testing import CliRunner

    from sahel_analysis.cli import main as command

    return lambda: CliRunner().invoke(command, ["validate", str(folder)], catch_exceptions=False)


def posture(folder: Path) -> Callable:
    """Fold the events up to one day."""
    from sahel_analysis.evidence.posture import posture

    tables = load(folder)()
    return lambda: posture(_DAY, "checked", tables)


def series(folder: Path) -> Callable:
    """Fold the events up to 120 month-ends."""
    import pandas as pd

    from sahel_analysis.evidence.posture import posture_series

    tables = load(folder)()
    days = pd.date_range("2014-01-31", periods=120, freq="ME")
    return lambda: posture_series(days, "checked", tables)


def draw(folder: Path) -> Callable:
    """Draw the map of all countries followed, from record and posture to the last sign."""
    from sahel_analysis.figures.maps import plot_map

    tables = load(folder)()
    return lambda: plot_map(_DAY, tables=tables).figure.canvas.draw()


STEPS = {
    "pyarrow": read,
    "load": load,
    "validate": validate,
    "posture": posture,
    "series": series,
    "map": draw,
}
NAMES = {
    "pyarrow": "read with pyarrow",
    "load": "load",
    "validate": "sahel validate",
    "posture": "posture, one day",
    "series": "posture, 120 month-ends",
    "map": "national map",
}


def main() -> None:
    """Measure every step at every size and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, help="numbers of events")
    parser.add_argument("--only", nargs="+", choices=STEPS, default=list(STEPS), help="steps")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--arrow", action="store_true", help="let pandas keep text in Arrow")
    parser.add_argument("--yardstick", type=Path, default=YARDSTICK, help="where pyarrow is")
    parser.add_argument("--step", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(_taken(STEPS[options.step[0]], Path(options.step[1]))))
        return
    sizes = sorted({_FEW, *options.rows})
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        folders = {n: write_folder(Path(scratch) / f"{n}", n, options.seed) for n in sizes}
        mibs = {n: (folders[n] / "events.csv").stat().st_size / _MIB for n in sizes}
        steps = [step for step in STEPS if step in {"pyarrow", *options.only}]
        titles = ("step", "events", "CSV MiB", "s", "µs/event", "x first", "x arrow")
        print(_LINE.format(*titles, "peak MiB", "x CSV"), flush=True)
        taken: dict[str, dict[int, dict]] = {}
        for step in steps:
            taken[step] = runs = {}
            for n in sizes:
                run = _measure(step, folders[n], options.yardstick, options.arrow)
                if run is None:
                    print(f"{NAMES[step]}: left out, pyarrow is not in '{options.yardstick}'.")
                    break
                runs[n] = run
                if n != _FEW:
                    _tell(NAMES[step], n, mibs[n], runs, taken.get("pyarrow", {}))
        _conclude(taken, sizes[-1], mibs[sizes[-1]])


_LINE = "{:<24}{:>10}{:>9}{:>9}{:>10}{:>9}{:>9}{:>10}{:>8}"


def _tell(name: str, n: int, mib: float, runs: dict[int, dict], yard: dict[int, dict]) -> None:
    """Print one line: a step at one size, with its growth."""
    run, fixed = runs[n], runs[_FEW]
    first = next(size for size in runs if size != _FEW)
    each = _each(runs, n)
    arrow = f"{run['seconds'] / yard[n]['seconds']:.1f}" if n in yard else ""
    cells = (f"{n:,}", f"{mib:.1f}", f"{run['seconds']:.3f}", f"{each * 1e6:.2f}")
    growth = (f"{each / _each(runs, first):.2f}", arrow)
    memory = (f"{run['peak']:.0f}", f"{(run['peak'] - fixed['peak']) / mib:.1f}")
    print(_LINE.format(name, *cells, *growth, *memory), flush=True)


def _each(runs: dict[int, dict], n: int) -> float:
    """Return the seconds for one event, without the fixed cost."""
    return (runs[n]["seconds"] - runs[_FEW]["seconds"]) / (n - _FEW)


def _conclude(taken: dict[str, dict[int, dict]], most: int, mib: float) -> None:
    """Print what the promises are about: memory in all, and one pass for many days."""
    ours = {step: runs for step, runs in taken.items() if step != "pyarrow"}
    step = max(ours, key=lambda step: ours[step][most]["peak"])
    print(
        f"At {most:,} events the most memory is that of '{NAMES[step]}': "
        f"{ours[step][most]['peak'] / mib:.1f} times the CSV, the fixed cost included."
    )
    if {"posture", "series"} <= ours.keys():
        many, one = (ours[step][most]["seconds"] for step in ("series", "posture"))
        print(f"At {most:,} events 120 month-ends cost {many / one:.2f} times one day.")


def _measure(step: str, folder: Path, yardstick: Path, arrow: bool) -> dict | None:
    """Return what a step took in a process of its own; None where pyarrow is missing."""
    paths = [str(ROOT)]
    if step == "pyarrow" or arrow:
        paths.append(str(yardstick))
    command = [sys.executable, __file__, "--step", step, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    runs: list[dict] = []
    while len(runs) < _REPEATS and sum(run["seconds"] for run in runs) < _ENOUGH_S:
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode and step == "pyarrow" and "No module named 'pyarrow'" in done.stderr:
            return None
        if done.returncode:
            sys.exit(done.stderr)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return {name: min(run[name] for run in runs) for name in ("seconds", "peak")}


def _taken(prepare: Callable[[Path], Callable], folder: Path) -> dict[str, float]:
    """Run one step and return its seconds of the processor and the peak of memory, in MiB."""
    step = prepare(folder)
    started = time.process_time()
    result = step()
    seconds = time.process_time() - started
    del result
    return {"seconds": seconds, "peak": _peak() / _MIB}


def _peak() -> int:
    """Return the most memory that this process held, in bytes."""
    try:
        # The figure of getrusage begins with that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    except OSError:
        import psutil

        told = psutil.Process().memory_info()
        return getattr(told, "peak_wset", told.rss)


if __name__ == "__main__":
    main()
