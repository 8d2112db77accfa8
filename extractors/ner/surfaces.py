"""Candidates for names: every distinct spelling that may be a name somewhere in a paper, with all its mentions.

A paper names its things again and again; what one sentence leaves open another says. So a name is kept or dropped
once per distinct spelling (:mod:`extractors.ner.ranker`), by features of all its mentions together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from extractors.ner.gazetteer import Gazetteer, Match, fold_name, name_cues
from extractors.ner.tagger import Tagging
from extractors.ner.weights import Floats
from extractors.tokens import Tokens, tokens_of

WEAK_START = 0.06
"""A token begins a candidate from this probability on, even where the best tags say nothing."""
WEAK_INSIDE = 0.4
MAX_NAME_TOKENS = 14
LONGEST_NAME = 40
"""Tokens: longer spans are no names, and would cost time without bound in text without spaces."""
TITLE_HEAD_TOKENS = 6

_LISTED = ("BENCHMARK", "MODEL", "HARDWARE", "METRIC", "TASK")
_DETERMINERS = frozenset({"the", "our", "a", "an", "this", "of", "on", "with", "and", "using", "than", "by", "in"})
_ARTICLES = frozenset({"a", "an", "the", "our"})
_JOINING = frozenset({",", "and", "or", "&", "/", ";"})
_EXPLAINING = frozenset({",", ":", "is", "are", "(", "-", "—", "–"})
_EXPLANATION_TOKENS = 14


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The candidates of one paper.

    ``mentions`` are token spans, grouped by candidate: those of candidate i are ``mentions[first[i]:first[i + 1]]``.
    """

    texts: Sequence[str]
    mentions: Sequence[tuple[int, int]]
    first: Sequence[int]

    def of(self, index: int) -> Sequence[tuple[int, int]]:
        """The mentions of one candidate."""
        return self.mentions[self.first[index] : self.first[index + 1]]


def _weak_spans(tagging: Tagging) -> list[tuple[int, int]]:
    inside = tagging.inside.sum(axis=1)
    spans = []
    for start in np.flatnonzero(tagging.begin.sum(axis=1) >= WEAK_START).tolist():
        end = start + 1
        while inside[end] >= WEAK_INSIDE and end - start < MAX_NAME_TOKENS:
            end += 1
        spans.append((start, end))
    return spans


def _whole_word(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The span with what is joined to it by hyphens: ``MNIST`` of ``Moving-MNIST``, but not the ``based`` after it."""
    words, spaced = tokens.words, tokens.spaced
    reach = start - LONGEST_NAME
    while start >= max(2, reach) and words[start - 1] == "-" and not (spaced[start - 1] or spaced[start - 2]):
        start -= 2
    reach = end + LONGEST_NAME
    while (
        end + 1 < min(len(words), reach)
        and words[end] == "-"
        and not (spaced[end - 1] or spaced[end])
        and not words[end + 1].islower()
    ):
        end += 2
    return start, end


def title_head(tokens: Tokens) -> tuple[int, int] | None:
    """The tokens before the colon of "Name: A …", where there are at most six."""
    head = tokens.words[: min(TITLE_HEAD_TOKENS + 1, tokens.title_end)]
    colon = head.index(":") if ":" in head else 0
    return (0, colon) if colon else None


def propose(doc: Doc, tagging: Tagging, matches: Iterable[Match]) -> Surfaces:
    """All candidates of a paper: what the tagger thinks likely, listed names, abbreviation pairs, the title's head."""
    tokens = tokens_of(doc)
    spans = {(start, end) for start, end, _ in tagging.spans} | set(_weak_spans(tagging))
    spans |= {(match.start, match.end) for match in matches if match.label in _LISTED[:3]}
    spans |= {_whole_word(tokens, start, end) for start, end in spans}
    head = title_head(tokens)
    if head:
        spans.add(head)
    if doc._.abbreviations:
        likely = {token for start, end in spans for token in range(start, end)}
        for short, long in doc._.abbreviations:
            if not likely.isdisjoint((*range(short.start, short.end), *range(long.start, long.end))):
                spans |= {(short.start, short.end), (long.start, long.end)}
    return _with_mentions(tokens, sorted(span for span in spans if span[1] - span[0] <= LONGEST_NAME))


def _with_mentions(tokens: Tokens, spans: Sequence[tuple[int, int]]) -> Surfaces:
    words = tokens.words
    places: dict[str, list[int]] = {words[start]: [] for start, _ in spans}
    for i, word in enumerate(words):
        if word in places:
            places[word].append(i)
    texts: list[str] = []
    mentions: list[tuple[int, int]] = []
    first = [0]
    seen: set[str] = set()
    for start, end in spans:
        text = tokens.slice(start, end)
        if text in seen or not text.strip() or not _balanced(text):
            continue
        seen.add(text)
        texts.append(text)
        length = end - start
        mentions += [
            (place, place + length)
            for place in places[words[start]]
            if length == 1
            or (words[place : place + length] == words[start:end] and tokens.slice(place, place + length) == text)
        ]
        first.append(len(mentions))
    return Surfaces(texts, mentions, first)


def _balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "[]", "{}"))


