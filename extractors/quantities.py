"""Quantities: numbers with their range, scale, unit and qualifier, found on the characters of the text.

The tokenizer would hide two thirds of the numbers inside longer tokens, so this stage works on characters, in one pass
per step: numbers (:mod:`extractors.numbers`) → marks behind them (scale word, unit) → ranges → fractions → qualifiers →
units shared along a list ("9.57 and 13.39 percentage points").
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import regex
from spacy.language import Language
from spacy.tokens import Doc

from extractors.numbers import Number, number_words, scan
from extractors.tokenizer import text_of
from extractors.units import Unit, units
from schemas.records import Qualifier

_DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_DASHES = r"\-" + _DASH[1:]  # for a character class
_SEPARATOR = regex.compile(
    rf"(?:(?:\s?\$)?\s?(?:[{_DASHES}]{{1,3}}|~|∼|\\sim|sim|\\,--\\,)\s?(?:\$\s?)?)"
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


@cache
def _qualifiers() -> tuple[regex.Pattern[str], dict[str, Qualifier], regex.Pattern[str], dict[str, Qualifier]]:
    text = resources.files("extractors").joinpath("data/qualifiers.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)

    def table(part: str) -> dict[str, Qualifier]:
        return {cue: name for name, cues in data[part].items() for cue in cues}

    def alternatives(table: dict[str, Qualifier]) -> str:
        parts = []
        for cue in sorted(table, key=len, reverse=True):
            body = regex.escape(cue).replace("\\ ", r"\s+")
            parts.append(
                (r"\b" if cue[0].isalpha() else r"(?<!-)" if cue[0] == ">" else "")
                + body
                + (r"(?![\w])" if cue[-1].isalpha() else "")
            )
        return "|".join(parts)

    before, after = table("before"), table("after")
    filler = r"(?:[\s$({~\[]|\\[,;!]|\ban?\b|\bthe\b|\bonly\b|\bmere\b|\bjust\b)*"
    return (
        regex.compile(rf"({alternatives(before)}){filler}$", regex.IGNORECASE),
        before,
        regex.compile(rf"\s(?:\w+\s)?(?P<after>{alternatives(after)})\b", regex.IGNORECASE),
        after,
    )


@cache
def _scale_pattern() -> regex.Pattern[str]:
    words = "|".join(sorted((w for w in number_words()["scales"] if len(w) > 2), key=len, reverse=True))
    return regex.compile(
        rf"(?:\s|-|~|\$\s?|\\,)?(?P<word>(?i:{words}))(?![A-Za-z])"
        r"|(?:\$|\\,|\s(?=[MB]\s?(?:param|\))))?(?P<letter>[KkMBbT]|bn|mn)(?![A-Za-z0-9])"
        r"|(?P<letter2>m)(?=[\s-](?:param|token|sample|image|pair|video))"
        r"|(?P<letter3>[KkMBT])(?=token|param|sample|image|pair|\\times|\$)"
        r"|(?<=\d)(?P<letter4>[kKMB])(?=[×x]\d)",
    )


def _scale(text: str, position: int) -> tuple[str, float, int]:
    """The scale mark at ``position``: (folded mark, factor, end); ("", 1, position) where there is none."""
    match = _scale_pattern().match(text, position)
    if not match:
        return "", 1.0, position
    mark = next(group for group in match.groups() if group)
    return mark, float(number_words()["scales"][mark.lower()]), match.end()


@dataclass(frozen=True, slots=True)
class _Part:
    """A number with the marks behind it, before ranges are joined."""

    number: Number
    value: float
    scale: str
    factor: float
    unit: Unit | None
    start: int
    end: int
    core_end: int
    in_name: bool


_RATIO_BEFORE = regex.compile(r"(?<!\w)[xX×]$")
_RESIDUE = ("times", "sim", "plus", "approx", "pm", "leq", "geq", "arrow")  # LaTeX words that lost their backslash


_PREFIX = regex.compile(r"(?<![\w])(?:[xX×]|[Ss]ub-|[Nn]ear-|[Ss]uper-)$")  # "x2 faster", "sub-50 ms"


def _touches_name(text: str, number: Number, before: _Part | None) -> bool:
    """Whether the digits continue a name: a letter, or a hyphen or dot behind a letter or digit, stands before them."""
    if number.kind != "digits" or number.start == 0:
        return False
    touching = text[number.start - 1]
    if _PREFIX.search(text, max(0, number.start - 6), number.start):
        return False
    if touching.isalpha() or touching == "_":
        return not text[max(0, number.start - 5) : number.start].endswith(_RESIDUE)
    if touching in _DASH + ".:/@^" and number.start >= 2 and not number.signed:
        if before is not None and before.end == number.start - 1:
            return before.in_name  # "5.8x/3.7x", "20-35%", but "Qwen2.5-7B"
        two = text[number.start - 2]
        return two.isalnum() or (two == "}" and touching in _DASH)
    return False


@cache
def _unit_pattern() -> regex.Pattern[str]:
    """Every surface form of the unit table, to be matched where a number ends."""
    exact: set[str] = set()
    folded: set[str] = set()
    for unit in units():
        if unit.dimension != "count":
            exact.update(form for form in unit.symbols if form != "$")
            folded.update(unit.words)

    def alternatives(forms: set[str]) -> str:
        parts = []
        for form in sorted(forms, key=len, reverse=True):
            body = regex.sub(r"(?:\\\s|\\-|\s|-)+", r"[\\s-]?" if form[:1].isalpha() else r"[\\s-]", regex.escape(form))
            parts.append(body + (r"(?![A-Za-z])" if form[-1].isalpha() else ""))
        return "|".join(parts)

    devices = "|".join(sorted((regex.escape(d) for d in units().devices), key=len, reverse=True))
    device_time = (
        rf"(?P<device>(?:(?:NVIDIA|RTX)\s)?(?:{devices})(?:[- ]?\d+GB?)?[\s-]?(?:GPU[\s-]?)?"
        r"(?P<time>hours?|days?|hrs?|h)(?![A-Za-z]))"
    )
    return regex.compile(
        rf"(?:\s|~|\\,|\\;|\\ |-|\}}|\s?\$\s?)?(?:{device_time}"
        r"|(?P<to_one>-?to-(?:1|one)|to\s1|:1)(?![\w%]|\.\d)"
        rf"|(?:end-to-end\s)?(?P<unit>{alternatives(exact)}|(?i:{alternatives(folded)})))"
        r"(?P<per>/GPU|\sper\sGPU)?"
    )


_LONGER_WORD = regex.compile(r"&[A-Z]|(?<=\s[A-Za-z]{1,2})-[A-Z]")
_NAMELIKE = frozenset({"K", "L", "h", "days", "kV", "us", "MB", "GB"})


def _unit(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that starts at ``position`` (a space, hyphen, tie or ``$`` may stand between) and its end."""
    match = _unit_pattern().match(text, position)
    if not match:
        return None, position
    end = match.end()
    if match["device"]:
        return units().by_symbol("GPU-days" if match["time"].startswith("d") else "GPU-hours"), end
    if match["to_one"]:
        return units().by_symbol("x"), end
    surface = match["unit"]
    unit = units().find(surface)
    if unit is None:
        return None, position
    if surface in unit.weak and match.start("unit") > position and unit.symbol in _NAMELIKE:
        return None, position  # "10 K", "5 d": more often a name or a mark than a unit
    if unit.symbol == "bits" or _LONGER_WORD.match(text, match.end("unit")):
        return None, position
    if match["per"]:
        per_gpu = units().by_symbol(unit.symbol + "/GPU") if unit.dimension == "rate" else unit
        return per_gpu or unit, end
    return unit, match.end("unit")


