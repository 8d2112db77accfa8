"""A linear-chain conditional random field in numpy: marginal probabilities and the best tags of many sentences at once.

Lafferty, McCallum & Pereira, "Conditional random fields" (ICML 2001). A sentence's emissions are the sums of the
weights of its features; because those of a word at a given offset never change, they are added up once per word and
kept (:class:`EmissionTable`), which makes the tagger faster than a small neural net.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.ner.features import (
    EDGE,
    WORD_OFFSETS,
    Clusters,
    DocumentWords,
    document_features,
    list_features,
    pair_features,
    title_features,
    word_features,
)

Floats = NDArray[np.float32]

_PAD = max(WORD_OFFSETS)
_CACHED_WORDS = 40_000
_CACHED_PAIRS = 200_000
_SCALE_EVERY = 8


class EmissionTable:
    """Feature weights, summed by word and by pair of words, so that a known word costs one look-up.

    ``weights`` maps a feature's name to its weight for every tag.
    """

    def __init__(self, weights: Mapping[str, Floats], clusters: Clusters, tag_count: int) -> None:
        self._weights = weights
        self._clusters = clusters
        self._zero = np.zeros(tag_count, dtype=np.float32)
        self._rows: dict[str, int] = {}
        self._table = np.zeros((1024, len(WORD_OFFSETS), tag_count), dtype=np.float32)
        self._document_sums: dict[str, Floats] = {}
        self._bias = self._sum(["bias"])
        self._pairs: dict[tuple[str, str], int] = {}
        self._pair_table = np.zeros((4096, 2, tag_count), dtype=np.float32)

    def _sum(self, names: Sequence[str]) -> Floats:
        found = [self._weights[name] for name in names if name in self._weights]
        return np.sum(found, axis=0, dtype=np.float32) if found else self._zero

    def _of_document(self, names: list[str]) -> Floats:
        key = "|".join(names)
        if key not in self._document_sums:
            self._document_sums[key] = self._sum(names)
        return self._document_sums[key]

    def _row(self, word: str) -> int:
        row = self._rows.get(word)
        if row is None:
            row = len(self._rows)
            if row == len(self._table):
                self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            for column, offset in enumerate(WORD_OFFSETS):
                self._table[row, column] = self._sum(word_features(word, offset, self._clusters))
            self._rows[word] = row
        return row

    def _pair(self, key: tuple[str, str]) -> int:
        """The row of a pair in the table: what it gives its left and its right word."""
        row = len(self._pairs)
        if row == len(self._pair_table):
            self._pair_table = np.concatenate([self._pair_table, np.zeros_like(self._pair_table)])
        self._pair_table[row, 0] = self._sum(pair_features(*key, right_is_token=False))
        self._pair_table[row, 1] = self._sum(pair_features(*key, right_is_token=True))
        self._pairs[key] = row
        return row

    def trim(self) -> None:
        """Forgets the words seen when there are too many of them: a long-lived worker must not grow for ever."""
        if len(self._rows) > _CACHED_WORDS:
            self._rows.clear()
        if len(self._pairs) > _CACHED_PAIRS:
            self._pairs.clear()

    def emissions(
        self,
        sentences: Sequence[Sequence[str]],
        marks: Sequence[str],
        document: DocumentWords,
        title_sentences: int,
    ) -> list[Floats]:
        """Emissions of the sentences of one paper, each (words, tags); the first ``title_sentences`` are its title.

        ``marks`` says for every token of the paper what the name lists say of it ("" for nothing).
        """
        padded = [EDGE] * _PAD
        starts = []
        for words in sentences:
            starts.append(len(padded))
            padded.extend(words)
            padded.extend([EDGE] * _PAD)
        rows = np.array([self._rows[word] if word in self._rows else self._row(word) for word in padded])
        of_document = {word: self._of_document(document_features(word, document)) for word in set(padded)}
        inner = len(padded) - 2 * _PAD
        total = self._bias + np.stack([of_document[word] for word in padded[_PAD:-_PAD]])
        for column, offset in enumerate(WORD_OFFSETS):
            total += self._table[rows[_PAD + offset : _PAD + offset + inner], column]
        pairs = self._pairs
        pair_rows = np.array(
            [
                pairs[key] if key in pairs else self._pair(key)
                for key in pairwise(padded[_PAD - 1 : len(padded) - _PAD + 1])
            ]
        )
        total += self._pair_table[pair_rows[:-1], 1] + self._pair_table[pair_rows[1:], 0]
        starts_of = np.cumsum([0, *(len(words) for words in sentences)])
        result = [
            total[start - _PAD : start - _PAD + len(words)] for start, words in zip(starts, sentences, strict=True)
        ]
        for emissions, first in zip(result, starts_of[:-1], strict=True):
            for i in range(len(emissions)):
                if marks[first + i]:
                    emissions[i] += self._sum(list_features(marks[first + i]))
        for emissions, words in zip(result[:title_sentences], sentences, strict=False):
            colon = words.index(":") if ":" in words else -1
            for i, word in enumerate(words):
                emissions[i] += self._sum(title_features(word, i, colon))
        return result


def pack(sentences: Sequence[Floats]) -> tuple[Floats, NDArray[np.bool_]]:
    """Emissions of sentences of different lengths as one array (sentences, longest, tags), and which cells are real."""
    longest = max(len(sentence) for sentence in sentences)
    packed = np.zeros((len(sentences), longest, sentences[0].shape[1]), dtype=np.float32)
    real = np.zeros((len(sentences), longest), dtype=bool)
    for i, sentence in enumerate(sentences):
        packed[i, : len(sentence)] = sentence
        real[i, : len(sentence)] = True
    return packed, real


def marginals(emissions: Floats, real: NDArray[np.bool_], transitions: Floats) -> Floats:
    """P(tag | sentence) of every token, by the forward-backward algorithm, scaled every few steps."""
    potentials = np.exp(emissions - emissions.max(axis=2, keepdims=True), dtype=np.float64)
    steps = np.exp(transitions - transitions.max(), dtype=np.float64)
    forward = np.empty_like(potentials)
    forward[:, 0] = potentials[:, 0]
    longest = potentials.shape[1]
    for t in range(1, longest):
        np.multiply(forward[:, t - 1] @ steps, potentials[:, t], out=forward[:, t])
        if t % _SCALE_EVERY == 0:
            forward[:, t] /= forward[:, t].sum(axis=1, keepdims=True)
    backward = np.ones_like(potentials)
    for t in range(longest - 2, -1, -1):
        back = (backward[:, t + 1] * potentials[:, t + 1]) @ steps.T
        if t % _SCALE_EVERY == 0:
            back /= back.sum(axis=1, keepdims=True)
        # Cells after the end of a sentence say nothing about it.
        backward[:, t] = np.where(real[:, t + 1, None], back, 1.0)
    product = forward * backward
    result: Floats = (product / product.sum(axis=2, keepdims=True)).astype(np.float32)
    return result


def best_tags(emissions: Floats, real: NDArray[np.bool_], transitions: Floats) -> NDArray[np.intp]:
    """The most probable tags of every sentence, by the algorithm of Viterbi; in cells that are not real, any tag."""
    sentences, longest, _ = emissions.shape
    pointers = np.zeros(emissions.shape, dtype=np.intp)
    score = emissions[:, 0]
    for t in range(1, longest):
        paths = score[:, :, None] + transitions
        pointers[:, t] = np.where(real[:, t, None], paths.argmax(axis=1), np.arange(emissions.shape[2]))
        score = np.where(real[:, t, None], paths.max(axis=1) + emissions[:, t], score)
    tags = np.zeros((sentences, longest), dtype=np.intp)
    tags[:, -1] = score.argmax(axis=1)
    for t in range(longest - 1, 0, -1):
        tags[:, t - 1] = pointers[np.arange(sentences), t, tags[:, t]]
    return tags
