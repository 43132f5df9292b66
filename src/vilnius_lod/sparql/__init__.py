"""Queries: guard, admission and errors, the embedded engine and remote ones, descriptions of things."""
