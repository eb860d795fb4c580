"""Decides whether a note or a highlight is private, from the note's raw text alone. Nothing here knows a layout.

    tags.py        the private tags in every spelling
    marks.py       private tags in a line: "#private", "[[private]]", "Tags: a, private"
    remarks.py     bare words that are tags where they stand by themselves: "about Tom (private)"
    labels.py      the labels of tag lists, by language
    properties.py  private tags in front matter, and tag lists there that cannot be read
    tables.py      private rows of CSV files, and private values in JSON
    outline.py     how far a tag reaches: one passage, a block with its children, a section, or the whole note
    lines.py       the lines of a note that have a private tag
    scan.py        puts these together for one note
    names.py       what folders, file names and titles say
    paths.py       PRIVATE_PATHS
    rules.py       PRIVATE_TAGS and PRIVATE_PATHS, applied to the notes of one folder
    entries.py     reads both settings, and reports entries that look wrong

In doubt, a note counts as private.
"""
