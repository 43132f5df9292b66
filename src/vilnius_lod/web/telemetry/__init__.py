"""Logs (a line for each request) and metrics."""
