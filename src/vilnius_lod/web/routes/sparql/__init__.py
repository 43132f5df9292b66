"""``/sparql``: the SPARQL 1.1 Protocol, the query form, and the service description."""
