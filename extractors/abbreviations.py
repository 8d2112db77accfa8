"""Abbreviations that a text explains: ``paperclaims_abbreviations`` pairs "WISA" with "World Simulator Assistant".

The algorithm is that of Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (Pacific Symposium on Biocomputing, 2003): candidates around a pair of brackets, then matching from right to left.
"""

from __future__ import annotations

from typing import NamedTuple

import regex
from spacy.language import Language
from spacy.tokens import Doc

from extractors.tokenizer import text_of

_BRACKETS = regex.compile(r"\(([^()\n]{2,120})\)")
_CLAUSE_END = regex.compile(r"[.!?;]\s|[()]|\n\s*\n")
_WORD = regex.compile(r"\S+")
_MAX_LONG_CHARS = 200


class Definition(NamedTuple):
    """Character offsets of a short form and of the long form that explains it."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


def is_short_form(text: str) -> bool:
    """2 to 12 characters in at most two words that begin with a letter or digit, at least one of them a capital."""
    return (
        2 <= len(text) <= 12 and len(text.split()) <= 2 and text[0].isalnum() and any(char.isupper() for char in text)
    )


def long_form_start(short: str, candidate: str) -> int | None:
    """Where in ``candidate`` the shortest end begins that explains ``short``; ``None`` where none does.

    Every letter and digit of the short form must occur in the long form in the same order, the first one at the
    beginning of a word.
    """
    position = len(candidate)
    for index in range(len(short) - 1, -1, -1):
        char = short[index].casefold()
        if not char.isalnum():
            continue
        position -= 1
        while position >= 0 and not (
            candidate[position].casefold() == char
            and (index > 0 or position == 0 or not candidate[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
    return position


def _plausible(short: str, long: str) -> bool:
    """The long form is longer, does not hold the short one, and has at most min(|A| + 5, 2|A|) words (section 3.1)."""
    words = long.split()
    return len(long) > len(short) and short not in words and len(words) <= min(len(short) + 5, 2 * len(short))


def _long_then_short(text: str, clause_start: int, bracket: regex.Match[str]) -> Definition | None:
    short = regex.split(r"[,;] ", bracket.group(1))[0].rstrip()
    if not is_short_form(short):
        return None
    candidate = text[clause_start : bracket.start()].rstrip()
    start = long_form_start(short, candidate)
    if start is None or not _plausible(short, candidate[start:]):
        return None
    return Definition(
        bracket.start(1), bracket.start(1) + len(short), clause_start + start, clause_start + len(candidate)
    )


def _short_then_long(text: str, clause_start: int, bracket: regex.Match[str]) -> Definition | None:
    words = list(_WORD.finditer(text, clause_start, bracket.start()))
    long = bracket.group(1)
    if not words or not is_short_form(words[-1].group()):
        return None
    short = words[-1]
    if long_form_start(short.group(), long) != 0 or not _plausible(short.group(), long):
        return None
    return Definition(short.start(), short.end(), bracket.start(1), bracket.end(1))


def find_definitions(text: str) -> list[Definition]:
    """All abbreviations that ``text`` defines, in the order of their brackets."""
    found = []
    for bracket in _BRACKETS.finditer(text):
        window = max(0, bracket.start() - _MAX_LONG_CHARS)
        clause_start = max((end.end() for end in _CLAUSE_END.finditer(text, window, bracket.start())), default=window)
        definition = _long_then_short(text, clause_start, bracket) or _short_then_long(text, clause_start, bracket)
        if definition:
            found.append(definition)
    return found


@Language.factory("paperclaims_abbreviations", assigns=["doc._.abbreviations"])
def make_abbreviations(nlp: Language, name: str) -> AbbreviationFinder:
    """The component that writes ``doc._.abbreviations``: a tuple of (short span, long span)."""
    return AbbreviationFinder()


class AbbreviationFinder:
    """Writes ``doc._.abbreviations``; definitions that do not fall on token boundaries are widened to them."""

    def __init__(self) -> None:
        if not Doc.has_extension("abbreviations"):
            Doc.set_extension("abbreviations", default=())

    def __call__(self, doc: Doc) -> Doc:
        pairs = []
        for definition in find_definitions(text_of(doc)):
            short = doc.char_span(definition.short_start, definition.short_end, alignment_mode="expand")
            long = doc.char_span(definition.long_start, definition.long_end, alignment_mode="expand")
            if short is not None and long is not None:
                pairs.append((short, long))
        doc._.abbreviations = tuple(pairs)
        return doc
