"""What a map says of each country and base: states, newest counts, order of handover, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from ..errors import ParameterError, shown
from ..evidence.actors import family
from ..evidence.bases import CONFIRMED_MONTHS, bases
from ..evidence.posture import followed
from ..evidence.record import Record
from ..prose.words import in_letters, in_sentence, listed, value_in_words
from ..tables import vocabulary
from ..tables.dates import MONTHS, bounds, day_in_words
from ..tables.loading import Tables

NEWS_DAYS = 31  # so long what was signed or sent is named with its day
_FEW = 3  # as many countries are named in a title; more are counted


def short_date(edtf: str, *, day: bool = False) -> str:
    """Return a date for a label: ``Oct 2023``, ``22 Oct 2023``, ``by Jan 2012``, ``2018``.

    Parameters
    ----------
    edtf : str
        EDTF date; of a span the last day counts.
    day : bool, optional
        Whether to give the day where it is known.
    """
    earliest, latest = bounds(edtf)
    last = latest or earliest
    by = "by " if earliest is None else ""
    if len(edtf.rstrip("~?%")) == 4:
        return edtf[:4]
    exact = f"{last.day} " if day and earliest in {latest, None} else ""
    return f"{by}{exact}{MONTHS[last.month - 1][:3]} {last.year}"


def country_rows(record: Record, posture: pd.DataFrame) -> pd.DataFrame:
    """Return what a map says of each country.

    Parameters
    ----------
    record : Record
        Events and figures that count.
    posture : pandas.DataFrame
        Posture on the record's day, indexed by ``iso3``.

    Returns
    -------
    pandas.DataFrame
        The rows of `posture` with ``name_en``, and ``french_words`` and ``russian_words``: what
        the label says under the name, empty where colour and sign say enough.
    """
    frame = posture.copy()
    tables = record.tables
    words = {
        root: [words_of(record, iso3, row) for iso3, row in frame.iterrows()]
        for root, words_of in (("french", _french_words), ("russian", _russian_words))
    }
    return frame.assign(
        name_en=tables.countries["name_en"].reindex(frame.index),
        french_words=words["french"],
        russian_words=words["russian"],
    )


def site_rows(record: Record, posture: pd.DataFrame, root: str = "france") -> pd.DataFrame:
    """Return the bases of a state as a map shows them: those within one town as that town.

    Parameters
    ----------
    record : Record
        Events that count.
    posture : pandas.DataFrame
        Posture of the countries shown; bases elsewhere are left out.
    root : str, optional
        ``france`` or ``russia``.

    Returns
    -------
    pandas.DataFrame
        As from `bases.bases`, with ``base_en``, the name of the base where the town has one alone
        and ``name_en`` is that of the town, ``approximate``, and ``number``: the place in the
        order of handovers, 0 for a base that is in use or was left without a day on record.
    """
    rows = bases(record, root)
    rows = rows[rows["iso3"].isin(posture.index)]
    places = record.tables.places
    town = rows["within"].where(rows["within"].isin(places.index), rows.index.to_series())
    sites = [_site(group, places, key) for key, group in rows.groupby(town, sort=False)]
    frame = pd.DataFrame(sites, columns=[*rows.columns, "base_en", "approximate"]).rename_axis(
        "place_id"
    )
    frame = frame.astype(dict.fromkeys(("in_use", "confirmed", "approximate"), "bool"))
    # Forces on record in a country with one known base are there.
    theme = "french_posture" if root == "france" else "russian_engagement"
    known = posture[f"{theme}_confirmed"].reindex(frame["iso3"]).fillna(False)
    alone = frame["iso3"].map(frame.groupby("iso3")["in_use"].sum()) == 1
    frame["confirmed"] |= frame["in_use"] & alone & known.to_numpy()
    left = frame[~frame["in_use"] & frame["closed_on"].notna()].sort_values(
        "closed_on", kind="stable"
    )
    numbers = dict(zip(left.index, range(1, len(left) + 1), strict=True))
    return frame.assign(number=[numbers.get(place_id, 0) for place_id in frame.index])


def _site(group: pd.DataFrame, places: pd.DataFrame, town: str) -> pd.Series:
    """Return the bases of one town as one row."""
    used = group[group["in_use"]]
    last = group.sort_values("closed_on", kind="stable", na_position="first").iloc[-1]
    row = (used.sort_values("attested", kind="stable").iloc[-1] if len(used) else last).copy()
    row["base_en"], row["name_en"] = row["name_en"], places.at[town, "name_en"]
    if len(group) > 1:
        row["base_en"] = ""
        for column in ("lon", "lat", "precision"):
            row[column] = places.at[town, column]
    row["in_use"], row["confirmed"] = bool(len(used)), bool(used["confirmed"].any())
    row["event_ids"] = tuple(key for ids in group["event_ids"] for key in ids)
    row["approximate"] = row["precision"] == "approximate"
    return row.rename(town)


def followed_among(tables: Tables, countries: str | Sequence[str]) -> list[str]:
    """Return the countries asked for, in the order in which reports follow them.

    Parameters
    ----------
    tables : Tables
        Tables.
    countries : str or sequence of str
        ISO 3166-1 alpha-3 codes, one or several, or ``"all"``.

    Raises
    ------
    ParameterError
        If one of them is not followed, or there is none.
    """
    known = followed(tables)
    wanted = known if isinstance(countries, str) and countries == "all" else [countries]
    if isinstance(countries, list | tuple | set | frozenset):
        wanted = list(countries)
    unknown = [iso3 for iso3 in wanted if type(iso3) is not str or iso3 not in known]
    if unknown or not wanted:
        told = f"'{shown(unknown[0])}' is not followed" if unknown else "there is none"
        message = f"countries: {told}; expected 'all' or some of {', '.join(known)}."
        raise ParameterError(message)
    return [iso3 for iso3 in known if iso3 in wanted]


def newest_counts(record: Record, iso3: str, root: str = "france") -> pd.DataFrame:
    """Return the counts of a state's people who were in one country, in order of date.

    Parameters
    ----------
    record : Record
        Figures that count.
    iso3 : str
        Country, ISO 3166-1 alpha-3.
    root : str, optional
        ``france`` or ``russia``.
    """
    figures = record.figures
    if "measure" not in figures:
        return figures.iloc[:0]
    wanted = (figures["measure"] == "stock") & (figures["unit"] == "people")
    wanted &= figures["actor_id"].isin(family(record.tables.actors, root))
    wanted &= (figures["iso3"] == (iso3,)) & (figures["latest"] <= pd.Timestamp(record.as_of))
    return figures[wanted].sort_values("latest", kind="stable")


def newest_count(
    record: Record, iso3: str, root: str, measure: str, since: str = ""
) -> pd.Series | None:
    """Return the newest count of a state's people in one country, None where there is none.

    Parameters
    ----------
    record : Record
        Figures that count.
    iso3 : str
        Country, ISO 3166-1 alpha-3.
    root : str
        ``france`` or ``russia``.
    measure : str
        ``stock`` (people there) or ``departure`` (people who left).
    since : str, optional
        EDTF date; earlier counts do not matter, nor do those of more than `CONFIRMED_MONTHS` ago.
    """
    figures = record.figures
    if "measure" not in figures:
        return None
    forces = family(record.tables.actors, root)
    wanted = (figures["measure"] == measure) & (figures["unit"] == "people")
    wanted &= figures["actor_id"].isin(forces) & (figures["iso3"] == (iso3,))
    day = pd.Timestamp(record.as_of)
    first = day - pd.DateOffset(months=CONFIRMED_MONTHS)
    if since:
        earliest, latest = bounds(since)
        first = max(first, pd.Timestamp(earliest or latest))
    wanted &= figures["latest"].between(first, day)
    known = figures[wanted].sort_values("latest", kind="stable")
    return known.iloc[-1] if len(known) else None


def count_in_words(figure: pd.Series, tail: str = "") -> str:
    """Return a count with its day: ``about 1,000 (Oct 2023)``, ``at least 1,300 gone (Dec 2023)``."""
    value = (
        value_in_words(figure).replace(" (claimed)", " claimed").replace(" (planned)", " planned")
    )
    return f"{value}{tail} ({short_date(figure['date_edtf'])})"


def _french_words(record: Record, iso3: str, row: pd.Series) -> str:
    """Return the line under a country's name that speaks of French forces."""
    state, since = row["french_posture"], row["french_posture_since"]
    if state == "none_recorded":
        return ""
    if state == "withdrawn":
        return f"gone {short_date(since)}"
    if not row["french_posture_confirmed"]:
        return _stale(row["french_posture_attested"])
    if state == "leaving":
        gone = newest_count(record, iso3, "france", "departure", since)
        if gone is not None:
            return count_in_words(gone, " gone")
    after = "" if state == "present" else since
    count = newest_count(record, iso3, "france", "stock", after)
    if count is not None:
        return count_in_words(count)
    return "" if state == "present" else f"{state} since {short_date(since)}"


