"""Plans as data: one file for each."""
