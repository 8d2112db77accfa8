"""The names that stand in a paper, as the slot models see them, and which of them is the paper's own system."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex

from extractors.claims.cues import pattern

_INTRODUCE = pattern("introduces", ignore_case=True)
_OTHERS = pattern("of_others", ignore_case=True)


class Name(NamedTuple):
    """One mention of a name; offsets are those of the Doc's text. ``key`` is its folded surface."""

    start: int
    end: int
    label: str
    text: str
    key: str = ""


_JOINTS = regex.compile(r"[\s\-_]+")
_ENDING = regex.compile(r"(?:['’]s|(?<=\w{3})s)$")


@lru_cache(maxsize=20_000)
def fold_name(text: str) -> str:
    """Case and hyphens folded, plural and possessive taken off."""
    return _ENDING.sub("", _JOINTS.sub(" ", text.lower()).strip())


@dataclass(frozen=True, slots=True)
class Cast:
    """All mentions in order, and by key: how often, and how much speaks for being the paper's own system."""

    names: tuple[Name, ...]
    counts: dict[str, int]
    ownness: dict[str, float]
    own_key: str
    own_keys: frozenset[str] = frozenset()
    starts: tuple[int, ...] = ()

    def between(self, low: int, high: int) -> tuple[Name, ...]:
        """The names that start at ``low`` or behind, before ``high``, in order."""
        return self.names[bisect_left(self.starts, low) : bisect_left(self.starts, high)]

    def is_own(self, key: str) -> bool:
        """Whether the name is the paper's own system, or one of its family ("MiMo" and "MiMo-7B-Base")."""
        return key in self.own_keys


def make_cast(text: str, abstract_start: int, names: list[Name], abbreviations: dict[str, str]) -> Cast:
    """Rank the names of a paper by how likely each is its own contribution.

    ``abbreviations`` maps a folded short form to its folded long form: both stand for one thing.
    """
    ordered = sorted(names, key=lambda name: (name.start, -name.end))
    keyed = [Name(n.start, n.end, n.label, n.text, fold_name(n.text)) for n in ordered]
    counts: Counter[str] = Counter(name.key for name in keyed)
    own: dict[str, float] = {}
    first: dict[str, int] = {}
    title = text[:abstract_start]
    colon = title.find(":")
    for name in keyed:
        first.setdefault(name.key, name.start)
        score = 0.0
        if name.start < abstract_start:
            score += 1.0
            if name.start == 0 and 0 < colon <= name.end + 25:
                score += 4.0 if colon <= name.end + 2 else 2.0
        else:
            lead = text[max(abstract_start, name.start - 130) : name.start]
            if name.label in ("MODEL", "BENCHMARK") and _INTRODUCE.search(lead):
                score += 2.0
            if _OTHERS.search(lead[-45:]):
                score -= 0.7
        own[name.key] = own.get(name.key, 0.0) + score
    for key in own:
        own[key] = min(own[key], 6.0) + min(counts[key], 5) * 0.3
    for short, long in abbreviations.items():
        if short in own and long in own:
            own[short] = max(own[short], own[long]) + 0.2
    labels = {name.key: name.label for name in reversed(keyed)}
    candidates = [(score, -first[key], key) for key, score in own.items() if labels[key] in ("MODEL", "BENCHMARK")]
    best = max(candidates, default=(0.0, 0, ""))
    own_key = best[2] if best[0] >= 1.5 else ""
    family = frozenset(key for key in own if _is_kin(key, own_key, abbreviations)) if own_key else frozenset()
    return Cast(tuple(keyed), dict(counts), own, own_key, family, tuple(name.start for name in keyed))


def _is_kin(key: str, own_key: str, abbreviations: dict[str, str]) -> bool:
    if key == own_key or abbreviations.get(key) == own_key or abbreviations.get(own_key) == key:
        return True
    if len(own_key) < 3:
        return False
    at = key.find(own_key)
    return (at == 0 and not key[len(own_key)].isalnum()) or (at > 0 and len(own_key) >= 4 and key[at - 1] == " ")
