"""What the server of `workers` imports before it forks: all that a report takes.

To import this module is to do its work; only that server does.
"""

from __future__ import annotations

import atexit
import gc
import os
import resource
import shutil
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from .kernels import ENVIRONMENT
from .workers import SCRATCH

# What a kernel imports while it starts, what notebooks import, what executes and converts them.
_IMPORTS = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic", "sqlite3",
    "faulthandler", "tornado.platform.asyncio", "matplotlib.pyplot", "geopandas", "typst",
    "sahel_analysis.batch.execute", "sahel_analysis.report.report", "sahel_analysis.report.exhibits",
    "sahel_analysis.prose.audit", "sahel_analysis.publishing.exporters",
)  # fmt: skip


_BUILD = os.getppid()


def _warm_up() -> None:
    """Read tables, outlines and a notebook, draw and convert once, so that no report need again."""
    import nbformat

    from ..publishing.exporters import export
    from ..report.parameters import default_day, scope
    from ..report.report import Report
    from ..tables.loading import require_tables
    from .jobs import notebook_folder

    tables = require_tables(None)  # the object that notebooks will get
    day, country = default_day(tables), next(iter(scope(tables)))
    report = Report("Trial", as_of=day, country=country)
    for output in (report.cover(), report.map(), report.timeline(), report.notes()):
        output._repr_mimebundle_()
    # To no format: Typst would start threads, and a process with threads is not to be forked.
    path = notebook_folder() / "country_brief.ipynb"
    export(nbformat.read(path, as_version=4), (), name="")


def _end_children() -> None:
    """Kill what still runs of the reports, each in a group of its own, when the build is gone."""
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            with suppress(ProcessLookupError):
                os.killpg(int(pid), signal.SIGKILL)
    # The build removes its folder itself, unless it was killed: then this process has another parent.
    if os.getppid() != _BUILD and (folder := os.environ.get(SCRATCH)):
        shutil.rmtree(folder, ignore_errors=True)


atexit.register(_end_children)
os.environ.update(ENVIRONMENT)
# A core file of every killed kernel would fill the disk.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
# For an optional check of international addresses that no notebook asks for, jsonschema would
# build a grammar for more than a second; it does without what it cannot import.
sys.modules["rfc3987_syntax"] = None
with suppress(ImportError):
    import_module("jsonschema")
del sys.modules["rfc3987_syntax"]
# What is missing, or wrong with tables or maps, the reports will say better.
for _name in _IMPORTS:
    with suppress(ImportError):
        import_module(_name)
with suppress(Exception):
    _warm_up()
# What is here stays; a collection in a fork would copy every page it looks at.
gc.collect()
gc.freeze()
