"""Numbers as papers write them: digits, LaTeX residue, powers of ten, number words.

One compiled pattern finds every place where a number may start; :func:`scan` turns each into a :class:`Number` with its
value. Nothing is decided here about what a number means: see :mod:`extractors.quantities`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import regex

_DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_DASHES = r"\-" + _DASH[1:]  # for a character class


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


# ASCII, Arabic-Indic, Persian and full-width digits. Not \d: the regex library knows newer ones than float() does.
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]"
_NO_DIGIT = regex.compile(rf"(?!{_DIGIT})[^.]")
_SPACES = regex.compile(r"[\s-]+")


def _alternatives(words: list[str]) -> str:
    return "|".join(regex.escape(word).replace("\\ ", r"[\s-]+") for word in sorted(words, key=len, reverse=True))


@cache
def _pattern() -> regex.Pattern[str]:
    words = number_words()
    digits = rf"""
        (?: {_DIGIT}{{1,3}}(?:(?:,|\{{,\}}|\\,|[\u2009\u202f]){_DIGIT}{{3}})+(?!\d)(?:\.{_DIGIT}+)?
          | (?<![\w.-]){_DIGIT}{{1,3}}(?:\x20{_DIGIT}{{3}})+(?![\d.,]?\d)(?:\.{_DIGIT}+)?
          | {_DIGIT}+(?:\.{_DIGIT}+)?
          | (?<![\d\w)])\.{_DIGIT}+ )
    """
    power = rf"(?:\s?(?:\\times|\\cdot|×|·|\*|times|x)\s?10\s?\^\s?\{{?\s?(?P<exp>[+{_DASHES}]?\s?{_DIGIT}+)\s?\}}?)"
    sci = rf"(?:[eE](?P<sci>[+{_DASHES}]?{_DIGIT}+)(?![\w]))"
    bare_power = rf"10\s?\^\s?\{{?\s?(?P<bare>[+{_DASHES}]?\s?{_DIGIT}+)\s?\}}?"
    wrap = r"(?P<wrap>\\(?:textbf|mathbf|boldsymbol|text|mathrm|emph|textit|underline)\s?\{|\{\\(?:bf|it|em|rm)\s)"
    sign = (
        rf"(?P<sign>(?:(?<![\w\d.)}}\]%{_DASHES}$])|(?<=\$))(?:[+{_DASHES}]|\\pm|±)\s?"
        r"|(?<![A-Za-z])plus(?=\d)|(?<![\w])[+](?=\d))"
    )
    power2, sci2 = power.replace("<exp>", "<exp2>"), sci.replace("<sci>", "<sci2>")
    source = rf"""
        (?P<digital>
          {sign}?
          (?: {wrap} (?P<inner> (?P<wrapsign>[+{_DASHES}])? (?P<d1>{digits})(?:{power}|{sci})?
                (?P<percent>\s?\\?%)? ) \s?\}}
            | (?: {bare_power} | (?P<d2>{digits})(?:{power2}|{sci2})? )
          )
        )
      | \b(?P<multiple>{_alternatives(list(words["multiples"]))})\b
      | \b(?P<share>{_alternatives(list(words["shares"]))})\b
      | \b(?P<word>{_alternatives(list(words["words"]))})\b
    """
    return regex.compile(source, regex.VERBOSE | regex.IGNORECASE)


def _exponent(text: str) -> int:
    sign = -1 if text[0] in _DASH else 1
    return sign * int(text.lstrip("+" + _DASH).strip()[:4])


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
    words = number_words()
    found: list[Number] = []
    for match in _pattern().finditer(text):
        kind = str(match.lastgroup) if match["digital"] is None else "digits"
        if kind == "digits":
            if match.end() - match.start() > 40:
                continue
            value, digits = _digital(match)
            sign = (match["wrapsign"] or match["sign"] or "").strip()
            signed = "" if not sign or sign in ("±", "\\pm") else "+" if sign in ("+", "plus") else "-"
            start = match.start() if signed else match.start() + len(match["sign"] or "")
            if not value < float("inf"):
                continue
            value = -value if signed == "-" else value
            inner = match.span("inner") if match["wrap"] else None
            found.append(Number(start, match.end(), value, kind, signed, digits, inner, bool(match["percent"])))
            continue
        surface = fold_words(match[0])
        kind = "multiple" if match["multiple"] else "share" if match["share"] else "word"
        value = float(words[{"multiple": "multiples", "share": "shares", "word": "words"}[kind]][surface])
        found.append(Number(match.start(), match.end(), value, kind, "", surface))
    return found
