"""Layouts of reading apps: Kindle, Apple Books, WeRead, and others. They depend on no other folder of layouts."""