def _russian_words(record: Record, iso3: str, row: pd.Series) -> str:
    """Return the line under a country's name that speaks of Russia: of people, or of news."""
    level = row["russian_engagement"]
    attested, since = row["russian_engagement_attested"], row["russian_engagement_since"]
    if level == "contact" and not row["russian_engagement_confirmed"]:
        return ""  # it is not drawn
    if level != "deployed":
        latest = bounds(attested)[1] if attested else None
        is_news = latest and (record.as_of - latest).days <= NEWS_DAYS
        word = vocabulary.RUSSIAN_STATES[level].word
        return f"{word} {short_date(attested, day=True)}" if is_news else ""
    if not row["russian_engagement_confirmed"]:
        old = pd.Timestamp(bounds(attested)[1]) < pd.Timestamp(record.as_of) - pd.DateOffset(
            years=2
        )
        return _stale(attested) if old else "disputed"
    count = newest_count(record, iso3, "russia", "stock", since)
    if count is not None:
        return count_in_words(count)
    return f"since {short_date(since)}".replace("since by", "by")


def _stale(attested: str) -> str:
    """Return since when nothing attests a state."""
    earliest, latest = bounds(attested)
    return f"not attested since {(latest or earliest).year}"


def finding(rows: pd.DataFrame, tables: Tables, themes: Iterable[str]) -> str:
    """Return the one sentence that a reader should take away from a map.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `country_rows` returns.
    tables : Tables
        Tables, for the names.
    themes : iterable of str
        Columns of the posture that the map shows.
    """
    clauses = []
    if "french_posture" in themes:
        state, sure = rows["french_posture"], rows["french_posture_confirmed"]
        stay = state.isin(["present", "reduced"])
        leaving, gone, there, doubted = (
            _those(rows.index[wanted], tables)
            for wanted in (state == "leaving", state == "withdrawn", stay & sure, stay & ~sure)
        )
        if leaving:
            clause = f"French forces are leaving {leaving}" + (
                f" and gone from {gone}" if gone else ""
            )
        elif gone:
            clause = f"French forces are gone from {gone}" + (
                f", still in {there}" if there else ""
            )
        else:
            clause = f"French forces are in {there}" if there else "No French forces on record"
        clauses.append(clause + (f", unconfirmed in {doubted}" if doubted else ""))
    if "russian_engagement" in themes:
        deployed = rows["russian_engagement"] == "deployed"
        sure = _those(rows.index[deployed & rows["russian_engagement_confirmed"]], tables)
        unsure = _those(rows.index[deployed & ~rows["russian_engagement_confirmed"]], tables)
        clause = f"Russia has people in {sure}" if sure else "no Russian personnel on record"
        clauses.append(clause + (f", unconfirmed in {unsure}" if unsure else ""))
    text = "; ".join(clauses)
    text = re.sub(r"(countries, \w+ in \w+) countries", r"\1", text)  # said once
    if len(rows) == 1:  # named once; where nothing is on record, at the end
        name = _those(rows.index, tables)
        first, found, rest = text.partition(name)
        text = first + name + rest.replace(f"in {name}", "there") if found else f"{text} in {name}"
    return text[0].upper() + text[1:]


