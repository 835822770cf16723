"""Vocabulary: every closed word of the tables and of what follows from them, once.

A word that code treats as a case of its own, or that readers see under another name, stands here and
nowhere else. Colours and matplotlib markers stand in ``figures``, keyed by the words given here.
Where the order of a mapping means something, it says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..errors import Problem
from .schema import FILE, TableSchema


@dataclass(frozen=True)
class EventType:
    """One type of event: how it is called and drawn, whose it is, what it changes.

    Attributes
    ----------
    label : str
        Name in tables for readers.
    short, full : str
        A word or two for labels on a chart, and a fuller form that can follow "French" or
        "Russian".
    kind : str
        Which symbol of the timeline stands for it; types that look alike share one. Empty: it is
        not drawn.
    concerns : str
        Whose event it is. ``"all"``: of those who act and of those acted upon; ``"actors"``: of
        those who act alone, because troops sent to somebody are not theirs; ``"nobody"``: neither
        a French nor a Russian matter, whoever takes part.
    french : str
        French state to which it leads; empty where it leads to none.
    russian, ends_russian : str
        Russian state that it begins, and the one that it ends; empty where there is none.
    attests : bool
        Whether it shows a force to be there without anything having changed.
    timelines : tuple of str
        Which of the timelines of ``"france"`` and ``"russia"`` show it.
    weight : int
        How much it is news, from 1 (a count, a statement) to 10 (the last soldiers leave); from
        `DECISIVE` on it is a change of its own.
    """

    label: str
    short: str
    full: str
    kind: str
    concerns: str = "all"
    french: str = ""
    russian: str = ""
    ends_russian: str = ""
    attests: bool = False
    timelines: tuple[str, ...] = ()
    weight: int = 1

    @property
    def is_drawn(self) -> bool:
        """Whether the timeline of all events has a symbol for it."""
        return bool(self.kind)


DECISIVE = 6  # weight from which an event changes how things stand

# In the order in which events of one day count: a force arrives before it leaves, and so on.
EVENT_TYPES: Mapping[str, EventType] = MappingProxyType(
    {
        "coup": EventType(
            "Coup",
            "coup",
            "coup",
            "coup",
            concerns="nobody",
            weight=9,
        ),
        "deployment": EventType(
            "Deployment",
            "deployment",
            "deployment",
            "deployment",
            concerns="actors",
            french="present",
            russian="deployed",
            timelines=("france", "russia"),
            weight=7,
        ),
        "mission_launched": EventType(
            "Mission launched",
            "launched",
            "mission launched",
            "mission_launched",
            concerns="actors",
            weight=6,
        ),
        "visit": EventType(
            "Visit",
            "visit",
            "visit",
            "visit",
            russian="contact",
            timelines=("russia",),
            weight=3,
        ),
        "statement": EventType(
            "Statement",
            "statement",
            "statement",
            "statement",
            weight=2,
        ),
        "agreement_signed": EventType(
            "Agreement signed",
            "signed",
            "agreement signed",
            "agreement_signed",
            russian="agreement",
            timelines=("russia",),
            weight=7,
        ),
        "assistance": EventType(
            "Assistance",
            "assistance",
            "assistance",
            "assistance",
            russian="assistance",
            timelines=("russia",),
            weight=5,
        ),
        "alliance_formed": EventType(
            "Alliance formed",
            "alliance formed",
            "alliance formed",
            "alliance_formed",
            concerns="nobody",
            weight=8,
        ),
        "presence_attested": EventType(
            "Presence attested",
            "still there",
            "presence attested",
            "",
            concerns="actors",
            french="present",
            russian="deployed",
            attests=True,
            weight=2,
        ),
        "force_level": EventType(
            "Force level",
            "count",
            "count of forces",
            "",
            concerns="actors",
            french="present",
            russian="deployed",
            attests=True,
            weight=1,
        ),
        "presence_disputed": EventType(
            "Presence disputed",
            "disputed",
            "presence disputed",
            "statement",
            weight=2,
        ),
        "withdrawal_announced": EventType(
            "Withdrawal announced",
            "exit announced",
            "exit announced",
            "withdrawal_announced",
            french="leaving",
            ends_russian="deployed",
            timelines=("france", "russia"),
            weight=9,
        ),
        "withdrawal_ordered": EventType(
            "Withdrawal ordered",
            "exit ordered",
            "exit ordered",
            "withdrawal_announced",
            french="leaving",
            timelines=("france",),
            weight=9,
        ),
        "agreement_denounced": EventType(
            "Agreement denounced",
            "denounced",
            "agreement denounced",
            "agreement_denounced",
            french="leaving",
            ends_russian="agreement",
            timelines=("france",),
            weight=8,
        ),
        "alliance_exit": EventType(
            "Exit from an alliance",
            "alliance left",
            "alliance left",
            "alliance_exit",
            concerns="nobody",
            weight=7,
        ),
        "base_handover": EventType(
            "Base handed over",
            "base",
            "base handed over",
            "base_handover",
            timelines=("france",),
            weight=6,
        ),
        "presence_reduced": EventType(
            "Presence reduced",
            "reduced",
            "presence reduced",
            "base_handover",
            french="reduced",
            timelines=("france",),
            weight=7,
        ),
        "mission_ended": EventType(
            "Mission ended",
            "ended",
            "mission ended",
            "mission_ended",
            ends_russian="deployed",
            timelines=("russia",),
            weight=7,
        ),
        "withdrawal_completed": EventType(
            "Withdrawal completed",
            "exit completed",
            "exit completed",
            "withdrawal_completed",
            french="withdrawn",
            ends_russian="deployed",
            timelines=("france", "russia"),
            weight=10,
        ),
    }
)


@dataclass(frozen=True)
class State:
    """One state that a country can be in: in full, for a label on a map, and under a heading."""

    label: str
    short: str
    word: str


# From nothing on record to the last state there is.
FRENCH_STATES: Mapping[str, State] = MappingProxyType(
    {
        "none_recorded": State("no French forces recorded", "no French forces", "none recorded"),
        "present": State("French forces present", "French present", "present"),
        "leaving": State("French forces leaving", "French leaving", "leaving"),
        "reduced": State("French forces reduced to a few", "French reduced", "reduced"),
        "withdrawn": State("French forces withdrawn", "French withdrawn", "withdrawn"),
    }
)
# From the least engagement to the most.
RUSSIAN_STATES: Mapping[str, State] = MappingProxyType(
    {
        "none_recorded": State(
            "no Russian engagement recorded", "no Russian role", "none recorded"
        ),
        "contact": State("Russian official visits or talks", "Russian contact", "contact"),
        "agreement": State("Russian military agreement signed", "Russian agreement", "agreement"),
        "assistance": State(
            "Russian arms, training or technical help", "Russian assistance", "assistance"
        ),
        "deployed": State("Russian personnel deployed", "Russians deployed", "deployed"),
    }
)
NONE_RECORDED_LABEL = "none recorded"
NOT_COVERED_LABEL = "not covered"


@dataclass(frozen=True)
class PostureTheme:
    """One of the two things that posture tells of a country: its heading and its states."""

    heading: str
    states: Mapping[str, State]


# Columns of a posture frame.
POSTURE_THEMES: Mapping[str, PostureTheme] = MappingProxyType(
    {
        "french_posture": PostureTheme("French forces", FRENCH_STATES),
        "russian_engagement": PostureTheme("Russian engagement", RUSSIAN_STATES),
    }
)
# Which of them a map shows.
EXHIBITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "french": ("french_posture",),
        "russian": ("russian_engagement",),
        "combined": ("french_posture", "russian_engagement"),
    }
)


@dataclass(frozen=True)
class Evidence:
    """One kind of evidence: its name, and how a caption says that something was drawn from it."""

    label: str
    phrase: str


EVIDENCE: Mapping[str, Evidence] = MappingProxyType(
    {
        "article": Evidence("article", "as the article tells it"),
        "checked": Evidence("checked record", "as checked against other sources"),
    }
)
BASES = ("article", "reference")  # what an event or figure rests on

MODALITIES = ("fact", "stated_intention", "forecast", "opinion", "allegation")
# From what holds to what could not be held against anything.
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "corroborated": "Corroborated",
        "partly": "Partly borne out",
        "contradicted": "Contradicted",
        "unverifiable": "Could not be verified",
    }
)
# The gravest first.
GRAVITIES: Mapping[str, str] = MappingProxyType(
    {"high": "High gravity", "moderate": "Moderate gravity", "low": "Low gravity"}
)


@dataclass(frozen=True)
class Likelihood:
    """One word of likelihood and its band in per cent, after ICD 203, Analytic Standards."""

    words: str
    low: int
    high: int


LIKELIHOODS: Mapping[str, Likelihood] = MappingProxyType(
    {  # rising
        "almost_no_chance": Likelihood("almost no chance", 1, 5),
        "very_unlikely": Likelihood("very unlikely", 5, 20),
        "unlikely": Likelihood("unlikely", 20, 45),
        "roughly_even_chance": Likelihood("roughly even chance", 45, 55),
        "likely": Likelihood("likely", 55, 80),
        "very_likely": Likelihood("very likely", 80, 95),
        "almost_certain": Likelihood("almost certain", 95, 99),
    }
)
CONFIDENCES = ("low", "moderate", "high")  # rising
CHANGES = ("new", "strengthened", "weakened", "unchanged")  # of a judgement since the last


@dataclass(frozen=True)
class Qualifier:
    """How exactly a number is meant: what stands before and after it in words.

    ``soft``: it was announced or claimed, not counted.
    """

    before: str = ""
    after: str = ""
    soft: bool = False


QUALIFIERS: Mapping[str, Qualifier] = MappingProxyType(
    {
        "exact": Qualifier(),
        "about": Qualifier(before="about "),
        "at_least": Qualifier(before="at least "),
        "at_most": Qualifier(before="at most "),
        "planned": Qualifier(after=" (planned)", soft=True),
        "claimed": Qualifier(after=" (claimed)", soft=True),
    }
)
ROOTS = ("france", "russia")  # the two powers of which posture tells; keys of the actors table
UNITS = ("people", "agreements", "missions", "states", "year")

_LABELLED = "its label"
# Columns of the tables whose closed list is kept here: what a word is called in a message, the
# words, and what is to be said of a new one.
_ENUMS: Mapping[tuple[str, str], tuple[str, Collection[str], str]] = MappingProxyType(
    {
        ("claims", "modality"): ("modality", MODALITIES, ""),
        ("checks", "verdict"): ("verdict", VERDICTS, _LABELLED),
        ("checks", "gravity"): ("gravity", GRAVITIES, _LABELLED),
        ("events", "event_type"): (
            "event type",
            EVENT_TYPES,
            "its order, label and what it moves",
        ),
        ("events", "basis"): ("basis of events", BASES, ""),
        ("events", "confidence"): ("confidence of events", CONFIDENCES, ""),
        ("figures", "basis"): ("basis of figures", BASES, ""),
        ("figures", "qualifier"): ("qualifier", QUALIFIERS, "what stands before and after it"),
        ("figures", "unit"): ("unit", UNITS, ""),
        ("judgements", "evidence"): ("evidence", EVIDENCE, _LABELLED),
        ("judgements", "likelihood"): ("likelihood", LIKELIHOODS, "its words and band"),
        ("judgements", "confidence"): ("confidence of judgements", CONFIDENCES, ""),
        ("judgements", "change"): ("change", CHANGES, ""),
    }
)


def unknown_words(schema: Mapping[str, TableSchema], folder: str) -> Iterator[Problem]:
    """Yield a problem for each closed word of ``datapackage.json`` that the vocabulary lacks.

    Reports could not draw or name a row that holds such a word, so no table is read with one.

    Parameters
    ----------
    schema : mapping of TableSchema
        Schema of every table.
    folder : str
        Name of the data folder, for messages.
    """
    for noun, allowed, words, needed in _compared(schema):
        for word in allowed:
            if word not in words:
                tail = f" with {needed}" if needed else ""
                message = f"{noun} '{word}' is not in tables/vocabulary.py: add it there{tail}."
                yield Problem(f"{folder}/{FILE}", "", "", message)


def unlisted_words(schema: Mapping[str, TableSchema], folder: str) -> Iterator[Problem]:
    """Yield a problem for each word of the vocabulary that ``datapackage.json`` does not list.

    Parameters
    ----------
    schema, folder
        As in `unknown_words`.
    """
    for noun, allowed, words, _ in _compared(schema):
        for word in words:
            if word not in allowed:
                message = (
                    f"{noun} '{word}' of tables/vocabulary.py is not listed: add it to the enum, "
                    "or take it out of the vocabulary."
                )
                yield Problem(f"{folder}/{FILE}", "", "", message)


def _compared(
    schema: Mapping[str, TableSchema],
) -> Iterator[tuple[str, Collection[str], Collection[str], str]]:
    """Yield noun, words of the schema, words of the vocabulary and what a new word needs."""
    for (table, column), (noun, words, needed) in _ENUMS.items():
        field = next((f for f in schema[table].fields if f.name == column), None)
        yield noun, field.constraints.get("enum", ()) if field else (), words, needed
