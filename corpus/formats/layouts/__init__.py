"""One file for each layout of notes: by what it is recognised, and what is its own. They are found by themselves, in rooms by who
writes such notes: reading_apps, services, notebooks.

A new layout is one file here with a `LAYOUT`. What weighs evidence (`corpus.formats.outline`) does not
change for it.
"""
