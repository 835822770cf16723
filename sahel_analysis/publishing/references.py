"""References for other tools: sources as CSL-JSON, claims as schema.org Claim with selectors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from ..evidence.record import Record, told_claims
from ..files import write_text
from ..prose.notes import place_of

# The nearest of CSL's types; a publisher's kind is kept in ``custom``.
_CSL_TYPES = {
    "news_agency": "article-newspaper",
    "news_outlet": "article-newspaper",
    "state_media": "article-newspaper",
    "reference_work": "entry-encyclopedia",
    "analysis": "report",
    "blog": "post-weblog",
    "aggregator": "webpage",
}
_QUALIFIER = re.compile(r"[~?%]")

# Terms of two vocabularies and a few of our own, spelt out so that a reader needs no network.
_CONTEXT = {
    "@vocab": "https://schema.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "own": "urn:x-sahel-analysis:terms:",
    "id": "@id",
    "type": "@type",
    "appearance": {"@type": "@id"},
    "citation": {"@type": "@id"},
    "Annotation": "oa:Annotation",
    "SpecificResource": "oa:SpecificResource",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "identifying": "oa:identifying",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": "oa:hasTarget",
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": "oa:hasSelector",
    "exact": "oa:exact",
    **{
        term: f"own:{term}"
        for term in (
            "attributedTo", "check", "credibility", "dateAsStated", "finding", "gravity",
            "modality", "place", "reliability", "stateAffiliation", "textSha256", "verdict",
        )
    },
}  # fmt: skip


def cited_sources(record: Record) -> pd.DataFrame:
    """Return the sources that a record rests on.

    Parameters
    ----------
    record : Record
        Evidence and day.

    Returns
    -------
    pandas.DataFrame
        Rows of the sources table, in key order: the article, what the visible events and figures
        cite, and what the checks of the claims told by that day cite.
    """
    claims, checks = told_claims(record), record.tables.checks
    cells = [
        *record.events["source_ids"],
        *record.figures["source_ids"],
        *checks.loc[checks.index.isin(claims.index), "source_ids"],
    ]
    keys = set(claims["source_id"]) | {key for cell in cells for key in cell}
    sources = record.tables.sources
    return sources[sources.index.isin(keys)]


def csl_items(record: Record) -> list[dict]:
    """Return a record's sources as items of the CSL-JSON data model, for Zotero and its kin.

    Parameters
    ----------
    record : Record
        See `cited_sources`.

    Returns
    -------
    list of dict
        One item per source, in key order. An author is a literal name; a date has parts as long
        as it is known; our rating stands in ``note`` for people and in ``custom`` for programs.
    """
    return [_csl(source) for source in cited_sources(record).itertuples()]


def write_csl_json(path: str | Path, record: Record) -> Path:
    """Write a record's sources as CSL-JSON; see `csl_items`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    return _write_json(path, csl_items(record))


def _csl(source: object) -> dict:
    """Return one source as a CSL item, without empty fields."""
    kind = _CSL_TYPES.get(source.source_type, "document")
    housed = kind in {"article-newspaper", "entry-encyclopedia", "post-weblog", "webpage"}
    rating = f"Reliability {source.reliability} (Admiralty): {source.reliability_basis_en}"
    notes = [
        rating.rstrip(".") + ".",
        f"State-affiliated: {source.state_affiliation}." if source.state_affiliation else "",
        source.note,
    ]
    item = {
        "id": source.Index,
        "type": kind,
        "title": source.title,
        "author": [{"literal": name.strip()} for name in source.author.split(";") if name.strip()],
        "container-title" if housed else "publisher": source.publisher,
        "issued": csl_date(source.published_edtf),
        "accessed": csl_date("" if pd.isna(source.accessed) else f"{source.accessed:%Y-%m-%d}"),
        "URL": source.url,
        "language": source.language,
        "note": " ".join(note for note in notes if note),
        "custom": _filled(
            source_type=source.source_type,
            state_affiliation=source.state_affiliation,
            reliability=source.reliability,
            phrase_seen=source.phrase_seen,
        ),
    }
    return _filled(**item)


