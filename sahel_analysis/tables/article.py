"""One article's text: cut into sentences, entered into the tables, and held against them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from ..errors import DataError, Problem
from ..files import read as bytes_of
from ..files import sha256, write_text
from .loading import Tables
from .vocabulary import VERDICTS
from .writing import as_csv, table_cells

Place = tuple[int, int]  # paragraph and sentence, both counted from 1
Pairs = list[tuple[Place | None, Place | None, bool]]
LONGEST_PARAGRAPH = 20_000  # characters; a longer one is a text whose line ends were lost

# A stop with what may follow it in its sentence: closing marks, the sign or number of a footnote.
_STOP = re.compile(
    r"(?:[.!?…](?:\s?[”’»\"')\]])*|[”»])(?:[¹²³⁰⁴-⁹]|\[\d{1,3}\])*(?=\s)|[¹²³](?=\s)"
)
_START = re.compile(r"\s+(?:[“‘«\"'(\[]\s?)*([^\W\d_])")
_SHORTENED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Cmdr|Maj|Adm|Brig|Hon|Rev|St|Nos?|Art|vs|cf|ca"
    r"|approx|Jan|Feb|Aug|Sept|Oct|Nov|Dec|Mme|Mgr|M)\.$"
)
_INITIALS = re.compile(r"(?:^|[\s“‘«\"'(])((?:[^\W\d_]\.-?)+)$")  # J. or U.S. or p.m.
# What begins a sentence even after initials or a time of day, and is no name.
_OPENERS = re.compile(
    r"\s+[“«\"]?(?:The|A|An|In|On|At|It|Its|He|She|They|But|And|This|That|These|For|As|If|We)\b"
)


def sentences(text: str) -> dict[Place, str]:
    """Return the sentences of a text by paragraph and sentence, both counted from 1.

    A sentence ends at a stop before a capital letter, outside a quotation. The stop of an
    abbreviation, of initials or of a time of day ends none, unless a word follows that begins
    sentences.

    Parameters
    ----------
    text : str
        One paragraph per line.

    Examples
    --------
    >>> list(sentences("Gen. J. Doe left at 5 p.m. Friday. “We go. We return,” he said.").values())
    ['Gen. J. Doe left at 5 p.m. Friday.', '“We go. We return,” he said.']
    """
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return {
        (number, place): sentence
        for number, paragraph in enumerate(paragraphs, 1)
        for place, sentence in enumerate(_cut(paragraph), 1)
    }


def _cut(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph."""
    begin, quoted = 0, _quoted(paragraph)
    for stop in _STOP.finditer(paragraph):
        end = stop.end()
        start = _START.match(paragraph, end)
        if not start or not start[1].isupper() or quoted[end - 1] and quoted[end]:
            continue
        before = paragraph[begin : stop.start() + 1]
        if _SHORTENED.search(before):
            continue
        if _INITIALS.search(before) and not _OPENERS.match(paragraph, end):
            continue
        yield paragraph[begin:end]
        begin = start.start() + len(re.match(r"\s+", start[0])[0])
    yield paragraph[begin:]


def _quoted(paragraph: str) -> list[bool]:
    """Return for each character whether it stands in a quotation; in none where marks are unpaired."""
    depth, inside = 0, []
    for character in paragraph:
        if character == '"':
            depth = 0 if depth else 1
        else:
            depth += (character in "“«") - (character in "”»")
        inside.append(depth > 0)
        if depth < 0:
            break
    return inside if depth == 0 else [False] * len(paragraph)


def read_text(path: str | Path) -> str:
    """Return an article's text, or refuse what is none in one sentence.

    Raises
    ------
    DataError
        If the file cannot be read, is not UTF-8, is empty, holds a line that is no paragraph, or
        no sentence that ends.
    """
    message = ""
    try:
        text = bytes_of(path).decode("utf-8-sig")
        lines = text.splitlines()
        long = next((n for n, line in enumerate(lines, 1) if len(line) > LONGEST_PARAGRAPH), 0)
        if not text.strip():
            message = "is empty; expected a text, one paragraph per line."
        elif long:
            message = (
                f"line {long} has {len(lines[long - 1]):,} characters; expected one paragraph per "
                f"line, each of at most {LONGEST_PARAGRAPH:,}."
            )
        elif not re.search(r"[.!?…][^\w]*(?:\s|$)", text):
            message = "holds no end of a sentence; expected a text, one paragraph per line."
    except OSError as fault:
        message = f"cannot be read ({fault.strerror})."
    except UnicodeDecodeError as fault:
        message = f"is not UTF-8 from byte {fault.start + 1} on; save the file as UTF-8."
    if message:
        raise DataError([Problem(str(path), "", "", message)])
    return text


