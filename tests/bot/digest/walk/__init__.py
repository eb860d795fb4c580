"""A simulation of two years of digests: see `__main__.py`."""
