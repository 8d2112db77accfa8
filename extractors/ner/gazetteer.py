"""Names that are known: the lists beside this package, and families of devices as patterns."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import regex
from spacy.tokens import Doc

from extractors.tokenizer import text_of

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
_FOLD = regex.compile(r"[\W_]+")


@cache
def name_cues() -> dict[str, dict[str, tuple[str, ...]]]:
    """Words of ``data/name_cues.toml`` by section and by what they say."""
    sections = tomllib.loads((DATA / "name_cues.toml").read_text(encoding="utf-8"))
    return {section: {key: tuple(words) for key, words in rows.items()} for section, rows in sections.items()}


class _Families(NamedTuple):
    """Families of devices: one pattern with a group a family, and what must stand somewhere in the text for each."""

    pattern: regex.Pattern[str]
    needs: dict[str, regex.Pattern[str]]


def _families() -> _Families:
    rows = tomllib.loads((DATA / "hardware_patterns.toml").read_text(encoding="utf-8"))["pattern"]
    members = "|".join(f"(?P<family{number}>{row['regex']})" for number, row in enumerate(rows))
    return _Families(
        # Names of devices begin with a capital, or as iPhone, nRF52 and xArm do: most words need no closer look.
        regex.compile(rf"(?<![\w-])(?=[\p{{Lu}}inx])(?:{members})(?=s?(?!\w))"),
        {
            f"family{number}": regex.compile(rf"(?<!\w)(?:{row['needs']})(?!\w)")
            for number, row in enumerate(rows)
            if "needs" in row
        },
    )


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


@lru_cache(maxsize=50_000)
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
        self._starts = {key[:end] for key in self._entries for end in range(1, len(key) + 1)}
        self._families = _families()
        self._device_words = name_cues()["nouns"]["hardware"]

    def match(self, doc: Doc, words: Sequence[str]) -> list[Match]:
        """The longest matches that do not overlap, from left to right; ``words`` are those of the Doc's tokens.

        Hyphens and case are free, with two exceptions: a name of a benchmark, model or device must have a capital or
        a digit, and one of up to four characters must be written exactly as in its list.
        """
        folds = [_fold_token(word) for word in words]
        found = list(self._devices(doc))
        for start, fold in enumerate(folds):
            if fold in self._starts:
                found += (self._in_context(doc, match) for match in self._listed(doc, folds, start))
        found.sort(key=lambda match: (match.start - match.end, match.start))
        taken: set[int] = set()
        kept = []
        for match in found:
            tokens = range(match.start, match.end)
            if taken.isdisjoint(tokens):
                taken.update(tokens)
                kept.append(match)
        return sorted(kept)

    def _listed(self, doc: Doc, folds: list[str | None], start: int) -> Iterator[Match]:
        """All listed names that begin at a token."""
        key = ""
        for end, fold in enumerate(folds[start : start + _MAX_TOKENS], start + 1):
            if fold is None:
                return
            key += fold
            if key not in self._starts:
                return
            entry = self._entries.get(key) if fold else None
            if entry and self._is_spelled(doc[start:end].text, entry):
                yield Match(start, self._without_noun(doc, start, end, entry.label), entry.label, entry.sure)

    def _without_noun(self, doc: Doc, start: int, end: int, label: str) -> int:
        """The end of a device's name without the noun after it ("G1 humanoid", "Fetch robot")."""
        if label == "HARDWARE" and end - start > 1 and doc[end - 1].text in self._device_words:
            return end - 1
        return end

    def _in_context(self, doc: Doc, match: Match) -> Match:
        """An ambiguous device ("Volta") is sure where its sentence speaks of devices ("Volta-based GPUs")."""
        if match.sure or match.label != "HARDWARE":
            return match
        sentence = doc[match.start].sent
        nearby = doc[
            max(sentence.start, match.start - _CONTEXT_TOKENS) : min(sentence.end, match.end + _CONTEXT_TOKENS)
        ]
        return match._replace(sure=any(token.lower_ in self._device_words for token in nearby))

    def _is_spelled(self, text: str, entry: _Entry) -> bool:
        if text.count(" ") > entry.spaces and (text[0].islower() or not any(char.isdigit() for char in text)):
            return False
        if entry.label in ("METRIC", "TASK"):
            return len(text) > 4 or text in self._exact
        return any(char.isupper() or char.isdigit() for char in text) and (len(text) > 4 or text in self._exact)

    def _devices(self, doc: Doc) -> Iterator[Match]:
        text = text_of(doc)
        for match in self._families.pattern.finditer(text):
            needed = self._families.needs.get(match.lastgroup or "")
            start, end = match.span()
            span = doc.char_span(start, end, alignment_mode="contract")
            if span is not None and len(span) and (needed is None or needed.search(text)):
                yield Match(span.start, span.end, "HARDWARE", True)

    def known(self, text: str) -> tuple[str, bool] | None:
        """The label that the lists give a name, however it is spelled, and whether they are sure of it."""
        entry = self._entries.get(fold_name(text))
        return (entry.label, entry.sure) if entry else None


def token_marks(doc: Doc, matches: list[Match]) -> list[str]:
    """For every token "B-BENCHMARK", "I-BENCHMARK?" and so on ("?" where the name is ambiguous), or ""."""
    marks = [""] * len(doc)
    for match in matches:
        kind = match.label if match.sure else match.label + "?"
        for i in range(match.start, match.end):
            marks[i] = f"{'B' if i == match.start else 'I'}-{kind}"
    return marks
