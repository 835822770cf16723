"""Loaders: one function per table, each a label that says what a row is and what is left out.

Columns, types and closed lists stand in the codebook, ``data/README.md``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .loading import load_tables


def load_sources(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the sources: one row is one document, the article or one that bears on it.

    Reliability letters (Admiralty A to F) are our judgement of the publisher, with the reason
    beside them. Addresses stand only where the host is the publisher's own. Documents that were
    only heard of are left out. Key: ``source_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``sources.csv``, indexed by ``source_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_sources().loc["S-001", ["source_type", "reliability"]].to_list()
    ['news_outlet', 'D']
    """
    return load_tables(folder).sources


def load_sentences(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the sentences: one row is one sentence of the article, as place and hash.

    The hashes let a reader's own copy be compared sentence by sentence. The sentences themselves
    are left out. Key: ``sentence_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``sentences.csv``, indexed by ``sentence_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_sentences().loc["ST-001", ["paragraph", "sentence"]].to_list()
    [1, 1]
    """
    return load_tables(folder).sentences


def load_claims(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the claims: one row is one atomic assertion of the article, right or wrong.

    Made by two independent readings and a settlement of their differences. The article's text is
    left out but for a phrase of 3 to 12 words per claim. Key: ``claim_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``claims.csv``, indexed by ``claim_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_claims().at["CL-040", "quote"]
    'Chad, which expelled the French troops'
    """
    return load_tables(folder).claims


def load_checks(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the checks: one row is what independent sources say of one claim.

    Credibility is Admiralty 1 to 6; 1 needs two sources. Key: ``claim_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``checks.csv``, indexed by ``claim_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_checks().at["CL-040", "verdict"]
    'contradicted'
    """
    return load_tables(folder).checks


def load_events(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the events: one row is one dated occurrence, told by the article or by references.

    Article rows stand as the article has them, wrong ones included. Fighting and casualties are
    left out. Key: ``event_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``events.csv``, indexed by ``event_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_events().loc["EV-012", ["date_edtf", "event_type", "iso3"]].to_list()
    ['2023-04', 'withdrawal_completed', ('TCD',)]
    """
    return load_tables(folder).events


def load_figures(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the figures: one row is one quantity, as low, best and high where stated.

    Nothing is interpolated or rounded. The column ``unit`` says what is counted. Key: ``figure_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``figures.csv``, indexed by ``figure_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> troops = load_figures().loc["FG-001"]
    >>> print(troops["qualifier"], troops["best"], troops["unit"])
    about 5000.0 people
    """
    return load_tables(folder).figures


def load_actors(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the actors: one row is a state, force, mission, bloc, organisation or office holder.

    What a child does counts as done by its parent. Key: ``actor_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``actors.csv``, indexed by ``actor_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_actors().at["aes_unified_force", "parent_id"]
    'alliance_of_sahel_states'
    """
    return load_tables(folder).actors


def load_countries(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the countries: one row is one country that some row names.

    ``in_scope`` marks those the reports follow; labels stand at ``label_lon`` and ``label_lat``,
    degrees, WGS 84. The key is ISO 3166-1 alpha-3. Key: ``iso3``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``countries.csv``, indexed by ``iso3``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_countries().at["NER", "name_en"]
    'Niger'
    """
    return load_tables(folder).countries


def load_places(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the places: one row is a capital, base or town, with how exactly it is known.

    Coordinates are degrees, WGS 84. Key: ``place_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``places.csv``, indexed by ``place_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_places().loc["abeche", ["iso3", "precision"]].to_list()
    ['TCD', 'town']
    """
    return load_tables(folder).places


def load_judgements(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the key judgements: one row is one judgement of ours, with basis and rival reading.

    Each carries a likelihood or a confidence, never both. Key: ``judgement_id``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A data folder of your own; the package's data without it.

    Returns
    -------
    pandas.DataFrame
        ``judgements.csv``, indexed by ``judgement_id``, typed as in `tables.Tables`.

    Raises
    ------
    DataError
        If any table of the folder is wrong, with every fault.

    Examples
    --------
    >>> load_judgements().loc["KJ-001", ["scope", "likelihood"]].to_list()
    ['region', 'very_likely']
    """
    return load_tables(folder).judgements