def csl_date(edtf: str) -> dict:
    """Return an EDTF date as CSL's date model has it.

    Parameters
    ----------
    edtf : str
        Checked EDTF; empty for none.

    Returns
    -------
    dict
        ``date-parts`` with one part list, or two for an interval, each as long as the date is
        known; ``circa`` where the date is "about" or "perhaps". An interval open at one end is
        its EDTF string under ``literal``. Empty for an empty date.
    """
    if not edtf:
        return {}
    ends = _QUALIFIER.sub("", edtf).split("/")
    if {"..", ""} & set(ends):
        return {"literal": edtf}
    parts = [[int(number) for number in end.split("-")] for end in ends]
    return {"date-parts": parts} | ({"circa": True} if _QUALIFIER.search(edtf) else {})


def claim_graph(record: Record) -> dict:
    """Return a record's claims as JSON-LD: what is claimed, where it stands, what checks found.

    Parameters
    ----------
    record : Record
        Claims that refer to no later day than its own.

    Returns
    -------
    dict
        ``@context`` with every term spelt out, and ``@graph``: the sources; per claim a schema.org
        ``Claim`` and a W3C ``Annotation`` that ties it to its phrase in the article by a
        ``TextQuoteSelector``. The selector has no prefix or suffix, because the article's text is
        not ours to hand on; ``place`` tells paragraph and sentence instead. A check is a plain
        property and no ``ClaimReview``, which is the verdict of a fact-checker on a whole claim.
    """
    claims = told_claims(record)
    graph = [_document(source) for source in cited_sources(record).itertuples()]
    for claim in claims.itertuples():
        graph += [_claim(record, claim), _annotation(claim)]
    return {"@context": _CONTEXT, "@graph": graph}


def write_jsonld(path: str | Path, record: Record) -> Path:
    """Write a record's claims as JSON-LD; see `claim_graph`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    return _write_json(path, claim_graph(record))


def _document(source: object) -> dict:
    """Return a source as a schema.org work."""
    news = _CSL_TYPES.get(source.source_type) == "article-newspaper"
    dated = re.fullmatch(r"[0-9-]+", source.published_edtf)
    return _filled(
        id=f"#{source.Index}",
        type="NewsArticle" if news else "CreativeWork",
        name=source.title,
        publisher=_filled(type="Organization", name=source.publisher) if source.publisher else {},
        datePublished=source.published_edtf if dated else "",
        inLanguage=source.language,
        url=source.url,
        reliability=source.reliability,
        stateAffiliation=source.state_affiliation,
        textSha256=source.text_sha256,
    )


def _claim(record: Record, claim: object) -> dict:
    """Return a claim as a schema.org Claim, with its check: no wrong claim goes out alone."""
    checks, check = record.tables.checks, {}
    if claim.Index in checks.index:
        row = checks.loc[claim.Index]
        check = _filled(
            verdict=row.verdict,
            credibility=int(row.credibility),
            gravity=row.gravity,
            finding=row.finding_en,
            citation=[f"#{key}" for key in row.source_ids],
        )
    return _filled(
        id=f"#{claim.Index}",
        type="Claim",
        text=claim.statement_en,
        inLanguage="en",
        appearance=f"#{claim.source_id}",
        attributedTo=claim.attributed_to,
        modality=claim.modality,
        dateAsStated=claim.date_as_stated,
        temporalCoverage=claim.date_edtf,
        check=check,
    )


def _annotation(claim: object) -> dict:
    """Return the tie between a claim and its phrase in the article."""
    return {
        "id": f"#{claim.Index}-phrase",
        "type": "Annotation",
        "motivation": "identifying",
        "body": f"#{claim.Index}",
        "target": {
            "type": "SpecificResource",
            "source": f"#{claim.source_id}",
            "place": place_of(claim),
            "selector": {"type": "TextQuoteSelector", "exact": claim.quote},
        },
    }


def _filled(**fields: object) -> dict:
    """Return the fields that hold something, in the order given."""
    return {name: value for name, value in fields.items() if value not in ("", [], {})}


def _write_json(path: str | Path, value: object) -> Path:
    """Write JSON, indented, in UTF-8 with the letters themselves."""
    return write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
