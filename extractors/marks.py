"""What stands behind the digits of a number: a scale word ("million", "K") and a unit.

Units have thousands of surface forms. They are sorted by how they begin, so that only the few that can stand at a place
are ever compiled to a pattern and tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

import regex

from extractors.numbers import number_words
from extractors.units import Unit, units

_Patterns = tuple[regex.Pattern[str] | None, regex.Pattern[str] | None, list[regex.Pattern[str]]]

_HEAD_CHARS = 3
_CACHED_HEADS = 20_000
_SEPARATORS = regex.compile(r"[\s-]+")
_LETTER = regex.compile("[A-Za-z]")
_DOLLAR = regex.compile(r"\s?\$")
_PER_GPU = regex.compile(r"/GPU|\sper\sGPU")
_END_TO_END = regex.compile(r"end-to-end\s")
_TO_ONE = regex.compile(r"(?:-?to-(?:1|one)|to\s1|:1)(?![\w%]|\.\d)")
_LONGER_WORD = regex.compile(r"&[A-Z]|(?<=\s[A-Za-z]{1,2})-[A-Z]")
_NAMELIKE = frozenset({"K", "L", "h", "days", "kV", "us", "MB", "GB"})


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


def scale_at(text: str, position: int) -> tuple[str, float, int]:
    """The scale mark at ``position``: (folded mark, factor, end); ("", 1, position) where there is none."""
    match = _scale_pattern().match(text, position)
    if not match:
        return "", 1.0, position
    mark = next(group for group in match.groups() if group)
    return mark, float(number_words()["scales"][mark.lower()]), match.end()


class _Forms:
    """Surface forms of units: those whose case counts (``exact``) before those in any case, of these the longest.

    The latter are ``folded`` and the rates, which are a noun and a time ("tokens", " per second").
    """

    def __init__(self, exact: Iterable[str], folded: Iterable[str], nouns: Iterable[str], times: Iterable[str]) -> None:
        self._exact = _by_head(exact)
        self._folded = _by_head(folded)
        self._nouns = _by_head(nouns)
        self._times = regex.compile("|".join(_bodies(times, separator=r"[\s-]?")), regex.IGNORECASE)
        self._patterns = lru_cache(maxsize=_CACHED_HEADS)(self._compile)

    def end(self, text: str, position: int) -> int | None:
        """Where the form at a position of the text ends; None where there is none."""
        exact, folded, nouns = self._patterns(text[position : position + _HEAD_CHARS])
        if exact and (match := exact.match(text, position)):
            return match.end()
        ends = [match.end()] if folded and (match := folded.match(text, position)) else []
        named = (match for noun in nouns if (match := noun.match(text, position)))
        ends += [time.end() for match in named if (time := self._times.match(text, match.end()))]
        return max(ends, default=None)

    def _compile(self, head: str) -> _Patterns:
        """The forms that can stand where the text goes on with ``head``."""
        lower = head.lower()
        exact, folded = _possible(self._exact, head), _possible(self._folded, lower)
        nouns = {noun for size in range(len(lower) + 1) for noun in self._nouns.get(lower[:size], ())}
        return (
            regex.compile("|".join(_bodies(exact))) if exact else None,
            regex.compile("|".join(_bodies(folded)), regex.IGNORECASE) if folded else None,
            [regex.compile(_body(noun, r"[\s-]?"), regex.IGNORECASE) for noun in nouns],
        )


def _by_head(forms: Iterable[str]) -> dict[str, list[str]]:
    """Forms by their first characters, up to a hyphen or blank, which a text may spell otherwise."""
    heads: dict[str, list[str]] = {}
    for form in forms:
        heads.setdefault(_SEPARATORS.split(form, 1)[0][:_HEAD_CHARS], []).append(form)
    return heads


def _possible(heads: Mapping[str, Sequence[str]], head: str) -> set[str]:
    """The forms that a text may hold that begins with ``head``: no letter may follow one that ends with a letter."""
    forms = (form for size in range(len(head) + 1) for form in heads.get(head[:size], ()))
    return {form for form in forms if not (form[-1].isalpha() and _LETTER.match(head, len(form)))}


def _bodies(forms: Iterable[str], separator: str | None = None) -> Iterator[str]:
    """The patterns of forms, the longest first; no letter may follow one that ends with a letter."""
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        between = separator or (r"[\s-]?" if form[0].isalpha() else r"[\s-]")
        yield _body(form, between) + (r"(?![A-Za-z])" if form[-1].isalpha() else "")


def _body(form: str, separator: str) -> str:
    return separator.join(regex.escape(piece) for piece in _SEPARATORS.split(form))


@cache
def _unit_forms() -> _Forms:
    """Every surface form of the unit table that may stand behind a number."""
    measured = [unit for unit in units().listed if unit.dimension != "count"]
    return _Forms(
        {form for unit in measured for form in unit.symbols if form != "$"},
        {word for unit in measured for word in unit.words},
        units().nouns,
        {word.lower() for per in units().pers for word in per.words},
    )


@cache
def _device_time() -> regex.Pattern[str]:
    """ "A100 GPU hours" and the like."""
    devices = "|".join(sorted((regex.escape(d) for d in units().devices), key=len, reverse=True))
    return regex.compile(
        rf"(?:(?:NVIDIA|RTX)\s)?(?:{devices})(?:[- ]?\d+GB?)?[\s-]?(?:GPU[\s-]?)?"
        r"(?P<time>hours?|days?|hrs?|h)(?![A-Za-z])"
    )


@cache
def _device_starts() -> frozenset[str]:
    return frozenset(device[0] for device in units().devices) | {"N", "R"}


def unit_at(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that starts at ``position`` (a space, hyphen, tie or ``$`` may stand between) and its end."""
    for start in _after_separator(text, position):
        found = _unit_starting(text, start, touches=start == position)
        if found:
            return found if found[0] else (None, position)
    return None, position


