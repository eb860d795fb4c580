"""Removes guards from the program, one at a time, and checks that a test fails: `python -m tests.mutations`.

The guards come from the table in `tests/FAULTS.md`: each row that gives both the guard and its replacement as code. The other rows
are tried by hand.
"""
