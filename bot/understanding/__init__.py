"""What a question means: its phrasing, the names in it and its spelling, as an intent. It knows no answer."""
