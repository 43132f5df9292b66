"""Input files, read strictly: CSV and TOML, with the place of every problem."""
