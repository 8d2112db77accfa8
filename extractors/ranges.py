"""Two numbers that make a range ("12-38", "125M to 8B", "between 7 and 11"), as against a change ("from 5 to 9")."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import regex

from extractors.marked_numbers import MarkedNumber
from extractors.numbers import DASHES

_SEPARATOR = regex.compile(
    rf"(?:(?:\s?\$)?\s?(?:[{DASHES}]{{1,3}}|~|∼|\\sim|sim|\\,--\\,)\s?(?:\$\s?)?)"
    r"|(?P<to>\s?\$?\s?(?:to|[-–]to[-–]|through)(?![A-Za-z])\s?(?:over\s|about\s|nearly\s|up to\s|as much as\s)?\$?\s?)"
    r"|(?P<upto>\s(?:and\s)?up\sto\s)"
    r"|(?P<and>\s?\$?\s(?:and|\\&)\s\$?\s?)"
)
_CHANGE_FROM = regex.compile(
    r"(?P<from>\bfrom|\bof)\s+(?:over\s|about\s|around\s|nearly\s|only\s|just\s|approximately\s|a\s|an\s|an?\saverage\sof\s|~\s?)?\(?\$?\s?$",
    regex.IGNORECASE,
)
_CAPITALISED = regex.compile(r"\b(?![AI]\b)[A-Z][\w-]* $")
_BETWEEN = regex.compile(r"\b(?:between|among)\s+\$?\s?$", regex.IGNORECASE)
_CLAUSE_END = regex.compile(r"(?<!vs)[;.]\s")


def separator(text: str, first: MarkedNumber, second: MarkedNumber) -> str:
    """How two neighbouring numbers make a range: the kind of the separator, "" where they do not."""
    if first.number.kind != "digits" or second.number.kind != "digits" or first.in_name:
        return ""
    gap_start, gap_end = first.end, second.number.start
    if gap_end - gap_start > 20 or gap_end < gap_start:
        return ""
    signed = second.number.signed
    match = _SEPARATOR.fullmatch(text, gap_start, gap_end)
    if not match:
        dash_sign = signed == "-" and not first.number.signed and text[gap_start:gap_end].strip(" $") == ""
        return "dash" if dash_sign else ""
    kind = "to" if match["to"] else "upto" if match["upto"] else "and" if match["and"] else "dash"
    same = first.unit is None or second.unit is None or first.unit.dimension == second.unit.dimension
    if not same or (first.unit is not None and second.unit is None):
        return ""
    return kind


@cache
def _change_words() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    text = resources.files("extractors").joinpath("data/change_words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    change = "|".join(sorted(data["change"], key=len, reverse=True))
    spread = "|".join(sorted(data["spread"], key=len, reverse=True))
    return regex.compile(rf"\b(?:{change})", regex.IGNORECASE), regex.compile(rf"\b(?:{spread})", regex.IGNORECASE)


def is_range(text: str, first: MarkedNumber, second: MarkedNumber, kind: str) -> bool:
    low, high = first.value, second.value
    if first.unit and second.unit:
        low, high = first.unit.to_base(low), second.unit.to_base(high)
    if first.scale == "" and second.scale and first.value < 1000:
        low = first.value * second.factor
    if kind == "dash":
        if second.number.signed == "-":
            high = abs(high)
        if (
            second.scale in ("B", "M")
            and not first.scale
            and _CAPITALISED.search(text, max(0, first.number.start - 25), first.number.start)
        ):
            return False  # "Eagle 2.5-8B" is a name
        return low < high and not (1900 <= low <= 2100 and 1900 <= high <= 2100 and not first.unit)
    window = text[max(0, first.number.start - 120) : first.number.start]
    if kind == "and":
        return bool(_BETWEEN.search(window)) and low < high
    if kind == "upto" or abs(low) >= abs(high):
        return kind == "upto" and not _changes(window)
    origin = _CHANGE_FROM.search(window)
    if (origin and origin["from"].lower() == "from") or window.rstrip(" $").endswith("("):
        return not _changes(window)
    return True


def _changes(window: str) -> bool:
    """Whether the text before "A to B" speaks of a change ("rises from") and not of a spread ("ranging from").

    The nearer cue of the sentence wins.
    """
    change, spread = _change_words()
    clause = _CLAUSE_END.split(window)[-1]
    last_change = max((m.start() for m in change.finditer(clause)), default=-1)
    last_spread = max((m.start() for m in spread.finditer(clause)), default=-1)
    return last_change > last_spread