_SPREAD = regex.compile(rf"\s?(?:\$\s?)?(?:±|\\pm|\+/[{_DASHES}]|\(±)\s?\$?\s?\d+(?:\.\d+)?\)?")


_SCALED = frozenset(
    {"time", "rate", "compute", "compute_rate", "compute_time", "frequency", "money", "data_size", "percent"}
)


def _part(text: str, number: Number, before: _Part | None) -> _Part:
    if number.kind in ("share", "multiple"):
        unit = units().by_symbol("%" if number.kind == "share" else "x")
        return _Part(number, number.value, "", 1.0, unit, number.start, number.end, number.end, False)
    in_name = _touches_name(text, number, before)
    scale, factor, core = _scale(text, number.end)
    unit, end = (None, core) if in_name and not scale else _unit(text, core)
    if scale and unit is not None and unit.dimension not in _SCALED:
        unit, end = None, core  # "12.4k time series"
    start = number.start
    spread = _SPREAD.match(text, number.end)
    if spread and unit is None:
        unit, after = _unit(text, spread.end())
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
    return _Part(number, number.value * factor, scale, factor, unit, start, end, core, in_name)


_PRICE = regex.compile(r"(?<![\d\\}])\$\d[\d,.]*\s?[KMB]?(?=[\s,;)\]/-])(?!\s?\\|\$)")


