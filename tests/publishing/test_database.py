"""Promises about the SQLite file: its views say what the package says, in other engines too."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from datasette.app import Datasette

from sahel_analysis.evidence.bases import bases
from sahel_analysis.evidence.posture import posture
from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.publishing.database import VIEWS, write_sqlite

DAY = date(2023, 12, 4)


@pytest.fixture(scope="module", params=EVIDENCE)
def shown(request, tables):
    """Return each evidence on the day of the article."""
    return record(DAY, request.param, tables=tables)


@pytest.fixture(scope="module")
def path(shown, tmp_path_factory):
    """Return its database."""
    return write_sqlite(tmp_path_factory.mktemp("database") / "record.sqlite", shown)


def ask(path, query: str, *values: object) -> list[dict]:
    """Return the rows that a query finds."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, values)]


def test_the_view_of_posture_is_the_posture_of_every_day(path, shown, tables):
    """On drawn days, on the first and on the last."""
    first = date.fromisoformat(ask(path, "SELECT min(day) AS day FROM days")[0]["day"])
    drawn = random.Random(7).sample(range((DAY - first).days), 10)
    for day in [first, DAY, *(first + timedelta(days=number) for number in drawn)]:
        rows = ask(path, "SELECT * FROM posture_on WHERE day = ?", day.isoformat())
        expected = posture(day, shown.evidence, tables)
        assert sorted(row["iso3"] for row in rows) == sorted(expected.index)
        for row in rows:
            own = expected.loc[row["iso3"]]
            for side in ("french_posture", "russian_engagement"):
                assert row[side] == own[side], (day, row["iso3"])
                assert row[f"{side}_confirmed"] == int(own[f"{side}_confirmed"])
                assert (row[f"{side}_event_ids"] or "") == ";".join(own[f"{side}_event_ids"])


def test_the_view_of_bases_is_those_in_use(path, shown):
    """French and Russian."""
    found = {(row["side"], row["place_id"]) for row in ask(path, "SELECT * FROM bases_in_use")}
    expected = set()
    for root in ("france", "russia"):
        frame = bases(shown, root)
        expected |= {(root, place) for place in frame.index[frame["in_use"]]}
    assert found == expected


def test_the_view_of_claims_has_each_with_its_verdict(path, shown):
    """And no word of what came out later."""
    rows = ask(path, "SELECT * FROM claims_with_checks")
    assert {row["claim_id"]: row["verdict"] for row in rows} == {
        key: shown.tables.checks["verdict"].get(key) for key in shown.tables.claims.index
    }
    assert ask(path, "SELECT * FROM checks WHERE since_en IS NOT NULL") == []


def test_lists_are_joined_by_tables_of_their_own(path, shown):
    """Every member a row."""
    rows = ask(path, "SELECT * FROM events_actor_ids")
    expected = shown.events["actor_ids"].explode()
    assert sorted((row["event_id"], row["member"]) for row in rows) == sorted(expected.items())


def test_datasette_serves_the_views(path):
    """Filtered by a day, as JSON."""

    async def get() -> dict:
        served = Datasette([str(path)])
        address = "/record/posture_on.json?day=2023-12-04&_shape=array&_size=max"
        return (await served.client.get(address)).json()

    served = asyncio.run(get())
    assert {row["iso3"]: row["french_posture"] for row in served} == {
        row["iso3"]: row["french_posture"]
        for row in ask(path, "SELECT * FROM posture_on WHERE day = '2023-12-04'")
    }


def test_duckdb_runs_the_views_as_they_stand(path):
    """It reads them out of the file; its reader of SQLite is an addition that it fetches itself."""
    with closing(sqlite3.connect(path)) as database, duckdb.connect() as other:
        for name in ("days", "posture_spells", "claims", "checks", "bases"):
            other.register(name, pd.read_sql(f"SELECT * FROM {name}", database))
        for name in VIEWS:
            [(statement,)] = database.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?", (name,)
            )
            other.execute(statement.replace("CREATE VIEW", "CREATE TEMP VIEW"))
            count = f"SELECT count(*) FROM {name}"
            assert other.execute(count).fetchone() == database.execute(count).fetchone()


def test_equal_records_give_equal_bytes(path, shown, tmp_path):
    """Whenever they are written."""
    assert write_sqlite(tmp_path / "again.sqlite", shown).read_bytes() == path.read_bytes()
