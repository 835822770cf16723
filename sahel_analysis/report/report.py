"""Report: the one name that a notebook needs; its methods are what a report can show."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import pandas as pd

from ..errors import ParameterError, did_you_mean, shown
from ..evidence.actors import ROOTS, concerning, family
from ..evidence.posture import posture_of
from ..evidence.record import Record, record
from ..prose import audit, judgements, listings, method, narrative
from ..prose.markdown import escape
from ..prose.notes import cited, notes
from ..prose.words import listed
from ..tables.dates import day_in_words
from ..tables.loading import Tables, load_tables
from . import exhibits, outputs
from .outputs import Output
from .parameters import ReportParameters, misspelt, scope, validate

# Of each side: the column of a posture frame, and captions of the tables of its rows.
_COLUMNS = {"france": "french_posture", "russia": "russian_engagement"}
_EVENTS = {
    "france": "Events in which France takes part",
    "russia": "Events in which Russia takes part",
    "others": "Coups, alliances, missions and the forces of others than France and Russia",
}
_FIGURES = {"france": "Figures of French forces", "russia": "Figures of Russian personnel"}
_SUBJECTS = ("countries", "article")
_POLITICAL = ("coup", "alliance_formed", "alliance_exit")


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
    tells : sequence of {"france", "russia"}
        Of which sides the bottom line and the table of posture tell.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    **parameters : str or list of str
        ``as_of`` (a day, ISO 8601; the last there is without it), ``evidence`` (``"checked"`` or
        ``"article"``), and ``countries`` (``"all"`` or a list of ISO 3166-1 alpha-3 codes) or
        ``country`` (one such code).

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
    Report('Niger', as of 2023-12-04, checked evidence: Niger; 24 events, 20 figures)
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
        tables: Tables | None = None,
        **parameters: object,
    ) -> None:
        whole = load_tables() if tables is None else tables
        faults = [*misspelt(_cells_run()), *_faults(title, subtitle, subject, tells, whole)]
        asked = validate(parameters, whole, faults=faults)
        self.parameters: ReportParameters = asked
        self.subject, self.tells = subject, tuple(tells)
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
        """The countries shown, as Markdown: a name, a list of names, or all."""
        return escape(self._place)

    @property
    def _place(self) -> str:
        """The countries shown, as plain text."""
        if self._is_whole:
            return "All countries followed"
        return listed([self.tables.countries.at[iso3, "name_en"] for iso3 in self.countries])

    @property
    def edition(self) -> str:
        """The line under an exhibit that says which evidence and which countries it draws: Markdown."""
        place = self.place.replace("All", "all", 1) if self._is_whole else self.place
        return f"As of {day_in_words(self.record.as_of)}, {self.record.evidence} evidence, {place}."

    def _filled(self, text: str) -> str:
        """Return a title with place and day filled in."""
        day = day_in_words(self.record.as_of)
        return text.replace("{place}", self._place).replace("{day}", day)

    # Rows

    def events(self, side: str = "") -> pd.DataFrame:
        """Return the visible events that concern the countries shown.

        Parameters
        ----------
        side : str, optional
            ``france`` or ``russia``: only events that are a matter of theirs. ``others``: coups,
            alliances, and what is a matter of neither.
        """
        _require_side(side, ("", *_EVENTS))
        several = len(self.countries) > 1
        events = listings.naming(self.record.events, self.countries, regions=several)
        if side in _COLUMNS:
            return concerning(events, self.tables.actors, side)
        if side == "others":
            powers = {
                key for root in ROOTS for key in concerning(events, self.tables.actors, root).index
            }
            political = events["event_type"].isin(_POLITICAL)
            return events[political | ~events.index.isin(powers)]
        return events

    def figures(self, side: str = "") -> pd.DataFrame:
        """Return the visible figures that concern the countries shown.

        Parameters
        ----------
        side : str, optional
            ``france`` or ``russia``: only figures of theirs.
        """
        _require_side(side, ("", *_FIGURES))
        several = len(self.countries) > 1
        figures = listings.naming(self.record.figures, self.countries, regions=several)
        if not side:
            return figures
        return figures[figures["actor_id"].isin(family(self.tables.actors, side))]

    def twin(self, evidence: str) -> tuple[Record, pd.DataFrame]:
        """Return the record and posture of one evidence for the same day and countries."""
        other = record(self.parameters.as_of, evidence, tables=self.tables)
        return other, posture_of(other).loc[self.countries]

    # The cover

    def cover(self) -> Output:
        """Return the cover: title, edition and bottom line."""
        if self.subject == "article":
            line = audit.bottom_line(self.tables)
            # It weighs the text; no day and no country belongs to it.
            edition = {
                "Article": f"{len(self.tables.claims)} assertions",
                "Checked on": day_in_words(self.tables.checks["checked_on"].max()),
            }
        else:
            columns = [_COLUMNS[side] for side in self.tells]
            line = narrative.bottom_line(self.record, self.posture, columns)
            edition = {
                "Countries": self._place,
                "As of": day_in_words(self.record.as_of),
                "Evidence": self.record.evidence,
            }
        return outputs.cover(
            title=self.title,
            subtitle=self.subtitle,
            edition=edition,
            bottom_line=self._remember(line),
            as_of=self.record.as_of,
        )

    # Maps and charts

    def map(self, exhibit: str = "combined") -> Output:
        """Return a map: ``"combined"``, ``"french"``, ``"russian"``, or ``"bases"`` of a country."""
        return exhibits.draw_map(self, exhibit)

    def map_pair(self) -> Output:
        """Return the article's map beside the checked one."""
        return exhibits.draw_map_pair(self)

    def map_series(self) -> Output:
        """Return small maps of the days on which the record turns, up to the report's own."""
        return exhibits.draw_map_series(self)

    def timeline(self, side: str = "") -> Output:
        """Return what moved most of late, or of one side: ``france``, ``russia``, ``others``."""
        _require_side(side, ("", *_EVENTS))
        return exhibits.draw_timeline(self, side)

    def exits(self) -> Output:
        """Return the exits of French forces, country by country, from order to last unit."""
        return exhibits.draw_exits(self)

    def agreements(self) -> Output:
        """Return the chart of agreements signed and denounced."""
        return exhibits.draw_agreements(self)

    def missions(self) -> Output:
        """Return the bars of international missions from launch to end."""
        return exhibits.draw_missions(self)

    def force_levels(self, side: str = "france") -> Output:
        """Return the chart of numbers of people of one side, ``france`` or ``russia``."""
        _require_side(side, tuple(_FIGURES))
        return exhibits.draw_force_levels(self, side)

    def verdicts(self) -> Output:
        """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
        return exhibits.draw_verdicts(self)

    # Words

    def judgements(self) -> Output:
        """Return our key judgements in force: each with how sure we are and what it rests on."""
        return self.prose(judgements.key_judgements(self.record, self._scopes))

    def rivals(self) -> Output:
        """Return for each judgement the best rival reading and what would change our mind."""
        frame = judgements.rivals(self.record, self._scopes)
        return self.table(frame, caption="Rival readings, and what would change our mind")

    def differences(self) -> Output:
        """Return in words where the article and the checked evidence differ on this day."""
        (article, left), (checked, right) = self.twin("article"), self.twin("checked")
        return self.prose(narrative.differences(article, checked, left, right))

    def corrections(self) -> Output:
        """Return the article's contradicted claims, each with what sources say instead."""
        return self.prose(narrative.contradicted_claims(self.record))

    def what_happened(self) -> Output:
        """Return what happened: the article's story, or in checked evidence the year's events."""
        if self.record.is_checked:
            return self.prose(listings.last_year(self.record, self.events()))
        return self.prose(narrative.what_happened(self.record))

    def article_says(self, *themes: str) -> Output:
        """Return the article's story, all of it or of some themes, sentence by sentence.

        Parameters
        ----------
        *themes : str
            Keys of `vocabulary.CLAIM_THEMES`, such as ``"coup"``.
        """
        chosen = [themes] if themes else []
        return self.prose(narrative.what_happened(self.record, *chosen))

    def countries_in_words(self) -> Output:
        """Return a paragraph for each country that the evidence covers, and name the others."""
        return self.prose(narrative.country_by_country(self.record, self.posture))

    def gaps(self) -> Output:
        """Return what the article does not tell."""
        return self.prose(method.gaps(self.record))

    # Tables

    def posture_table(self) -> Output:
        """Return state, since when, and the rows behind it, for each country."""
        columns = [_COLUMNS[side] for side in self.tells]
        frame = listings.posture_table(self.record, self.posture, columns)
        widths = (18, 28, 36, 18) if len(columns) > 1 else (26, 52, 22)
        return self.table(
            frame, caption="What the map shows, with the rows behind it", widths=widths
        )

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

    def claims_table(self) -> Output:
        """Return every assertion of the article with its verdict and what sources say."""
        return self.table(
            audit.claim_table(self.tables),
            caption="Every assertion of the article and its check",
            widths=(12, 33, 17, 38),
        )

    def errors(self) -> Output:
        """Return what the article gets wrong, or only partly right, gravest first."""
        return self.prose(audit.errors_by_gravity(self.tables))

    def unverified(self) -> Output:
        """Return the claims of the article for which no source was found either way."""
        return self.prose(audit.unverified(self.tables))

    def provenance(self) -> Output:
        """Return our judgements on where the article's text comes from."""
        return self.prose(audit.provenance(self.tables))

    # The end

    def method(self) -> Output:
        """Return how the report was made, in a few sentences."""
        return self.prose(method.sources_and_method(self.record))

    def words(self) -> Output:
        """Return the box that explains words of likelihood."""
        caption = "Words of likelihood and what they stand for (ICD 203)"
        return outputs.table(judgements.words_of_judgement(), caption=caption, widths=(40, 60))

    def notes(self) -> Output:
        """Return the notes that the marks shown so far lead to."""
        if not self._cited:
            return self.prose("This report carries no mark: no event it can see names the country.")
        return outputs.notes(notes(self._cited, self.tables))

    def signature(self) -> Output:
        """Return the table that says from what the report was made."""
        asked = {"as_of": self.record.as_of.isoformat()}
        if self.parameters.country:
            asked["country"] = self.parameters.country
        elif self.subject == "countries":
            asked["countries"] = ", ".join(self.countries)
        frame = method.signature(self.record, {**asked, "evidence": self.record.evidence})
        return outputs.table(frame, caption="From what this report was made", widths=(20, 80))

    def back_matter(self) -> Output:
        """Return what ends every report: method, words and marks, notes, signature."""
        return outputs.joined(
            self.prose(f"## Sources and method\n\n{method.sources_and_method(self.record)}"),
            self.prose(f"## Words and marks\n\n{method.MARKS_EXPLAINED}"),
            self.words(),
            self.prose("## Notes"),
            self.notes(),
            self.prose("## Signature"),
            self.signature(),
        )

    # What is not made by a method above

    def prose(self, text: str) -> Output:
        """Return Markdown as prose; its marks join the report's notes."""
        return outputs.prose(self._remember(text))

    def figure(self, fig, *, caption: str, alt: str, title: str | None = None) -> Output:
        """Return a matplotlib figure with caption and alternative text; see `outputs.figure`."""
        return outputs.figure(fig, caption=self._remember(caption), alt=alt, title=title)

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


def _cells_run() -> list[str]:
    """Return the sources of the cells that this kernel has run; none outside a kernel."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return [] if shell is None else list(shell.user_ns.get("In", []))


def _faults(
    title: object, subtitle: object, subject: object, tells: object, tables: Tables
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
    elif subject == "article" and tables.checks.empty:
        yield "subject: the tables hold no checked claim of an article; expected 'countries'."
    sides = tells if isinstance(tells, list | tuple) else []
    if not sides or any(not isinstance(side, str) or side not in _COLUMNS for side in sides):
        yield f"tells: '{shown(tells)}' is not allowed; expected a list such as ['france']."


def _require_side(side: str, allowed: Sequence[str]) -> None:
    """Refuse a side that is not one of some."""
    if side not in allowed:
        options = "', '".join(allowed)
        message = f"side: '{shown(side)}' is not allowed; expected one of '{options}'."
        raise ParameterError(message + did_you_mean(side, allowed))
