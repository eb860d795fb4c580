"""Layouts of note-taking and reference programs (Logseq, Roam, Zotero, and others), and of notes kept by hand."""
