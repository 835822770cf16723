"""Promises about the seal: tables that are not as released never pass without a word."""

from __future__ import annotations

import json

import pytest
from factory import data_copy, put, rewrite

from sahel_analysis.errors import DataError, ParameterError
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.schema import data_folder, read_package
from sahel_analysis.tables.sealing import seal


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the tables, sealed as version 9.0.0."""
    folder = data_copy(tmp_path)
    seal(folder, "9.0.0")
    return folder


def test_version_without_dev_is_sealed_and_as_released(tables):
    """A release cannot be made without `sahel seal`."""
    version = read_package(data_folder())["version"]
    if ".dev" in version:
        assert tables.release.version == version
    else:
        assert tables.release.told() == [f"Tables as released in {version}."]


def test_unsealed_tables_say_so(tables, tmp_path):
    """There is nothing to hold them to."""
    package = data_copy(tmp_path) / "datapackage.json"
    content = {k: v for k, v in json.loads(package.read_text("utf-8")).items() if k != "seal"}
    package.write_text(json.dumps(content | {"version": "9.1.0.dev0"}), "utf-8")
    [told] = load_tables(package.parent).release.told()
    assert told.startswith("Tables of version 9.1.0.dev0, not sealed")


def test_sealed_tables_are_as_released(folder):
    """Row by row and byte for byte; sealing twice writes the same."""
    assert load_tables(folder).release.told() == ["Tables as released in 9.0.0."]
    before = (folder / "datapackage.json").read_bytes()
    seal(folder, "9.0.0")
    assert (folder / "datapackage.json").read_bytes() == before


def test_rows_that_went_came_or_changed_are_named(folder):
    """By file and key, in the order of the tables."""

    def lose(rows):
        rows[:] = [row for row in rows if row[0] not in ("CL-040", "CL-041")]

    rewrite(folder / "checks.csv", lose)
    put(folder / "places.csv", "niamey", lon="2.2")
    rewrite(
        folder / "places.csv",
        lambda rows: rows.append(["x", "X", "town", "NER", "9", "17", "town", ""]),
    )
    tables = load_tables(folder)
    assert tables.release.told() == [
        "checks.csv: 2 rows fewer than 9.0.0, CL-040 and CL-041.",
        "places.csv: 1 row more than 9.0.0, x.",
        "places.csv: 1 row other than in 9.0.0, niamey.",
    ]
    # A report tells the rows that it shows, and those that are gone from nobody knows where.
    assert tables.release.told({"niamey"}) == [
        "checks.csv: 2 rows fewer than 9.0.0, CL-040 and CL-041.",
        "places.csv: 1 row other than in 9.0.0, niamey.",
    ]


def test_same_rows_in_other_bytes_are_told(folder):
    """In another order, for one; and a schema that was changed."""
    rewrite(folder / "places.csv", lambda rows: rows.append(rows.pop(1)))
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    package["title"] = "Other"
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    assert load_tables(folder).release.told() == [
        "places.csv: not as in 9.0.0.",
        "datapackage.json: not as in 9.0.0.",
    ]


@pytest.mark.parametrize("damaged", [5, {}, {"version": "9.0.0"}, [], None])
def test_damaged_seal_is_refused(folder, damaged):
    """In one sentence for each fault, which names the place."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8")) | {"seal": damaged}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    with pytest.raises(DataError, match="seal"):
        load_tables(folder)


@pytest.mark.parametrize("version", ["", "2.0", "2.0.0.dev0", "v2", "2.0.0\n"])
def test_only_a_release_is_sealed(folder, version):
    """Nothing is written."""
    before = (folder / "datapackage.json").read_bytes()
    with pytest.raises(ParameterError, match="no version of a release"):
        seal(folder, version)
    assert (folder / "datapackage.json").read_bytes() == before
