"""Names that are known: the lists beside this package as one phrase matcher, families of devices as patterns."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import regex
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

DATA = Path(__file__).parents[1] / "data"
LIST_LABELS = {
    "benchmarks.csv": "BENCHMARK",
    "models.csv": "MODEL",
    "hardware.csv": "HARDWARE",
    "metrics.csv": "METRIC",
    "tasks.csv": "TASK",
}
"""The file of each list; the order decides where a name stands in two of them."""

_FOLD = regex.compile(r"[\W_]+")


class _Family(NamedTuple):
    """A family of devices: what its members look like, and what must stand somewhere in the text."""

    pattern: regex.Pattern[str]
    needs: regex.Pattern[str] | None


def _families() -> list[_Family]:
    rows = tomllib.loads((DATA / "hardware_patterns.toml").read_text(encoding="utf-8"))["pattern"]
    return [
        _Family(
            regex.compile(rf"(?<![\w-])(?:{row['regex']})(?=s?(?!\w))"),
            regex.compile(rf"(?<!\w)(?:{row['needs']})(?!\w)") if "needs" in row else None,
        )
        for row in rows
    ]


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


class Gazetteer:
    """The name lists: :meth:`match` finds their names in a Doc, :meth:`known` says what they hold of one name."""

    def __init__(self, nlp: Language) -> None:
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._labels: dict[str, tuple[str, bool]] = {}
        self._exact: set[str] = set()
        for file, label in LIST_LABELS.items():
            for name, ambiguous in _entries(DATA / file):
                self._exact.add(name)
                if name.casefold() not in self._labels:
                    self._labels[name.casefold()] = (label, not ambiguous)
                    self._matcher.add(name.casefold(), [nlp.tokenizer(name)])
        self._families = _families()
        self._known = {fold_name(name): entry for name, entry in self._labels.items()}

    def match(self, doc: Doc) -> list[Match]:
        """The longest matches that do not overlap, from left to right.

        A name of a benchmark, model or device must be written with a capital or a digit, and one of up to four
        characters exactly as in its list.
        """
        found = []
        strings = doc.vocab.strings
        for key, start, end in self._matcher(doc):
            label, sure = self._labels[strings[key]]
            text = doc[start:end].text
            if label in ("METRIC", "TASK") or (
                any(char.isupper() or char.isdigit() for char in text) and (len(text) > 4 or text in self._exact)
            ):
                found.append(Match(start, end, label, sure and (len(text) > 2 or text in self._exact)))
        found += self._devices(doc)
        found.sort(key=lambda match: (match.start - match.end, match.start))
        taken: set[int] = set()
        kept = []
        for match in found:
            tokens = range(match.start, match.end)
            if taken.isdisjoint(tokens):
                taken.update(tokens)
                kept.append(match)
        return sorted(kept)

    def _devices(self, doc: Doc) -> Iterator[Match]:
        text = doc.text
        for family in self._families:
            needed: bool | None = None
            for match in family.pattern.finditer(text):
                if needed is None:
                    needed = family.needs is None or family.needs.search(text) is not None
                span = doc.char_span(*match.span(), alignment_mode="contract") if needed else None
                if span is not None and len(span):
                    yield Match(span.start, span.end, "HARDWARE", True)

    def known(self, text: str) -> tuple[str, bool] | None:
        """The label that the lists give a name, however it is spelled, and whether they are sure of it."""
        return self._known.get(fold_name(text))


def token_marks(doc: Doc, matches: list[Match]) -> list[str]:
    """For every token "B-BENCHMARK", "I-BENCHMARK?" and so on ("?" where the name is ambiguous), or ""."""
    marks = [""] * len(doc)
    for match in matches:
        kind = match.label if match.sure else match.label + "?"
        for i in range(match.start, match.end):
            marks[i] = f"{'B' if i == match.start else 'I'}-{kind}"
    return marks
