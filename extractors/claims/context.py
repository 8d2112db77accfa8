"""What stands around a quantity: the words of its sentence, with the quantities folded to one token each.

Every model of this package looks at the same view, so it is built once a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import regex

from extractors.claims.cues import word_classes
from extractors.quantities import Quantity

_WORD = regex.compile(r"[^\W_]*[^\W\d_][^\W_]*(?:['’][a-z]+)?|\d+|[,;:()\[\]./&+=→<>–—-]|\\?%")


_PLAIN_WORD = re.compile(r"[a-z][a-z0-9-]+")


class Word(NamedTuple):
    """A word or mark of the sentence; ``quantity`` is its index in the view's quantities, -1 for a plain word."""

    text: str
    lower: str
    start: int
    end: int
    quantity: int = -1


@dataclass(slots=True)
class SentenceView:
    """A sentence of the Doc as words and quantities; offsets are those of the Doc's text.

    ``depths`` are the open brackets at every word; ``roles`` and ``groups`` are kept by :mod:`extractors.claims.pairs`.
    """

    text: str
    start: int
    end: int
    index: int
    count: int
    in_title: bool
    words: list[Word]
    quantities: list[Quantity]
    positions: list[int]
    starts: list[int] = field(default_factory=list)
    topic: tuple[str, ...] = ()
    depths: list[int] = field(default_factory=list)
    roles: list[tuple[str, int]] | None = None
    groups: list[tuple[int, int]] | None = None

    def word_at(self, offset: int) -> int:
        """Index of the first word that ends behind ``offset``."""
        return min(bisect_right(self.starts, offset) - 1, len(self.words) - 1) if self.words else 0

    def first_word_from(self, offset: int) -> int:
        """Index of the first word that starts at or behind ``offset`` (``len(words)`` where there is none)."""
        return bisect_left(self.starts, offset)


def shape(quantity: Quantity) -> str:
    """A short class of a quantity that the models share: its unit family, or what sort of bare number it is."""
    if quantity.in_name:
        return "name" + (quantity.scale.upper() if len(quantity.scale) == 1 else "")
    if quantity.dimension in ("ratio", "percent", "points"):
        return {"ratio": "x", "percent": "%", "points": "pt"}[quantity.dimension]
    if quantity.unit:
        return "unit:" + quantity.dimension
    if quantity.scale:
        return "scale" + quantity.scale[0].upper()
    if quantity.kind == "word":
        return "word"
    if quantity.value != int(quantity.value):
        return "dec"
    magnitude = abs(quantity.value)
    return "int1" if magnitude < 10 else "int2" if magnitude < 100 else "int3" if magnitude < 1000 else "int4"


_USUAL_SHARE = {"speed": 0.041, "cost": 0.141, "quality": 0.316}  # in 1,500 abstracts of all kinds
_TOPIC_KINDS = ("speed", "cost", "quality", "items")


@lru_cache(maxsize=50_000)
def _topic_kinds(word: str) -> tuple[str, ...]:
    return tuple(name for name in word_classes(word) if name in _TOPIC_KINDS)


def topic_of(text: str, abstract_start: int) -> tuple[str, ...]:
    """What the paper as a whole speaks of: how much of speed, cost, quality and data, and the words of its title."""
    counts = Counter(chain.from_iterable(map(_topic_kinds, _PLAIN_WORD.findall(text.lower()))))
    total = sum(counts.values()) or 1
    top = max(_USUAL_SHARE, key=lambda name: counts[name] / total / _USUAL_SHARE[name])
    shares = [f"{name}{min(5, int(10 * counts[name] / total))}" for name in _TOPIC_KINDS]
    title = dict.fromkeys(word for word in _PLAIN_WORD.findall(text[:abstract_start].lower()) if len(word) > 3)
    kinds = dict.fromkeys(chain.from_iterable(map(_topic_kinds, title)))
    return (f"top:{top}", *shares, *(f"T:{name}" for name in kinds), *(f"T={word}" for word in list(title)[:12]))


def sentence_view(
    text: str,
    start: int,
    end: int,
    index: int,
    count: int,
    in_title: bool,
    quantities: list[Quantity],
    topic: tuple[str, ...] = (),
) -> SentenceView:
    """The view of ``text[start:end]`` with the quantities that stand in it."""
    words: list[Word] = []
    positions: list[int] = []
    cursor = start
    for number, quantity in enumerate(quantities):
        _append_words(words, text, cursor, quantity.start)
        positions.append(len(words))
        words.append(
            Word(text[quantity.start : quantity.end], f"<{shape(quantity)}>", quantity.start, quantity.end, number)
        )
        cursor = max(cursor, quantity.end)
    _append_words(words, text, cursor, end)
    view = SentenceView(text, start, end, index, count, in_title, words, quantities, positions)
    view.starts = [word.start for word in words]
    view.topic = topic
    view.depths = _bracket_depths(words)
    return view


def _bracket_depths(words: list[Word]) -> list[int]:
    """How many round brackets are open at every word; a bracket itself counts as inside."""
    depth, depths = 0, []
    for word in words:
        depth += word.text == "("
        depths.append(depth)
        depth -= word.text == ")"
    return depths


def _append_words(words: list[Word], text: str, start: int, end: int) -> None:
    for match in _WORD.finditer(text, start, end):
        surface = match.group()
        words.append(Word(surface, surface.lower(), match.start(), match.end()))
