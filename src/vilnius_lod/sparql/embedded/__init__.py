"""The embedded engine: pyoxigraph in worker processes that can be killed."""
