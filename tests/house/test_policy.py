"""Promises about each page's policy: nothing from outside, and no script but our own."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from browser import faults

from sahel_analysis.batch.catalogue import catalogue
from sahel_analysis.publishing.documents import Document, convert
from sahel_analysis.report import outputs

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.fixture(scope="module")
def pages(tmp_path_factory, atlas_page) -> dict[str, Path]:
    """Return a report, the index and the atlas."""
    table = outputs.table(pd.DataFrame({"Country": ["Niger"]}), caption="Countries")
    report = Document("trial", table.data["text/markdown"], "Trial", as_of="2023-12-04")
    made = {
        "report": convert(report, ["html"])["html"],
        "index": catalogue([], []),
        "atlas": atlas_page,
    }
    folder = tmp_path_factory.mktemp("policies")
    for name, content in made.items():
        (folder / f"{name}.html").write_bytes(content)
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Return the address of a server on this machine, and what was asked of it."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"document.title = 'taken'")

        def log_message(self, *words: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def rules(page: str) -> dict[str, str]:
    """Return the directives of a page's policy."""
    [policy] = POLICY.findall(page)
    return dict(rule.strip().split(" ", 1) for rule in policy.split(";"))


@pytest.mark.parametrize("name", ["report", "index", "atlas"])
def test_a_page_forbids_everything_that_it_does_not_hold(pages, name):
    """And says so before anything that it governs."""
    page = pages[name].read_text(encoding="utf-8")
    found = rules(page)
    assert found["default-src"] == "'none'"
    assert found["base-uri"] == found["form-action"] == "'none'"
    allowed = {word for rule in found.values() for word in rule.split()}
    assert not [word for word in allowed if "http" in word or "*" in word or "eval" in word]
    before = page[page.index("<head>") : POLICY.search(page).start()].lower()
    assert not re.findall(r"<(?!head|meta charset|meta name)", before)


def test_a_report_forbids_every_script(pages):
    """It has none, and its policy names none."""
    page = pages["report"].read_text(encoding="utf-8")
    assert "script-src" not in rules(page)
    assert "<script" not in page


@pytest.mark.parametrize("name", ["index", "atlas"])
def test_a_page_allows_its_own_scripts_by_their_hash(pages, name):
    """And no other script, nor one in an attribute."""
    page = pages[name].read_text(encoding="utf-8")
    # A script of type application/json is data, which no browser runs.
    scripts = re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", page, re.DOTALL)
    digests = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    }
    assert set(rules(page)["script-src"].split()) == digests


@pytest.mark.parametrize("name", ["report", "index", "atlas"])
def test_the_browser_blocks_what_is_put_into_a_page(pages, open_page, asked, name):
    """An image and scripts from elsewhere are not asked for, a script within does not run."""
    server, paths = asked
    page = pages[name].read_text(encoding="utf-8")
    for policed in (True, False):
        kept = page if policed else POLICY.sub("", page)
        opened = open_page(_with_intruder(kept, server, pages), offline=False)
        opened.wait_for_timeout(300)
        taken = [word for word in ("taken", "within") if opened.title() == word]
        if policed:
            assert (taken, paths) == ([], [])
            told = "\n".join(faults(opened))
            assert told.count("Content Security Policy") >= 4
        else:
            # Without its policy the page would have been taken: the test can fail.
            assert taken
            assert {"/image.png", "/script.js", "/style.css"} <= set(paths)


def _with_intruder(page: str, server: str, pages: dict[str, Path]) -> str:
    """Return the address of a page with elements of a stranger's at the end of its body."""
    intruder = (
        f'<img src="{server}/image.png" alt=""><script src="{server}/script.js"></script>'
        f'<link rel="stylesheet" href="{server}/style.css"><iframe src="{server}/frame"></iframe>'
        '<script>document.title = "within"</script><svg onload="document.title = \'within\'"></svg>'
    )
    path = pages["report"].with_name("taken.html")
    path.write_text(page.replace("</body>", f"{intruder}</body>"), encoding="utf-8")
    return path.as_uri()
