"""Benchmarks: how well and how fast passages are found, compared with other engines."""
