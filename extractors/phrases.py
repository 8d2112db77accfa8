"""Cue phrases as data: lists of words with ``<name>`` for a named list, compiled into one linear pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MAX_REPEATS = 6
"""How many words of a repeatable list may follow one another."""

MAX_GAP = 14
"""How many words a gap ("...") may skip; it never skips a word of the list "clause_end"."""

MAX_SHORT_GAP = 8
"""How many words a short gap ("..") may skip; it never skips a word of the list "phrase_end"."""

_SLOT = re.compile(r"<(\w+)(\*?)>")
_BLANK = r"[^\w\s;.!?-]{0,3}\s+[^\w\s;.!?-]{0,3}"


def word_alternation(words: Iterable[str]) -> str:
    """An alternation of words and phrases, longest first; any white space counts as one blank."""
    ordered = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered)


def compile_phrases(phrases: Iterable[str], lists: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """One pattern for all phrases, whole words, any case.

    ``<name>`` stands for one word of that list, ``<name*>`` for up to :data:`MAX_REPEATS` of them, ``...`` for up to
    :data:`MAX_GAP` words of one clause, ``..`` for few words of one noun phrase, ``<end>`` for the end of a noun
    phrase: a mark or a word of the list "after". Marks beside a word ("code,", "(code)") do not count. No part repeats
    without bound, so the search is linear in the text.

    Raises:
        KeyError: a phrase names a list that does not exist.
    """
    alternations = {name: word_alternation(words) for name, words in lists.items()}
    compiled = [_compile(phrase, alternations) for phrase in phrases]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(compiled)})(?![\w-])", re.IGNORECASE)


def _compile(phrase: str, alternations: Mapping[str, str]) -> str:
    parts: list[str] = []
    for word in phrase.split():
        slot = _SLOT.fullmatch(word)
        if word == "...":
            parts.append(_gap(alternations["clause_end"], MAX_GAP))
        elif word == "..":
            parts.append(_gap(alternations["phrase_end"], MAX_SHORT_GAP))
        elif word == "<end>":
            noun = parts.pop().removesuffix(_BLANK)
            parts.append(rf"{noun}(?=[^\w\s-]|\s*$|\s+(?:{alternations['after']})(?![\w-])){_BLANK}")
        elif slot is None:
            parts.append(re.escape(word) + _BLANK)
        elif slot[2]:
            parts.append(rf"(?:(?:{alternations[slot[1]]}){_BLANK}){{0,{MAX_REPEATS}}}")
        else:
            parts.append(rf"(?:{alternations[slot[1]]}){_BLANK}")
    return "".join(parts).removesuffix(_BLANK)


def _gap(forbidden: str, words: int) -> str:
    return rf"(?:(?!(?:{forbidden})(?![\w-]))[^\s;!?]+\s+){{0,{words}}}?"
