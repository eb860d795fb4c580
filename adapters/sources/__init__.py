"""Fetches notes from Readwise's API and from a git repository. It does not know chat platforms or questions."""
