"""Changes as sentences: what moved between two days, and what was corrected in the tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ..evidence.actors import FRANCE, ROOTS, RUSSIA, concerning, family
from ..evidence.changes import Changes, TableChanges, is_wording
from ..tables.dates import day_in_words, in_words
from ..tables.vocabulary import DECISIVE, EVENT_TYPES, POSTURE_THEMES
from .bottom_line import missions, small, weight_of
from .sentences import Sentence
from .words import capital, counted, in_letters, listed, on_words, plain_names, value_in_words

MOST_WORDS = 400
_THEMES = {FRANCE: "french_posture", RUSSIA: "russian_engagement"}
_HEADINGS = {FRANCE: "French forces", RUSSIA: "Russia"}
_LEAVES = {"withdrawal_announced", "withdrawal_completed", "mission_ended"}
_ENDED = {"ended": "ended", "denounced": "told to go", "running": "begun"}


@dataclass(frozen=True)
class Section:
    """Sentences under one heading, the decisive first."""

    heading: str
    lines: tuple[Sentence, ...]


def tell(changes: Changes, most: int = MOST_WORDS) -> list[Section]:
    """Return what moved between two days, in plain sentences.

    Parameters
    ----------
    changes : Changes
        What `evidence.changes.changes` returns.
    most : int, optional
        Words that all lines may have; where there are more, the last of the longest section go,
        and a line says how many.

    Returns
    -------
    list of Section
        French forces, Russia, bases, force levels, the others, judgements; one without a change is
        left out.
    """
    told = {
        _HEADINGS[FRANCE]: _side(changes, FRANCE),
        _HEADINGS[RUSSIA]: _side(changes, RUSSIA),
        "Bases": _bases(changes),
        "Force levels": _counts(changes),
        "Missions, blocs and governments": _others(changes),
        "Judgements": _judgements(changes),
    }
    told = {heading: lines for heading, lines in told.items() if lines}
    left = 0
    while _words(told) > most and (longest := max(told, key=lambda each: len(told[each]))):
        if len(told[longest]) == 1:
            break
        told[longest], left = told[longest][:-1], left + 1
    if left:
        note = f"{capital(counted(left, 'lesser change'))} left out for length; JSON lists all."
        told["More"] = [Sentence(note, ())]
    return [Section(heading, tuple(lines)) for heading, lines in told.items()]


def _words(told: dict[str, list[Sentence]]) -> int:
    """Return how many words some sections have, headings included."""
    lines = [heading.split() for heading in told]
    return sum(map(len, [*lines, *(line.text.split() for each in told.values() for line in each)]))


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


def _side(changes: Changes, root: str) -> list[Sentence]:
    """Return how the states of one side moved, country by country, then the lesser ones together."""
    theme = _THEMES[root]
    states = changes.states[changes.states["theme"] == theme]
    moved = states[states["before"] != states["after"]]
    most = {"deployed"} if root == RUSSIA else set(POSTURE_THEMES[theme].states)
    is_grave = moved["before"].isin(most) | moved["after"].isin(most)
    grave = moved[is_grave & (moved["event_id"] != "")]
    lines = [_move(row, changes) for row in grave.itertuples()]
    lines += _leaving(changes, root, {key for line in lines for key in line.rows})
    lesser = moved.drop(grave.index)
    for after in dict.fromkeys(lesser["after"]):
        rows = lesser[lesser["after"] == after]
        label = POSTURE_THEMES[theme].states[after].label
        lines.append(_together(f"{label}: ", rows, changes))
    unsure = states[(states["before"] == states["after"]) & ~states["confirmed"]]
    if len(unsure):
        lines.append(_lapsed(unsure, changes))
    again = states[(states["before"] == states["after"]) & states["confirmed"]]
    if len(again):
        lines.append(_together("Confirmed again: ", again, changes))
    return lines


def _move(row: object, changes: Changes) -> Sentence:
    """Return how one state moved, with the event behind it."""
    states = POSTURE_THEMES[row.theme].states
    event = changes.after.events.loc[row.event_id]
    before, after = states[row.before].word, states[row.after].word
    doubt = "" if row.confirmed_before or row.before == "none_recorded" else " (unconfirmed)"
    late = ", made public later" * bool(event["latest"] <= pd.Timestamp(changes.before.as_of))
    unsure = "" if row.confirmed else ", now unconfirmed"
    text = (
        f"{_name(row.iso3, changes)}: from {before}{doubt} to {after}{unsure} "
        f"{on_words(row.date_edtf)}{late}. {event['summary_en']}"
    )
    return Sentence(capital(text), (row.event_id,))


def _leaving(changes: Changes, root: str, told: set[str]) -> list[Sentence]:
    """Return which forces of a side left where its state did not move to less for it."""
    events, actors = changes.events, changes.after.tables.actors
    lessened = set(changes.states["iso3"][(changes.states["theme"] == _THEMES[root])
                   & changes.states["after"].isin(["withdrawn", "reduced", "leaving"])])  # fmt: skip
    theirs = concerning(events[events["domain"] == "military"], actors, root)
    members = family(actors, root)
    return [
        Sentence(f"{capital(on_words(row.date_edtf))} {small(row.summary_en)}", (row.Index,))
        for row in theirs[theirs["event_type"].isin(_LEAVES)].itertuples()
        if row.Index not in told
        and members.intersection(row.actor_ids)
        and lessened.isdisjoint(row.iso3)
        and not set(changes.posture.index).isdisjoint(row.iso3)
    ]


def _together(opening: str, rows: pd.DataFrame, changes: Changes) -> Sentence:
    """Return countries of one new state in one sentence, each with its day."""
    parts = [
        f"{_name(row.iso3, changes)} ({in_words(row.date_edtf)})" if row.date_edtf
        else _name(row.iso3, changes)
        for row in rows.itertuples()
    ]  # fmt: skip
    ids = tuple(key for key in rows["event_id"] if key)
    return Sentence(capital(f"{opening}{listed(parts)}."), ids)


def _lapsed(rows: pd.DataFrame, changes: Changes) -> Sentence:
    """Return which states no row of the last two years confirms any longer."""
    parts = [
        f"{POSTURE_THEMES[row.theme].states[row.after].word} in {_name(row.iso3, changes)} "
        f"(newest {in_words(row.date_edtf)})"
        for row in rows.itertuples()
    ]
    return Sentence(f"No longer confirmed, for want of a newer row: {listed(parts)}.", ())


def _name(iso3: str, changes: Changes) -> str:
    """Return the name of a country as a sentence has it."""
    return plain_names([iso3], changes.after.tables)[0]


# Bases and counts


def _bases(changes: Changes) -> list[Sentence]:
    """Return the bases that each side left or opened, country by country."""
    lines = []
    for root, noun in ((FRANCE, "French"), (RUSSIA, "Russian")):
        for change, verb in (("left", "handed over or left"), ("opened", "opened or first seen")):
            rows = changes.bases
            rows = rows[(rows["root"] == root) & (rows["change"] == change)]
            if rows.empty:
                continue
            parts = [
                f"{listed(name.split(',')[0] for name in group['name_en'])} in "
                f"{_name(iso3, changes)}{_latest(group)}"
                for iso3, group in rows.groupby("iso3", sort=False)
            ]
            # "what" agrees with one or several.
            what = "sites" if root == RUSSIA else "bases"
            text = f"{noun} {what} {verb}: {'; '.join(parts)}."
            lines.append(Sentence(text, tuple(dict.fromkeys(filter(None, rows["event_id"])))))
    return lines


def _latest(group: pd.DataFrame) -> str:
    """Return the newest day of the bases of one country, in brackets."""
    dated = [edtf for edtf in group["date_edtf"] if edtf]
    if not dated:
        return " (no day of its own on record)"
    return f" ({'' if len(group) == 1 else 'last '}{in_words(dated[-1])})"


def _counts(changes: Changes) -> list[Sentence]:
    """Return the newest counts of people where they differ from those of the first day."""
    figures = changes.after.tables.figures
    lines = []
    for row in changes.counts.itertuples():
        now = figures.loc[row.after]
        value = value_in_words(now)
        before = value_in_words(figures.loc[row.before]) if row.before else ""
        gone = row.root == FRANCE and changes.posture.at[row.iso3, _THEMES[FRANCE]] == "withdrawn"
        if gone or value == before:
            continue
        was = f" (before: {before})" if before else ""
        text = f"{capital(now['label_en'])}: {value} {on_words(now['date_edtf'])}{was}."
        lines.append(Sentence(text, (row.after, *filter(None, [row.before]))))
    return lines


# What is neither French nor Russian


def _others(changes: Changes) -> list[Sentence]:
    """Return coups, missions, blocs and the forces of other states."""
    events, tables = changes.events, changes.after.tables
    lines = []
    made = events[events["event_type"] == "coup"]
    if len(made):
        parts = [
            f"{listed(plain_names(row.iso3, tables))} ({in_words(row.date_edtf)})"
            for row in made.itertuples()
        ]
        lines.append(Sentence(f"Coups: {listed(parts)}.", tuple(made.index)))
    lines += _missions(changes)
    lines += _other_forces(changes)
    return [*lines, *_blocs(changes)]


def _missions(changes: Changes) -> list[Sentence]:
    """Return which missions of the European Union and the United Nations stand otherwise."""
    actors = changes.after.tables.actors
    old, new = (missions(each, changes.posture.index) for each in (changes.before, changes.after))
    moved = new[new["state"] != old["state"].reindex(new.index)]
    lines = []
    for state, verb in _ENDED.items():
        rows = moved[moved["state"] == state]
        parts = [
            f"{_short(actors.loc[key])} ({in_words(row['date_edtf'])})"
            for key, row in rows.iterrows()
        ]
        if parts:
            text = f"EU and UN missions {verb}: {listed(parts)}."
            lines.append(Sentence(text, tuple(rows["event_id"])))
    return lines


def _short(actor: pd.Series) -> str:
    """Return a mission by its name without what stands in brackets."""
    return actor["name_en"].split(" (")[0]


def _other_forces(changes: Changes) -> list[Sentence]:
    """Return which states besides the two withdrew their last forces from where."""
    events, actors = changes.events, changes.after.tables.actors
    roots = frozenset().union(*(family(actors, root) for root in ROOTS))
    parts, ids = [], []
    for row in events[events["event_type"] == "withdrawal_completed"].itertuples():
        kinds = actors["kind"].reindex(row.actor_ids)
        if not roots.isdisjoint(row.actor_ids) or not (kinds == "state").any():
            continue
        names = listed(plain_actors(row.actor_ids, changes))
        where = listed(plain_names(row.iso3, changes.after.tables))
        parts.append(f"{names} from {where} ({in_words(row.date_edtf)})")
        ids.append(row.Index)
    if not parts:
        return []
    return [Sentence(f"Forces of other states withdrawn: {listed(parts)}.", tuple(ids))]


def plain_actors(keys: Iterable[str], changes: Changes) -> list[str]:
    """Return the names of actors."""
    names = changes.after.tables.actors["name_en"]
    return [f"the {names[key]}" if names[key].startswith("United") else names[key] for key in keys]


def _blocs(changes: Changes) -> list[Sentence]:
    """Return what happened to blocs: the newest decisive event of each."""
    events = changes.events
    rows = events[events["event_type"].isin(["alliance_formed", "alliance_exit"])]
    newest: dict[tuple, object] = {}
    for row in rows.itertuples():
        if weight_of(row, changes.after) >= DECISIVE:
            newest[(row.event_type, row.counterpart_ids)] = row
    tables = changes.after.tables
    return [
        Sentence(
            f"{listed(plain_names(row.iso3, tables))}, {in_words(row.date_edtf)}: "
            f"{small(row.summary_en)}",
            (row.Index,),
        )
        for row in newest.values()
    ]


# Judgements


def _judgements(changes: Changes) -> list[Sentence]:
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
    text = f"{capital(listed(counts))}; {in_letters(len(settled))} settled"
    text += f": {listed(outcomes)}." if outcomes else "."
    named = table.loc[list(dict.fromkeys(rows["judgement_id"]))]
    late = named["recorded_on"] > named["valid_from"]
    if late.any():
        which = "All were" if late.all() else f"{capital(in_letters(int(late.sum())))} were"
        text += f" {which} written afterwards, so none of these counts as a forecast."
    lines = [Sentence(text, tuple(named.index))]
    for row in settled[settled["outcome"] == "false"].itertuples():
        lines.append(Sentence(f"Came out false: {row.text_en}", (row.Index,)))
    return lines
