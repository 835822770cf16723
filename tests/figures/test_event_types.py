"""Promise: an event type that the vocabulary and the data package know needs no edit elsewhere."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import sahel_analysis
from sahel_analysis.tables.loading import data_folder

SCRIPT = """
from sahel_analysis.atlas.entries import event_entries
from sahel_analysis.evidence.record import record
from sahel_analysis.figures.timelines import told_events
from sahel_analysis.tables.loading import load_tables

tables = load_tables()
recorded = record("2023-12-04", "checked", tables=tables)
print("EV-900" in told_events(recorded, ["TGO"]).index)
print([entry.kind for entry in event_entries(tables) if entry.key == "EV-900"])
"""
WORD = '        "airstrike": EventType("Air strike", "strike", "air strike", "airstrike"),\n'


def test_a_new_event_type_is_drawn_and_listed_without_a_further_edit(tmp_path):
    """Enum, vocabulary and one row: the timeline tells it and the atlas lists it."""
    package = tmp_path / "sahel_analysis"
    shutil.copytree(Path(sahel_analysis.__file__).parent, package)
    data = package / "data"
    shutil.copytree(data_folder(), data)
    words = package / "tables" / "vocabulary.py"
    first = '        "coup": EventType('
    text = words.read_text(encoding="utf-8")
    assert text.count(first) == 1
    words.write_text(text.replace(first, WORD + first), encoding="utf-8")

    described = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    [events] = [table for table in described["resources"] if table["name"] == "events"]
    [kinds] = [f for f in events["schema"]["fields"] if f["name"] == "event_type"]
    kinds["constraints"]["enum"].append("airstrike")
    (data / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    with (data / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = next(row for row in rows if row["event_id"] == "EV-378")
    changes = {"event_id": "EV-900", "event_type": "airstrike", "date_edtf": "2023-11-30"}
    with (data / "events.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, model, lineterminator="\n").writerow(model | changes)

    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("True")
    assert "['Air strike']" in run.stdout
