"""RDF terms, namespaces, and the writers of Turtle, JSON-LD and the other syntaxes."""
