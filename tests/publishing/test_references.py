"""Promises about references: sources that reference managers read, claims that programs read."""

from __future__ import annotations

import json

import pytest
from factory import frame, tiny
from jsonschema import Draft202012Validator

from sahel_analysis.evidence.record import EVIDENCE, record, told_claims
from sahel_analysis.prose.notes import place_of
from sahel_analysis.publishing.references import (
    cited_sources,
    csl_date,
    csl_items,
    write_csl_json,
    write_jsonld,
)

TEXT = {"type": "string", "minLength": 1}
KEY = {"type": "string", "pattern": "^#(S|CL)-[0-9]{3}$"}

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

# A schema.org Claim, a W3C Web Annotation with a TextQuoteSelector, and the works they name.
CLAIM = {
    "required": ["id", "type", "text", "appearance"],
    "properties": {
        "type": {"const": "Claim"},
        "text": TEXT,
        "appearance": KEY,
        "check": {
            "type": "object",
            "required": ["verdict", "credibility", "finding"],
            "properties": {
                "verdict": {
                    "enum": ["corroborated", "partly", "contradicted", "unverifiable"],
                },
                "credibility": {"type": "integer", "minimum": 1, "maximum": 6},
                "citation": {"type": "array", "items": KEY},
            },
        },
    },
}
ANNOTATION = {
    "required": ["id", "type", "motivation", "body", "target"],
    "properties": {
        "type": {"const": "Annotation"},
        "motivation": {"const": "identifying"},
        "body": KEY,
        "target": {
            "type": "object",
            "required": ["type", "source", "selector", "place"],
            "properties": {
                "type": {"const": "SpecificResource"},
                "source": KEY,
                "selector": {
                    "type": "object",
                    "required": ["type", "exact"],
                    "additionalProperties": False,
                    "properties": {"type": {"const": "TextQuoteSelector"}, "exact": TEXT},
                },
            },
        },
    },
}
WORK = {
    "required": ["id", "type"],
    "properties": {"type": {"enum": ["NewsArticle", "CreativeWork"]}, "id": KEY},
}
JSONLD = {
    "type": "object",
    "required": ["@context", "@graph"],
    "properties": {
        "@context": {"type": "object", "required": ["@vocab", "oa", "id", "type"]},
        "@graph": {"type": "array", "items": {"oneOf": [CLAIM, ANNOTATION, WORK]}},
    },
}


@pytest.fixture(scope="module", params=EVIDENCE)
def shown(request, tables):
    """Return each world on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


def read(path) -> object:
    """Return the JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def faults(schema: dict, value: object) -> list[str]:
    """Return what a JSON schema finds wrong."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_sources_follow_the_rules_of_csl(shown, tmp_path):
    """One item per source that the world rests on, in key order."""
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


def test_claims_follow_the_rules_of_schema_org_and_the_web_annotation_model(shown, tmp_path):
    """Each claim once, tied to its phrase; every name leads to a node of the graph."""
    found = read(write_jsonld(tmp_path / "claims.jsonld", shown))
    assert faults(JSONLD, found) == []
    nodes = {node["id"]: node for node in found["@graph"]}
    assert len(nodes) == len(found["@graph"])
    claims = told_claims(shown)
    for claim_id, claim in claims.iterrows():
        target = nodes[f"#{claim_id}-phrase"]["target"]
        assert nodes[f"#{claim_id}-phrase"]["body"] == f"#{claim_id}"
        assert target["selector"]["exact"] == claim.quote
        assert target["place"] == place_of(claim)
        assert target["source"] in nodes
        assert set(nodes[f"#{claim_id}"]["check"].get("citation", [])) <= nodes.keys()
    assert sum(node["type"] == "Claim" for node in nodes.values()) == len(claims)


def test_no_claim_goes_out_without_its_check(shown, tmp_path):
    """Chad's expulsion of the French least of all."""
    found = read(write_jsonld(tmp_path / "claims.jsonld", shown))
    [chad] = [node for node in found["@graph"] if node["id"] == "#CL-040"]
    assert chad["check"]["verdict"] == "contradicted"
    assert chad["check"]["finding"]


def test_every_term_is_spelt_out_in_the_file(shown, tmp_path):
    """No context is fetched, so the file reads without a network."""
    found = read(write_jsonld(tmp_path / "claims.jsonld", shown))
    assert isinstance(found["@context"], dict)
    ours = {"attributedTo", "check", "place", "textSha256", "verdict"}
    assert ours <= found["@context"].keys()


def test_claims_of_a_later_day_are_left_out(tables, tmp_path):
    """An export is of a day, as a report is."""
    found = read(
        write_jsonld(tmp_path / "claims.jsonld", record("2013-06-01", "article", tables=tables))
    )
    claims = [node["id"] for node in found["@graph"] if node["type"] == "Claim"]
    assert claims == ["#CL-076"]


@pytest.mark.parametrize("write", [write_csl_json, write_jsonld])
def test_equal_worlds_give_equal_bytes(write, shown, tmp_path):
    """Text in UTF-8 with the letters themselves."""
    first, second = (write(tmp_path / name, shown).read_bytes() for name in "ab")
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
