"""Promises about surroundings: home, locale, time zone, clock and folder do not change a byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from command import brief
from trial import contents, put_brief

from sahel_analysis.batch.workers import CAN_FORK

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CAN_FORK, reason="these surroundings are those of Unix"),
]

MAP = "report.map()"
# Côte d'Ivoire, for a name that is not plain ASCII.
ASKED = ("--country", "CIV", "--format", "html,pdf,docx")
# The clock of every process that is started under it, and of nothing else.
CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#define BACK 700000000 /* seconds: some 22 years */

int clock_gettime(clockid_t id, struct timespec *told) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(id, told);
    if (id == CLOCK_REALTIME) told->tv_sec -= BACK;
    return code;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory) -> Path:
    """Return a folder with a trial brief that shows a map."""
    return put_brief(tmp_path_factory.mktemp("notebooks"), MAP)


@pytest.fixture(scope="module")
def plain(notebooks, tmp_path_factory) -> Path:
    """Return the folder of a build in the surroundings of the tests."""
    reports = tmp_path_factory.mktemp("plain") / "reports"
    assert brief(reports, *ASKED, notebooks=notebooks).code == 0
    return reports


def test_closed_standard_streams_do_not_change_a_byte(notebooks, plain, tmp_path):
    """As some schedulers leave them: what is opened next must not pass for one of them."""
    reports = tmp_path / "reports"
    run = brief(reports, *ASKED, notebooks=notebooks, shell='exec "$@" <&- >&- 2>&-')
    assert run.code == 0
    assert contents(reports) == contents(plain)


def long(folder: Path) -> Path:
    """Return a folder with a path of several hundred letters, which is there."""
    folder = folder / ("a" * 150) / ("b" * 150)
    folder.mkdir(parents=True)
    return folder


def test_poor_surroundings_do_not_change_a_byte(notebooks, plain, tmp_path):
    """No home, no locale, another day, a folder that ASCII cannot name, no temporary folder."""
    reports = tmp_path / "rapports d’été Ω"
    env = {
        **{"HOME": None, "TZ": "Pacific/Kiritimati", "TMPDIR": str(tmp_path / "missing")},
        **{"LANG": None, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    }
    assert brief(reports, *ASKED, notebooks=notebooks, env=env).code == 0
    assert contents(reports) == contents(plain)


def test_odd_surroundings_do_not_change_a_byte(notebooks, plain, tmp_path):
    """A home that cannot be, Turkish letters, yesterday's day, paths too long for a socket."""
    reports = long(tmp_path / "output")
    env = {
        **{"HOME": os.devnull + "/home", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
        "TMPDIR": str(long(tmp_path / "scratch")),
    }
    assert brief(reports, *ASKED, notebooks=notebooks, env=env).code == 0
    assert contents(reports) == contents(plain)


def test_settings_of_the_user_do_not_change_a_byte(notebooks, plain, tmp_path):
    """Neither those of matplotlib nor what IPython runs when it starts."""
    home = tmp_path / "home"
    settings, startup = home / ".config/matplotlib", home / ".ipython/profile_default/startup"
    for folder in (settings, startup):
        folder.mkdir(parents=True)
    (settings / "matplotlibrc").write_text("font.size: 33\nsvg.hashsalt: other\n")
    (startup / "00.py").write_text(
        "import pandas\npandas.set_option('display.precision', 1)\n1 / 0"
    )
    reports = tmp_path / "reports"
    env = {"HOME": str(home), "XDG_CONFIG_HOME": None, "MPLCONFIGDIR": None, "IPYTHONDIR": None}
    assert brief(reports, *ASKED, notebooks=notebooks, env=env).code == 0
    assert contents(reports) == contents(plain)


@pytest.fixture
def clock(tmp_path) -> dict[str, str]:
    """Return the environment of a process whose clock was set back by decades."""
    if not (compiler := shutil.which("cc") or shutil.which("gcc")):
        pytest.skip("no C compiler was found to set a clock with")
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    command = [compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    env = {"LD_PRELOAD": str(library)}
    year = subprocess.run(
        ["date", "+%Y"], env={**os.environ, **env}, capture_output=True, text=True
    )
    if not year.stdout.startswith("200"):
        pytest.skip("the clock of a process cannot be set here")
    return env


def test_clock_set_back_changes_nothing(notebooks, plain, clock, tmp_path):
    """What stands is fresh by its content, and what is made is the same."""
    reports = tmp_path / "reports"
    shutil.copytree(plain, reports)
    for path in reports.rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    run = brief(reports, *ASKED, notebooks=notebooks, env=clock)
    assert run.stdout.endswith("0 made, 1 unchanged, 0 failed.\n")
    (reports / "2023-12-04_checked/country_brief_CIV.docx").unlink()
    run = brief(reports, *ASKED, notebooks=notebooks, env=clock)
    assert run.stdout.endswith("1 made, 0 unchanged, 0 failed.\n")
    assert contents(reports) == contents(plain)
