"""Subjects that are no names: the words before the verb ("student models generate …")."""

from __future__ import annotations

from extractors.claims.cues import in_class
from extractors.claims.names import Name, fold_name
from extractors.claims.slot_features import NumberView

_MAX_WORDS = 7
_MAX_PHRASES = 3


def _is_verb(word: str) -> bool:
    return in_class(word, "claim_verb") or in_class(word, "subject_verb")


def subject_phrases(at: NumberView, names: list[Name]) -> list[Name]:
    """At most three phrases, each before one of the nearest verbs on the number's left; label PHRASE.

    A phrase that holds a name is left to the name, a generic one ("our method") to the paper's own system.
    """
    words = at.view.words
    found: list[Name] = []
    i = at.position - 1
    while i > 0 and len(found) < _MAX_PHRASES:
        if words[i].quantity < 0 and _is_verb(words[i].lower):
            phrase = _phrase_before(at, i, names)
            if phrase is not None and all(phrase.key != other.key for other in found):
                found.append(phrase)
        i -= 1
    return found


def _phrase_before(at: NumberView, verb: int, names: list[Name]) -> Name | None:
    words = at.view.words
    last = verb
    while last > 0 and (words[last - 1].lower.endswith("ly") or in_class(words[last - 1].lower, "adverb")):
        last -= 1
    first = last
    while (
        first > 0
        and last - first < _MAX_WORDS
        and words[first - 1].quantity < 0
        and not in_class(words[first - 1].lower, "phrase_bound")
    ):
        if _is_verb(words[first - 1].lower):
            break
        first -= 1
    while first < last and in_class(words[first].lower, "article"):
        first += 1
    if first >= last or not words[first].text[0].isalpha() or not words[last - 1].text[0].isalnum():
        return None
    if in_class(words[last - 1].lower, "generic_subject") or in_class(words[first].lower, "stop"):
        return None
    start, end = words[first].start, words[last - 1].end
    if any(name.start < end and start < name.end for name in names):
        return None
    text = at.view.text[start:end]
    return Name(start, end, "PHRASE", text, fold_name(text))
