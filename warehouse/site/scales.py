"""Axes: from values to places on a plot, with ticks at round values."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

_STEPS = (1, 2, 2.5, 5, 10)
_MONTH_STEPS = (1, 2, 3, 6, *(12 * power * factor for power in (1, 10, 100, 1000) for factor in (1, 2, 5)))
_SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear or logarithmic axis from ``low`` to ``high`` (values) over ``start`` to ``end`` (user units of SVG)."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where the value stands, rounded to a tenth so that equal data give equal bytes."""
        low, high, at = (
            (math.log10(x) for x in (self.low, self.high, value))
            if self.logarithmic
            else (
                self.low,
                self.high,
                value,
            )
        )
        return round(self.start + (at - low) / (high - low) * (self.end - self.start), 1)


def number_scale(values: list[float], start: float, end: float, *, logarithmic: bool = False) -> Scale:
    """An axis that holds all values, with a little room; never of zero length."""
    low, high = min(values), max(values)
    if logarithmic:
        low, high = low / 1.25, high * 1.25
        if high / low < 10:
            middle = math.sqrt(low * high)
            low, high = middle / math.sqrt(10), middle * math.sqrt(10)
        return Scale(low, high, start, end, logarithmic=True)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Scale(low - room, high + room, start, end)


def date_scale(days: list[datetime.date], start: float, end: float) -> Scale:
    """An axis of days (proleptic ordinals) that holds all, at least two months long."""
    low, high = min(days).toordinal(), max(days).toordinal()
    room = max((high - low) * 0.04, (60 - (high - low)) / 2, 1)
    return Scale(max(low - room, 1), min(high + room, datetime.date.max.toordinal()), start, end)


def number_ticks(scale: Scale, most: int = 5) -> list[tuple[float, str]]:
    """Places and labels of round values."""
    if scale.logarithmic:
        return [(scale.place(value), short_number(value)) for value in _log_values(scale, most)]
    rough = (scale.high - scale.low) / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return [(scale.place(index * step), short_number(index * step)) for index in range(first, last + 1)]


def _log_values(scale: Scale, most: int) -> list[float]:
    powers = range(math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high)) + 1)
    values = [10.0**power for power in powers[:: max(1, math.ceil(len(powers) / most))]]
    if len(values) >= 3:
        return values
    powers = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
    finer = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [value for value in finer if scale.low <= value <= scale.high]


def date_ticks(scale: Scale, most: int = 5) -> list[tuple[float, str]]:
    """Places and labels of first days of years, or of months where all is within two years."""
    low, high = (datetime.date.fromordinal(int(bound)) for bound in (scale.low, scale.high))
    months = range(low.year * 12 + low.month, high.year * 12 + high.month)
    step = next(step for step in _MONTH_STEPS if len(months) <= step * most)
    chosen = [month for month in months if month % step == 0] or list(months)[:1]
    return [
        (
            scale.place(datetime.date(month // 12, month % 12 + 1, 1).toordinal()),
            str(month // 12) if step >= 12 else f"{month // 12}-{month % 12 + 1:02}",
        )
        for month in chosen
    ]


def short_number(value: float) -> str:
    """The number in few characters: 0.05, 12.5, 3k, 7B."""
    for size, suffix in _SUFFIXES:
        if abs(value) >= size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:.4g}"
