"""A deployed catalogue as a portal meets it: profiles, addresses, sizes, checksums, points."""