def add(tables: Tables, path: str | Path, source_id: str, sheet: str | Path) -> str:
    """Enter an article: its sentences and hashes into the tables, and a sheet of claims to fill.

    Parameters
    ----------
    tables : Tables
        The tables as they stand in their folder, into whose files the rows go.
    path : str or pathlib.Path
        The text, UTF-8, one paragraph per line; nothing of it is stored.
    source_id : str
        Its row in the table of sources.
    sheet : str or pathlib.Path
        The sheet to write: the columns of the table of claims, one row for each sentence.

    Returns
    -------
    str
        What was written.

    Raises
    ------
    DataError
        If the text is none, the source is unknown, has sentences already, or has neither
        ``article_day`` nor a full date of publication; or if the sheet is there already.
    """
    text = read_text(path)
    folder = tables.folder
    label = f"{folder.name}/sources.csv"
    if source_id not in tables.sources.index:
        message = "is not in the table; add the row of the article's source first."
        raise DataError([Problem(label, source_id, "source_id", message)])
    if (tables.sentences["source_id"] == source_id).any():
        message = "has sentences already; remove them from sentences.csv to read it again."
        raise DataError([Problem(label, source_id, "", message)])
    source = tables.sources.loc[source_id]
    given = (
        str(source["article_day"])[:10] if source["article_day"] == source["article_day"] else ""
    )
    try:
        day = date.fromisoformat(given or source["published_edtf"]).isoformat()
    except ValueError:
        message = "is empty, and so is the day of publication; expected the day it speaks from."
        raise DataError([Problem(label, source_id, "article_day", message)]) from None
    if Path(sheet).exists():
        message = "is there already; move it away, or name another with --sheet."
        raise DataError([Problem(str(sheet), "", "", message)])
    cut = sentences(text)
    content = Path(path).read_bytes()
    sources = table_cells(folder / "sources.csv")
    [row] = [row for row in sources if row[0] == source_id]
    for column, cell in (("article_day", day), ("text_sha256", sha256(content))):
        row[sources[0].index(column)] = cell
    first = next_number(tables.sentences.index)
    told = table_cells(folder / "sentences.csv")
    if not told:
        told.append(["sentence_id", "source_id", "paragraph", "sentence", "text_sha256"])
    columns = {name: at for at, name in enumerate(told[0])}
    for number, (place, sentence) in enumerate(cut.items(), first):
        cells = [f"ST-{number:03}", source_id, *map(str, place), sha256(sentence.encode())]
        new = dict(
            zip(
                ("sentence_id", "source_id", "paragraph", "sentence", "text_sha256"),
                cells,
                strict=True,
            )
        )
        told.append([new[name] for name in columns])
    header = ["claim_id", "source_id", *CLAIM_COLUMNS, "date_basis"]
    first = next_number(tables.claims.index)
    rows = [
        [f"CL-{number:03}", source_id, *map(str, place), *[""] * (len(header) - 4)]
        for number, place in enumerate(cut, first)
    ]
    write_text(sheet, as_csv([header, *rows]))
    write_text(folder / "sentences.csv", as_csv(told))
    write_text(folder / "sources.csv", as_csv(sources))
    paragraphs = max(paragraph for paragraph, _ in cut)
    return (
        f"{folder / 'sentences.csv'}: {len(cut)} sentences of {paragraphs} paragraphs.\n"
        f"{folder / 'sources.csv'}: {source_id} speaks from {day}.\n"
        f"{sheet}: a row for each sentence, to be filled."
    )


# What a reader of an article fills in; the columns of a reading.
CLAIM_COLUMNS = (
    "paragraph", "sentence", "quote", "statement_en", "attributed_to", "modality", "theme",
    "date_as_stated", "date_edtf",
)  # fmt: skip


def next_number(keys: Iterable[str]) -> int:
    """Return the next free running number after those of some keys."""
    return max((int(key.partition("-")[2]) for key in keys), default=0) + 1


