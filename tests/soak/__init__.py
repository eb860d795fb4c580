"""The soak test, see `__main__.py`."""
