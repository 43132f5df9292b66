"""Any SPARQL 1.1 endpoint over HTTP: queries, and loading a snapshot with a check of what it kept."""
