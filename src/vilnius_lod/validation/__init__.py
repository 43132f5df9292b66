"""SHACL validation of the graphs, and its results for people and programs."""
