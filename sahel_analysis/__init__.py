"""Sourced, parameterised briefings on the French withdrawal from the Sahel.

Public names load what they need on first use, so that importing the package stays cheap.
"""

from importlib import import_module

_PUBLIC = {
    "load_tables": "tables",
    "load_sources": "tables",
    "load_sentences": "tables",
    "load_claims": "tables",
    "load_checks": "tables",
    "load_events": "tables",
    "load_figures": "tables",
    "load_actors": "tables",
    "load_countries": "tables",
    "load_places": "tables",
    "load_judgements": "tables",
    "world": "evidence",
    "posture": "posture",
    "posture_series": "posture",
    "Report": "report",
    "explore": "atlas",
}
__all__ = sorted(_PUBLIC)


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
