"""Licences of everything installed beside this package: ``python -m sahel_analysis.publishing.licences``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from typing import NamedTuple

# A program inside a wheel, of which the wheel's metadata say nothing; it is run, not linked to.
_INSIDE = {"pypandoc_binary": ("pandoc", "GPL-2.0-or-later")}


class Licence(NamedTuple):
    """Under which terms one distribution may be used."""

    name: str
    version: str
    terms: str


def licences() -> list[Licence]:
    """Return the licence of every installed distribution, by name.

    Returns
    -------
    list of Licence
        ``terms`` is the SPDX expression where there is one, else what the classifiers, the licence
        field or the first line of the licence file say; empty where nothing is said.
    """
    found = {dist.metadata["Name"].lower(): dist for dist in distributions()}
    return [row for name in sorted(found) for row in _rows(found[name])]


def _rows(dist: Distribution) -> Iterator[Licence]:
    """Yield the licence of a distribution and of a program that it holds."""
    name, version = dist.metadata["Name"], dist.version
    yield Licence(name, version, _terms(dist))
    if name in _INSIDE:
        program, terms = _INSIDE[name]
        yield Licence(f"{name}: {program}", version, terms)


def _terms(dist: Distribution) -> str:
    """Return what a distribution says of its licence."""
    told = dist.metadata
    if expression := told.get("License-Expression"):
        return expression
    classifiers = [
        line.rsplit(" :: ", 1)[1]
        for line in told.get_all("Classifier", [])
        if line.startswith("License :: ") and not line.endswith(":: OSI Approved")
    ]
    if classifiers:
        return " or ".join(classifiers)
    lines = (told.get("License") or "").splitlines()
    files = [file for file in dist.files or [] if file.name.upper().startswith("LICEN")]
    lines += [line for file in files[:1] for line in file.read_text("utf-8").splitlines()]
    return next((line.strip() for line in lines if line.strip()), "")


if __name__ == "__main__":
    rows = licences()
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, version, terms in rows:
        print(f"{name:<{widths[0]}}  {version:<{widths[1]}}  {terms}")  # noqa: T201