def _after_separator(text: str, position: int) -> Iterator[int]:
    """Where a unit may begin, in order of preference: behind what may part it from its number, or at once."""
    first = text[position : position + 1]
    if first.isspace() or first in ("~", "-", "}"):
        yield position + 1
    elif first == "\\" and text[position + 1 : position + 2] in (",", ";", " "):
        yield position + 2
    if (first == "$" or first.isspace()) and (dollar := _DOLLAR.match(text, position)):
        if text[dollar.end() : dollar.end() + 1].isspace():
            yield dollar.end() + 1
        yield dollar.end()
    yield position


def _unit_starting(text: str, start: int, *, touches: bool) -> tuple[Unit | None, int] | None:
    """The unit that starts just here with its end; (None, start) for what looks like a unit but is none."""
    first = text[start : start + 1]
    if first in _device_starts() and (device := _device_time().match(text, start)):
        days = device["time"].startswith("d")
        return units().by_symbol("GPU-days" if days else "GPU-hours"), _per_gpu_end(text, device.end())
    if first in ("-", "t", ":") and (ratio := _TO_ONE.match(text, start)):
        return units().by_symbol("x"), _per_gpu_end(text, ratio.end())
    before = _END_TO_END.match(text, start) if first == "e" else None
    if before and (end := _unit_forms().end(text, before.end())):
        return _unit_of(text, before.end(), end, touches=False)
    end = _unit_forms().end(text, start)
    return _unit_of(text, start, end, touches=touches) if end else None


def _per_gpu_end(text: str, position: int) -> int:
    per = _PER_GPU.match(text, position)
    return per.end() if per else position


def _unit_of(text: str, start: int, end: int, *, touches: bool) -> tuple[Unit | None, int]:
    """The unit of the surface form ``text[start:end]``, unless what stands around it speaks against it.

    "per GPU" behind it belongs to it.
    """
    form = text[start:end]
    unit = units().find(form)
    if unit is None or unit.symbol == "bits" or _LONGER_WORD.match(text, end):
        return None, end
    if form in unit.weak and not touches and unit.symbol in _NAMELIKE:
        return None, end  # "10 K", "5 d": more often a name or a mark than a unit
    after = _per_gpu_end(text, end)
    if after == end:
        return unit, end
    per_gpu = units().by_symbol(unit.symbol + "/GPU") if unit.dimension == "rate" else unit
    return per_gpu or unit, after
