"""SPARQL behind one door. The only room that knows pyoxigraph."""
