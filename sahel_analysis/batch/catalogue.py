"""The index of a folder of reports: one offline page for people, the same as JSON for programs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..prose.words import counted, listed
from ..tables.dates import day_in_words
from .jobs import Failure

if TYPE_CHECKING:
    import pandas as pd

    from ..report.editions import Edition

TEMPLATES = Path(__file__).parent / "templates"
_GROUPS = ("Start here", "Themes", "Countries")
_FIRST = ("briefing", "source_audit")  # notebooks with which a reader starts
# What follows a report's path in the name of a file, and what the page calls the file.
_FILES = {
    ".html": "HTML", ".pdf": "PDF", ".docx": "Word", ".pptx": "Slides", "_evidence.html": "Evidence as HTML",
    "_evidence.pdf": "Evidence as PDF", ".ipynb": "Notebook",
}  # fmt: skip
_THUMBNAIL = ".thumbnail.png"
_NONE: Mapping[str, Sequence[str]] = MappingProxyType({})
_WHOLE, _FAILED, _STALE = "made", "failed", "failed; the report is an earlier one"


def catalogue(
    records: Sequence[Mapping],
    failures: Sequence[Mapping],
    *,
    atlas: bool = False,
    order: Sequence[str] = (),
    untold: Mapping[str, Sequence[str]] = _NONE,
    corrections: str = "",
) -> bytes:
    """Return the page that lists every report, UTF-8; equal records give equal bytes.

    Parameters
    ----------
    records : sequence of mapping
        Records of the reports that stand; see `store.Store.keep`.
    failures : sequence of mapping
        Accounts of the reports that failed last time; see `store.Store.set_aside`.
    atlas : bool
        Whether ``atlas.html`` stands beside the page.
    order : sequence of str
        Codes of countries in the order in which reports follow them.
    untold : mapping of str to sequence of str
        Edition, as its folder is called, to the names of countries of which too little is on record
        for a brief.
    corrections : str
        How many corrections ``corrections.html`` lists, in words; empty where it is not there.
    """
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    rows = _rows(records, failures, order)
    choices = [
        ("report", "Report", _options(rows, "title")),
        ("country", "Countries", _options(rows, "place")),
        ("day", "As of", _options(rows, "day")),
        ("evidence", "Evidence", _options(rows, "evidence")),
        ("status", "Status", _options(rows, "status")),
    ]
    style = (TEMPLATES / "catalogue.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "catalogue.js").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    page = environment.get_template("catalogue.html").render(
        editions=_editions(rows, untold),
        choices=choices,
        summary=_summary(rows),
        current=_current(rows),
        atlas=atlas,
        corrections=corrections,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
    )
    return page.encode() + b"\n"


def corrections_page(corrections: pd.DataFrame, editions: Sequence[Edition]) -> tuple[bytes, str]:
    """Return the page that lists every correction by edition, UTF-8, and a sentence that counts them.

    Parameters
    ----------
    corrections : pandas.DataFrame
        The table.
    editions : sequence of Edition
        The editions made of the tables: a correction belongs to the first ones written after it.
    """
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    groups = []
    for day, rows in corrections.groupby("corrected_on", sort=True):
        written = [each for each in editions if each.written_on and each.written_on >= day.date()]
        first = min((each.written_on for each in written), default=None)
        numbers = [each.number for each in written if each.written_on == first and each.number]
        noun = "edition" if len(numbers) == 1 else "editions"
        made = f", in {noun} {listed(numbers)}" if numbers else ""
        sizes = rows["table"].value_counts(sort=False)
        groups.append(
            {
                "title": f"{day_in_words(day.date())}{made}",
                "counts": f"{counted(len(rows), 'correction')}: "
                f"{listed(f'{size} of {table}' for table, size in sizes.items())}.",
                "rows": rows.to_dict("records"),
            }
        )
    style = (TEMPLATES / "catalogue.css").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    page = environment.get_template("corrections.html").render(
        groups=groups, style=Markup(style), style_hash=_hash(style)
    )
    told = "; ".join(
        f"{counted(len(group['rows']), 'correction')} of {group['title']}" for group in groups
    )
    return page.encode() + b"\n", told


def listing(
    records: Sequence[Mapping], failures: Sequence[Mapping], order: Sequence[str] = ()
) -> dict[str, list[dict]]:
    """Return what the page lists, for programs: every report, its files with size and SHA-256.

    Parameters
    ----------
    records, failures, order
        As for `catalogue`.
    """
    columns = ("report", "title", "place", "day", "evidence", "status", "why")
    outputs = {name: facts for record in records for name, facts in record["outputs"].items()}
    reports = []
    for row in _rows(records, failures, order):
        names = [file["link"] for file in row["files"]]
        names += [row["thumbnail"]] if row["thumbnail"] else []
        files = [{"name": name, **outputs.get(name, {})} for name in names]
        reports.append({**{column: row[column] for column in columns}, "files": files})
    return {"reports": reports}


def _rows(
    records: Sequence[Mapping], failures: Sequence[Mapping], order: Sequence[str]
) -> list[dict]:
    """Return what the page shows of each report: the latest edition first, then in reading order."""
    failed = {account["report"]: account for account in failures}
    standing = {record["report"]: record for record in records}

    places = {iso3: place for place, iso3 in enumerate(order)}

    def rank(report: str) -> tuple:
        known = standing.get(report) or failed[report]
        place = places.get(known["parameters"].get("country"), len(places))
        first = _FIRST.index(known["notebook"]) if known["notebook"] in _FIRST else len(_FIRST)
        return _GROUPS.index(_group(known)), first, place, report

    reports = sorted({*standing, *failed}, key=rank)
    # Sorts are stable; within a day the checked evidence comes before the article's.
    reports.sort(key=lambda report: report.split("/")[0].split("_"), reverse=True)
    return [_row(standing.get(report), failed.get(report)) for report in reports]


def _group(known: Mapping) -> str:
    """Return the group of a report."""
    if known["notebook"] in _FIRST:
        return _GROUPS[0]
    return _GROUPS[2] if known["parameters"].get("country") else _GROUPS[1]


def _editions(rows: Sequence[Mapping], untold: Mapping[str, Sequence[str]]) -> list[dict]:
    """Return the rows by edition and group, and which countries an edition says too little of."""
    editions = []
    for folder in dict.fromkeys(row["report"].split("/")[0] for row in rows):
        own = [row for row in rows if row["report"].split("/")[0] == folder]
        groups = [(name, [row for row in own if row["group"] == name]) for name in _GROUPS]
        editions.append(
            {
                "title": f"{own[0]['day_in_words']}, {own[0]['evidence']} evidence",
                "id": folder,
                "groups": [(name, those) for name, those in groups if those],
                "untold": listed(list(untold.get(folder, ()))),
            }
        )
    return editions


def _row(record: Mapping | None, account: Mapping | None) -> dict:
    """Return what the page shows of one report."""
    known = record or account
    path = known["report"]
    day, evidence = path.split("/")[0].split("_")
    cover = known.get("cover") or {}
    outputs = known.get("outputs", {})
    thumbnail = f"{path}{_THUMBNAIL}"
    files = [
        {
            "name": name,
            "link": f"{path}{ending}",
            "size": _size(outputs[f"{path}{ending}"]["bytes"]),
        }
        for ending, name in _FILES.items()
        if f"{path}{ending}" in outputs
    ]
    if account and account.get("partial"):
        files.append({"name": "Notebook as far as it ran", "link": account["partial"], "size": ""})
    total = sum(facts["bytes"] for name, facts in outputs.items() if name != thumbnail)
    status = _WHOLE if account is None else _STALE if record else _FAILED
    place = cover.get("place") or known["parameters"].get("country") or "All countries followed"
    return {
        "report": path,
        "title": cover.get("title") or known["notebook"],
        "place": place,
        "group": _group(known),
        "bottom_line": cover.get("bottom_line", ""),
        "day": day,
        "day_in_words": day_in_words(date.fromisoformat(day)),
        "evidence": evidence,
        "status": status,
        "why": str(Failure(**account["failure"])).splitlines()[0] if account else "",
        "link": next((file["link"] for file in files), ""),
        "main": [file for file in files if file["name"] in ("HTML", "PDF")],
        "files": files,
        "bytes": total,
        "size": _size(total) if total else "",
        "thumbnail": thumbnail if thumbnail in outputs else "",
    }


def _options(rows: Iterable[Mapping], name: str) -> list[str]:
    """Return what a filter offers."""
    return sorted({row[name] for row in rows})


def _current(rows: Sequence[Mapping]) -> Mapping | None:
    """Return the report with which to begin: the briefing of the latest day; None without one."""
    leads = [row for row in rows if row["link"] and row["report"].endswith("_checked/briefing")]
    return max(leads, key=lambda row: row["day"], default=None)


def _summary(rows: Sequence[Mapping]) -> str:
    """Return how many reports there are, and how many failed."""
    whole = sum(row["status"] == _WHOLE for row in rows)
    failed = len(rows) - whole
    counts = f"{whole} report{'' if whole == 1 else 's'}"
    return f"{counts}, {failed} failed." if failed else f"{counts}."


def _size(count: int) -> str:
    """Return a number of bytes for readers."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _hash(text: str) -> str:
    """Return what the page's policy calls a style or script of its own."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
