"""The bottom line of a report: what changed, where that leaves things, what is not known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from ..evidence.actors import FRANCE, ROOTS, RUSSIA, concerning, family
from ..evidence.posture import posture_of
from ..evidence.record import Record
from ..tables.dates import day_in_words, in_words
from ..tables.vocabulary import DECISIVE, EVENT_TYPES
from .narrative import REGION, sentences_of, unknowns
from .notes import Sentence
from .words import capital, in_letters, listed, on_words, plain_names, value_in_words

OTHERS = "others"  # coups, alliances and missions
SIDES = (*ROOTS, OTHERS)
_RECENT_DAYS = 45
_COUNT_MONTHS = 24  # for so long a count says how things stand
_NAMES = 5  # names of countries in a list; more are counted
_NEWS_WORDS = 48
_COUP_YEARS = 5
_SENDERS = ("european_union", "united_nations")
_MISSION = {
    "mission_launched": "running",
    "agreement_denounced": "denounced",
    "withdrawal_ordered": "denounced",
    "mission_ended": "ended",
    "withdrawal_completed": "ended",
}
_POLITICAL = ("coup", "alliance_formed", "alliance_exit", "mission_launched", "mission_ended")
# What is done by words, and often elsewhere than in the country that it concerns.
_SAID = frozenset(
    {"visit", "statement", "agreement_signed", "agreement_denounced", "alliance_formed",
     "alliance_exit", "withdrawal_announced", "withdrawal_ordered", "presence_disputed"}
)  # fmt: skip
_OPENING_DAY = re.compile(r"On \d{1,2} [A-Z][a-z]+(?: \d{4})? ")
_LESS = 3  # taken off the weight of what moves no soldier, such as a treaty on energy, or is unsure
_PEOPLE = {
    (FRANCE, "instructors"): "French instructors",
    (FRANCE, "troops"): "French soldiers",
    (RUSSIA, "instructors"): "Russian instructors",
    (RUSSIA, "mercenaries"): "Russian fighters",
    (RUSSIA, "troops"): "Russian soldiers",
}
_WORDS_OF = {FRANCE: r"\bFrance|\bFrench|Barkhane", RUSSIA: r"\bRussia|Wagner|Africa Corps|Moscow"}
# With what a summary begins that is no name.
_COMMON = re.compile(
    r"(The|A|An|Some|At|In|On|One|Two|Three|Four|Several|Seventeen|Thirteen|About|Nearly|More|Many"
    r"|Officers|Soldiers|Convoys|Mutinous|Observers|Crowds|Special|Satellite|Lorries|Men|White"
    r"|Investigators|Diplomats|Demonstrators|Deputy|General)\b"
)
# With what an unknown begins that can follow "We do not know".
_SMALL = re.compile(r"(How|Whether|Which|What|When|Where|Who|Whose|Why|The|A|An|In|By|On|Of)\b")


def bottom_line(record: Record, scope: str, tells: Sequence[str] = ROOTS) -> list[Sentence]:
    """Return what a report says first: what changed, where that leaves things, what is not known.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scope : str
        ``"region"`` or a country, ISO 3166-1 alpha-3.
    tells : sequence of {"france", "russia", "others"}
        Of what the report tells; ``others``: coups, alliances and missions.

    Returns
    -------
    list of Sentence
        Three, or fewer where the record holds less; what changed can take two. Sentences of the
        narrative are among them as they stand: print none of them again.
    """
    events = of_sides(record, record.events, tells)
    news, is_quiet = _news(record, scope, events)
    told = {key for line in news for key in line.rows}
    stands = _standing(record, scope, tells, told)
    doubted = any("is disputed" in line.text for line in stands)
    open_ = _not_known(record, scope, tells, told, unless="whether" if doubted else "?")
    # On a quiet day, and in a report of one side, how things stand is asked first.
    is_news_first = set(ROOTS) <= set(tells) and not is_quiet
    lines = [*news, *stands] if is_news_first else [*stands, *news]
    lines += open_
    if not news and not stands:
        day = day_in_words(record.as_of)
        return [Sentence(f"Nothing of this is on record by {day}.", ()), *open_]
    return lines


def of_sides(record: Record, events: pd.DataFrame, tells: Sequence[str]) -> pd.DataFrame:
    """Return the events that are a matter of some sides, in their order.

    Parameters
    ----------
    record, tells
        As for `bottom_line`; with France and Russia both, all events.
    events : pandas.DataFrame
        Events of the record.
    """
    if set(ROOTS) <= set(tells):
        return events
    actors = record.tables.actors
    theirs = {root: set(concerning(events, actors, root).index) for root in ROOTS}
    kept: set[str] = set().union(*(theirs[root] for root in ROOTS if root in tells))
    if OTHERS in tells:
        kept |= set(events.index) - theirs[FRANCE] - theirs[RUSSIA]
    return events[events.index.isin(kept)]


# What changed


def _news(record: Record, scope: str, events: pd.DataFrame) -> tuple[list[Sentence], bool]:
    """Return what changed in the last weeks, and whether that was nothing decisive.

    Of quiet weeks the last decisive change is told with its day, and the greatest of the small ones.
    """
    if events.empty:
        return [], True
    day = pd.Timestamp(record.as_of)
    weighed = events.assign(weight=[weight(row, record) for row in events.itertuples()])
    weighed = weighed.assign(decisive=weighed["weight"] >= DECISIVE, today=weighed["latest"] == day)
    recent = weighed[weighed["latest"] > day - pd.Timedelta(days=_RECENT_DAYS)]
    order = ["decisive", "today", "weight", "latest"]
    ranked = recent.sort_values(order, ascending=False, kind="stable")
    worth = ranked[ranked["decisive"] | (ranked["today"] & (ranked["weight"] > 1))]
    if worth["decisive"].any():
        return _told(record, scope, worth, recent.index), False
    # What was there when the record begins is no change.
    changes = weighed[weighed["earliest"].notna() & (weighed["weight"] > 1)]
    is_decisive = changes["decisive"].any()
    last = changes[changes["decisive"]] if is_decisive else changes
    last = last.sort_values("latest", kind="stable")[-1:]
    news = _last_change(record, scope, last, is_decisive)
    small = ranked[(ranked["weight"] > 1) & ~ranked.index.isin(last.index)][:1]
    return [*news, *_told(record, scope, small, recent.index)], True


def _told(
    record: Record, scope: str, worth: pd.DataFrame, recent: Collection[str]
) -> list[Sentence]:
    """Return news in sentences of the narrative, or in the words of the events."""
    if worth.empty:
        return []
    return _of_narrative(record, scope, worth, recent) or _of_summaries(record, scope, worth)


def weight(event: object, record: Record) -> int:
    """Return how much an event is news, from 1; from `vocabulary.DECISIVE` on it changes something.

    Parameters
    ----------
    event : named tuple
        A row of the table ``events``.
    record : Record
        Whose actors are meant.
    """
    heavy = EVENT_TYPES[event.event_type].weight
    if event.domain != "military" and event.event_type not in _POLITICAL:
        heavy -= _LESS
    if event.event_type == "alliance_exit":  # of a bloc; not of a body such as a court
        kinds = record.tables.actors["kind"].reindex(event.counterpart_ids)
        heavy -= 0 if (kinds == "bloc").any() else _LESS
    if event.event_type == "mission_launched" and len(event.iso3) > 1:
        heavy -= _LESS  # several countries pool their own soldiers; nobody comes
    if event.confidence == "low":
        heavy -= _LESS
    return max(heavy, 1)


def _last_change(
    record: Record, scope: str, last: pd.DataFrame, is_decisive: bool
) -> list[Sentence]:
    """Return the last change, with its day, and that none came since; no sentence without one."""
    if last.empty:
        return []
    if told := _of_narrative(record, scope, last, last.index):
        no_more = (
            "Nothing decisive has changed since." if is_decisive else "No later event is on record."
        )
        return [replace(told[0], text=f"{told[0].text} {no_more}")]
    event = next(last.itertuples())
    when = re.sub(r"^by ", "before ", in_words(event.date_edtf))
    text = small(_with_place(record, scope, event))
    opening = (
        f"Nothing decisive has changed since {when}"
        if is_decisive
        else f"The last event on record is of {when}"
    )
    return [Sentence(f"{opening}: {text}", (event.Index,))]


def _of_narrative(
    record: Record, scope: str, worth: pd.DataFrame, recent: Collection[str]
) -> list[Sentence]:
    """Return the sentences of the narrative that tell the news; none if the first is not there.

    Of the region those of the countries will do; they name theirs.
    """
    lines = sentences_of(record, scope)
    if scope == REGION:
        for iso3 in dict.fromkeys(worth["iso3"].explode().dropna()):
            lines += [_placed(line, iso3, record) for line in sentences_of(record, iso3)]
    lately = set(recent)
    chosen: list[Sentence] = []
    for event_id in worth.index:
        if any(event_id in line.rows for line in chosen):
            continue
        fits = (
            line
            for line in lines
            if event_id in line.rows
            and not any(set(line.rows) & set(other.rows) for other in chosen)
            and lately.issuperset(key for key in line.rows if key in record.events.index)
        )
        line = next(fits, None)
        if line is None and not chosen:
            return []
        if line is None:
            continue
        if chosen and _length([*chosen, line]) > _NEWS_WORDS:
            break
        chosen.append(line)
    return [chosen[0], *(_same_day(before, line) for before, line in pairwise(chosen))]


def _same_day(before: Sentence, line: Sentence) -> Sentence:
    """Return a sentence without the day with which the one before began already."""
    day = _OPENING_DAY.match(before.text)
    if day is None or not line.text.startswith(day[0]):
        return line
    return replace(line, text=f"The same day {line.text[day.end() :]}")


def _of_summaries(record: Record, scope: str, worth: pd.DataFrame) -> list[Sentence]:
    """Return the news in the words of the events, those of one day and one actor together."""
    told: list[Sentence] = []
    groups: list[list[object]] = []
    for event in worth.itertuples():
        same = groups and (groups[-1][0].latest, groups[-1][0].actor_ids) == (
            event.latest,
            event.actor_ids,
        )
        groups[-1].append(event) if same else groups.append([event])
    before = None
    for group in groups:
        text = _with_place(record, scope, group[0])
        for event in group[1:]:
            text = _joined(text, event.summary_en)
        day = group[0].date_edtf
        opening = "The same day" if day == before and _is_day(day) else capital(on_words(day))
        comma = "," * text.startswith("in ")
        line = Sentence(f"{opening}{comma} {small(text)}", tuple(event.Index for event in group))
        if told and _length([*told, line]) > _NEWS_WORDS:
            break
        told.append(line)
        before = day
    return told


def _is_day(edtf: str) -> bool:
    """Return whether a date is one day."""
    return bool(re.fullmatch(r"[0-9-]{10}", edtf))


def _joined(first: str, second: str) -> str:
    """Return two sentences on one subject as one, or as they stand."""
    one, other = first.split(), second.split()
    if one[0] != other[0] or one[1] == other[1] or "." in first[:-1]:
        return f"{first} {second}"
    return f"{first.rstrip('.')}, and {' '.join(other[1:])}"


def _with_place(record: Record, scope: str, event: object) -> str:
    """Return what happened, with the country where the region is told of and the words lack it."""
    text = event.summary_en
    if scope != REGION or len(event.iso3) != 1:
        return text
    if _stem(record.tables.countries.at[event.iso3[0], "name_en"]) in text:
        return text
    name = plain_names(event.iso3, record.tables)[0]
    if event.event_type in _SAID:
        return f"{text.removesuffix('.')} ({name})."
    return f"in {name}, {small(text)}"


def _placed(line: Sentence, iso3: str, record: Record) -> Sentence:
    """Return a sentence on a country as one on the region: with the country's name."""
    name = plain_names([iso3], record.tables)[0]
    if _stem(record.tables.countries.at[iso3, "name_en"]) in line.text:
        return line
    events = record.events[record.events.index.isin(line.rows)]
    if (events["iso3"].map(len) != 1).any():
        return line
    if events["event_type"].isin(_SAID).any():
        return replace(line, text=f"{line.text.removesuffix('.')} ({name}).")
    if day := _OPENING_DAY.match(line.text):
        return replace(line, text=f"{day[0].rstrip()}, in {name}, {line.text[day.end() :]}")
    return replace(line, text=f"In {name}, {small(line.text)}")


