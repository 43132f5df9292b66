"""What the service tells of itself: a line for each request, and counts."""
