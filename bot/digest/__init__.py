"""The daily digest: posts what is due in a channel, once. It knows no platform by name.

picking.py    which highlights come next
chooser.py    quotes of them, from the notes and the stored history
publisher.py  looks for what is due (due_days.py)
poster.py     posts one digest, while it holds the lease (lease.py)
requests.py   answers commands and buttons

What a channel set, and when that is due: `bot.schedule`. How a command is typed: `bot.chat.digest_commands`.
"""
