"""Worker: what runs an order, named without importing what it takes to run it.

The build only hands orders on; the workers import the rest before they are forked.
"""

from __future__ import annotations

import sys

from .jobs import Order, Outcome

# jsonschema's optional check of international addresses builds a grammar for a second on import;
# a notebook's schema asks for no such check, and jsonschema does without what it cannot import.
sys.modules.setdefault("rfc3987_syntax", None)


def run(order: Order) -> Outcome:
    """Run one job; see `runs.run`."""
    from .runs import run as run_here

    return run_here(order)