def _stem(name: str) -> str:
    """Return what the name of a country shares with the words made from it: ``Burki``."""
    return name.split()[0][:5]


def small(text: str) -> str:
    """Return a sentence as it stands after an opening: its first letter small if no name begins it."""
    return text[:1].lower() + text[1:] if _COMMON.match(text) else text


def _length(lines: Iterable[Sentence]) -> int:
    """Return how many words some sentences have."""
    return sum(len(line.text.split()) for line in lines)


# Where that leaves things


@dataclass(frozen=True)
class _Clause:
    """A part of a sentence, plain text without a full stop, and the rows behind it."""

    text: str
    rows: tuple[str, ...]


def _standing(record: Record, scope: str, tells: Sequence[str], told: Set[str]) -> list[Sentence]:
    """Return where things stand, in one sentence: France, Russia, alliances and missions."""
    posture = posture_of(record)
    if scope != REGION:
        posture = posture.loc[[scope]]
    clauses = []
    for side, clause in (
        (FRANCE, _french_there if scope != REGION else _french_region),
        (RUSSIA, _russian_there if scope != REGION else _russian_region),
        (OTHERS, _politics),
    ):
        if side in tells:
            clauses += clause(record, posture, told)
    if not clauses:
        return []
    text = "; ".join(clause.text for clause in clauses)
    if scope != REGION:  # a country is named once
        there = f" in {plain_names([scope], record.tables)[0]}"
        first, *rest = text.split("; ")
        text = "; ".join([first, *(clause.replace(there, " there", 1) for clause in rest)])
    rows = dict.fromkeys(key for clause in clauses for key in clause.rows)
    return [Sentence(f"{capital(text)}.", tuple(rows))]


