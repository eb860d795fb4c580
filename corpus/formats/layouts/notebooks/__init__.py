"""What programs for notes and references write (Logseq, Roam, Zotero, and others), and notes that are kept by hand."""
