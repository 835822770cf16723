"""Changes as sentences: what moved between two days, and what was corrected in the tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from ..evidence.actors import FRANCE, ROOTS, RUSSIA, concerning, family
from ..evidence.changes import Changes, TableChanges, is_wording
from ..tables.dates import day_in_words, in_words
from ..tables.vocabulary import DECISIVE, EVENT_TYPES, POSTURE_THEMES
from .bottom_line import missions, weight
from .notes import Sentence
from .tiles import short_name
from .words import capital, counted, in_letters, listed, on_words, plain_names, value_in_words

MOST_WORDS = 400
_FACTS = ("events", "figures", "checks", "claims", "judgements")  # tables that are told first
_THEMES = {FRANCE: "french_posture", RUSSIA: "russian_engagement"}
_HEADINGS = {FRANCE: "French forces", RUSSIA: "Russia"}
_BASES, _COUNTS, _JUDGED = "Bases", "Force levels", "Judgements"
_OTHERS = "Missions, blocs and governments"
_TRIMMED = (_OTHERS, _COUNTS, _JUDGED, _BASES, _HEADINGS[RUSSIA], _HEADINGS[FRANCE])
# How a side stands after a decisive move.
_STANDS = {
    "present": "French forces were in {}",
    "leaving": "French forces were leaving {}",
    "reduced": "French forces were reduced to a few in {}",
    "withdrawn": "French forces were out of {}",
    "deployed": "Russian personnel were in {}",
}
_NO_LONGER = "Russian personnel were no longer recorded in {}"
_LEAVES = {"withdrawal_announced", "withdrawal_completed", "mission_ended"}
_ENDED = {"ended": "ended", "denounced": "told to go", "running": "begun"}


@dataclass(frozen=True)
class Section:
    """Sentences under one heading, the decisive first."""

    heading: str
    lines: tuple[Sentence, ...]


@dataclass(frozen=True)
class _Line:
    """What is told, what explains it where there is room, and the rows behind."""

    text: str
    rows: tuple[str, ...]
    detail: str = ""

    def whole(self) -> Sentence:
        """Return it with what explains it."""
        return Sentence(f"{self.text} {self.detail}".strip(), self.rows)


def tell(
    changes: Changes, most: int = MOST_WORDS, rest: str = "--format json lists them"
) -> list[Section]:
    """Return what moved between two days, in plain sentences.

    Parameters
    ----------
    changes : Changes
        What `evidence.changes.changes` returns.
    most : int, optional
        Words that all may have. Where there are more, explanations go first, then lines, those of
        missions and blocs before those of states, and a line says how many.
    rest : str, optional
        Where those are told that were left out.

    Returns
    -------
    list of Section
        French forces, Russia, bases, force levels, the others, judgements; one without a change is
        left out.
    """
    lines = {
        **{heading: _side(changes, root) for root, heading in _HEADINGS.items()},
        _BASES: _bases(changes),
        _COUNTS: _counts(changes),
        _OTHERS: _others(changes),
        _JUDGED: _judgements(changes),
    }
    told = {heading: list(each) for heading, each in lines.items() if each}
    if _words(told) > most:
        told |= {
            name: brief
            for root, name in _HEADINGS.items()
            if (brief := _side(changes, root, brief=True))
        }
    left = sum(max(len(each) - most, 0) for each in told.values())
    told = {heading: each[:most] for heading, each in told.items()}  # a line has a word at least
    words = _words(told)
    # What explains goes before what tells, and both from the end.
    for heading, each in reversed(told.items()):
        for place in reversed(range(len(each))):
            if words > most:
                words -= len(each[place].detail.split())
                told[heading][place] = replace(each[place], detail="")
    for heading in _TRIMMED:
        while words > most and told.get(heading):
            words -= len(told[heading].pop().text.split()) + 1
            left += 1
    sections = [
        Section(heading, tuple(line.whole() for line in each))
        for heading, each in told.items()
        if each
    ]
    if left:
        note = f"{capital(counted(left, 'more change'))} left out for length; {rest}."
        sections.append(Section("More", (Sentence(note, ()),)))
    return sections


def _words(told: dict[str, list[_Line]]) -> int:
    """Return how many words some sections have, headings included."""
    lines = [f"- {line.whole().text}" for each in told.values() for line in each]
    return sum(len(text.split()) for text in (*told, *lines)) + 12  # and the title


def title(changes: Changes) -> str:
    """Return over what the changes stretch: ``What changed from 4 December 2023 to ...``."""
    first, last = day_in_words(changes.before.as_of), day_in_words(changes.after.as_of)
    kind = "" if changes.after.is_checked else ", as the article tells it"
    return f"What changed from {first} to {last}{kind}"


def as_text(changes: Changes, *, markdown: bool = False) -> str:
    """Return the changes as plain text, or as Markdown with headings."""
    head = "# {}", "## {}\n"
    blocks = [(head[0] if markdown else "{}").format(title(changes))]
    sections = tell(changes)
    for section in sections:
        heading = (head[1] if markdown else "{}").format(section.heading)
        blocks.append("\n".join([heading, *(f"- {line.text}" for line in section.lines)]))
    if not sections:
        blocks.append("Nothing that the tables hold moved.")
    return "\n\n".join(blocks)


def as_data(changes: Changes) -> dict[str, object]:
    """Return the changes for programs: plain lists of what moved, nothing left out."""
    figures, judgements = changes.after.tables.figures, changes.after.tables.judgements
    judged = changes.judgements.assign(
        day=changes.judgements["day"].dt.date.astype(str),
        text=[judgements.at[key, "text_en"] for key in changes.judgements["judgement_id"]],
        outcome=[judgements.at[key, "outcome"] for key in changes.judgements["judgement_id"]],
    )
    values = {
        f"{name}_value": [
            value_in_words(figures.loc[key]) if key else "" for key in changes.counts[name]
        ]
        for name in ("before", "after")
    }
    events = changes.events[["date_edtf", "event_type", "iso3", "summary_en"]].reset_index()
    return {
        "from": str(changes.before.as_of),
        "to": str(changes.after.as_of),
        "evidence": changes.after.evidence,
        "states": changes.states.to_dict("records"),
        "bases": changes.bases.to_dict("records"),
        "force_levels": changes.counts.assign(**values).to_dict("records"),
        "judgements": judged.to_dict("records"),
        "events": events.to_dict("records"),
    }


# France and Russia


def _side(changes: Changes, root: str, *, brief: bool = False) -> list[_Line]:
    """Return how the states of one side moved, country by country, then the lesser ones together."""
    theme = _THEMES[root]
    states = changes.states[changes.states["theme"] == theme]
    moved = states[states["before"] != states["after"]]
    most = {"deployed"} if root == RUSSIA else set(POSTURE_THEMES[theme].states)
    is_grave = moved["before"].isin(most) | moved["after"].isin(most)
    grave = moved[is_grave & (moved["event_id"] != "")]
    lines = [_move(row, changes) for row in grave.itertuples()]
    if brief:
        groups = grave.groupby("after", sort=False)
        lines = [_moves(after, rows, changes) for after, rows in groups]
    lines += _leaving(changes, root, {key for line in lines for key in line.rows})
    lesser = moved.drop(grave.index)
    for after in dict.fromkeys(lesser["after"]):
        rows = lesser[lesser["after"] == after]
        label = POSTURE_THEMES[theme].states[after].label
        lines.append(_together(f"{label}: ", rows, changes))
    unsure = states[(states["before"] == states["after"]) & ~states["confirmed"]]
    if len(unsure):
        lines.append(_attested("No longer confirmed: ", unsure, changes))
    again = states[(states["before"] == states["after"]) & states["confirmed"]]
    if len(again):
        lines.append(_attested("Confirmed again: ", again, changes))
    return lines


def _move(row: object, changes: Changes) -> _Line:
    """Return how one state moved, with the event behind it."""
    event = changes.after.events.loc[row.event_id]
    stands = _STANDS.get(row.after, _NO_LONGER).format(_name(row.iso3, changes))
    late = ", which became public later" * _is_late(event, changes)
    was = _before(row)
    text = f"{capital(on_words(row.date_edtf))} {stands}{f' ({was})' * bool(was)}{late}."
    return _Line(text, (row.event_id,), event["summary_en"])


def _moves(after: str, rows: pd.DataFrame, changes: Changes) -> _Line:
    """Return which countries moved to one state, in one sentence."""
    events = changes.after.events
    parts = [
        f"{_name(row.iso3, changes)} ({in_words(row.date_edtf)}"
        f"{', made public later' * _is_late(events.loc[row.event_id], changes)}"
        f"{'; ' * bool(_before(row))}{_before(row)})"
        for row in rows.itertuples()
    ]
    stands = _STANDS.get(after, _NO_LONGER)
    return _Line(f"{stands.format(listed(parts))}.", tuple(rows["event_id"]))


def _before(row: object) -> str:
    """Return the state before, but the plain presence that goes without saying."""
    word = POSTURE_THEMES[row.theme].states[row.before].word
    doubt = "" if row.confirmed_before or row.before == "none_recorded" else ", unconfirmed"
    unsure = "" if row.confirmed else ", not confirmed now"
    if row.before == "present" and not doubt + unsure:
        return ""
    return f"{word} before{doubt}{unsure}"


def _is_late(event: pd.Series, changes: Changes) -> bool:
    """Return whether an event was over by the first day and became public only after it."""
    return bool(event["latest"] <= pd.Timestamp(changes.before.as_of))


def _leaving(changes: Changes, root: str, told: set[str]) -> list[_Line]:
    """Return which forces of a side left without its state being less for it."""
    events, tables = changes.events, changes.after.tables
    states = changes.states[changes.states["theme"] == _THEMES[root]]
    less = set(states["iso3"][states["after"].isin(["withdrawn", "reduced", "leaving"])])
    theirs = concerning(events[events["domain"] == "military"], tables.actors, root)
    members = family(tables.actors, root)
    return [
        _Line(
            f"{listed(plain_names(row.iso3, tables))}: {EVENT_TYPES[row.event_type].full}, "
            f"{listed(plain_actors(row.actor_ids, changes))} ({in_words(row.date_edtf)}).",
            (row.Index,),
            row.summary_en,
        )
        for row in theirs[theirs["event_type"].isin(_LEAVES)].itertuples()
        if row.Index not in told
        and members.intersection(row.actor_ids)
        and less.isdisjoint(row.iso3)
        and not set(changes.posture.index).isdisjoint(row.iso3)
    ]


def _together(opening: str, rows: pd.DataFrame, changes: Changes) -> _Line:
    """Return countries of one new state in one sentence, each with its day."""
    parts = [
        f"{_name(row.iso3, changes)} ({in_words(row.date_edtf)})" if row.date_edtf
        else _name(row.iso3, changes)
        for row in rows.itertuples()
    ]  # fmt: skip
    ids = tuple(key for key in rows["event_id"] if key)
    return _Line(capital(f"{opening}{listed(parts)}."), ids)


def _attested(opening: str, rows: pd.DataFrame, changes: Changes) -> _Line:
    """Return states that newer rows confirm, or none does any longer, with the newest there is."""
    parts = [
        f"{POSTURE_THEMES[row.theme].states[row.after].word} in {_name(row.iso3, changes)} "
        f"(newest {in_words(row.date_edtf)})"
        for row in rows.itertuples()
    ]
    return _Line(f"{opening}{listed(parts)}.", tuple(key for key in rows["event_id"] if key))


def _name(iso3: str, changes: Changes) -> str:
    """Return the name of a country as a sentence has it."""
    return plain_names([iso3], changes.after.tables)[0]


# Bases and counts


def _bases(changes: Changes) -> list[_Line]:
    """Return the bases that each side left or opened, country by country."""
    lines = []
    for root, noun in ((FRANCE, "French bases"), (RUSSIA, "Russian sites")):
        for change, verb in (("left", "handed over or left"), ("opened", "opened or first seen")):
            rows = changes.bases
            rows = rows[(rows["root"] == root) & (rows["change"] == change)]
            if rows.empty:
                continue
            groups = rows.groupby("iso3", sort=False)
            sizes = groups.size().sort_values(ascending=False, kind="stable")
            parts = [
                f"{in_letters(size)} in {listed(_name(key, changes) for key in keys)}"
                if len(keys) == 1
                else f"{in_letters(size)} each in {listed(_name(key, changes) for key in keys)}"
                for size, keys in sizes.groupby(sizes, sort=False).groups.items()
            ]
            names = [
                f"{listed(name.split(',')[0] for name in group['name_en'])} "
                f"({_name(iso3, changes)})"
                for iso3, group in groups
            ]
            ids = tuple(dict.fromkeys(filter(None, rows["event_id"])))
            text = f"{noun} {verb}: {listed(parts)}."
            lines.append(_Line(text, ids, f"They are {'; '.join(names)}."))
    return lines


def _counts(changes: Changes) -> list[_Line]:
    """Return the newest counts of people where they differ from those of the first day."""
    figures = changes.after.tables.figures
    parts: dict[str, list[str]] = {}
    ids: dict[str, list[str]] = {}
    for row in changes.counts.itertuples():
        now = figures.loc[row.after]
        value = value_in_words(now)
        before = value_in_words(figures.loc[row.before]) if row.before else ""
        gone = row.root == FRANCE and changes.posture.at[row.iso3, _THEMES[FRANCE]] == "withdrawn"
        if gone or value == before:
            continue
        was = f", {before} before" if before else ""
        year = in_words(now["date_edtf"]).split()[-1]
        text = f"{value} in {_name(row.iso3, changes)} ({year}{was})"
        parts.setdefault(row.root, []).append(text)
        ids.setdefault(row.root, []).append(row.after)
    noun = {FRANCE: "Newest counts of the French", RUSSIA: "Newest counts of Russians"}
    return [
        _Line(f"{noun[root]}: {', '.join(each)}.", tuple(ids[root])) for root, each in parts.items()
    ]


# What is neither French nor Russian


def _others(changes: Changes) -> list[_Line]:
    """Return coups, missions, blocs and the forces of other states."""
    events, tables = changes.events, changes.after.tables
    lines = []
    made = events[events["event_type"] == "coup"]
    if len(made):
        parts = [
            f"{listed(plain_names(row.iso3, tables))} ({in_words(row.date_edtf)})"
            for row in made.itertuples()
        ]
        lines.append(_Line(f"Coups: {listed(parts)}.", tuple(made.index)))
    was, now = (missions(each, changes.posture.index) for each in (changes.before, changes.after))
    lines += _missions(was, now, changes)
    lines += _other_forces(now, changes)
    return [*lines, *_blocs(changes)]


def _missions(old: pd.DataFrame, new: pd.DataFrame, changes: Changes) -> list[_Line]:
    """Return which missions of the European Union and the United Nations stand otherwise."""
    actors = changes.after.tables.actors
    moved = new[new["state"] != old["state"].reindex(new.index)]
    lines = []
    for state, verb in _ENDED.items():
        rows = moved[moved["state"] == state]
        parts = [
            f"{short_name(actors.loc[key])} ({in_words(row['date_edtf'])})"
            for key, row in rows.iterrows()
        ]
        if parts:
            text = f"EU and UN missions {verb}: {listed(parts)}."
            lines.append(_Line(text, tuple(rows["event_id"])))
    return lines


def _other_forces(known: pd.DataFrame, changes: Changes) -> list[_Line]:
    """Return which forces besides those of the two left for good, and from where."""
    events, tables = changes.events, changes.after.tables
    roots = frozenset().union(*(family(tables.actors, root) for root in ROOTS))
    parts, ids = [], []
    for row in events[events["event_type"] == "withdrawal_completed"].itertuples():
        told = known[known["event_id"] != row.Index].index  # their end is told, with another event
        if roots.isdisjoint(row.actor_ids) and set(told).isdisjoint(row.actor_ids):
            names = listed(plain_actors(row.actor_ids, changes))
            where = listed(plain_names(row.iso3, tables))
            parts.append(f"{names} from {where} ({in_words(row.date_edtf)})")
            ids.append(row.Index)
    return [_Line(f"Others withdrawn: {listed(parts)}.", tuple(ids))] if parts else []


def plain_actors(keys: Iterable[str], changes: Changes) -> list[str]:
    """Return the names of actors as a sentence has them."""
    actors = changes.after.tables.actors
    names = [short_name(actors.loc[key]) for key in keys]
    return [f"the {name}" if name.startswith("United") else name for name in names]


def _blocs(changes: Changes) -> list[_Line]:
    """Return which blocs were formed or left: of each the newest decisive event."""
    tables, lines = changes.after.tables, []
    for kind, opening in (("alliance_exit", "Exits from blocs"), ("alliance_formed", "Pacts")):
        events = changes.events[changes.events["event_type"] == kind]
        newest = {
            (row.iso3, row.counterpart_ids): row
            for row in events.itertuples()
            if weight(row, changes.after) >= DECISIVE
        }
        parts = [
            f"{listed(plain_names(row.iso3, tables))}, "
            f"{listed(plain_actors(row.counterpart_ids, changes))} ({in_words(row.date_edtf)})"
            for row in newest.values()
        ]
        if parts:
            detail = " ".join(row.summary_en for row in newest.values())
            ids = tuple(row.Index for row in newest.values())
            lines.append(_Line(f"{opening}: {'; '.join(parts)}.", ids, detail))
    return lines


# Judgements


def _judgements(changes: Changes) -> list[_Line]:
    """Return how many judgements were opened, moved and settled, and which came out wrong."""
    table, rows = changes.after.tables.judgements, changes.judgements
    if rows.empty:
        return []
    by = {name: list(group["judgement_id"]) for name, group in rows.groupby("change")}
    settled = table.loc[by.get("settled", [])]
    opened, moved = by.get("opened", []), by.get("moved", [])
    renewed = by.get("renewed", [])
    counts = [
        f"{in_letters(len(keys))} {verb}"
        for keys, verb in ((opened, "opened"), (moved, "changed"), (renewed, "renewed"))
    ]
    outcomes = [
        f"{in_letters(int((settled['outcome'] == outcome).sum()))} {words}"
        for outcome, words in (("true", "true"), ("false", "false"), ("undecided", "undecided"))
        if (settled["outcome"] == outcome).any()
    ]
    text = f"{capital(', '.join(counts))}; {in_letters(len(settled))} settled"
    text += f" ({', '.join(outcomes)})." if outcomes else "."
    named = table.loc[list(dict.fromkeys(rows["judgement_id"]))]
    late = named["recorded_on"] > named["valid_from"]
    if late.any():
        which = "All were" if late.all() else f"{capital(in_letters(int(late.sum())))} were"
        text += f" {which} written afterwards, and do not count as forecasts."
    false = settled[settled["outcome"] == "false"]
    detail = f"False were: {' '.join(f'“{words}”' for words in false['text_en'])}"
    return [_Line(text, tuple(named.index), detail * bool(len(false)))]


# Two states of the tables


def corrections_text(
    compared: Iterable[TableChanges], old: str, new: str, *, markdown: bool = False
) -> str:
    """Return what differs between two states of the tables: a summary, then every cell.

    Parameters
    ----------
    compared : iterable of TableChanges
        What `evidence.changes.compare` returns.
    old, new : str
        What the two states are called.
    markdown : bool
        Whether headings and lists are those of Markdown.
    """
    order = {name: place for place, name in enumerate(_FACTS)}
    compared = [each for each in compared if _differs(each)]
    compared.sort(key=lambda each: order.get(each.table, len(order)))
    if not compared:
        return f"{old} and {new} hold the same rows."
    mark = "#" * markdown
    blocks = [
        f"{mark} What differs between {old} and {new}".strip(),
        "\n".join(f"- {_summary(each)}" for each in compared),
    ]
    for each in compared:
        lines = list(_rows(each))
        if lines:
            blocks.append("\n".join([f"{mark * 2} {each.table}".strip(), "", *lines]))
    return "\n\n".join(blocks)


def _differs(each: TableChanges) -> bool:
    """Return whether two states of a table are not the same."""
    columns = each.columns_added or each.columns_gone or min(each.rows) < 0
    return bool(each.added or each.withdrawn or len(each.changed) or columns)


def _summary(each: TableChanges) -> str:
    """Return in one line how two states of a table differ."""
    if min(each.rows) < 0:
        there, state = ("new", each.rows[1]) if each.rows[0] < 0 else ("gone", each.rows[0])
        return f"{each.table}: a table that is {there}, with {counted(state, 'row')}."
    named = counted(each.changed["row_id"].nunique(), "row")
    cells = f"{counted(len(each.changed), 'cell')} changed in {named}"
    with_reason = int((each.changed["reason"] != "").sum())
    why = ""
    if len(each.changed):
        given = "all" if with_reason == len(each.changed) else in_letters(with_reason)
        why = f" ({given} with a reason)"
    text = (
        f"{each.table}: {each.rows[0]:,} rows, now {each.rows[1]:,}; {len(each.added)} added, "
        f"{len(each.withdrawn)} withdrawn; {cells if len(each.changed) else 'no cell changed'}{why}."
    )
    for columns, what in ((each.columns_added, "New"), (each.columns_gone, "Gone")):
        if columns:
            text += f" {what}, so without a counterpart: {listed(columns)}."
    return text


def _rows(each: TableChanges) -> Iterable[str]:
    """Yield the cells that differ, facts first, one line a row of the table, then the keys."""
    if min(each.rows) < 0:
        return
    is_fact = [not is_wording(column) for column in each.changed["column"]]
    wording = [not fact for fact in is_fact]
    for what, chosen in (("Facts", is_fact), ("Wording", wording)):
        if any(chosen):
            yield f"{what}:"
            alike: dict[str, list[str]] = {}
            for key, cells in each.changed[chosen].groupby("row_id", sort=False):
                alike.setdefault(_differing(cells), []).append(key)
            yield from (f"- {', '.join(keys)}: {moved}" for moved, keys in alike.items())
    if each.withdrawn:
        yield "Withdrawn:"
        known = [key for key in each.withdrawn if key in each.reasons]
        yield from (f"- {key}. Why: {each.reasons[key]}" for key in known)
        rest = [key for key in each.withdrawn if key not in each.reasons]
        if rest:
            yield f"- {', '.join(rest)}. No reason is given."
    if each.added:
        yield f"Added: {', '.join(each.added)}."


def _differing(cells: pd.DataFrame) -> str:
    """Return which cells of one row differ, and why."""
    reasons = list(dict.fromkeys(filter(None, cells["reason"])))
    moved = "; ".join(_moved_cell(row) for row in cells.itertuples())
    return f"{moved}. {f'Why: {chr(32).join(reasons)}' if reasons else 'No reason is given.'}"


def _moved_cell(row: object) -> str:
    """Return how one cell differs; of a list what joined it and what left."""
    if row.column.endswith("_ids"):
        old, new = row.old.split(";"), row.new.split(";")
        joined = [key for key in new if key and key not in old]
        left = [key for key in old if key and key not in new]
        parts = [f"with {listed(joined)}"] * bool(joined) + [f"without {listed(left)}"] * bool(left)
        return f"{row.column} {', '.join(parts) or 'in another order'}"
    return f"{row.column}: {_cell(row.old)} is now {_cell(row.new)}"


def _cell(text: str) -> str:
    """Return the text of a cell as a line quotes it."""
    return f"“{text}”" if text else "empty"


def corrections_data(compared: Iterable[TableChanges]) -> list[dict[str, object]]:
    """Return what differs between two states of the tables, for programs."""
    return [
        {
            "table": each.table,
            "rows_old": max(each.rows[0], 0),
            "rows_new": max(each.rows[1], 0),
            "columns_added": each.columns_added,
            "columns_gone": each.columns_gone,
            "added": each.added,
            "withdrawn": [
                {"row_id": key, "reason": each.reasons.get(key, "")} for key in each.withdrawn
            ],
            "changed": each.changed.to_dict("records"),
        }
        for each in compared
    ]
