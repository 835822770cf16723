"""Promises about tables written back: what is read from them again is the same."""

from __future__ import annotations

import json

import pandas as pd
from frictionless import Package

from sahel_analysis.tables.loading import FRAMES, load_tables
from sahel_analysis.tables.writing import data_package


def put(folder, files):
    """Write the files of a package; return their folder."""
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def test_all_tables_come_back_as_they_were(tables, tmp_path):
    """Types, lists, empty cells and bounds of dates."""
    again = load_tables(put(tmp_path, data_package(tables, FRAMES)))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(tables, name))


def test_some_tables_are_a_sound_package_by_an_open_standard(tables, tmp_path):
    """A key to a table that is not there is left out; one within the package stays."""
    put(tmp_path, data_package(tables, ["events", "places"], "Events"))
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten()
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["title"] == "Events"
    keys = {
        resource["name"]: [key["fields"] for key in resource["schema"].get("foreignKeys", [])]
        for resource in package["resources"]
    }
    assert keys == {"events": [["place_id"]], "places": [["within"]]}
