"""The README and the documentation cannot rot: commands run, links lead somewhere, tables are the code's."""
