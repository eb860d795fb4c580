"""Text as strings: tokens, stems, stop words, languages, sentences, safe links and safe characters.

It knows no index and no library.
"""
