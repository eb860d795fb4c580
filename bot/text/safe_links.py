"""Decides which addresses in notes may become links. Anyone may have written them, and people click on them."""

import re
from urllib.parse import urlsplit

MAX_ADDRESS_CHARS = 3_000
"""Longer addresses are not linked."""

_UNSAFE = re.compile(r"[\s|<>\"\\^`{}\x00-\x20\x7f-\x9f]")
_LIKE_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)(\S+)", re.IGNORECASE)
_LIKE_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def web(address: str | None, max_chars: int = MAX_ADDRESS_CHARS) -> str | None:
    """The address if it is http or https, names a host and hides nothing; else None.

    Refused are blanks, control characters, characters that end a link in any markup, a name before the host
    (`bank.com@evil.example`), and addresses that `urlsplit` considers broken.
    """
    if not address or len(address) > max_chars or _UNSAFE.search(address) or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        broken = parts.port == 0
    except ValueError:
        return None
    if broken or parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return address if any(c.isalnum() for c in parts.hostname) else None


def honest(label: str, address: str) -> bool:
    """Whether a label may be linked to the address: not if it looks like the address of another host."""
    named = [found[1] for found in _LIKE_ADDRESS.finditer(label)]
    if _LIKE_HOST.fullmatch(label.strip()):
        named.append(label.strip())
    return all(_host(one) == _host(urlsplit(address).netloc) for one in named)


def _host(address: str) -> str:
    return re.split(r"[/?#:]", address.lower().removeprefix("www."), maxsplit=1)[0]
