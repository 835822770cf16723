"""Promises about the folder of reports: what stands is what would be made now, by content alone."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from factory import data_copy, put
from trial import contents

from sahel_analysis.batch import store as store_module
from sahel_analysis.batch.build import listed
from sahel_analysis.batch.jobs import Failure, Outcome, expand
from sahel_analysis.batch.store import Inputs, Store, StoreError, code_sha256, notebook_sha256, plan
from sahel_analysis.tables.loading import load_tables

NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "1"}]})


@pytest.fixture
def job(tables):
    """Return the brief of Mali."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["MLI"]})
    return job


@pytest.fixture
def store(tmp_path, tables, job):
    """Return a folder in which the brief of Mali stands."""
    store = Store(tmp_path / "reports")
    files = {"ipynb": b"{}", "html": b"<p>", "pdf": b"%PDF"}
    with store.locked():
        store.keep(Outcome(job, files), Inputs(tables).key(job))
    return store


def reasons(job, tables, store) -> tuple[str, ...]:
    """Return why a job would run."""
    (step,) = plan([job], Inputs(tables), store)
    return step.reasons


def test_report_that_stands_is_fresh(job, tables, store):
    """Whatever the time stamps say."""
    os.utime(store.folder / f"{job.path}.html", (0, 0))
    assert reasons(job, tables, store) == ()


def test_report_that_is_not_there_is_due(tables, store):
    """And says so."""
    (other,) = expand(tables, {"notebook": ["country_brief"], "country": ["NER"]})
    assert reasons(other, tables, store) == ("it is not there yet",)


@pytest.mark.parametrize("harm", ["missing", "altered"])
def test_file_that_is_missing_or_altered_makes_its_report_due(job, tables, store, harm):
    """One byte is enough."""
    path = store.folder / f"{job.path}.pdf"
    path.unlink() if harm == "missing" else path.write_bytes(b"%PDG")
    assert reasons(job, tables, store) == (f"'{job.path}.pdf' is missing or was altered",)


def test_row_that_changed_makes_the_reports_that_show_it_due(job, tables, store):
    """And no others: rows of Niger alone leave Mali as it is."""
    events = tables.events
    for country, expected in (("MLI", ("rows that it shows changed",)), ("NER", ())):
        named = events[[cell == (country,) for cell in events["iso3"]]]
        past = named[named["latest"] < "2023-01-01"]
        frame = events.copy()
        frame.at[past.index[0], "summary_en"] = "Something else."
        assert reasons(job, replace(tables, events=frame), store) == expected


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("code_sha256", "the package's code changed"),
        ("environment_sha256", "installed packages changed"),
    ],
)
def test_code_and_packages_that_changed_make_everything_due(
    monkeypatch, job, tables, store, function, told
):
    """Both are part of what a report was made from."""
    monkeypatch.setattr(store_module, function, lambda: "other")
    assert reasons(job, tables, store) == (told,)


def test_format_that_is_wanted_too_makes_a_report_due_in_all_its_formats(job, tables, store):
    """None is left stale, none is lost."""
    (step,) = plan([replace(job, formats=("docx",))], Inputs(tables), store)
    assert step.reasons == ("docx is wanted too",)
    assert step.job.formats == ("html", "pdf", "docx")
    (step,) = plan([replace(job, formats=("html",))], Inputs(tables), store)
    assert step.reasons == ()


def test_report_that_failed_is_due_and_the_earlier_one_stands(job, tables, store):
    """Until it is made, which clears the failure."""
    failure = Failure("cell", 3, "ValueError", "no")
    with store.locked():
        store.set_aside(Outcome(job, {"ipynb": b"{}"}, failure=failure), {})
        assert reasons(job, tables, store) == ("it failed last time",)
        assert (store.folder / f"{job.path}.html").read_bytes() == b"<p>"
        (account,) = store.failures()
        assert Failure(**account["failure"]) == failure
        store.keep(Outcome(job, {"ipynb": b"{}"}), {})
    assert not (store.folder / "failed").exists()
    # What the new report does not have, it does not leave behind either.
    assert not (store.folder / f"{job.path}.html").exists()


