"""Analects: answers questions with passages from reading highlights, word for word."""

__version__ = "0.1.0"
