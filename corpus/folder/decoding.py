"""Decodes the bytes of a note, whatever program wrote them."""

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER = "\u0370-\u052f\u0590-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_OTHER_SCRIPT = re.compile(f"[{_OTHER}]")
_MIXED = re.compile(f"(?<=[A-Za-z])[{_OTHER}]|[{_OTHER}](?=[A-Za-z])")
_SAMPLE = 64 * 1024
_LEGACY = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "koi8_r",
]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with line feeds only, and what a person should know about its decoding."""

    text: str
    problem: str | None = None


def decode(data: bytes) -> Decoded | None:
    """The text of a note: UTF-8, UTF-16 or UTF-32 with a mark, UTF-16 without one, else a legacy encoding.

    None if the bytes are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, mark is not codecs.BOM_UTF8)
    if b"\0" in data:
        if (wide := _wide(data)) is not None:
            return _decoded(data, wide, True)
        if data.count(0) * 100 > len(data):
            return None
    try:
        return Decoded(_lines(data.decode("utf-8")))
    except UnicodeDecodeError:
        return _legacy(data)


def _decoded(data: bytes, encoding: str, odd: bool) -> Decoded:
    text = data.decode(encoding, "replace")
    problem = f"not UTF-8: read as {encoding.upper()}" if odd else None
    if "\ufffd" in text and "\ufffd".encode(encoding) not in data:
        problem = f"some bytes are no {encoding.upper()}: they are shown as U+FFFD"
    return Decoded(_lines(text), problem)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd * 10 > half * 4 and even * 20 < half:
        return "utf-16-le"
    if even * 10 > half * 4 and odd * 20 < half:
        return "utf-16-be"
    return None


def _legacy(data: bytes) -> Decoded:
    """Decodes bytes that are no UTF-8: as damaged UTF-8 if most of them are valid, else by the likeliest old encoding."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for byte in data if byte >= 0xC2) - bad
    if good > bad:
        return Decoded(_lines(text), "some bytes are no UTF-8: they are shown as U+FFFD")
    from charset_normalizer import from_bytes  # only for the rare note that needs it

    likely = from_bytes(data[:_SAMPLE], cp_isolation=_LEGACY)
    best = likely.best()
    encoding = best.encoding if best is not None else "cp1252"
    if any(one.encoding == "cp1252" and best is not None and one.chaos <= best.chaos for one in likely):
        encoding = "cp1252"  # if nothing tells them apart, the commonest
    found = data.decode(encoding, "replace")
    if _mixes_scripts(found):
        return Decoded(_lines(text), "some bytes are no UTF-8: they are shown as U+FFFD")
    return Decoded(_lines(found), f"not UTF-8: read as {encoding}")


def _mixes_scripts(text: str) -> bool:
    """Whether most letters of another script stand beside Latin ones within words: then bytes are damaged, and the encoding is
    wrong."""
    letters = len(_OTHER_SCRIPT.findall(text))
    return bool(letters) and len(_MIXED.findall(text)) * 2 >= letters


def _lines(text: str) -> str:
    """Line feeds as the only line ends; a carriage return alone ends lines only if the text has no other line ends."""
    if "\r" in text and "\n" not in text:
        return text.replace("\r", "\n")
    return text.replace("\r", "")