def counts(record: Record, side: str, iso3: str, measure: str) -> pd.DataFrame:
    """Return the dated counts of people of one side in one country, the newest last.

    Parameters
    ----------
    record : Record
        Evidence and day.
    side : {"france", "russia"}
        Whose people.
    iso3 : str
        The country; counts of several together are left out.
    measure : {"stock", "departure"}
        How many were there, or how many had left the country.
    """
    figures = record.figures
    fits = (figures["unit"] == "people") & (figures["measure"] == measure)
    fits &= figures["actor_id"].isin(family(record.tables.actors, side))
    fits &= pd.Series([cell == (iso3,) for cell in figures["iso3"]], figures.index, dtype="bool")
    fits &= figures["latest"].notna()
    if measure == "departure":
        name = record.tables.countries.at[iso3, "name_en"]
        fits &= figures["label_en"].str.contains(name, regex=False)
    return figures[fits].sort_values("latest", kind="stable")


def newest(record: Record, side: str, iso3: str) -> object | None:
    """Return the newest count of people of one side in one country, if it is no older than two years."""
    stock = counts(record, side, iso3, "stock")
    fresh = stock[
        stock["latest"] > pd.Timestamp(record.as_of) - pd.DateOffset(months=_COUNT_MONTHS)
    ]
    return next(fresh[-1:].itertuples(), None)


