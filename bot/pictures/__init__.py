"""Quotes as pictures: a card with passage, author and title, drawn on this machine with the fonts that are installed.

`card` decides what stands where, `lines` breaks the passage, `drawing` makes a PNG of it with resvg, which shapes and joins
letters, puts right-to-left text in order and finds another font for what the first one lacks.
"""
