"""Promise: an article goes from its text to briefing, annex and audit by the commands alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import sahel
from factory import rewrite

from sahel_analysis.tables.article import CLAIM_COLUMNS, sentences
from sahel_analysis.tables.readings import read_differences, read_reading
from sahel_analysis.tables.workbook import Workbook
from sahel_analysis.tables.writing import as_csv, table_cells

TEXT = Path(__file__).parents[1] / "fourth_article.txt"
KEY = "S-950"
SOURCE = {"source_id": KEY, "published_edtf": "2026-01-29", "language": "en", "title": "Lists",
          "source_type": "blog", "reliability": "F", "reliability_basis_en": "a text for tests",
          "phrase_seen": "The list ends here", "seen_as": "original"}  # fmt: skip
CHECK = {"verdict": "unverifiable", "credibility": "6", "gravity": "low",
         "checked_on": "2026-01-30"}  # fmt: skip


def run(*words: object) -> str:
    """Run a command that must go well, and return what it says."""
    made = sahel(*words)
    assert made.code == 0, made.stdout + made.stderr
    return made.stdout


def append(path: Path, row: dict[str, str]) -> None:
    """Append a row to a table."""
    rewrite(path, lambda rows: rows.append([row.get(name, "") for name in rows[0]]))


def read(sheet: Path, path: Path, modality: str) -> Path:
    """Fill a claims sheet as a reader would: the first words of each sentence, as one assertion."""
    header, *rows = table_cells(sheet)
    given = sentences(TEXT.read_text(encoding="utf-8"))
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        words = given[int(cells["paragraph"]), int(cells["sentence"])].split()
        cells |= {"quote": " ".join(words[:4]), "statement_en": f"It says: {words[-1]}",
                  "attributed_to": "article", "modality": modality, "theme": "lists"}  # fmt: skip
        row[:] = [cells[name] for name in header]
    path.write_text(as_csv([header, *rows]), encoding="utf-8")
    return path


@pytest.mark.long
def test_a_text_becomes_a_briefing_an_annex_and_an_audit(tmp_path):
    """In a folder of a user's own: add, two readings, agree, workbook, checks, check, build."""
    run("init", tmp_path / "own")
    data, reports = tmp_path / "own" / "data", tmp_path / "own" / "reports"
    append(data / "sources.csv", SOURCE)
    run("--data", data, "article", "add", TEXT, "--source", KEY, "--sheet", tmp_path / "sheet.csv")
    append(data / "themes.csv", {"theme_id": "TH-001", "source_id": KEY, "theme": "lists",
                                 "rank": "1", "label_en": "Lists"})  # fmt: skip
    a = read(tmp_path / "sheet.csv", tmp_path / "a.csv", "fact")
    b = read(tmp_path / "sheet.csv", tmp_path / "b.csv", "opinion")
    asked = ["article", "agree", a, b, "--differences", tmp_path / "d.csv",
             "--settled", tmp_path / "s.csv"]  # fmt: skip
    assert "10 and 10 assertions, 10 of them paired" in run(*asked)
    decided = read_differences(tmp_path / "d.csv")
    decided["decision"], decided["reason"] = "a", "It is told as a fact."
    (tmp_path / "d.csv").write_text(as_csv([list(decided), *decided.to_numpy().tolist()]))
    run(*asked)
    book = Workbook(TEXT, KEY, data)
    for row in read_reading(tmp_path / "s.csv")[list(CLAIM_COLUMNS)].to_dict("records"):
        key = book.add(**row)
        # Two checks in the same words would be refused as one that stands twice.
        asked_about = {"finding_en": f"Nobody was asked about {key}."}
        append(data / "checks.csv", {"claim_id": key, **CHECK, **asked_about})
    assert book.coverage()["claims"].tolist() == [1] * 10
    assert "no fault found" in run("validate", data)
    told = run("--data", data, "article", "check", TEXT, "--source", KEY)
    assert "10 of 10 sentences covered." in told
    wanted = ["--notebook", "briefing,source_audit", "--format", "html", "--output", reports]
    run("--data", data, "build", *wanted)
    pages = {path.name: path.read_text(encoding="utf-8") for path in reports.rglob("*.html")}
    assert {"briefing.html", "briefing_evidence.html", "source_audit.html",
            "source_audit_evidence.html"} <= set(pages)  # fmt: skip
    assert "Of the article's 10 assertions" in pages["source_audit.html"].replace("’", "'")
    assert "Lists, " not in pages["briefing.html"]
    assert (reports / "2026-01-29_checked" / "briefing.html").is_file()


def test_a_folder_to_begin_with_is_sound(tmp_path):
    """Validated as it stands, with its atlas; the long test builds from it."""
    told = run("init", tmp_path / "own")
    assert "3 events in two countries" in told
    data, reports = tmp_path / "own" / "data", tmp_path / "own" / "reports"
    assert "no fault found" in run("validate", data)
    run("--data", data, "atlas", "--output", reports)
    assert (reports / "atlas.html").is_file()
    again = sahel("init", tmp_path / "own")
    assert (again.code, again.stderr.count("\n")) == (1, 1)
