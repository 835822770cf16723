"""Promises about arguments: what a public function cannot take, it refuses by an error of the package."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sahel_analysis
from sahel_analysis.errors import SahelError

NAMES = [name for name in dir(sahel_analysis) if name != "SahelError"]
SOUND = {"as_of": "2023-12-04", "dates": ["2023-12-04"], "title": "Trial"}
OF_REPORTS = ("as_of", "evidence", "countries", "country")


class AlwaysEqual(str):
    """A text that claims to be any other."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


ODD = st.sampled_from(
    [
        None, "", " ", 0, 1, -1, 1.5, float("nan"), True, 10**400, b"NER", [], ["a"], [None], {},
        {"a": 1}, ("NER",), {"NER"}, range(3), object(), type, len, AlwaysEqual("zz"), pd.NaT,
        pd.DataFrame(), pd.Series(["NER"]), np.datetime64("2023-12-04"), timedelta(1),
        datetime(2023, 12, 4, 23, 59, tzinfo=UTC), "today", "now", "2023", "2023-12", "20231204",
        "../2023-12-04", "04/12/2023", "-2023-12-04", "\uff12\uff10\uff12\uff13-12-04", "checked",
        "NER", "x" * 3_000, "a\0b", "\udcff", '1px" onload="x', "../..", "/dev/zero", "/dev/null",
    ]
) | st.text(max_size=5) | st.integers() | st.floats() | st.dates()  # fmt: skip


def parameters(name: str) -> list[str]:
    """Return the names of what a public function takes."""
    taken = inspect.signature(getattr(sahel_analysis, name)).parameters.values()
    named = [p.name for p in taken if p.kind is not p.VAR_KEYWORD]
    return [*named, *OF_REPORTS] if name == "Report" else named


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_argument_is_taken_or_refused_in_a_sentence(name, tables):
    """Never by an error of Python's, pandas' or matplotlib's own."""
    public, taken = getattr(sahel_analysis, name), parameters(name)
    sound = {key: value for key, value in SOUND.items() if key in taken}
    sound |= {"tables": tables} if "tables" in taken else {}

    @settings(max_examples=8, deadline=None)
    @given(st.sampled_from(taken), ODD)
    def hold(argument: str, value: object) -> None:
        try:
            public(**{**sound, argument: value})
        except SahelError as refused:
            assert isinstance(refused, ValueError)  # noqa: PT017
            assert all(line.isprintable() for line in str(refused).splitlines())  # noqa: PT017
        finally:
            plt.close("all")

    hold()
