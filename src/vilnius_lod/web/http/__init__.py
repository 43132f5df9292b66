"""How requests are understood and how answers travel: knows of no page and no fact."""
