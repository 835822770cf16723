"""The article, restated in its order: an editor can audit the tables by reading this file.

Place (paragraph.sentence), claim, what the article says, and where it is not a plain fact of the
article's own voice on no given day: how it says so, in whose voice, and when.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from factory import frame, tiny

from sahel_analysis.errors import DataError
from sahel_analysis.evidence.record import one_article
from sahel_analysis.tables.article import hold_against, sentences

READING = """
1.1  CL-001  Niger and Russia want to work together more closely in military matters
1.1  CL-002  Niger's security is in crisis
1.1  CL-003  Niger's politics are in crisis since the coup
1.1  CL-004  the coup was in July                                    | when 2023-07
1.2  CL-005  a deputy minister of defence led the Russian guests     | when 2023-12-04
1.2  CL-006  they met the military rulers in Niamey on Monday        | when 2023-12-04
1.2  CL-007  it was the first official Russian visit since the coup  | when 2023-12-04
1.2  CL-008  soldiers overthrew President Bazoum                     | when 2023-07
2.1  CL-009  Colonel-General Yevkurov headed the guests              | when 2023-12-04
2.1  CL-010  General Tiani received them for talks                   | when 2023-12-04
2.1  CL-011  Tiani heads the military government
2.2  CL-012  they signed papers on military cooperation              | voice Nigerien authorities | when 2023-12-04
2.3  CL-013  nothing was published on the terms
2.3  CL-014  they are thought to cover training                      | how forecast
2.3  CL-079  ... and equipment                                       | how forecast
2.3  CL-080  ... and shared intelligence                             | how forecast
3.1  CL-015  Russia is after influence in Africa                     | how opinion
3.1  CL-016  it is already close to Mali
3.1  CL-017  Mali lies next to Niger
3.1  CL-018  Mali is Niger's chief ally
3.2  CL-019  Russia helps Mali with arms and technique               | when ../2023-12-04
3.2  CL-020  ... and with projects in energy
3.2  CL-021  ... in transport
3.2  CL-022  ... in mining
3.3  CL-081  Russia is at work in the Central African Republic
3.3  CL-082  ... and in Sudan
3.3  CL-023  Wagner was sent to the Central African Republic         | when ../2023-12-04
3.3  CL-024  ... and to Sudan                                        | when ../2023-12-04
3.3  CL-025  the Russian state pays for Wagner
3.3  CL-026  Wagner guards and trains
4.1  CL-027  others see in Russia a rival to French influence        | how opinion
4.1  CL-028  France was the colonial power
4.1  CL-029  France has fought terrorism there since 2013            | when 2013/..
4.2  CL-030  some 5,000 French soldiers are in the Sahel
4.2  CL-031  they belong to Barkhane
4.2  CL-032  Barkhane is to help local forces                        | how stated_intention
4.2  CL-033  the insurgency has spread south of the Sahara
5.1  CL-034  France meets more and more resentment                   | how opinion
5.1  CL-035  the Sahel's states want a say of their own              | how opinion
5.2  CL-036  Niger has ordered the French out                        | when ../2023-12-04
5.2  CL-037  ... and Mali                                            | when ../2023-12-04
5.2  CL-038  ... and Burkina Faso                                    | when ../2023-12-04
5.2  CL-039  they followed Chad
5.2  CL-040  Chad expelled the French                                | when 2023-04
5.2  CL-041  ... in April                                            | when 2023-04
5.3  CL-042  France means to keep fewer soldiers there               | how stated_intention | voice France | when ../2023-12-04
5.3  CL-043  ... and to act with others                              | how stated_intention | voice France
6.1  CL-044  Russia warned in August of a long confrontation         | how forecast | voice Russia | when 2023-08
6.1  CL-045  ... and of a Sahel unsettled                            | how forecast | voice Russia | when 2023-08
6.2  CL-046  Moscow's diplomats call intervention a mistake          | how opinion | voice Russian foreign ministry
6.2  CL-047  ... that would draw the crisis out                      | how forecast | voice Russian foreign ministry
7.1  CL-048  the United States want Bazoum back
7.1  CL-049  ... and threaten to intervene by force                  | when ../2023-12-04
7.2  CL-050  Washington says that Wagner uses the instability        | how allegation | voice United States | when ../2023-12-04
7.2  CL-051  ... for its own ends                                    | how allegation | voice United States
8.1  CL-052  the three states are under military rule
8.1  CL-053  they formed the Alliance of Sahel States                | when 2023-09
8.1  CL-054  ... in September                                        | when 2023-09
8.2  CL-055  it is to bring them closer in three fields              | how stated_intention | voice Alliance of Sahel States
8.2  CL-056  ... and to guard them against threats from outside      | how stated_intention | voice Alliance of Sahel States
8.3  CL-057  it is willing to work with the African Union            | how stated_intention | voice Alliance of Sahel States
8.3  CL-058  ... with ECOWAS                                         | how stated_intention | voice Alliance of Sahel States
8.3  CL-059  ... with the UN                                         | how stated_intention | voice Alliance of Sahel States
8.3  CL-060  ... with the EU                                         | how stated_intention | voice Alliance of Sahel States
9.1  CL-061  how security is ordered in the region is now open       | how opinion
9.1  CL-062  ... and what part France and others will have           | how opinion
9.2  CL-063  a divided coalition would fight terrorism less well     | how forecast | voice unnamed analysts
9.2  CL-064  the alliance would lack means and capacity              | how forecast | voice unnamed analysts
9.3  CL-065  the alliance is a chance for a better approach          | how opinion | voice unnamed analysts
9.3  CL-066  Russia is able to help                                  | how opinion | voice unnamed analysts
10.1 CL-067  Niger dropped agreements with the EU on Monday          | when 2023-12-04
10.1 CL-068  ... two, key, military                                  | when 2023-12-04
10.1 CL-069  they served the fight against violence
10.1 CL-070  meanwhile a Russian official was at talks               | when 2023-12-04
11.1 CL-071  a memo withdraws privileges and immunities              | voice Niger's foreign ministry | when 2023-12-04
11.1 CL-072  ... and denies any duty that is left                    | voice Niger's foreign ministry | when 2023-12-04
11.1 CL-073  it is about the military partnership mission            | when 2023-12-04
11.1 CL-074  ... launched in February                                | when 2023-02
12.1 CL-075  the civilian mission is dismissed too                   | voice Niger's foreign ministry | when 2023-12-04
12.1 CL-076  ... set up in 2012                                      | when 2012
12.1 CL-077  ... to strengthen police and the like
12.1 CL-078  so neither mission is approved any more                 | when 2023-12-04
"""  # noqa: E501

# What happened, by the article: claims, event, kind, day, countries.
HAPPENED = [
    ("CL-004 CL-008", "EV-001", "coup", "2023-07", "NER"),
    ("CL-005 CL-006 CL-007 CL-009 CL-010", "EV-002", "visit", "2023-12-04", "NER"),
    ("CL-001 CL-012 CL-013", "EV-003", "agreement_signed", "2023-12-04", "NER"),
    ("CL-019", "EV-004", "assistance", "../2023-12-04", "MLI"),
    ("CL-023", "EV-005", "deployment", "../2023-12-04", "CAF"),
    ("CL-024", "EV-006", "deployment", "../2023-12-04", "SDN"),
    ("CL-029", "EV-007", "mission_launched", "2013", ""),
    ("CL-030 CL-031", "EV-008", "force_level", "../2023-12-04", ""),
    ("CL-036", "EV-009", "withdrawal_ordered", "../2023-12-04", "NER"),
    ("CL-037", "EV-010", "withdrawal_ordered", "../2023-12-04", "MLI"),
    ("CL-038", "EV-011", "withdrawal_ordered", "../2023-12-04", "BFA"),
    ("CL-040 CL-041", "EV-012", "withdrawal_completed", "2023-04", "TCD"),
    ("CL-042", "EV-013", "statement", "../2023-12-04", ""),
    ("CL-044 CL-045", "EV-014", "statement", "2023-08", "NER"),
    ("CL-049", "EV-015", "statement", "../2023-12-04", "NER"),
    ("CL-050", "EV-016", "statement", "../2023-12-04", "NER"),
    ("CL-053 CL-054", "EV-017", "alliance_formed", "2023-09", "NER MLI BFA"),
    ("CL-067 CL-071 CL-073", "EV-018", "agreement_denounced", "2023-12-04", "NER"),
    ("CL-074", "EV-019", "mission_launched", "2023-02", "NER"),
    ("CL-067 CL-075 CL-078", "EV-020", "agreement_denounced", "2023-12-04", "NER"),
    ("CL-076", "EV-021", "mission_launched", "2012", "NER"),
]

# What it counts: claims, value, hedge, unit.
COUNTED = [
    ("CL-029", 2013, "exact", "year"),
    ("CL-030", 5000, "about", "people"),
    ("CL-036 CL-037 CL-038", 3, "exact", "states"),
    ("CL-053", 3, "exact", "states"),
    ("CL-068", 2, "exact", "agreements"),
    ("CL-073 CL-075", 2, "exact", "missions"),
    ("CL-076", 2012, "exact", "year"),
]

# Where it is wrong, in the order of the article.
WRONG = {
    "CL-029": "the operation had ended a year before",
    "CL-030": "most of the 5,000 had gone",
    "CL-031": "Barkhane was over",
    "CL-039": "Chad set no example",
    "CL-040": "French forces were in Chad",
    "CL-041": "it was Germany's ambassador who had to leave in April",
    "CL-049": "the threat of force was that of ECOWAS",
}


@pytest.fixture
def tables(tables):
    """Return the tables as if they held the article of December 2023 alone."""
    return one_article(tables)


def statements() -> list[tuple[str, str, dict[str, str]]]:
    """Return place, claim and marks of each line of the reading."""
    found = []
    for line in READING.strip().splitlines():
        words, *parts = line.split(" | ")
        place, claim_id = words.split()[:2]
        found.append((place, claim_id, dict(part.strip().split(" ", 1) for part in parts)))
    return found


@pytest.mark.parametrize(
    ("place", "claim_id", "marks"), statements(), ids=lambda v: v if isinstance(v, str) else ""
)
def test_each_assertion_has_its_claim(place, claim_id, marks, tables):
    """In its sentence, in its voice, as fact or otherwise, on its day."""
    claim = tables.claims.loc[claim_id]
    assert f"{claim.paragraph}.{claim.sentence}" == place
    assert claim.modality == marks.get("how", "fact")
    assert claim.attributed_to == marks.get("voice", "article")
    assert claim.date_edtf == marks.get("when", "")


def test_the_reading_is_complete_and_in_order(tables):
    """Every claim is restated once; every sentence is covered, from the first to the last."""
    read = statements()
    assert sorted(claim_id for _, claim_id, _ in read) == list(tables.claims.index)
    places = [tuple(int(part) for part in place.split(".")) for place, _, _ in read]
    assert places == sorted(places)
    columns = ["paragraph", "sentence"]
    assert set(places) == set(tables.sentences[columns].itertuples(index=False, name=None))


@pytest.mark.parametrize(("claims", "event_id", "kind", "day", "iso3s"), HAPPENED)
def test_each_occurrence_has_its_event(claims, event_id, kind, day, iso3s, tables):
    """As the article has it, wrong or right."""
    event = tables.events.loc[event_id]
    assert event.claim_ids == tuple(claims.split())
    assert (event.event_type, event.date_edtf) == (kind, day)
    assert event.iso3 == tuple(iso3s.split())


def test_no_occurrence_is_left_out_or_made_up(tables):
    """The events of the article are these and no others."""
    article = tables.events[tables.events["basis"] == "article"]
    assert list(article.index) == [event_id for _, event_id, *_ in HAPPENED]


def test_each_quantity_has_its_figure(tables):
    """With the article's own hedge; years are quantities too."""
    article = tables.figures[tables.figures["basis"] == "article"]
    rows = zip(*(article[c] for c in ("claim_ids", "best", "qualifier", "unit")), strict=True)
    assert sorted((" ".join(claims), *rest) for claims, *rest in rows) == COUNTED


