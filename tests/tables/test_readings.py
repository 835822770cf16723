"""Promises about two readings of an article: paired, measured, settled; the kept ones again."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from command import sahel

from sahel_analysis.errors import DataError
from sahel_analysis.tables.article import CLAIM_COLUMNS
from sahel_analysis.tables.loading import data_folder
from sahel_analysis.tables.readings import FIELDS, agree, read_differences, read_reading
from sahel_analysis.tables.writing import as_csv

KEPT = data_folder() / "readings"
# Key of the article: assertions of A and B, pairs, and pairs that agree in each of FIELDS.
NUMBERS = {
    "S-341": ((28, 28), 28, {"sentence": 23, "theme": 24, "modality": 26, "date_edtf": 25,
                             "attributed_to": 28}),
    "S-901": ((15, 15), 14, {"sentence": 14, "theme": 13, "modality": 11, "date_edtf": 14,
                             "attributed_to": 4}),
}  # fmt: skip


def reading(path: Path, *rows: tuple[str, str, str]) -> Path:
    """Write a reading of one paragraph: phrase, theme and modality of each assertion."""
    cells = [
        ["1", "1", quote, f"It says: {quote}.", "article", modality, theme, "", ""]
        for quote, theme, modality in rows
    ]
    path.write_text(as_csv([list(CLAIM_COLUMNS), *cells]), encoding="utf-8")
    return path


@pytest.fixture
def planted(tmp_path) -> tuple[Path, Path]:
    """Return two readings of which the numbers are worked out by hand.

    Four pairs: themes (x, x), (x, y), (y, y), (y, y). Of the eight values three are x and five y.
    One pair of four differs, so that two of eight ordered values meet another: 2/8 observed.
    By chance it would be 2 * 3 * 5 / (8 * 7) = 30/56. Alpha is 1 - (2/8) / (30/56) = 8/15.
    """
    a = reading(
        tmp_path / "a.csv",
        ("the first of all", "x", "fact"), ("a second thing here", "x", "fact"),
        ("third in the row", "y", "fact"), ("fourth and last one", "y", "fact"),
        ("nobody else saw it", "y", "fact"),
    )  # fmt: skip
    b = reading(
        tmp_path / "b.csv",
        ("the first of all", "x", "fact"), ("a second thing here", "y", "fact"),
        ("third in the row", "y", "fact"), ("fourth and last one", "y", "fact"),
    )  # fmt: skip
    return a, b


def test_two_planted_readings_give_the_numbers_worked_out_by_hand(planted):
    """Pairs, share of the cut, agreement and alpha."""
    found = agree(*map(read_reading, planted))
    assert found.pairs == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert found.cut == pytest.approx(8 / 9)
    assert found.same("theme") == 3
    assert found.alpha("theme") == pytest.approx(8 / 15)
    assert found.alpha("modality") is None


def test_differences_are_decided_by_hand_and_settle_the_reading(planted, tmp_path):
    """The command writes them once; what is open is named, and nothing is written."""
    asked = ["article", "agree", *planted, "--differences", tmp_path / "d.csv",
             "--settled", tmp_path / "s.csv"]  # fmt: skip
    first = sahel(*asked)
    assert "theme: 3 of 4 the same, alpha 0.53." in first.stdout
    decided = read_differences(tmp_path / "d.csv")
    assert list(decided["pair"] + " " + decided["column"]) == ["2-2 theme", "5- assertion"]
    again = sahel(*asked)
    assert again.code == 1
    assert len(again.stderr.splitlines()) == 2
    assert not (tmp_path / "s.csv").exists()
    decided["decision"], decided["reason"] = ["b", "drop"], ["B has it right.", "It repeats."]
    (tmp_path / "d.csv").write_text(as_csv([list(decided), *decided.to_numpy().tolist()]))
    assert sahel(*asked).code == 0
    assert list(read_reading(tmp_path / "s.csv")["theme"]) == ["x", "y", "y", "y"]


def test_readings_of_different_texts_are_refused(planted, tmp_path):
    """In one sentence."""
    other = reading(tmp_path / "c.csv", ("quite another matter", "x", "fact"))
    with pytest.raises(DataError, match="share 0 of 1 assertions; they are readings of different"):
        agree(read_reading(planted[0]), read_reading(other))


def test_every_fault_of_a_reading_is_named(tmp_path):
    """By line and column."""
    path = reading(tmp_path / "a.csv", ("a phrase of it", "", "rumour"))
    with pytest.raises(DataError) as refused:
        read_reading(path)
    assert [(p.row, p.column) for p in refused.value.problems] == [
        ("line 2", "theme"), ("line 2", "modality"),
    ]  # fmt: skip


@pytest.mark.parametrize("key", NUMBERS)
def test_the_kept_readings_give_the_numbers_that_the_codebook_tells(key):
    """Computed anew."""
    readings = [read_reading(KEPT / f"{key}_{side}.csv") for side in "ab"]
    found = agree(*readings)
    sizes, pairs, same = NUMBERS[key]
    assert (tuple(map(len, readings)), len(found.pairs)) == (sizes, pairs)
    assert {column: found.same(column) for column in FIELDS} == same
    told = (data_folder() / "README.md").read_text(encoding="utf-8")
    alphas = [found.alpha(column) for column in ("theme", "date_edtf", "modality")]
    numbers = [*sizes, pairs, f"{found.cut:.2f}", *(f"{alpha:.2f}" for alpha in alphas)]
    assert f"| {key} | {' | '.join(map(str, numbers))} |" in told


@pytest.mark.parametrize("key", NUMBERS)
def test_the_settled_reading_is_the_one_in_the_tables(key, tables):
    """Differences, decisions and the table of claims agree, cell by cell."""
    found = agree(*(read_reading(KEPT / f"{key}_{side}.csv") for side in "ab"))
    settled = found.settled(read_differences(KEPT / f"{key}_differences.csv"), "differences")
    with (KEPT / f"{key}_settled.csv").open(encoding="utf-8", newline="") as file:
        kept = pd.DataFrame(list(csv.DictReader(file)), dtype="str")
    assert settled.to_numpy().tolist() == kept.to_numpy().tolist()
    claims = tables.claims[tables.claims["source_id"] == key][list(CLAIM_COLUMNS)]
    assert claims.astype("str").to_numpy().tolist() == kept.to_numpy().tolist()
