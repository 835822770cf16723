"""Worker: what every worker process has imported before it is forked."""

from __future__ import annotations

import sys

# jsonschema's optional check of international addresses builds a grammar for a second on import;
# a notebook's schema asks for no such check, and jsonschema does without what it cannot import.
sys.modules.setdefault("rfc3987_syntax", None)

from .runs import run  # noqa: E402

__all__ = ["run"]
