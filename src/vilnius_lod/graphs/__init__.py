"""Records to triples: one module for each named graph."""
