"""The links to other datasets beside open gazetteers."""
