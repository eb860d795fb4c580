"""How wide something drawn is: the last column of a PNG with ink in it."""

import struct
import zlib


def ink_width(png: bytes) -> int:
    """Columns up to the last one that is not transparent. The picture has 8 bits of red, green, blue and opacity for each pixel,
    and its rows are filtered one by one (Portable Network Graphics, third edition, 9.2)."""
    columns, rows = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, size = zlib.decompress(data), columns * 4
    above, last = bytearray(size), 0
    for row in range(rows):
        begin = row * (size + 1)
        line = bytearray(raw[begin + 1 : begin + 1 + size])
        _unfilter(raw[begin], line, above)
        opacity = line[3::4].rstrip(b"\0")
        last, above = max(last, len(opacity)), line
    return last


def _unfilter(kind: int, line: bytearray, above: bytearray) -> None:
    for place, value in enumerate(line) if kind else ():
        left = line[place - 4] if place >= 4 else 0
        up, corner = above[place], above[place - 4] if place >= 4 else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = min(
                (abs(up - corner), 0, left),
                (abs(left - corner), 1, up),
                (abs(left + up - 2 * corner), 2, corner),
            )[2]
        line[place] = (value + guess) & 255