def people(figure: object, record: Record) -> str:
    """Return whom a count counts: ``French soldiers``."""
    side = next(
        root for root in ROOTS if figure.actor_id in family(record.tables.actors, root)
    )  # fmt: skip
    return _PEOPLE.get((side, figure.subject), _PEOPLE[side, "troops"])


def gone_of(record: Record, iso3: str) -> _Clause | None:
    """Return how many French soldiers had left a country, and of how many; None without a count."""
    left = counts(record, FRANCE, iso3, "departure")
    stock = counts(record, FRANCE, iso3, "stock")
    if left.empty or (len(stock) and stock["latest"].iloc[-1] > left["latest"].iloc[-1]):
        return None
    last = next(left[-1:].itertuples())
    before = stock[stock["latest"] > last.latest - pd.DateOffset(months=12)]
    of = f" of {value_in_words(next(before[-1:].itertuples()))}" if len(before) else ""
    rows = (last.Index, *before.index[-1:])
    return _Clause(f"{value_in_words(last)}{of}|{_by(last.date_edtf)}", rows)


def _by(edtf: str) -> str:
    """Return ``by 1 December 2023``."""
    words = in_words(edtf)
    return words if words.startswith("by ") else f"by {words}"


def _numbered(figure: object, record: Record, name: str) -> str:
    """Return a count as a clause: ``French soldiers in Chad numbered about 1,000 in October 2023``."""
    verb = "were put at" if figure.qualifier == "claimed" else "numbered"
    value = value_in_words(figure).removesuffix(" (claimed)")
    return f"{people(figure, record)} in {name} {verb} {value} {on_words(figure.date_edtf)}"


