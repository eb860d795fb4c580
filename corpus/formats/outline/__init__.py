"""Reads notes whose layout has no reader of its own. `lines` gathers lines into blocks; `roles` decides whose words a block is.

read        reads a note, or a part of it, into passages
lines       gathers lines into blocks. It is the last of a chain of classes; each reads one kind of line and extends the next:
              multi_line   comments, code fences, a second front matter, tables
              headings     headings and rules
              items        bullets, numbers, paragraphs
              quotes       block quotes
              callouts     the first lines of callouts
              blocks       links, tags and labels below a passage
              place_lines  lines with nothing but a location or a date
              open_blocks  the block that is still open, and hints from the note as a whole
left_lines  empties lines that plugins and templates leave between the passages
arrows      remarks after an arrow, in people's own templates
nested      moves passages below another bullet to the margin
places      reads a location and a date from such a line
parts       splits a note with several sources
sections    headings that announce properties, a whole text, or the reader's own writing
roles       decides whether a block is a passage, a remark, or not understood
weights     gathers the evidence for that from all blocks of a note
"""
