"""What brings notes in by itself: Readwise's API and a git repository. Knows nothing of the chat platforms or of questions."""
