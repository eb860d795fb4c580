"""How a note is read whose layout has no reader of its own: lines to blocks (`lines`), then whose words each block is (`roles`).

read        a note or a part of it to passages
lines       lines to blocks; on top of `items` (bullets, paragraphs), `quotes` (block quotes, callouts) and `blocks`
sections    what a heading says about what stands below it
roles       a block is a passage, a remark, or not understood
"""