_MONEY_REACH = 300  # characters that are searched for the other dollar sign


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


def _joins(text: str, first: _Part, second: _Part) -> str:
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


def _is_range(text: str, first: _Part, second: _Part, kind: str) -> bool:
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


_CLAUSE_END = regex.compile(r"(?<!vs)[;.]\s")


def _changes(window: str) -> bool:
    """Whether the text before "A to B" speaks of a change ("rises from") and not of a spread ("ranging from").

    The nearer cue of the sentence wins.
    """
    change, spread = _change_words()
    clause = _CLAUSE_END.split(window)[-1]
    last_change = max((m.start() for m in change.finditer(clause)), default=-1)
    last_spread = max((m.start() for m in spread.finditer(clause)), default=-1)
    return last_change > last_spread


def _number_parts(text: str) -> list[_Part]:
    parts: list[_Part] = []
    for number in scan(text):
        if parts and number.start < parts[-1].end:
            continue  # a scale word ("10 million") was read with the number before it
        part = _part(text, number, parts[-1] if parts else None)
        if parts and _SPREAD.fullmatch(text, parts[-1].core_end, number.end):
            continue  # the spread of "44.0 ± 0.5" is no quantity
        parts.append(part)
    return parts


_FRACTION = regex.compile(r"(?P<slash>\s?/\s?)|\s(?:out\sof|of)\s(?:the\s|all\s|its\s|a\stotal\sof\s)?")


def _to_quantity(part: _Part) -> Quantity:
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


def _join(text: str, first: _Part, second: _Part, kind: str) -> Quantity:
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


_NEGATION = regex.compile(r"\b(?:no|none|never|not|neither|nor|without)\b[^.;,]*$", regex.IGNORECASE)


def _qualify(text: str, quantity: Quantity) -> Quantity:
    before, table, after, after_table = _qualifiers()
    match = before.search(text, max(0, quantity.start - 40), quantity.start)
    if match and match.start() > 0 and text[match.start() - 1].isalnum() and text[match.start()].isalpha():
        match = None
    if match:
        qualifier = table[" ".join(match[1].lower().split())]
        if qualifier == "at_least" and _NEGATION.search(text, max(0, match.start() - 40), match.start()):
            qualifier = "at_most"
        return replace(quantity, qualifier=qualifier)
    if text[quantity.end : quantity.end + 1] == "+" and not quantity.in_name:
        return replace(quantity, qualifier="at_least")
    match = after.match(text, quantity.end)
    if match:
        return replace(quantity, qualifier=after_table[" ".join(match["after"].lower().split())])
    return quantity


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


def _share_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """A bare number takes the unit of the next one where only list words stand between: "6.3/6.8 points"."""
    out = list(quantities)
    for i in range(len(out) - 2, -1, -1):
        one, after = out[i], out[i + 1]
        if one.unit or one.in_name or after.in_name or after.kind == "share" or after.dimension not in _SHARED:
            continue
        if one.kind not in ("digits", "word") or not _LIST_GAP.fullmatch(text, one.end, after.start):
            continue
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
    parts = _number_parts(text)
    found: list[Quantity] = []
    i = 0
    while i < len(parts):
        part, following = parts[i], parts[i + 1] if i + 1 < len(parts) else None
        if following is not None:
            kind = _joins(text, part, following)
            if kind and _is_range(text, part, following, kind):
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
    return _share_units(text, [_qualify(text, quantity) for quantity in kept])


def _is_fraction(part: _Part, following: _Part) -> bool:
    return (
        part.value <= following.value
        and part.value == int(part.value)
        and following.value == int(following.value)
        and following.unit is None
        and following.value > 1
    )


@Language.factory("paperclaims_quantities", assigns=["doc._.quantities"])
def make_quantities(nlp: Language, name: str) -> QuantityFinder:
    """The component that fills ``doc._.quantities``."""
    return QuantityFinder()


class QuantityFinder:
    """Writes the quantities of the text, title and abstract together, to ``doc._.quantities``."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.quantities = tuple(find_quantities(text_of(doc)))
        return doc


if not Doc.has_extension("quantities"):
    Doc.set_extension("quantities", default=())
