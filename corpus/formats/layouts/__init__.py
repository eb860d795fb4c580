"""One file for each layout of notes: by what it is recognised, and what is its own. They are found by themselves.

A new layout is one file here with a `LAYOUT`. What weighs evidence (`corpus.formats.outline`) does not
change for it.
"""
