"""Whether a note or a highlight is private, decided on the note's raw text alone: no layout is known here.

    tags.py        which names are private, and how they may be spelled
    marks.py       the private tags in a line: "#private", "[[private]]", "Tags: a, private"
    labels.py      how tag lists are labelled, by language
    properties.py private tags in front matter, and tag lists there that cannot be read
    outline.py     how far the tag of a line reaches: a passage, a block with its children, a section, the whole note
    scan.py        all of it for one note
    paths.py       PRIVATE_PATHS
    rules.py       both settings for one folder

What cannot be decided counts as private.
"""
