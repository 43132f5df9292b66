"""The website and its services. Reads a snapshot, and nothing else."""
