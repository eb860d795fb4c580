"""Tests of the README and the documentation: commands run, links have targets, tables match the code."""
