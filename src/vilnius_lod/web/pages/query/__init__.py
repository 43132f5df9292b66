"""What the query page shows: examples, code, results, charts, and hints on what the engine leaves out."""
