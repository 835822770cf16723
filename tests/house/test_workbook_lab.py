"""Promise of the claims workbook in JupyterLab: a claim entered, a fault shown and mended, a row written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browser import Opener, wait_until
from command import sahel
from test_fourth_article import KEY, SOURCE, TEXT, append
from test_lab import Lab

from sahel_analysis.tables.loading import load_tables

pytestmark = pytest.mark.long


def test_a_claim_is_entered_in_jupyterlab(chromium, tmp_path):
    """Its fault is told as it is made, and the tables are sound when it is written."""
    assert sahel("init", tmp_path / "own").code == 0
    data = tmp_path / "own" / "data"
    append(data / "sources.csv", SOURCE)
    sheet = tmp_path / "sheet.csv"
    added = sahel("--data", data, "article", "add", TEXT, "--source", KEY, "--sheet", sheet)
    assert added.code == 0, added.stderr
    append(data / "themes.csv", {"theme_id": "TH-001", "source_id": KEY, "theme": "lists",
                                 "rank": "1", "label_en": "Lists"})  # fmt: skip
    lab, opener = Lab(tmp_path / "lab"), Opener(chromium)
    try:
        _point_at(lab.notebooks / "claims_workbook.ipynb", data)
        lab.wait()
        page = lab.open(opener, "claims_workbook.ipynb")
        page.click("text=Run >> nth=0")
        page.click("text=Run All Cells")
        wait_until(page, "/Write the claim/.test(document.body.innerText)", 90)
        assert page.locator("li", has_text="statement_en: is empty").count() >= 1
        button = page.locator("button", has_text="Write the claim")
        assert button.is_disabled()
        statement = page.locator(".widget-text", has_text="Statement").locator("input")
        statement.fill("A general spoke in Brazzaville.")
        statement.press("Tab")
        wait_until(page, "/No fault\\./.test(document.body.innerText)", 30)
        button.click()
        wait_until(page, "/CL-001 is written/.test(document.body.innerText)", 30)
        page.screenshot(path=tmp_path / "workbook.png")
    finally:
        opener.close()
        lab.server.terminate()
        lab.server.wait(20)
    claims = load_tables(data).claims
    assert list(claims["statement_en"]) == ["A general spoke in Brazzaville."]
    assert claims.at["CL-001", "quote"] in TEXT.read_text(encoding="utf-8")


def _point_at(notebook: Path, data: Path) -> None:
    """Let the workbook read a text and a folder, and leave out the cell that writes by a call."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    values = f"text, source, folder = {str(TEXT)!r}, {KEY!r}, {str(data)!r}"
    for cell in content["cells"]:
        if "".join(cell["source"]).startswith("text ="):
            cell["source"] = values
    content["cells"] = content["cells"][:-2]
    notebook.write_text(json.dumps(content), encoding="utf-8")
