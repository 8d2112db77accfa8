"""The trained tagger of names: sentences in, probabilities and best spans out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import regex
from spacy.tokens import Doc, Span

from extractors.ner.crf import EmissionTable, Floats, best_tags, marginals, pack
from extractors.ner.features import DocumentWords

_SENTENCES_AT_ONCE = 64
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


def is_name_like(sentence: Span, marks: Sequence[str]) -> bool:
    """Whether a sentence may hold a name: a capital or digit after its first character, or a word of the lists."""
    return any(marks[sentence.start : sentence.end]) or _NAME_LIKE.search(sentence.text, 1) is not None


class NameTagger:
    """A conditional random field over the tags B-label, I-label and O."""

    def __init__(self, labels: Sequence[str], tags: Sequence[str], table: EmissionTable, transitions: Floats) -> None:
        self.labels = tuple(labels)
        self._tags = tuple(tags)
        self._table = table
        self._transitions = transitions
        self._begin = [tags.index(f"B-{label}") for label in labels]
        self._inside = [tags.index(f"I-{label}") for label in labels]

    @classmethod
    def from_disk(cls, folder: Path) -> NameTagger:
        """Reads ``crf.npz`` (as :func:`save` writes it) from a folder; raises ``OSError`` where it is missing."""
        with np.load(folder / "crf.npz", allow_pickle=False) as stored:
            meta = json.loads(bytes(stored["meta"]).decode())
            names = bytes(stored["names"]).decode().split("\n")
            weights = stored["weights"].astype(np.float32)
            transitions = stored["transitions"].astype(np.float32)
            cluster_words = bytes(stored["cluster_words"]).decode().split("\n")
            clusters = dict(zip(cluster_words, map(tuple, stored["clusters"].tolist()), strict=True))
        table = EmissionTable(dict(zip(names, weights, strict=True)), clusters, len(meta["tags"]))
        return cls(meta["labels"], meta["tags"], table, transitions)

    def tag(self, doc: Doc, words: Sequence[str], marks: Sequence[str]) -> Tagging:
        """Tags one Doc that has sentences and ``doc._.abbreviations``.

        ``words`` are those of ``features.feature_words``, ``marks`` those of ``gazetteer.token_marks``.
        """
        self._table.trim()
        begin = np.zeros((len(doc) + 1, len(self.labels)), dtype=np.float32)
        inside = np.zeros_like(begin)
        spans: list[tuple[int, int, int]] = []
        sentences = [sentence for sentence in doc.sents if is_name_like(sentence, marks)]
        if not sentences:
            return Tagging(spans, begin, inside)
        title_sentences = sum(sentence.start_char < doc._.abstract_start for sentence in sentences)
        emissions = self._table.emissions(
            [words[sentence.start : sentence.end] for sentence in sentences],
            [mark for sentence in sentences for mark in marks[sentence.start : sentence.end]],
            DocumentWords.of(doc, words),
            title_sentences,
        )
        for first in range(0, len(sentences), _SENTENCES_AT_ONCE):
            packed, real = pack(emissions[first : first + _SENTENCES_AT_ONCE])
            tags = best_tags(packed, real, self._transitions)
            probabilities = marginals(packed, real, self._transitions)
            for row, sentence in enumerate(sentences[first : first + _SENTENCES_AT_ONCE]):
                cells = probabilities[row, : len(sentence)]
                begin[sentence.start : sentence.end] = cells[:, self._begin]
                inside[sentence.start : sentence.end] = cells[:, self._inside]
                spans += self._spans(tags[row, : len(sentence)].tolist(), sentence.start)
        return Tagging(spans, begin, inside)

    def _spans(self, tags: list[int], offset: int) -> list[tuple[int, int, int]]:
        spans = []
        start = label = -1
        for i, tag in enumerate([*tags, -1]):
            if start >= 0 and (tag < 0 or tag != self._inside[label]):
                spans.append((offset + start, offset + i, label))
                start = -1
            if tag in self._begin:
                start, label = i, self._begin.index(tag)
        return spans


def save(
    folder: Path,
    labels: Sequence[str],
    tags: Sequence[str],
    weights: Mapping[str, Floats],
    transitions: Floats,
    clusters: Mapping[str, Sequence[int]],
) -> None:
    """Writes ``crf.npz``: weights in half precision, names and words as UTF-8 text."""
    names = sorted(weights)
    words = sorted(clusters)
    np.savez_compressed(
        folder / "crf.npz",
        meta=np.frombuffer(json.dumps({"labels": list(labels), "tags": list(tags)}).encode(), dtype=np.uint8),
        names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=np.stack([weights[name] for name in names]).astype(np.float16),
        transitions=transitions.astype(np.float32),
        cluster_words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        clusters=np.array([clusters[word] for word in words], dtype=np.uint16),
    )
