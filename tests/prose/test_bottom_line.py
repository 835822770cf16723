"""Promises about the bottom line: the news first, then how things stand, then what is not known."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

import pytest
from factory import event, frame, tiny

from sahel_analysis.evidence.posture import followed
from sahel_analysis.evidence.record import record
from sahel_analysis.prose.bottom_line import SIDES, bottom_line

PHASE = {
    "phase_id": "PH-001",
    "scope": "NER",
    "rank": "0",
    "title_en": "Story",
    "from_edtf": "2020",
}


def line_of(scope: str, day: str, tables, tells=SIDES[:2]) -> str:
    """Return the bottom line of a scope on a day."""
    shown = record(day, "checked", "all" if scope == "region" else scope, tables)
    return " ".join(line.text for line in bottom_line(shown, scope, tells))


def tiny_line(*events: dict, day: str = "2024-01-01", **frames) -> str:
    """Return the bottom line of Niger from a few events."""
    return line_of("NER", day, tiny(*events, **frames))


@pytest.mark.parametrize("scope", ["NER", "region"])
def test_the_day_of_the_article_names_signature_missions_and_who_is_left(scope, tables):
    """What was signed, what ended, how many of how many have gone."""
    line = line_of(scope, "2023-12-04", tables)
    assert re.search(r"signed a (?:military )?document", line)
    assert "ended its accords with both EU missions" in line
    assert "1,300 of about 1,500" in line


def test_an_exit_and_a_handover_are_named(tables):
    """In Mali in September 2022, in Chad in February 2025."""
    assert "no French unit was left" in line_of("MLI", "2022-09-01", tables)
    assert "Adji Kosseï base on 30 January 2025" in line_of("TCD", "2025-02-01", tables)


def test_decisive_events_come_before_others_and_those_of_the_day_first():
    """However many statements there were since."""
    coup = event("coup", "2023-12-20", "niger", summary_en="Officers take power.")
    visit = event("visit", "2024-01-01", "russia", summary_en="Moscow comes.")
    line = tiny_line(visit, coup)
    assert line.startswith("On 20 December 2023 officers take power. On 1 January 2024 Moscow")
    today = event("withdrawal_ordered", "2024-01-01", "niger", summary_en="Niger says no.")
    assert tiny_line(coup, today).startswith("On 1 January 2024 Niger says no.")


def test_on_a_quiet_day_how_things_stand_comes_first_and_then_the_last_decisive_change():
    """A visit of last week is told last; what was there when the record begins is no change."""
    there = event("deployment", "../2012-01-01")
    coup = event("coup", "2020-05-01", "niger", summary_en="Officers take power.")
    visit = event("visit", "2023-12-30", "russia", summary_en="Moscow comes.")
    line = tiny_line(there, coup, visit)
    first, then, last = line.split(". ")
    assert first.startswith("French forces in Ner were last on record")
    assert then == "Nothing decisive has changed since 1 May 2020: officers take power"
    assert last == "On 30 December 2023 Moscow comes."
    assert "decisive" not in tiny_line(there)
    few = tiny_line(event("visit", "2020-05-01", "russia", summary_en="Moscow comes."))
    assert few.startswith("The last event on record is of 1 May 2020: Moscow comes.")


def test_the_narrative_tells_the_news_where_it_can():
    """In its own words, once, and the sentence is named so that no page prints it again."""
    told = {"narrative_id": "NA-001", "phase_id": "PH-001", "rank": "1", "row_ids": "EV-001",
            "text_en": "Niger told the French to go on 20 December 2023."}  # fmt: skip
    rows = tiny(
        event("withdrawal_ordered", "2023-12-20", "niger", counterpart_ids="france"),
        phases=frame("phases", PHASE),
        narrative=frame("narrative", told),
    )
    first = bottom_line(record("2024-01-01", "checked", "NER", rows), "NER")[0]
    assert (first.text, first.key) == (told["text_en"], "NA-001")


def test_what_is_told_already_is_not_said_to_be_unknown():
    """The first unknown that rests on other rows is taken."""
    rows = {
        "events": [event("coup", "2023-12-20", "niger"), event("visit", "2023-01-01", "russia")],
        "unknowns": frame(
            "unknowns",
            {"unknown_id": "UN-001", "scope": "NER", "rank": "1", "row_ids": "EV-001",
             "text_en": "Who made the coup."},
            {"unknown_id": "UN-002", "scope": "NER", "rank": "2", "row_ids": "EV-002",
             "text_en": "What was said: no text is public."},
        ),
    }  # fmt: skip
    line = tiny_line(*rows["events"], unknowns=rows["unknowns"])
    assert line.endswith("We do not know what was said.")


def test_an_unconfirmed_state_is_said_to_be_so():
    """With the year in which it was last attested."""
    line = tiny_line(event("deployment", "2019-03-01"), event("coup", "2023-12-30", "niger"))
    assert "French forces in Ner have not been attested since 2019" in line


@pytest.mark.parametrize("seed", range(60))
def test_no_bottom_line_reads_like_a_machine(seed, tables):
    """Whatever the day and the scope: no number of others, no doubled word, one stop a sentence."""
    dice = random.Random(seed)
    scope = "region" if seed % 4 == 0 else dice.choice(followed(tables))
    tells = dice.choice([SIDES[:2], ("france",), ("russia",), ("others",)])
    tells = tells if scope == "region" else SIDES[:2]
    day = date(2012, 6, 1) + timedelta(days=dice.randrange(4990))
    line = line_of(scope, str(day), tables, tells)
    assert not re.search(r"\b\w+ others\b|\b(\w+) \1\b|\.\.|,,|\bin by\b|\bon by\b|nan", line), line
    assert re.fullmatch(r"(?:[A-Z0-9ÉÎ].*[.])", line), line
    assert len(line.split()) < 130
