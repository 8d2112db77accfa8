"""What the name tagger sees of a word and of its paper: feature names, the same in training and at run time.

A token's features are those of the words around it, each with its offset (:data:`WORD_OFFSETS`), of the two pairs that
it forms with its neighbours, and of what the paper says elsewhere about the word (:func:`document_features`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex
from spacy.attrs import ORTH
from spacy.tokens import Doc

WORD_OFFSETS = (-3, -2, -1, 0, 1, 2, 3)
EDGE = "<edge>"
"""The word that stands before the first and after the last token of a sentence."""

SPACE = "<space>"

Clusters = Mapping[str, Sequence[int]]
"""Lower-case word → the numbers of its clusters, coarse to fine (``vectors.py`` makes them)."""

_REPEATED = regex.compile(r"(.)\1+")
_MIXED = regex.compile(r"\p{Ll}\p{Lu}|\p{Lu}\p{Lu}|\d\p{L}|\p{L}\d")
_TRAILING_VERSION = regex.compile(r"[\d.]+\p{L}?$")
_FREQUENT = 100


def feature_words(doc: Doc) -> list[str]:
    """The words as features name them: white space of any kind is one word."""
    orths = doc.to_array([ORTH]).tolist()
    strings = doc.vocab.strings
    words = {orth: SPACE if (word := strings[orth]).isspace() else word for orth in set(orths)}
    return [words[orth] for orth in orths]


@lru_cache(maxsize=50_000)
def shape(word: str) -> str:
    """The kinds of characters, repeats folded: ``Qwen2.5`` → ``Xx+d.d``."""
    kinds = "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word[:30])
    return _REPEATED.sub(r"\1+", kinds)[:10]


def word_clusters(word: str, clusters: Clusters) -> Sequence[int] | None:
    """Clusters of the word, or of what is left of it without a version number (``qwen3`` → ``qwen``)."""
    lower = word.lower()
    found = clusters.get(lower)
    return found if found is not None else clusters.get(_TRAILING_VERSION.sub("", lower))


def word_features(word: str, offset: int, clusters: Clusters) -> list[str]:
    """Features of the word at ``offset`` from a token: many for near words, the word and a cluster for far ones."""
    if word == EDGE:
        return [f"{offset}{EDGE}"]
    lower = word.lower()
    found = word_clusters(word, clusters)
    names = [f"w={lower}"]
    cluster_names = [f"k{level}={number}" for level, number in enumerate(found)] if found is not None else ["k=?"]
    if abs(offset) <= 1:
        names += [f"s={shape(word)}", *cluster_names]
    elif abs(offset) == 2:
        names += [f"s={shape(word)}", *cluster_names[1:]]
    else:
        names += cluster_names[1:2]
    if offset == 0:
        names += ["mixed" if _MIXED.search(word) else "plain", f"len={min(len(word), 12)}"]
        names += [f"p2={word[:2]}", f"p3={word[:3]}", f"x2={word[-2:]}", f"x3={word[-3:]}", f"x4={lower[-4:]}"]
    return [f"{offset}{name}" for name in names]


def pair_features(left: str, right: str, *, right_is_token: bool) -> list[str]:
    """Features of two neighbours: one as a word, both as shapes. ``right_is_token``: the token is the right one."""
    shapes = f"{shape(left)}|{shape(right)}"
    if right_is_token:
        return [f"<w={left.lower()}|{shape(right)}", f"<s={shapes}"]
    return [f">w={shape(left)}|{right.lower()}", f">s={shapes}"]


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """What a paper says about its words: how often each occurs, in the title, as or in an explained abbreviation."""

    counts: Counter[str]
    inside: frozenset[str]
    title: frozenset[str]
    short_forms: frozenset[str]
    long_forms: frozenset[str]

    @classmethod
    def of(cls, doc: Doc, words: Sequence[str]) -> DocumentWords:
        """Reads the ``words`` (:func:`feature_words`) of a Doc that has sentences and ``doc._.abbreviations``."""
        sentences = list(doc.sents)
        title_length = max((s.end for s in sentences if s.start_char < doc._.abstract_start), default=0)
        first = {sentence.start for sentence in sentences}
        pairs = doc._.abbreviations
        return cls(
            counts=Counter(words),
            inside=frozenset(words[i] for i in range(title_length, len(words)) if i not in first),
            title=frozenset(words[:title_length]),
            short_forms=frozenset(token.text for short, _ in pairs for token in short),
            long_forms=frozenset(token.text for _, long in pairs for token in long if token.text[0].isupper()),
        )


def document_features(word: str, words: DocumentWords) -> list[str]:
    """Features of a word that the rest of the paper gives."""
    names = [f"count={min(words.counts[word], 4)}"]
    if word in words.title:
        names.append("in-title")
    if word[:1].isupper():
        names.append("capital-inside" if word in words.inside else "capital-at-start")
        names.append("also-lower" if words.counts[word.lower()] and not word.islower() else "never-lower")
    if word in words.short_forms:
        names.append("short-form")
    if word in words.long_forms:
        names.append("long-form")
    return names


def list_features(mark: str) -> list[str]:
    """What the name lists say of a token (see :mod:`extractors.ner.gazetteer`)."""
    return [f"list={mark}"] if mark else []


def title_features(word: str, position: int, colon: int) -> list[str]:
    """Features of a token of the title; ``colon`` is the position of its first colon, -1 where it has none."""
    side = "none" if colon < 0 else "before" if position < colon else "after"
    return ["title", f"title-s={shape(word)}", f"title-at={min(position, 5)}", f"title-colon={side}"]


def sentence_features(
    words: Sequence[str],
    marks: Sequence[str],
    document: DocumentWords,
    of_word: Callable[[str, int], Sequence[str]],
    *,
    is_title: bool,
) -> list[list[str]]:
    """All features of every token of a sentence, for training (at run time :class:`extractors.ner.crf.EmissionTable`).

    ``of_word`` is :func:`word_features` with its clusters given.
    """
    edge = [EDGE] * max(WORD_OFFSETS)
    padded = [*edge, *words, *edge]
    colon = words.index(":") if ":" in words else -1
    rows = []
    for i, word in enumerate(words):
        here = i + len(edge)
        names = ["bias"]
        for offset in WORD_OFFSETS:
            names += of_word(padded[here + offset], offset)
        names += pair_features(padded[here - 1], word, right_is_token=True)
        names += pair_features(word, padded[here + 1], right_is_token=False)
        names += document_features(word, document) + list_features(marks[i])
        if is_title:
            names += title_features(word, i, colon)
        rows.append(names)
    return rows