def _french_there(record: Record, posture: pd.DataFrame, told: Set[str]) -> list[_Clause]:
    """Return how France stands in one country."""
    [(iso3, row)] = posture.iterrows()
    state, ids = row["french_posture"], row["french_posture_event_ids"]
    name = plain_names([iso3], record.tables)[0]
    count = newest(record, FRANCE, iso3)
    if state == "withdrawn":
        if told & set(ids):
            return []
        since = in_words(row["french_posture_since"])
        if since.startswith("by ") or " to " in since:
            by = since.removeprefix("by ").split(" to ")[-1]
            return [_Clause(f"French forces had left {name} by {by}", ids)]
        return [_Clause(f"French forces have been out of {name} since {since}", ids)]
    if state == "leaving":
        if gone := gone_of(record, iso3):
            number, when = gone.text.split("|")
            return [_Clause(f"{number} French soldiers had left {name} {when}", gone.rows)]
        if count is not None:
            return [_Clause(_numbered(count, record, name), (count.Index, *ids[-1:]))]
        return [] if told & set(ids) else [_Clause(f"French forces are leaving {name}", ids)]
    if state in ("present", "reduced"):
        if count is not None:
            return [_Clause(_numbered(count, record, name), (count.Index,))]
        return [_Clause(f"French forces in {name} {_attested(row, 'french_posture')}", ids)]
    return []


def _attested(row: pd.Series, theme: str) -> str:
    """Return when something was last attested: a clause's verb and time."""
    attested = row[f"{theme}_attested"]
    if attested.startswith(".."):
        return f"were last on record {on_words(attested)}"
    if "/" in attested:
        attested = f"../{attested.split('/')[1]}"
    if row[f"{theme}_confirmed"]:
        return f"were last attested {on_words(attested)}"
    return f"have not been attested since {in_words(attested).split()[-1]}"


def _russian_there(record: Record, posture: pd.DataFrame, told: Set[str]) -> list[_Clause]:
    """Return how Russia stands in one country."""
    [(iso3, row)] = posture.iterrows()
    state, ids = row["russian_engagement"], row["russian_engagement_event_ids"]
    name = plain_names([iso3], record.tables)[0]
    fresh = row["russian_engagement_confirmed"]
    none_there = f"no Russian personnel are on record in {name}"
    if state == "deployed":
        if _is_disputed(record, row):
            return [_Clause(f"whether Russian personnel are in {name} is disputed", ids)]
        count = newest(record, RUSSIA, iso3) if fresh else None
        if count is not None:
            return [_Clause(_numbered(count, record, name), (count.Index,))]
        return (
            []
            if told & set(ids) and fresh
            else [
                _Clause(f"Russian personnel in {name} {_attested(row, 'russian_engagement')}", ids)
            ]
        )
    if state in ("agreement", "assistance"):
        if told & set(ids):
            return [_Clause(none_there, ids)]
        since = on_words(row["russian_engagement_attested"])
        gave = {
            "agreement": "signed a military agreement with",
            "assistance": "gave arms or training to",
        }
        clause = f"Russia {gave[state]} {name} {since}"
        return [_Clause(f"{clause}, and none of its personnel are on record there", ids)]
    return []


