"""A claim in the making."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.claims.evidence import Span
from extractors.claims.slot_features import NumberView

NAMED = frozenset({"MODEL", "BENCHMARK"})
BENCHMARK = frozenset({"BENCHMARK"})
HARDWARE = frozenset({"HARDWARE"})
RELATIVE_TYPES = frozenset({"speedup", "efficiency", "improvement"})
SIZE_TYPES = frozenset({"model_size", "dataset_size"})
QUALITY_TYPES = frozenset({"score", "improvement"})
_LIST_MAX = 7


@dataclass(slots=True)
class Draft:
    """A claim in the making: the number in its sentence with its slots, offsets still those of the Doc's text."""

    at: NumberView
    type: str
    confidence: float
    metric: str | None = None
    subject: str | None = None
    subject_key: str = ""
    baseline: tuple[str, ...] = ()
    benchmark: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    own: bool = True
    direction: str | None = None
    relative: str | None = None
    qualifier: str = "exact"
    baseline_value: float | None = None
    unit: str = ""
    places: dict[str, list[Span]] = field(default_factory=dict)
    """Where the phrases of the lists stand."""

    def set_list(self, slot: str, places: list[Span]) -> None:
        """Fill the slot with the phrases at ``places``."""
        self.places[slot] = places
        text = self.at.view.text
        setattr(self, slot, tuple(dict.fromkeys(text[start:end] for start, end in places))[:_LIST_MAX])
