"""Sourced, parameterised briefings on the French withdrawal from the Sahel.

Public names load what they need on first use, so that importing the package stays cheap.
"""

from importlib import import_module

_PUBLIC = {
    "load_tables": "tables.loading",
    "load_claims": "tables.loading",
    "load_checks": "tables.loading",
    "load_events": "tables.loading",
    "load_figures": "tables.loading",
    "record": "evidence.record",
    "posture": "evidence.posture",
    "posture_series": "evidence.posture",
    "plot_map": "figures.maps",
    "plot_timeline": "figures.timelines",
    "plot_force_levels": "figures.forces",
    "plot_verdicts": "figures.verdicts",
    "Report": "report.report",
    "explore": "atlas.page",
    "SahelError": "errors",
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
