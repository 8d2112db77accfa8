"""When a predicted record agrees with a gold record: pairing of claims, each slot, names, links.

The rules are those of the gold data's scoring script. Slots that hold words agree when they name the same thing: after
folding, one holds the other's words with at most three more, or half of all words are shared, and words with digits do
not contradict.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]

SLOTS = (
    "span",
    "unit",
    "qualifier",
    "direction",
    "metric",
    "subject",
    "baseline",
    "benchmark",
    "hardware",
    "own",
    "value_max",
    "baseline_value",
    "factor",
)

_WORDS_FILE = Path(__file__).parent / "data" / "evaluation.toml"
_MAX_EXTRA_WORDS = 3
_MIN_SHARED = 0.5
_VALUE_TOLERANCE = 1e-6
_FACTOR_TOLERANCE = 0.005


def pair_claims(gold: Sequence[Record], predicted: Sequence[Any]) -> list[tuple[int, int]]:
    """Pairs (index of gold, index of predicted): same field, overlapping spans, equal values; equal types first."""
    pairs: list[tuple[int, int]] = []
    paired_gold: set[int] = set()
    paired_predicted: set[int] = set()
    for same_type in (True, False):
        for i, expected in enumerate(gold):
            if i in paired_gold:
                continue
            for j in _candidates(expected, predicted):
                if j in paired_predicted or (same_type and predicted[j].get("type") != expected["type"]):
                    continue
                pairs.append((i, j))
                paired_gold.add(i)
                paired_predicted.add(j)
                break
    return pairs


def _candidates(gold: Record, predicted: Sequence[Any]) -> Iterator[int]:
    for j, claim in enumerate(predicted):
        if not _is_placed(claim) or claim.get("in", "abstract") != gold["in"]:
            continue
        overlap = claim["start"] < gold["end"] and gold["start"] < claim["end"]
        if overlap and _close(gold["value"], claim["value"]):
            yield j


def _is_placed(claim: object) -> bool:
    if not isinstance(claim, Mapping) or _number(claim.get("value")) is None:
        return False
    return all(isinstance(claim.get(key), int) for key in ("start", "end"))


def slot_agrees(slot: str, gold: Record, predicted: Record, text: str) -> bool:
    """Whether one slot of a predicted claim is right; ``text`` is the field that both stand in."""
    expected, given = gold.get(slot), predicted.get(slot)
    if slot == "span":
        start, end = predicted["start"], predicted["end"]
        near = abs(start - gold["start"]) <= 1 and abs(end - gold["end"]) <= 1
        return near and (given is None or text[start:end] == given)
    if slot == "unit":
        if gold["type"] == "dataset_size":
            return same_name(expected, given)
        return _unit(expected) == _unit(given)
    if slot in ("qualifier", "direction"):
        return (expected or None) == (given or None)
    if slot == "own":
        return bool(expected) == bool(given)
    if slot in ("value_max", "baseline_value"):
        return _close(expected, given)
    if slot == "factor":
        return expected is None or _close(expected, given, _FACTOR_TOLERANCE)
    if slot in ("metric", "subject"):
        return same_name(expected, given)
    return same_names(expected, given)


def same_name(a: object, b: object) -> bool:
    """Two short phrases name the same thing (both empty: yes)."""
    if not a or not b:
        return not a and not b
    x, y = _words(a), _words(b)
    if x - _stop_words() and y - _stop_words():
        x, y = x - _stop_words(), y - _stop_words()
    if not x or not y:
        return str(a).strip().lower() == str(b).strip().lower()
    x_digits, y_digits = ({word for word in z if any(map(str.isdigit, word))} for z in (x, y))
    if x_digits and y_digits and not (x_digits <= y_digits or y_digits <= x_digits):
        return False
    if (x <= y or y <= x) and abs(len(x) - len(y)) <= _MAX_EXTRA_WORDS:
        return True
    return len(x & y) / len(x | y) >= _MIN_SHARED


def same_names(a: Iterable[object] | None, b: Iterable[object] | None) -> bool:
    """Two lists name the same things, in any order."""
    expected, given = list(a or []), list(b or [])
    if len(expected) != len(given):
        return False
    for name in expected:
        match = next((i for i, other in enumerate(given) if same_name(name, other)), None)
        if match is None:
            return False
        given.pop(match)
    return True


@functools.cache
def _folding() -> dict[str, Any]:
    with _WORDS_FILE.open("rb") as file:
        return tomllib.load(file)


@functools.cache
def _stop_words() -> frozenset[str]:
    return frozenset(_folding()["stop_words"])


def _words(phrase: object) -> set[str]:
    text = re.sub(r"[\^{}$\\_]", "", str(phrase).lower())
    text = re.sub(r"[^a-z0-9+.@&]+", " ", text)
    words = {word.strip(".") for word in text.split()} - {""}
    return {_singular(word) for word in words}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _close(a: object, b: object, tolerance: float = _VALUE_TOLERANCE) -> bool:
    x, y = _number(a), _number(b)
    if x is None or y is None:
        return x is None and y is None
    return abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))


def _unit(unit: object) -> str:
    written = str(unit or "").strip().lower()
    return str(_folding()["units"].get(written, written))


def fold_space(text: object) -> str:
    """The text with white space folded."""
    return " ".join(str(text or "").split())


def url_key(url: object) -> str:
    """An address without scheme, www and trailing marks; paths of GitHub and GitLab in lower case."""
    address = re.sub(r"^https?://(www\.)?", "", str(url or "").strip()).rstrip("/.")
    host, _, path = address.partition("/")
    same_in_any_case = re.match(r"(github|gitlab)\.com$", host, re.IGNORECASE)
    return host.lower() + "/" + (path.lower() if same_in_any_case else path)


def link_key(link: Record) -> tuple[str, object, bool, str]:
    """What must agree for a link to be wholly right."""
    repo = str(link.get("repo") or "").lower()
    return url_key(link.get("url")), link.get("role"), bool(link.get("released", True)), repo
