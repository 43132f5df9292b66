"""Linked open data about a city's international relations: from prose to a served dataset."""

__version__ = "0.1.0"
