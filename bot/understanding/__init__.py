"""What a question means: its phrasing, the names in it and its spelling, as an `Intent`. It knows no answer.

phrasing.py   "hey, do we have anything on …" is not searched
entities.py   authors and titles of the library, recognised even if misspelt
spelling.py   misspelt words, corrected to words that the library has
homophones.py Chinese characters typed for others of the same sound
intent.py     puts these together
"""
