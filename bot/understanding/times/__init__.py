"""Time in ordinary words: "last week", "since May", "between March and June 2024", "latest highlights".

    reading = read("what did I highlight last month?", date(2026, 11, 29))
    reading.after, reading.before      # 1 October, 1 November: half open
    reading.text                       # the question with blanks in place of these words

words.json      the words of each supported language
language.py     the words of one language as patterns
moments.py      the days that "last week" or "May" means, counted from a day
expressions.py  finds expressions of time in a text
reading.py      decides which of them say when something was highlighted

Why not a library: dateparser, which reads dates in all of these languages, finds "may" in "what may help", "march" in "the
march of folly", the sun for Sunday and "one second" in plain sentences; it gives one moment where a span of days is meant, and
knows neither "since" nor "latest". `tests/bot/understanding/test_times.py` has such sentences.
"""

from bot.understanding.times import moments
from bot.understanding.times.reading import Reading, read

__all__ = ["Reading", "moments", "read"]
