"""Promises about the documentation: built without a warning, no dead link, every name there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlparse

import click
import pytest

import sahel_analysis
from sahel_analysis.cli import main
from sahel_analysis.tables.loading import FRAMES

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


class _Page(HTMLParser):
    """Targets and ids of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list) -> None:
        told = dict(attributes)
        self.ids.add(told.get("id") or "")
        self.targets += [told[name] for name in ("href", "src") if told.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Return the documentation, built as `make docs` does, with every warning a fault."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("tables"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [options] = re.findall(r"python -m sphinx (.*) docs build/docs", makefile)
    command = [sys.executable, "-m", "sphinx", *options.split(), "docs", "site"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    return folder / "site"


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site):
    """Every target within the folder is there, its anchor too; others are addresses of sources."""
    pages = {path: _Page(path) for path in site.rglob("*.html")}
    assert len(pages) > len(FRAMES)
    for path, page in pages.items():
        for target in page.targets:
            address = urlparse(target)
            if address.scheme:
                continue
            place = (path.parent / unquote(address.path)).resolve() if address.path else path
            assert place.is_file(), f"{path.name}: {target}"
            if address.fragment and place in pages:
                assert unquote(address.fragment) in pages[place].ids, f"{path.name}: {target}"
        loaded = re.findall(
            r'<(?:script|img|link)[^>]*(?:src|href)="(\w+:[^"]*)"', path.read_text()
        )
        assert not loaded, path.name


def test_every_table_name_and_command_is_there(site):
    """With counts of rows, and an anchor to lead to."""
    names = _Page(site / "names.html").ids
    assert {f"sahel_analysis.{name}" for name in sahel_analysis.__all__} <= names
    commands = _Page(site / "commands.html").ids
    assert {f"sahel-{name}" for name in main.list_commands(click.Context(main))} <= commands
    for name in FRAMES:
        text = (site / "tables" / f"{name}.html").read_text(encoding="utf-8")
        rows = len(getattr(sahel_analysis.load_tables(), name))
        assert f"{rows} rows" in text
