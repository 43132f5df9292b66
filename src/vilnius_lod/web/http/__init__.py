"""Requests, negotiation, caching, responses and problems: independent of what the pages show."""