def test_the_article_is_wrong_where_other_sources_say_so(tables):
    """These claims and no others are contradicted, each with sources."""
    contradicted = tables.checks[tables.checks["verdict"] == "contradicted"]
    assert list(contradicted.index) == list(WRONG)
    assert contradicted["source_ids"].map(len).gt(0).all()


def test_no_single_article_confirms_itself(tables):
    """The article is no source of a check, and credibility 1 needs two others."""
    [article] = tables.sources.index[tables.sources["text_sha256"] != ""]
    assert not any(article in ids for ids in tables.checks["source_ids"])
    confirmed = tables.checks[tables.checks["credibility"] == 1]
    assert confirmed["source_ids"].map(len).ge(2).all()


def test_every_phrase_stands_in_its_sentence(tables, article):
    """Word for word, in a reader's own copy."""
    found = sentences(article.read_text(encoding="utf-8"))
    assert len(found) == 26
    for claim_id, claim in tables.claims.iterrows():
        assert claim.quote in found[(claim.paragraph, claim.sentence)], claim_id
    columns = ["paragraph", "sentence"]
    assert set(tables.claims[columns].itertuples(index=False, name=None)) == set(found)


TEXT = "A first one here. It has “two of them.” Then a third!\nA second paragraph¹. And its end.\n"
PLACES = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
QUOTES = ["A first one", "two of them", "Then a third", "A second paragraph", "And its end"]


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_tables(**frames):
    """Return tables that hold the reading of `TEXT`: a checked claim for every sentence."""
    found = sentences(TEXT)
    keys = [f"CL-{number:03}" for number in range(1, 6)]
    where = [{"paragraph": str(place[0]), "sentence": str(place[1])} for place in PLACES]
    plain = {
        "sources": frame(
            "sources",
            {"source_id": "S-001", "article_day": "2023-12-04", "text_sha256": digest(TEXT)},
            {"source_id": "S-002"},
        ),
        "sentences": frame(
            "sentences",
            *(
                {
                    "sentence_id": f"ST-{n:03}",
                    "source_id": "S-001",
                    "text_sha256": digest(found[PLACES[n - 1]]),
                    **at,
                }
                for n, at in enumerate(where, 1)
            ),
        ),
        "claims": frame(
            "claims",
            *(
                {"claim_id": key, "source_id": "S-001", "quote": quote, **at}
                for key, quote, at in zip(keys, QUOTES, where, strict=True)
            ),
        ),
        "checks": frame(
            "checks",
            *({"claim_id": key, "verdict": "partly", "source_ids": "S-002"} for key in keys),
        ),
    }
    return tiny(**{**plain, **frames})


