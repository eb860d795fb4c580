"""Layouts that e-readers write: Kobo, KOReader, PocketBook, Boox."""
