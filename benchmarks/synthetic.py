"""Write data folders with many events, plainly synthetic, to measure how the package grows.

    python benchmarks/synthetic.py FOLDER --rows 1000000

The events are drawn by chance and say of themselves that they are synthetic; the other tables are
the package's own, so that every key resolves. Judgements rest on events that are not in such a
folder, so their table is left empty. The same seed gives the same bytes, and a shorter table is
the beginning of a longer one.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data"
SEED = 20231204
_CHUNK = 10_000
_FIRST = np.datetime64("2000-01-01")
_DAYS = 26 * 365


def write_folder(folder: str | Path, rows: int, seed: int = SEED) -> Path:
    """Write a data folder with so many synthetic events, and return it.

    Parameters
    ----------
    folder : str or pathlib.Path
        A folder that does not exist yet.
    rows : int
        Number of events.
    seed : int
        Seed of the generator.
    """
    folder = Path(folder)
    shutil.copytree(DATA, folder)
    # What rests on the package's own events goes with them.
    for name in ("judgements", "phases", "narrative", "unknowns"):
        with (folder / f"{name}.csv").open("r+", encoding="utf-8") as file:
            file.readline()
            file.truncate(file.tell())
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    [events] = [entry for entry in package["resources"] if entry["name"] == "events"]
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field["name"] for field in events["schema"]["fields"]])
        kinds = _enum(events, "event_type")
        for start in range(0, rows, _CHUNK):
            # A chunk is always drawn whole, so that its rows do not depend on how many are wanted.
            drawn = _chunk(np.random.default_rng([seed, start // _CHUNK]), start, kinds)
            writer.writerows(drawn[: rows - start])
    return folder


def _chunk(rng: np.random.Generator, start: int, kinds: list[str]) -> list[tuple[str, ...]]:
    """Return one chunk of events, cell by cell in the order of the schema."""
    numbers = range(start, start + _CHUNK)
    countries = [row["iso3"] for row in _rows("countries") if row["in_scope"] == "true"]
    actors = [row["actor_id"] for row in _rows("actors")]
    # Half of what happens is done by those whose doings move a posture.
    movers = ["france", "operation_barkhane", "russia", "wagner", "africa_corps"]
    claims = [row["claim_id"] for row in _rows("claims")]
    sources = [row["source_id"] for row in _rows("sources")]
    places = [row for row in _rows("places") if row["iso3"] in countries]
    article = rng.random(_CHUNK) < 0.1
    return list(
        zip(
            (f"EV-{number:07}" for number in numbers),
            _dates(rng),
            _some(rng, kinds, 1, 1),
            _some(rng, ["military", "military", "civilian", "political"], 1, 1),
            *_where(rng, countries, places),
            _some(rng, [*actors, *movers * (len(actors) // len(movers))], 1, 2),
            _some(rng, actors, 0, 2),
            (f"Synthetic event {number}; it never happened." for number in numbers),
            np.where(article, "article", "reference").tolist(),
            np.where(article, _some(rng, claims, 1, 2), "").tolist(),
            np.where(article, "", _some(rng, sources, 1, 3)).tolist(),
            _same(rng, article, start),
            _some(rng, ["low", "moderate"], 1, 1),  # high would ask for sources that agree
            [""] * _CHUNK,  # known_from: public when it happened, whatever its sources' days
            ["Synthetic: public when it happened."] * _CHUNK,
            strict=True,
        )
    )


def _rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the package's own tables, as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _enum(resource: dict, name: str) -> list[str]:
    """Return the words that the schema allows in a column."""
    [field] = [field for field in resource["schema"]["fields"] if field["name"] == name]
    return field["constraints"]["enum"]


def _some(rng: np.random.Generator, pool: list[str], least: int, most: int) -> list[str]:
    """Return list cells, each of so many members of a pool."""
    counts = rng.integers(least, most, _CHUNK, endpoint=True).tolist()
    picks = rng.integers(0, len(pool), (_CHUNK, most)).tolist()
    return [
        ";".join(dict.fromkeys(pool[i] for i in pick[:count]))
        for count, pick in zip(counts, picks, strict=True)
    ]


def _dates(rng: np.random.Generator) -> list[str]:
    """Return EDTF strings: mostly days, some months, years, spans and guesses."""
    days = (_FIRST + rng.integers(0, _DAYS, _CHUNK)).astype(str).tolist()
    later = (_FIRST + _DAYS + rng.integers(0, 365, _CHUNK)).astype(str).tolist()
    forms = rng.choice(5, _CHUNK, p=[0.8, 0.1, 0.04, 0.03, 0.03]).tolist()
    return [
        (day, day[:7], day[:4], f"{day}/{end}", f"{day[:7]}~")[form]
        for day, end, form in zip(days, later, forms, strict=True)
    ]


def _where(
    rng: np.random.Generator, countries: list[str], places: list[dict[str, str]]
) -> tuple[list[str], list[str]]:
    """Return list cells of countries, and of every third event a place in one of them."""
    iso3s = _some(rng, countries, 1, 2)
    placed = (rng.random(_CHUNK) < 1 / 3).tolist()
    picks = rng.integers(0, len(places), _CHUNK).tolist()
    for number, pick in enumerate(picks):
        if placed[number]:
            iso3s[number] = places[pick]["iso3"]
    return iso3s, [
        places[pick]["place_id"] if here else "" for pick, here in zip(picks, placed, strict=True)
    ]


def _same(rng: np.random.Generator, article: np.ndarray, start: int) -> Iterator[str]:
    """Yield for a few reference events an earlier article event of the chunk that each retells."""
    told = np.flatnonzero(article)
    before = np.cumsum(article) - article
    again = (rng.random(_CHUNK) < 0.02) & ~article & (before > 0)
    picks = (rng.random(_CHUNK) * before).astype(int)
    for wanted, pick in zip(again.tolist(), picks.tolist(), strict=True):
        yield f"EV-{start + told[pick]:07}" if wanted else ""


def main() -> None:
    """Write one folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    print(write_folder(options.folder, options.rows, options.seed))


if __name__ == "__main__":
    main()
