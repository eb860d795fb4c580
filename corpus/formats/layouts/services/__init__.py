"""Layouts of services that collect highlights, and of their plugins: Readwise, Hypothesis, Snipd, and others."""
