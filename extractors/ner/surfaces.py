"""Candidates for names: every distinct spelling that the tagger thinks likely anywhere in a paper, with all its mentions.

A paper names its things again and again; what one sentence leaves open another says. So a name is kept or dropped
once per distinct spelling (:mod:`extractors.ner.ranker`), by features of all its mentions together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import regex
from numpy.typing import NDArray
from spacy.tokens import Doc

Floats = NDArray[np.float32]

WEAK_START = 0.12
"""A token begins a candidate from this probability on, even where the best tags say nothing."""
WEAK_INSIDE = 0.4
MAX_NAME_TOKENS = 14

_FOLD = regex.compile(r"[\W_]+")
_DETERMINERS = frozenset({"the", "our", "a", "an", "this", "these", "we", "of", "on", "with", "and", "using", "than", "by", "in"})


@dataclass(slots=True)
class Surface:
    """One spelling: its mentions as token spans, and whether the best tags held each of them."""

    text: str
    mentions: list[tuple[int, int]] = field(default_factory=list)
    tagged: int = 0


@dataclass(frozen=True, slots=True)
class Tagging:
    """What the tagger says of one Doc: the best spans, and the probabilities of beginning and continuing a name.

    ``begin`` and ``inside`` have one row a token (and a last row of zeros), one column a label.
    """

    spans: Sequence[tuple[int, int, int]]
    begin: Floats
    inside: Floats

    def probability(self, start: int, end: int) -> Floats:
        """For each label, how likely the tokens from ``start`` to ``end`` are a name of that label."""
        chain = self.begin[start]
        if end - start > 1:
            chain = np.minimum(chain, self.inside[start + 1 : end].min(axis=0))
        return chain * (1.0 - self.inside[end].sum())

    def any_probability(self, start: int, end: int) -> float:
        """How likely the tokens are a name of any label."""
        chain = float(self.begin[start].sum())
        if end - start > 1:
            chain = min(chain, float(self.inside[start + 1 : end].sum(axis=1).min()))
        return chain * (1.0 - float(self.inside[end].sum()))


def _weak_spans(tagging: Tagging) -> list[tuple[int, int]]:
    begin, inside = tagging.begin.sum(axis=1), tagging.inside.sum(axis=1)
    spans = []
    for start in np.flatnonzero(begin >= WEAK_START).tolist():
        end = start + 1
        while inside[end] >= WEAK_INSIDE and end - start < MAX_NAME_TOKENS:
            end += 1
        spans.append((start, end))
    return spans


def title_head(doc: Doc) -> tuple[int, int] | None:
    """The tokens before the colon of "Name: A …", at most six of them."""
    for token in doc[:7]:
        if token.idx >= doc._.abstract_start:
            return None
        if token.text == ":":
            return (0, token.i) if token.i else None
    return None


def propose(doc: Doc, tagging: Tagging, gazetteer: Sequence[tuple[int, int]]) -> dict[str, Surface]:
    """All candidates of a paper, by their text, with every place where those tokens stand."""
    spans = {(start, end) for start, end, _ in tagging.spans} | set(_weak_spans(tagging)) | set(gazetteer)
    head = title_head(doc)
    if head:
        spans.add(head)
    likely = np.zeros(len(doc) + 1, dtype=bool)
    for start, end in spans:
        likely[start:end] = True
    for short, long in doc._.abbreviations:
        if likely[short.start : short.end].any() or likely[long.start : long.end].any():
            spans |= {(short.start, short.end), (long.start, long.end)}
    return _with_mentions(doc, spans, {(start, end) for start, end, _ in tagging.spans})


def _with_mentions(doc: Doc, spans: set[tuple[int, int]], tagged: set[tuple[int, int]]) -> dict[str, Surface]:
    orths = [token.orth for token in doc]
    spaces = [bool(token.whitespace_) for token in doc]
    places: dict[int, list[int]] = {}
    for i, orth in enumerate(orths):
        places.setdefault(orth, []).append(i)
    surfaces: dict[str, Surface] = {}
    for start, end in sorted(spans):
        text = doc[start:end].text
        if text in surfaces or not text.strip():
            continue
        surface = surfaces[text] = Surface(text)
        length = end - start
        for place in places[orths[start]]:
            if (
                orths[place : place + length] == orths[start:end]
                and spaces[place : place + length - 1] == spaces[start : end - 1]
            ):
                surface.mentions.append((place, place + length))
                surface.tagged += (place, place + length) in tagged
    return surfaces


def fold_name(text: str) -> str:
    """The letters and digits of a name in lower case: spellings that fold alike are one name."""
    return _FOLD.sub("", text).casefold()


def _shape_features(text: str, length: int) -> list[float]:
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return [
        float(length),
        math.log(len(text) + 1),
        float(any(char.isdigit() for char in text)),
        capitals / (len(letters) + 1),
        float(capitals == 0),
        float(text[:1].isupper()),
        float(any(char.isupper() for char in text[1:])),
        float(" " in text),
        float("-" in text),
        float(not letters),
        float(text.endswith("s")),
    ]


def featurize(
    doc: Doc, tagging: Tagging, surfaces: Mapping[str, Surface], known: Mapping[str, Sequence[float]], known_width: int
) -> Floats:
    """One row of features a surface, in the order of ``surfaces``.

    ``known`` gives what name lists say of a folded name (``known_width`` numbers each).
    """
    if not surfaces:
        return np.zeros((0, 0), dtype=np.float32)
    mention_any = {
        mention: tagging.any_probability(*mention) for surface in surfaces.values() for mention in surface.mentions
    }
    longest_over = _longer_rivals(mention_any, len(doc))
    label_means: dict[str, Floats] = {}
    folds: dict[str, float] = {}
    rows = []
    for text, surface in surfaces.items():
        probabilities = np.array([tagging.probability(*mention) for mention in surface.mentions])
        label_means[text] = probabilities.max(axis=0)
        best = float(max(mention_any[mention] for mention in surface.mentions))
        key = fold_name(text)
        folds[key] = max(folds.get(key, 0.0), best)
    partner = _partner_scores(doc, label_means)
    head = title_head(doc)
    head_text = doc[head[0] : head[1]].text if head else None
    title_end = next((t.i for t in doc if t.idx >= doc._.abstract_start), len(doc))
    none = [0.0] * known_width
    width = tagging.begin.shape[1]
    for text, surface in surfaces.items():
        mentions = surface.mentions
        probabilities = np.array([tagging.probability(*mention) for mention in mentions])
        anys = np.array([mention_any[mention] for mention in mentions])
        rival = np.array([longest_over.get(mention, 0.0) for mention in mentions])
        free = rival < 0.5
        free_any = anys[free] if free.any() else np.zeros(1)
        follow = [doc[end].lower_ if end < len(doc) else "" for _, end in mentions]
        before = [doc[start - 1].lower_ if start else "" for start, _ in mentions]
        key = fold_name(text)
        partner_row = partner.get(text)
        rows.append(
            [
                *probabilities.max(axis=0),
                *probabilities.mean(axis=0),
                float(anys.max()),
                float(anys.mean()),
                float(free_any.max()),
                surface.tagged / len(mentions),
                float(surface.tagged),
                math.log(len(mentions)),
                float(free.mean()),
                float(rival.max()),
                float(rival.min()),
                float(any(start < title_end for start, _ in mentions)),
                float(text == head_text),
                float(partner_row is not None),
                *(partner_row if partner_row is not None else [0.0] * width),
                sum(word in _DETERMINERS for word in before) / len(mentions),
                sum(word == "(" for word in follow) / len(mentions),
                sum(word == "-" for word in follow) / len(mentions),
                sum(word.startswith(("dataset", "benchmark", "corpus")) for word in follow) / len(mentions),
                sum(word.startswith(("model", "framework", "system", "method", "algorithm")) for word in follow)
                / len(mentions),
                sum(word.startswith(("gpu", "cpu", "fpga", "tpu", "device", "chip", "robot")) for word in follow)
                / len(mentions),
                float(all(doc[start].is_sent_start for start, _ in mentions)),
                folds[key],
                *_shape_features(text, mentions[0][1] - mentions[0][0]),
                *known.get(key, none),
            ]
        )
    return np.array(rows, dtype=np.float32)


def _longer_rivals(mention_any: Mapping[tuple[int, int], float], length: int) -> dict[tuple[int, int], float]:
    """For each mention, the best probability of a longer candidate that overlaps it."""
    by_token: list[list[tuple[int, int]]] = [[] for _ in range(length)]
    for start, end in mention_any:
        for i in range(start, end):
            by_token[i].append((start, end))
    rivals = {}
    for start, end in mention_any:
        others = {other for i in range(start, end) for other in by_token[i] if other[1] - other[0] > end - start}
        if others:
            rivals[start, end] = max(mention_any[other] for other in others)
    return rivals


def _partner_scores(doc: Doc, label_means: Mapping[str, Floats]) -> dict[str, Floats]:
    """For the short and long forms of explained abbreviations, the label probabilities of the other form."""
    partner = {}
    for short, long in doc._.abbreviations:
        for one, other in ((short.text, long.text), (long.text, short.text)):
            if one in label_means and other in label_means:
                partner[one] = label_means[other]
    return partner
