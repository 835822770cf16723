"""The atlas: one interactive page of all states, events and sources; offline, in one file."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import jinja2

from ..errors import ParameterError, did_you_mean, shown
from ..evidence.record import EVIDENCE, one_article
from ..figures import style
from ..figures.geography import BOUNDARIES_EN, PROJECTION_EN
from ..prose.notes import CONTRADICTED_SIGN
from ..publishing.typesetting import font_rules
from ..report.outputs import Output
from ..report.parameters import date_range, default_day, scope
from ..tables import vocabulary
from ..tables.dates import MONTHS, day_in_words, iso_day
from ..tables.loading import Tables, require_tables
from .charts import counts_chart, states_chart
from .drawing import draw
from .entries import Entry, count_entries, event_entries
from .states import state_on, states_by_day

_TEMPLATES = Path(__file__).parent / "templates"
_EVIDENCE = {
    "article": vocabulary.EVIDENCE["article"].phrase,
    "checked": vocabulary.EVIDENCE["checked"].label,
}
_EXHIBITS = {"french": "French", "russian": "Russian", "combined": "Both"}
_THEMES = (
    ("french", "french_posture", "French posture"),
    ("russian", "russian_engagement", "Russian engagement"),
)
# Parameters of the charts that follow the page's colours, and the page's names for these.
_INKS = {
    "ink": "ink", "rule": "quiet", "tint": "tint", "edge": "edge",
    "blue": "blue", "purple": "purple",
}  # fmt: skip
_NOT_COVERED = "#DDDDDD"
_STYLE = "/* style */"  # stands in the page until all its characters are known


def atlas_html(tables: Tables) -> bytes:
    """Return the atlas as one HTML file that needs nothing else and reaches for nothing.

    Of several articles it shows the first. The page starts on the article's day, in the checked
    evidence. Without a script it shows map, table and events of that day; with one, those of any
    day from the first to the last event.

    Parameters
    ----------
    tables : Tables
        The tables.

    Returns
    -------
    bytes
        UTF-8. Equal tables give equal bytes.
    """
    return _page(tables, "").encode()


def explore(
    as_of: str | date = ...,
    evidence: str = "checked",
    *,
    country: str = "",
    exhibit: str = "combined",
    tables: Tables | None = None,
    height: int = 900,
) -> Output:
    """Return the atlas for a notebook's cell.

    Parameters
    ----------
    as_of : str or datetime.date, optional
        Day on which it opens, ISO 8601; the article's day without it, or the last
        where the tables hold no article.
    evidence : {"checked", "article"}
        Evidence with which it opens; see `posture.posture`.
    country : str, optional
        Country in scope that is chosen from the start, ISO 3166-1 alpha-3.
    exhibit : {"combined", "french", "russian"}
        What the map shows at first.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    height : int, optional
        Height of the frame, pixels.

    Returns
    -------
    display.Output
        The page of `atlas_html` in a sandboxed frame: its script runs, its links to sources open in
        a new window, and it has no access to the notebook.

    Raises
    ------
    ParameterError
        If the day is outside the range of the events, or another value is not one of those named.

    Examples
    --------
    >>> explore("2022-09-01", "article", country="MLI", exhibit="french")
    Output(text/html, text/markdown)
    """
    tables = require_tables(tables)
    first, last = date_range(tables)
    day = default_day(tables) if as_of is ... else iso_day(as_of)
    if not first <= day <= last:
        message = f"as_of: '{as_of}' is not allowed; expected a day from {first} to {last}."
        raise ParameterError(message)
    known = {
        "evidence": EVIDENCE,
        "country": ("", *scope(tables)),
        "exhibit": tuple(vocabulary.EXHIBITS),
    }
    given = {"evidence": evidence, "country": country, "exhibit": exhibit}
    for name, value in given.items():
        if value not in known[name]:
            allowed = "', '".join(option for option in known[name] if option)
            hint = did_you_mean(value, known[name])
            message = f"{name}: '{shown(value)}' is not allowed; expected one of '{allowed}'.{hint}"
            raise ParameterError(message)
    if not isinstance(height, int) or height < 1:
        message = f"height: '{shown(height)}' is not allowed; expected pixels such as 900."
        raise ParameterError(message)
    start = {"date": day.isoformat(), "evidence": evidence, "show": exhibit, "country": country}
    page = _page(tables, urlencode({name: value for name, value in start.items() if value}))
    words = f"Atlas, opened on {day_in_words(day)}, {_EVIDENCE[evidence]}"
    allowed = "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"
    frame = (
        f'<iframe title="{words}" srcdoc="{html.escape(page)}" sandbox="{allowed}" '
        f'style="width:100%;height:{height}px;border:0"></iframe>'
    )
    # A printed report holds maps and tables; of the atlas it says that it is there.
    return Output({"text/html": frame, "text/markdown": f"{words}: see the file `atlas.html`."})


def _page(tables: Tables, start: str) -> str:
    """Return the page; `start` is the state with which it opens where its address gives none."""
    tables = one_article(tables)
    first, last = date_range(tables)
    day = default_day(tables)
    state = {"day": day.isoformat(), "evidence": "checked", "exhibit": "combined", "country": ""}
    states = states_by_day(tables)
    here = states[state["evidence"]]
    position = sum(day_ <= state["day"] for day_ in here["days"]) - 1
    rows = {iso3: state_on(here, iso3, day) for iso3 in scope(tables)}
    events, figures = event_entries(tables), count_entries(tables)
    words = {iso3: [s[1] for s in steps] for iso3, steps in here["counts"].items()}
    longest = {iso3: max(said, key=len) for iso3, said in words.items() if any(said)}
    listed_events = [_listed(entry, state) for entry in events]
    listed_figures = [_listed(entry, state) for entry in figures]
    data = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "start": state,
        "months": MONTHS,
        "names": scope(tables),
        "lanes": list(scope(tables)),
        "evidence": _EVIDENCE,
        "themes": _THEMES,
        "inks": _INKS,
        "history": states,
        "charts": {
            "timeline": states_chart(states, events, tables),
            "counts": counts_chart(figures, tables),
        },
    }
    scripts = {"bundle": _bundle(), "script": _template("atlas.js")}
    values = {
        "start": start,
        "state": state,
        "policy": _policy(scripts.values()),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "first_words": str(first.year),
        "last_words": str(last.year),
        "last_index": (last - first).days,
        "day_index": (day - first).days,
        "day_words": day_in_words(day),
        "countries": scope(tables),
        "rows": rows,
        "sentences": {iso3: _sentence(row) for iso3, row in rows.items()},
        "numbers": {
            iso3: sum(e["shown"] and iso3 in e["iso3"].split() for e in listed_events)
            for iso3 in rows
        },
        "finding": here["findings"][state["exhibit"]][position],
        "edition": f"{day_in_words(day)}, {_EVIDENCE[state['evidence']]}",
        "evidence_choices": [("checked", "Checked record"), ("article", "Article")],
        "exhibit_choices": list(_EXHIBITS.items()),
        "events": listed_events,
        "figures": listed_figures,
        "event_count": f"{sum(e['shown'] for e in listed_events)} by {day_in_words(day)}",
        "figure_count": f"{sum(e['shown'] for e in listed_figures)} by {day_in_words(day)}",
        "map": draw(tables, sorted(set().union(*(s["bases"] for s in states.values()))), longest),
        "bases": {key: _last(steps, day) for key, steps in here["bases"].items()},
        "counts": {iso3: _last(steps, day)[1] for iso3, steps in here["counts"].items()},
        "keys": [(name, *_key(theme)) for name, theme, _ in _THEMES],
        "map_note": f"{PROJECTION_EN}. Boundaries: {BOUNDARIES_EN}; no opinion on legal status "
        "implied.",
        "digest": tables.sha256[:12],
        "data": _json(data),
        **scripts,
    }
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )
    template = environment.from_string(_template("atlas.html"))
    page = template.render(style=_STYLE, **values)
    fonts = font_rules("".join(sorted(set(page + values["data"]))))
    looks = "\n".join((fonts, _colour_rules(), _template("atlas.css")))
    return page.replace(_STYLE, looks, 1)


def _key(theme: str) -> tuple[str, dict[str, str]]:
    """Return the heading of a theme and its states in full, the strongest first."""
    states = vocabulary.POSTURE_THEMES[theme].states
    return vocabulary.POSTURE_THEMES[theme].heading, {s: states[s].label for s in reversed(states)}


def _last(steps: list[list], day: date) -> list:
    """Return what holds on a day of a list of days and what begins on each."""
    held = [step[1:] for step in steps if step[0] <= day.isoformat()]
    return held[-1] if held else ["", 0, ""]


def _listed(entry: Entry, state: dict[str, str]) -> dict[str, object]:
    """Return an entry with what the page says of it at first."""
    parts = [
        f"{len(entry.sources)} source{'' if len(entry.sources) == 1 else 's'}",
        *(["article"] if entry.claims else []),
        *([f"confidence {entry.confidence}"] if entry.confidence else []),
    ]
    words = day_in_words(date.fromisoformat(entry.first)) if entry.first else ""
    known = [
        claim.known
        for claim in entry.claims
        if claim.verdict == vocabulary.VERDICTS["contradicted"]
    ]
    wrong = f"{CONTRADICTED_SIGN} Contradicted by independent sources" if known else ""
    return {
        **vars(entry),
        "first": entry.first,
        "when_shown": " ".join("/".join(span) for span in entry.spans),
        "origin": ", ".join(parts),
        "day_words": words,
        "shown": entry.is_shown(state["evidence"], state["day"]),
        "wrong": wrong,
        "wrong_from": min(known, default=""),
    }


def _sentence(row: dict) -> str:
    """Return a state in words, as the page's script says it."""
    if not row["covered"]:
        return row["french_posture"]["words"]
    themes = (row[theme] for _, theme, _ in _THEMES)
    return ". ".join(t["words"] + (f", {t['when']}" if t["when"] else "") for t in themes)


