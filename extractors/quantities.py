"""Quantities: numbers with their range, scale, unit and qualifier, found on the characters of the text.

The tokenizer would hide two thirds of the numbers inside longer tokens, so this stage works on characters, in one pass
per step: numbers (:mod:`extractors.numbers`) → marks behind them (scale word, unit) → ranges → fractions → qualifiers →
units shared along a list ("9.57 and 13.39 percentage points").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import regex
from spacy.language import Language
from spacy.tokens import Doc

from extractors.marked_numbers import MarkedNumber, marked_numbers
from extractors.qualifiers import qualifier_of
from extractors.ranges import is_range, separator
from extractors.tokenizer import text_of
from schemas.records import Qualifier

_FRACTION = regex.compile(r"(?P<slash>\s?/\s?)|\s(?:out\sof|of)\s(?:the\s|all\s|its\s|a\stotal\sof\s)?")
_UPPER_CASE_WORD = regex.compile(r"\b[A-Z]{2,}[ -]?$")
_LIST_GAP = regex.compile(
    r"-?[\s$,;/&]*(?:(?:and|or|to|vs\.?|versus|→|->|\\(?:right)?arrow|\\to|compared\s(?:to|with)|from|by|over|respectively|than|up\sto|nearly|about|only|just|at\sleast|~|\\sim|\$|the|a)[\s$,;/&]*)*",
    regex.IGNORECASE,
)
_SHARED = frozenset(
    {
        "ratio",
        "percent",
        "points",
        "time",
        "rate",
        "frequency",
        "data_size",
        "compute",
        "compute_rate",
        "power",
        "energy",
        "level",
    }
)


MAX_QUANTITIES = 2_000
"""A text with more is no prose; what follows takes about a millisecond for each."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with everything that stands at it. Offsets are those of the Doc's text.

    ``value`` is scaled ("30B" → 3e10) and in ``unit``; ``value_max`` is the upper end of a range. ``mark`` tells what
    stands behind the digits: "scale", "unit", "scale+unit", "shared" (a unit taken from later in the list) or "".
    ``in_name``: the digits touch a word or a hyphenated name on the left ("Qwen2.5-7B").
    ``core_end`` is the end of the number with its scale word, without the unit.
    """

    start: int
    end: int
    value: float
    unit: str
    dimension: str
    mark: str
    kind: str
    value_max: float | None = None
    qualifier: Qualifier = "exact"
    signed: str = ""
    in_name: bool = False
    scale: str = ""
    core_end: int = 0
    total: float | None = None


def _to_quantity(part: MarkedNumber) -> Quantity:
    mark = ("scale" if part.scale else "") + ("+" if part.scale and part.unit else "") + ("unit" if part.unit else "")
    return Quantity(
        start=part.start,
        end=part.end,
        value=part.value,
        unit=part.unit.symbol if part.unit else "",
        dimension=part.unit.dimension if part.unit else "",
        mark=mark,
        kind=part.number.kind,
        signed=part.number.signed,
        in_name=part.in_name,
        scale=part.scale,
        core_end=part.core_end,
    )


def _join(text: str, first: MarkedNumber, second: MarkedNumber, kind: str) -> Quantity:
    unit = second.unit or first.unit
    low = first.value
    if not first.scale and second.scale and first.value < 1000:
        low *= second.factor
    if (
        first.unit
        and second.unit
        and first.unit.symbol != second.unit.symbol
        and second.unit.factor
        and first.unit.factor
    ):
        high = second.value * second.unit.factor / first.unit.factor  # "20 minutes to 5 hours" in minutes
        unit = first.unit
    else:
        high = second.value
    quantity = _to_quantity(second)
    start = first.start
    return replace(
        quantity,
        start=start,
        value=low,
        value_max=abs(high) if second.number.signed == "-" and not first.number.signed else high,
        unit=unit.symbol if unit else "",
        dimension=unit.dimension if unit else "",
        signed=first.number.signed,
        in_name=first.in_name,
    )


def _qualified(text: str, quantity: Quantity) -> Quantity:
    found = qualifier_of(text, quantity.start, quantity.end, plus=not quantity.in_name)
    return quantity if found == "exact" else replace(quantity, qualifier=found)


def _share_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """A bare number takes the unit of the next one where only list words stand between: "6.3/6.8 points"."""
    out = list(quantities)
    for i in range(len(out) - 2, -1, -1):
        one, after = out[i], out[i + 1]
        if one.unit or one.in_name or after.in_name or after.kind == "share" or after.dimension not in _SHARED:
            continue
        if one.kind not in ("digits", "word") or not _LIST_GAP.fullmatch(text, one.end, after.start):
            continue
        if one.value >= 100 and _UPPER_CASE_WORD.search(text, max(0, one.start - 20), one.start):
            continue  # "on an RTX 3090, 2.3x faster": the number of a device
        scaled = {"unit": after.unit, "dimension": after.dimension, "mark": "shared"}
        if after.mark == "scale+unit" and not one.scale:
            continue
        out[i] = replace(one, **scaled)  # type: ignore[arg-type]
    return out


def find_quantities(text: str) -> list[Quantity]:
    """All quantities of ``text``, in order and without overlaps.

    Args:
        text: any text of at most :data:`schemas.records.MAX_TEXT_CHARS` characters.

    Returns:
        Quantities with ``0 <= start < end <= len(text)``; values are finite.
    """
    parts = marked_numbers(text)
    found: list[Quantity] = []
    i = 0
    while i < len(parts):
        part, following = parts[i], parts[i + 1] if i + 1 < len(parts) else None
        if following is not None:
            kind = separator(text, part, following)
            if kind and is_range(text, part, following, kind):
                found.append(_join(text, part, following, kind))
                i += 2
                continue
            gap = _FRACTION.fullmatch(text, part.end, following.number.start)
            if gap and not part.unit and not part.scale and not part.in_name and _is_fraction(part, following):
                whole = _to_quantity(part)
                if gap["slash"]:
                    whole = replace(whole, end=following.end)
                found.append(replace(whole, total=following.value))
                i += 2
                continue
        found.append(_to_quantity(part))
        i += 1
    kept = [quantity for quantity in found if not quantity.in_name or quantity.scale]  # digits of a name say nothing
    return _share_units(text, [_qualified(text, quantity) for quantity in kept])


def _is_fraction(part: MarkedNumber, following: MarkedNumber) -> bool:
    return (
        part.value <= following.value
        and part.value == int(part.value)
        and following.value == int(following.value)
        and following.unit is None
        and following.value > 1
    )


def _within_fields(text: str, abstract_start: int) -> list[Quantity]:
    """The quantities of title and abstract; none takes its number from the one and its unit from the other."""
    quantities = find_quantities(text)
    if all(quantity.end <= abstract_start or abstract_start <= quantity.start for quantity in quantities):
        return quantities
    return find_quantities(text[:abstract_start]) + find_quantities(" " * abstract_start + text[abstract_start:])


@Language.factory("paperclaims_quantities", assigns=["doc._.quantities"])
def make_quantities(nlp: Language, name: str) -> QuantityFinder:
    """The component that fills ``doc._.quantities``."""
    return QuantityFinder()


class QuantityFinder:
    """Writes the quantities of the text, title and abstract together, to ``doc._.quantities``.

    Raises:
        ValueError: there are more than :data:`MAX_QUANTITIES`.
    """

    def __call__(self, doc: Doc) -> Doc:
        quantities = _within_fields(text_of(doc), doc._.abstract_start)
        if len(quantities) > MAX_QUANTITIES:
            raise ValueError(f"{len(quantities):,} numbers, more than {MAX_QUANTITIES:,}: noise, not an abstract")
        doc._.quantities = tuple(quantities)
        return doc


if not Doc.has_extension("quantities"):
    Doc.set_extension("quantities", default=())
