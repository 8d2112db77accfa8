"""Names that are known: the lists beside this package, and families of devices as patterns."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import regex

from extractors.tokens import Tokens

DATA = Path(__file__).parents[1] / "data"
LIST_LABELS = {
    "benchmarks.csv": "BENCHMARK",
    "models.csv": "MODEL",
    "hardware.csv": "HARDWARE",
    "metrics.csv": "METRIC",
    "tasks.csv": "TASK",
}
"""The file of each list; the order decides where a name stands in two of them."""

_JOINERS = frozenset({"-", "–", "‑", "/", "_", "'", "’"})
_MAX_TOKENS = 9
_CONTEXT_TOKENS = 8
_CACHED_WORDS = 50_000
_FOLD = regex.compile(r"[\W_]+")
# Names of devices begin with a capital, or as iPhone, nRF52 and xArm do: most words need no closer look.
_FIRST_WORD = regex.compile(r"(?<![\w-])[\p{Lu}inx]\w*")


@cache
def name_cues() -> dict[str, dict[str, tuple[str, ...]]]:
    """Words of ``data/name_cues.toml`` by section and by what they say."""
    sections = tomllib.loads((DATA / "name_cues.toml").read_text(encoding="utf-8"))
    return {section: {key: tuple(words) for key, words in rows.items()} for section, rows in sections.items()}


class _Families:
    """Families of devices: one pattern with a group a family, and what must stand somewhere in the text for each."""

    def __init__(self) -> None:
        rows = tomllib.loads((DATA / "hardware_patterns.toml").read_text(encoding="utf-8"))["pattern"]
        members = "|".join(f"(?P<family{number}>{row['regex']})" for number, row in enumerate(rows))
        self._pattern = regex.compile(rf"(?:{members})(?=s?(?!\w))")
        self._needs = {
            f"family{number}": regex.compile(rf"(?<!\w)(?:{row['needs']})(?!\w)")
            for number, row in enumerate(rows)
            if "needs" in row
        }
        self._may_begin = lru_cache(maxsize=_CACHED_WORDS)(self._may_begin_with)

    def _may_begin_with(self, word: str) -> bool:
        return self._pattern.match(word, partial=True) is not None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Offsets of the names of devices in a text, in order and without overlaps."""
        end = 0
        for word in _FIRST_WORD.finditer(text):
            if word.start() < end or not self._may_begin(word.group()):
                continue
            match = self._pattern.match(text, word.start())
            if match:
                end = match.end()
                needed = self._needs.get(match.lastgroup or "")
                if needed is None or needed.search(text):
                    yield match.span()


class Match(NamedTuple):
    """Tokens of a Doc that a list knows; ``sure`` where the name means nothing else."""

    start: int
    end: int
    label: str
    sure: bool


def fold_name(text: str) -> str:
    """The letters and digits of a name in lower case: spellings that fold alike are one name."""
    return _FOLD.sub("", text).casefold()


def _entries(path: Path) -> Iterator[tuple[str, bool]]:
    """Every name of a list with whether it is ambiguous."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ambiguous = set(filter(None, (row.get("ambiguous") or "").split("|")))
            for name in [row["canonical"], *(row.get("aliases") or "").split("|")]:
                if name:
                    yield name, name in ambiguous


@lru_cache(maxsize=_CACHED_WORDS)
def _fold_token(text: str) -> str | None:
    """The token's share of a folded name: "" for what may join two parts of one, ``None`` for what ends it."""
    return fold_name(text) or ("" if text in _JOINERS else None)


class _Entry(NamedTuple):
    label: str
    sure: bool
    spaces: int


