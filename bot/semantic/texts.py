"""Prepares texts for tokenizers."""


def encodable(text: str) -> str:
    """The text without lone surrogates, which tokenizers reject."""
    return text.encode("utf-8", "replace").decode("utf-8")
