"""What was decided for the claim before: neighbours share subject, baseline and benchmark more often than not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extractors.claims.slot_features import NumberView


@dataclass(frozen=True, slots=True)
class Previous:
    """The claim before, as far as later ones look at it; ``same_sentence`` where both stand in one."""

    at: NumberView
    subject: str | None
    metric: str | None
    baseline: tuple[str, ...]
    benchmark: tuple[str, ...]
    hardware: tuple[str, ...]
    own: bool


def history_features(at: NumberView, previous: Previous | None, chosen: Callable[[Previous], bool | None]) -> list[str]:
    """Whether the candidate was taken for the claim before, and how close that claim is to this one.

    ``chosen`` says it of a previous claim: None where that claim left the slot empty.
    """
    if previous is None:
        return ["h=first"]
    state = chosen(previous)
    before = previous.at
    if before.view is not at.view:
        gap = at.view.index - before.view.index
        return [f"h=far{min(2, gap)}|{state}", f"h=far{min(2, gap)}|{state}|{at.pronoun}"]
    alike = f"{before.claim_type == at.claim_type}{before.kind == at.kind}"
    listed = before.number - before.group[0] == at.number - at.group[0]
    near = "1" if at.number - before.number == 1 else "n"
    return [
        f"h={state}",
        f"h={state}|{alike}",
        f"h={state}|{listed}|{near}",
        f"h={state}|{alike}|{listed}|{at.claim_type}",
    ]