def test_notebook_is_known_by_its_cells(tmp_path):
    """Outputs and counters of a run change nothing; a tag or a letter does."""
    run = json.loads(NOTEBOOK)
    run["cells"][0] |= {"outputs": [{"text": "1"}], "execution_count": 7}
    assert notebook_sha256(json.dumps(run)) == notebook_sha256(NOTEBOOK)
    run["cells"][0]["source"] = ["1"]
    assert notebook_sha256(json.dumps(run)) == notebook_sha256(NOTEBOOK)
    run["cells"][0]["source"] = "2"
    assert notebook_sha256(json.dumps(run)) != notebook_sha256(NOTEBOOK)


def test_dry_run_lists_what_would_run_and_why(tables, store):
    """Fresh reports by name."""
    jobs = expand(tables, {"notebook": ["country_brief"], "country": ["MLI", "NER"]})
    fresh, due, count = listed(jobs, store.folder).splitlines()
    assert fresh.startswith("fresh  2023-12-04_checked/country_brief_MLI")
    assert due.endswith("it is not there yet")
    assert count == "1 of 2 would run."


def test_folder_is_held_against_a_second_build(store):
    """Until the first is done."""
    with store.locked(), pytest.raises(StoreError, match="Another build writes to"):
        Store(store.folder).locked().__enter__()
    with store.locked():
        pass


