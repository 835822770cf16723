"""Sourced, parameterised briefings on the French withdrawal from the Sahel."""
