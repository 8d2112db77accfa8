"""Words around a quantity that qualify it: "up to 3x", "more than 95%", "~2 times", "8 or more"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import regex

from schemas.records import Qualifier

_REACH = 40
_FILLER = r"(?:[\s$({~\[]|\\[,;!]|\ban?\b|\bthe\b|\bonly\b|\bmere\b|\bjust\b)*"
_NEGATION = regex.compile(r"\b(?:no|none|never|not|neither|nor|without)\b[^.;,]*$", regex.IGNORECASE)
_PIECE = re.compile(r"[a-z]+|[^\w\s]")
_FILLER_PIECES = frozenset({*"$({~[\\,;!", "a", "an", "the", "only", "mere", "just"})


class _Cues(NamedTuple):
    """Cue phrases before and behind a quantity: their patterns, what they say, and what the former end with."""

    before: regex.Pattern[str]
    said_before: dict[str, Qualifier]
    last_pieces: frozenset[str]
    after: regex.Pattern[str]
    said_after: dict[str, Qualifier]


@cache
def _cues() -> _Cues:
    data = tomllib.loads(resources.files("extractors").joinpath("data/qualifiers.toml").read_text(encoding="utf-8"))
    before, after = _said(data["before"]), _said(data["after"])
    return _Cues(
        before=regex.compile(rf"({_alternatives(before)}){_FILLER}$", regex.IGNORECASE),
        said_before=before,
        last_pieces=frozenset(_PIECE.findall(cue)[-1] for cue in before),
        after=regex.compile(rf"\s(?:\w+\s)?(?P<after>{_alternatives(after)})\b", regex.IGNORECASE),
        said_after=after,
    )


def _said(cues: dict[str, Any]) -> dict[str, Qualifier]:
    names: tuple[Qualifier, ...] = ("up_to", "at_least", "at_most", "about")
    return {cue: name for name in names for cue in cues.get(name, ())}


def _alternatives(cues: Iterable[str]) -> str:
    parts = []
    for cue in sorted(cues, key=len, reverse=True):
        body = regex.escape(cue).replace("\\ ", r"\s+")
        parts.append(
            (r"\b" if cue[0].isalpha() else r"(?<!-)" if cue[0] == ">" else "")
            + body
            + (r"(?![\w])" if cue[-1].isalpha() else "")
        )
    return "|".join(parts)


def _may_end_cue(pieces: list[str], last_pieces: frozenset[str]) -> bool:
    """Whether a cue may end these pieces of a text: but for filler the last one is what some cue ends with."""
    for piece in reversed(pieces):
        if piece in last_pieces:
            return True
        if piece not in _FILLER_PIECES:
            return False
    return False


def qualifier_of(text: str, start: int, end: int, *, plus: bool) -> Qualifier:
    """What the words around ``text[start:end]`` say of it; ``plus``: whether a "+" behind it says "at least"."""
    cues = _cues()
    first = max(0, start - _REACH)
    # Few numbers have a cue before them; the pieces that cues end with are found much faster than the cues.
    if _may_end_cue(_PIECE.findall(text[first:start].lower()), cues.last_pieces):
        match = cues.before.search(text, first, start)
        inside_word = match and text[max(0, match.start() - 1)].isalnum() and text[match.start()].isalpha()
        if match and not (inside_word and match.start() > 0):
            said = cues.said_before[" ".join(match[1].lower().split())]
            negated = said == "at_least" and _NEGATION.search(text, max(0, match.start() - _REACH), match.start())
            return "at_most" if negated else said
    if plus and text[end : end + 1] == "+":
        return "at_least"
    behind = cues.after.match(text, end)
    return cues.said_after[" ".join(behind["after"].lower().split())] if behind else "exact"
