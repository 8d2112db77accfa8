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
from spacy.tokens import Doc

from extractors.tokens import Tokens, tokens_of

WORD_OFFSETS = (-3, -2, -1, 0, 1, 2, 3)
EDGE = "<edge>"
"""The word that stands before the first and after the last token of a sentence."""

SPACE = "<space>"

Clusters = Mapping[str, Sequence[int]]
"""Lower-case word → the numbers of its clusters, coarse to fine (``vectors.py`` makes them)."""

_REPEATED = regex.compile(r"(.)\1+")
_MIXED = regex.compile(r"\p{Ll}\p{Lu}|\p{Lu}\p{Lu}|\d\p{L}|\p{L}\d")
_TRAILING_VERSION = regex.compile(r"[\d.]+\p{L}?$")
# How far from a token each kind of word feature still counts; the others count for the word itself.
_REACH = {EDGE: 3, "w": 3, "s": 2, "k": 1, "k0": 1, "k1": 3, "k2": 2}


def feature_words(tokens: Tokens) -> list[str]:
    """The words as features name them: white space of any kind is one word."""
    blank = {word for word in set(tokens.words) if word.isspace()}
    return [SPACE if word in blank else word for word in tokens.words] if blank else tokens.words


class _Kinds(dict[int, str]):
    """The kind of each character, as ``str.translate`` asks for it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = "X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
        self[code] = kind
        return kind


_kinds = _Kinds()


@lru_cache(maxsize=50_000)
def shape(word: str) -> str:
    """The kinds of characters, repeats folded: ``Qwen2.5`` → ``Xx+d.d``."""
    return _REPEATED.sub(r"\1+", word[:30].translate(_kinds))[:10]


def word_clusters(word: str, clusters: Clusters) -> Sequence[int] | None:
    """Clusters of the word, or of what is left of it without a version number (``qwen3`` → ``qwen``)."""
    lower = word.lower()
    found = clusters.get(lower)
    return found if found is not None else clusters.get(_TRAILING_VERSION.sub("", lower))


def word_features(word: str, clusters: Clusters) -> list[str]:
    """Features of a word, wherever it stands; :func:`placed` gives those that a token has of it."""
    if word == EDGE:
        return [EDGE]
    lower = word.lower()
    found = word_clusters(word, clusters)
    return [
        f"w={lower}",
        f"s={shape(word)}",
        *([f"k{level}={number}" for level, number in enumerate(found)] if found is not None else ["k=?"]),
        "mixed" if _MIXED.search(word) else "plain",
        f"len={min(len(word), 12)}",
        f"p2={word[:2]}",
        f"p3={word[:3]}",
        f"x2={word[-2:]}",
        f"x3={word[-3:]}",
        f"x4={lower[-4:]}",
    ]


def placed(names: Sequence[str], offset: int) -> list[str]:
    """The features of a word (:func:`word_features`) that a token has at ``offset`` from it, with the offset."""
    return [f"{offset}{name}" for name in names if abs(offset) <= _REACH.get(name.partition("=")[0], 0)]


def pair_features(left: str, right: str, *, right_is_token: bool) -> list[str]:
    """Features of two neighbours: one as a word, both as shapes. ``right_is_token``: the token is the right one."""
    shapes = f"{shape(left)}|{shape(right)}"
    if right_is_token:
        return [f"<w={left.lower()}|{shape(right)}", f"<s={shapes}"]
    return [f">w={shape(left)}|{right.lower()}", f">s={shapes}"]


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """What a paper says about its words: how often each occurs, in the title, as or in an explained abbreviation."""

    counts: Mapping[str, int]
    inside: frozenset[str]
    title: frozenset[str]
    short_forms: frozenset[str]
    long_forms: frozenset[str]

    @classmethod
    def of(cls, doc: Doc, words: Sequence[str]) -> DocumentWords:
        """Reads the ``words`` (:func:`feature_words`) of a Doc that has sentences and ``doc._.abbreviations``."""
        tokens = tokens_of(doc)
        title_length = title_size(tokens)
        inside = list(words)
        for start, _ in reversed(tokens.sentences):
            if start >= title_length:
                del inside[start]
        pairs = doc._.abbreviations
        return cls(
            counts=Counter(words),
            inside=frozenset(inside[title_length:]),
            title=frozenset(words[:title_length]),
            short_forms=frozenset(token.text for short, _ in pairs for token in short),
            long_forms=frozenset(token.text for _, long in pairs for token in long if token.text[0].isupper()),
        )


def title_size(tokens: Tokens) -> int:
    """How many tokens the sentences that begin in the title have."""
    return max((end for start, end in tokens.sentences if tokens.offsets[start] < tokens.abstract_start), default=0)


def document_features(word: str, words: DocumentWords) -> list[str]:
    """Features of a word that the rest of the paper gives."""
    names = [f"count={min(words.counts[word], 4)}"]
    if word in words.title:
        names.append("in-title")
    if word[:1].isupper():
        names.append("capital-inside" if word in words.inside else "capital-at-start")
        names.append("also-lower" if word.lower() in words.counts and not word.islower() else "never-lower")
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
    of_word: Callable[[str], Sequence[str]],
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
            names += placed(of_word(padded[here + offset]), offset)
        names += pair_features(padded[here - 1], word, right_is_token=True)
        names += pair_features(word, padded[here + 1], right_is_token=False)
        names += document_features(word, document) + list_features(marks[i])
        if is_title:
            names += title_features(word, i, colon)
        rows.append(names)
    return rows
