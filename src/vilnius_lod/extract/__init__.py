"""A page to drafts of rows, and the rows against the page's words."""