@pytest.fixture
def copy(tmp_path):
    """Return a function that writes a text and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "copy.txt"
        path.write_bytes(text.encode())
        return str(path)

    return write


def findings(tables, path: str) -> list[str]:
    """Return the lines with which an audit fails, without the path of the copy."""
    with pytest.raises(DataError) as refused:
        hold_against(tables, path)
    return str(refused.value).replace(path, "copy").splitlines()


def test_sentences_end_before_capitals_and_are_counted_by_paragraph():
    """Closing quotation marks and footnote signs end them too."""
    assert list(sentences(TEXT)) == PLACES
    assert sentences(TEXT)[(2, 1)] == "A second paragraph¹."
    assert list(sentences("It cost 3.5 or 5,000. it went on")) == [(1, 1)]


def test_a_sound_copy_is_told_in_counts(copy):
    """Every line says what was counted."""
    told = hold_against(read_tables(), copy(TEXT)).splitlines()
    assert told[0] == "The text is the one that was read (SHA-256)."
    assert told[1] == "5 of 5 sentences covered."
    assert told[3].startswith("5 of 5 claims checked: 0 corroborated, 5 partly borne out")


@pytest.mark.parametrize(
    "text", [TEXT.replace("\n", "\r\n"), TEXT.rstrip(), "\ufeff" + TEXT, TEXT.replace("\n", "\n\n")]
)
def test_white_space_around_sentences_does_not_make_another_text(text, copy):
    """It is told, and that is all."""
    told = hold_against(read_tables(), copy(text))
    assert told.startswith("The text is the one that was read, sentence by sentence")


def test_a_word_changed_outside_every_phrase_names_the_sentence(copy):
    """The hash of the sentence tells."""
    [line] = findings(read_tables(), copy(TEXT.replace("It has", "It had")))
    assert line == (
        "copy paragraph 1, sentence 2: 'It had “two of them.”' is not the sentence that was read "
        "(SHA-256)."
    )


def test_a_word_changed_within_a_phrase_names_the_claim_too(copy):
    """The phrase does not stand in its sentence any more."""
    lines = findings(read_tables(), copy(TEXT.replace("And its end", "And her end")))
    assert lines[0].startswith("copy paragraph 2, sentence 2: 'And her end.' is not")
    assert lines[1] == (
        "data/claims.csv CL-005, quote: 'And its end' does not stand in paragraph 2, sentence 2."
    )
    assert len(lines) == 2


def test_a_headline_or_a_lost_sentence_does_not_shift_the_rest(copy):
    """The copy is aligned as a diff would align it."""
    [line] = findings(read_tables(), copy(f"A headline\n{TEXT}"))
    assert line == "copy paragraph 1, sentence 1: 'A headline' is not in the text that was read."
    lines = findings(read_tables(), copy(TEXT.replace("A first one here. ", "")))
    assert lines[0] == "copy paragraph 1, sentence 1: is missing from the text."
    assert len(lines) == 2


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path):
    """Which file, and what is wrong with it."""
    path = tmp_path / "copy.txt"
    [line] = findings(read_tables(), str(path))
    assert line == "copy: cannot be read (No such file or directory)."
    path.write_bytes(b"caf\xe9")
    [line] = findings(read_tables(), str(path))
    assert line == "copy: is not UTF-8 from byte 4 on; save the file as UTF-8."


def test_what_the_tables_leave_open_is_named(copy):
    """A sentence without a claim, a claim without a check, a source that nothing cites."""
    tables = read_tables()
    tables = replace(
        tables,
        claims=tables.claims.drop("CL-002"),
        checks=tables.checks.drop(["CL-002", "CL-004"]),
        sources=frame(
            "sources",
            *({"source_id": f"S-00{n}", "text_sha256": "0" * 64 * (n == 1)} for n in (1, 2, 3)),
        ),
    )
    assert findings(tables, copy(TEXT)) == [
        "data/sentences.csv ST-002: paragraph 1, sentence 2 is covered by no claim.",
        "data/checks.csv CL-004, claim_id: the claim has no check.",
        "data/sources.csv S-003, source_id: nothing cites the source.",
    ]


def test_an_event_or_figure_that_rests_on_nothing_is_named(copy):
    """By its key."""
    figures = frame("figures", {"figure_id": "FG-001"})
    assert findings(read_tables(figures=figures), copy(TEXT)) == [
        "data/figures.csv FG-001, source_ids: rests on no claim and no source."
    ]


def test_the_article_is_audited_without_a_finding(tables, article):
    """26 of 26 sentences covered, every claim checked."""
    told = hold_against(tables, article)
    assert "26 of 26 sentences covered." in told
    assert f"{len(tables.claims)} of {len(tables.claims)} claims checked" in told


@pytest.mark.parametrize("place", [(1, 1), (4, 2), (8, 2), (12, 1)])
def test_one_word_of_the_article_changed_names_its_sentence(place, tables, article, copy):
    """Whichever word, in whichever sentence."""
    text = article.read_text(encoding="utf-8")
    sentence = sentences(text)[place]
    words = sentence.split()
    changed = " ".join([*words[:-2], "otherwise", words[-1]])
    lines = findings(tables, copy(text.replace(sentence, changed)))
    assert lines[0].startswith(f"copy paragraph {place[0]}, sentence {place[1]}: ")
    assert not any("copy" in line for line in lines[1:])
