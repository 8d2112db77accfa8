"""Any text that a reader lets through: the extractors keep their promises, in seconds at most."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest

import extractors
from tests import fuzz

SENTENCES = "Ours is 3{0}x faster than vLLM, -{0}2.5{0}% and 1{0}2{0}3 on A100{0}40GB; see http://x.example/{0}a."
RUNS = [
    ".",
    ".)",
    "\n",
    "3x ",
    "GPT-4 at 3% vs 4%, ",
    "A (B) ",
    "a",
    "http://a.b/",
    "of three to four ",
    "half ",
    "\u0300",
    "e.g. ",
    "A-B-",
]


@pytest.mark.parametrize("category", ["Zs", "Pd", "Nd", "Cf", "Zl", "Zp"])
def test_every_space_dash_digit_and_format_character(category: str) -> None:
    characters = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == category]
    assert characters
    texts = [" ".join(SENTENCES.format(c) for c in characters[at : at + 8]) for at in range(0, len(characters), 8)]
    for text, extraction in zip(texts, extractors.load().extract_many([("", text) for text in texts]), strict=True):
        fuzz.check_extraction("", text, extraction)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 400 + "x faster",
        "1e999% accuracy",
        "3" + "\u0301" * 500 + "x",
        "\u202e3x faster\u202c than \u05d0\u05d1",
        "." * 5000,
    ],
    ids=["400 digits", "1e999", "accents", "right to left", "dots"],
)
def test_odd_texts(text: str) -> None:
    fuzz.check_extraction("", text, extractors.load().extract("", text))


@pytest.mark.parametrize("start", range(0, 120, 30))
def test_random_papers(start: int) -> None:
    for number in range(start, start + 30):
        fuzz.fuzz_extractors(random.Random(number))


@pytest.mark.parametrize("unit", RUNS)
def test_the_longest_text_takes_seconds(unit: str) -> None:
    fuzz.take_longest(unit)
