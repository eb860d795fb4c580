"""The terminal as a platform, and the command line, where all is put together."""