def _policy(scripts: object) -> str:
    """Return the content security policy: these scripts, this style, and nothing from outside."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _json(data: object) -> str:
    """Return data as JSON that cannot end a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _template(name: str) -> str:
    """Return the text of a template."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed with its interpreter, as one script."""
    import vl_convert  # here because it loads a JavaScript engine

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _colour_rules() -> str:
    """Return the style rules of states: fills of map and key, and sizes of the Russian sign."""
    rules = [":is(.country,.label){--fill:#fff}"]
    for value, colour in style.FRENCH_COLOURS.items():
        rules.append(
            f":is(.exhibit-french,.exhibit-combined) [data-french={value}]{{--fill:{colour}}}"
        )
        rules.append(f".swatch .fill.french-{value}{{fill:{colour}}}")
    for value, colour in style.UNCONFIRMED_COLOURS.items():
        unsure = f"[data-french={value}][data-french-sure=false]"
        rules.append(f":is(.exhibit-french,.exhibit-combined) {unsure}{{--fill:{colour}}}")
        rules.append(f".swatch .fill.french-{value}.unsure{{fill:{colour}}}")
    largest = max(style.RUSSIAN_SIZES.values())
    for value, colour in style.RUSSIAN_TINTS.items():
        rules.append(f".exhibit-russian [data-russian={value}]{{--fill:{colour}}}")
        size = style.RUSSIAN_SIZES[value] / largest
        rules.append(f"[data-russian={value}] .sign rect{{transform:scale({size:.2f})}}")
    # A contact that is not confirmed is not drawn.
    bare = "[data-russian=contact][data-russian-sure=false]"
    rules.append(f".exhibit-russian {bare}{{--fill:{style.PAPER}}}")
    rules.append(f":is({bare},[data-russian=none_recorded]) .sign{{display:none}}")
    rules.append(f"body [data-covered=false][data-covered=false]{{--fill:{_NOT_COVERED}}}")
    rules.append(f".swatch .fill.not-covered{{fill:{_NOT_COVERED}}}")
    return "\n".join(rules)
