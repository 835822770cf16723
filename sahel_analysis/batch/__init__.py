"""Batch: many reports at once, from a list of jobs to a folder with its index."""
