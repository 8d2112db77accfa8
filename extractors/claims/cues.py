"""Word classes of ``data/claim_cues.toml``: what kind of thing a word speaks of."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import regex


@cache
def _file() -> dict[str, Any]:
    text = resources.files("extractors").joinpath("data/claim_cues.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    words: dict[str, tuple[str, ...]] = {}
    stems: dict[str, tuple[str, ...]] = {}
    for name, entries in _file()["classes"].items():
        for entry in entries:
            table, key = (stems, entry[:-1]) if entry.endswith("*") else (words, entry)
            table[key] = (*table.get(key, ()), name)
    return words, stems


@lru_cache(maxsize=50_000)
def word_classes(word: str) -> tuple[str, ...]:
    """The classes of a lower-case word, in the order of the file; empty for most words."""
    words, stems = _tables()
    found = list(words.get(word, ()))
    for length in range(2, len(word) + 1):
        found.extend(stems.get(word[:length], ()))
    return tuple(dict.fromkeys(found))


def pattern(name: str, *, ignore_case: bool = False) -> regex.Pattern[str]:
    """The regular expression ``name`` of the file's ``[patterns]``."""
    patterns: dict[str, str] = _file()["patterns"]
    return regex.compile(patterns[name], regex.IGNORECASE if ignore_case else 0)


@cache
def _sets() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _file()["sets"].items()}


def in_class(word: str, name: str) -> bool:
    """Whether a lower-case word stands in the set ``name`` of the file."""
    return word in _sets()[name]


@cache
def phrases_of(name: str) -> tuple[tuple[str, ...], ...]:
    """The word sequences ``name`` of the file's ``[phrases]``, each as its lower-case words."""
    return tuple(tuple(phrase.split()) for phrase in _file()["phrases"][name])


@cache
def _implied() -> dict[str, str]:
    implied: dict[str, str] = _file()["implied"]
    return implied


def implied_metric(phrase: str) -> str:
    """The phrase with its last word replaced by what it implies: "inference speedup" → "inference speed"."""
    head, _, last = phrase.rpartition(" ")
    found = _implied().get(last.lower())
    return phrase if found is None else f"{head} {found}".strip()
