"""What a number is compared to: names of the sentence, and phrases behind a comparing word ("than prior work")."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.claims.context import SentenceView, Word
from extractors.claims.cues import in_class, phrases_of
from extractors.claims.name_slots import name_features
from extractors.claims.names import Cast, Name
from extractors.claims.slot_features import NumberView

_MAX_WORDS = 7


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate baseline: words ``first`` to ``last`` (half open) of the sentence; ``name`` where it is a name."""

    first: int
    last: int
    text: str
    cue: str
    name: Name | None = None


def phrases(view: SentenceView, names: list[Name]) -> list[Phrase]:
    """Nameless phrases behind comparing words; a phrase that holds a name is left to the name."""
    words = view.words
    found: list[Phrase] = []
    taken = -1
    for i, word in enumerate(words):
        if word.quantity >= 0 or not in_class(word.lower, "compare_cue") or i < taken:
            continue
        first = i + 1
        while first < len(words) and in_class(words[first].lower, "article"):
            first += 1
        last = first
        glued = 0
        while last < len(words) and last - first - glued < _MAX_WORDS and _continues(words, last):
            glued += 2 * (words[last].text == "-")
            last += 1
        while last > first and not words[last - 1].text[0].isalnum():
            last -= 1
        if last == first or not words[first].text[0].isalpha():
            continue
        start, end = words[first].start, words[last - 1].end
        if any(name.start < end and start < name.end and name.label in ("MODEL", "HARDWARE") for name in names):
            continue
        found.append(Phrase(first, last, view.text[start:end], word.lower))
        taken = last
    return found


def _continues(words: list[Word], i: int) -> bool:
    word = words[i]
    if word.quantity >= 0 or not (word.text[0].isalnum() or word.text in "-/&+"):
        return False
    touches = word.text in "-/&+" or (words[i - 1].text in "-/&+" and words[i - 1].end == word.start)
    # the "of" of "state of the art" ends nothing, be there hyphens or not
    return touches or not in_class(word.lower, "phrase_end") or _inside_unbroken(words, i)


def _inside_unbroken(words: list[Word], i: int) -> bool:
    """Whether word ``i`` stands behind the first word of a sequence that is one word in effect."""
    for phrase in phrases_of("unbroken"):
        for first in range(max(0, i - len(phrase) + 1), i):
            if tuple(word.lower for word in words[first : first + len(phrase)]) == phrase:
                return True
    return False


def phrase_features(at: NumberView, cast: Cast, phrase: Phrase, peers: list[Name], count: int) -> list[str]:
    """Features of a candidate, be it a name or a phrase."""
    t = at.claim_type
    out: list[str] = []
    if phrase.name is not None:
        out.extend(name_features(at, cast, phrase.name, peers, "base"))
        out.append("isname")
    else:
        relation = at.relation(phrase.first, phrase.last)
        outside = at.outside(phrase.first, phrase.last)
        out.extend(f"P|{feature}" for feature in (*relation, *outside, *at.governor(phrase.first)))
        words = [word.lower for word in at.view.words[phrase.first : phrase.last]]
        out.extend(f"pw={word}" for word in words)
        out.extend(f"{phrase.cue}|pw={word}" for word in words)
        out.append(f"ph={words[-1]}")
        out.append(f"ph1={words[0]}")
        out.append(f"{phrase.cue}|ph={words[-1]}")
        out.append(f"plen={len(words)}|{phrase.cue}")
        out.append(f"{t}|cue={phrase.cue}|{relation[0]}")
        out.append(f"cue={phrase.cue}|{relation[1]}|{relation[3]}")
    out.append(f"n={min(5, count)}")
    before = {word.lower for word in at.view.words[: at.position]}
    after = {word.lower for word in at.view.words[at.position :]}
    for name in (
        "than",
        "over",
        "compared",
        "outperforms",
        "outperforming",
        "surpassing",
        "vs",
        "versus",
        "against",
        "baseline",
    ):
        if name in before:
            out.append(f"has<{name}|{'n' if phrase.name else 'p'}")
        if name in after:
            out.append(f"has>{name}|{'n' if phrase.name else 'p'}")
    return out
