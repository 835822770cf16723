"""Promises about citations: sources that reference managers read."""

from __future__ import annotations

import json

import pytest
from factory import frame, tiny
from jsonschema import Draft202012Validator

from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.publishing.citations import (
    cited_sources,
    csl_date,
    csl_items,
    write_csl_json,
)

TEXT = {"type": "string", "minLength": 1}

# The rules of CSL's input data for what we use of it: names, dates, and no other fields.
CSL_DATE = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": 3,
                "prefixItems": [
                    {"type": "integer", "minimum": 1900},
                    {"type": "integer", "minimum": 1, "maximum": 12},
                    {"type": "integer", "minimum": 1, "maximum": 31},
                ],
            },
        },
        "circa": {"type": "boolean"},
        "literal": TEXT,
    },
}
CSL = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {
            "id": TEXT,
            "type": {
                "enum": [
                    "article-newspaper", "document", "entry-encyclopedia", "post-weblog", "report",
                    "webpage",
                ]
            },
            **{
                name: TEXT
                for name in ("title", "container-title", "publisher", "URL", "language", "note")
            },
            "author": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["literal"],
                    "additionalProperties": False,
                    "properties": {"literal": TEXT},
                },
            },
            "issued": CSL_DATE,
            "accessed": CSL_DATE,
            "custom": {"type": "object", "additionalProperties": TEXT},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=EVIDENCE)
def shown(request, tables):
    """Return each kind of evidence on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


def read(path) -> object:
    """Return the JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def faults(schema: dict, value: object) -> list[str]:
    """Return what a JSON schema finds wrong."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_sources_follow_the_rules_of_csl(shown, tmp_path):
    """One item per source that the record rests on, in key order."""
    items = read(write_csl_json(tmp_path / "sources.json", shown))
    assert faults(CSL, items) == []
    assert [item["id"] for item in items] == list(cited_sources(shown).index)


def test_a_source_keeps_what_a_reader_needs_to_weigh_it(tables):
    """Title, publisher, date, address, rating, and whose state it speaks for."""
    items = {item["id"]: item for item in csl_items(record("2023-12-04", "checked", tables=tables))}
    item = items["S-002"]
    assert item["type"] == "article-newspaper"
    assert item["author"] == [{"literal": "AFP"}]
    assert item["container-title"] == "The Moscow Times (AFP)"
    assert item["issued"] == {"date-parts": [[2023, 12, 4]]}
    assert item["note"].startswith("Reliability B (Admiralty): ")
    state = [item for key, item in items.items() if tables.sources.at[key, "state_affiliation"]]
    assert state
    assert all("State-affiliated: " in item["note"] for item in state)


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("", {}),
        ("2023-12-04", {"date-parts": [[2023, 12, 4]]}),
        ("2023-12", {"date-parts": [[2023, 12]]}),
        ("2023", {"date-parts": [[2023]]}),
        ("2023-12~", {"date-parts": [[2023, 12]], "circa": True}),
        ("2023?", {"date-parts": [[2023]], "circa": True}),
        ("2023-11-29/2023-12-02", {"date-parts": [[2023, 11, 29], [2023, 12, 2]]}),
        ("2023-11/..", {"literal": "2023-11/.."}),
    ],
)
def test_a_date_keeps_its_precision(edtf, expected):
    """No month or day is made up."""
    assert csl_date(edtf) == expected
    assert not edtf or faults(CSL_DATE, expected) == []


def test_equal_records_give_equal_bytes(shown, tmp_path):
    """Text in UTF-8 with the letters themselves."""
    first, second = (write_csl_json(tmp_path / name, shown).read_bytes() for name in "ab")
    assert first == second
    assert b"\\u" not in first


def test_a_source_without_title_date_or_publisher_has_no_empty_fields():
    """What is not known is left out."""
    sources = frame("sources", {"source_id": "S-001", "source_type": "unknown", "language": "en",
                                "reliability": "F", "reliability_basis_en": "unseen"})  # fmt: skip
    claims = frame("claims", {"claim_id": "CL-001", "source_id": "S-001", "date_edtf": "2020"})
    [item] = csl_items(record("2021-01-01", "article", tables=tiny(sources=sources, claims=claims)))
    assert item == {
        "id": "S-001",
        "type": "document",
        "language": "en",
        "note": "Reliability F (Admiralty): unseen.",
        "custom": {"source_type": "unknown", "reliability": "F"},
    }
