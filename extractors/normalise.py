"""The comparable form of a claim: is the change an advantage, how many times better, and the value in base units.

The rules are those of the annotation guidelines, "Relative changes made comparable". First the ratio of the change:
``N×`` gives N; lower by p % gives 100/(100-p), nothing from 100 on; higher by p % gives 1+p/100; to p % gives 100/p
where lower, p/100 where higher; a pair of a cost or a speed gives the larger by the smaller. The factor is the ratio
where the change is good, its inverse where not. Ranges use their lower end.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractors.phrases import word_alternation
from extractors.units import Better, units
from schemas.records import Claim, Relative

POLARITY_FILE = Path(__file__).parent / "data" / "polarity.toml"

_CHANGES = ("speedup", "efficiency")
_PAIRS = ("measurement", "model_size")
_SIGNIFICANT_DIGITS = 6


def normalise(claim: Claim, better: Better | None = None) -> Claim:
    """The claim with ``relative``, ``good``, ``factor``, ``base_value`` and ``base_unit`` filled in.

    ``better`` says which way the metric is an advantage, where its name has been recognised; else the words of the
    metric tell (``data/polarity.toml``), then its unit, and at last the custom that papers report advantages. A
    ``relative`` that is set stays; else it is "to" for a multiple below one of a quantity that got lower, "by" for all
    others.
    """
    relative = _relative(claim)
    good = _good(claim, better or metric_better(claim.metric) or units().better(claim.unit))
    base_value, base_unit = _base(claim)
    return replace(
        claim,
        relative=relative,
        good=good,
        factor=_factor(claim, relative, good),
        base_value=base_value,
        base_unit=base_unit,
    )


@functools.cache
def _polarity() -> dict[str, Any]:
    with POLARITY_FILE.open("rb") as file:
        return tomllib.load(file)


@functools.cache
def _pattern(part: str) -> re.Pattern[str]:
    words = (*_polarity()[part]["higher"], *_polarity()[part]["lower"])
    return re.compile(rf"(?<![\w-])(?:{word_alternation(words)})(?!\w)")


@functools.cache
def _cut() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{word_alternation(_polarity()['cut'])})\s|\(")


@functools.lru_cache(maxsize=10_000)
def metric_better(metric: str | None) -> Better | None:
    """Which way a metric is an advantage, by the words of its name; None if they do not tell."""
    if not metric:
        return None
    name = metric.lower()
    found = _last_word("whole", name) or _last_word("head", _cut().split(name, maxsplit=1)[0])
    if found is None:
        return None
    return "higher" if any(found in _polarity()[part]["higher"] for part in ("whole", "head")) else "lower"


def _last_word(part: str, name: str) -> str | None:
    words: list[str] = _pattern(part).findall(name.replace("-", " ")) or _pattern(part).findall(name)
    return " ".join(words[-1].split()) if words else None


def _relative(claim: Claim) -> Relative | None:
    if claim.type not in _CHANGES or claim.unit not in ("%", "x"):
        return None
    if claim.relative is not None:
        return claim.relative
    return "to" if claim.unit == "x" and claim.value < 1 and claim.direction == "lower" else "by"


def _good(claim: Claim, better: Better | None) -> bool | None:
    """Whether the change is an advantage; None where the claim states no change."""
    if claim.type in _CHANGES:
        return claim.direction is None or better is None or claim.direction == better
    if _is_pair(claim) and better is not None and claim.value != claim.baseline_value:
        assert claim.baseline_value is not None
        return (claim.value > claim.baseline_value) == (better == "higher")
    return None


def _is_pair(claim: Claim) -> bool:
    return claim.type in _PAIRS and claim.baseline_value is not None


def _factor(claim: Claim, relative: Relative | None, good: bool | None) -> float | None:
    if good is None:
        return None
    ratio = _ratio_of_pair(claim) if _is_pair(claim) else _ratio_of_change(claim, relative)
    if ratio is None or not math.isfinite(ratio) or ratio <= 0:
        return None
    return _rounded(ratio if good else 1 / ratio)


def _ratio_of_pair(claim: Claim) -> float | None:
    assert claim.baseline_value is not None
    smaller, larger = sorted((claim.value, claim.baseline_value))
    return larger / smaller if smaller > 0 else None


def _ratio_of_change(claim: Claim, relative: Relative | None) -> float | None:
    value, lower = claim.value, claim.direction == "lower"
    if relative is None or value <= 0:
        return None
    if claim.unit == "x":
        return 1 / value if relative == "to" and lower else value
    if relative == "to":
        return 100 / value if lower else value / 100
    if lower:
        return 100 / (100 - value) if value < 100 else None
    return 1 + value / 100


def _rounded(number: float) -> float:
    return float(f"{number:.{_SIGNIFICANT_DIGITS}g}")


def _base(claim: Claim) -> tuple[float, str]:
    """The value in base units; a change of temperature is a difference and has no offset."""
    unit = units().by_symbol(claim.unit)
    if unit is None:
        return claim.value, claim.unit
    if claim.type in (*_CHANGES, "improvement"):
        return claim.value * unit.factor, unit.base
    return unit.to_base(claim.value), unit.base
