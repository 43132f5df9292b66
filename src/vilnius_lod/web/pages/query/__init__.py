"""The contents of the query page: examples, code, results, charts, and hints on limits of the engine."""