def _is_disputed(record: Record, row: pd.Series) -> bool:
    """Return whether somebody denies personnel that a row attested within two years."""
    newest_ = record.events.loc[row["russian_engagement_event_ids"][-1], "latest"]
    since = pd.Timestamp(record.as_of) - pd.DateOffset(months=_COUNT_MONTHS)
    return bool(not row["russian_engagement_confirmed"] and newest_ >= since)


def names_or_number(iso3s: Sequence[str], record: Record) -> str:
    """Return countries by name, or how many they are where they are more than five."""
    if len(iso3s) > _NAMES:
        return f"{in_letters(len(iso3s))} countries"
    return listed(plain_names(iso3s, record.tables))


def _grouped(
    record: Record,
    posture: pd.DataFrame,
    theme: str,
    verbs: Mapping[str, str],
    after: Mapping[str, str],
) -> list[_Clause]:
    """Return what a side does in which countries: states in the order of the verbs."""
    parts, rows = [], []
    for state, verb in verbs.items():
        there = posture[(posture[theme] == state) & posture[f"{theme}_confirmed"]]
        if there.empty:
            continue
        parts.append(f"{verb} {names_or_number(list(there.index), record)}{after.get(state, '')}")
        rows += [ids[-1] for ids in there[f"{theme}_event_ids"]]
    return [_Clause(listed(parts), tuple(rows))] if parts else []


def _french_region(record: Record, posture: pd.DataFrame, told: Set[str]) -> list[_Clause]:
    """Return where French forces are, are leaving and have left."""
    verbs = {
        "leaving": "are leaving",
        "withdrawn": "have left",
        "reduced": "are reduced to a few in",
        "present": "stay in",
    }
    if set(posture["french_posture"]) <= {"none_recorded", "present"}:
        verbs = {"present": "are in"}
    leaving = list(posture.index[posture["french_posture"] == "leaving"])
    gone = gone_of(record, leaving[0]) if len(leaving) == 1 else None
    gone = None if gone and told & set(gone.rows) else gone
    after = ", where {} had gone {}".format(*gone.text.split("|")) if gone else ""
    return [
        _Clause(f"French forces {clause.text}", (*clause.rows, *(gone.rows if gone else ())))
        for clause in _grouped(record, posture, "french_posture", verbs, {"leaving": after})
    ]


def _russian_region(record: Record, posture: pd.DataFrame, told: Set[str]) -> list[_Clause]:
    """Return where Russian personnel are on record, and where that is disputed."""
    there = posture[posture["russian_engagement"] == "deployed"]
    sure = there[there["russian_engagement_confirmed"]]
    doubted = [iso3 for iso3, row in there.iterrows() if _is_disputed(record, row)]
    clauses = []
    if len(sure):
        text = f"Russian personnel are in {names_or_number(list(sure.index), record)}"
        if doubted:
            text += f" and disputed in {names_or_number(doubted, record)}"
        rows = [ids[-1] for ids in sure["russian_engagement_event_ids"]]
        rows += [posture.at[iso3, "russian_engagement_event_ids"][-1] for iso3 in doubted]
        clauses.append(_Clause(text, tuple(rows)))
    return clauses


