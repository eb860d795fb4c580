"""The network of `builtin`: Google's multilingual Universal Sentence Encoder (version 3), with numpy alone.

    tokens → embedding table (512 numbers each) → three convolutions over 2, 3 and 5 tokens → mean → four dense layers → 512 numbers

The architecture: Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019), its variant of a
convolutional network; details follow from the shapes of the weights. Weights and the tokenizer's table come from a package
(`catalog.BUILTIN`).

The embedding table has numbers of 6 bits. Four of them are packed into three bytes: 49 MB instead of 262 MB as floats.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bot.search.arrays import Bytes, Floats, Longs

WIDTH, CHANNELS = 512, 256
"""Length of a token's embedding, and of each convolution's output."""

CONVOLUTIONS = ((2, 0), (3, 1), (5, 2))
"""Tokens that each convolution sees, and how many of them stand before the token itself."""

MARGIN = 2
"""Empty rows between two texts, so that no convolution sees the text beside it."""

TABLES = 17
"""Parts of the embedding table. Token n is in part n modulo 17. Each part has its own scale."""

MAX_BATCH_TOKENS = 512
"""Tokens that are computed at once; about 12 MB of memory."""

_QUARTER = WIDTH // 4


class Encoder:
    """The network. It reads numbers of tokens, not text. Safe for use by several threads."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        """`weights` are the arrays of the package's file, read one at a time: "q1" to "q17" are the parts of the table."""
        first = np.asarray(weights["q1"])
        self._table = np.empty((TABLES * len(first), 3 * _QUARTER), np.uint8)
        for part in range(TABLES):
            self._table[part::TABLES] = _pack(np.asarray(weights[f"q{part + 1}"], np.uint8))
        self._scale = np.asarray(weights["scale"], np.float32)
        self._low = np.asarray(weights["lo"], np.float32)
        self._epsilon = np.float32(weights["eps"])
        orders = [order for order, _ in CONVOLUTIONS]
        self._project = np.concatenate([weights[f"proj{n}"] for n in orders], axis=1)
        self._project_bias = np.concatenate([weights[f"proj_b{n}"] for n in orders])
        self._project_norm = tuple(np.concatenate([weights[f"ln_{k}{n}"] for n in orders]) for k in "gb")
        self._layers = {
            n: ((weights[f"w1_{n}"], weights[f"b1_{n}"]), (weights[f"w2_{n}"], weights[f"b2_{n}"]))
            for n in orders
        }
        self._norm = (weights["ln_g"], weights["ln_b"])
        self._mean, self._mean_bias = weights["cnn_W"], weights["cnn_b"]
        self._dense = tuple(weights[name] for name in ("d0", "p1", "d1", "d2", "p3", "d3"))

    @property
    def tokens(self) -> int:
        """The number of different tokens."""
        return len(self._table)

    def encode(self, texts: Sequence[Sequence[int]]) -> Floats:
        """A vector of norm 1 for each text, given as numbers of tokens. Shape (texts, 512)."""
        result = np.empty((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        batch: list[int] = []
        tokens = 0
        for number in order:
            if batch and tokens + len(texts[number]) > MAX_BATCH_TOKENS:
                result[batch] = self._encode([texts[at] for at in batch])
                batch, tokens = [], 0
            batch.append(number)
            tokens += len(texts[number])
        if batch:
            result[batch] = self._encode([texts[at] for at in batch])
        return result

    def _encode(self, texts: list[Sequence[int]]) -> Floats:
        lengths = np.array([len(text) for text in texts], np.int64)
        starts = np.cumsum(lengths) - lengths
        tokens = np.fromiter((token for text in texts for token in text), np.int64, int(lengths.sum()))
        features = np.empty((len(tokens), WIDTH + len(CONVOLUTIONS) * CHANNELS), np.float32)
        features[:, :WIDTH] = self._embeddings(tokens)
        projected = features[:, :WIDTH] @ self._project + self._project_bias
        projected = self._normalized(projected, self._project_norm)
        rows = np.arange(len(tokens)) + MARGIN * (np.repeat(np.arange(len(texts)), lengths) + 1)
        padded = np.zeros((len(tokens) + MARGIN * (len(texts) + 1), CHANNELS), np.float32)
        for number, (order, before) in enumerate(CONVOLUTIONS):
            first, second = self._layers[order]
            output = projected[:, number * CHANNELS : (number + 1) * CHANNELS]
            for weight, bias in (first, second):
                padded[rows] = output
                seen = np.concatenate([padded[rows + at - before] for at in range(order)], axis=1)
                output = np.maximum(seen @ weight + bias, 0) + output
            start = WIDTH + number * CHANNELS
            features[:, start : start + CHANNELS] = output
        features = self._normalized(features, self._norm)
        sums = np.add.reduceat(features, starts, axis=0) @ self._mean
        counts = lengths.astype(np.float32)[:, None]
        means = (sums + counts * self._mean_bias) / np.sqrt(counts)
        return self._finish(means.astype(np.float32, copy=False))

    def _embeddings(self, tokens: Longs) -> Floats:
        """The rows of the table, unpacked. Shape (tokens, 512)."""
        part = tokens % TABLES
        rows: Floats = _unpack(self._table[tokens]) * self._scale[part, None] + self._low[part, None]
        return rows

    def _normalized(self, rows: Floats, norm: tuple[Floats, ...]) -> Floats:
        """Each row with mean 0 and variance 1, then scaled and shifted (layer normalisation)."""
        rows = rows - rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows)[:, None] / np.float32(rows.shape[1])
        rows /= np.sqrt(variance + self._epsilon)
        rows *= norm[0]
        rows += norm[1]
        return rows

    def _finish(self, means: Floats) -> Floats:
        """The dense layers at the end. Some also get the input of the layer before them."""
        d0, p1, d1, d2, p3, d3 = self._dense
        first = np.maximum(means @ d0, 0)
        second = np.maximum(means @ p1 + first @ d1, 0)
        third = np.maximum(second @ d2, 0)
        result: Floats = np.tanh(second @ p3 + third @ d3)
        result /= np.maximum(np.linalg.norm(result, axis=1, keepdims=True), np.float32(1e-12))
        return result


def read_encoder(file: Path) -> Encoder:
    """Reads the network from its file of weights. Raises OSError, ValueError, KeyError, and the errors of damaged archives."""
    with np.load(file, allow_pickle=False) as weights:
        return Encoder(weights)


def _pack(values: Bytes) -> Bytes:
    """Numbers below 64, four of them in three bytes. Shape (rows, 512) to (rows, 384)."""
    a, b, c, d = (values[:, at * _QUARTER : (at + 1) * _QUARTER] for at in range(4))
    return np.concatenate([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d], axis=1)


def _unpack(packed: Bytes) -> Floats:
    """The numbers that `_pack` packed. Shape (rows, 384) to (rows, 512)."""
    x, y, z = (packed[:, at * _QUARTER : (at + 1) * _QUARTER] for at in range(3))
    values = np.empty((len(packed), WIDTH), np.float32)
    for at, quarter in enumerate((x >> 2, (x & 3) << 4 | y >> 4, (y & 15) << 2 | z >> 6, z & 63)):
        values[:, at * _QUARTER : (at + 1) * _QUARTER] = quarter
    return values
