"""How each layout of notes is read, a file each. Text in, highlights out; no file system and no settings."""

READER_VERSION = 6
"""Raise it by one whenever the same note is read differently. Caches of another version are not used.

`tests/corpus/test_reader_version.py` fails when the readers' output changes and this number does not.
"""