class Gazetteer:
    """The name lists: :meth:`match` finds their names in a Doc, :meth:`known` says what they hold of one name."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._exact: set[str] = set()
        for file, label in LIST_LABELS.items():
            for name, ambiguous in _entries(DATA / file):
                self._exact.add(name)
                self._entries.setdefault(fold_name(name), _Entry(label, not ambiguous, name.count(" ")))
        self._entries.pop("", None)
        self._beginnings = {name[:end] for name in self._entries for end in range(1, len(name) + 1)}
        self._first_key = lru_cache(maxsize=_CACHED_WORDS)(self._key_of_first)
        self._families = _Families()
        self._device_words = frozenset(name_cues()["nouns"]["hardware"])

    def _key_of_first(self, word: str) -> str:
        """The word folded, where it may be the first of a name; else ""."""
        key = _fold_token(word)
        return key if key and key in self._beginnings else ""

    def match(self, tokens: Tokens) -> list[Match]:
        """The longest matches that do not overlap, from left to right.

        Hyphens and case are free, with two exceptions: a name of a benchmark, model or device must have a capital or
        a digit, and one of up to four characters must be written exactly as in its list.
        """
        found = [*self._devices(tokens), *(self._in_context(tokens, match) for match in self._listed(tokens))]
        found.sort(key=lambda match: (match.start - match.end, match.start))
        taken: set[int] = set()
        kept = []
        for match in found:
            covered = range(match.start, match.end)
            if taken.isdisjoint(covered):
                taken.update(covered)
                kept.append(match)
        return sorted(kept)

    def _listed(self, tokens: Tokens) -> Iterator[Match]:
        """All listed names, overlapping ones included."""
        words, entries, beginnings = tokens.words, self._entries, self._beginnings
        for start, key in enumerate(map(self._first_key, words)):
            if not key:
                continue
            last = min(start + _MAX_TOKENS, len(words))
            fold: str | None = key
            end = start + 1
            while fold is not None and key in beginnings:
                entry = entries.get(key) if fold else None
                if entry and self._is_spelled(tokens.slice(start, end), entry):
                    yield Match(start, self._without_noun(tokens, start, end, entry.label), entry.label, entry.sure)
                if end == last:
                    break
                fold = _fold_token(words[end])
                key += fold or ""
                end += 1

    def _without_noun(self, tokens: Tokens, start: int, end: int, label: str) -> int:
        """The end of a device's name without the noun after it ("G1 humanoid", "Fetch robot")."""
        if label == "HARDWARE" and end - start > 1 and tokens.words[end - 1] in self._device_words:
            return end - 1
        return end

    def _in_context(self, tokens: Tokens, match: Match) -> Match:
        """An ambiguous device ("Volta") is sure where its sentence speaks of devices ("Volta-based GPUs")."""
        if match.sure or match.label != "HARDWARE":
            return match
        first, last = next((first, last) for first, last in tokens.sentences if first <= match.start < last)
        nearby = tokens.words[max(first, match.start - _CONTEXT_TOKENS) : min(last, match.end + _CONTEXT_TOKENS)]
        return match._replace(sure=any(word.lower() in self._device_words for word in nearby))

    def _is_spelled(self, text: str, entry: _Entry) -> bool:
        if text.count(" ") > entry.spaces and (text[0].islower() or not any(char.isdigit() for char in text)):
            return False
        if entry.label in ("METRIC", "TASK"):
            return len(text) > 4 or text in self._exact
        return any(char.isupper() or char.isdigit() for char in text) and (len(text) > 4 or text in self._exact)

    def _devices(self, tokens: Tokens) -> Iterator[Match]:
        for first, last in self._families.find(tokens.text):
            start, end = tokens.starting_from(first), tokens.ending_by(last)
            if start < end:
                yield Match(start, end, "HARDWARE", True)

    def known(self, text: str) -> tuple[str, bool] | None:
        """The label that the lists give a name, however it is spelled, and whether they are sure of it."""
        entry = self._entries.get(fold_name(text))
        return (entry.label, entry.sure) if entry else None


def token_marks(tokens: Tokens, matches: list[Match]) -> list[str]:
    """For every token "B-BENCHMARK", "I-BENCHMARK?" and so on ("?" where the name is ambiguous), or ""."""
    marks = [""] * len(tokens)
    for match in matches:
        kind = match.label if match.sure else match.label + "?"
        for i in range(match.start, match.end):
            marks[i] = f"{'B' if i == match.start else 'I'}-{kind}"
    return marks
