"""Crate: RO-Crate metadata that tell machines what each report was made from, and by what.

RO-Crate 1.1 with the Process Run Crate profile 0.5, which is written for it and which the tools in
use read. There are no times in it: they would make equal builds unequal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from ..tables.loading import Tables
from ..tables.schema import read_package
from .jobs import Failure
from .store import as_json

_CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    # A term of schema.org that is newer than that context.
    {"sha256": "https://schema.org/sha256"},
]
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_MEDIA = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ipynb": "application/x-ipynb+json",
    "png": "image/png",
}
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def crate(records: Sequence[Mapping], failures: Sequence[Mapping], tables: Tables) -> bytes:
    """Return ``ro-crate-metadata.json``: one CreateAction per report, made or failed.

    Parameters
    ----------
    records, failures : sequence of mapping
        As for `catalogue.catalogue`.
    tables : Tables
        The tables, for their name, version and the last day on which they were checked.
    """
    package = read_package(tables.folder)
    entities: dict[str, dict] = {}
    actions = [_made(record, entities, package) for record in records]
    actions += [_failed(account, entities, package) for account in failures]
    made = [name for record in records for name in record["outputs"]]
    files = sorted(made + [account["partial"] for account in failures if account["partial"]])
    entities["index.html"] = {
        "@id": "index.html",
        "@type": "File",
        "name": "Catalogue of the reports",
        "encodingFormat": "text/html",
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Reports: {package['title']}",
        "description": f"{len(records)} reports made from the tables of {package['name']} "
        f"{package['version']} by sahel_analysis.",
        "license": {"@id": _LICENCE},
        # The day to which the tables were checked: it dates the content, not the run.
        "datePublished": _checked_on(tables),
        "conformsTo": {"@id": _PROFILE},
        "hasPart": _references(["index.html", *files]),
        "mentions": _references(actions),
    }
    head = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": _LICENCE, "@type": "CreativeWork", "name": "CC BY 4.0"},
    ]
    graph = [*head, *(entities[key] for key in sorted(entities))]
    return as_json({"@context": _CONTEXT, "@graph": graph})


def _made(record: Mapping, entities: dict[str, dict], package: Mapping) -> str:
    """Add the action that made a report, with what it used and made; return its id."""
    report = record["report"]
    for name, facts in record["outputs"].items():
        entities[name] = {
            "@id": name,
            "@type": "File",
            "name": f"{record['told'].get('title', report)} ({name.rsplit('.', 1)[1]})",
            "encodingFormat": _MEDIA[name.rsplit(".", 1)[1]],
            "contentSize": str(facts["bytes"]),
            "sha256": facts["sha256"],
        }
    return _add(
        entities,
        f"#make-{report}",
        "CreateAction",
        name=f"Make {report}",
        **_used(record, entities, package),
        result=_references(sorted(record["outputs"])),
        actionStatus={"@id": "http://schema.org/CompletedActionStatus"},
    )


def _failed(account: Mapping, entities: dict[str, dict], package: Mapping) -> str:
    """Add the action that failed to make a report; return its id."""
    report, partial = account["report"], account["partial"]
    if partial:
        name, media = f"{report} as far as it ran (ipynb)", _MEDIA["ipynb"]
        _add(entities, partial, "File", name=name, encodingFormat=media)
    return _add(
        entities,
        f"#fail-{report}",
        "CreateAction",
        name=f"Make {report}",
        **_used(account, entities, package),
        result=_references([partial] if partial else []),
        actionStatus={"@id": "http://schema.org/FailedActionStatus"},
        error=str(Failure(**account["failure"])),
    )


def _used(record: Mapping, entities: dict[str, dict], package: Mapping) -> dict[str, object]:
    """Add what a report was to be made from, and by what; return references to them."""
    key = record["key"]
    used = [
        _add(
            entities,
            f"#notebook-{record['notebook']}-{key['notebook'][:12]}",
            "SoftwareSourceCode",
            name=f"{record['notebook']}.ipynb",
            sha256=key["notebook"],
        ),
        _add(
            entities,
            f"#rows-{key['rows'][:12]}",
            "Dataset",
            name="The rows that the report can see",
            isPartOf={"@id": _data(entities, package)},
            sha256=key["rows"],
        ),
        _add(
            entities,
            f"#boundaries-{key['boundaries'][:12]}",
            "Dataset",
            name="Outlines and disputed lines of the maps",
            sha256=key["boundaries"],
        ),
        *_parameters(record["parameters"], entities),
    ]
    instrument = _add(
        entities,
        f"#sahel_analysis-{key['code'][:12]}-{key['environment'][:12]}",
        "SoftwareApplication",
        name="sahel_analysis",
        version=version("sahel-analysis"),
        sha256=key["code"],
        softwareRequirements=_add(
            entities,
            f"#environment-{key['environment'][:12]}",
            "SoftwareApplication",
            name="Interpreter and installed packages",
            sha256=key["environment"],
            as_reference=True,
        ),
    )
    return {"instrument": {"@id": instrument}, "object": _references(used)}


def _parameters(values: Mapping[str, object], entities: dict[str, dict]) -> list[str]:
    """Add what a notebook was given, each value once; return the ids."""
    told = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in values.items()
    }
    return [
        _add(entities, f"#{name}={value}", "PropertyValue", name=name, value=value)
        for name, value in told.items()
    ]


def _data(entities: dict[str, dict], package: Mapping) -> str:
    """Add the data package; return its id."""
    return _add(
        entities,
        f"#{package['name']}-data",
        "Dataset",
        name=package["title"],
        description=package["description"],
        version=package["version"],
        license={"@id": _LICENCE},
    )


def _add(
    entities: dict[str, dict], key: str, kind: str, *, as_reference: bool = False, **facts: object
) -> str | dict[str, str]:
    """Add an entity; return its id, or a reference to it."""
    entities[key] = {"@id": key, "@type": kind, **facts}
    return {"@id": key} if as_reference else key


def _references(keys: Iterable[str]) -> list[dict[str, str]]:
    """Return references to entities."""
    return [{"@id": key} for key in keys]


def _checked_on(tables: Tables) -> str:
    """Return the last day on which a claim was checked, ISO 8601."""
    return str(tables.checks["checked_on"].max())[:10]
