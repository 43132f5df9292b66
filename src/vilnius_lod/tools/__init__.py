"""Audits of published catalogues and links: clients, no part of publishing."""
