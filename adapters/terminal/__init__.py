"""The terminal as a platform, and the command line, which starts everything."""