def hold_against(tables: Tables, path: str | Path, source_id: str = "") -> str:
    """Return what an audit of the tables against an article's text found sound.

    Parameters
    ----------
    tables : Tables
        The tables.
    path : str or pathlib.Path
        A copy of the article, UTF-8, one paragraph per line.
    source_id : str, optional
        Key of the article; the first without it.

    Returns
    -------
    str
        One line per thing counted.

    Raises
    ------
    DataError
        If anything is open: a sentence that is not the one that was read, a phrase not in its
        sentence, a sentence no claim covers, a claim without a check, a check, event or figure
        without a source, a source that nothing cites.
    """
    text = read_text(path)
    hashed = tables.sources.index[tables.sources["text_sha256"] != ""]
    source_id = source_id or next(iter(hashed), "")
    if source_id not in hashed:
        message = "the tables hold no such article; there is nothing to hold it against."
        raise DataError([Problem(str(path), "", "", message)])
    others = frozenset(tables.claims.index[tables.claims["source_id"] != source_id])
    whole, tables = (
        tables,
        replace(
            tables,
            sentences=tables.sentences[tables.sentences["source_id"] == source_id],
            claims=tables.claims.drop(list(others)),
            checks=tables.checks[~tables.checks.index.isin(others)],
        ),
    )
    given = sentences(text)
    pairs = _pairs(tables, given)
    problems = [
        *_sentence_faults(pairs, given, str(path)),
        *_claim_faults(tables, pairs, given),
        *_table_faults(tables, whole),
    ]
    if problems:
        raise DataError(problems)
    same = sha256(Path(path).read_bytes()) == tables.sources.at[source_id, "text_sha256"]
    verdicts = tables.checks["verdict"].value_counts()
    outcome = ", ".join(
        f"{verdicts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items()
    )
    return "\n".join(
        (
            "The text is the one that was read"
            + (" (SHA-256)." if same else ", sentence by sentence; its white space differs."),
            f"{len(given)} of {len(given)} sentences covered.",
            f"{len(tables.claims)} claims, each phrase in its sentence.",
            f"{len(tables.checks)} of {len(tables.claims)} claims checked: {outcome}.",
            f"{len(tables.sources)} sources, each cited.",
            f"{len(tables.events)} events and {len(tables.figures)} figures, each with a claim "
            "or source.",
        )
    )


def _pairs(tables: Tables, given: dict[Place, str]) -> Pairs:
    """Return each sentence that was read with its place in the text, and whether it is the same.

    The two are aligned as a diff would, so that a headline or a lost line break does not shift all
    that follows. None stands where one side has no such sentence.
    """
    read = tables.sentences.sort_values(["paragraph", "sentence"])
    there = list(zip(read["paragraph"], read["sentence"], strict=True))
    here = list(given)
    hashes = [sha256(sentence.encode()) for sentence in given.values()]
    blocks = SequenceMatcher(None, read["text_sha256"].tolist(), hashes, autojunk=False)
    return [
        (before, after, kind == "equal")
        for kind, start, end, begin, stop in blocks.get_opcodes()
        for before, after in zip_longest(there[start:end], here[begin:stop])
    ]


def _sentence_faults(pairs: Pairs, given: dict[Place, str], label: str) -> Iterator[Problem]:
    """Yield each sentence in which the text is not the one that was read."""
    for before, after, same in pairs:
        if after is None:
            yield Problem(label, _where(before), "", "is missing from the text.")
        elif before is None:
            message = f"'{_start(given[after])}' is not in the text that was read."
            yield Problem(label, _where(after), "", message)
        elif not same:
            message = f"'{_start(given[after])}' is not the sentence that was read (SHA-256)."
            yield Problem(label, _where(after), "", message)


def _claim_faults(tables: Tables, pairs: Pairs, given: dict[Place, str]) -> Iterator[Problem]:
    """Yield each phrase that is not in its sentence, and each sentence without a claim."""
    folder, covered = tables.folder.name, set()
    texts = {before: given[after] for before, after, _ in pairs if after}
    for row in tables.claims.itertuples():
        place = (row.paragraph, row.sentence)
        covered.add(place)
        if row.quote not in texts.get(place, ""):
            message = f"'{row.quote}' does not stand in {_where(place)}."
            yield Problem(f"{folder}/claims.csv", row.Index, "quote", message)
    for row in tables.sentences.itertuples():
        if (row.paragraph, row.sentence) not in covered:
            message = f"{_where((row.paragraph, row.sentence))} is covered by no claim."
            yield Problem(f"{folder}/sentences.csv", row.Index, "", message)


def _where(place: Place) -> str:
    """Return a place of the article in words."""
    return f"paragraph {place[0]}, sentence {place[1]}"


def _start(sentence: str) -> str:
    """Return the first words of a sentence, for messages."""
    words = sentence.split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")


def _table_faults(tables: Tables, whole: Tables) -> Iterator[Problem]:
    """Yield what the tables leave open: claims of the article, sources and rows of all."""
    folder = tables.folder.name
    for claim_id in tables.claims.index.difference(tables.checks.index):
        yield Problem(f"{folder}/checks.csv", claim_id, "claim_id", "the claim has no check.")
    cited = {
        key
        for frame in (whole.checks, whole.events, tables.figures)
        for cell in frame["source_ids"]
        for key in cell
    } | set(whole.claims["source_id"])
    for source_id in tables.sources.index.difference(list(cited)):
        yield Problem(f"{folder}/sources.csv", source_id, "source_id", "nothing cites the source.")
    for name, frame in (("events", tables.events), ("figures", tables.figures)):
        for row in frame.itertuples():
            if not row.claim_ids and not row.source_ids:
                message = "rests on no claim and no source."
                yield Problem(f"{folder}/{name}.csv", row.Index, "source_ids", message)
