"""Reads notes whose layout has no reader of its own: first lines to blocks (`lines`), then whose words each block is (`roles`).

read        a note or a part of it to passages
lines       lines to blocks; each of the following reads its kind of line, on top of the next:
              headings     headings and rules
              items        bullets, numbers, paragraphs
              quotes       block quotes and callouts
              blocks       links, tags and labels below a passage
              place_lines  lines with nothing but a place or a date
              open_blocks  the block that is open, and what the note as a whole says about its lines
nested      passages below another bullet, moved to the margin
places      what a line with nothing but a place says
sections    what the words of a heading say about what stands below it
roles       a block is a passage, a remark, or not understood
weights     what all blocks of a note say together about that
"""
