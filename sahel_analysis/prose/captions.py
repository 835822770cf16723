"""What a map says in one sentence."""

from __future__ import annotations

import pandas as pd

from ..tables.vocabulary import EXHIBITS, POSTURE_THEMES
from .words import capital, counted


def map_finding(posture: pd.DataFrame, *, exhibit: str) -> str:
    """Return the one sentence a reader should take away from a map.

    Parameters
    ----------
    posture : pandas.DataFrame
        The rows drawn.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    """
    known, columns = posture[posture["covered"]], EXHIBITS[exhibit]
    if len(known) == 1:
        # Of one country a share says nothing; its states do.
        states = [POSTURE_THEMES[theme].states[known.iloc[0][theme]].label for theme in columns]
        return f"{capital('; '.join(states))}."
    halves = []
    if "french_posture" in columns:
        gone = int(known["french_posture"].isin(["leaving", "withdrawn"]).sum())
        halves.append(f"French forces are leaving or have left {_of(gone, len(known))}")
    if "russian_engagement" in columns:
        deployed = int((known["russian_engagement"] == "deployed").sum())
        halves.append(f"Russian personnel are deployed in {_of(deployed, len(known))}")
    return "; ".join(halves) + "."


def _of(number: int, total: int) -> str:
    """Return a share of the countries covered."""
    return (
        f"{number or 'none'} of {counted(total, 'country', 'countries')} covered"
        if total
        else "no country covered"
    )
