"""Numbers as papers write them: digits, LaTeX residue, powers of ten, number words.

One compiled pattern finds numbers in digits, another number words; :func:`scan` turns each into a :class:`Number` with
its value. Nothing is decided here about what a number means: see :mod:`extractors.quantities`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import regex

DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212"
DASHES = r"\-" + DASH[1:]  # for a character class


@dataclass(frozen=True, slots=True)
class Number:
    """One number in the text. ``start``/``end`` hold its sign and mark-up (``\\textbf{3.9}``), not a scale or unit.

    ``kind`` is "digits", "word" (seven), "share" (half, one third; ``value`` in per cent), "multiple" (twice, an order
    of magnitude; ``value`` is the ratio) or "fraction" (3/4 and the like stay two numbers and never get here).
    ``signed`` is "+" or "-" where a sign stands before it, else "". ``inner`` is the part within mark-up, if any;
    ``percent``: a per cent sign stands there too.
    """

    start: int
    end: int
    value: float
    kind: str
    signed: str
    digits: str
    inner: tuple[int, int] | None = None
    percent: bool = False


@cache
def number_words() -> dict[str, Any]:
    """The number words of ``data/numbers.toml``: words, shares, multiples, scales."""
    text = resources.files("extractors").joinpath("data/numbers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


_MAX_DIGITAL_CHARS = 40
# ASCII, Arabic-Indic, Persian and full-width digits. Not \d: the regex library knows newer ones than float() does.
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]"
_NO_DIGIT = regex.compile(rf"(?!{_DIGIT})[^.]")
_SPACES = regex.compile(r"[\s-]+")


def _tree(phrases: Iterable[str]) -> str:
    """A pattern of phrases that share their beginnings, which fails at the first letter that fits none of them.

    It takes the longest phrase; hyphens and any white space count as a blank.
    """
    by_first: dict[str, list[str]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase[:1], []).append(phrase[1:])
    ends = by_first.pop("", None) is not None
    parts = [(r"[\s-]+" if first == " " else re.escape(first)) + _tree(by_first[first]) for first in sorted(by_first)]
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 and not ends else f"(?:{'|'.join(parts)})"
    return body + ("?" if ends else "")


@cache
def _word_values() -> dict[str, tuple[str, float]]:
    """Kind and value of each number word; where two kinds have it, the ratio comes before the share."""
    words = number_words()
    kinds = (("word", "words"), ("share", "shares"), ("multiple", "multiples"))
    return {word: (kind, float(value)) for kind, table in kinds for word, value in words[table].items()}


@cache
def _word_pattern() -> re.Pattern[str]:
    words = _word_values()
    first = "".join(sorted({word[0] for word in words}))
    return re.compile(rf"\b(?=[{first}]){_tree(words)}\b", re.IGNORECASE)


@cache
def _digital_pattern() -> regex.Pattern[str]:
    digits = rf"""
        (?: {_DIGIT}{{1,3}}(?:(?:,|\{{,\}}|\\,|[\u2009\u202f]){_DIGIT}{{3}})+(?!\d)(?:\.{_DIGIT}+)?
          | (?<![\w.-]){_DIGIT}{{1,3}}(?:\x20{_DIGIT}{{3}})+(?![\d.,]?\d)(?:\.{_DIGIT}+)?
          | {_DIGIT}+(?:\.{_DIGIT}+)?
          | (?<![\d\w)])\.{_DIGIT}+ )
    """
    power = rf"(?:\s?(?:\\times|\\cdot|×|·|\*|times|x)\s?10\s?\^\s?\{{?\s?(?P<exp>[+{DASHES}]?\s?{_DIGIT}+)\s?\}}?)"
    sci = rf"(?:[eE](?P<sci>[+{DASHES}]?{_DIGIT}+)(?![\w]))"
    bare_power = rf"10\s?\^\s?\{{?\s?(?P<bare>[+{DASHES}]?\s?{_DIGIT}+)\s?\}}?"
    wrap = r"(?P<wrap>\\(?:textbf|mathbf|boldsymbol|text|mathrm|emph|textit|underline)\s?\{|\{\\(?:bf|it|em|rm)\s)"
    sign = (
        rf"(?P<sign>(?:(?<![\w\d.)}}\]%{DASHES}$])|(?<=\$))(?:[+{DASHES}]|\\pm|±)\s?"
        r"|(?<![A-Za-z])plus(?=\d)|(?<![\w])[+](?=\d))"
    )
    power2, sci2 = power.replace("<exp>", "<exp2>"), sci.replace("<sci>", "<sci2>")
    source = rf"""
        {sign}?
        (?: {wrap} (?P<inner> (?P<wrapsign>[+{DASHES}])? (?P<d1>{digits})(?:{power}|{sci})?
              (?P<percent>\s?\\?%)? ) \s?\}}
          | (?: {bare_power} | (?P<d2>{digits})(?:{power2}|{sci2})? )
        )
    """
    return regex.compile(source, regex.VERBOSE | regex.IGNORECASE)


def _exponent(text: str) -> int:
    sign = -1 if text[0] in DASH else 1
    return sign * int(text.lstrip("+" + DASH).strip()[:4])


def _digital(match: regex.Match[str]) -> tuple[float, str]:
    """Value and digits of a number written in digits; the value may be infinite or zero, which the caller checks."""
    groups = match.groupdict()
    digits = groups["d1"] or groups["d2"] or "10"
    plain = _NO_DIGIT.sub("", digits)
    value = float(plain)
    exponent = groups["exp"] or groups["exp2"] or groups["sci"] or groups["sci2"]
    if groups["bare"]:
        value, exponent = 1.0, groups["bare"]
    if exponent:
        power = _exponent(exponent)
        value = float(f"{plain if not groups['bare'] else '1'}e{power}") if abs(power) < 300 else float("inf")
    return value, digits


def fold_words(text: str) -> str:
    """A number word in the spelling of the data file: lower case, single spaces for hyphens and spaces."""
    return " ".join(_SPACES.split(text.lower()))


def scan(text: str) -> list[Number]:
    """All numbers of ``text`` in order, without overlaps. Runs in time linear in the length of the text."""
    found = [number for match in _digital_pattern().finditer(text) if (number := _in_digits(match))]
    words = _word_values()
    for written in _word_pattern().finditer(text):
        surface = fold_words(written[0])
        if surface in words:  # a letter of another script may count as the same in any case
            kind, value = words[surface]
            found.append(Number(written.start(), written.end(), value, kind, "", surface))
    return sorted(found, key=lambda number: number.start)


def _in_digits(match: regex.Match[str]) -> Number | None:
    """The number that the match is; None for one that is too long or too large to be meant as a number."""
    start, end = match.span()
    if end - start > _MAX_DIGITAL_CHARS:
        return None
    value, digits = _digital(match)
    sign = (match["wrapsign"] or match["sign"] or "").strip()
    signed = "" if not sign or sign in ("±", "\\pm") else "+" if sign in ("+", "plus") else "-"
    if not value < float("inf"):
        return None
    if not signed:
        start += len(match["sign"] or "")
    inner = match.span("inner") if match["wrap"] else None
    return Number(
        start, end, -value if signed == "-" else value, "digits", signed, digits, inner, bool(match["percent"])
    )