def bases_finding(sites: pd.DataFrame, rows: pd.DataFrame, tables: Tables) -> str:
    """Return what a map of bases shows: how many were handed over, from when to when.

    Parameters
    ----------
    sites, rows : pandas.DataFrame
        What `site_rows` and `country_rows` return; at least one base was handed over.
    tables : Tables
        Tables, for the names.
    """
    left = sites[sites["number"] > 0].sort_values("number")
    first, last = (short_date(left["closed"].iloc[end]) for end in (0, -1))
    used = int(sites["in_use"].sum())
    where = _those(rows.index, tables)
    number = in_letters(len(left))
    rest = f"{in_letters(used)} still in use" if used else "none is left"
    span = f"in {last}" if first == last else f"from {first} to {last}"
    return f"{number[0].upper()}{number[1:]} French bases in {where} handed over {span}; {rest}"


def _those(iso3s: Iterable[str], tables: Tables) -> str:
    """Return few countries by name, more by their number, none as an empty text."""
    iso3s = list(iso3s)
    if len(iso3s) > _FEW:
        return f"{in_letters(len(iso3s))} countries"
    return listed(in_sentence(iso3s, tables))


def handover(site: pd.Series | object) -> str:
    """Return an entry of the list of handovers: ``1 Kidal, Oct 2021``."""
    return f"{site.number} {site.name_en}, {short_date(site.closed)}"


