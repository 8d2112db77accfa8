"""Candidates for names: every distinct spelling that may be a name somewhere in a paper, with all its mentions.

A paper names its things again and again; what one sentence leaves open another says. So a name is kept or dropped
once per distinct spelling (:mod:`extractors.ner.ranker`), by features of all its mentions together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ORTH
from spacy.tokens import Doc

from extractors.ner.crf import Floats
from extractors.ner.gazetteer import Gazetteer, Match, fold_name, name_cues
from extractors.ner.tagger import Tagging

WEAK_START = 0.06
"""A token begins a candidate from this probability on, even where the best tags say nothing."""
WEAK_INSIDE = 0.4
MAX_NAME_TOKENS = 14
TITLE_HEAD_TOKENS = 6

_LISTED = ("BENCHMARK", "MODEL", "HARDWARE", "METRIC", "TASK")
_DETERMINERS = frozenset({"the", "our", "a", "an", "this", "of", "on", "with", "and", "using", "than", "by", "in"})
_ARTICLES = frozenset({"a", "an", "the", "our"})
_JOINING = frozenset({",", "and", "or", "&", "/", ";"})
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
    begin, inside = tagging.begin.sum(axis=1), tagging.inside.sum(axis=1)
    spans = []
    for start in np.flatnonzero(begin >= WEAK_START).tolist():
        end = start + 1
        while inside[end] >= WEAK_INSIDE and end - start < MAX_NAME_TOKENS:
            end += 1
        spans.append((start, end))
    return spans


def _whole_word(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The span with what is joined to it by hyphens: ``MNIST`` of ``Moving-MNIST``, but not the ``based`` after it."""
    while start >= 2 and doc[start - 1].text == "-" and not (doc[start - 1].whitespace_ or doc[start - 2].whitespace_):
        start -= 2
    while (
        end + 1 < len(doc)
        and doc[end].text == "-"
        and not (doc[end - 1].whitespace_ or doc[end].whitespace_)
        and not doc[end + 1].is_lower
    ):
        end += 2
    return start, end


def title_end(doc: Doc) -> int:
    """How many tokens the title has."""
    start = doc._.abstract_start
    return next((token.i for token in doc if token.idx >= start), len(doc))


def title_head(doc: Doc) -> tuple[int, int] | None:
    """The tokens before the colon of "Name: A …", where there are at most six."""
    for token in doc[: TITLE_HEAD_TOKENS + 1]:
        if token.idx >= doc._.abstract_start:
            return None
        if token.text == ":":
            return (0, token.i) if token.i else None
    return None


def propose(doc: Doc, tagging: Tagging, matches: Iterable[Match]) -> Surfaces:
    """All candidates of a paper: what the tagger thinks likely, listed names, abbreviation pairs, the title's head."""
    spans = {(start, end) for start, end, _ in tagging.spans} | set(_weak_spans(tagging))
    spans |= {(match.start, match.end) for match in matches if match.label in _LISTED[:3]}
    spans |= {_whole_word(doc, start, end) for start, end in spans}
    head = title_head(doc)
    if head:
        spans.add(head)
    likely = np.zeros(len(doc), dtype=bool)
    for start, end in spans:
        likely[start:end] = True
    for short, long in doc._.abbreviations:
        if likely[short.start : short.end].any() or likely[long.start : long.end].any():
            spans |= {(short.start, short.end), (long.start, long.end)}
    return _with_mentions(doc, sorted(spans))


