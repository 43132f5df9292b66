"""Records to graph to verdict to snapshot. The only room that knows rdflib graphs and pySHACL."""
