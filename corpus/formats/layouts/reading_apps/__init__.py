"""Layouts of reading devices and apps: Kindle, KOReader, Apple Books, and others. They depend on no other layouts."""
