"""Sourced, parameterised briefings on the French withdrawal from the Sahel.

Public names load what they need on first use, so that importing the package stays cheap.
"""

import sys
from importlib import import_module
from types import ModuleType

_PUBLIC = {
    "load_tables": "tables",
    "load_sources": "loaders",
    "load_sentences": "loaders",
    "load_claims": "loaders",
    "load_checks": "loaders",
    "load_events": "loaders",
    "load_figures": "loaders",
    "load_actors": "loaders",
    "load_countries": "loaders",
    "load_places": "loaders",
    "load_judgements": "loaders",
    "world": "evidence",
    "posture": "posture",
    "posture_series": "posture",
    "Report": "report",
    "explore": "atlas",
}
__all__ = sorted(_PUBLIC)


class _Package(ModuleType):
    """A package whose public names are what they are said to be.

    Python binds a module to its name in the package when it is first imported, `posture` too.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _PUBLIC or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Return a public name from the module that holds it."""
    if name not in _PUBLIC:
        message = f"module 'sahel_analysis' has no attribute '{name}'"
        raise AttributeError(message)
    value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
