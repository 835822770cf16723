"""Report: the one name that a notebook needs; its methods are what a report can show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import did_you_mean, require_one_of, shown
from ..evidence.actors import ROOTS, family
from ..evidence.changes import changes
from ..evidence.posture import LEAST_EVENTS, posture_of
from ..evidence.record import Record, articles, one_article, record
from ..prose import audit, judgements, listings, method, narrative
from ..prose.bottom_line import OTHERS, SIDES, bottom_line, of_sides
from ..prose.changes import tell
from ..prose.markdown import bullets, escape
from ..prose.notes import KeySources, Sentence, cited, notes
from ..prose.tiles import tiles
from ..prose.words import counted, listed
from ..tables.dates import day_in_words
from ..tables.loading import Tables, require_tables
from . import exhibits, outputs
from .attachments import attachments
from .editions import edition_before, edition_of, imprint
from .outputs import Output
from .parameters import ReportParameters, is_injected, misspelt, scope, validate

if TYPE_CHECKING:
    from ipywidgets import VBox

# Of each side: the column of a posture frame, and captions of the tables of its rows.
_COLUMNS = {"france": "french_posture", "russia": "russian_engagement"}
_EVENTS = {
    "france": "Events in which France takes part",
    "russia": "Events in which Russia takes part",
    OTHERS: "Coups, alliances, missions and the forces of others than France and Russia",
}
_FIGURES = {"france": "Figures of French forces", "russia": "Figures of Russian personnel"}
_SUBJECTS = ("countries", "article")
_NO_ARTICLE = "The tables hold no article, so there is nothing to compare or to audit."
_ALL_CHANGES = 1200  # words that the annex has for what moved since the edition before
_JUDGED = (30, 15, 28, 27)  # widths of the table of judgements
# How much the pages of a country brief hold, and those of any other report; of changes in words.
_BRIEF = {"judgements": 3, "errors": 2, "sources": 6, "since": 75}
_REPORT = {"judgements": 5, "errors": 3, "sources": 8, "since": 150}


def _of_article(show: Callable[..., Output]) -> Callable[..., Output]:
    """Let a method of `Report` say in one sentence that the tables hold no article."""

    @wraps(show)
    def exhibit(report: Report, *arguments: str) -> Output:
        return show(report, *arguments) if report._has_article else report.prose(_NO_ARTICLE)

    return exhibit


class Report:
    """One report in the making: a notebook's cells show what its methods return.

    The marks of all that has been shown lead to the notes, which `notes` returns at the end.

    Parameters
    ----------
    title : str
        Title of the report; ``{place}`` and ``{day}`` in it are filled in.
    subtitle : str, optional
        What stands below the title.
    subject : {"countries", "article"}
        Whether the report tells of countries, or of the article and its claims.
    tells : sequence of {"france", "russia", "others"}
        Of which sides the report tells; ``others``: coups, alliances and missions.
    pages : int, optional
        Pages that the report may fill; 0: as many as it takes.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    **parameters : str or list of str
        ``as_of`` (a day, ISO 8601; the last there is without it), ``evidence`` (``"checked"`` or
        ``"article"``), ``countries`` (``"all"`` or a list of ISO 3166-1 alpha-3 codes) or
        ``country`` (one such code), and ``article`` (key of one in the table of sources; the first
        without it).

    Attributes
    ----------
    title, subtitle : str
        As given, places filled in.
    parameters : ReportParameters
        What was asked for.
    record : Record
        What the evidence shows up to the day.
    tables : Tables
        The rows that the report can see.
    countries : list of str
        Countries shown, ISO 3166-1 alpha-3.
    posture : pandas.DataFrame
        Rows of `posture.posture` for those countries.

    Raises
    ------
    ParameterError
        If a parameter is unknown or its value not allowed, or if papermill was given a name that
        the notebook does not assign.
    DataError
        If the tables are wrong.

    Examples
    --------
    >>> report = Report("Niger", as_of="2023-12-04", country="NER")
    >>> report
    Report('Niger', as of 2023-12-04, checked evidence: Niger; ... events, ... figures)
    >>> report.posture.at["NER", "french_posture"]
    'leaving'
    >>> report.cover()  # a cell of a notebook shows it
    Output(application/vnd.sahel.cover+json, text/html, text/markdown)
    >>> Report("Niger", country="NIG")
    Traceback (most recent call last):
        ...
    sahel_analysis.errors.ParameterError: ...
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        subject: str = "countries",
        tells: Sequence[str] = ROOTS,
        pages: int = 0,
        tables: Tables | None = None,
        **parameters: object,
    ) -> None:
        whole = require_tables(tables)
        faults = [*misspelt(_cells_run()), *_faults(title, subtitle, subject, tells, pages)]
        asked = validate(parameters, whole, faults=faults)
        whole = one_article(whole, asked.article)
        self.parameters: ReportParameters = asked
        self.subject, self.tells, self.pages = subject, tuple(tells), pages
        self.record: Record = record(asked.as_of, asked.evidence, asked.country or "all", whole)
        self.tables: Tables = self.record.tables
        self._is_whole = not (asked.country or asked.countries)
        self.countries = [asked.country] if asked.country else list(asked.countries or scope(whole))
        self.posture: pd.DataFrame = posture_of(self.record).loc[self.countries]
        self.title = self._filled(title)
        self.subtitle = self._filled(subtitle)
        self._cited: dict[str, None] = {}

    def __repr__(self) -> str:
        """Return title, day, evidence and countries, and how much counts."""
        return (
            f"Report({self.title!r}, as of {self.record.as_of}, {self.record.evidence} evidence: "
            f"{self._place}; {len(self.events())} events, {len(self.figures())} figures)"
        )

    @property
    def place(self) -> str:
        """The countries shown, as Markdown; a name, a list of names, or all."""
        return escape(self._place)

    @property
    def _place(self) -> str:
        """The countries shown, as plain text."""
        if self._is_whole:
            return "All countries followed"
        return listed([self.tables.countries.at[iso3, "name_en"] for iso3 in self.countries])

    @property
    def edition(self) -> str:
        """The line under an exhibit that says which evidence and countries it draws, as Markdown."""
        place = self.place.replace("All", "all", 1) if self._is_whole else self.place
        return f"As of {day_in_words(self.record.as_of)}, {self.record.evidence} evidence, {place}."

    def _filled(self, text: str) -> str:
        """Return a title with place and day filled in."""
        day = day_in_words(self.record.as_of)
        return text.replace("{place}", self._place).replace("{day}", day)

    @property
    def has_little(self) -> bool:
        """Whether fewer than two events name the countries, which is too little for a report."""
        return self.subject == "countries" and len(self.events()) < LEAST_EVENTS

    # Rows

    def events(self, side: str = "") -> pd.DataFrame:
        """Return the visible events that concern the countries shown.

        Parameters
        ----------
        side : str, optional
            ``france`` or ``russia``: only events that are a matter of theirs. ``others``: coups,
            alliances, and what is a matter of neither.
        """
        require_one_of("side", side, ("", *_EVENTS))
        several = len(self.countries) > 1
        events = listings.naming(self.record.events, self.countries, regions=several)
        return of_sides(self.record, events, [side]) if side else events

    def figures(self, side: str = "") -> pd.DataFrame:
        """Return the visible figures that concern the countries shown.

        Parameters
        ----------
        side : str, optional
            ``france`` or ``russia``: only figures of theirs.
        """
        require_one_of("side", side, ("", *_FIGURES))
        several = len(self.countries) > 1
        figures = listings.naming(self.record.figures, self.countries, regions=several)
        if not side:
            return figures
        return figures[figures["actor_id"].isin(family(self.tables.actors, side))]

    @property
    def _has_article(self) -> bool:
        """Whether the rows that the report can see are of an article."""
        return not self.tables.claims.empty

    # What the pages say

    @cached_property
    def _scope(self) -> str:
        """Of what the narrative is told: the one country, or the region."""
        return self.parameters.country or narrative.REGION

    @property
    def _most(self) -> dict[str, int]:
        """How many judgements, errors of the article and sources the pages name."""
        return _BRIEF if self.parameters.country else _REPORT

    @cached_property
    def _bottom_line(self) -> list[Sentence]:
        """What the cover says first: as the editor of a named edition has it, or as the rows do."""
        named = edition_of(self.record.as_of, self.record.evidence, self.tables)
        if named and self._is_whole and set(self.tells) == set(ROOTS):
            own = [Sentence(text, named.row_ids) for text in (named.headline, named.bottom_line)]
            if own := [line for line in own if line.text]:
                return own
        return bottom_line(self.record, self._scope, self.tells)

    @cached_property
    def _story(self) -> list[Sentence]:
        """The short story; none in a report of one side, whose phases are told instead."""
        if set(self.tells) != set(ROOTS):
            return []
        return narrative.story(self.record, self._scope, self._bottom_line)

    @cached_property
    def _phases(self) -> list[narrative.Phase]:
        """What happened, in parts: the narrative, or in article evidence what the article says."""
        if not self.record.is_checked:
            return narrative.article_story(self.record)
        keep = self._concerns if set(self.tells) != set(ROOTS) else bool
        return narrative.phases(self.record, self._scope, [*self._bottom_line, *self._story], keep)

    @cached_property
    def _unknowns(self) -> list[Sentence]:
        """What is not known, four points at most."""
        return [
            line
            for line in narrative.unknowns(self.record, self._scope)
            if set(self.tells) == set(ROOTS) or self._concerns(line)
        ][:4]

    def _concerns(self, line: Sentence) -> bool:
        """Return whether a sentence rests on a row of the sides that the report tells of."""
        return not self._side_rows.isdisjoint(line.rows)

    @cached_property
    def _side_rows(self) -> frozenset[str]:
        """Keys of events and figures that are a matter of the report's sides."""
        figures = self.record.figures
        actors = [family(self.record.tables.actors, root) for root in ROOTS if root in self.tells]
        theirs = figures["actor_id"].isin(frozenset().union(*actors))
        events = of_sides(self.record, self.record.events, self.tells)
        return frozenset(events.index) | frozenset(figures.index[theirs])

    @cached_property
    def _sources(self) -> KeySources:
        """The sources that the report's pages name, numbered."""
        return KeySources(self.record, self._printed, self._most["sources"])

    def cover(self) -> Output:
        """Return the cover: title, edition and bottom line."""
        if self.subject == "article" and not self._has_article:
            line, edition = _NO_ARTICLE, {"Article": "none"}
        elif self.subject == "article":
            line = audit.bottom_line(self.tables)
            # It weighs the text; no day and no country belongs to it.
            last = self.tables.checks["checked_on"].max()
            edition = {
                "Article": f"{self._article}{len(self.tables.claims)} assertions",
                "Checked on": "not checked" if pd.isna(last) else day_in_words(last),
            }
        else:
            line = self._sources.text(self._bottom_line)
            edition = {
                "Countries": self._place,
                "As of": day_in_words(self.record.as_of),
                "Evidence": self.record.evidence,
            }
            if self.parameters.article:
                edition["Article"] = self._article.removesuffix("; ")
        if self.has_little:
            line = self._too_little
        return outputs.cover(
            title=self.title,
            subtitle=self.subtitle,
            edition=edition,
            bottom_line=line,
            imprint=self._imprint,
            as_of=self.record.as_of,
            pages=self.pages,
            layout="brief" if self.parameters.country else "report",
        )

    @property
    def _imprint(self) -> str:
        """The line that names edition, version and how to cite."""
        asked = self.record.as_of, self.record.evidence, self.tables
        return imprint(self.title, *asked, dated=self.subject != "article")

    @property
    def _article(self) -> str:
        """The article in words, as far as its source names it, and what parts it from more."""
        source = self.tables.sources.loc[articles(self.tables)[0]]
        title = f"“{source.title}”" if source.title else ""
        named = ", ".join(filter(None, (title, source.publisher)))
        return f"{named}, {day_in_words(source.article_day)}; " if named else ""

    @property
    def _too_little(self) -> str:
        """The one sentence of a report that has too little to tell."""
        number = counted(len(self.events()), "event")
        day = day_in_words(self.record.as_of)
        return f"Too little is on record for a report: {number} by {day} in {self.place}."

    def tiles(self) -> Output | None:
        """Return four tiles: how France, Russia, missions and governments stand."""
        if self.has_little:
            return None
        boxes = [
            f'::: {{.tile rows="{";".join(tile.rows)}"}}\n{escape(tile.head)}\n\n'
            f"**{escape(tile.state)}**\n\n{escape(tile.facts)}\n:::"
            for tile in tiles(self.record, self._scope)
        ]
        return outputs.prose("\n\n".join(["::: tiles", *boxes, ":::"]))

    def story(self) -> Output | None:
        """Return the story in one paragraph of 120 words at most; None where there is none."""
        if self.has_little or not self._story:
            return None
        return outputs.prose(f"::: story\n{self._sources.text(self._story)}\n:::")

    def phases(self) -> Output | None:
        """Return what happened in parts, each a paragraph; None where nothing is told."""
        if self.has_little or not self._phases:
            return None
        blocks = ["## What happened" if self.record.is_checked else "## What the article says"]
        for number, phase in enumerate(self._phases, 1):
            # The earliest goes first where the pages are full; the last two always stay.
            droppable = number <= len(self._phases) - 2 or number == 1 < len(self._phases)
            drop = f' drop="{1 if number == 1 else number + 1}"' if droppable else ""
            when = f"[{escape(phase.when)}]{{.when}}\n\n" if phase.when else ""
            blocks.append(
                f"::: {{.phase{drop}}}\n### {escape(phase.title)}\n\n{when}"
                f"{self._sources.text(phase.sentences)}\n:::"
            )
        return outputs.prose("\n\n".join(blocks))

    def since(self) -> Output | None:
        """Return what moved since the edition before; None where there is none, or nothing moved.

        The pages have the most decisive lines, the annex has all of them.
        """
        text = self._since(self._most["since"])
        # On the two pages of a brief the oldest of the story goes before it.
        drop = 4 if self.parameters.country else 1
        return outputs.prose(f'::: {{.changes drop="{drop}"}}\n{text}\n:::') if text else None

    def _since(self, most: int) -> str:
        """Return what moved since the edition before, in so many words at most, as Markdown."""
        asked = self.record.as_of, self.record.evidence, self.tables
        earlier = edition_before(*asked)
        if self.has_little or earlier is None or self.subject == "article":
            return ""
        sections = tell(changes(earlier.as_of, *asked, self.countries), most, "the annex has them")
        known = {*self.tables.events.index, *self.tables.figures.index}
        lines = [line for section in sections for line in section.lines]
        self._cite(key for line in lines for key in line.rows if key in known)
        told = bullets(
            f"**{section.heading}.** "
            + " ".join(
                f'[{escape(line.text)}]{{rows="{";".join(line.rows)}"}}' for line in section.lines
            )
            for section in sections
        )
        day = day_in_words(earlier.as_of)
        return f"## Since the edition of {day}\n\n{told}" if sections else ""

    def unknowns(self) -> Output | None:
        """Return what is not known, as a list; None where nothing is."""
        if self.has_little or not self._unknowns:
            return None
        lines = bullets(
            self._sources.marked(line, drop={1: 0, 2: 9}.get(number, 2))
            for number, line in enumerate(self._unknowns, 1)
        )
        return outputs.prose(f"## What we do not know\n\n::: unknowns\n{lines}\n:::")

    def key_sources(self) -> Output | None:
        """Return the sources that the marks lead to, with their grades; None without a mark."""
        listed_ = self._sources.listed()
        if self.has_little or not listed_:
            return None
        return outputs.prose(f"## Key sources, graded A to F\n\n::: sources\n{listed_}\n:::")

    def article_errors(self) -> Output | None:
        """Return where the article errs on the countries shown; None where it does not."""
        if self.has_little:
            return None
        frame = audit.article_errors(self.record, self.parameters.country, self._most["errors"])
        if frame.empty:
            return None
        caption = "The article’s words in ours, and what sources of its day say"
        table = outputs.table(frame, caption=caption, widths=(26, 74))
        return outputs.joined(outputs.prose("## Where the article errs here"), table)

    def judgements(self) -> Output | None:
        """Return our judgements as one table: chance, wrong if, watch for; None without any."""
        if self.has_little:
            return None
        held = self._of_subject(judgements.in_force(self.record, self._scopes))
        later = self._of_subject(judgements.recorded_since(self.record, self._scopes))
        tables = []
        for rows, caption in (
            (held, "Judgements held on this day."),
            (later, f"Recorded on {_recorded(later)}."),
        ):
            if rows.empty:
                continue
            note = judgements.written_afterwards(rows)
            tables.append(
                outputs.table(
                    judgements.judgement_table(rows, self.record.as_of),
                    caption=f"{caption} {note}".strip(),
                    widths=_JUDGED,
                )
            )
        if not tables:
            return None
        heading = outputs.prose("## What we judge, and what would change our mind")
        return outputs.joined(heading, *tables)

    def _of_subject(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the judgements of the report's subject: those that cite its events."""
        if set(self.tells) != set(ROOTS):
            events = of_sides(self.record, self.record.tables.events, self.tells)
            rows = judgements.of_events(rows, events.index)
        return rows[: self._most["judgements"]]

    # Maps and charts; none where there is too little to tell

    def map(self, kind: str = "") -> Output | None:
        """Return a map: ``"combined"``, ``"french"``, ``"russian"``, or ``"bases"`` of one country.

        Parameters
        ----------
        kind : str, optional
            What is shown; without it ``"bases"`` of a country, ``"combined"`` of the region.
        """
        kind = kind or ("bases" if self.parameters.country else "combined")
        return None if self.has_little else exhibits.draw_map(self, kind)

    def map_series(self) -> Output | None:
        """Return small maps of the days on which the record turns, up to the report's own."""
        return None if self.has_little else exhibits.draw_map_series(self)

    def timeline(self) -> Output | None:
        """Return what happened on a line of time, the latest events in words."""
        return None if self.has_little else exhibits.draw_timeline(self)

    def exit_ladder(self) -> Output | None:
        """Return the exits of French forces, country by country, from the order to the last unit."""
        return None if self.has_little else exhibits.draw_exits(self)

    def agreements(self) -> Output | None:
        """Return agreements with France and Russia from signature to denunciation."""
        return None if self.has_little else exhibits.draw_agreements(self)

    def missions(self) -> Output | None:
        """Return the bars of international missions from launch to end."""
        return None if self.has_little else exhibits.draw_missions(self)

    def force_levels(self, side: str = "france") -> Output | None:
        """Return counts of people of one side, ``france`` or ``russia``; None without any."""
        require_one_of("side", side, tuple(_FIGURES))
        counted_ = self.figures(side)
        if self.has_little or not (counted_["unit"] == "people").any():
            return None
        return exhibits.draw_force_levels(self, side)

    @_of_article
    def verdicts(self) -> Output:
        """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
        return exhibits.draw_verdicts(self)

    # Tables

    def posture_table(self) -> Output:
        """Return how France and Russia stand in each country, one line each."""
        columns = [_COLUMNS[side] for side in self.tells if side in _COLUMNS] or list(
            _COLUMNS.values()
        )
        frame = listings.posture_table(self.record, self.posture, columns)
        widths = (24, *[76 / len(columns)] * len(columns))
        return outputs.table(frame, caption="Country by country", widths=widths)

    def events_table(self, side: str = "") -> Output:
        """Return events as a table, all or of one side: ``france``, ``russia``, ``others``."""
        frame = listings.event_table(self.record, self.events(side))
        caption = _EVENTS.get(side, f"Events that name {self.place}")
        return self.table(frame, caption=caption, widths=(21, 18, 51, 10))

    def figures_table(self, side: str = "") -> Output:
        """Return figures as a table, all or of one side: ``france``, ``russia``."""
        frame = listings.figure_table(self.record, self.figures(side))
        caption = _FIGURES.get(side, f"Figures that refer to {self.place}")
        return self.table(frame, caption=caption, widths=(48, 19, 21, 12))

    # The article, claim by claim

    @_of_article
    def claims_table(self) -> Output:
        """Return every assertion of the article with its verdict and what sources say."""
        return self.table(
            audit.claim_table(self.tables),
            caption="Every assertion of the article and its check",
            widths=(12, 33, 17, 38),
        )

    @_of_article
    def errors(self) -> Output:
        """Return what the article gets wrong, gravest first, and what came out later."""
        since = audit.known_since(self.tables)
        return outputs.prose(f"{audit.errors_by_gravity(self.tables)}\n\n{since}".rstrip())

    @_of_article
    def unverified(self) -> Output:
        """Return the claims of the article for which no source was found either way."""
        return outputs.prose(audit.unverified(self.tables))

    @_of_article
    def beside_others(self) -> Output | None:
        """Return how the article stands to earlier ones of the tables; None without any relation."""
        frame = audit.beside_others(self.tables)
        if frame.empty:
            return None
        caption = "The article beside earlier ones"
        return self._headed(caption, self.table(frame, caption=caption, widths=(45, 55)))

    def provenance(self) -> Output | None:
        """Return our judgements on where the article's text comes from; None without any."""
        rows = audit.provenance(self.tables)
        if rows.empty:
            return None
        frame = judgements.judgement_table(rows, self.record.as_of)
        return outputs.table(frame, caption="Where the text seems to come from", widths=_JUDGED)

    # The annex

    def annex(self) -> Output | None:
        """Return the evidence annex: every row, note and source, the method and the signature."""
        if self.has_little:
            return None
        parts = [outputs.prose(method.gaps(self.record))] if self.subject == "article" else []
        if self.subject == "article":
            parts = [self._headed("Claim by claim", self.claims_table())]
            basis = audit.provenance(self.tables)
        else:
            parts = [
                self._headed("Events", self.events_table()),
                self._headed("Figures", self.figures_table()),
            ]
            held = judgements.in_force(self.record, self._scopes)
            basis = pd.concat([held, judgements.recorded_since(self.record, self._scopes)])
        if len(basis):
            text = self._remember(judgements.key_judgements(basis, self.record))
            parts.append(self._headed("What our judgements rest on", outputs.prose(text)))
        self._cite(key for line in self._printed for key in line.rows)
        if since := self._since(_ALL_CHANGES):
            parts.append(outputs.prose(since))
        parts += [
            self._headed("Sources and method", outputs.prose(self._method)),
            self.words(),
            self._headed("Notes", self.notes()),
            self._headed("Signature", self.signature()),
        ]
        day = None if self.subject == "article" else self.record.as_of
        return outputs.annex(outputs.joined(*parts), attachments(self.tables, self.title, day))

    @staticmethod
    def _headed(title: str, output: Output) -> Output:
        """Return an output under a heading."""
        return outputs.joined(outputs.prose(f"## {title}"), output)

    @property
    def _method(self) -> str:
        """How the report was made, and what its marks mean."""
        text = f"{method.sources_and_method(self.record)}\n\n{method.MARKS_EXPLAINED}"
        if self.subject == "article":
            text += f"\n\n### What the article does not tell\n\n{method.gaps(self.record)}"
        return self._remember(text)

    @property
    def _printed(self) -> list[Sentence]:
        """All sentences that the pages print."""
        if self.subject == "article":
            return []
        phases = [line for phase in self._phases for line in phase.sentences]
        return [*self._bottom_line, *self._story, *phases, *self._unknowns]

    def _cite(self, keys: Iterator[str]) -> None:
        """Let rows join the notes."""
        self._cited.update(dict.fromkeys(keys))

    def words(self) -> Output:
        """Return the box that explains words of likelihood."""
        caption = "Words of likelihood and what they stand for (ICD 203)"
        return outputs.table(judgements.words_of_judgement(), caption=caption, widths=(40, 60))

    def notes(self) -> Output:
        """Return the notes that the marks of the annex lead to."""
        as_of = None if self.subject == "article" else self.record.as_of
        if not self._cited:
            return self.prose("This report carries no mark: no event it can see names the country.")
        return outputs.notes(notes(self._cited, self.tables, as_of))

    def signature(self) -> Output:
        """Return the table that says from what the report was made."""
        asked = {"as_of": self.record.as_of.isoformat()}
        if self.parameters.article:
            asked["article"] = self.parameters.article
        if self.parameters.country:
            asked["country"] = self.parameters.country
        elif self.subject == "countries":
            asked["countries"] = ", ".join(self.countries)
        frame = method.signature(self.record, {**asked, "evidence": self.record.evidence})
        return outputs.table(frame, caption="From what this report was made", widths=(20, 80))

    def form(self, notebook: str | Path = "") -> VBox | None:
        """Show a form in JupyterLab: country, day and evidence by menu, and below it the page.

        Beside the page stands the `papermill` command that makes the same one.

        Parameters
        ----------
        notebook : str or pathlib.Path, optional
            The report's notebook, as it is saved; JupyterLab says which it is.

        Returns
        -------
        ipywidgets.VBox or None
            What a cell shows; nothing where papermill has set the parameters already.

        Raises
        ------
        ParameterError
            If ipywidgets is not installed, or the notebook is not known or takes no parameters.
        """
        from .form import form

        return None if is_injected(_cells_run()) else form(self, notebook)

    # What is not made by a method above

    def prose(self, text: str) -> Output:
        """Return Markdown as prose; its marks join the report's notes."""
        return outputs.prose(self._remember(text))

    def figure(
        self, fig, *, caption: str, alt: str, title: str | None = None, narrow=None
    ) -> Output:
        """Return a matplotlib figure with caption and alternative text; see `outputs.figure`."""
        told = self._remember(caption)
        return outputs.figure(fig, caption=told, alt=alt, title=title, narrow=narrow)

    def table(
        self, frame: pd.DataFrame, *, caption: str, widths: Sequence[float] | None = None
    ) -> Output:
        """Return a frame as a table; its marks join the report's notes; see `outputs.table`."""
        if frame.empty:
            day = day_in_words(self.record.as_of)
            return self.prose(f"{caption}: none on record by {day} in this evidence.")
        for column in frame.columns:
            for cell in frame[column]:
                self._remember(str(cell))
        return outputs.table(frame, caption=self._remember(caption), widths=widths)

    @property
    def _scopes(self) -> list[str]:
        """Of what the report's judgements are: its one country, or the region."""
        return self.countries if self.parameters.country else ["region"]

    def _remember(self, text: str) -> str:
        """Return a text after its marks have joined the notes."""
        self._cited.update(dict.fromkeys(cited(text)))
        return text


def _recorded(rows: pd.DataFrame) -> str:
    """Return the days on which judgements were recorded."""
    return listed([day_in_words(day.date()) for day in sorted(set(rows["recorded_on"]))])


def _cells_run() -> list[str]:
    """Return the sources of the cells that this kernel has run; none outside a kernel."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return [] if shell is None else list(shell.user_ns.get("In", []))


def _faults(
    title: object, subtitle: object, subject: object, tells: object, pages: object
) -> Iterator[str]:
    """Yield what is wrong with the arguments that are no parameters."""
    for name, text in (("title", title), ("subtitle", subtitle)):
        if not isinstance(text, str) or (name == "title" and not text.strip()):
            yield f"{name}: '{shown(text)}' is not allowed; expected a text."
    if not isinstance(subject, str) or subject not in _SUBJECTS:
        yield (
            f"subject: '{shown(subject)}' is not allowed; expected one of 'countries', 'article'."
            f"{did_you_mean(subject, _SUBJECTS)}"
        )
    sides = tells if isinstance(tells, list | tuple) else []
    if not sides or any(not isinstance(side, str) or side not in SIDES for side in sides):
        yield f"tells: '{shown(tells)}' is not allowed; expected a list such as ['france']."
    if type(pages) is not int or pages < 0:
        yield f"pages: '{shown(pages)}' is not allowed; expected a number of pages such as 2."