def _with_mentions(doc: Doc, spans: Iterable[tuple[int, int]]) -> Surfaces:
    orths = doc.to_array([ORTH]).tolist()
    places: dict[int, list[int]] = {}
    for i, orth in enumerate(orths):
        places.setdefault(orth, []).append(i)
    texts: list[str] = []
    mentions: list[tuple[int, int]] = []
    first = [0]
    seen: set[str] = set()
    for start, end in spans:
        text = doc[start:end].text
        if text in seen or not text.strip() or not _balanced(text):
            continue
        seen.add(text)
        texts.append(text)
        length = end - start
        mentions += [
            (place, place + length)
            for place in places[orths[start]]
            if length == 1
            or (orths[place : place + length] == orths[start:end] and doc[place : place + length].text == text)
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
    by_label, of_any = tagging.begin[starts], tagging.begin.sum(axis=1)[starts]
    for step in range(1, int((ends - starts).max())):
        longer = starts + step < ends
        inner = starts[longer] + step
        by_label[longer] = np.minimum(by_label[longer], tagging.inside[inner])
        of_any[longer] = np.minimum(of_any[longer], any_inside[inner])
    clean = 1.0 - any_inside[ends]
    return by_label * clean[:, None], of_any * clean


def _rivals(surfaces: Surfaces, of_any: Floats, length: int) -> Floats:
    """For each mention, the probability of the likeliest longer mention that overlaps it."""
    best = np.zeros(length, dtype=np.float32)
    rivals = np.zeros(len(surfaces.mentions), dtype=np.float32)
    sizes = [end - start for start, end in surfaces.mentions]
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    pending: list[int] = []
    for i in order:
        if pending and sizes[pending[0]] > sizes[i]:
            for j in pending:
                start, end = surfaces.mentions[j]
                np.maximum(best[start:end], of_any[j], out=best[start:end])
            pending.clear()
        start, end = surfaces.mentions[i]
        rivals[i] = best[start:end].max()
        pending.append(i)
    return rivals


def _shape_features(text: str, tokens: int) -> list[float]:
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return [
        float(tokens),
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


def _context_features(doc: Doc, mentions: Sequence[tuple[int, int]], title_tokens: int) -> list[float]:
    count = len(mentions)
    after = [doc[end].lower_ if end < len(doc) else "" for _, end in mentions]
    before = [doc[start - 1].lower_ if start else "" for start, _ in mentions]
    nouns = name_cues()["nouns"].values()
    explained = {noun for _, end in mentions for noun in _explanation(doc, end)}
    return [
        math.log(count),
        float(mentions[0][0] < title_tokens),
        sum(word in _DETERMINERS for word in before) / count,
        sum(word == "-" for word in before) / count,
        sum(word == "(" for word in after) / count,
        sum(word == "-" for word in after) / count,
        *(sum(word in words for word in after) / count for words in nouns),
        *(float(not explained.isdisjoint(words)) for words in nouns),
        float(all(doc[start].is_sent_start for start, _ in mentions)),
    ]


def _explanation(doc: Doc, end: int) -> list[str]:
    """The words after "X, a …", "X: A …", "X is a …" and "X (…), a …", up to the end of the sentence or fourteen."""
    following = doc[end : end + _EXPLANATION_TOKENS]
    words: list[str] = []
    for i, token in enumerate(following):
        if token.is_sent_start and token.i > end:
            break
        words.append(token.lower_)
        if i == 1 and words[0] in (",", ":", "is", "are", "-", "—", "–") and words[1] not in _ARTICLES:
            return []
    if len(words) < 3 or words[0] not in (",", ":", "is", "are", "(", "-", "—", "–"):
        return []
    return words


def _part_features(text: str) -> list[float]:
    folded = fold_name(text)
    return [float(any(folded.endswith(part) for part in parts)) for parts in name_cues()["parts"].values()]


def _neighbours(doc: Doc, mentions: Sequence[tuple[int, int]], by_label: Floats) -> Floats:
    """For each mention, the label probabilities of the likeliest candidate beside it in a list ("A, B and C")."""
    starting: dict[int, list[int]] = {}
    ending: dict[int, list[int]] = {}
    for index, (start, end) in enumerate(mentions):
        starting.setdefault(start, []).append(index)
        ending.setdefault(end, []).append(index)
    result = np.zeros_like(by_label)
    for index, (start, end) in enumerate(mentions):
        left, right = start, end
        while left > 0 and start - left < 2 and doc[left - 1].lower_ in _JOINING:
            left -= 1
        while right < len(doc) and right - end < 2 and doc[right].lower_ in _JOINING:
            right += 1
        beside = (ending.get(left, []) if left < start else []) + (starting.get(right, []) if right > end else [])
        if beside:
            result[index] = by_label[beside].max(axis=0)
    return result


def _list_features(entry: tuple[str, bool] | None) -> list[float]:
    label, sure = entry or (None, False)
    return [float(label == listed and sure == certain) for listed in _LISTED for certain in (True, False)]


def featurize(doc: Doc, tagging: Tagging, surfaces: Surfaces, matches: Iterable[Match], gazetteer: Gazetteer) -> Floats:
    """One row of features a candidate, in their order; all are numbers that grow with what their lines name."""
    by_label, of_any = mention_probabilities(tagging, surfaces.mentions)
    rivals = _rivals(surfaces, of_any, len(doc))
    free = rivals < 0.5
    groups = np.array(surfaces.first[:-1])
    counts = np.diff(surfaces.first)[:, None]
    best = np.maximum.reduceat(by_label, groups)
    tagged = {(start, end) for start, end, _ in tagging.spans}
    is_tagged = np.array([mention in tagged for mention in surfaces.mentions], dtype=np.float32)
    per_mention = np.stack([of_any, is_tagged, free], axis=1).astype(np.float32)
    columns: list[NDArray[Any]] = [
        best,
        np.add.reduceat(by_label, groups) / counts,
        np.maximum.reduceat(of_any, groups)[:, None],
        np.maximum.reduceat(of_any * free, groups)[:, None],
        np.add.reduceat(per_mention, groups) / counts,
        np.add.reduceat(is_tagged, groups)[:, None],
        np.maximum.reduceat(_neighbours(doc, surfaces.mentions, by_label), groups),
        np.maximum.reduceat(rivals, groups)[:, None],
        np.minimum.reduceat(rivals, groups)[:, None],
        _relation_features(doc, surfaces.texts, best),
    ]
    title_tokens = title_end(doc)
    listed = {doc[match.start : match.end].text: (match.label, match.sure) for match in matches}
    others = [
        _context_features(doc, surfaces.of(i), title_tokens)
        + _shape_features(text, surfaces.of(i)[0][1] - surfaces.of(i)[0][0])
        + _part_features(text)
        + _list_features(listed.get(text) or gazetteer.known(text))
        for i, text in enumerate(surfaces.texts)
    ]
    return np.concatenate([*columns, np.array(others)], axis=1, dtype=np.float32)


def _relation_features(doc: Doc, texts: Sequence[str], best: Floats) -> Floats:
    """What other candidates say: another spelling of the same name, the other form of an abbreviation, the title."""
    folded: dict[str, float] = {}
    for text, row in zip(texts, best, strict=True):
        key = fold_name(text)
        folded[key] = max(folded.get(key, 0.0), float(row.sum()))
    partners = _partners(doc, dict(zip(texts, best, strict=True)))
    head = title_head(doc)
    head_text = doc[head[0] : head[1]].text if head else None
    title = {token.lower_ for token in doc[: title_end(doc)]}
    about_data = not title.isdisjoint(name_cues()["nouns"]["benchmark"])
    nobody = np.zeros(best.shape[1], dtype=np.float32)
    return np.array(
        [
            [
                folded[fold_name(text)],
                text == head_text and about_data,
                text == head_text and not about_data,
                text in partners,
                *partners.get(text, nobody),
            ]
            for text in texts
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
