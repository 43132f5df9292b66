"""Tables to typed records. No RDF, no HTTP."""
