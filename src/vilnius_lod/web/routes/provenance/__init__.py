"""Where a fact comes from: the page, the tables, the evidence of others, the validation report."""
