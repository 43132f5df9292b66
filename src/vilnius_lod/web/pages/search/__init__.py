"""What can be searched for, and how a search finds it."""
