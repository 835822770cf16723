"""Promises of `help`: every public name says what it takes, gives and refuses, with an example."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from types import ModuleType

import pandas as pd
import pytest

import sahel_analysis

SECTIONS = ("Parameters", "Returns", "Raises", "Examples")
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


NAMES = sahel_analysis.__all__
ODD_DAYS = ("04/12/2023", None, 20231204, "2023", pd.NaT, "")
DAYS = {
    "posture": sahel_analysis.posture,
    "posture_series": lambda day: sahel_analysis.posture_series([day]),
    "record": sahel_analysis.record,
    "Report": lambda day: sahel_analysis.Report("Trial", as_of=day),
    "explore": sahel_analysis.explore,
}
DAYS |= {
    n: getattr(sahel_analysis, n) for n in NAMES if n.startswith("plot_") and n != "plot_verdicts"
}


def test_the_public_names_are_fifteen():
    """No more stand in `dir`."""
    tables = ["load_tables", "load_events", "load_claims", "load_checks", "load_figures"]
    evidence = ["record", "posture", "posture_series"]
    drawn = ["plot_map", "plot_timeline", "plot_force_levels", "plot_verdicts"]
    others = ["Report", "explore", "SahelError"]
    assert dir(sahel_analysis) == sorted([*tables, *evidence, *drawn, *others])


@pytest.mark.parametrize("day", ODD_DAYS, ids=repr)
@pytest.mark.parametrize("name", DAYS)
def test_an_odd_day_is_refused_in_one_sentence(name, day):
    """By an error of the package that is a ValueError too."""
    with pytest.raises(sahel_analysis.SahelError) as caught:
        DAYS[name](day)
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: sahel_analysis.load_tables(5),
        lambda: sahel_analysis.posture("2023-12-04", tables="data"),
        lambda: sahel_analysis.posture("2023-12-04", ["checked"]),
        lambda: sahel_analysis.posture_series("2023-12-04"),
        lambda: sahel_analysis.posture_series([]),
        lambda: sahel_analysis.record("2023-12-04", countries=None),
        lambda: sahel_analysis.record("2023-12-04", countries=["NIG"]),
        lambda: sahel_analysis.Report(5),
        lambda: sahel_analysis.Report("Trial", tables=5),
        lambda: sahel_analysis.explore(height="tall"),
        lambda: sahel_analysis.plot_timeline("2023-12-04", side="frence"),
        lambda: sahel_analysis.plot_force_levels("2023-12-04", root="mars"),
        lambda: sahel_analysis.plot_map("2023-12-04", kind=5),
    ],
)
def test_a_wrong_type_is_refused_in_one_sentence(call):
    """By an error of the package that is a ValueError too."""
    with pytest.raises(sahel_analysis.SahelError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_public_name_teaches(name):
    """Parameters, what comes back, errors, and examples that give what they show."""
    public = getattr(sahel_analysis, name)
    told = inspect.getdoc(public)
    expected = [s for s in SECTIONS if s != "Returns" or not inspect.isclass(public)]
    if name.startswith("load_") and name != "load_tables":  # they take and refuse what that does
        expected = ["Examples"]
    if name == "SahelError":  # it is caught, not called
        expected = ["Examples"]
    assert [section for section in SECTIONS if f"\n{section}\n---" in told] == expected
    taken = () if name == "SahelError" else inspect.signature(public).parameters
    for parameter in taken:
        assert parameter in told, f"{parameter} is not explained"
    module = sys.modules[public.__module__]
    [test] = doctest.DocTestFinder(recurse=False).find(public, name, module=module)
    assert any(not example.options.get(doctest.SKIP) for example in test.examples)
    printed: list[str] = []
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=printed.append)
    assert results.failed == 0, "".join(printed)


@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.parametrize(
    "statement",
    [
        "import sahel_analysis",
        "import sahel_analysis.cli as c; c.main(['--help'], standalone_mode=False)",
        "import sahel_analysis.batch.store as s; s.Store(s.Path()).answered(s.question_sha256([]))",
    ],
    ids=["import", "help", "unchanged build"],
)
def test_what_needs_no_tables_loads_nothing_heavy(statement):
    """A command that has nothing to do is done at once."""
    heavy = "{'numpy', 'pandas', 'geopandas', 'matplotlib', 'nbconvert', 'papermill'}"
    code = f"{statement}\nimport sys; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
