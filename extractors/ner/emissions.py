"""Emissions of the conditional random field: for every token of many sentences, the sum of its features' weights.

What a word gives to a token at a given offset never changes, so it is added up once a word and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.ner.features import (
    EDGE,
    WORD_OFFSETS,
    DocumentWords,
    document_features,
    list_features,
    shape,
    title_features,
    word_features,
)
from extractors.ner.weights import PAIR_KINDS, Floats, Weights

_PAD = max(WORD_OFFSETS)
_CACHED_WORDS = 60_000
_CACHED_ROWS = 10_000
_FREQUENT = 4


class Sentence(NamedTuple):
    """Tokens of one sentence: their words, what the name lists say of them ("" for nothing), and their paper's words.

    ``document`` is what :meth:`EmissionTable.document_rows` gives for the paper.
    """

    words: Sequence[str]
    marks: Sequence[str]
    document: dict[str, int]
    is_title: bool


class _Rows:
    """Rows of sums of weights, made when they are first asked for; known features are few, so these are too."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights.others
        self._zero = np.zeros(len(weights.tags), dtype=np.float32)
        self._numbers: dict[tuple[str, ...], int] = {}
        self.table = np.zeros((0, len(weights.tags)), dtype=np.float32)
        self._number = lru_cache(maxsize=_CACHED_ROWS)(self._find)

    def number(self, names: Iterable[str]) -> int:
        """The row of the sum of these features' weights."""
        return self._number(tuple(names))

    def _find(self, names: tuple[str, ...]) -> int:
        known = tuple(name for name in names if name in self._weights)
        number = self._numbers.get(known)
        if number is None:
            number = self._numbers[known] = len(self.table)
            row = sum((self._weights[name] for name in known), self._zero)
            self.table = np.concatenate([self.table, row[None]])
        return number


class EmissionTable:
    """Weights added up by word, so that a known word costs one look-up."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._documents, self._lists, self._titles = _Rows(weights), _Rows(weights), _Rows(weights)
        self._bias = weights.others.get("bias", np.zeros(len(weights.tags), dtype=np.float32))
        self._cells = {kind: self._dense(kind) for kind in PAIR_KINDS}
        self._forget()

    def _dense(self, kind: str) -> NDArray[np.int32]:
        """The rows of a kind of pair by the numbers of its two parts; the last of each stands for unknown ones."""
        cells, rows = self._weights.pairs[kind]
        shapes = len(self._weights.shapes) + 1
        firsts = len(self._weights.pair_words[kind]) + 1 if kind in self._weights.pair_words else shapes
        dense = np.full((firsts, shapes), len(rows) - 1, dtype=np.int32)
        dense[cells[:, 0], cells[:, 1]] = cells[:, 2]
        return dense

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self._sums = np.zeros((1024, len(WORD_OFFSETS), len(self._weights.tags)), dtype=np.float32)
        self._parts = np.zeros((1024, 3), dtype=np.int32)

    def _learn(self, words: Sequence[str]) -> None:
        """Adds up what each of these new words gives at every offset, and numbers its parts in pairs."""
        first, last = len(self._rows), len(self._rows) + len(words)
        while last > len(self._sums):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
            self._parts = np.concatenate([self._parts, np.zeros_like(self._parts)])
        numbers, nothing = self._weights.words, len(self._weights.words)
        features = [
            [numbers.get(name, nothing) for name in word_features(word, self._weights.clusters)] for word in words
        ]
        longest = max(map(len, features))
        padded = np.array([row + [nothing] * (longest - len(row)) for row in features])
        self._sums[first:last] = self._weights.word_rows[padded].sum(axis=1)
        lefts, rights, shapes = self._weights.pair_words["<w"], self._weights.pair_words[">w"], self._weights.shapes
        self._parts[first:last] = [
            (
                lefts.get(word.lower(), len(lefts)),
                rights.get(word.lower(), len(rights)),
                shapes.get(shape(word), len(shapes)),
            )
            for word in words
        ]
        self._rows.update(zip(words, range(first, last), strict=True))

    def document_rows(self, document: DocumentWords) -> dict[str, int]:
        """For each word of a paper, the row of what the rest of the paper says of it."""
        plain = [self._documents.number([f"count={count}"]) for count in range(_FREQUENT + 1)]
        rows = {word: plain[min(count, _FREQUENT)] for word, count in document.counts.items()}
        marked = {word for word in rows if word[:1].isupper()}
        marked |= (document.title | document.short_forms | document.long_forms) & rows.keys()
        for word in marked:
            rows[word] = self._documents.number(document_features(word, document))
        return rows

    def emissions(self, sentences: Sequence[Sentence]) -> Floats:
        """Emissions (tokens, tags) of all sentences, one behind the other."""
        padded = [EDGE] * _PAD
        for sentence in sentences:
            padded += sentence.words
            padded += [EDGE] * _PAD
        if len(self._rows) > _CACHED_WORDS:
            self._forget()
        if new := set(padded).difference(self._rows):
            self._learn(sorted(new))
        known = self._rows
        rows = np.array([known[word] for word in padded], dtype=np.int32)
        lengths = np.array([len(sentence.words) for sentence in sentences])
        # Where each token stands in ``padded``: every sentence is pushed on by the edges before it.
        places = np.arange(lengths.sum()) + np.repeat(_PAD * np.arange(1, len(sentences) + 1), lengths)
        total: Floats = self._bias + self._of_documents(sentences)
        sums = self._sums.reshape(-1, self._sums.shape[2])
        for column, offset in enumerate(WORD_OFFSETS):
            total += sums.take(rows[places + offset] * len(WORD_OFFSETS) + column, axis=0)
        total += self._of_pairs(rows, places)
        self._add_marks(total, sentences)
        self._add_titles(total, sentences)
        return total

    def _of_documents(self, sentences: Sequence[Sentence]) -> Floats:
        rows = [sentence.document[word] for sentence in sentences for word in sentence.words]
        return self._documents.table.take(rows, axis=0)

    def _of_pairs(self, rows: NDArray[np.int32], places: NDArray[np.int64]) -> Floats:
        """What the pairs with the neighbours on both sides give; words and shapes of all tokens are numbered."""
        parts = self._parts.take(rows, axis=0)
        before, here, after = parts[places - 1], parts[places], parts[places + 1]
        left: Floats = self._pair("<w", before[:, 0], here[:, 2]) + self._pair("<s", before[:, 2], here[:, 2])
        right: Floats = self._pair(">w", after[:, 1], here[:, 2]) + self._pair(">s", here[:, 2], after[:, 2])
        return left + right

    def _pair(self, kind: str, first: NDArray[np.int32], second: NDArray[np.int32]) -> Floats:
        return self._weights.pairs[kind][1].take(self._cells[kind][first, second], axis=0)

    def _add_marks(self, total: Floats, sentences: Sequence[Sentence]) -> None:
        marks = [mark for sentence in sentences for mark in sentence.marks]
        marked = [i for i, mark in enumerate(marks) if mark]
        rows = [self._lists.number(list_features(marks[i])) for i in marked]
        if marked:
            total[marked] += self._lists.table[rows]

    def _add_titles(self, total: Floats, sentences: Sequence[Sentence]) -> None:
        cells: list[int] = []
        rows: list[int] = []
        first = 0
        for sentence in sentences:
            words = sentence.words
            if sentence.is_title:
                colon = words.index(":") if ":" in words else -1
                cells += range(first, first + len(words))
                rows += [self._titles.number(title_features(word, i, colon)) for i, word in enumerate(words)]
            first += len(words)
        if cells:
            total[cells] += self._titles.table[rows]
