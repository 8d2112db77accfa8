"""The table of units (``data/units.toml``): from what is written to a unit, from a value to its base unit."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Better = Literal["higher", "lower"]
UNITS_FILE = Path(__file__).parent / "data" / "units.toml"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity. ``better`` says which way is an advantage, None where that depends on what is measured."""

    name: str
    base: str
    better: Better | None


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: ``value * factor + offset`` is the value in ``base``.

    ``symbols`` are the surface forms whose case counts, ``words`` those in any case (written here in lower case),
    ``prefix`` those that stand before the number; ``weak`` forms need more evidence than a number beside them.
    """

    symbol: str
    dimension: str
    base: str
    factor: float
    offset: float = 0.0
    symbols: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    weak: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()

    def to_base(self, value: float) -> float:
        """The value in ``base``."""
        return value * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class Per:
    """A time that a rate is counted in: ``symbol`` "/min", ``factor`` to "/s", surface forms in ``words``."""

    symbol: str
    factor: float
    words: tuple[str, ...]


class Units:
    """All units, found by canonical symbol or by surface form.

    ``listed`` are those of the file; the others are rates: each of ``nouns`` with each of the words of ``pers``.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.dimensions = {d["name"]: Dimension(d["name"], d["base"], d.get("better")) for d in data["dimension"]}
        self.pers = tuple(Per(p["symbol"], p["factor"], tuple(p["words"])) for p in data["per"])
        self.devices = frozenset(word for device in data["device"] for word in device["words"])
        self.listed = tuple(self._listed(entry) for entry in data["unit"])
        self.nouns = tuple(word.lower() for noun in data["noun"] for word in noun["words"])
        rates = [self._rate(noun, per) for noun in data["noun"] for per in self.pers]
        self._all = (*self.listed, *rates)
        self._by_symbol = {unit.symbol: unit for unit in reversed(self._all)}
        self._exact = {form: unit for unit in reversed(self._all) for form in (*unit.symbols, *unit.prefix)}
        self._folded = {_fold(word): unit for unit in reversed(self._all) for word in unit.words}

    def _listed(self, entry: Mapping[str, Any]) -> Unit:
        return Unit(
            symbol=entry["symbol"],
            dimension=entry["dimension"],
            base=entry.get("base", self.dimensions[entry["dimension"]].base),
            factor=float(entry["factor"]),
            offset=float(entry.get("offset", 0.0)),
            symbols=tuple(entry.get("symbols", ())),
            words=tuple(word.lower() for word in entry.get("words", ())),
            prefix=tuple(entry.get("prefix", ())),
            weak=frozenset(entry.get("weak", ())),
            examples=tuple(entry["examples"]),
        )

    def _rate(self, noun: Mapping[str, Any], per: Per) -> Unit:
        return Unit(
            symbol=noun["symbol"] + per.symbol,
            dimension="rate",
            base=noun["symbol"] + "/s",
            factor=per.factor,
            words=tuple(word.lower() + time for word in noun["words"] for time in per.words),
            examples=tuple(noun["examples"]) if per is self.pers[0] else (),
        )

    def __iter__(self) -> Iterator[Unit]:
        """The units of the file in its order, then the rates made of its nouns."""
        return iter(self._all)

    def by_symbol(self, symbol: str) -> Unit | None:
        """The unit of a canonical symbol; any "<things>/<time>[/<device>]" is a rate. None for things ("videos")."""
        return self._by_symbol.get(symbol) or self._any_rate(symbol)

    def find(self, surface: str) -> Unit | None:
        """The unit that a surface form ("msec", "frames-per-second", "\\\\%") means, None if it is not in the table."""
        return self._exact.get(surface) or self._folded.get(_fold(surface))

    def better(self, symbol: str) -> Better | None:
        """Which way the unit's dimension is an advantage, where the unit alone tells."""
        unit = self.by_symbol(symbol)
        return self.dimensions[unit.dimension].better if unit else None

    def _any_rate(self, symbol: str) -> Unit | None:
        noun, _, rest = symbol.partition("/")
        time, _, device = rest.partition("/")
        per = next((per for per in self.pers if per.symbol == f"/{time}"), None)
        if not noun or per is None:
            return None
        base = f"{noun}/s/{device}" if device else f"{noun}/s"
        return Unit(symbol=symbol, dimension="rate", base=base, factor=per.factor)


def _fold(surface: str) -> str:
    return " ".join(surface.lower().replace("-", " ").split())


@functools.cache
def units() -> Units:
    """The table of ``data/units.toml``, read once."""
    with UNITS_FILE.open("rb") as file:
        return Units(tomllib.load(file))
