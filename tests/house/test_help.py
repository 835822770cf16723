"""Promises of `help`: every public name says what it takes, gives and refuses, with an example."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import sahel_analysis

SECTIONS = ("Parameters", "Returns", "Raises", "Examples")
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("name", sahel_analysis.__all__)
def test_help_of_every_public_name_teaches(name):
    """Parameters, what comes back, errors, and examples that give what they show."""
    public = getattr(sahel_analysis, name)
    told = inspect.getdoc(public)
    expected = [s for s in SECTIONS if s != "Returns" or not inspect.isclass(public)]
    if name.startswith("load_") and name != "load_tables":  # they take and refuse what that does
        expected = ["Examples"]
    assert [section for section in SECTIONS if f"\n{section}\n---" in told] == expected
    for parameter in inspect.signature(public).parameters:
        assert parameter in told, f"{parameter} is not explained"
    module = sys.modules[public.__module__]
    [test] = doctest.DocTestFinder(recurse=False).find(public, name, module=module)
    assert test.examples
    printed: list[str] = []
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=printed.append)
    assert results.failed == 0, "".join(printed)


@pytest.mark.parametrize("name", sahel_analysis.__all__)
def test_public_names_are_never_modules(name):
    """The function `posture` is not lost to the module of that name, whoever imports it first."""
    code = (
        "import sahel_analysis.evidence.posture, sahel_analysis.atlas.page, sahel_analysis as s; "
        f"assert callable(s.{name}), s.{name}; from sahel_analysis import {name}; {name}.__doc__"
    )
    if name == "posture":
        subprocess.run([sys.executable, "-c", code], check=True)
    assert not isinstance(getattr(sahel_analysis, name), ModuleType)


def test_tables_and_worlds_say_in_a_line_what_they_hold(tables):
    """Typing the name of one in a notebook does not fill the screen."""
    assert "events" in repr(tables)
    told = repr(sahel_analysis.record("2023-12-04", "article", tables=tables))
    assert told.startswith("Record(2023-12-04, article: ")
    assert len(told) < 80
