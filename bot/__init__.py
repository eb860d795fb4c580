"""Analects: answers questions with passages from reading highlights, word for word."""

__version__ = "0.2.0"