def mention_probabilities(tagging: Tagging, mentions: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    """For each mention, how likely it is a name of each label, and of any: its weakest token, times a clean end."""
    spans = np.array(mentions)
    starts, ends = spans[:, 0], spans[:, 1]
    any_inside = tagging.inside.sum(axis=1)
    by_label = tagging.begin[starts]
    of_any = by_label.sum(axis=1)
    for step in range(1, int((ends - starts).max())):
        longer = np.flatnonzero(starts + step < ends)
        inner = starts[longer] + step
        by_label[longer] = np.minimum(by_label[longer], tagging.inside[inner])
        of_any[longer] = np.minimum(of_any[longer], any_inside[inner])
    clean = 1.0 - any_inside[ends]
    return by_label * clean[:, None], of_any * clean


def _rivals(surfaces: Surfaces, of_any: Floats, length: int) -> Floats:
    """For each mention, the probability of the likeliest longer mention that overlaps it."""
    best = [0.0] * length
    rivals = np.zeros(len(surfaces.mentions), dtype=np.float32)
    likely = of_any.tolist()
    sizes = [end - start for start, end in surfaces.mentions]
    pending: list[int] = []
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        if pending and sizes[pending[0]] > sizes[i]:
            for j in pending:
                for token in range(*surfaces.mentions[j]):
                    best[token] = max(best[token], likely[j])
            pending.clear()
        start, end = surfaces.mentions[i]
        rivals[i] = max(best[start:end])
        pending.append(i)
    return rivals


def _shape_features(text: str, tokens: int) -> list[float]:
    letters = [char for char in text if char.isalpha()]
    capitals = sum(map(str.isupper, letters))
    return [
        tokens,
        math.log(len(text) + 1),
        any(map(str.isdigit, text)),
        capitals / (len(letters) + 1),
        capitals == 0,
        text[:1].isupper(),
        any(map(str.isupper, text[1:])),
        " " in text,
        "-" in text,
        not letters,
        text.endswith("s"),
    ]


@cache
def _nouns() -> tuple[frozenset[str], ...]:
    """The words that say what a name is of each kind."""
    return tuple(frozenset(words) for words in name_cues()["nouns"].values())


@cache
def _parts() -> tuple[tuple[str, ...], ...]:
    return tuple(name_cues()["parts"].values())


class _Context:
    """What stands around the mentions of one paper, in lower case."""

    def __init__(self, tokens: Tokens) -> None:
        self._lower = [*map(str.lower, tokens.words), ""]
        self._length = len(tokens)
        self._starts = {start for start, _ in tokens.sentences}
        self._title_end = tokens.title_end

    def features(self, mentions: Sequence[tuple[int, int]]) -> list[float]:
        """The words beside the mentions of one candidate, and those that explain it."""
        count = len(mentions)
        lower = self._lower
        after = [lower[end] for _, end in mentions]
        before = [lower[start - 1] for start, _ in mentions]
        explained = [noun for _, end in mentions for noun in self._explanation(end)]
        return [
            math.log(count),
            mentions[0][0] < self._title_end,
            sum(word in _DETERMINERS for word in before) / count,
            before.count("-") / count,
            after.count("(") / count,
            after.count("-") / count,
            *(sum(word in nouns for word in after) / count for nouns in _nouns()),
            *(not nouns.isdisjoint(explained) for nouns in _nouns()),
            all(start in self._starts for start, _ in mentions),
        ]

    def _explanation(self, end: int) -> list[str]:
        """The words after "X, a …", "X: A …", "X is a …", "X (…), a …", up to the end of the sentence or fourteen."""
        lower, last = self._lower, min(end + _EXPLANATION_TOKENS, self._length)
        if lower[end] not in _EXPLAINING or last - end < 3:
            return []
        if lower[end] != "(" and lower[end + 1] not in _ARTICLES:
            return []
        stop = next((token for token in range(end + 1, last) if token in self._starts), last)
        return lower[end:stop] if stop - end >= 3 else []

    def neighbours(self, mentions: Sequence[tuple[int, int]], by_label: Floats) -> Floats:
        """For each mention, the label probabilities of the likeliest candidate beside it in a list ("A, B and C")."""
        lower = self._lower
        starting: dict[int, list[int]] = {}
        ending: dict[int, list[int]] = {}
        for index, (start, end) in enumerate(mentions):
            starting.setdefault(start, []).append(index)
            ending.setdefault(end, []).append(index)
        result = np.zeros_like(by_label)
        for index, (start, end) in enumerate(mentions):
            left, right = start, end
            while left > 0 and start - left < 2 and lower[left - 1] in _JOINING:
                left -= 1
            while right - end < 2 and lower[right] in _JOINING:
                right += 1
            beside = (ending.get(left, []) if left < start else []) + (starting.get(right, []) if right > end else [])
            if beside:
                result[index] = by_label[beside].max(axis=0)
        return result

    def title_words(self) -> list[str]:
        """The words of the title."""
        return self._lower[: self._title_end]


def _list_features(entry: tuple[str, bool] | None) -> list[float]:
    label, sure = entry or (None, False)
    return [label == listed and sure == certain for listed in _LISTED for certain in (True, False)]


def featurize(doc: Doc, tagging: Tagging, surfaces: Surfaces, matches: Iterable[Match], gazetteer: Gazetteer) -> Floats:
    """One row of features a candidate, in their order; all are numbers that grow with what their lines name."""
    tokens = tokens_of(doc)
    context = _Context(tokens)
    by_label, of_any = mention_probabilities(tagging, surfaces.mentions)
    rivals = _rivals(surfaces, of_any, len(tokens))
    groups = np.array(surfaces.first[:-1])
    counts = np.diff(surfaces.first)[:, None]
    tagged = {(start, end) for start, end, _ in tagging.spans}
    is_tagged = np.array([mention in tagged for mention in surfaces.mentions], dtype=np.float32)
    free = rivals < 0.5
    added = np.add.reduceat(np.column_stack([by_label, of_any, is_tagged, free]), groups)
    labels = by_label.shape[1]
    neighbours = context.neighbours(surfaces.mentions, by_label)
    highest = np.maximum.reduceat(np.column_stack([by_label, of_any, of_any * free, neighbours, rivals]), groups)
    best = highest[:, :labels]
    keys = [fold_name(text) for text in surfaces.texts]
    listed = {tokens.slice(match.start, match.end): (match.label, match.sure) for match in matches}
    others = [
        [
            *context.features(surfaces.of(i)),
            *_shape_features(text, surfaces.of(i)[0][1] - surfaces.of(i)[0][0]),
            *map(key.endswith, _parts()),
            *_list_features(listed.get(text) or gazetteer.known(text)),
        ]
        for i, (text, key) in enumerate(zip(surfaces.texts, keys, strict=True))
    ]
    columns: list[NDArray[Any]] = [
        best,
        added[:, :labels] / counts,
        highest[:, labels : labels + 2],
        added[:, labels:] / counts,
        added[:, labels + 1 : labels + 2],
        highest[:, labels + 2 :],
        np.minimum.reduceat(rivals, groups)[:, None],
        _relation_features(doc, surfaces.texts, keys, best, context),
        np.array(others),
    ]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _relation_features(doc: Doc, texts: Sequence[str], keys: Sequence[str], best: Floats, context: _Context) -> Floats:
    """What other candidates say: another spelling of the same name, the other form of an abbreviation, the title."""
    folded: dict[str, float] = {}
    for key, likely in zip(keys, best.sum(axis=1).tolist(), strict=True):
        folded[key] = max(folded.get(key, 0.0), likely)
    partners = _partners(doc, dict(zip(texts, best, strict=True)))
    tokens = tokens_of(doc)
    head = title_head(tokens)
    head_text = tokens.slice(*head) if head else None
    about_data = not _nouns()[0].isdisjoint(context.title_words())
    nobody = [0.0] * best.shape[1]
    return np.array(
        [
            [
                folded[key],
                text == head_text and about_data,
                text == head_text and not about_data,
                text in partners,
                *partners.get(text, nobody),
            ]
            for text, key in zip(texts, keys, strict=True)
        ],
        dtype=np.float32,
    )


def _partners(doc: Doc, best: Mapping[str, Floats]) -> dict[str, Floats]:
    partners = {}
    for short, long in doc._.abbreviations:
        for one, other in ((short.text, long.text), (long.text, short.text)):
            if one in best and other in best:
                partners[one] = best[other]
    return partners
