"""One file for each layout of notes: how it is recognised, and how it differs from others.

The folders say who writes such notes: e-readers, reading apps, services, or notebooks. A new layout is one file here with a
`LAYOUT`; it is found automatically. The common reader (`corpus.formats.outline`) need not change for it.
"""
