"""The steps that bring the tables up to date, by number."""
