"""One file per layout of notes: how its text becomes highlights. Knows nothing of folders or of other notes."""