def test_folder_that_cannot_be_made_is_told(tmp_path):
    """With what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="name another"):
        Store(tmp_path / "file" / "reports").locked().__enter__()


def test_what_a_killed_build_left_is_swept(store):
    """What it had prepared is no report."""
    left = store.folder / ".staging" / "half.html"
    left.parent.mkdir()
    left.write_text("<p")
    with store.locked():
        assert not left.exists()
    assert not left.parent.exists()


def test_code_is_known_in_whatever_room_it_stands(monkeypatch, tmp_path):
    """A module or template that changes, deep in the package, changes the hash."""
    package = tmp_path / "sahel_analysis"
    files = [package / name for name in ("cli.py", "a/b.py", "a/b/c.py", "a/templates/d/e.xml")]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    monkeypatch.setattr(store_module, "_PACKAGE", package)
    hashes = {code_sha256()}
    for path in files:
        path.write_text("2")
        hashes.add(code_sha256())
    assert len(hashes) == 1 + len(files)


STEPS = ((Path, "write_bytes"), (Path, "replace"), (Path, "mkdir"), (Path, "unlink"), (os, "fsync"))


def fail_at(monkeypatch, step: int, lasting: bool) -> list[str]:
    """Let the n-th write, move, removal or fsync fail, and those after it too; return which did."""
    numbers, failed = count(), []

    def faulty(real, name):
        def call(*given, **named):
            number = next(numbers)
            if number == step or (lasting and number > step):
                failed.append(name)
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return real(*given, **named)

        return call

    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, faulty(getattr(owner, name), name))
    return failed


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_fault_at_any_step_leaves_the_old_report_or_the_new(job, tmp_path, lasting, fails):
    """A write, rename, removal or fsync that fails once, or from then on; the next build mends it."""
    old = Outcome(job, {"ipynb": b"old", "html": b"old", "pdf": b"old"})
    new = Outcome(job, {"ipynb": b"new", "html": b"new", "docx": b"new"})
    if fails:
        new = Outcome(job, {"ipynb": b"half"}, failure=Failure("cell", 4, "ValueError", "no"))
    store = Store(tmp_path / "reports")

    def put(outcome: Outcome) -> dict[str, bytes]:
        with store.locked():
            (store.set_aside if outcome.failure else store.keep)(outcome, {})
        return contents(store.folder)

    before, after = put(old), put(new)
    assert before != after
    for step in count():
        shutil.rmtree(store.folder)
        put(old)
        with pytest.MonkeyPatch.context() as patch:
            failed = fail_at(patch, step, lasting)
            try:
                put(new)
            except StoreError as fault:
                told = str(fault)
                assert "cannot be written to" in told  # noqa: PT017
        if not lasting:
            assert contents(store.folder) in (before, after), (step, failed)
        with store.locked():
            pass
        assert contents(store.folder) in (before, after), (step, failed)
        assert put(new) == after, (step, failed)
        if not failed:
            break
    assert step > 20


DAMAGED = (b"", b"{}", b"[]", b"5", b"null", b"[" * 100_000, b"\xff", b'{"report": 1}')


@pytest.mark.parametrize("damaged", DAMAGED, ids=lambda content: content[:9].decode("latin-1"))
@pytest.mark.parametrize("place", [".records", "failed"])
def test_damaged_record_means_to_make_the_report_again(job, tables, store, place, damaged):
    """Never a trace of the stack, in this build or a later one."""
    record = store.folder / place / f"{job.path}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_bytes(damaged)
    assert reasons(job, tables, store)
    assert store.failures() == []
    with store.locked():
        store.keep(
            Outcome(job, {"ipynb": b"{}", "html": b"<p>", "pdf": b"%PDF"}), Inputs(tables).key(job)
        )
    assert reasons(job, tables, store) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are those of Unix")
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_lock_that_is_no_file_is_refused(store, tmp_path, kind):
    """Nothing is made where a link leads, and no pipe is waited for."""
    lock = store.folder / ".lock"
    lock.unlink()
    lock.symlink_to(tmp_path / "elsewhere") if kind == "link" else os.mkfifo(lock)
    with pytest.raises(StoreError, match=r"\.lock' is a link or another thing"):
        Store(store.folder).locked().__enter__()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are those of Unix")
def test_record_that_is_a_pipe_is_no_record(job, tables, store):
    """And is not waited for."""
    record = store.folder / ".records" / f"{job.path}.json"
    record.unlink()
    os.mkfifo(record)
    assert reasons(job, tables, store) == ("it is not there yet",)


@pytest.mark.parametrize("harm", ["", "question", "report", "index", "failure"])
def test_the_same_question_is_answered_while_all_is_as_it_was_left(job, store, harm):
    """Anything that differs leaves it to the plan."""
    for name in ("index.html", "index.json"):
        store.put(name, b"{}")
    store.answer("the same", [job.path])
    if harm == "report":
        (store.folder / f"{job.path}.pdf").write_bytes(b"%PDG")
    if harm == "index":
        (store.folder / "index.html").unlink()
    if harm == "failure":
        store.set_aside(Outcome(job, failure=Failure("cell", 1, "ValueError", "")), {})
    expected = [] if harm else [job.path]
    assert store.answered("another" if harm == "question" else "the same") == expected


def test_a_question_changes_with_its_options_and_files(tmp_path):
    """Editions and notebooks count by what stands in them."""
    editions = tmp_path / "editions.toml"
    editions.write_text("a")
    hashes = [store_module.question_sha256(["a"]), store_module.question_sha256(["b"])]
    hashes.append(store_module.question_sha256(["a"], [editions]))
    editions.write_text("b")
    hashes.append(store_module.question_sha256(["a"], [editions]))
    (tmp_path / "own.ipynb").write_text("{}")
    hashes.append(store_module.question_sha256(["a"], [tmp_path]))
    assert len(set(hashes)) == len(hashes)
    assert store_module.question_sha256(["a"]) == hashes[0]


def test_rows_that_made_a_report_stale_are_named(job, tables, store, tmp_path):
    """By table and key, and none that the report cannot see."""
    with store.locked():
        store.keep_rows(Inputs(tables).state, Inputs(tables).digests)
    folder = data_copy(tmp_path)
    put(folder / "events.csv", "EV-165", confidence="moderate")
    put(folder / "events.csv", "EV-254", confidence="low")  # of Chad alone
    named, *_ = reasons(job, load_tables(folder), store)  # the copy belongs to no edition
    assert named == "rows that it shows changed: events EV-165"


def test_without_kept_digests_the_reason_names_no_row(job, tables, store, tmp_path):
    """A report of an earlier version is remade all the same."""
    folder = data_copy(tmp_path)
    put(folder / "events.csv", "EV-165", confidence="moderate")
    assert "rows that it shows changed" in reasons(job, load_tables(folder), store)


def test_digests_that_no_report_needs_are_let_go(tables, store):
    """One file for each state of the tables that a report was made from."""
    with store.locked():
        store.keep_rows("gone", {})
        store.keep_rows(Inputs(tables).state, Inputs(tables).digests)
    assert [path.stem for path in (store.folder / ".rows").iterdir()] == [Inputs(tables).state]
