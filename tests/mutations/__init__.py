"""Takes guards out of the program, one at a time, and sees that tests fail: `python -m tests.mutations`.

The list is the table in `tests/FAULTS.md`: each row whose guard and change are both given as code. The others are done by hand.
"""
