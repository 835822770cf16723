"""A headless Chromium for tests of pages, with the network off.

``conftest.py`` offers two fixtures to every test module:

- ``chromium``: the browser, one per module. Where no Chromium is found, the tests are skipped and
  say so. Playwright drives whatever Chromium or Chrome the machine has and downloads none;
- ``open_page``: a function that opens an address, a file or HTML, in a context of its own, and
  returns Playwright's page. See `Opener`.

Functions to import from here:

- ``faults(page)``: what the page wrote to the console as errors or warnings, what it threw, and
  every request that left the file; a sound page has none;
- ``axe(page)``: violations of WCAG 2.2 A and AA that axe-core finds, one line each;
- ``nu(*paths)``: errors that the Nu HTML checker finds in pages, one line each; it needs Java, and
  ``vnu.jar`` where ``VNU_JAR`` says;
- ``wait_until(page, expression)``: waits for a condition in the page. Playwright's own
  ``wait_for_function`` makes code from text in the page, which our policies forbid.

While `chromium` is open, Playwright keeps an event loop running in this thread. What needs a loop
of its own (papermill, say) is best done in a fixture that is asked for before it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
LOCAL = ("file:", "data:", "blob:", "about:")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

_faults: dict[Page, list[str]] = {}


def found() -> str | None:
    """Return the path of a Chromium, or None."""
    names = filter(None, map(shutil.which, NAMES))
    return next(names, str(MAC) if sys.platform == "darwin" and MAC.exists() else None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a headless Chromium."""
    path = found()
    if path is None:
        pytest.skip(f"no Chromium was found; looked for {', '.join(NAMES)} on the PATH")
    from playwright.sync_api import sync_playwright  # here: most test modules open no page

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        yield browser
        browser.close()


class Opener:
    """Opens pages, each in a context of its own, and closes them after the test."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.pages: list[Page] = []

    def __call__(
        self,
        source: str | Path | bytes,
        *,
        address: str = "",
        scheme: str = "light",
        motion: str = "no-preference",
        width: int = 1280,
        height: int = 900,
        script: bool = True,
        offline: bool = True,
        touch: bool = False,
    ) -> Page:
        """Open a page.

        Parameters
        ----------
        source : str, pathlib.Path or bytes
            An address, a file, or the page itself.
        address : str, optional
            What follows the file's name: ``#date=2023-12-04``.
        scheme : {"light", "dark"}
            The reader's colour scheme.
        motion : {"no-preference", "reduce"}
            Whether the reader asked for less motion.
        width, height : int
            Window, CSS pixels.
        script : bool
            Whether scripts run.
        offline : bool
            Whether the network is off; a server on this machine needs it on.
        touch : bool
            Whether the reader has a finger and no pointer that hovers.
        """
        context = self.browser.new_context(
            color_scheme=scheme,
            reduced_motion=motion,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            offline=offline,
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        self.pages.append(page)
        told = _faults[page] = []
        page.on("console", lambda m: m.type in {"error", "warning"} and told.append(m.text))
        page.on("pageerror", lambda fault: told.append(str(fault)))
        page.on("request", lambda r: r.url.startswith(LOCAL) or told.append(f"asked for {r.url}"))
        if isinstance(source, bytes):
            page.set_content(source.decode())
        else:
            target = source.as_uri() if isinstance(source, Path) else source
            page.goto(target + address)
        return page

    def close(self) -> None:
        """Close every page."""
        for page in self.pages:
            _faults.pop(page, None)
            page.context.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Opener]:
    """Return a function that opens pages; see `Opener`."""
    opener = Opener(chromium)
    yield opener
    opener.close()


def faults(page: Page) -> list[str]:
    """Return what went wrong on a page since it was opened."""
    return list(_faults[page])


def axe(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 A and AA: rule, help and first elements."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    response = Axe().run(page, options=options).response
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:120] for node in rule['nodes'][:3]]}"
        for rule in response["violations"]
    ]


def nu(*paths: Path) -> list[str]:
    """Return the errors of pages: file, line, what is wrong and where; skip without the checker."""
    java, jar = shutil.which("java"), os.environ.get("VNU_JAR", "")
    if java is None or not Path(jar).is_file():
        pytest.skip("the Nu HTML checker was not found: it takes Java and VNU_JAR, its vnu.jar")
    command = [java, "-Xss8m", "-jar", jar, "--errors-only", "--format", "json", *map(str, paths)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300).stderr
    return [
        f"{Path(fault.get('url', '')).name}:{fault.get('lastLine', 0)}: {fault['message']} "
        f"{fault.get('extract', '')[:120]}"
        for fault in json.loads(told)["messages"]
    ]


def wait_until(page: Page, expression: str, seconds: float = 10) -> None:
    """Wait until a JavaScript expression is true in the page; fail if it never is."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(30)
