"""A number with what stands at it: scale word, unit, currency sign, spread; and whether it is part of a name."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extractors.marks import scale_at, unit_at
from extractors.numbers import DASH, DASHES, Number, scan
from extractors.units import Unit, units

_RATIO_BEFORE = regex.compile(r"(?<!\w)[xX×]$")
_RESIDUE = ("times", "sim", "plus", "approx", "pm", "leq", "geq", "arrow")  # LaTeX words that lost their backslash
_PREFIX = regex.compile(r"(?<![\w])(?:[xX×]|[Ss]ub-|[Nn]ear-|[Ss]uper-)$")  # "x2 faster", "sub-50 ms"
_SPREAD = regex.compile(rf"\s?(?:\$\s?)?(?:±|\\pm|\+/[{DASHES}]|\(±)\s?\$?\s?\d+(?:\.\d+)?\)?")
_SCALED = frozenset(
    {"time", "rate", "compute", "compute_rate", "compute_time", "frequency", "money", "data_size", "percent"}
)
_PRICE = regex.compile(r"(?<![\d\\}])\$\d[\d,.]*\s?[KMB]?(?=[\s,;)\]/-])(?!\s?\\|\$)")
_MONEY_REACH = 300  # characters that are searched for the other dollar sign


@dataclass(frozen=True, slots=True)
class MarkedNumber:
    """A number with the marks behind it, before ranges are joined. Offsets are those of the text."""

    number: Number
    value: float
    scale: str
    factor: float
    unit: Unit | None
    start: int
    end: int
    core_end: int
    in_name: bool


def _touches_name(text: str, number: Number, before: MarkedNumber | None) -> bool:
    """Whether the digits continue a name: a letter, or a hyphen or dot behind a letter or digit, stands before them."""
    if number.kind != "digits" or number.start == 0:
        return False
    touching = text[number.start - 1]
    if _PREFIX.search(text, max(0, number.start - 6), number.start):
        return False
    if touching.isalpha() or touching == "_":
        return not text[max(0, number.start - 5) : number.start].endswith(_RESIDUE)
    if touching in DASH + ".:/@^" and number.start >= 2 and not number.signed:
        if before is not None and before.end == number.start - 1:
            return before.in_name  # "5.8x/3.7x", "20-35%", but "Qwen2.5-7B"
        two = text[number.start - 2]
        return two.isalnum() or (two == "}" and touching in DASH)
    return False


def _marked(text: str, number: Number, before: MarkedNumber | None) -> MarkedNumber:
    if number.kind in ("share", "multiple"):
        unit = units().by_symbol("%" if number.kind == "share" else "x")
        return MarkedNumber(number, number.value, "", 1.0, unit, number.start, number.end, number.end, False)
    in_name = _touches_name(text, number, before)
    scale, factor, core = scale_at(text, number.end)
    unit, end = (None, core) if in_name and not scale else unit_at(text, core)
    if scale and unit is not None and unit.dimension not in _SCALED:
        unit, end = None, core  # "12.4k time series"
    start = number.start
    spread = _SPREAD.match(text, number.end)
    if spread and unit is None:
        unit, after = unit_at(text, spread.end())
        end = after if unit else core
    if number.inner and (unit is None or text[number.end].isspace()):
        start, end = number.inner  # only a mark that touches the braces takes them into the span
        unit = units().by_symbol("%") if number.percent else unit
    opened = text[number.start - 1 : number.start] == "$"
    if opened and text[end - 1] == "$":
        end -= 1
    if unit is not None and unit.dimension == "points" and text[core : core + 1] == "$":
        end = core
    free = before is None or before.end < start  # else the character before belongs to another quantity
    if unit is None and free and _RATIO_BEFORE.search(text, max(0, start - 2), start):
        unit = units().by_symbol("x")
        start -= 1
    if unit is None and opened and free and not in_name and _is_money(text, number, end):
        unit = units().by_symbol("$")
        start -= 1
    return MarkedNumber(number, number.value * factor, scale, factor, unit, start, end, core, in_name)


def _is_money(text: str, number: Number, end: int) -> bool:
    """A dollar sign that no other closes ("$0.40 per call") is money; "$3.9$" is mathematics."""
    closing = text.find("$", number.end, number.end + _MONEY_REACH)
    dollar = number.start - 1
    since = max(dollar - _MONEY_REACH, text.rfind(". ", max(0, dollar - _MONEY_REACH), dollar), 0)
    opened = (text.count("$", since, dollar) - len(_PRICE.findall(text, since, dollar))) % 2
    if opened:
        return False
    if closing < 0:
        return True
    if text[closing + 1 : closing + 2].isdigit():
        return True  # "from $0.40 to $0.23"
    between = text[number.end : closing]
    return between[:1].isspace() and "\\" not in between and len(between) > 12


def marked_numbers(text: str) -> list[MarkedNumber]:
    """The numbers of a text with their marks, in order and without overlaps."""
    found: list[MarkedNumber] = []
    for number in scan(text):
        if found and number.start < found[-1].end:
            continue  # a scale word ("10 million") was read with the number before it
        marked = _marked(text, number, found[-1] if found else None)
        if found and _SPREAD.fullmatch(text, found[-1].core_end, number.end):
            continue  # the spread of "44.0 ± 0.5" is no quantity
        found.append(marked)
    return found
