"""The daily digest: what a channel set, when it is due, which highlights it brings, and that it comes once.

plan.py      what was set
command.py   `/highlight digest …` and the buttons below a digest, as meant
zones.py     names of time zones as people write them
schedule.py  when a plan is due
picking.py   which highlights are next, history.py of what was shown
choosing.py  quotes of them, out of the notes and the state
clerk.py     posts what is due, while it may (marks.py)
desk.py      answers commands and buttons
"""
