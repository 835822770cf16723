"""Promises about large tables: time and memory grow with the rows, and no faster."""

from __future__ import annotations

import shutil
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from sahel_analysis.cli import main
from sahel_analysis.errors import MOST, DataError
from sahel_analysis.evidence.posture import posture, posture_series
from sahel_analysis.tables.loading import load_tables

pytestmark = pytest.mark.long

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
synthetic = pytest.importorskip("synthetic", reason="the benchmarks are not here")

FEW, MANY = 5_000, 20_000
NUMBERS = count()


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[int, Path]:
    """Return folders with few and with many synthetic events, by how many."""
    scratch = tmp_path_factory.mktemp("growth")
    return {n: synthetic.write_folder(scratch / str(n), n) for n in (FEW, MANY)}


def seconds(step: Callable[[], object]) -> float:
    """Return what a step takes of the processor: other work on the machine counts little."""
    started = time.process_time()
    step()
    return time.process_time() - started


def ratio(above: Callable[[], object], below: Callable[[], object], bound: float) -> float:
    """Return how many times longer one step takes than another, each at its best of a few runs."""
    longest, shortest = [], []
    for _ in range(6):
        shortest.append(seconds(below))
        longest.append(seconds(above))
        if min(longest) <= bound * min(shortest):
            break
    return min(longest) / min(shortest)


def loading(folder: Path) -> Callable[[], object]:
    """Return a step that loads a folder anew each time: tables are kept by where they lie."""

    def step() -> None:
        copy = folder.with_name(f"{folder.name}-{next(NUMBERS)}")
        folder.rename(copy)
        try:
            load_tables(copy)
        finally:
            copy.rename(folder)

    return step


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    """A benchmark can be repeated; another seed gives other events."""
    one, same, other = (
        synthetic.write_folder(tmp_path / name, 50, seed) / "events.csv"
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one.read_bytes() == same.read_bytes()
    assert one.read_bytes() != other.read_bytes()


def test_a_shorter_table_is_the_beginning_of_a_longer_one(folders):
    """Sizes differ in nothing but size."""
    few, many = ((folders[n] / "events.csv").read_bytes() for n in (FEW, MANY))
    assert many.startswith(few)


def test_synthetic_events_are_valid_and_say_what_they_are(tmp_path):
    """They keep schema and rules, and nobody can take them for facts."""
    folder = synthetic.write_folder(tmp_path / "data", 300)
    assert "no fault found" in CliRunner().invoke(main, ["validate", str(folder)]).output
    events = load_tables(folder).events
    assert len(events) == 300
    assert events["summary_en"].str.contains("Synthetic event .* never happened").all()


def test_four_times_the_events_load_in_at_most_four_times_the_time(folders):
    """Loading is linear, and has a part that does not grow."""
    assert ratio(loading(folders[MANY]), loading(folders[FEW]), 4) <= 4


def test_loading_takes_at_most_forty_times_a_plain_read(folders):
    """Typing and every check included, beside a reader that only parts the cells."""
    file = folders[MANY] / "events.csv"
    assert ratio(loading(folders[MANY]), lambda: pd.read_csv(file, dtype="str"), 40) <= 40


def test_loading_holds_at_most_thirteen_times_the_size_of_the_file(folders, tmp_path):
    """Memory is bounded by the size of the file, whatever its number of rows."""
    none = synthetic.write_folder(tmp_path / "none", 1)
    size = (folders[FEW] / "events.csv").stat().st_size
    assert peak(loading(folders[FEW])) - peak(loading(none)) <= 13 * size


def peak(step: Callable[[], object]) -> int:
    """Return the most memory that a step holds at once, in bytes."""
    step()  # whatever is imported on the way is not the tables
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_posture_of_120_days_is_one_pass(folders):
    """120 month-ends cost less than five times one day."""
    tables = load_tables(folders[MANY])
    days = pd.date_range("2014-01-31", periods=120, freq="ME")
    series = lambda: posture_series(days, "checked", tables)  # noqa: E731
    assert ratio(series, lambda: posture(days[-1], "checked", tables), 5) <= 5


def test_a_state_that_lasts_is_folded_in_linear_time(folders):
    """Events that only confirm a state are kept without being copied each time."""
    few, many = (lasting(folders[n]) for n in (FEW, MANY))
    fold = {n: (lambda t=t: posture("2026-01-01", "checked", t)) for n, t in ((1, few), (4, many))}
    assert ratio(fold[4], fold[1], 6) <= 6


def lasting(folder: Path):
    """Return tables whose events are French deployments to Niger and nothing else."""
    tables = load_tables(folder)
    events = tables.events.assign(event_type="deployment", domain="military", basis="reference")
    for column, cell in (("iso3", ("NER",)), ("actor_ids", ("france", "wagner"))):
        events[column] = pd.Series([cell] * len(events), index=events.index)
    return type(tables)(**{**vars(tables), "events": events})


def test_a_fault_in_every_row_is_told_briefly(folders, tmp_path):
    """The first faults of a column are named and the rest counted, however many rows there are."""
    folder = shutil.copytree(folders[FEW], tmp_path / "data")
    events = folder / "events.csv"
    events.write_text(events.read_text("utf-8").replace("EV-", "event "), "utf-8")
    with pytest.raises(DataError) as caught:
        load_tables(folder)
    of_key = [problem for problem in caught.value.problems if problem.column == "event_id"]
    assert len(of_key) == MOST + 1
    assert f"{FEW - MOST:,} more faults" in of_key[-1].message
