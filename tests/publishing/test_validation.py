"""Promises about the tables as they stand: they are sound by an open standard and by our rules."""

from frictionless import Package

from sahel_analysis.tables.loading import data_folder, load_tables


def test_the_public_tool_finds_the_package_valid():
    """Frictionless, which knows nothing of this package, accepts schema and rows."""
    report = Package(str(data_folder() / "datapackage.json")).validate()
    faults = report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert report.valid, faults


def test_the_tables_load_with_every_rule_kept():
    """Types, keys, references and the rules across rows hold."""
    tables = load_tables()
    assert len(tables.claims) > 0
    assert len(tables.events) > 0


def test_files_are_utf8_with_plain_line_ends():
    """Equal bytes on every machine: no byte order mark, no carriage return, one final line end."""
    for path in sorted(data_folder().glob("*.csv")):
        content = path.read_bytes()
        content.decode("utf-8")
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content, path.name
        assert content.endswith(b"\n"), path.name
        assert not content.endswith(b"\n\n"), path.name