def _politics(record: Record, posture: pd.DataFrame, told: Set[str]) -> list[_Clause]:
    """Return where there were coups in the last years, and where foreign missions run or end."""
    clauses = []
    made = coups(record, posture.index)
    if len(made):
        where = names_or_number(list(dict.fromkeys(made["iso3"])), record)
        text = f"there have been coups in {where} since {made['latest'].iloc[0].year}"
        clauses.append(_Clause(text, tuple(made.index)))
    known = missions(record, posture.index)
    runs = known[known["state"] == "running"]
    if len(known):
        where = names_or_number(list(dict.fromkeys(runs["iso3"])), record)
        several = f"{in_letters(len(known))} EU and UN missions on record "
        of = f"of {several}" if len(known) > 1 else "of the EU and UN missions on record "
        if len(runs) == len(known) > 1:
            text = f"all {several}still run, in {where}"
        elif len(runs):
            verb = "runs" if len(runs) == 1 else "run"
            text = f"{of}{in_letters(len(runs))} still {verb}, in {where}"
        else:
            text = f"{of}none runs on"
        if len(told_to_go := known[known["state"] == "denounced"]):
            verb = "is" if len(told_to_go) == 1 else "are"
            where = names_or_number(list(dict.fromkeys(told_to_go["iso3"])), record)
            text += f", and {in_letters(len(told_to_go))} {verb} told to go, in {where}"
        clauses.append(_Clause(text, tuple(known["event_id"])))
    return clauses


def coups(record: Record, iso3s: Collection[str]) -> pd.DataFrame:
    """Return the coups of the last five years in some countries, a row each, the earliest first.

    Parameters
    ----------
    record : Record
        Evidence and day.
    iso3s : collection of str
        Countries, ISO 3166-1 alpha-3.
    """
    since = pd.Timestamp(record.as_of) - pd.DateOffset(years=_COUP_YEARS)
    events = record.events
    made = events[(events["event_type"] == "coup") & (events["latest"] >= since)]
    made = made.assign(iso3=made["iso3"]).explode("iso3")
    return made[made["iso3"].isin(iso3s)].sort_values("latest", kind="stable")


def missions(record: Record, iso3s: Collection[str]) -> pd.DataFrame:
    """Return the missions of the European Union and the United Nations, and how each one stands.

    Parameters
    ----------
    record, iso3s
        As for `coups`.

    Returns
    -------
    pandas.DataFrame
        By key of the mission: ``iso3``, ``state`` (``running``, ``denounced``: its host or its
        mandate has ended its ground; ``ended``), ``event_id`` and ``date_edtf`` of the event that
        says so, in the order of those events.
    """
    actors, states = record.tables.actors, {}
    theirs = set().union(*(family(actors, root) for root in _SENDERS if root in actors.index))
    events = record.events[record.events["event_type"].isin(_MISSION)]
    columns = ["event_type", "date_edtf", "iso3", "actor_ids", "counterpart_ids"]
    for event in events[columns].itertuples():
        state = _MISSION[event.event_type]
        hit = theirs.intersection((*event.actor_ids, *event.counterpart_ids))
        for actor in sorted(hit):
            if (
                actors.at[actor, "kind"] == "mission"
                and len(event.iso3) == 1
                and event.iso3[0] in iso3s
            ):
                states.pop(actor, None)
                states[actor] = (event.iso3[0], state, event.Index, event.date_edtf)
    columns = ["iso3", "state", "event_id", "date_edtf"]
    return pd.DataFrame.from_dict(states, orient="index", columns=columns)


# What is not known


def _not_known(
    record: Record, scope: str, tells: Sequence[str], told: Set[str], unless: str
) -> list[Sentence]:
    """Return the first thing that is not known and is of the report's subject, in one sentence.

    One that begins with the word `unless` would say again what was just said.
    """
    is_all = set(ROOTS) <= set(tells)
    for line in unknowns(record, scope):
        if told.issuperset(line.rows):
            continue  # what is told says so itself
        first = re.split(r"(?<=[a-z0-9])[.:] ", line.text)[0].rstrip(".")
        named = {side: re.search(words, first) for side, words in _WORDS_OF.items()}
        starts = {side: match.start() for side, match in named.items() if match}
        subject = min(starts, key=starts.__getitem__, default=OTHERS)  # whoever is named first
        if (
            (is_all or subject in tells)
            and _SMALL.match(first)
            and not first.lower().startswith(unless)
        ):
            return [Sentence(f"We do not know {first[0].lower()}{first[1:]}.", line.rows)]
    return []
