"""What every test can ask for: the tables as they stand, and a reader's copy of the article."""

import os
from pathlib import Path

import pytest
from browser import chromium, open_page  # noqa: F401
from hypothesis import HealthCheck, settings

from sahel_analysis.tables.loading import Tables, load_tables

# `make test-all` tries the same examples each time, `make fuzz` new ones, and says how to repeat them.
_EVERY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("short", max_examples=360, derandomize=True, database=None, **_EVERY)
settings.register_profile("long", max_examples=7_000, print_blob=True, database=None, **_EVERY)
settings.load_profile("short")


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Return the package's own tables."""
    return load_tables()


@pytest.fixture(scope="session")
def atlas_page(tables) -> bytes:
    """Return the atlas."""
    from sahel_analysis.atlas.page import atlas_html

    return atlas_html(tables)


@pytest.fixture(scope="session")
def article() -> Path:
    """Return a copy of the article, which the repository does not hold."""
    if "SAHEL_ARTICLE" not in os.environ:
        pytest.skip("SAHEL_ARTICLE names no copy of the article")
    return Path(os.environ["SAHEL_ARTICLE"])
