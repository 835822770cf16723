"""A report in the making: what a notebook holds while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..evidence.actors import concerning, family
from ..evidence.posture import posture_of
from ..evidence.record import Record, record
from ..prose import audit
from ..prose.judgements import words_of_judgement
from ..prose.listings import last_year, naming
from ..prose.markdown import escape
from ..prose.method import signature
from ..prose.narrative import bottom_line, country_by_country, differences, what_happened
from ..prose.notes import cited, notes
from ..prose.words import listed
from ..tables.dates import day_in_words
from ..tables.loading import Tables, load_tables
from . import outputs
from .parameters import ReportParameters, from_notebook, scope


@dataclass(frozen=True)
class Title:
    """Title and subtitle of a kind of report; ``{place}`` and ``{day}`` are filled in."""

    title: str
    subtitle: str


TITLES = {
    "briefing": Title(
        "Russia, Niger and the French withdrawal from the Sahel",
        "Briefing: who is leaving, who is arriving, and how well that is known",
    ),
    "french_withdrawal": Title(
        "The French withdrawal from the Sahel", "Where French forces are present, leaving and gone"
    ),
    "russian_engagement": Title(
        "Russian engagement in the Sahel", "Contacts, agreements, assistance and deployments"
    ),
    "regional_realignment": Title(
        "The regional realignment", "Coups, alliances and missions: who joined, left or ended what"
    ),
    "country_brief": Title("{place}, {day}", "Country brief: French forces, Russian engagement"),
    "source_audit": Title(
        "The article, claim by claim", "What it says, what other sources say, and where it errs"
    ),
}


# Reports on one of the two postures; the others tell both.
_TOLD = {"french_withdrawal": ("french_posture",), "russian_engagement": ("russian_engagement",)}


class Report:
    """What a notebook shows, and the marks it has shown so far.

    Parameters
    ----------
    notebook : str
        Name of the notebook, a key of `parameters.NOTEBOOKS`.
    namespace : mapping
        ``globals()`` of the notebook, where its parameters stand.
    tables : Tables, optional
        Tables already loaded; the package's own without it.

    Attributes
    ----------
    parameters : ReportParameters
        What was asked for.
    tables : Tables
        The rows it can see; see `record.extract`.
    record : Record
        What the evidence shows up to the day.
    countries : list of str
        Countries shown, ISO 3166-1 alpha-3.
    posture : pandas.DataFrame
        Rows of `posture.posture` for those countries.

    Raises
    ------
    ParameterError
        If a parameter is unknown or its value not allowed.
    DataError
        If the tables are wrong.

    Examples
    --------
    >>> report = Report("country_brief", {"country": "NER", "as_of": "2023-12-04"})
    >>> report.posture.at["NER", "french_posture"]
    'leaving'
    >>> report.cover()  # a cell of a notebook shows it
    Output(application/vnd.sahel.cover+json, text/html, text/markdown)
    >>> Report("country_brief", {"country": "NIG"})
    Traceback (most recent call last):
        ...
    sahel_analysis.errors.ParameterError: ...
    """

    def __init__(
        self, notebook: str, namespace: Mapping[str, object], tables: Tables | None = None
    ) -> None:
        self.notebook = notebook
        whole = load_tables() if tables is None else tables
        self.parameters: ReportParameters = from_notebook(notebook, namespace, whole)
        self.record: Record = record(
            self.parameters.as_of,
            self.parameters.evidence,
            self.parameters.country or "all",
            whole,
        )
        self.tables = self.record.tables
        followed = scope(whole)
        chosen = self.parameters.countries or followed
        self._all = not self.parameters.country and len(chosen) == len(followed)
        self.countries = [self.parameters.country] if self.parameters.country else list(chosen)
        self.posture: pd.DataFrame = posture_of(self.record).loc[self.countries]
        self._cited: dict[str, None] = {}

    @property
    def place(self) -> str:
        """The countries shown, as Markdown: a name, a list of names, or all."""
        return escape(self._place)

    @property
    def _place(self) -> str:
        """The countries shown, as plain text."""
        if self._all:
            return "All countries followed"
        return listed([self.tables.countries.at[iso3, "name_en"] for iso3 in self.countries])

    @property
    def told(self) -> tuple[str, ...]:
        """The columns of the posture that the report is about."""
        return _TOLD.get(self.notebook, ("french_posture", "russian_engagement"))

    @property
    def edition(self) -> str:
        """The line under an exhibit that says which evidence and which countries it draws: Markdown."""
        place = self.place.replace("All", "all", 1) if self._all else self.place
        return f"As of {day_in_words(self.record.as_of)}, {self.record.evidence} evidence, {place}."

    def twin(self, evidence: str) -> tuple[Record, pd.DataFrame]:
        """Return the record and posture of one evidence for the same day and countries."""
        other = record(self.parameters.as_of, evidence, tables=self.tables)
        return other, posture_of(other).loc[self.countries]

    def cover(self) -> outputs.Output:
        """Return the cover: title, edition and bottom line."""
        day = day_in_words(self.parameters.as_of)
        title = TITLES[self.notebook]
        edition = {"Countries": self._place, "As of": day, "Evidence": self.record.evidence}
        line = bottom_line(self.record, self.posture, self.told)
        if self.notebook == "source_audit":
            checked_on = day_in_words(self.tables.checks["checked_on"].max())
            # The audit weighs the text; no day and no country belongs to it.
            edition = {"Article": f"{len(self.tables.claims)} assertions", "Checked on": checked_on}
            line = audit.bottom_line(self.tables)
        return outputs.cover(
            title=title.title.format(place=self._place, day=day),
            subtitle=title.subtitle,
            edition=edition,
            bottom_line=self._remember(line),
            as_of=self.parameters.as_of,
        )

    def events(self, root: str = "") -> pd.DataFrame:
        """Return the visible events that concern the countries shown.

        Parameters
        ----------
        root : str, optional
            Key of an actor: only events in which it, or what descends from it, takes part.
        """
        chosen = naming(self.record.events, self.countries, regions=len(self.countries) > 1)
        return concerning(chosen, self.tables.actors, root) if root else chosen

    def figures(self, root: str = "") -> pd.DataFrame:
        """Return the visible figures that concern the countries shown; see `events`."""
        chosen = naming(self.record.figures, self.countries, regions=len(self.countries) > 1)
        members = family(self.tables.actors, root) if root else None
        return chosen[chosen["actor_id"].isin(members)] if members else chosen

    def realignment(self) -> pd.DataFrame:
        """Return coups, alliances, and what others than France and Russia did."""
        chosen = self.events()
        political = chosen["event_type"].isin(["coup", "alliance_formed", "alliance_exit"])
        powers = {
            key
            for root in ("france", "russia")
            for key in concerning(chosen, self.tables.actors, root).index
        }
        return chosen[political | ~chosen.index.isin(powers)]

    def differences(self) -> str:
        """Return in words where the article and the checked evidence differ on this day."""
        (article, left), (checked, right) = self.twin("article"), self.twin("checked")
        return differences(article, checked, left, right)

    def what_happened(self) -> str:
        """Return what happened: the article's story, or in checked evidence the year's events."""
        if self.record.is_checked:
            return last_year(self.record, self.events())
        return what_happened(self.record)

    def country_by_country(self) -> str:
        """Return a paragraph for each country that the evidence covers, and name the others."""
        return country_by_country(self.record, self.posture)

    def prose(self, text: str) -> outputs.Output:
        """Return Markdown as prose; its marks join the report's notes."""
        return outputs.prose(self._remember(text))

    def figure(self, fig, *, caption: str, alt: str, title: str | None = None) -> outputs.Output:
        """Return a figure with caption and alternative text; see `outputs.figure`."""
        return outputs.figure(fig, caption=self._remember(caption), alt=alt, title=title)

    def table(
        self, frame: pd.DataFrame, *, caption: str, widths: Sequence[float] | None = None
    ) -> outputs.Output:
        """Return a table; its marks join the report's notes; see `outputs.table`."""
        if frame.empty:
            day = day_in_words(self.record.as_of)
            return self.prose(f"{caption}: none on record by {day} in this evidence.")
        for column in frame.columns:
            for cell in frame[column]:
                self._remember(str(cell))
        return outputs.table(frame, caption=self._remember(caption), widths=widths)

    def words(self) -> outputs.Output:
        """Return the box that explains words of likelihood."""
        caption = "Words of likelihood and what they stand for (ICD 203)"
        return outputs.table(words_of_judgement(), caption=caption, widths=(40, 60))

    def notes(self) -> outputs.Output:
        """Return the notes that the marks shown so far lead to."""
        if not self._cited:
            return self.prose("This report carries no mark: no event it can see names the country.")
        return outputs.notes(notes(self._cited, self.tables))

    def signature(self) -> outputs.Output:
        """Return the table that says from what the report was made."""
        asked = self.parameters.model_dump(mode="json", exclude_defaults=True)
        named = {name: ", ".join(v) if isinstance(v, list) else str(v) for name, v in asked.items()}
        named["evidence"], named["lang"] = self.parameters.evidence, self.parameters.lang
        frame = signature(self.record, {"notebook": self.notebook, **named})
        return outputs.table(frame, caption="From what this report was made", widths=(20, 80))

    def _remember(self, text: str) -> str:
        """Return a text after its marks have joined the notes."""
        self._cited.update(dict.fromkeys(cited(text)))
        return text
