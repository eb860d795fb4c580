"""Reads notes in many layouts. Text comes in, highlights go out; nothing here knows the file system or the settings."""

READER_VERSION = 13
"""Raise it by one whenever the same note is read differently. Caches of another version are not used.

`tests/corpus/test_reader_version.py` fails when the readers' output changes and this number does not.
"""
