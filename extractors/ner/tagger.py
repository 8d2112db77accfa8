"""The trained tagger of names: papers in, probabilities and best spans out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray
from spacy.tokens import Doc

from extractors.ner.crf import Steps, best_tags, marginals
from extractors.ner.emissions import EmissionTable, Sentence
from extractors.ner.features import DocumentWords, feature_words, title_size
from extractors.ner.weights import Floats, Weights
from extractors.tokens import tokens_of

MODEL_FILE = "crf.npz"

_NAME_LIKE = regex.compile(r"[\p{Lu}\d]")


@dataclass(frozen=True, slots=True)
class Tagging:
    """What the tagger says of one Doc.

    ``spans`` are the best ones as (first token, past last token, label number). ``begin`` and ``inside`` hold for
    every token (a row) the probability that it begins or continues a name of each label (a column); their last row,
    past the end of the text, is zero.
    """

    spans: Sequence[tuple[int, int, int]]
    begin: Floats
    inside: Floats


class _Place(NamedTuple):
    """Where a sentence stands: the row of its first token among those of all Docs, and its number of tokens."""

    row: int
    length: int


def name_like_sentences(doc: Doc, marks: Sequence[str]) -> list[tuple[int, int]]:
    """Sentences that may hold a name: a capital or digit after the first character, or a word of the lists."""
    tokens = tokens_of(doc)
    found = []
    for start, end in tokens.sentences:
        last = tokens.offsets[end - 1] + len(tokens.words[end - 1])
        if _NAME_LIKE.search(tokens.text, tokens.offsets[start] + 1, last) or any(marks[start:end]):
            found.append((start, end))
    return found


class NameTagger:
    """A conditional random field over the tags B-label, I-label and O."""

    def __init__(self, labels: Sequence[str], weights: Weights) -> None:
        self.labels = tuple(labels)
        self._table = EmissionTable(weights)
        self._transitions = weights.transitions
        self._begin = [weights.tags.index(f"B-{label}") for label in labels]
        self._inside = [weights.tags.index(f"I-{label}") for label in labels]

    @classmethod
    def from_disk(cls, folder: Path, labels: Sequence[str]) -> NameTagger:
        """Reads :data:`MODEL_FILE` from a folder; raises ``OSError`` where it is missing."""
        return cls(labels, Weights.from_disk(folder / MODEL_FILE))

    def tag(self, docs: Sequence[tuple[Doc, Sequence[str]]]) -> list[Tagging]:
        """Tags Docs that have sentences and ``doc._.abbreviations``, each with its ``gazetteer.token_marks``."""
        sentences: list[Sentence] = []
        places: list[_Place] = []
        firsts = [0]
        for doc, marks in docs:
            for start, end, sentence in self._sentences(doc, marks):
                sentences.append(sentence)
                places.append(_Place(firsts[-1] + start, end - start))
            firsts.append(firsts[-1] + len(doc) + 1)
        begin = np.zeros((firsts[-1], len(self.labels)), dtype=np.float32)
        inside = np.zeros_like(begin)
        spans: list[tuple[int, int, int]] = []
        if sentences:
            emissions = self._table.emissions(sentences)
            steps = Steps([place.length for place in places])
            probabilities = marginals(emissions, steps, self._transitions)
            rows = np.concatenate([np.arange(place.row, place.row + place.length) for place in places])
            begin[rows], inside[rows] = probabilities[:, self._begin], probabilities[:, self._inside]
            spans = self._spans(best_tags(emissions, steps, self._transitions), places)
        return list(_by_doc(firsts, begin, inside, spans))

    def _sentences(self, doc: Doc, marks: Sequence[str]) -> Iterable[tuple[int, int, Sentence]]:
        found = name_like_sentences(doc, marks)
        if not found:
            return
        words = feature_words(tokens_of(doc))
        document = self._table.document_rows(DocumentWords.of(doc, words))
        title = title_size(tokens_of(doc))
        for start, end in found:
            yield start, end, Sentence(words[start:end], marks[start:end], document, start < title)

    def _spans(self, tags: NDArray[np.intp], places: Sequence[_Place]) -> list[tuple[int, int, int]]:
        """Spans of the tags of all sentences, in rows."""
        spans = []
        labels = {tag: label for label, tag in enumerate(self._begin)}
        begins = np.flatnonzero(np.isin(tags, self._begin)).tolist()
        ends = np.cumsum([place.length for place in places])
        owners = np.searchsorted(ends, begins, side="right").tolist()
        for cell, owner in zip(begins, owners, strict=True):
            label = labels[int(tags[cell])]
            end = cell + 1
            while end < ends[owner] and tags[end] == self._inside[label]:
                end += 1
            first = places[owner].row + cell - (int(ends[owner]) - places[owner].length)
            spans.append((first, first + end - cell, label))
        return spans


def _by_doc(
    firsts: Sequence[int], begin: Floats, inside: Floats, spans: Sequence[tuple[int, int, int]]
) -> Iterable[Tagging]:
    """The share of each Doc; ``firsts`` are the rows of their first tokens, and the number of rows."""
    done = 0
    for first, end in pairwise(firsts):
        own = []
        while done < len(spans) and spans[done][0] < end:
            start, stop, label = spans[done]
            own.append((start - first, stop - first, label))
            done += 1
        yield Tagging(own, begin[first:end], inside[first:end])
