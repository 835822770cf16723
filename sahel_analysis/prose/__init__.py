"""Prose: rows to sentences, as Markdown."""
