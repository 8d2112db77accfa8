"""Every unit of data/units.toml is reached by its own examples, and conversions are right."""

from __future__ import annotations

import re

import pytest

from extractors.units import Unit, units

TABLE = units()
BEFORE_UNIT = re.compile(r"\d[\s-]?")
AFTER_PREFIX = re.compile(r"\d")


def means(unit: Unit, surface: str) -> bool:
    """The table reads the form as this unit, or as the same things counted in another time."""
    found = TABLE.find(surface)
    return found == unit or (found is not None and found.dimension == "rate" and found.base == unit.base)


def stands_in(unit: Unit, example: str) -> bool:
    """Some form of the unit follows (or, as prefix, precedes) a number."""
    for number in BEFORE_UNIT.finditer(example):
        rest = example[number.end() :]
        for end in range(1, len(rest) + 1):
            if (end == len(rest) or not rest[end].isalnum()) and means(unit, rest[:end].strip()):
                return True
    return any(
        example[: number.start()].endswith(form) and means(unit, form)
        for number in AFTER_PREFIX.finditer(example)
        for form in unit.prefix
    )


@pytest.mark.parametrize("unit", [u for u in TABLE if u.examples], ids=lambda u: u.symbol)
def test_examples_contain_the_unit(unit: Unit) -> None:
    assert all(stands_in(unit, example) for example in unit.examples), unit.examples


def test_no_form_means_two_units() -> None:
    owner: dict[str, str] = {}
    for unit in TABLE:
        for form in (*unit.symbols, *unit.words):
            assert owner.setdefault(form, unit.symbol) == unit.symbol, form


def test_weak_forms_are_forms_of_their_unit() -> None:
    for unit in TABLE:
        assert unit.weak <= {*unit.symbols, *unit.words, *unit.prefix}, unit.symbol


@pytest.mark.parametrize(
    ("surface", "symbol"),
    [
        ("msec", "ms"),
        ("MILLISECONDS", "ms"),
        ("$\\mu$s", "us"),
        ("mW", "mW"),
        ("MW", "MW"),
        ("frames-per-second", "FPS"),
        ("fps", "FPS"),
        ("toks/s", "tokens/s"),
        ("tokens per second", "tokens/s"),
        ("words per minute", "words/min"),
        ("GPU hours", "GPU-hours"),
        ("TFLOPs/s", "TFLOPS"),
        ("GFLOPs", "GFLOPs"),
        ("\\%", "%"),
        ("\\times", "x"),
        ("fold", "x"),
        ("percentage-points", "points"),
        ("US$", "$"),
    ],
)
def test_surface_forms(surface: str, symbol: str) -> None:
    unit = TABLE.find(surface)
    assert unit is not None
    assert unit.symbol == symbol


@pytest.mark.parametrize(
    ("value", "symbol", "base_value", "base"),
    [
        (250, "ms", 0.25, "s"),
        (2, "days", 172800, "s"),
        (3, "tokens/min", 0.05, "tokens/s"),
        (1.22, "labels/s", 1.22, "labels/s"),
        (2800, "tokens/s/GPU", 2800, "tokens/s/GPU"),
        (30, "FPS", 30, "FPS"),
        (4, "KiB", 4096, "bytes"),
        (8, "Mbps", 1e6, "bytes/s"),
        (2, "GPU-days", 48, "GPU-hours"),
        (1, "kWh", 3.6e6, "J"),
        (2, "GMACs", 4e9, "FLOPs"),
        (0, "°C", 273.15, "K"),
        (212, "°F", 373.15, "K"),
        (50, "cents", 0.5, "$"),
    ],
)
def test_base_units(value: float, symbol: str, base_value: float, base: str) -> None:
    unit = TABLE.by_symbol(symbol)
    assert unit is not None
    assert unit.base == base
    assert unit.to_base(value) == pytest.approx(base_value)


def test_things_are_no_units() -> None:
    assert TABLE.by_symbol("videos") is None
    assert TABLE.by_symbol("and/or") is None
    assert TABLE.find("videos") is None


def test_better_direction() -> None:
    assert TABLE.better("ms") == "lower"
    assert TABLE.better("labels/s") == "higher"
    assert TABLE.better("%") is None
    assert TABLE.better("videos") is None