def alt_text(record: Record, rows: pd.DataFrame, sites: pd.DataFrame, themes: Iterable[str]) -> str:
    """Return the alternative text of a map, from the rows that draw it.

    Parameters
    ----------
    record : Record
        What was drawn from.
    rows, sites : pandas.DataFrame
        What `country_rows` and `site_rows` return.
    themes : iterable of str
        Columns of the posture that the map shows.
    """
    themes = tuple(themes)
    phrase = vocabulary.EVIDENCE[record.evidence].phrase
    many = f"{len(rows)} countr{'y' if len(rows) == 1 else 'ies'}"
    parts = [
        f"Map of {many}, {phrase}, as of {day_in_words(record.as_of)}.",
        f"{finding(rows, record.tables, themes)}.",
    ]
    for theme in themes:
        words = {"french_posture": "french_words", "russian_engagement": "russian_words"}[theme]
        for state, word in reversed(vocabulary.POSTURE_THEMES[theme].states.items()):
            those = rows[(rows[theme] == state) & rows["covered"]]
            if state == "contact":  # a contact that is not confirmed is not drawn
                those = those[those[f"{theme}_confirmed"]]
            names = [
                f"{row.name_en} ({getattr(row, words)})" if getattr(row, words) else row.name_en
                for row in those.itertuples()
            ]
            if names:
                parts.append(f"{word.label[0].upper()}{word.label[1:]}: {', '.join(names)}.")
    missing = rows.index[~rows["covered"]]
    if len(missing):
        names = ", ".join(rows.loc[missing, "name_en"])
        parts.append(f"{vocabulary.NOT_COVERED_LABEL.capitalize()}: {names}.")
    if "french_posture" in themes:
        used = sites[sites["in_use"]]["name_en"]
        if len(used):
            parts.append(f"French bases in use: {', '.join(used)}.")
        left = sites[sites["number"] > 0].sort_values("number")
        if len(left):
            entries = "; ".join(handover(site) for site in left.itertuples())
            parts.append(f"French bases handed over, in order: {entries}.")
    return " ".join(parts)


def table(rows: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Return what a map shows as a table for readers, from the rows that draw it.

    Parameters
    ----------
    rows, sites : pandas.DataFrame
        What `country_rows` and `site_rows` return.

    Returns
    -------
    pandas.DataFrame
        One row per country: ``Country``, ``French forces``, ``Russian engagement``, and ``French
        bases``, those in use by name and those handed over with their number and month.
    """
    cells: dict[str, list[str]] = {"Country": list(rows["name_en"])}
    for theme, words in (
        ("french_posture", "french_words"),
        ("russian_engagement", "russian_words"),
    ):
        column = []
        for _, row in rows.iterrows():
            label = vocabulary.POSTURE_THEMES[theme].states[row[theme]].word
            text = label if row["covered"] else vocabulary.NOT_COVERED_LABEL
            column.append(f"{text}; {row[words]}" if row[words] else text)
        cells[vocabulary.POSTURE_THEMES[theme].heading] = column
    cells["French bases"] = [
        "; ".join(
            f"{site.name_en} in use" if site.in_use else handover(site)
            for site in sites[sites["iso3"] == iso3].itertuples()
            if site.in_use or site.number
        )
        for iso3 in rows.index
    ]
    return pd.DataFrame(cells, index=rows.index)
