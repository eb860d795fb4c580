"""Numbers that look random and are the same in every process, on every machine and in every version."""

from hashlib import blake2b


def stable_hash(name: str, salt: str) -> int:
    """A whole number from 0 to 2**32 - 1, uniformly distributed over names and over salts."""
    text = f"{salt}\0{name}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=4).digest())
