"""Which Chinese characters sound alike, from the readings that pypinyin has.

Its file is read without importing the package, which would load 60 MB of phrases.
"""

import json
import unicodedata
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 0x3400, 0x9FFF
"""Code points of the characters whose readings are kept."""


def homophones(character: str) -> list[str]:
    """The other characters whose usual reading is the same but for the tone; none if the reading is unknown."""
    place = ord(character) - FIRST
    if not 0 <= place <= LAST - FIRST or not (syllable := _syllables()[place]):
        return []
    alike = np.flatnonzero(_syllables() == syllable) + FIRST
    return [chr(code) for code in alike.tolist() if chr(code) != character]


@cache
def _syllables() -> NDArray[np.int16]:
    """The number of each character's syllable, 0 if it is unknown: 55 kB, where the file as a dictionary takes 7 MB."""
    file = Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    numbers: dict[str, int] = {}
    syllables = np.zeros(LAST - FIRST + 1, np.int16)
    for code, readings in json.loads(file.read_text("utf-8")).items():
        if FIRST <= int(code) <= LAST:
            syllable = _without_tone(readings.partition(",")[0])
            syllables[int(code) - FIRST] = numbers.setdefault(syllable, len(numbers) + 1)
    return syllables


@cache
def _without_tone(reading: str) -> str:
    """The syllable without the mark of its tone; the dots of "ü" stay."""
    return "".join(
        mark
        for mark in unicodedata.normalize("NFD", reading)
        if mark == "\u0308" or not unicodedata.combining(mark)
    )
